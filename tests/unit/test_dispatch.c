/*
 * In which order an event reaches those who wait and the entries of apps.
 * labels: threaded valgrind
 */
#include "support/notes.h"
#include "support/stage.h"

static stage s;
static swio_session *session;

static int set_up(void **state)
{
    (void)state;
    notes_clear();
    notes_take_log(SWIO_LOG_DEBUG);
    stage_up(&s);
    session = stage_session(&s, "a");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    swio_session_unref(session);
    stage_down(&s);
    swio_log_set_handler(NULL, NULL);
    swio_log_set_level(SWIO_LOG_WARNING);
    return 0;
}

/* ---- an app with everything ---- */

static int on_event(swio_event *event, void *self)
{
    (void)self;
    note('h');
    assert_string_equal(swio_event_name(event), "CHANNEL_PARK");
    return 0;
}

static int fails(swio_session *of, void *self)
{
    (void)of, (void)self;
    note('f');
    swio_session_hangup(of, "NO SUCH", 0); /* leaves a sentence */
    return SWIO_EINVAL;
}

static int fails_without_words(swio_session *of, void *self)
{
    (void)of, (void)self;
    note('g');
    return SWIO_EIO;
}

static int sets(swio_session *of, void *self)
{
    (void)self;
    assert_ok(swio_vars_set(swio_session_vars(of), "parked", "yes"));
    note('s');
    return 0;
}

static int flows(swio_session *of, void *self)
{
    (void)self;
    note('c');
    int error = swio_session_recv(of, "DTMF", 20, NULL);
    note('C');
    return error;
}

static const swio_app app = {
    .name = "Everything",
    .on = {SWIO_COROUTINE("CHANNEL_PARK", flows), SWIO_CALLBACK("CHANNEL_PARK", fails),
           SWIO_CALLBACK("CHANNEL_PARK", fails_without_words), SWIO_CALLBACK("CHANNEL_PARK", sets),
           SWIO_HANDLER("CHANNEL_PARK", on_event)},
};

static int second(swio_session *of, void *self)
{
    (void)of, (void)self;
    note('2');
    return 0;
}
static const swio_app other = {.name = "Other", .on = {SWIO_CALLBACK("CHANNEL_PARK", second)}};

static void waits_for_park(void *arg)
{
    (void)arg;
    assert_ok(swio_session_recv(session, "CHANNEL_PARK", 20, NULL));
    note('w');
    assert_ok(swio_session_recv(session, "CHANNEL_PARK", 20, NULL)); /* the next, not the same */
    note('W');
}

static void waits_for_variable(void *arg)
{
    (void)arg;
    assert_ok(swio_session_waitfor(session, "parked", 60));
    note('v');
}

static void test_order(void **state)
{
    (void)state;
    stage_load(&s, &app, NULL);
    stage_load(&s, &other, NULL);
    assert_ok(swio_go(s.loop, waits_for_park, NULL));
    assert_ok(swio_go(s.loop, waits_for_variable, NULL));
    stage_event(&s, "CHANNEL_PARK", "a");
    assert_true(noted("hwfgs2cv")); /* all of it within the dispatching */
    expect_notes("hwfgs2cv");
    assert_true(logged("0 the app Everything (app) failed on CHANNEL_PARK of the session a: "
                       "hangup: 'NO SUCH' is no hangup cause"));
    assert_true(logged("0 the app Everything (app) failed on CHANNEL_PARK of the session a: "
                       "system call failed"));
    stage_event(&s, "CHANNEL_PARK", "a");
    expect_notes("hWfgs2c");
    stage_event(&s, "DTMF", "a");
    expect_notes("CC");
}

/* What still waits on a session that is done is cancelled, after all else. */
static int dies(swio_session *of, void *self)
{
    (void)of, (void)self;
    note('d');
    return 0;
}
static const swio_app last = {.name = "Last", .on = {SWIO_CALLBACK("CHANNEL_DESTROY", dies)}};

static void waits_for_end(void *arg)
{
    (void)arg;
    swio_event *event = NULL;
    assert_ok(swio_session_recv(session, "CHANNEL_DESTROY", 20, &event));
    assert_string_equal(swio_event_name(event), "CHANNEL_DESTROY");
    swio_event_unref(event);
    assert_true(swio_session_ended(session));
    note('w');
    assert_error(swio_session_recv(session, "DTMF", 20, NULL), SWIO_ECANCELED, "has ended");
    note('W');
}

static void waits_in_vain(void *arg)
{
    (void)arg;
    assert_error(swio_session_recv(session, "CHANNEL_UNHOLD", 20, NULL), SWIO_ECANCELED,
                 "the session a ended");
    note('n');
    assert_ok(swio_sleep(0.001)); /* it is not the session's own */
    note('N');
}

static void test_end(void **state)
{
    (void)state;
    stage_load(&s, &app, NULL);
    stage_load(&s, &last, NULL);
    assert_ok(swio_go(s.loop, waits_in_vain, NULL));
    assert_ok(swio_go(s.loop, waits_for_end, NULL));
    stage_event(&s, "CHANNEL_PARK", "a");
    expect_notes("hfgsc");
    stage_event(&s, "CHANNEL_DESTROY", "a");
    expect_notes("wWdnCN");
    assert_true(logged("3 the app Everything (app) failed on CHANNEL_PARK of the session a: "
                       "the session a ended"));
}

/* A callback may unload its app, and close the listener, in the middle. */
static int unloads(swio_session *of, void *self)
{
    (void)of, (void)self;
    note('u');
    assert_ok(swio_client_unload_app(s.client, "app"));
    return 0;
}
static const swio_app unloader = {.name = "Unloader",
                                  .on = {SWIO_CALLBACK("CHANNEL_ANSWER", unloads)}};

static void test_unloaded_meanwhile(void **state)
{
    (void)state;
    stage_load(&s, &unloader, NULL);
    stage_load(&s, &app, NULL);
    stage_event(&s, "CHANNEL_ANSWER", "a");
    stage_event(&s, "CHANNEL_PARK", "a");
    expect_notes("u");
    assert_int_equal(swio_client_unload_app(s.client, "app"), SWIO_ENOENT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_order),
        TEST(test_end),
        TEST(test_unloaded_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
