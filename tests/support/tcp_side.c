#include "support/tcp_side.h"

#include <stdlib.h>
#include <string.h>

#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/wait.h"

/* ---- handlers ---- */

static void check(side *s, side_when at)
{
    if (s->closing)
        s->after_close++;
    if (s->close_at == at) {
        s->closing = true;
        swio_tcp_close(s->tcp);
    }
}

static void on_connected(swio_tcp *tcp, const char *peer, void *arg)
{
    side *s = arg;
    s->tcp = tcp;
    strncpy(s->peer, peer, sizeof s->peer - 1);
    check(s, ON_CONNECTED);
    atomic_fetch_add(&s->connected, 1);
}

static char pattern_at(uint64_t at)
{
    return (char)('a' + (at * 7 + at / 26) % 26);
}

char *side_pattern(size_t len)
{
    char *bytes = malloc(len);
    for (size_t i = 0; bytes && i < len; i++)
        bytes[i] = pattern_at(i);
    return bytes;
}

static void on_received(swio_tcp *tcp, const char *bytes, size_t len, void *arg)
{
    side *s = arg;
    check(s, ON_RECEIVED);
    for (size_t i = 0; i < len; i++)
        s->spoilt = s->spoilt || bytes[i] != pattern_at(s->followed + i);
    s->followed += len;
    if (s->got.len < 4096)
        swio_buf_add(&s->got, bytes, len);
    if (s->echo && swio_tcp_write(tcp, bytes, len) != 0)
        swio_tcp_close(tcp);
    atomic_fetch_add(&s->bytes, len);
}

static void on_drained(swio_tcp *tcp, void *arg)
{
    (void)tcp;
    side *s = arg;
    check(s, ON_DRAINED);
    atomic_fetch_add(&s->drained, 1);
}

static void on_closed(swio_tcp *tcp, int error, const char *sentence, void *arg)
{
    (void)tcp;
    side *s = arg;
    s->tcp = NULL;
    s->error = error;
    strncpy(s->sentence, sentence, sizeof s->sentence - 1);
    atomic_fetch_add(&s->closed, 1);
}

const swio_tcp_handlers side_handlers = {on_connected, on_received, on_drained, on_closed};

/* ---- the listener ---- */

static void on_accepted(swio_tcp_listener *listener, swio_tcp *tcp, const char *peer, void *arg)
{
    side_server *server = arg;
    int at = atomic_load(&server->accepted);
    if (at < server->count) {
        side *s = &server->sides[at];
        s->tcp = tcp;
        s->loop = server->loop;
        strncpy(s->peer, peer, sizeof s->peer - 1);
        swio_tcp_accept_as(tcp, &s->opts, &side_handlers, s);
    }
    if (server->close_in_accepted) {
        server->listener = NULL;
        swio_tcp_listener_close(listener);
    }
    atomic_fetch_add(&server->accepted, 1);
}

static void start_server(void *arg)
{
    side_server *server = arg;
    server->error = swio_tcp_listen(server->loop, server->address ? server->address : "127.0.0.1",
                                    server->port, on_accepted, server, &server->listener);
    if (!server->error)
        server->port = swio_tcp_listener_port(server->listener);
}

void side_listen(side_server *server)
{
    on_loop(server->loop, start_server, server);
}

static void stop_server(void *arg)
{
    side_server *server = arg;
    swio_tcp_listener_close(server->listener);
    server->listener = NULL;
}

void side_unlisten(side_server *server)
{
    on_loop(server->loop, stop_server, server);
}

/* ---- calls on the loop ---- */

typedef struct dial {
    side *side;
    const char *host;
    uint16_t port;
    const char *first;
    int error;
    bool inside; /* `closed` ran inside the call */
} dial;

static void start_dial(void *arg)
{
    dial *d = arg;
    d->error = swio_tcp_connect(d->side->loop, d->host, d->port, &d->side->opts, &side_handlers,
                                d->side, &d->side->tcp);
    if (!d->error && d->first)
        d->error = swio_tcp_write(d->side->tcp, d->first, strlen(d->first));
    d->inside = atomic_load(&d->side->closed) > 0;
}

int side_connect(side *s, swio_loop *loop, const char *host, uint16_t port, const char *first)
{
    dial d = {.side = s, .host = host, .port = port, .first = first};
    s->loop = loop;
    on_loop(loop, start_dial, &d);
    assert_false(d.inside);
    return d.error;
}

typedef struct writing {
    side *side;
    const char *bytes;
    size_t len;
    int error;
    size_t queued;
} writing;

static void write_now(void *arg)
{
    writing *w = arg;
    if (!w->side->tcp) {
        w->error = SWIO_ECONN;
        return;
    }
    w->error = swio_tcp_write(w->side->tcp, w->bytes, w->len);
    w->queued = swio_tcp_queued(w->side->tcp);
}

int side_write(side *s, const char *bytes, size_t len, size_t *queued)
{
    writing w = {.side = s, .bytes = bytes, .len = len};
    on_loop(s->loop, write_now, &w);
    if (queued)
        *queued = w.queued;
    return w.error;
}

static void close_now(void *arg)
{
    side *s = arg;
    int before = atomic_load(&s->closed);
    if (s->tcp) {
        swio_tcp_close(s->tcp);
        if (atomic_load(&s->closed) != before)
            abort(); /* inside the call */
    }
}

void side_close(side *s)
{
    on_loop(s->loop, close_now, s);
}

static void finish_now(void *arg)
{
    side *s = arg;
    if (s->tcp)
        swio_tcp_finish(s->tcp);
}

void side_finish(side *s)
{
    on_loop(s->loop, finish_now, s);
}

static void pause_now(void *arg)
{
    swio_tcp_pause(((side *)arg)->tcp);
}

void side_pause(side *s)
{
    on_loop(s->loop, pause_now, s);
}

static void resume_now(void *arg)
{
    swio_tcp_resume(((side *)arg)->tcp);
}

void side_resume(side *s)
{
    on_loop(s->loop, resume_now, s);
}

/* ---- the test's thread ---- */

void side_wait_closed(side *s)
{
    wait_until(atomic_load(&s->closed) == 1);
}

void side_free(side *s)
{
    swio_buf_free(&s->got);
}

void side_pair_open(side_pair *pair, const char *address)
{
    assert_int_equal(swio_loop_new(&pair->loop), 0);
    pair->server =
        (side_server){.loop = pair->loop, .address = address, .sides = &pair->far, .count = 1};
    pair->far.loop = pair->loop;
    side_listen(&pair->server);
    assert_int_equal(pair->server.error, 0);
    assert_int_equal(side_connect(&pair->near, pair->loop, address, pair->server.port, NULL), 0);
    wait_until(atomic_load(&pair->near.connected) == 1 && atomic_load(&pair->server.accepted) == 1);
}

void side_pair_close(side_pair *pair)
{
    side_unlisten(&pair->server);
    side_close(&pair->near);
    side_close(&pair->far);
    side_wait_closed(&pair->near);
    side_wait_closed(&pair->far);
    swio_loop_unref(pair->loop);
    assert_int_equal(atomic_load(&pair->near.closed), 1);
    assert_int_equal(atomic_load(&pair->far.closed), 1);
    side_free(&pair->near);
    side_free(&pair->far);
}
