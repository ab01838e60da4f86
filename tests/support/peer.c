#include "support/peer.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/cmocka.h"
#include "support/wait.h"

static int connect_to(const char *contact)
{
    struct sockaddr_storage address = {0};
    socklen_t len;
    const char *colon = strrchr(contact, ':');
    char host[64];
    assert_non_null(colon);
    if (*contact == '[') {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address;
        snprintf(host, sizeof host, "%.*s", (int)(colon - contact - 2), contact + 1);
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((uint16_t)atoi(colon + 1));
        assert_int_equal(inet_pton(AF_INET6, host, &in6->sin6_addr), 1);
        len = sizeof *in6;
    } else {
        struct sockaddr_in *in = (struct sockaddr_in *)&address;
        snprintf(host, sizeof host, "%.*s", (int)(colon - contact), contact);
        in->sin_family = AF_INET;
        in->sin_port = htons((uint16_t)atoi(colon + 1));
        assert_int_equal(inet_pton(AF_INET, host, &in->sin_addr), 1);
        len = sizeof *in;
    }
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (connect(fd, (struct sockaddr *)&address, len))
        fail_msg("cannot connect to %s", contact);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

void peer_open(peer *p, const char *contact)
{
    *p = (peer){.fd = connect_to(contact)};
    assert_int_equal(swio_reader_new(NULL, &p->reader), 0);
}

void peer_close(peer *p)
{
    for (size_t i = 0; i < p->count; i++)
        swio_event_unref(p->frames[i].event);
    free(p->frames);
    swio_reader_free(p->reader);
    close(p->fd);
    *p = (peer){.fd = -1};
}

void peer_send_bytes(peer *p, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = send(p->fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the other end is gone: what is read next tells */
        bytes += n;
        len -= (size_t)n;
    }
}

void peer_send(peer *p, const char *fmt, ...)
{
    char *text;
    va_list args;
    va_start(args, fmt);
    int n = vasprintf(&text, fmt, args);
    va_end(args);
    assert_true(n >= 0);
    peer_send_bytes(p, text, (size_t)n);
    free(text);
}

static void keep(peer *p, swio_frame frame)
{
    if (p->count == p->room) {
        p->room = p->room ? p->room * 2 : 64;
        p->frames = realloc(p->frames, p->room * sizeof *p->frames);
        assert_non_null(p->frames);
    }
    p->frames[p->count++] = frame;
}

static void read_frames(peer *p, const char *bytes, size_t len)
{
    p->bytes += len;
    while (len && !p->error) {
        size_t used;
        swio_frame frame;
        int result = swio_reader_feed(p->reader, bytes, len, &used, &frame);
        if (result == 1)
            keep(p, frame);
        if (result < 0)
            p->error = result;
        bytes += used;
        len -= used;
    }
}

bool peer_pump(peer *p, int ms)
{
    char bytes[65536];
    struct pollfd wanted = {.fd = p->fd, .events = POLLIN};
    if (p->ended || poll(&wanted, 1, ms) <= 0)
        return false;
    ssize_t n = recv(p->fd, bytes, sizeof bytes, 0);
    if (n <= 0)
        p->ended = true;
    else
        read_frames(p, bytes, (size_t)n);
    return n > 0;
}

void peer_wait_frames(peer *p, size_t count)
{
    double end = wait_clock() + WAIT_DEADLINE_SECONDS;
    while (p->count < count && !p->ended && !p->error) {
        if (wait_clock() > end)
            fail_msg("%zu frames came of %zu", p->count, count);
        peer_pump(p, 100);
    }
}

void peer_wait_end(peer *p)
{
    double end = wait_clock() + WAIT_DEADLINE_SECONDS;
    while (!p->ended) {
        if (wait_clock() > end)
            fail_msg("the connection does not end");
        peer_pump(p, 100);
    }
}

static bool is_reply(const swio_frame *frame)
{
    return frame->kind == SWIO_FRAME_COMMAND_REPLY || frame->kind == SWIO_FRAME_API_RESPONSE;
}

swio_event *peer_reply(peer *p)
{
    for (;; p->replies_read++) {
        peer_wait_frames(p, p->replies_read + 1);
        if (p->replies_read >= p->count)
            fail_msg("the connection ended before a reply came");
        if (is_reply(&p->frames[p->replies_read]))
            return p->frames[p->replies_read++].event;
    }
}

const char *peer_reply_text(peer *p)
{
    swio_event *reply = peer_reply(p);
    const char *text = swio_event_get(reply, "Reply-Text");
    return text ? text : swio_event_body(reply, NULL);
}

const char *peer_ask(peer *p, const char *fmt, ...)
{
    char *text;
    va_list args;
    va_start(args, fmt);
    int n = vasprintf(&text, fmt, args);
    va_end(args);
    assert_true(n >= 0);
    peer_send(p, "%s\n\n", text);
    free(text);
    return peer_reply_text(p);
}

void peer_login(peer *p, const char *contact, const char *events)
{
    peer_open(p, contact);
    peer_wait_frames(p, 1);
    assert_int_equal(p->frames[0].kind, SWIO_FRAME_AUTH_REQUEST);
    assert_string_equal(peer_ask(p, "auth ClueCon"), "+OK accepted");
    if (events)
        assert_string_equal(peer_ask(p, "event plain %s", events),
                            "+OK event listener enabled plain");
}

static bool is_event(const swio_frame *frame, const char *name, const char *uuid)
{
    if (frame->kind != SWIO_FRAME_EVENT)
        return false;
    if (name && strcmp(swio_event_key(frame->event), name) != 0)
        return false;
    const char *id = swio_event_get(frame->event, "Unique-ID");
    return !uuid || (id && strcmp(id, uuid) == 0);
}

swio_event *peer_event(peer *p, size_t *at, const char *name, const char *uuid)
{
    for (;; ++*at) {
        peer_wait_frames(p, *at + 1);
        if (*at >= p->count)
            fail_msg("the connection ended before %s of %s came", name ? name : "an event",
                     uuid ? uuid : "any leg");
        if (is_event(&p->frames[*at], name, uuid))
            return p->frames[(*at)++].event;
    }
}

size_t peer_count(const peer *p, const char *name, const char *uuid)
{
    size_t n = 0;
    for (size_t i = 0; i < p->count; i++)
        n += is_event(&p->frames[i], name, uuid);
    return n;
}
