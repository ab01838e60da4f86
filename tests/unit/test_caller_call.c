/*
 * Calls of a sync caller, against the simulator.
 * labels: threaded
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <switchio/caller.h>
#include <switchio/listener.h>

#include "support/gate.h"
#include "support/on_loop.h"
#include "support/rig.h"
#include "support/wait.h"

static swio_loop *loop;
static swio_sim *sim;
static swio_caller *caller;

static int refuse(swio_session *session, void *self)
{
    (void)self;
    return swio_session_is_inbound(session) ? swio_session_hangup(session, "USER_BUSY", 0) : 0;
}
static const swio_app busy = {.name = "Busy", .on = {SWIO_CALLBACK("CHANNEL_PARK", refuse)}};

/* Answers, and hangs up at once. */
static int brief(swio_session *session, void *self)
{
    (void)self;
    if (!swio_session_is_inbound(session))
        return 0;
    int error = swio_session_answer(session, 0);
    return error ? error : swio_session_hangup(session, NULL, 0);
}
static const swio_app short_lived = {.name = "Brief", .on = {SWIO_CALLBACK("CHANNEL_PARK", brief)}};

static int mark(swio_session *session, void *self)
{
    (void)self;
    return swio_vars_set(swio_session_vars(session), "seen", "yes");
}
static const swio_app marker = {.name = "Marker", .on = {SWIO_CALLBACK("CHANNEL_ANSWER", mark)}};

static int set_up(void **state)
{
    (void)state;
    swio_caller_opts opts = {.apps = {{"tone", &swio_app_tone_play},
                                      {"busy", &busy},
                                      {"brief", &short_lived},
                                      {"tone", &marker}}};
    assert_ok(swio_loop_new(&loop));
    opts.loop = loop;
    assert_ok(swio_sim_start(&(swio_sim_opts){.proxy = "10.0.0.1:5060"}, &sim));
    assert_ok(swio_caller_open(swio_sim_contact(sim, 0), &opts, &caller));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    swio_caller_close(caller);
    swio_sim_stop(sim);
    swio_loop_unref(loop);
    return 0;
}

static uint64_t live(void)
{
    swio_sim_counts counts;
    swio_sim_count(sim, &counts);
    return counts.channels_live;
}

static void test_connected(void **state)
{
    (void)state;
    swio_session *session = NULL;
    char url[128];
    snprintf(url, sizeof url, "Fred@%s", swio_sim_sip_address(sim, 0, "external"));
    assert_ok(swio_caller_call(caller, url, "tone", NULL, &session));
    assert_true(swio_session_is_outbound(session));
    assert_true(swio_session_answered(session));
    assert_string_equal(swio_session_appname(session), swio_caller_app_id(caller, "tone"));
    assert_ok(swio_session_waitfor(session, "seen", 60));
    assert_string_equal(swio_vars_get(swio_session_vars(session), "seen"), "yes");
    assert_ok(swio_session_hangup(session, NULL, 60));
    wait_until(live() == 0);
    assert_error(swio_session_waitfor(session, "other", 10), SWIO_ECANCELED, "ended");
    swio_session_unref(session);
}

/* A destination without a host: at the switch itself, at the profile asked for, at the proxy. */
static void test_hosts(void **state)
{
    (void)state;
    swio_caller_call_opts opts = {0};
    swio_session *session = NULL;
    static const char *const wanted[] = {
        "external/Fred@127.0.0.1:", "internal/Fred@127.0.0.1:", "external/Fred@10.0.0.1:5060"};
    for (size_t i = 0; i < 3; i++) {
        opts.originate.profile = i == 1 ? "internal" : NULL;
        opts.originate.proxy = i == 2 ? "10.0.0.1:5060" : NULL;
        assert_ok(swio_caller_call(caller, "Fred", "tone", &opts, &session));
        assert_non_null(strstr(swio_session_get(session, "Channel-Name"), wanted[i]));
        swio_session_unref(session);
    }
    opts.originate = (swio_originate_opts){.profile = "nosuch"};
    assert_error(swio_caller_call(caller, "Fred", "tone", &opts, &session), SWIO_ENOENT,
                 "no SIP profile 'nosuch'");
}

static void test_failures(void **state)
{
    (void)state;
    swio_session *session = NULL;
    assert_error(swio_caller_call(caller, "Fred", "busy", NULL, &session), SWIO_EJOB,
                 "-ERR USER_BUSY");
    assert_non_null(strstr(swio_errmsg(), swio_sim_contact(sim, 0)));
    assert_non_null(strstr(swio_errmsg(), "Fred@"));
    assert_error(swio_caller_call(caller, "Fred", "none", NULL, &session), SWIO_ENOENT,
                 "no app 'none'; there are: tone, busy, brief");
    assert_error(swio_caller_call(caller, "a\nb", "tone", NULL, &session), SWIO_EINVAL,
                 "line break");
    assert_error(swio_caller_call(caller, "", "tone", NULL, &session), SWIO_EINVAL, "empty");
    assert_null(session);
    wait_until(live() == 0);
}

/* Nobody answers: after the time-out nothing of the call is left. */
static void test_time_out(void **state)
{
    (void)state;
    swio_session *session = NULL;
    swio_caller_call_opts opts = {.timeout = 0.05};
    assert_error(swio_caller_call(caller, "Fred", NULL, &opts, &session), SWIO_ETIMEOUT, "Fred@");
    assert_null(session);
    wait_until(live() == 0);
}

/* Connected for a moment only: the session is given all the same. */
static void test_brief(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        swio_session *session = NULL;
        int error = swio_caller_call(caller, "Fred", "brief", NULL, &session);
        if (error == SWIO_EJOB)
            continue; /* the switch saw it end before it was connected */
        assert_ok(error);
        wait_until(swio_session_ended(session));
        assert_string_equal(swio_session_cause(session), "NORMAL_CLEARING");
        swio_session_unref(session);
    }
}

static void in_callback(void *arg)
{
    (void)arg;
    assert_error(swio_caller_call(caller, "Fred", "tone", NULL, NULL), SWIO_EWOULDBLOCK,
                 "swio_caller_call()");
}

static void in_coroutine(void *arg)
{
    swio_session *session = NULL;
    assert_ok(swio_caller_call(caller, "Fred", "tone", NULL, &session));
    assert_ok(swio_session_hangup(session, NULL, 60));
    swio_session_unref(session);
    gate_open(arg);
}

static void test_on_loop(void **state)
{
    (void)state;
    gate done;
    gate_init(&done);
    on_loop(loop, in_callback, NULL);
    assert_ok(swio_go(loop, in_coroutine, &done));
    assert_true(gate_pass(&done));
}

enum { THREADS = 4 };

static void *call_again_and_again(void *arg)
{
    (void)arg;
    for (int i = 0; i < 10; i++) {
        swio_session *session = NULL;
        assert_ok(swio_caller_call(caller, "Fred", "tone", NULL, &session));
        assert_ok(swio_session_hangup(session, NULL, 60));
        swio_session_unref(session);
    }
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_again_and_again, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    wait_until(live() == 0);
}

static void *call_unanswered(void *arg)
{
    atomic_int *error = arg;
    *error = swio_caller_call(caller, "Fred", NULL, NULL, NULL);
    return NULL;
}

/* Closed while another thread waits for its call. */
static void test_closed_meanwhile(void **state)
{
    (void)state;
    pthread_t thread;
    atomic_int error = 0;
    assert_int_equal(pthread_create(&thread, NULL, call_unanswered, &error), 0);
    wait_until(live() == 2);
    caller = swio_caller_close(caller);
    pthread_join(thread, NULL);
    assert_int_equal(error, SWIO_ECANCELED);
    wait_until(live() == 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_connected), TEST(test_hosts),   TEST(test_failures), TEST(test_time_out),
        TEST(test_brief),     TEST(test_on_loop), TEST(test_threads),  TEST(test_closed_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
