/* labels: threaded */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "loop/tcp.h"
#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/wait.h"

/* When a side closes itself. */
typedef enum { NOT, ON_CONNECTED, ON_RECEIVED, ON_DRAINED } when;

/* One end of a connection. What the test's thread reads is atomic, or read after `closed`. */
typedef struct side {
    swio_loop *loop;
    swio_tcp *tcp; /* the loop's thread */
    swio_tcp_opts opts;
    when close_at;
    bool echo; /* sends back what comes */
    char peer[128];
    swio_buf got;
    uint64_t pattern; /* how many bytes followed the pattern */
    bool spoilt;
    char sentence[SWIO_ERRMSG_MAX];
    int error;
    int after_close; /* calls that came after the close */
    bool closing;
    atomic_size_t bytes;
    atomic_int connected, drained, closed;
} side;

static void check(side *s, when at)
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

static void on_received(swio_tcp *tcp, const char *bytes, size_t len, void *arg)
{
    side *s = arg;
    check(s, ON_RECEIVED);
    for (size_t i = 0; i < len; i++)
        s->spoilt = s->spoilt || bytes[i] != pattern_at(s->pattern + i);
    s->pattern += len;
    if (s->got.len < 4096)
        swio_buf_add(&s->got, bytes, len);
    if (s->echo)
        swio_tcp_write(tcp, bytes, len);
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
    side *s = arg;
    (void)tcp;
    s->tcp = NULL;
    s->error = error;
    strncpy(s->sentence, sentence, sizeof s->sentence - 1);
    atomic_fetch_add(&s->closed, 1);
}

static const swio_tcp_handlers handlers = {on_connected, on_received, on_drained, on_closed};

/* A listener that accepts one side after the other. */
typedef struct server {
    swio_loop *loop;
    const char *address;
    uint16_t port;
    int error;
    bool refuse; /* accepts as nobody */
    swio_tcp_listener *listener;
    side *sides;
    int count;
    atomic_int accepted;
} server;

static void on_accepted(swio_tcp_listener *listener, swio_tcp *tcp, const char *peer, void *arg)
{
    server *s = arg;
    assert_ptr_equal(listener, s->listener);
    int at = atomic_load(&s->accepted);
    if (!s->refuse && at < s->count) {
        side *end = &s->sides[at];
        end->tcp = tcp;
        strncpy(end->peer, peer, sizeof end->peer - 1);
        swio_tcp_accept_as(tcp, &end->opts, &handlers, end);
    }
    atomic_fetch_add(&s->accepted, 1);
}

static void start_server(void *arg)
{
    server *s = arg;
    s->error = swio_tcp_listen(s->loop, s->address ? s->address : "127.0.0.1", s->port, on_accepted,
                               s, &s->listener);
    if (!s->error)
        s->port = swio_tcp_listener_port(s->listener);
}

static void stop_server(void *arg)
{
    server *s = arg;
    swio_tcp_listener_close(s->listener);
}

typedef struct dial {
    const char *host;
    uint16_t port;
    side *side;
    int error;
    bool inside;
    const char *first; /* written before the connection stands */
} dial;

static void start_dial(void *arg)
{
    dial *d = arg;
    d->error = swio_tcp_connect(d->side->loop, d->host, d->port, &d->side->opts, &handlers, d->side,
                                &d->side->tcp);
    if (!d->error && d->first)
        assert_int_equal(swio_tcp_write(d->side->tcp, d->first, strlen(d->first)), 0);
    d->inside = atomic_load(&d->side->closed) > 0;
}

static void connect_side(side *s, swio_loop *loop, const char *host, uint16_t port)
{
    dial d = {.host = host, .port = port, .side = s};
    s->loop = loop;
    on_loop(loop, start_dial, &d);
    assert_int_equal(d.error, 0);
    assert_false(d.inside);
}

static void close_side(void *arg)
{
    side *s = arg;
    if (s->tcp)
        swio_tcp_close(s->tcp);
    assert_true(!s->tcp || atomic_load(&s->closed) == 0); /* not inside the call */
}

static void finish_side(void *arg)
{
    side *s = arg;
    if (s->tcp)
        swio_tcp_finish(s->tcp);
}

static void free_side(side *s)
{
    swio_buf_free(&s->got);
}

/* Two connected sides. */
typedef struct pair {
    swio_loop *loop;
    server server;
    side near, far;
} pair;

static void open_pair(pair *p, const char *address)
{
    assert_int_equal(swio_loop_new(&p->loop), 0);
    p->server = (server){.loop = p->loop, .address = address, .sides = &p->far, .count = 1};
    p->far.loop = p->loop;
    on_loop(p->loop, start_server, &p->server);
    assert_int_equal(p->server.error, 0);
    connect_side(&p->near, p->loop, address, p->server.port);
    wait_until(atomic_load(&p->near.connected) == 1 && atomic_load(&p->server.accepted) == 1);
}

static void close_pair(pair *p)
{
    on_loop(p->loop, stop_server, &p->server);
    on_loop(p->loop, close_side, &p->near);
    on_loop(p->loop, close_side, &p->far);
    wait_until(atomic_load(&p->near.closed) == 1 && atomic_load(&p->far.closed) == 1);
    swio_loop_unref(p->loop);
    assert_int_equal(atomic_load(&p->near.closed), 1);
    assert_int_equal(atomic_load(&p->far.closed), 1);
    free_side(&p->near);
    free_side(&p->far);
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
    w->error = swio_tcp_write(w->side->tcp, w->bytes, w->len);
    w->queued = swio_tcp_queued(w->side->tcp);
}

static int write_side(side *s, const char *bytes, size_t len)
{
    writing w = {.side = s, .bytes = bytes, .len = len};
    on_loop(s->loop, write_now, &w);
    return w.error;
}

static void bytes_go_both_ways(void **state)
{
    (void)state;
    const char *addresses[] = {"127.0.0.1", "::1"};
    for (int i = 0; i < 2; i++) {
        pair p = {.far.echo = true};
        open_pair(&p, addresses[i]);
        char want[64];
        snprintf(want, sizeof want, i ? "[::1]:%u" : "127.0.0.1:%u", p.server.port);
        assert_string_equal(p.near.peer, want);
        assert_non_null(strstr(p.far.peer, addresses[i]));
        assert_int_equal(write_side(&p.near, "hello", 5), 0);
        wait_until(atomic_load(&p.near.bytes) == 5);
        close_pair(&p);
        assert_int_equal(p.near.error, 0);
        assert_int_equal(p.far.error, 0);
    }
}

static void what_is_written_early_goes_first(void **state)
{
    (void)state;
    pair p = {0};
    assert_int_equal(swio_loop_new(&p.loop), 0);
    p.server = (server){.loop = p.loop, .sides = &p.far, .count = 1};
    p.near.loop = p.loop;
    on_loop(p.loop, start_server, &p.server);
    dial d = {.host = "127.0.0.1", .port = p.server.port, .side = &p.near, .first = "early"};
    on_loop(p.loop, start_dial, &d);
    wait_until(atomic_load(&p.far.bytes) == 5);
    assert_string_equal(p.far.got.data, "early");
    close_pair(&p);
}

static void a_refused_port_says_so(void **state)
{
    (void)state;
    swio_loop *loop;
    assert_int_equal(swio_loop_new(&loop), 0);
    server s = {.loop = loop};
    on_loop(loop, start_server, &s); /* a port of which it is known that nobody listens */
    on_loop(loop, stop_server, &s);
    side near = {0};
    connect_side(&near, loop, "127.0.0.1", s.port);
    wait_until(atomic_load(&near.closed) == 1);
    char want[256];
    snprintf(want, sizeof want,
             "127.0.0.1:%u: connection refused (is FreeSWITCH running, and does "
             "event_socket.conf listen there?)",
             s.port);
    assert_string_equal(near.sentence, want);
    assert_int_equal(near.error, SWIO_ECONN);
    swio_loop_unref(loop);
}

static void any_handler_may_close(void **state)
{
    (void)state;
    for (when at = ON_CONNECTED; at <= ON_DRAINED; at++) {
        pair p = {.near.close_at = at};
        assert_int_equal(swio_loop_new(&p.loop), 0);
        p.server = (server){.loop = p.loop, .sides = &p.far, .count = 1};
        p.far.loop = p.loop;
        on_loop(p.loop, start_server, &p.server);
        connect_side(&p.near, p.loop, "127.0.0.1", p.server.port);
        if (at == ON_RECEIVED) {
            wait_until(atomic_load(&p.server.accepted) == 1);
            assert_int_equal(write_side(&p.far, "x", 1), 0);
        } else if (at == ON_DRAINED) {
            wait_until(atomic_load(&p.near.connected) == 1);
            static const char big[32 << 20];
            assert_int_equal(write_side(&p.near, big, sizeof big), 0);
        }
        wait_until(atomic_load(&p.near.closed) == 1);
        wait_until(atomic_load(&p.server.accepted) == 0 || atomic_load(&p.far.closed) == 1);
        close_pair(&p);
        assert_int_equal(p.near.error, 0);
        assert_int_equal(p.near.after_close, 0);
    }
}

static void the_peers_end_is_told(void **state)
{
    (void)state;
    pair p = {0};
    open_pair(&p, "127.0.0.1");
    on_loop(p.loop, close_side, &p.far);
    wait_until(atomic_load(&p.near.closed) == 1);
    assert_int_equal(p.near.error, 0);
    assert_string_equal(p.near.sentence, "");
    close_pair(&p);
}

static char *make_pattern(size_t len)
{
    char *bytes = malloc(len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = pattern_at(i);
    return bytes;
}

static void pause_side(void *arg)
{
    swio_tcp_pause(((side *)arg)->tcp);
}

static void resume_side(void *arg)
{
    swio_tcp_resume(((side *)arg)->tcp);
}

static void a_pause_holds_the_peer_back(void **state)
{
    (void)state;
    pair p = {.near.opts.max_queued = 40 << 20};
    open_pair(&p, "127.0.0.1");
    on_loop(p.loop, pause_side, &p.far);
    size_t len = 32 << 20;
    char *bytes = make_pattern(len);
    writing w = {.side = &p.near, .bytes = bytes, .len = len};
    on_loop(p.loop, write_now, &w);
    assert_int_equal(w.error, 0);
    assert_true(w.queued > 0 && w.queued < len);
    /* Past the limit nothing is taken, and it says so. */
    writing more = {.side = &p.near, .bytes = bytes, .len = 20 << 20};
    on_loop(p.loop, write_now, &more);
    assert_int_equal(more.error, SWIO_ELIMIT);
    assert_true(more.queued <= w.queued);
    assert_int_equal(atomic_load(&p.far.bytes), 0);
    assert_int_equal(atomic_load(&p.near.drained), 0);
    on_loop(p.loop, resume_side, &p.far);
    wait_until(atomic_load(&p.far.bytes) == len);
    wait_until(atomic_load(&p.near.drained) == 1);
    close_pair(&p);
    assert_false(p.far.spoilt);
    free(bytes);
}

static void finishing_sends_all_first(void **state)
{
    (void)state;
    pair p = {0};
    open_pair(&p, "127.0.0.1");
    size_t len = 16 << 20;
    char *bytes = make_pattern(len);
    assert_int_equal(write_side(&p.near, bytes, len), 0);
    on_loop(p.loop, finish_side, &p.near);
    wait_until(atomic_load(&p.far.closed) == 1 && atomic_load(&p.near.closed) == 1);
    assert_int_equal(atomic_load(&p.far.bytes), len);
    assert_int_equal(p.near.error, 0);
    assert_int_equal(p.far.error, 0);
    assert_false(p.far.spoilt);
    close_pair(&p);
    free(bytes);
}

static void the_end_of_the_loop_closes_streams(void **state)
{
    (void)state;
    pair p = {0};
    open_pair(&p, "127.0.0.1");
    swio_loop_unref(p.loop);
    assert_int_equal(atomic_load(&p.near.closed), 1);
    assert_int_equal(atomic_load(&p.far.closed), 1);
    assert_int_equal(p.near.error, SWIO_ECANCELED);
    assert_non_null(strstr(p.near.sentence, "the event loop ended"));
    free_side(&p.near);
    free_side(&p.far);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_both_ways),
        cmocka_unit_test(what_is_written_early_goes_first),
        cmocka_unit_test(a_refused_port_says_so),
        cmocka_unit_test(any_handler_may_close),
        cmocka_unit_test(the_peers_end_is_told),
        cmocka_unit_test(a_pause_holds_the_peer_back),
        cmocka_unit_test(finishing_sends_all_first),
        cmocka_unit_test(the_end_of_the_loop_closes_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
