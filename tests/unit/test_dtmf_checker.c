/*
 * The app DtmfChecker: what arrives is what was sent, or is not.
 * labels: threaded
 */
#include "support/app_rig.h"
#include "support/notes.h"
#include "support/stage.h"

static app_rig a;

static swio_dtmf_counts counts(swio_client *client)
{
    swio_dtmf_counts c;
    assert_ok(swio_dtmf_count(client, "app", &c));
    return c;
}

static void test_matched(void **state)
{
    (void)state;
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_dtmf_checker, NULL);
    app_rig_dial(&a, &(app_rig_dial_opts){.calls = 2, .duration = 32});
    swio_dtmf_counts c = counts(a.r.clients[0]);
    assert_int_equal(c.calls, 2);
    assert_int_equal(c.matched, 2);
    assert_int_equal(c.wrong + c.incomplete, 0);
    for (size_t i = 0; i < a.leg_count; i++) {
        bool callee = swio_session_is_inbound(a.legs[i]);
        assert_string_equal(app_rig_var(&a, i, SWIO_DTMF_CHECKED), callee ? "true" : "");
        assert_string_equal(app_rig_var(&a, i, SWIO_DTMF_RECEIVED), callee ? "123456789" : "");
    }
    app_rig_down(&a);
}

static void test_params(void **state)
{
    (void)state;
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_dtmf_checker, "sequence=*0#A,duration=100");
    app_rig_dial(&a, &(app_rig_dial_opts){0});
    assert_int_equal(counts(a.r.clients[0]).matched, 1);
    app_rig_expect(&a, (const char *const[]){"caller: api uuid_send_dtmf *0#A@100", NULL});
    static const char *const wrong[] = {"sequence=12w", "sequence=x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_error(swio_client_load_app(a.r.clients[0], &swio_app_dtmf_checker,
                                          &(swio_load_opts){.params = wrong[i]}, NULL),
                     SWIO_EINVAL, "give 1 to 99 digits of 0-9 * # A-D");
    app_rig_down(&a);
}

/* The call ends too early: that was to be seen. */
static void test_incomplete(void **state)
{
    (void)state;
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_dtmf_checker, "duration=800");
    transcript_stop();
    notes_take_log(SWIO_LOG_WARNING);
    app_rig_dial(&a, &(app_rig_dial_opts){.duration = 2});
    swio_log_set_handler(NULL, NULL);
    assert_true(logged("calls of 2 s are too short for the digits, which take 15.12 s"));
    assert_true(logged("Of the digits '123456789' only '"));
    assert_int_equal(counts(a.r.clients[0]).incomplete, 1);
    assert_string_equal(app_rig_var(&a, app_rig_leg(&a, true, 0), SWIO_DTMF_CHECKED), "false");
    app_rig_down(&a);
}

static stage s;

static void digit(const char *uuid, const char *digit_sent)
{
    swio_event *event =
        event_of("Event-Name", "DTMF", "Unique-ID", uuid, "Call-Direction", "inbound",
                 "variable_sip_h_X-switchio_app", "app", "DTMF-Digit", digit_sent, NULL);
    stage_give(&s, event);
}

static swio_session *callee(const char *uuid)
{
    swio_event *event =
        event_of("Event-Name", "CHANNEL_CREATE", "Unique-ID", uuid, "Call-Direction", "inbound",
                 "variable_sip_h_X-switchio_app", "app", "Event-Date-Timestamp", "1000000", NULL);
    stage_give(&s, event);
    return swio_listener_session(s.listener, uuid);
}

/* A wrong digit decides; what follows changes nothing. */
static void test_wrong(void **state)
{
    (void)state;
    static const char *const uuids[] = {"a", "b"};
    swio_session *sessions[2];
    stage_up(&s);
    swio_load_opts load = {.id = "app", .params = "sequence=12"};
    assert_ok(swio_client_load_app(s.client, &swio_app_dtmf_checker, &load, NULL));
    for (size_t i = 0; i < 2; i++)
        assert_non_null(sessions[i] = callee(uuids[i]));
    digit("a", "1");
    assert_false(swio_vars_has(swio_session_vars(sessions[0]), SWIO_DTMF_CHECKED));
    digit("a", "3");
    digit("a", "2");
    digit("b", "1");
    digit("b", "2");
    digit("b", "2");
    assert_string_equal(swio_vars_get(swio_session_vars(sessions[0]), SWIO_DTMF_CHECKED), "false");
    assert_string_equal(swio_vars_get(swio_session_vars(sessions[0]), SWIO_DTMF_RECEIVED), "13");
    assert_string_equal(swio_vars_get(swio_session_vars(sessions[1]), SWIO_DTMF_CHECKED), "true");
    swio_dtmf_counts c = counts(s.client);
    assert_int_equal(c.wrong, 1);
    assert_int_equal(c.matched, 1);
    for (size_t i = 0; i < 2; i++)
        swio_session_unref(sessions[i]);
    assert_error(swio_dtmf_count(s.client, "other", &c), SWIO_ENOENT,
                 "the app DtmfChecker is not loaded under the id other");
    stage_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matched),
        cmocka_unit_test(test_params),
        cmocka_unit_test(test_incomplete),
        cmocka_unit_test(test_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
