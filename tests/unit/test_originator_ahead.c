/*
 * Calls are made ahead of their time: whatever is changed or lost between, no arrival is lost, none
 * comes twice or too early, and none is what it would have been before the change.
 * labels: threaded
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn/conn.h"
#include "control/client.h"
#include "dial/dial.h"
#include "support/dial_rig.h"
#include "support/on_loop.h"

static int by_number(const void *a, const void *b)
{
    const swio_cdr *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

/* The records of all arrivals: numbered without a gap, in the order of their times, placed at them.
 */
static void assert_whole(swio_originator *o)
{
    assert_int_equal(record_count, counts(o).offered + counts(o).blocked);
    qsort(records, record_count, sizeof records[0], by_number);
    for (size_t i = 0; i < record_count; i++) {
        assert_int_equal(records[i].number, i + 1);
        if (i)
            assert_true(records[i].due_us >= records[i - 1].due_us);
        if (records[i].outcome != SWIO_OUTCOME_BLOCKED)
            assert_true(records[i].launch_us >= records[i].due_us);
    }
}

/* Of a constant rate: none was left out. */
static void assert_spaced(size_t from, size_t to, int64_t us)
{
    for (size_t i = from + 1; i < to; i++)
        assert_in_range(records[i].due_us - records[i - 1].due_us, us - 1, us + 1);
}

static void finish(swio_originator *o)
{
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_whole(o);
    swio_originator_unref(o);
}

static void finish_spaced(swio_originator *o, int64_t us)
{
    finish(o);
    assert_spaced(0, record_count, us);
}

static const swio_originator_app two_apps[] = {{.app_id = "dial", .weight = 1},
                                               {.app_id = "other", .weight = 1}};

/* What is taken back is not counted towards the share of its app either. */
static void test_changes_of_rate(void **state)
{
    (void)state;
    swio_originator *o = make_recorded(
        2, (swio_originator_opts){
               .rate = 100, .limit = RECORDS_MAX, .duration = 1, .apps = two_apps, .app_count = 2});
    assert_ok(swio_originator_start(o));
    for (int i = 0; i < 10; i++) {
        uint64_t before = counts(o).offered;
        wait_until(counts(o).offered >= before + 5);
        assert_ok(swio_originator_set_rate(o, i % 2 ? 100 : 150));
    }
    swio_originator_pause(o);
    swio_originator_resume(o);
    uint64_t before = counts(o).offered;
    wait_until(counts(o).offered >= before + 20);
    swio_originator_stop(o);
    assert_in_range(offered_to(o, 0) + 1, offered_to(o, 1), offered_to(o, 1) + 2);
    finish(o);
}

/* The arrivals of a rate are evenly spaced from the change on: none of the old course is left. */
static void test_spacing_after_a_change(void **state)
{
    (void)state;
    swio_originator *o =
        make_recorded(1, (swio_originator_opts){.rate = 100, .limit = RECORDS_MAX, .duration = 1});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered >= 20);
    assert_ok(swio_originator_set_rate(o, 25));
    uint64_t before = counts(o).offered;
    wait_until(counts(o).offered >= before + 5);
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_whole(o);
    size_t change = 1;
    while (change < before && records[change].due_us - records[change - 1].due_us <= 10001)
        change++;
    assert_true(change >= 20);
    assert_spaced(0, change, 10000);
    assert_in_range(records[change].due_us - records[change - 1].due_us, 0, 50001);
    assert_spaced(change, record_count, 40000);

    swio_originator_unref(o);
}

static void test_limit_lowered(void **state)
{
    (void)state;
    swio_originator *o = make_recorded(
        1, (swio_originator_opts){.rate = 100, .limit = 1000, .duration = RING_SECONDS});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered >= 20);
    assert_ok(swio_originator_set_limit(o, 1));
    uint64_t offered = counts(o).offered;
    wait_until(counts(o).blocked >= 20);
    assert_int_equal(counts(o).offered, offered);
    finish_spaced(o, 10000);
}

/* What is due after the change is of the new duration, though it was made ahead of it. */
static void test_duration_changed(void **state)
{
    (void)state;
    swio_originator *o =
        make_recorded(1, (swio_originator_opts){.rate = 100, .limit = RECORDS_MAX, .duration = 2});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered >= 20);
    assert_ok(swio_originator_set_duration(o, 1));
    int64_t change_us = swio_record_time(o, swio_now_ns());
    uint64_t before = counts(o).offered;
    wait_until(counts(o).offered >= before + 20);
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_whole(o);
    assert_spaced(0, record_count, 10000);
    assert_true(records[record_count - 1].due_us > change_us);
    for (size_t i = 0; i < record_count; i++)
        if (records[i].due_us > change_us)
            assert_true(records[i].duration < 1.5);
    swio_originator_unref(o);
}

static void test_weight_taken_away(void **state)
{
    (void)state;

    swio_originator *o = make_recorded(
        1, (swio_originator_opts){
               .rate = 100, .limit = RECORDS_MAX, .duration = 1, .apps = two_apps, .app_count = 2});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered >= 20);
    uint64_t first = offered_to(o, 0), second = offered_to(o, 1);
    assert_in_range(first + 1, second, second + 2);
    assert_ok(swio_originator_set_weight(o, "other", 0));
    second = offered_to(o, 1);
    uint64_t before = counts(o).offered;
    wait_until(counts(o).offered >= before + 20);
    assert_int_equal(offered_to(o, 1), second);
    finish_spaced(o, 10000);
}

/* By its owner: what was made for that node goes to the other. */
static void test_node_closed(void **state)
{
    (void)state;
    swio_originator *o =
        make_recorded(2, (swio_originator_opts){.rate = 100, .limit = RECORDS_MAX, .duration = 1});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered >= 20);
    swio_client_disconnect(r.clients[1]);
    uint64_t before = counts(o).offered;
    wait_until(counts(o).offered >= before + 20);
    swio_originator_node_counts gone;
    assert_true(swio_originator_node_at(o, 1, &gone));
    assert_false(gone.up);
    assert_true(gone.offered <= before);
    finish_spaced(o, 10000);
}

static size_t leave_at_third(uint64_t number, swio_variable *fields, void *arg)
{
    (void)fields, (void)arg;
    if (number == 3)
        swio_client_disconnect(r.clients[0]);
    return 0;
}

/* In the moment in which a call is made ahead, for good: it counts as tried at its time. */
static void test_closed_while_made(void **state)
{
    (void)state;
    swio_originator *o = make_recorded(
        1,
        (swio_originator_opts){.rate = 25, .limit = 100, .duration = 1, .fields = leave_at_third});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).failed == 1);
    /* What was to be answered cannot be any more: it would ring on. */
    int up = swio_originator_shutdown(o, 0);
    assert_true(!up || up == SWIO_ETIMEOUT);
    for (size_t i = 0; i < record_count; i++) {
        assert_true(records[i].launch_us >= records[i].due_us);
        assert_true(records[i].end_us >= records[i].launch_us);
    }
    swio_originator_unref(o);
}

/* Its socket fails while the loop is at something else: what was due meanwhile goes to the other.
 */
static void cut_and_stay_away(void *arg)
{
    const swio_ahead *ahead = &swio_client_ahead(r.clients[1])->ahead;
    (void)arg;
    assert_int_equal(shutdown(ahead->fd, SHUT_RDWR), 0);
    for (uint64_t end = swio_now_ns() + 30000000; swio_now_ns() < end;)
        ;
}

static void test_node_cut(void **state)
{
    (void)state;
    swio_originator *o =
        make_recorded(2, (swio_originator_opts){.rate = 100, .limit = RECORDS_MAX, .duration = 1});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered >= 20);
    on_loop(r.loop, cut_and_stay_away, NULL);
    uint64_t before = counts(o).offered;
    wait_until(counts(o).offered >= before + 20);
    finish_spaced(o, 10000);
}

static int stuffed_peer;

/* In place of its socket one that takes nothing more. */
static void stuff(void *arg)
{
    static const char junk[4096];
    const swio_ahead *ahead = &swio_client_ahead(arg)->ahead;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    while (send(pair[0], junk, sizeof junk, MSG_DONTWAIT) > 0 || errno != EAGAIN)
        ;
    dup2(pair[0], ahead->fd);
    close(pair[0]);
    stuffed_peer = pair[1];
}

/* A switch that takes no bytes: its calls count as offered, late, and lost in the end. */
static void test_stuffed(void **state)
{
    (void)state;
    swio_client *client, *before = r.clients[0];
    swio_client_opts opts = {.listener = r.listeners[0], .timeout = 0.05};
    assert_ok(swio_client_new(swio_sim_contact(r.sim, 0), &opts, &client));
    assert_ok(swio_client_connect(client));
    r.clients[0] = client;
    swio_originator *o =
        make_recorded(1, (swio_originator_opts){.rate = 100, .limit = RECORDS_MAX, .duration = 1});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered >= 5);
    swio_originator_pause(o); /* what leaves until then is not among them */
    wait_until(counts(o).active == 0);
    swio_originator_counts begun = counts(o);
    on_loop(r.loop, stuff, client);
    swio_originator_resume(o);
    wait_until(counts(o).offered >= begun.offered + 20);
    assert_int_equal(swio_originator_shutdown(o, 0), SWIO_ETIMEOUT);
    assert_whole(o);
    assert_true(counts(o).late >= begun.late + 10);
    assert_int_equal(counts(o).lost - begun.lost, counts(o).offered - begun.offered);
    swio_originator_unref(o);
    r.clients[0] = before;
    swio_client_unref(client);
    close(stuffed_peer);
}

/* Two on one client, of which one has its calls taken back again and again. */
static void test_two_at_once(void **state)
{
    (void)state;
    swio_originator *o =
        make_recorded(1, (swio_originator_opts){.rate = 40, .limit = RECORDS_MAX, .duration = 1});
    swio_originator *other;
    swio_originator_opts opts = {
        .rate = 40,
        .limit = 1000,
        .duration = 1,
        .clients = r.clients,
        .client_count = 1,
        .originate = {.dest_url = r.url, .timeout = RING_SECONDS, RIG_RINGS_ON}};
    assert_ok(swio_originator_new(&opts, &other));
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_start(other));
    for (int i = 0; i < 8; i++) {
        uint64_t before = counts(other).offered;
        wait_until(counts(other).offered > before);
        assert_ok(swio_originator_set_rate(other, i % 2 ? 40 : 50));
    }
    swio_originator_hupall(other);
    assert_ok(swio_originator_wait_done(other, WAIT_DEADLINE_SECONDS));
    swio_originator_unref(other);
    finish_spaced(o, 25000);
}

/* Away for longer than calls are made ahead, and then paused at once. */
static void stay_away_and_pause(void *arg)
{
    for (uint64_t end = swio_now_ns() + 200000000; swio_now_ns() < end;)
        ;
    swio_originator_pause(arg);
}

/* What was due before a pause has left when that returns, and is counted. */
static void test_paused_late(void **state)
{
    (void)state;
    swio_originator *o =
        make_recorded(1, (swio_originator_opts){.rate = 100, .limit = RECORDS_MAX, .duration = 1});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered >= 5);
    uint64_t before = counts(o).offered;
    on_loop(r.loop, stay_away_and_pause, o);
    uint64_t offered = counts(o).offered;
    assert_true(offered >= before + 19);
    swio_originator_stop(o);
    assert_int_equal(counts(o).offered, offered);
    finish_spaced(o, 10000);
}

static atomic_int slow_records;

static void record_slowly(const swio_cdr *cdr, void *arg)
{
    (void)cdr, (void)arg;
    for (uint64_t end = swio_now_ns() + 1000000; swio_now_ns() < end;)
        ;
    atomic_fetch_add(&slow_records, 1);
}

/* Arrivals that come faster than they are blocked can be stopped all the same. */
static void test_overloaded(void **state)
{
    (void)state;
    atomic_store(&slow_records, 0);
    swio_originator *o =
        make(1, (swio_originator_opts){
                    .rate = 10000, .limit = 1, .duration = RING_SECONDS, .on_cdr = record_slowly});
    assert_ok(swio_originator_start(o));
    wait_until(atomic_load(&slow_records) >= 20);
    wait_until(counts(o).answered == 1);
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(counts(o).offered, 1);
    swio_originator_unref(o);
}

/* The switch is full of the calls that are up, those on their way and those that were made. */
static void test_max_limit(void **state)
{
    (void)state;
    swio_listener_set_max_limit(r.listeners[0], 15);
    swio_originator *o = make_recorded(
        1, (swio_originator_opts){.rate = 200, .limit = 1000, .duration = RING_SECONDS});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).blocked >= 20);
    assert_int_equal(counts(o).offered, 15);
    finish_spaced(o, 5000);
}

/* More than one is made at a time, but no more than are wanted. */
static void test_max_offered(void **state)
{
    (void)state;
    swio_originator *o = make_recorded(
        1, (swio_originator_opts){.rate = 2000, .limit = 1000, .max_offered = 55, .duration = 1});
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(counts(o).offered, 55);
    finish_spaced(o, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIAL_TEST(test_changes_of_rate),   DIAL_TEST(test_spacing_after_a_change),
        DIAL_TEST(test_limit_lowered),     DIAL_TEST(test_duration_changed),
        DIAL_TEST(test_weight_taken_away), DIAL_TEST(test_node_closed),
        DIAL_TEST(test_closed_while_made), DIAL_TEST(test_node_cut),
        DIAL_TEST(test_stuffed),           DIAL_TEST(test_two_at_once),
        DIAL_TEST(test_paused_late),       DIAL_TEST(test_overloaded),
        DIAL_TEST(test_max_limit),         DIAL_TEST(test_max_offered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
