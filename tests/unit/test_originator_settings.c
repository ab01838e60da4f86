/*
 * The settings of the switches: raised for a run, and put back whatever happened.
 * labels: threaded
 */
#include "dial/settings.h"
#include "support/dial_rig.h"

static char *setting(const char *command)
{
    char *answer = NULL;
    assert_ok(swio_client_cmd(r.clients[0], command, WAIT_DEADLINE_SECONDS, &answer));
    return answer;
}

static bool setting_is(const char *command, const char *expected)
{
    char *now = setting(command);
    bool same = strcmp(now, expected) == 0;
    swio_text_free(now);
    return same;
}

static const char *const settings[] = {"fsctl sps", "fsctl max_sessions", "fsctl verbose_events"};

/* Raised while it runs, put back when it is done. */
static void test_settings(void **state)
{
    (void)state;
    char *before[3];
    assert_ok(swio_client_api(r.clients[0], "fsctl sps 30", WAIT_DEADLINE_SECONDS, NULL));
    assert_ok(
        swio_client_api(r.clients[0], "fsctl max_sessions 1000", WAIT_DEADLINE_SECONDS, NULL));
    assert_ok(
        swio_client_api(r.clients[0], "fsctl verbose_events off", WAIT_DEADLINE_SECONDS, NULL));
    for (size_t i = 0; i < 3; i++)
        before[i] = setting(settings[i]);
    swio_originator *o =
        make(1, (swio_originator_opts){
                    .rate = 10, .limit = 10, .max_offered = 1, .duration = RING_SECONDS});
    assert_ok(swio_originator_start(o));
    static const char *const raised[] = {"10000", "10000", "on"};
    for (size_t i = 0; i < 3; i++) {
        char *now = setting(settings[i]);
        assert_non_null(strstr(now, raised[i]));
        swio_text_free(now);
    }
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    for (size_t i = 0; i < 3; i++) {
        char *now = setting(settings[i]);
        assert_string_equal(now, before[i]);
        swio_text_free(now);
    }

    /* Also when it is dropped in the middle. */
    assert_ok(swio_originator_start(o));
    swio_originator_unref(o);
    for (size_t i = 0; i < 3; i++) {
        wait_until(setting_is(settings[i], before[i]));
        swio_text_free(before[i]);
    }
}

static bool setting_ends(const char *command, const char *end)
{
    char *now = setting(command);
    size_t len = strlen(now), wanted = strlen(end);
    bool ends =
        len > wanted && strcmp(now + len - wanted, end) == 0 && now[len - wanted - 1] == ' ';
    swio_text_free(now);
    return ends;
}

static void assert_settings(const char *sps, const char *sessions)
{
    wait_until(setting_ends(settings[0], sps));
    wait_until(setting_ends(settings[1], sessions));
}

static void lower_settings(void)
{
    assert_ok(swio_client_api(r.clients[0], "fsctl sps 30", WAIT_DEADLINE_SECONDS, NULL));
    assert_ok(
        swio_client_api(r.clients[0], "fsctl max_sessions 1000", WAIT_DEADLINE_SECONDS, NULL));
}

/* The limit grows past what the switch was prepared for. */
static void test_settings_follow(void **state)
{
    (void)state;
    lower_settings();
    swio_originator *o = make(1, (swio_originator_opts){.rate = 10, .limit = 10, .duration = 1000});
    assert_ok(swio_originator_start(o));
    assert_settings("10000", "10000");
    assert_ok(swio_originator_set_limit(o, 30000));
    assert_settings("10000", "120000");
    assert_ok(swio_originator_shutdown(o, WAIT_DEADLINE_SECONDS));
    assert_settings("30", "1000");
    swio_originator_unref(o);
}

/* The second switch is not there: the first is as it was. */
static void test_start_fails_half_way(void **state)
{
    (void)state;
    lower_settings();
    swio_originator *o = make(2, (swio_originator_opts){.rate = 10, .limit = 10});
    swio_listener_disconnect(r.listeners[1]);
    assert_error(swio_originator_start(o), SWIO_ECONFIG, "is not running");
    assert_settings("30", "1000");
    assert_int_equal(counts(o).state, SWIO_ORIGINATOR_INITIAL);
    assert_ok(swio_listener_connect(r.listeners[1]));
    assert_ok(swio_listener_start(r.listeners[1]));
    assert_ok(swio_originator_start(o));
    assert_settings("10000", "10000");
    assert_ok(swio_originator_shutdown(o, WAIT_DEADLINE_SECONDS));
    assert_settings("30", "1000");
    swio_originator_unref(o);
}

static void lose_connections(size_t node)
{
    swio_listener_disconnect(r.listeners[node]);
    swio_client_disconnect(r.clients[node]);
    wait_until(!swio_client_connected(r.clients[node]));
}

static void regain_connections(size_t node)
{
    assert_ok(swio_client_connect(r.clients[node]));
    assert_ok(swio_listener_connect(r.listeners[node]));
    assert_ok(swio_listener_start(r.listeners[node]));
}

/* The run ends with its connections, and the settings are put back all the same. */
static void test_settings_after_loss(void **state)
{
    (void)state;
    lower_settings();
    swio_originator *o = make(1, (swio_originator_opts){.rate = 50, .limit = 60, .duration = 1000});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 3);
    lose_connections(0);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_true(counts(o).lost > 3);
    assert_false(swio_client_connected(r.clients[0])); /* as it was */
    regain_connections(0);
    assert_settings("30", "1000");
    swio_originator_unref(o);
}

/* A switch goes, and comes back with the settings of its files, while another carries on. */
static void test_node_comes_back(void **state)
{
    (void)state;
    swio_originator_node_counts node;
    lower_settings();
    swio_originator *o =
        make(2, (swio_originator_opts){.rate = 50, .limit = 100000, .duration = 1000});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 10);
    lose_connections(0);
    do { /* its calls are lost one after the other */
        wait_a_little();
        assert_true(swio_originator_node_at(o, 0, &node));
    } while (node.up || node.active);
    assert_true(counts(o).lost > 3);
    assert_ok(swio_client_connect(r.clients[0]));
    lower_settings();
    swio_client_disconnect(r.clients[0]);
    wait_until(!swio_client_connected(r.clients[0]));
    regain_connections(0);
    assert_settings("10000", "400000");
    uint64_t offered = node.offered;
    do {
        wait_a_little();
        assert_true(swio_originator_node_at(o, 0, &node));
    } while (node.offered < offered + 5);
    assert_ok(swio_originator_shutdown(o, WAIT_DEADLINE_SECONDS));
    assert_settings("30", "1000");
    swio_originator_unref(o);
}

/* ---- runs that did not end ---- */

static char *note(void)
{
    return setting("global_getvar switchio_before");
}

static void tell(const char *command)
{
    assert_ok(swio_client_api(r.clients[0], command, WAIT_DEADLINE_SECONDS, NULL));
}

/* As somebody who was killed has left them. */
static void leave_raised(void)
{
    tell("fsctl sps 10000");
    tell("fsctl max_sessions 10000");
    tell("fsctl verbose_events on");
    tell("global_setvar switchio_before=fsctl sps:30>10000,fsctl max_sessions:1000>10000,"
         "fsctl verbose_events:off>on");
}

static void run_once(void)
{
    swio_originator *o =
        make(1, (swio_originator_opts){.rate = 10, .limit = 10, .max_offered = 1, .duration = 1});
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    swio_originator_unref(o);
    assert_ok(swio_client_unload_app(r.clients[0], "dial"));
}

static void assert_no_note(void)
{
    char *now = note();
    assert_string_equal(now, "-ERR no reply");
    swio_text_free(now);
}

/* What was before is noted on the switch while a run goes on. */
static void test_note(void **state)
{
    (void)state;
    lower_settings();
    tell("fsctl verbose_events off");
    swio_originator *o = make(1, (swio_originator_opts){.rate = 10, .limit = 10, .duration = 1000});
    assert_ok(swio_originator_start(o));
    char *now = note();
    assert_string_equal(now, "fsctl sps:30>10000,fsctl max_sessions:1000>10000,"
                             "fsctl verbose_events:off>on");
    swio_text_free(now);
    assert_ok(swio_originator_set_limit(o, 30000));
    assert_settings("10000", "120000");
    now = note();
    assert_non_null(strstr(now, "max_sessions:1000>120000"));
    swio_text_free(now);
    assert_ok(swio_originator_shutdown(o, WAIT_DEADLINE_SECONDS));
    swio_originator_unref(o);
    assert_no_note();
}

static void test_run_after_a_kill(void **state)
{
    (void)state;
    leave_raised();
    run_once();
    assert_settings("30", "1000");
    assert_true(setting_ends("fsctl verbose_events", "off"));
    assert_no_note();

    /* Somebody has set one of them since: that is what is put back. */
    leave_raised();
    tell("fsctl sps 500");
    tell("fsctl max_sessions 20000");
    run_once();
    assert_settings("500", "20000");
    assert_true(setting_ends("fsctl verbose_events", "off"));
    assert_no_note();

    /* What is noted is no list. */
    tell("fsctl verbose_events on");
    tell("global_setvar switchio_before=fsctl sps:,fsctl sps>10000,fsctl verbose_events:>on,");
    run_once();
    assert_settings("500", "20000");
    assert_true(setting_ends("fsctl verbose_events", "on"));
}

/* Two at once: the second knows what was before the first, whichever ends last. */
static void test_two_at_once(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++) {
        swio_settings runs[2] = {0};
        lower_settings();
        for (int i = 0; i < 2; i++)
            assert_ok(swio_settings_raise(&runs[i], r.clients[0], 10, 10));
        assert_settings("10000", "10000");
        for (int i = 0; i < 2; i++)
            assert_ok(swio_settings_restore(&runs[i ? !first : first], r.clients[0],
                                            WAIT_DEADLINE_SECONDS));
        assert_settings("30", "1000");
        assert_no_note();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIAL_TEST(test_settings),
        DIAL_TEST(test_settings_follow),
        DIAL_TEST(test_start_fails_half_way),
        DIAL_TEST(test_settings_after_loss),
        DIAL_TEST(test_node_comes_back),
        DIAL_TEST(test_note),
        DIAL_TEST(test_run_after_a_kill),
        DIAL_TEST(test_two_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
