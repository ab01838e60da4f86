/*
 * The auto-dialer against the simulator, whose clock runs ten times as fast as ours: exact counts,
 * steady pacing, changes.
 * labels: threaded
 */
#include "support/dial_rig.h"
#include "support/on_loop.h"

/* Per second, between the first and the last. */
static double rate_of_records(void)
{
    int64_t first = INT64_MAX, last = 0;
    for (size_t i = 0; i < record_count; i++) {
        first = records[i].launch_us < first ? records[i].launch_us : first;
        last = records[i].launch_us > last ? records[i].launch_us : last;
    }
    return (double)(record_count - 1) / ((double)(last - first) / 1e6);
}

static void test_run(void **state)
{
    (void)state;
    swio_originator *o = make_recorded(
        2, (swio_originator_opts){.rate = 200, .limit = 1000, .max_offered = 100, .duration = 1});
    assert_string_equal(shown(o), "<Originator: active-calls=0 state=INITIAL "
                                  "total-originated-sessions=0 rate=200 limit=1000 max-offered=100 "
                                  "duration=1>");
    assert_error(swio_originator_wait_done(o, 1), SWIO_ECONFIG, "not started");
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_stopped(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(counts(o).state, SWIO_ORIGINATOR_STOPPED);
    assert_int_equal(counts(o).offered, 100);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    swio_originator_counts c = counts(o);
    assert_int_equal(c.answered, 100);
    assert_int_equal(c.failed + c.lost + c.blocked + c.active, 0);
    double rate = rate_of_records();
    assert_true(c.rate > 0.99 * rate && c.rate < 1.01 * rate);
    assert_int_equal(live_channels(), 0);
    /* In turn: half of the callers on each node, all callees on the first. */
    assert_int_equal(swio_listener_count_answered(r.listeners[0]), 150);
    assert_int_equal(swio_listener_count_answered(r.listeners[1]), 50);
    swio_originator_unref(o);
}

/* Without a bound on the calls: it is originating still, however slow the machine is. */
static void test_twice(void **state)
{
    (void)state;
    swio_originator *o = make(1, (swio_originator_opts){.rate = 10, .limit = 5, .duration = 1});
    assert_ok(swio_originator_start(o));
    assert_error(swio_originator_start(o), SWIO_ECONFIG, "originating already");
    assert_ptr_equal(swio_originator_ref(o), o);
    assert_null(swio_originator_unref(o)); /* which goes on */
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    swio_originator_unref(o);
}

static void test_again(void **state)
{
    (void)state;
    swio_originator *o =
        make(1, (swio_originator_opts){.rate = 100, .limit = 10, .max_offered = 5, .duration = 1});
    for (int i = 0; i < 2; i++) {
        assert_ok(swio_originator_start(o));
        assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
        assert_int_equal(counts(o).offered, 5);
        assert_int_equal(counts(o).answered, 5);
    }
    swio_originator_unref(o);
}

/* Calls that last into room for 5: what comes meanwhile is blocked, and not postponed. */
static void test_blocked(void **state)
{
    (void)state;
    swio_originator *o = make(
        1, (swio_originator_opts){.rate = 100, .limit = 5, .max_offered = 10, .duration = 1000});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).blocked >= 5);
    assert_int_equal(counts(o).offered, 5);
    assert_int_equal(counts(o).active, 5);
    assert_ok(swio_originator_set_limit(o, 10));
    assert_ok(swio_originator_wait_stopped(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(counts(o).offered, 10);
    wait_until(counts(o).answered == 10);
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    swio_originator_unref(o);
}

static void test_failures(void **state)
{
    (void)state;
    rig_down(&r);
    rig_up(&r, &(swio_sim_opts){.faults = {.fail_share = 1, .fail_causes = "USER_BUSY,NO_ANSWER"}},
           true);
    swio_originator *o =
        make(1, (swio_originator_opts){.rate = 100, .limit = 10, .max_offered = 10, .duration = 1});
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(counts(o).failed, 10);
    assert_int_equal(counts(o).answered, 0);
    char first[32], second[32];
    assert_int_equal(swio_originator_cause(o, 0, first, sizeof first), 5);
    assert_int_equal(swio_originator_cause(o, 1, second, sizeof second), 5);
    assert_string_equal(first, "USER_BUSY");
    assert_string_equal(second, "NO_ANSWER");
    assert_int_equal(swio_originator_cause(o, 2, first, sizeof first), 0);
    swio_originator_unref(o);
}

static void test_changes(void **state)
{
    (void)state;
    swio_originator *o = make(1, (swio_originator_opts){.rate = 0.001, .limit = 1, .duration = 1});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered == 1);
    assert_int_equal(swio_originator_set_rate(o, 0), SWIO_EINVAL);
    assert_int_equal(swio_originator_set_limit(o, 0), SWIO_EINVAL);
    assert_int_equal(swio_originator_set_duration(o, -1), SWIO_EINVAL);
    assert_ok(swio_originator_set_limit(o, 500));
    assert_ok(swio_originator_set_rate(o, 100));
    wait_until(counts(o).offered > 20);
    assert_ok(swio_originator_set_duration(o, 0));
    assert_non_null(strstr(shown(o), "rate=100 limit=500 max-offered=inf duration=5>"));
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    swio_originator_unref(o);
}

static void test_wrong_use(void **state)
{
    (void)state;
    swio_originator *o = NULL;
    swio_originator_opts opts = {0};
    assert_error(swio_originator_new(&opts, &o), SWIO_ECONFIG, "without a client");
    opts.clients = r.clients;
    opts.client_count = 1;
    assert_error(swio_originator_new(&opts, &o), SWIO_ECONFIG, "without a destination");
    opts.originate.dest_url = "a b@c";
    assert_error(swio_originator_new(&opts, &o), SWIO_EINVAL, "holds a ' '");
    opts.originate.dest_url = r.url;
    opts.rate = -1;
    assert_error(swio_originator_new(&opts, &o), SWIO_EINVAL, "a rate of -1");
    opts.rate = 0;
    opts.duration = -1;
    assert_error(swio_originator_new(&opts, &o), SWIO_EINVAL, "a duration of -1");
    opts.duration = 0;
    assert_ok(swio_originator_new(&opts, &o));
    assert_non_null(strstr(shown(o), "rate=1 limit=1 max-offered=inf duration=5>"));
    swio_listener_disconnect(r.listeners[0]);
    assert_error(swio_originator_start(o), SWIO_ECONFIG, "is not running");
    swio_client_disconnect(r.clients[0]);
    assert_error(swio_originator_start(o), SWIO_ECONFIG, "is not connected");
    swio_originator_unref(o);

    assert_ok(swio_client_set_listener(r.clients[0], NULL));
    assert_error(swio_originator_new(&opts, &o), SWIO_ECONFIG, "No listener has been assigned");
}

static void start_in_callback(void *arg)
{
    assert_int_equal(swio_originator_start(arg), SWIO_EWOULDBLOCK);
    assert_int_equal(counts(arg).state, SWIO_ORIGINATOR_INITIAL);
}

static void test_in_callback(void **state)
{
    (void)state;
    swio_originator *o = make(1, (swio_originator_opts){0});
    on_loop(r.loop, start_in_callback, o);
    swio_originator_unref(o);
}

static void test_stages(void **state)
{
    (void)state;
    static const swio_stage stages[] = {{0.2, 100}, {0.2, 100}, {0.2, 0}};
    swio_originator *o =
        make_recorded(1, (swio_originator_opts){.stages = stages, .stage_count = 3, .limit = 100});
    assert_non_null(strstr(shown(o), "rate=100 limit=100 max-offered=inf duration=5>"));
    assert_ok(swio_originator_set_duration(o, 1));
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(counts(o).offered, 40);
    assert_int_equal(counts(o).answered, 40);
    assert_true(records[0].rate < records[20].rate);
    swio_originator_unref(o);
}

static void test_pause(void **state)
{
    (void)state;
    swio_originator *o = make(1, (swio_originator_opts){.rate = 50, .limit = 60, .duration = 1000});
    swio_originator_pause(o); /* not while it does not run */
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered > 3);
    swio_originator_pause(o);
    assert_true(counts(o).paused);
    uint64_t offered = counts(o).offered;
    assert_int_equal(swio_originator_wait_stopped(o, 0.1), SWIO_ETIMEOUT);
    assert_int_equal(counts(o).offered, offered);
    assert_ok(swio_originator_set_rate(o, 200)); /* does not end the pause */
    assert_int_equal(counts(o).offered, offered);
    swio_originator_resume(o);
    wait_until(counts(o).offered > offered + 3);
    assert_false(counts(o).paused);
    swio_originator_pause(o);
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_false(counts(o).paused);
    swio_originator_unref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIAL_TEST(test_run),       DIAL_TEST(test_twice),       DIAL_TEST(test_again),
        DIAL_TEST(test_blocked),   DIAL_TEST(test_failures),    DIAL_TEST(test_changes),
        DIAL_TEST(test_wrong_use), DIAL_TEST(test_in_callback), DIAL_TEST(test_stages),
        DIAL_TEST(test_pause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
