#include "support/relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS = 64 };

/* A connection that came, and its other half; -1: none. */
typedef struct pair {
    int ends[2];
} pair;

typedef struct order {
    relay_mode mode;
    uint16_t port;
    bool cut, stop, hold;
} order;

struct relay {
    pthread_t thread;
    int listening, wake;
    char contact[32];
    atomic_uint accepted;
    sem_t done; /* with an order */

    order next; /* who orders writes it before `wake` */

    /* The thread's. */
    order now;
    pair pairs[PAIRS];
    size_t count;
};

static void drop(relay *r, size_t at)
{
    for (int i = 0; i < 2; i++)
        if (r->pairs[at].ends[i] >= 0)
            close(r->pairs[at].ends[i]);
    r->pairs[at] = r->pairs[--r->count];
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int dial(uint16_t port)
{
    struct sockaddr_in to = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void take(relay *r)
{
    int fd = accept4(r->listening, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    int other = r->now.mode == RELAY_OPEN && r->count < PAIRS ? dial(r->now.port) : -1;
    bool kept = r->count < PAIRS && (other >= 0 || r->now.mode == RELAY_SILENT);
    if (kept)
        r->pairs[r->count++] = (pair){{fd, other}};
    else
        close(fd);
    atomic_fetch_add(&r->accepted, 1);
}

/* What one end says goes to the other; false when it is over. */
static bool carry(const pair *p, int from)
{
    char bytes[16384];
    ssize_t n = recv(p->ends[from], bytes, sizeof bytes, 0);
    if (n <= 0)
        return false;
    int to = p->ends[!from];
    for (ssize_t at = 0; to >= 0 && at < n;) {
        ssize_t sent = send(to, bytes + at, (size_t)(n - at), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        at += sent;
    }
    return true;
}

static void obey(relay *r)
{
    uint64_t orders;
    if (read(r->wake, &orders, sizeof orders) != sizeof orders)
        return;
    r->now = r->next;
    while (r->now.cut && r->count)
        drop(r, 0);
    sem_post(&r->done);
}

static void *run(void *arg)
{
    relay *r = arg;
    while (!r->now.stop) {
        struct pollfd fds[2 + 2 * PAIRS] = {{r->wake, POLLIN, 0}, {r->listening, POLLIN, 0}};
        size_t count = r->count;
        for (size_t i = 0; i < count; i++)
            for (int e = 0; e < 2; e++)
                fds[2 + 2 * i + (size_t)e] =
                    (struct pollfd){e && r->now.hold ? -1 : r->pairs[i].ends[e], POLLIN, 0};
        if (poll(fds, 2 + 2 * count, -1) < 0)
            continue;
        for (size_t i = count; i-- > 0;)
            for (int e = 0; e < 2; e++)
                if (fds[2 + 2 * i + (size_t)e].revents && !carry(&r->pairs[i], e)) {
                    drop(r, i);
                    break;
                }
        if (fds[1].revents)
            take(r);
        if (fds[0].revents)
            obey(r);
    }
    return NULL;
}

/* Tells the thread, and waits until it has done so. */
static void give(relay *r)
{
    uint64_t one = 1;
    if (write(r->wake, &one, sizeof one) != sizeof one)
        abort();
    while (sem_wait(&r->done))
        continue;
}

static uint16_t port_of(const char *contact)
{
    const char *colon = strrchr(contact, ':');
    return colon ? (uint16_t)atoi(colon + 1) : 0;
}

relay *relay_start(const char *to)
{
    relay *r = calloc(1, sizeof *r);
    struct sockaddr_in at = loopback(0);
    socklen_t size = sizeof at;
    if (!r)
        return NULL;
    r->next.port = r->now.port = port_of(to);
    r->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    r->wake = eventfd(0, EFD_CLOEXEC);
    sem_init(&r->done, 0, 0);
    if (r->listening < 0 || r->wake < 0 || bind(r->listening, (struct sockaddr *)&at, sizeof at) ||
        listen(r->listening, 64) || getsockname(r->listening, (struct sockaddr *)&at, &size) ||
        pthread_create(&r->thread, NULL, run, r)) {
        free(r);
        return NULL;
    }
    snprintf(r->contact, sizeof r->contact, "127.0.0.1:%u", (unsigned)ntohs(at.sin_port));
    return r;
}

const char *relay_contact(const relay *r)
{
    return r->contact;
}

unsigned relay_accepted(const relay *r)
{
    return atomic_load(&r->accepted);
}

void relay_set(relay *r, relay_mode mode)
{
    r->next.mode = mode;
    give(r);
}

void relay_aim(relay *r, const char *to)
{
    r->next.port = port_of(to);
    give(r);
}

void relay_hold(relay *r, bool hold)
{
    r->next.hold = hold;
    give(r);
}

void relay_cut(relay *r, relay_mode mode)
{
    r->next.mode = mode;
    r->next.cut = true;
    give(r);
    r->next.cut = false;
}

void relay_stop(relay *r)
{
    r->next.cut = r->next.stop = true;
    give(r);
    pthread_join(r->thread, NULL);
    close(r->listening);
    close(r->wake);
    sem_destroy(&r->done);
    free(r);
}
