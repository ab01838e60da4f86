/*
 * The app Bert: in sync, out of sync, never in sync; the ways the callee rings and answers.
 * labels: threaded
 */
#include "support/app_rig.h"
#include "support/stage.h"

static app_rig a;

static swio_bert_counts counts(swio_client *client)
{
    swio_bert_counts c;
    assert_ok(swio_bert_count(client, NULL, &c));
    return c;
}

static void test_in_sync(void **state)
{
    (void)state;
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_bert, NULL);
    app_rig_dial(&a, &(app_rig_dial_opts){.calls = 2});
    assert_int_equal(a.counts.answered, 2);
    swio_bert_counts c = counts(a.r.clients[0]);
    assert_int_equal(c.calls, 2);
    assert_int_equal(c.in_sync, 2);
    assert_int_equal(c.lost_sync + c.timed_out, 0);
    for (size_t i = 0; i < a.leg_count; i++)
        assert_string_equal(app_rig_var(&a, i, SWIO_BERT_SYNC),
                            swio_session_is_inbound(a.legs[i]) ? "" : "true");
    assert_non_null(strstr(a.sent.calls[0].originate, "rtp_timer_name=soft"));
    app_rig_down(&a);
}

static void test_two_sided(void **state)
{
    (void)state;
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_bert, "two_sided=yes");
    app_rig_dial(&a, &(app_rig_dial_opts){0});
    assert_int_equal(counts(a.r.clients[0]).in_sync, 2);
    app_rig_expect(&a, (const char *const[]){"callee: api uuid_broadcast bert_test::",
                                             "caller: api uuid_broadcast bert_test::", NULL});
    app_rig_down(&a);
}

/* It rings first, and answers later; what is empty is left to the switch. */
static void test_ringing(void **state)
{
    (void)state;
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_bert,
                 "ring_response=ring_ready,pdd=0.1,prd=0.15,jitterbuffer_msec=,bert_timer_name=,"
                 "bert_window_ms=500,bert_max_err=5,bert_timeout_ms=2000,bert_hangup_on_error=no,"
                 "bert_debug_io_file=/tmp/x,rtp_timer_name=");
    app_rig_dial(&a, &(app_rig_dial_opts){0});
    assert_int_equal(counts(a.r.clients[0]).in_sync, 1);
    app_rig_expect(&a, (const char *const[]){
                           "callee: api uuid_broadcast ring_ready::", "callee: api uuid_answer",
                           ("callee: api uuid_setvar_multi bert_window_ms=500;bert_max_err=5;"
                            "bert_timeout_ms=2000;bert_hangup_on_error=no;"
                            "bert_debug_io_file=/tmp/x;absolute_codec_string=PCMU\n"),
                           "callee: api uuid_broadcast echo::", NULL});
    assert_null(strstr(a.sent.calls[0].originate, "rtp_timer_name"));
    app_rig_down(&a);
}

/* The caller gives up while the callee still waits to answer. */
static void test_given_up(void **state)
{
    (void)state;
    swio_job *job = NULL;
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_bert, "prd=60");
    swio_originate_opts call = {.dest_url = a.r.url, .app_id = "app", .timeout = 1};
    assert_ok(swio_client_originate(a.r.clients[0], &call, &job));
    assert_error(swio_job_get(job, 60, NULL), SWIO_EJOB, "NO_ANSWER");
    swio_job_unref(job);
    wait_until(swio_listener_count_sessions(a.r.listeners[0]) == 0);
    assert_null(strstr(transcript_steps(&a.sent, 0), "uuid_answer"));
    app_rig_down(&a);
}

static int answer(swio_session *session, void *self)
{
    (void)self;
    return swio_session_is_inbound(session) ? swio_session_answer(session, 0) : 0;
}
static const swio_app silent = {.name = "Silent", .on = {SWIO_CALLBACK("CHANNEL_PARK", answer)}};

/* A callee that says nothing: there is nothing to get into step with. */
static void test_timeout(void **state)
{
    (void)state;
    char url[100];
    app_rig_up(&a, 2);
    snprintf(url, sizeof url, "silent@%s", swio_sim_sip_address(a.r.sim, 1, "external"));
    app_rig_load(&a, 0, &swio_app_bert, "bert_timeout_ms=500");
    app_rig_load(&a, 1, &silent, NULL);
    app_rig_dial(&a, &(app_rig_dial_opts){.dest_url = url});
    swio_bert_counts c = counts(a.r.clients[0]);
    assert_int_equal(c.timed_out, 1);
    assert_int_equal(c.in_sync, 0);
    size_t caller = app_rig_leg(&a, false, 0);
    assert_string_equal(app_rig_var(&a, caller, SWIO_BERT_TIMEOUT), "true");
    assert_string_equal(swio_session_cause(a.legs[caller]), "MEDIA_TIMEOUT");
    app_rig_down(&a);
}

static stage s;

static void bert_event(const char *subclass, const char *uuid)
{
    stage_give(&s, event_of("Event-Name", "CUSTOM", "Event-Subclass", subclass, "Unique-ID", uuid,
                            "sync_lost_percent", "75.5", NULL));
}

/* Counted once for each leg, and marked on both. */
static void test_lost_sync(void **state)
{
    (void)state;
    static transcript sent;
    static const char *const uuids[] = {"6085cf79-89d7-44cf-94ba-8581662d4dd5",
                                        "6085cf79-89d7-44cf-94ba-8581662d4dd6"};
    stage_up(&s);
    assert_ok(swio_client_load_app(s.client, &swio_app_bert, &(swio_load_opts){.id = "app"}, NULL));
    for (size_t i = 0; i < 2; i++)
        stage_give(&s, event_of("Event-Name", "CHANNEL_CREATE", "Unique-ID", uuids[i],
                                "variable_sip_h_X-switchio_app", "app", SWIO_CALL_HEADER, uuids[0],
                                NULL));
    transcript_listen(&sent);
    snprintf(sent.calls[0].caller, 37, "%s", uuids[0]);
    sent.count = 1;
    bert_event("mod_bert::in_sync", uuids[0]);
    bert_event("mod_bert::lost_sync", uuids[0]);
    bert_event("mod_bert::in_sync", uuids[0]);
    bert_event("mod_bert::lost_sync", uuids[0]);
    transcript_stop();
    assert_string_equal(transcript_steps(&sent, 0),
                        "caller: api uuid_setvar bert_stats_sync_lost true\n"
                        "callee: api uuid_setvar bert_stats_sync_lost true\n");
    swio_session *session = swio_listener_session(s.listener, uuids[0]);
    swio_vars *vars = swio_session_vars(session);
    assert_int_equal(swio_vars_get_int(vars, SWIO_BERT_LOST_SYNC, 0), 2);
    assert_string_equal(swio_vars_get(vars, SWIO_BERT_SYNC), "false");
    assert_int_equal(counts(s.client).lost_sync, 1);
    assert_int_equal(counts(s.client).in_sync, 1);
    swio_session_unref(session);
    stage_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_sync), cmocka_unit_test(test_two_sided),
        cmocka_unit_test(test_ringing), cmocka_unit_test(test_given_up),
        cmocka_unit_test(test_timeout), cmocka_unit_test(test_lost_sync),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
