/* The rules of the model, with events made by hand: what it counts and keeps of what has ended, and
 * what outlives it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "support/feed.h"

static size_t failed_of(const model *m, const char *cause, const char *first, const char *last)
{
    swio_session **list;
    size_t count;
    assert_int_equal(swio_track_list_failed(m->track, cause, &list, &count), 0);
    if (first) {
        assert_string_equal(swio_session_uuid(list[0]), first);
        assert_string_equal(swio_session_uuid(list[count - 1]), last);
    }
    for (size_t i = 0; i < count; i++)
        swio_session_unref(list[i]);
    swio_free(list);
    return count;
}

static void one_call(model *m, const char *uuid, bool answered, const char *cause)
{
    feed(m, "CHANNEL_CREATE", uuid, 1);
    if (answered)
        feed(m, "CHANNEL_ANSWER", uuid, 2);
    feed_with(m, "CHANNEL_DESTROY", uuid, "Hangup-Cause", cause);
}

static void failed_sessions_are_kept_by_cause(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    one_call(&m, "good", true, "NORMAL_CLEARING");
    one_call(&m, "unanswered", false, "NORMAL_CLEARING");
    one_call(&m, "answered", true, "MEDIA_TIMEOUT");
    feed(&m, "CHANNEL_CREATE", "nothing", 1);
    feed(&m, "CHANNEL_DESTROY", "nothing", 1);
    char uuid[16];
    for (int i = 0; i < 2345; i++) {
        snprintf(uuid, sizeof uuid, "%d", i);
        one_call(&m, uuid, false, "USER_BUSY");
    }
    assert_int_equal(failed_of(&m, "NORMAL_CLEARING", "unanswered", "unanswered"), 1);
    assert_int_equal(failed_of(&m, "MEDIA_TIMEOUT", "answered", "answered"), 1);
    assert_int_equal(failed_of(&m, "UNKNOWN", "nothing", "nothing"), 1);
    assert_int_equal(failed_of(&m, "USER_BUSY", "1345", "2344"), 1000);
    assert_int_equal(failed_of(&m, "NO_ANSWER", NULL, NULL), 0);
    assert_int_equal(swio_track_count_failed(m.track), 2348);
    assert_int_equal(count_of(&m, SWIO_COUNT_CAUSES, "USER_BUSY"), 2345);
    assert_int_equal(count_of(&m, SWIO_COUNT_CAUSES, "NORMAL_CLEARING"), 2);
    swio_track_reset(m.track);
    assert_int_equal(swio_track_count_failed(m.track), 0);
    assert_int_equal(failed_of(&m, "USER_BUSY", NULL, NULL), 0);
    assert_int_equal(count_of(&m, SWIO_COUNT_CAUSES, "USER_BUSY"), 0);
    one_call(&m, "again", false, "USER_BUSY");
    assert_int_equal(failed_of(&m, "USER_BUSY", "again", "again"), 1);
    model_close(&m);
}

static void causes_past_the_bound_are_kept_as_others(void **state)
{
    (void)state;
    model m;
    model_open(&m, &(swio_track_opts){.max_keys = 2, .max_failed = 3});
    char uuid[16];
    for (int i = 0; i < 10; i++) {
        snprintf(uuid, sizeof uuid, "%d", i);
        one_call(&m, uuid, false, uuid);
    }
    assert_int_equal(failed_of(&m, "0", "0", "0"), 1);
    assert_int_equal(failed_of(&m, "2", NULL, NULL), 0);
    assert_int_equal(failed_of(&m, SWIO_COUNTS_OTHER, "7", "9"), 3);
    assert_int_equal(count_of(&m, SWIO_COUNT_CAUSES, SWIO_COUNTS_OTHER), 8);
    model_close(&m);
}

static void epoch_and_uptime_are_the_switchs(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    assert_int_equal(swio_track_epoch_us(m.track), 0);
    assert_true(swio_track_uptime(m.track) == 0);
    model_feed(&m, event_of("Event-Name", "HEARTBEAT", "Event-Date-Timestamp", "5000000", NULL));
    feed(&m, "CHANNEL_CREATE", "a", 9);
    model_feed(&m, event_of("Event-Name", "API", "Event-Date-Timestamp", "8000000", NULL));
    assert_int_equal(swio_track_epoch_us(m.track), 5000000);
    assert_true(swio_track_uptime(m.track) == 4);
    model_close(&m);
}

static void a_reset_leaves_what_is_up(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    feed_with(&m, "CHANNEL_CREATE", "a", SWIO_APP_HEADER, "x");
    feed(&m, "CHANNEL_ANSWER", "a", 1);
    swio_track_reset(m.track);
    assert_tables(&m, 1, 1, 0);
    assert_int_equal(totals(&m).answered, 0);
    assert_int_equal(count_of(&m, SWIO_COUNT_APPS, "x"), 1);
    assert_int_equal(count_of(&m, SWIO_COUNT_APPS_TOTAL, "x"), 0);
    feed_with(&m, "CHANNEL_DESTROY", "a", "Hangup-Cause", "NORMAL_CLEARING");
    assert_int_equal(count_of(&m, SWIO_COUNT_APPS, "x"), 0);
    assert_int_equal(totals(&m).failed, 0);
    model_close(&m);
}

static void after_a_reconnect_sessions_are_adopted_and_lost(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    swio_change change = {0};
    swio_event *dump =
        event_of("Event-Name", "CHANNEL_DATA", "Unique-ID", "a", "Event-Date-Timestamp", "9000000",
                 "Answer-State", "answered", "Caller-Channel-Created-Time", "2000000",
                 "Caller-Channel-Answered-Time", "3000000", SWIO_APP_HEADER, "x", NULL);
    assert_int_equal(swio_track_adopt(m.track, dump, 0, &change), 0);
    assert_int_equal(change.what, CREATED | SWIO_CALL_CREATED | SWIO_SESSION_ANSWERED);
    assert_string_equal(change.app, "x");
    assert_int_equal(swio_session_time_us(change.session, SWIO_TIME_CREATE), 2000000);
    assert_int_equal(swio_session_time_us(change.session, SWIO_TIME_ANSWER), 3000000);
    swio_change_clear(&change);
    feed(&m, "CHANNEL_CREATE", "b", 1);
    assert_int_equal(swio_track_adopt(m.track, dump, 0, &change), 0);
    assert_int_equal(change.what, UPDATED);
    swio_change_clear(&change);
    swio_event_unref(dump);
    swio_event *nobody = event_of("Event-Name", "CHANNEL_DATA", NULL);
    assert_int_equal(swio_track_adopt(m.track, nobody, 0, &change), SWIO_ENOENT);
    swio_event_unref(nobody);

    assert_int_equal(swio_track_lost(m.track, "a", "LOST", &change), 0);
    assert_int_equal(change.what, DESTROYED | SWIO_SESSION_HUNGUP | SWIO_CALL_ENDED);
    assert_null(change.key);
    assert_null(change.event);
    assert_string_equal(change.app, "x");
    assert_string_equal(swio_session_cause(change.session), "LOST");
    assert_int_equal(swio_session_time_us(change.session, SWIO_TIME_DESTROY), 0);
    swio_change_clear(&change);
    assert_tables(&m, 1, 1, 0);
    assert_int_equal(swio_track_lost(m.track, "a", "LOST", &change), SWIO_ENOENT);
    swio_change_clear(&change);
    assert_int_equal(count_of(&m, SWIO_COUNT_CAUSES, "LOST"), 1);

    /* A cause that was told before stays. */
    feed_with(&m, "CHANNEL_HANGUP", "b", "Hangup-Cause", "USER_BUSY");
    assert_int_equal(swio_track_lost(m.track, "b", "LOST", &change), 0);
    assert_int_equal(change.what, DESTROYED | SWIO_CALL_ENDED);
    assert_string_equal(swio_session_cause(change.session), "USER_BUSY");
    swio_change_clear(&change);
    assert_int_equal(count_of(&m, SWIO_COUNT_CAUSES, "LOST"), 1);
    model_close(&m);
}

static void what_is_held_outlives_the_model(void **state)
{
    (void)state;
    model m;
    int owner;
    model_slots_freed = 0;
    model_open(&m, &(swio_track_opts){.owner = &owner});
    feed_with(&m, "CHANNEL_CREATE", "a", "k", "v");
    feed_with(&m, "CHANNEL_CREATE", "b", "variable_call_uuid", "a");
    swio_session *a = swio_track_find_session(m.track, "a");
    swio_call *call = swio_session_call(a);
    assert_null(swio_session_set_slot(a, malloc(1)));
    assert_ptr_equal(swio_session_owner(a), &owner);
    assert_ptr_equal(swio_call_owner(call), &owner);
    swio_track_disown(m.track);
    assert_null(swio_session_owner(a));
    swio_track_free(m.track);
    m.track = NULL;
    assert_false(m.released);
    assert_string_equal(swio_session_get(a, "K"), "v");
    assert_int_equal(swio_call_session_count(call), 0);
    swio_call_unref(call);
    assert_int_equal(model_slots_freed, 0);
    swio_session_unref(a);
    assert_int_equal(model_slots_freed, 1);
    model_close(&m);
}

static void names_from_the_network_do_not_pile_up(void **state)
{
    (void)state;
    model m;
    model_open(&m, NULL);
    char uuid[32], name[32];
    swio_session *first = NULL;
    for (int i = 0; i < 9000; i++) {
        snprintf(uuid, sizeof uuid, "s%d", i);
        snprintf(name, sizeof name, "variable_sip_h_X-%d", i);
        feed_with(&m, "CHANNEL_CREATE", uuid, name, uuid);
        if (!first)
            first = swio_track_find_session(m.track, uuid);
        swio_session *session = swio_track_find_session(m.track, uuid);
        assert_string_equal(swio_session_get(session, name), uuid);
        swio_session_unref(session);
        feed_with(&m, "CHANNEL_DESTROY", uuid, "Hangup-Cause", "NORMAL_CLEARING");
    }
    assert_string_equal(swio_session_get(first, "variable_sip_h_X-0"), "s0");
    assert_null(swio_session_get(first, "variable_sip_h_X-8999"));
    assert_true(swio_names_count(m.track->names) < SWIO_NAMES_FULL);
    swio_session_unref(first);
    model_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failed_sessions_are_kept_by_cause),
        cmocka_unit_test(causes_past_the_bound_are_kept_as_others),
        cmocka_unit_test(epoch_and_uptime_are_the_switchs),
        cmocka_unit_test(a_reset_leaves_what_is_up),
        cmocka_unit_test(after_a_reconnect_sessions_are_adopted_and_lost),
        cmocka_unit_test(what_is_held_outlives_the_model),
        cmocka_unit_test(names_from_the_network_do_not_pile_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
