/* The rules of the model, with events made by hand: sessions, calls and their apps. What it counts
 * and keeps: test_track_counts.c. Recorded events: test_replay.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "support/feed.h"

static void a_session_lives_from_create_to_destroy(void **state)
{
    (void)state;
    model m;
    model_open(&m, &(swio_track_opts){.host = "fs1"});
    assert_int_equal(feed(&m, "CHANNEL_CREATE", "a", 10), CREATED | SWIO_CALL_CREATED);
    swio_session *a = swio_track_find_session(m.track, "a");
    assert_string_equal(swio_session_uuid(a), "a");
    assert_string_equal(swio_session_host(a), "fs1");
    assert_string_equal(swio_session_appname(a), "default");
    assert_false(swio_session_answered(a));
    assert_null(swio_session_cause(a));
    assert_null(swio_session_job(a));
    assert_int_equal(feed(&m, "CHANNEL_ORIGINATE", "a", 11), UPDATED);
    assert_int_equal(feed(&m, "CHANNEL_ANSWER", "a", 12), ANSWERED);
    assert_int_equal(feed(&m, "CHANNEL_ANSWER", "a", 13), UPDATED);
    assert_int_equal(feed(&m, "CHANNEL_PARK", "a", 14), UPDATED);
    assert_true(swio_session_answered(a));
    assert_int_equal(
        model_feed(&m, channel_event("CHANNEL_HANGUP", "a", 15, "Hangup-Cause", "NORMAL_CLEARING")),
        HUNGUP);
    assert_true(swio_session_hungup(a));
    assert_false(swio_session_ended(a));
    assert_string_equal(swio_session_cause(a), "NORMAL_CLEARING");
    assert_tables(&m, 1, 1, 0);
    assert_int_equal(feed(&m, "CHANNEL_DESTROY", "a", 17), DESTROYED | SWIO_CALL_ENDED);
    assert_tables(&m, 0, 0, 0);
    assert_true(swio_session_ended(a));
    static const int64_t times[] = {10, 12, 0, 11, 15, 17, 17};
    for (int i = 0; i <= SWIO_TIME_LAST_EVENT; i++)
        if (i != SWIO_TIME_REQ_ORIGINATE)
            assert_int_equal(swio_session_time_us(a, (swio_session_time)i), times[i] * 1000000);
    assert_int_equal(swio_session_time_us(a, SWIO_TIME_REQ_ORIGINATE), 1); /* the local clock */
    assert_true(swio_session_uptime(a) == 7);
    assert_int_equal(swio_session_event_count(a), 7);
    assert_string_equal(swio_session_event_get(a, 6, "event-name"), "CHANNEL_CREATE");
    assert_string_equal(swio_session_get(a, "Event-Name"), "CHANNEL_DESTROY");
    assert_int_equal(swio_session_get_int(a, "Event-Date-Timestamp", -1), 17000000);
    assert_int_equal(count_of(&m, SWIO_COUNT_CAUSES, "NORMAL_CLEARING"), 1);
    swio_totals t = totals(&m);
    assert_int_equal(t.sessions, 1);
    assert_int_equal(t.answered, 1);
    assert_int_equal(t.failed, 0);
    assert_int_equal(t.originated, 1);
    assert_int_equal(t.events, 7);
    swio_session_unref(a);
    model_close(&m);
}

static void a_number_is_all_of_the_value(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        long long number;
    } rows[] = {{"42", 42}, {"-7", -7}, {"", 5},  {"4 2", 5},
                {" 42", 5}, {"0x2", 5}, {"x", 5}, {"99999999999999999999", 5}};
    model m;
    model_open(&m, NULL);
    feed(&m, "CHANNEL_CREATE", "a", 1);
    swio_session *a = swio_track_find_session(m.track, "a");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        feed_with(&m, "CHANNEL_STATE", "a", "n", rows[i].value);
        assert_int_equal(swio_session_get_int(a, "N", 5), rows[i].number);
    }
    assert_int_equal(swio_session_get_int(a, "none", 5), 5);
    swio_session_unref(a);
    model_close(&m);
}

static void create_and_originate_in_either_order(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    assert_int_equal(feed(&m, "CHANNEL_ORIGINATE", "a", 1), CREATED | SWIO_CALL_CREATED);
    assert_int_equal(feed(&m, "CHANNEL_CREATE", "a", 1), UPDATED);
    assert_int_equal(feed(&m, "CHANNEL_CREATE", "b", 1), CREATED | SWIO_CALL_CREATED);
    assert_int_equal(feed(&m, "CHANNEL_ORIGINATE", "b", 1), UPDATED);
    swio_totals t = totals(&m);
    assert_int_equal(t.sessions, 2);
    assert_int_equal(t.originated, 2);
    assert_tables(&m, 2, 2, 0);
    model_close(&m);
}

static void unknown_sessions_are_counted_and_ignored(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    static const char *const names[] = {"CHANNEL_STATE",   "CHANNEL_ANSWER",   "CHANNEL_HANGUP",
                                        "CHANNEL_DESTROY", "CHANNEL_OUTGOING", "CALL_UPDATE"};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(feed(&m, names[i], "nobody", 1), SWIO_UNKNOWN_UUID);
    assert_int_equal(model_feed(&m, event_of("Event-Name", "HEARTBEAT", NULL)), 0);
    assert_int_equal(model_feed(&m, event_of("Event-Name", "CHANNEL_CREATE", NULL)), 0);
    assert_int_equal(model_feed(&m, event_of("Content-Type", "command/reply", NULL)), 0);
    assert_int_equal(totals(&m).unknown, 6);
    assert_int_equal(totals(&m).events, 8);
    assert_tables(&m, 0, 0, 0);
    model_close(&m);
}

static void the_tracking_header_makes_the_call(void **state)
{
    (void)state;
    model m;
    model_open(&m, &(swio_track_opts){.call_header = SWIO_CALL_HEADER});
    feed_with(&m, "CHANNEL_CREATE", "caller", SWIO_CALL_HEADER, "caller");
    feed_with(&m, "CHANNEL_CREATE", "callee", SWIO_CALL_HEADER, "caller");
    feed_with(&m, "CHANNEL_CREATE", "alone", "variable_call_uuid", "caller");
    feed_with(&m, "CHANNEL_CREATE", "empty", SWIO_CALL_HEADER, "");
    feed_with(&m, "CHANNEL_CREATE", "undef", SWIO_CALL_HEADER, "_undef_");
    assert_tables(&m, 5, 4, 0);
    swio_call *call = swio_track_find_call(m.track, "caller");
    char text[64];
    assert_int_equal(swio_call_format(call, text, sizeof text), 26);
    assert_string_equal(text, "<Call(caller, 2 sessions)>");
    assert_int_equal(swio_call_format(call, text, 6), 26);
    assert_string_equal(text, "<Call");
    swio_call_unref(call);
    model_close(&m);
}

static void a_call_knows_its_legs(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    feed_with(&m, "CHANNEL_CREATE", "a", "variable_call_uuid", "x");
    swio_call *call = swio_track_find_call(m.track, "x");
    swio_session *a = swio_call_first(call);
    assert_string_equal(swio_session_uuid(a), "a");
    assert_null(swio_call_get_peer(call, a));
    feed_with(&m, "CHANNEL_CREATE", "b", "variable_call_uuid", "x");
    feed_with(&m, "CHANNEL_CREATE", "c", "variable_call_uuid", "x");
    swio_session *b = swio_call_session(call, 1), *c = swio_call_last(call);
    swio_session *peer = swio_call_get_peer(call, a);
    assert_ptr_equal(peer, c);
    swio_session_unref(peer);
    peer = swio_call_get_peer(call, c);
    assert_ptr_equal(peer, a);
    swio_session_unref(peer);
    assert_null(swio_call_get_peer(call, b));
    assert_null(swio_call_session(call, 3));
    swio_call *again = swio_session_call(b);
    assert_ptr_equal(again, call);
    swio_call_unref(again);

    /* gone, but still the first and the last, until the end was told */
    feed(&m, "CHANNEL_DESTROY", "a", 2);
    feed(&m, "CHANNEL_DESTROY", "c", 2);
    assert_int_equal(swio_call_session_count(call), 1);
    swio_session *first = swio_call_first(call), *last = swio_call_last(call);
    assert_ptr_equal(first, a);
    assert_ptr_equal(last, c);
    swio_session_unref(first);
    swio_session_unref(last);
    swio_change change = {0};
    swio_event *event = channel_event("CHANNEL_DESTROY", "b", 3, NULL, NULL);
    assert_int_equal(swio_track_feed(m.track, event, 1, &change), 0);
    swio_event_unref(event);
    assert_true(change.what & SWIO_CALL_ENDED);
    assert_ptr_equal(change.call, call);
    first = swio_call_first(change.call);
    assert_ptr_equal(first, a);
    swio_session_unref(first);
    swio_change_clear(&change);
    assert_null(swio_call_first(call));
    assert_null(swio_call_last(call));
    assert_int_equal(swio_call_session_count(call), 0);
    swio_call_unref(call);
    swio_session_unref(a);
    swio_session_unref(b);
    swio_session_unref(c);
    model_close(&m);
}

/* FreeSWITCH changes call_uuid when legs are bridged and parted. */
static void a_session_leaves_its_own_call_whatever_the_header_says(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    feed_with(&m, "CHANNEL_CREATE", "a", "variable_call_uuid", "a");
    feed_with(&m, "CHANNEL_CREATE", "b", "variable_call_uuid", "a");
    feed_with(&m, "CHANNEL_CREATE", "c", "variable_call_uuid", "c");
    assert_tables(&m, 3, 2, 0);
    feed_with(&m, "CHANNEL_DESTROY", "b", "variable_call_uuid", "c");
    assert_tables(&m, 2, 2, 0);
    assert_int_equal(feed_with(&m, "CHANNEL_DESTROY", "a", "variable_call_uuid", "nowhere"),
                     DESTROYED | SWIO_SESSION_HUNGUP | SWIO_CALL_ENDED);
    assert_tables(&m, 1, 1, 0);
    feed_with(&m, "CHANNEL_DESTROY", "c", "variable_call_uuid", "a");
    assert_tables(&m, 0, 0, 0);
    model_close(&m);
}

static void calls_are_listed_oldest_first(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    char uuid[16];
    for (int i = 0; i < 50; i++) {
        snprintf(uuid, sizeof uuid, "%d", 99 - i);
        feed(&m, "CHANNEL_CREATE", uuid, i);
    }
    feed(&m, "CHANNEL_DESTROY", "98", 60);
    swio_call **calls;
    swio_session **sessions;
    size_t count;
    assert_int_equal(swio_track_list_calls(m.track, &calls, &count), 0);
    assert_int_equal(count, 49);
    assert_string_equal(swio_call_uuid(calls[0]), "99");
    assert_string_equal(swio_call_uuid(calls[1]), "97");
    assert_string_equal(swio_call_uuid(calls[48]), "50");
    assert_null(calls[49]);
    for (size_t i = 0; i < count; i++)
        swio_call_unref(calls[i]);
    swio_free(calls);
    assert_int_equal(swio_track_list_sessions(m.track, &sessions, NULL), 0);
    assert_string_equal(swio_session_uuid(sessions[48]), "50");
    for (size_t i = 0; sessions[i]; i++)
        swio_session_unref(sessions[i]);
    swio_free(sessions);
    model_close(&m);
}

static const char *app_of(model *m, swio_event *event)
{
    static char app[64];
    swio_change change = {0};
    assert_int_equal(swio_track_feed(m->track, event, 1, &change), 0);
    snprintf(app, sizeof app, "%s", change.app);
    swio_change_clear(&change);
    swio_event_unref(event);
    return app;
}

static void the_first_header_present_gives_the_app(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    assert_int_equal(swio_track_add_app_header(m.track, "variable_second"), 0);
    assert_int_equal(swio_track_add_app_header(m.track, "Variable_Second"), 0);
    assert_int_equal(swio_track_add_app_header(m.track, "variable_third"), 0);
    assert_string_equal(app_of(&m, event_of("Event-Name", "X", NULL)), "default");
    assert_string_equal(app_of(&m, event_of("Event-Name", "X", "variable_third", "3",
                                            "variable_second", "2", NULL)),
                        "2");
    assert_string_equal(
        app_of(&m, event_of("Event-Name", "X", "variable_second", "2", SWIO_APP_HEADER, "1", NULL)),
        "1");
    assert_string_equal(app_of(&m, event_of("Event-Name", "X", "variable_second", "_undef_",
                                            "variable_third", "3", NULL)),
                        "3");
    swio_track_remove_app_header(m.track, "variable_third");
    swio_track_remove_app_header(m.track, "variable_third");
    swio_track_remove_app_header(m.track, SWIO_APP_HEADER); /* stays */
    assert_string_equal(app_of(&m, event_of("Event-Name", "X", "variable_third", "3", NULL)),
                        "default");
    assert_string_equal(app_of(&m, event_of("Event-Name", "X", SWIO_APP_HEADER, "1", NULL)), "1");
    model_close(&m);
}

static void an_event_without_variables_has_its_sessions_app(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    feed(&m, "CHANNEL_CREATE", "a", 1);
    assert_int_equal(count_of(&m, SWIO_COUNT_APPS, "default"), 1);
    assert_string_equal(app_of(&m, channel_event("CHANNEL_STATE", "a", 2, NULL, NULL)), "default");
    assert_string_equal(app_of(&m, channel_event("CHANNEL_PARK", "a", 3, SWIO_APP_HEADER, "Bert")),
                        "Bert");
    assert_string_equal(app_of(&m, channel_event("CHANNEL_STATE", "a", 4, NULL, NULL)), "Bert");
    swio_session *a = swio_track_find_session(m.track, "a");
    assert_string_equal(swio_session_appname(a), "Bert");
    assert_int_equal(count_of(&m, SWIO_COUNT_APPS, "default"), 0);
    assert_int_equal(count_of(&m, SWIO_COUNT_APPS, "Bert"), 1);
    assert_string_equal(app_of(&m, channel_event("CHANNEL_DESTROY", "a", 5, NULL, NULL)), "Bert");
    assert_int_equal(count_of(&m, SWIO_COUNT_APPS, "Bert"), 0);
    assert_int_equal(count_of(&m, SWIO_COUNT_APPS_TOTAL, "default"), 1);
    swio_session_unref(a);
    model_close(&m);
}

static void custom_events_go_under_their_subclass(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    feed(&m, "CHANNEL_CREATE", "a", 1);
    swio_event *event = event_of("Event-Name", "CUSTOM", "Event-Subclass", "mod_bert::lost_sync",
                                 "Unique-ID", "a", NULL);
    swio_change change = {0};
    assert_int_equal(swio_track_feed(m.track, event, 0, &change), 0);
    assert_string_equal(change.key, "mod_bert::lost_sync");
    assert_int_equal(change.what, UPDATED);
    assert_string_equal(swio_session_get(change.session, "Event-Subclass"), "mod_bert::lost_sync");
    swio_change_clear(&change);
    swio_event_unref(event);
    model_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_lives_from_create_to_destroy),
        cmocka_unit_test(a_number_is_all_of_the_value),
        cmocka_unit_test(create_and_originate_in_either_order),
        cmocka_unit_test(unknown_sessions_are_counted_and_ignored),
        cmocka_unit_test(the_tracking_header_makes_the_call),
        cmocka_unit_test(a_call_knows_its_legs),
        cmocka_unit_test(a_session_leaves_its_own_call_whatever_the_header_says),
        cmocka_unit_test(calls_are_listed_oldest_first),
        cmocka_unit_test(the_first_header_present_gives_the_app),
        cmocka_unit_test(an_event_without_variables_has_its_sessions_app),
        cmocka_unit_test(custom_events_go_under_their_subclass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
