/*
 * The app CalleeRingback: who gives up, and when; with early media and without.
 * labels: threaded
 */
#include "support/app_rig.h"

static app_rig a;

static double seconds(size_t leg)
{
    const swio_session *s = a.legs[leg];
    return (double)(swio_session_time_us(s, SWIO_TIME_HANGUP) -
                    swio_session_time_us(s, SWIO_TIME_CREATE)) /
           1e6;
}

static void ring(const char *params)
{
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_callee_ringback, params);
    app_rig_dial(&a, &(app_rig_dial_opts){.calls = 2, .duration = 12});
    assert_int_equal(a.counts.failed, 2);
    assert_int_equal(a.counts.answered, 0);
    assert_int_equal(a.leg_count, 4);
    for (size_t i = 0; i < a.leg_count; i++)
        assert_false(swio_session_answered(a.legs[i]));
}

/* The caller gives up first, as the callee would after the duration. */
static void test_caller(void **state)
{
    (void)state;
    ring(NULL);
    size_t caller = app_rig_leg(&a, false, 0), callee = app_rig_leg(&a, true, 0);
    assert_string_equal(swio_session_cause(a.legs[caller]), "NORMAL_CLEARING");
    assert_string_equal(swio_session_cause(a.legs[callee]), "ORIGINATOR_CANCEL");
    assert_true(seconds(caller) > 1);
    app_rig_expect(&a, (const char *const[]){"callee: api sched_hangup +12 NORMAL_CLEARING",
                                             "caller: api sched_hangup +2", NULL});
    /* RINGING and EARLY: counted from the first. */
    const char *once = strstr(transcript_steps(&a.sent, 0), "caller: api sched_hangup");
    assert_null(strstr(once + 1, "caller: api sched_hangup"));
    app_rig_down(&a);
}

/* The callee is first; no tone. */
static void test_callee(void **state)
{
    (void)state;
    ring("ring_response=pre_answer,ringback=,callee_hup_after=1,caller_hup_after=12");
    size_t callee = app_rig_leg(&a, true, 0);
    assert_string_equal(swio_session_cause(a.legs[callee]), "NORMAL_CLEARING");
    const char *steps = transcript_steps(&a.sent, 0);
    assert_non_null(strstr(steps, "uuid_broadcast pre_answer::"));
    assert_null(strstr(steps, "playback"));
    /* EARLY and nothing else is the sign of life that the caller gets; one hang-up is scheduled. */
    const char *once = strstr(steps, "caller: api sched_hangup +12");
    assert_non_null(once);
    assert_null(strstr(once + 30, "sched_hangup"));
    app_rig_down(&a);
}

static void test_nobody(void **state)
{
    (void)state;
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_callee_ringback, "caller_hup_after=0,callee_hup_after=2");
    app_rig_dial(&a, &(app_rig_dial_opts){0});
    assert_null(strstr(transcript_steps(&a.sent, 0), "caller: api sched_hangup"));
    assert_int_equal(a.counts.failed, 1);
    app_rig_down(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_caller),
        cmocka_unit_test(test_callee),
        cmocka_unit_test(test_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
