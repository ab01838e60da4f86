/*
 * Every way in which an originator ends.
 * labels: threaded
 */
#include "dial/dial.h"
#include "support/dial_rig.h"
#include "support/on_loop.h"

static void test_stop(void **state)
{
    (void)state;
    swio_originator *o = make(1, (swio_originator_opts){.rate = 50, .limit = 100, .duration = 1});
    assert_non_null(strstr(shown(o), "max-offered=inf"));
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 3);
    swio_originator_stop(o);
    uint64_t offered = counts(o).offered;
    assert_ok(swio_originator_wait_stopped(o, 0));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(counts(o).offered, offered);
    assert_int_equal(counts(o).answered, offered);
    swio_originator_unref(o);
}

/* Long calls, and calls that ring for ever: hung up alike. */
static void test_hupall(void **state)
{
    (void)state;
    for (int ringing = 0; ringing < 2; ringing++) {
        swio_originator *o =
            make(2, (swio_originator_opts){.rate = 100, .limit = 60, .duration = 1000});
        if (ringing)
            for (size_t i = 0; i < 2; i++)
                assert_ok(swio_client_unload_app(r.clients[i], "TonePlay"));
        assert_ok(swio_originator_start(o));
        wait_until(counts(o).offered > 20);
        swio_originator_hupall(o);
        assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
        assert_int_equal(live_channels(), 0);
        assert_int_equal(counts(o).active, 0);
        assert_int_equal(counts(o).answered + counts(o).failed, counts(o).offered);
        swio_originator_unref(o);
        swio_client_unload_app(r.clients[0], "dial");
        swio_client_unload_app(r.clients[1], "dial");
    }
}

/* The same with calls on several connections, which the switch reads each in its own time: a
 * hang-up of all may come before the originate of some. */
static void test_hupall_connections(void **state)
{
    (void)state;
    rig_down(&r);
    rig_up(&r, &(swio_sim_opts){.faults = {.reply_delay = 0.03}}, false);
    swio_client_unref(r.clients[0]);
    swio_client_opts many = {.listener = r.listeners[0], .connections = 4};
    assert_ok(swio_client_new(swio_sim_contact(r.sim, 0), &many, &r.clients[0]));
    assert_ok(swio_client_connect(r.clients[0]));
    assert_ok(swio_listener_connect(r.listeners[0]));
    assert_ok(swio_listener_start(r.listeners[0]));
    swio_originator *o = make(1, (swio_originator_opts){.rate = 1000,
                                                        .limit = 1000,
                                                        .duration = 1000,
                                                        .max_offered = 80,
                                                        .keep_settings = true});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered == 80);
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(live_channels(), 0);
    swio_originator_unref(o);
}

static void test_connection_lost(void **state)
{
    (void)state;
    swio_originator *o = make(2, (swio_originator_opts){.rate = 50, .limit = 60, .duration = 1000});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 10);
    r.sim = swio_sim_stop(r.sim);
    assert_ok(swio_originator_wait_stopped(o, WAIT_DEADLINE_SECONDS));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_true(counts(o).lost > 10);
    assert_int_equal(counts(o).active, 0);
    swio_originator_unref(o);
}

static void test_shutdown(void **state)
{
    (void)state;
    swio_originator *o =
        make_recorded(2, (swio_originator_opts){.rate = 100, .limit = 60, .duration = 1000});
    assert_ok(swio_originator_shutdown(o, 1)); /* nothing to do */
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 10);
    assert_ok(swio_originator_shutdown(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(live_channels(), 0);
    assert_int_equal(records_of(SWIO_OUTCOME_LOST), 0);
    assert_int_equal(record_count, counts(o).offered + counts(o).blocked);

    /* At once: what is up is given up here, and hung up there. */
    record_count = 0;
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 10);
    assert_int_equal(swio_originator_shutdown(o, 0), SWIO_ETIMEOUT);
    swio_originator_counts c = counts(o);
    assert_int_equal(c.active, 0);
    assert_true(c.lost > 0);
    assert_int_equal(c.answered + c.failed + c.lost, c.offered);
    assert_int_equal(record_count, c.offered + c.blocked);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    wait_until(live_channels() == 0);
    swio_originator_unref(o);
}

static void shut_down_in_callback(void *arg)
{
    assert_error(swio_originator_shutdown(arg, 1), SWIO_EWOULDBLOCK, "shutdown");
    assert_int_equal(counts(arg).state, SWIO_ORIGINATOR_ORIGINATING);
    assert_int_equal(swio_originator_shutdown(arg, 0), SWIO_ETIMEOUT);
}

static void test_shutdown_in_callback(void **state)
{
    (void)state;
    swio_originator *o =
        make(1, (swio_originator_opts){.rate = 100, .limit = 60, .duration = 1000});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 3);
    on_loop(r.loop, shut_down_in_callback, o);
    assert_int_equal(counts(o).active, 0);
    swio_originator_unref(o);
}

/* Also calls that are none of ours. */
static void test_hard_hupall(void **state)
{
    (void)state;
    swio_originator *o = make(1, (swio_originator_opts){.rate = 50, .limit = 60, .duration = 1000});
    assert_ok(swio_client_originate(
        r.clients[0], &(swio_originate_opts){.dest_url = r.url, .app_id = "dial"}, NULL));
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 3 && swio_listener_count_answered(r.listeners[0]) > 8);
    swio_originator_hard_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    wait_until(live_channels() == 0);
    swio_originator_unref(o);
}

/* The replies come later than anybody waits for them, and the calls come all the same. */
static void test_late_replies(void **state)
{
    (void)state;
    rig_down(&r);
    rig_up(&r, &(swio_sim_opts){.speed = 10, .faults = {.reply_delay = 2}}, false);
    swio_client_unref(r.clients[0]);
    swio_client_opts hasty = {.listener = r.listeners[0], .timeout = 0.0001};
    assert_ok(swio_client_new(swio_sim_contact(r.sim, 0), &hasty, &r.clients[0]));
    assert_ok(swio_client_connect(r.clients[0]));
    assert_ok(swio_listener_connect(r.listeners[0]));
    assert_ok(swio_listener_start(r.listeners[0]));
    swio_originator *o = make_recorded(
        1, (swio_originator_opts){
               .rate = 100, .limit = 10, .max_offered = 3, .duration = 5, .keep_settings = true});
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(counts(o).answered, 3);
    assert_int_equal(records_of(SWIO_OUTCOME_ANSWERED), 3);
    assert_int_equal(live_channels(), 0);
    swio_originator_unref(o);
}

/* Seconds of sweeps from `from` on until a call is given up; each finds the time later by `step`.
 */
typedef struct sweeps {
    swio_originator *originator;
    double from, step;
    double given_up;
} sweeps;

static void sweep_on(void *arg)
{
    sweeps *s = arg;
    uint64_t now = swio_now_ns();
    for (double at = s->from; at < s->from + 60 && !counts(s->originator).lost; at += s->step) {
        swio_calls_sweep(s->originator, now + (uint64_t)(at * 1e9));
        s->given_up = at;
    }
}

/* A process that was stopped for long reads first what it was told meanwhile. */
static void test_held_up(void **state)
{
    (void)state;
    swio_originator *o =
        make(1, (swio_originator_opts){.rate = 50, .limit = 9, .duration = 1000, .max_offered = 1});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered == 1);
    sweeps s = {.originator = o, .from = 2000, .step = 0.5};
    on_loop(r.loop, sweep_on, &s);
    assert_int_equal(counts(o).lost, 1);
    assert_float_equal(s.given_up, 2005, 1e-9);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    swio_originator_unref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIAL_TEST(test_stop),
        DIAL_TEST(test_hupall),
        DIAL_TEST(test_hupall_connections),
        DIAL_TEST(test_connection_lost),
        DIAL_TEST(test_shutdown),
        DIAL_TEST(test_shutdown_in_callback),
        DIAL_TEST(test_hard_hupall),
        DIAL_TEST(test_late_replies),
        DIAL_TEST(test_held_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
