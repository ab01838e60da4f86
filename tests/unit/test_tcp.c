/* labels: threaded */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/internal.h"
#include "loop/timer.h"
#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/tcp_side.h"
#include "support/wait.h"

static void bytes_go_both_ways(void **state)
{
    (void)state;
    const char *addresses[] = {"127.0.0.1", "::1"};
    for (int i = 0; i < 2; i++) {
        side_pair p = {.far.echo = true};
        side_pair_open(&p, addresses[i]);
        char want[64];
        snprintf(want, sizeof want, i ? "[::1]:%u" : "127.0.0.1:%u", p.server.port);
        assert_string_equal(p.near.peer, want);
        assert_non_null(strstr(p.far.peer, addresses[i]));
        assert_int_equal(side_write(&p.near, "hello", 5, NULL), 0);
        wait_until(atomic_load(&p.near.bytes) == 5);
        side_pair_close(&p);
        assert_int_equal(p.near.error, 0);
        assert_int_equal(p.far.error, 0);
    }
}

static void small_writes_arrive_in_order(void **state)
{
    (void)state;
    side_pair p = {0};
    side_pair_open(&p, "127.0.0.1");
    enum { LEN = 200000 };
    char *bytes = side_pattern(LEN);
    for (size_t at = 0, step = 1; at < LEN; at += step, step = step % 997 + 1)
        assert_int_equal(side_write(&p.near, bytes + at, step < LEN - at ? step : LEN - at, NULL),
                         0);
    wait_until(atomic_load(&p.far.bytes) == LEN);
    side_pair_close(&p);
    assert_false(p.far.spoilt);
    free(bytes);
}

static void any_handler_may_close(void **state)
{
    (void)state;
    for (side_when at = ON_CONNECTED; at <= ON_DRAINED; at++) {
        side_pair p = {.near.close_at = at};
        assert_int_equal(swio_loop_new(&p.loop), 0);
        p.server = (side_server){.loop = p.loop, .sides = &p.far, .count = 1};
        p.far.loop = p.loop;
        side_listen(&p.server);
        assert_int_equal(side_connect(&p.near, p.loop, "127.0.0.1", p.server.port, NULL), 0);
        wait_until(atomic_load(&p.near.connected) && atomic_load(&p.server.accepted));
        if (at == ON_RECEIVED)
            side_write(&p.far, "x", 1, NULL);
        if (at == ON_DRAINED)
            side_write(&p.near, "x", 1, NULL);
        side_wait_closed(&p.near);
        side_wait_closed(&p.far);
        assert_int_equal(p.near.error, 0);
        assert_int_equal(p.near.after_close, 0);
        side_pair_close(&p);
    }
}

static void writing_after_the_end_is_refused(void **state)
{
    (void)state;
    side_pair p = {0};
    side_pair_open(&p, "127.0.0.1");
    side_finish(&p.near);
    assert_int_equal(side_write(&p.near, "x", 1, NULL), SWIO_ECONN);
    side_pair_close(&p);
    assert_int_equal(atomic_load(&p.far.bytes), 0);
}

static void write_and_close(void *arg)
{
    side *s = arg;
    if (swio_tcp_write(s->tcp, "lost", 4))
        abort();
    swio_tcp_close(s->tcp);
    swio_tcp_close(s->tcp); /* once more does no harm */
}

static void closing_drops_what_was_just_written(void **state)
{
    (void)state;
    side_pair p = {0};
    side_pair_open(&p, "127.0.0.1");
    on_loop(p.loop, write_and_close, &p.near);
    side_wait_closed(&p.near);
    side_wait_closed(&p.far);
    assert_int_equal(atomic_load(&p.far.bytes), 0);
    side_pair_close(&p);
}

static void the_peers_end_is_told(void **state)
{
    (void)state;
    side_pair p = {0};
    side_pair_open(&p, "127.0.0.1");
    side_close(&p.far);
    side_wait_closed(&p.near);
    assert_int_equal(p.near.error, 0);
    assert_string_equal(p.near.sentence, "");
    side_pair_close(&p);
}

typedef struct between {
    side *reader;
    swio_timer timer;
    size_t bytes, most; /* that came from one time to the next */
} between;

/* As soon as it can again, for as long as there is something to read. */
static void ring(void *arg)
{
    between *b = arg;
    size_t bytes = atomic_load(&b->reader->bytes);
    if (bytes - b->bytes > b->most)
        b->most = bytes - b->bytes;
    b->bytes = bytes;
    if (b->reader->tcp && swio_timer_start(b->reader->loop, &b->timer, swio_now_ns(), ring, b))
        abort();
}

static void read_and_ring(void *arg)
{
    between *b = arg;
    swio_tcp_resume(b->reader->tcp);
    ring(b);
}

/* However much there is to read, a timer that is due waits for one piece of it at most, and the
 * pieces are smaller where a timer is near. */
static void a_flood_lets_timers_through(void **state)
{
    (void)state;
    side_pair p = {.near.opts.max_queued = 40 << 20};
    side_pair_open(&p, "127.0.0.1");
    side_pause(&p.far);
    size_t len = 8 << 20, queued;
    char *bytes = side_pattern(len);
    assert_int_equal(side_write(&p.near, bytes, len, &queued), 0);
    assert_true(len - queued > 3 * sizeof p.loop->received); /* the socket is full of it */
    between b = {.reader = &p.far};
    on_loop(p.loop, read_and_ring, &b);
    wait_until(atomic_load(&p.far.bytes) == len);
    side_pair_close(&p);
    assert_in_range(b.most, 1, sizeof p.loop->received / 2);
    assert_false(p.far.spoilt);
    free(bytes);
}

static void a_pause_holds_the_peer_back(void **state)
{
    (void)state;
    side_pair p = {.near.opts.max_queued = 40 << 20};
    side_pair_open(&p, "127.0.0.1");
    side_pause(&p.far);
    size_t len = 32 << 20, queued, still;
    char *bytes = side_pattern(len);
    assert_int_equal(side_write(&p.near, bytes, len, &queued), 0);
    assert_true(queued > 0 && queued < len);
    /* Past the limit nothing is taken. */
    assert_int_equal(side_write(&p.near, bytes, 20 << 20, &still), SWIO_ELIMIT);
    assert_true(still <= queued);
    assert_int_equal(side_write(&p.near, bytes, 41 << 20, NULL), SWIO_ELIMIT);
    assert_int_equal(atomic_load(&p.far.bytes), 0);
    assert_int_equal(atomic_load(&p.near.drained), 0);
    side_resume(&p.far);
    wait_until(atomic_load(&p.far.bytes) == len);
    wait_until(atomic_load(&p.near.drained) == 1);
    side_pair_close(&p);
    assert_false(p.far.spoilt);
    free(bytes);
}

static void pausing_between_pieces_loses_nothing(void **state)
{
    (void)state;
    side_pair p = {0};
    side_pair_open(&p, "127.0.0.1");
    size_t len = 8 << 20;
    char *bytes = side_pattern(len);
    assert_int_equal(side_write(&p.near, bytes, len, NULL), 0);
    while (atomic_load(&p.far.bytes) < len) {
        side_pause(&p.far);
        size_t before = atomic_load(&p.far.bytes);
        wait_a_little();
        assert_int_equal(atomic_load(&p.far.bytes), before);
        side_resume(&p.far);
        wait_until(atomic_load(&p.far.bytes) > before || before == len);
    }
    side_pair_close(&p);
    assert_false(p.far.spoilt);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_both_ways),
        cmocka_unit_test(small_writes_arrive_in_order),
        cmocka_unit_test(any_handler_may_close),
        cmocka_unit_test(writing_after_the_end_is_refused),
        cmocka_unit_test(closing_drops_what_was_just_written),
        cmocka_unit_test(the_peers_end_is_told),
        cmocka_unit_test(a_flood_lets_timers_through),
        cmocka_unit_test(a_pause_holds_the_peer_back),
        cmocka_unit_test(pausing_between_pieces_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
