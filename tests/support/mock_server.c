#include "support/mock_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/wait.h"

/* As patient as a test is that makes it wait: only used up when something is wrong. */
enum { PATIENCE_MS = 1000 * WAIT_DEADLINE_SECONDS, CHUNK = 65536 };

struct mock_server {
    int listener;
    int stop[2]; /* a pipe: readable once no more connections are accepted */
    pthread_t thread;
    mock_script *script;
    void *arg;
    char contact[80];
    atomic_uint accepted;
    atomic_bool complained;
};

struct mock_peer {
    mock_server *server;
    int fd;
    size_t segment;
    unsigned blank_lines;
    bool over; /* nothing more comes */
    bool deaf; /* nothing more can be sent; what the peer said before can still be read */
    char *in;  /* bytes that came, with a NUL behind them */
    size_t at; /* of them already given out */
    size_t len, cap;
    char *command; /* the last one given out */
};

void mock_complain(mock_peer *peer, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "mock server %s: ", peer->server->contact);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    atomic_store(&peer->server->complained, true);
}

/* Waits until the socket is ready. False after the patience. */
static bool ready(mock_peer *peer, short events, const char *what)
{
    struct pollfd fd = {.fd = peer->fd, .events = events};
    int n = poll(&fd, 1, PATIENCE_MS);
    if (n == 0)
        mock_complain(peer, "waited in vain %s", what);
    if (n <= 0)
        peer->over = true;
    return !peer->over;
}

static bool send_segment(mock_peer *peer, const char *bytes, size_t len)
{
    while (len && !peer->over && !peer->deaf) {
        ssize_t n = send(peer->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (errno != EAGAIN) {
            peer->deaf = true;
        } else {
            ready(peer, POLLOUT, "for room to send");
        }
    }
    return len == 0;
}

bool mock_send_bytes(mock_peer *peer, const char *bytes, size_t len)
{
    while (peer->segment && len > peer->segment) {
        if (!send_segment(peer, bytes, peer->segment))
            return false;
        bytes += peer->segment;
        len -= peer->segment;
    }
    return send_segment(peer, bytes, len);
}

bool mock_send(mock_peer *peer, const char *text)
{
    return mock_send_bytes(peer, text, strlen(text));
}

void mock_split(mock_peer *peer, size_t size)
{
    peer->segment = size;
}

/* Sends a formatted text, however long. */
static bool __attribute__((format(printf, 2, 3))) send_format(mock_peer *peer, const char *fmt, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, fmt);
    int len = vasprintf(&text, fmt, args);
    va_end(args);
    bool sent = len >= 0 && mock_send_bytes(peer, text, (size_t)len);
    free(text);
    return sent;
}

bool mock_send_reply(mock_peer *peer, const char *text)
{
    return send_format(peer, "Content-Type: command/reply\nReply-Text: %s\n\n", text);
}

bool mock_send_api(mock_peer *peer, const char *body)
{
    return send_format(peer, "Content-Type: api/response\nContent-Length: %zu\n\n%s", strlen(body),
                       body);
}

bool mock_send_event(mock_peer *peer, const char *name, const char *headers)
{
    size_t len = strlen("Event-Name: \n\n") + strlen(name) + strlen(headers);
    return send_format(peer,
                       "Content-Length: %zu\nContent-Type: text/event-plain\n\n"
                       "Event-Name: %s\n%s\n",
                       len, name, headers);
}

/* Reads what is there, waiting for the first byte. False at the end. */
static bool read_more(mock_peer *peer)
{
    if (peer->over || !ready(peer, POLLIN, "for a command"))
        return false;
    if (peer->cap - peer->len < CHUNK + 1) {
        if (peer->at > 0)
            memmove(peer->in, peer->in + peer->at, peer->len - peer->at);
        peer->len -= peer->at;
        peer->at = 0;
        if (peer->cap - peer->len < CHUNK + 1) {
            peer->cap = 2 * peer->cap + CHUNK + 1;
            char *in = realloc(peer->in, peer->cap);
            if (!in)
                abort();
            peer->in = in;
        }
    }
    ssize_t n = recv(peer->fd, peer->in + peer->len, CHUNK, 0);
    if (n <= 0)
        peer->over = true;
    else
        peer->len += (size_t)n;
    if (peer->in)
        peer->in[peer->len] = '\0';
    return !peer->over;
}

/* Bytes of the command that begins at `at`, with its end; 0: not whole yet. */
static size_t whole_command(const mock_peer *peer)
{
    const char *start = peer->in + peer->at;
    const char *end = strstr(start, "\n\n");
    if (!end)
        return 0;
    size_t len = (size_t)(end - start) + 2;
    static const char header[] = "\nContent-Length: ";
    const char *body = memmem(start, len, header, sizeof header - 1);
    if (body)
        len += strtoul(body + sizeof header - 1, NULL, 10);
    return len <= peer->len - peer->at ? len : 0;
}

const char *mock_read(mock_peer *peer)
{
    for (;;) {
        while (peer->at < peer->len && peer->in[peer->at] == '\n') {
            peer->at++;
            peer->blank_lines++;
        }
        size_t len = peer->at < peer->len ? whole_command(peer) : 0;
        if (len) {
            free(peer->command);
            peer->command = strndup(peer->in + peer->at, len);
            peer->at += len;
            char *end = peer->command + strlen(peer->command) - 2;
            if (strcmp(end, "\n\n") == 0)
                *end = '\0';
            return peer->command;
        }
        if (!read_more(peer))
            return NULL;
    }
}

bool mock_expect(mock_peer *peer, const char *command)
{
    const char *got = mock_read(peer);
    if (got && strcmp(got, command) == 0)
        return true;
    mock_complain(peer, "expected '%s', got '%s'", command, got ? got : "(the end)");
    return false;
}

unsigned mock_blank_lines(const mock_peer *peer)
{
    return peer->blank_lines;
}

bool mock_login(mock_peer *peer)
{
    return mock_send(peer, "Content-Type: auth/request\n\n") && mock_expect(peer, "auth ClueCon") &&
           mock_send_reply(peer, "+OK accepted");
}

void mock_wait_close(mock_peer *peer)
{
    while (read_more(peer))
        peer->at = peer->len;
}

void mock_reset(mock_peer *peer)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    peer->over = true;
}

void mock_shutdown(mock_peer *peer)
{
    shutdown(peer->fd, SHUT_WR);
}

static void *serve(void *arg)
{
    mock_server *server = arg;
    for (;;) {
        struct pollfd fds[] = {{.fd = server->listener, .events = POLLIN},
                               {.fd = server->stop[0], .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 || fds[1].revents)
            return NULL;
        mock_peer peer = {.server = server, .fd = accept(server->listener, NULL, NULL)};
        if (peer.fd < 0)
            continue;
        setsockopt(peer.fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        atomic_fetch_add(&server->accepted, 1);
        server->script(&peer, server->arg);
        close(peer.fd);
        free(peer.in);
        free(peer.command);
    }
}

/* Listens; false if the machine does not let us. */
static bool listen_on(mock_server *server, const char *address)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at = {0};
    bool v6 = strchr(address, ':') != NULL;
    socklen_t len = v6 ? sizeof at.v6 : sizeof at.v4;
    at.any.sa_family = v6 ? AF_INET6 : AF_INET;
    inet_pton(at.any.sa_family, address, v6 ? (void *)&at.v6.sin6_addr : (void *)&at.v4.sin_addr);
    server->listener = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listener < 0 || bind(server->listener, &at.any, len) != 0 ||
        listen(server->listener, 64) != 0 || getsockname(server->listener, &at.any, &len) != 0)
        return false;
    snprintf(server->contact, sizeof server->contact, v6 ? "[%s]:%u" : "%s:%u", address,
             (unsigned)ntohs(v6 ? at.v6.sin6_port : at.v4.sin_port));
    return true;
}

mock_server *mock_server_start(const char *address, mock_script *script, void *arg)
{
    mock_server *server = calloc(1, sizeof *server);
    if (!server)
        return NULL;
    server->script = script;
    server->arg = arg;
    server->listener = -1;
    if (pipe(server->stop) != 0) {
        free(server);
        return NULL;
    }
    if (!listen_on(server, address) || pthread_create(&server->thread, NULL, serve, server) != 0) {
        close(server->listener);
        close(server->stop[0]);
        close(server->stop[1]);
        free(server);
        return NULL;
    }
    return server;
}

const char *mock_server_contact(const mock_server *server)
{
    return server->contact;
}

unsigned mock_server_accepted(const mock_server *server)
{
    return atomic_load(&server->accepted);
}

int mock_server_stop(mock_server *server)
{
    close(server->stop[1]); /* makes the other end readable, for good */
    pthread_join(server->thread, NULL);
    int complained = atomic_load(&server->complained);
    close(server->stop[0]);
    close(server->listener);
    free(server);
    return complained;
}
