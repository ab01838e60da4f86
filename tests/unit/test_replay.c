/* Every recorded dialogue through the reader into the model, which is checked after each event. */
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "captures.h"
#include "esl/event.h"
#include "support/events.h"
#include "support/track.h"

/* What is in each of them, counted by another program than ours. */
typedef struct recording {
    const char *file;
    unsigned events, sessions, answered, failed, unknown;
    unsigned calls, tracked_calls; /* by variable_call_uuid, and by our X-header */
    unsigned jobs, failed_jobs;    /* of originates */
} recording;

static const recording recordings[] = {
    {"basic_call.bin", 49, 2, 2, 0, 8, 2, 2, 1, 0},
    {"basic_call_json.bin", 51, 2, 2, 0, 8, 2, 2, 1, 0},
    {"basic_call_xml.bin", 49, 2, 2, 0, 8, 2, 2, 1, 0},
    {"bridge.bin", 98, 4, 4, 0, 18, 3, 4, 1, 0},
    {"burst20_plain.bin", 963, 40, 40, 0, 160, 40, 40, 20, 0},
    {"call_control.bin", 223, 13, 8, 5, 0, 12, 13, 6, 3},
    {"dial_Bert.bin", 24, 4, 4, 0, 0, 4, 2, 2, 0},
    {"dial_CalleeBlockOnInvite.bin", 18, 4, 0, 4, 0, 4, 2, 2, 2},
    {"dial_CalleeRingback.bin", 30, 4, 0, 4, 0, 4, 2, 2, 2},
    {"dial_DtmfChecker.bin", 42, 4, 4, 0, 0, 4, 2, 2, 0},
    {"dial_TonePlay.bin", 24, 4, 4, 0, 0, 4, 2, 2, 0},
    {"outbound_async_full.bin", 11, 0, 0, 0, 11, 0, 0, 0, 0},
    {"outbound_sync.bin", 0, 0, 0, 0, 0, 0, 0, 0, 0},
    {"reject.bin", 37, 2, 0, 2, 8, 2, 2, 1, 1},
    {"ring_hangup.bin", 61, 2, 2, 0, 8, 2, 2, 1, 0},
    {"two_nodes.bin", 25, 1, 1, 0, 3, 1, 1, 1, 0},
    {"two_nodes.peer.bin", 24, 1, 1, 0, 5, 1, 1, 0, 0},
};
enum { RECORDINGS = sizeof recordings / sizeof recordings[0] };

static dialogue load(const char *name)
{
    size_t len;
    char *bytes = load_capture(name, &len);
    dialogue d = dialogue_of(bytes, len);
    free(bytes);
    return d;
}

/* What the events say, kept in the plainest way, to hold against the model. */
typedef struct leg {
    char uuid[64], call[64], app[64];
    bool up, answered, hungup;
    unsigned events;
} leg;

typedef struct account {
    const char *call_header;
    leg legs[64];
    size_t count;
    unsigned answered, causes;
} account;

static leg *leg_of(account *a, const char *uuid)
{
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->legs[i].uuid, uuid) == 0 && a->legs[i].up)
            return &a->legs[i];
    return NULL;
}

/* The leg of the event after it was entered into the account, or NULL. */
static leg *enter(account *a, const swio_event *event)
{
    const char *name = swio_event_name(event), *uuid = swio_event_get(event, "Unique-ID");
    leg *l = uuid ? leg_of(a, uuid) : NULL;
    bool creates = strcmp(name, "CHANNEL_CREATE") == 0 || strcmp(name, "CHANNEL_ORIGINATE") == 0;
    if (!l && uuid && creates) {
        assert_true(a->count < 64);
        l = &a->legs[a->count++];
        const char *call = swio_event_get(event, a->call_header);
        snprintf(l->uuid, sizeof l->uuid, "%s", uuid);
        snprintf(l->call, sizeof l->call, "%s", call ? call : uuid);
        snprintf(l->app, sizeof l->app, "default");
        l->up = true;
    }
    if (!l)
        return NULL;
    const char *app = swio_event_get(event, "variable_sip_h_X-switchio_app");
    if (app)
        snprintf(l->app, sizeof l->app, "%s", app);
    l->events++;
    l->answered |= strcmp(name, "CHANNEL_ANSWER") == 0;
    l->hungup |= strcmp(name, "CHANNEL_HANGUP") == 0;
    a->answered += strcmp(name, "CHANNEL_ANSWER") == 0;
    if (strcmp(name, "CHANNEL_DESTROY") == 0) {
        l->up = false;
        l->hungup = true;
        a->causes++;
    }
    return l;
}

static size_t calls_up(const account *a)
{
    size_t calls = 0;
    for (size_t i = 0; i < a->count; i++) {
        bool first = a->legs[i].up;
        for (size_t k = 0; k < i && first; k++)
            first = !a->legs[k].up || strcmp(a->legs[k].call, a->legs[i].call) != 0;
        calls += first;
    }
    return calls;
}

static size_t legs_of_call(const account *a, const char *call)
{
    size_t legs = 0;
    for (size_t i = 0; i < a->count; i++)
        legs += a->legs[i].up && strcmp(a->legs[i].call, call) == 0;
    return legs;
}

static void check_session(const account *a, const leg *l, const swio_change *change,
                          const swio_event *event)
{
    const swio_session *s = change->session;
    assert_non_null(s);
    assert_string_equal(swio_session_uuid(s), l->uuid);
    assert_string_equal(swio_session_appname(s), l->app);
    assert_string_equal(change->app, l->app);
    assert_int_equal(swio_session_answered(s), l->answered);
    assert_int_equal(swio_session_hungup(s), l->hungup);
    assert_int_equal(swio_session_ended(s), !l->up);
    assert_int_equal(swio_session_event_count(s), l->events);
    assert_int_equal(swio_session_time_us(s, SWIO_TIME_LAST_EVENT),
                     swio_event_get_int(event, "Event-Date-Timestamp", 0));
    assert_true(swio_session_is_inbound(s) != swio_session_is_outbound(s));
    for (size_t i = 0; i < swio_event_header_count(event); i++) {
        const char *name = swio_event_header_name(event, i);
        assert_string_equal(swio_session_get(s, name), swio_event_get(event, name));
    }
    assert_string_equal(swio_call_uuid(change->call), l->call);
    assert_int_equal(swio_call_session_count(change->call), legs_of_call(a, l->call));
    assert_int_equal(!!(change->what & SWIO_CALL_ENDED), legs_of_call(a, l->call) == 0);
}

/* Registers the jobs that the recording tells the end of, as a client would before it sends. */
static void add_jobs(swio_track *track, const dialogue *d)
{
    for (size_t i = 0; i < d->count; i++) {
        const char *command = swio_event_get(d->events[i], "Job-Command");
        if (command && strcmp(command, "originate") == 0)
            assert_int_equal(
                swio_track_job_add(track, swio_event_get(d->events[i], "Job-UUID"), NULL, NULL), 0);
    }
}

static swio_totals replay(const recording *r, const dialogue *d, const char *call_header)
{
    model m;
    swio_totals totals;
    account *a = calloc(1, sizeof *a);
    assert_non_null(a);
    a->call_header = call_header;
    model_open(&m, &(swio_track_opts){.call_header = call_header});
    add_jobs(m.track, d);
    for (size_t i = 0; i < d->count; i++) {
        swio_change change = {0};
        assert_int_equal(swio_track_feed(m.track, d->events[i], 1, &change), 0);
        const leg *l = enter(a, d->events[i]);
        if (l)
            check_session(a, l, &change, d->events[i]);
        size_t up = 0;
        for (size_t k = 0; k < a->count; k++)
            up += a->legs[k].up;
        assert_int_equal(swio_track_count_sessions(m.track), up);
        assert_int_equal(swio_track_count_calls(m.track), calls_up(a));
        swio_track_totals(m.track, &totals);
        assert_int_equal(totals.events, i + 1);
        assert_int_equal(totals.sessions, a->count);
        assert_int_equal(totals.answered, a->answered);
        swio_change_clear(&change);
    }
    swio_counts *causes;
    assert_int_equal(swio_track_counts(m.track, SWIO_COUNT_CAUSES, &causes), 0);
    assert_int_equal(swio_counts_sum(causes), a->causes);
    swio_counts_free(causes);
    assert_int_equal(swio_track_count_sessions(m.track), 0);
    assert_int_equal(swio_track_count_calls(m.track), 0);
    assert_int_equal(swio_track_count_jobs(m.track), 0);
    assert_int_equal(m.jobs_ended, r->jobs);
    swio_track_totals(m.track, &totals);
    model_close(&m);
    free(a);
    return totals;
}

static void every_dialogue_ends_with_empty_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDINGS; i++) {
        const recording *r = &recordings[i];
        dialogue d = load(r->file);
        swio_totals t = replay(r, &d, "variable_call_uuid");
        print_message("%s\n", r->file);
        assert_int_equal(t.events, r->events);
        assert_int_equal(t.sessions, r->sessions);
        assert_int_equal(t.answered, r->answered);
        assert_int_equal(t.failed, r->failed);
        assert_int_equal(t.unknown, r->unknown);
        assert_int_equal(t.calls, r->calls);
        assert_int_equal(t.failed_jobs, r->failed_jobs);
        t = replay(r, &d, SWIO_CALL_HEADER);
        assert_int_equal(t.calls, r->tracked_calls);
        dialogue_free(&d);
    }
}

static bool is(const swio_event *event, const char *name)
{
    return strcmp(swio_event_name(event), name) == 0;
}

/* The first two events of each caller leg are CREATE and ORIGINATE; it may be the other way. */
static void create_and_originate_may_swap(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDINGS; i++) {
        dialogue d = load(recordings[i].file);
        for (size_t k = 0; k + 1 < d.count; k++) {
            if (!is(d.events[k], "CHANNEL_CREATE") || !is(d.events[k + 1], "CHANNEL_ORIGINATE"))
                continue;
            swio_event *create = d.events[k];
            d.events[k] = d.events[k + 1];
            d.events[++k] = create;
        }
        swio_totals t = replay(&recordings[i], &d, SWIO_CALL_HEADER);
        assert_int_equal(t.sessions, recordings[i].sessions);
        assert_int_equal(t.calls, recordings[i].tracked_calls);
        assert_int_equal(t.failed, recordings[i].failed);
        dialogue_free(&d);
    }
}

/* The result of an originate, moved to the very end or the very start. */
static void the_job_may_come_at_any_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDINGS; i++) {
        for (int to_end = 0; to_end < 2; to_end++) {
            dialogue d = load(recordings[i].file), moved = {0};
            moved.events = calloc(d.count + 1, sizeof(swio_event *));
            assert_non_null(moved.events);
            for (int jobs = 0; jobs < 2; jobs++)
                for (size_t k = 0; k < d.count; k++)
                    if (is(d.events[k], "BACKGROUND_JOB") == (jobs == to_end))
                        moved.events[moved.count++] = d.events[k];
            assert_int_equal(moved.count, d.count);
            swio_totals t = replay(&recordings[i], &moved, SWIO_CALL_HEADER);
            assert_int_equal(t.failed_jobs, recordings[i].failed_jobs);
            free(moved.events);
            dialogue_free(&d);
        }
    }
}

/* The first line of the text that starts so, as an event. */
static swio_event *dump_in(const char *text)
{
    const char *start = strstr(text, "\n{\"Event-Name\":\"CHANNEL_DATA\"") + 1;
    swio_event *event;
    assert_int_equal(swio_event_from_json(start, strcspn(start, "\n"), 0, &event), 0);
    return event;
}

static void a_dumped_session_is_adopted(void **state)
{
    (void)state;
    size_t len;
    char *text = load_capture("resync.txt", &len);
    swio_event *dump = dump_in(text);
    free(text);
    model m;
    model_open(&m, &(swio_track_opts){.call_header = SWIO_CALL_HEADER});
    swio_change change = {0};
    assert_int_equal(swio_track_adopt(m.track, dump, 1, &change), 0);
    assert_true(change.what & SWIO_SESSION_CREATED);
    assert_string_equal(swio_session_uuid(change.session), swio_event_get(dump, "Unique-ID"));
    assert_int_equal(swio_session_time_us(change.session, SWIO_TIME_CREATE),
                     swio_event_get_int(dump, "Caller-Channel-Created-Time", -1));
    const char *answered = swio_event_get(dump, "Answer-State");
    assert_int_equal(swio_session_answered(change.session), strcmp(answered, "answered") == 0);
    swio_change_clear(&change);
    swio_event_unref(dump);
    model_close(&m);
}

/* With the Nth allocation failing (or all from there on) the tables still end empty. */
static void without_memory_the_tables_still_end_empty(void **state)
{
    (void)state;
    static const char *const files[] = {"dial_TonePlay.bin", "dial_CalleeBlockOnInvite.bin"};
    for (size_t f = 0; f < 2; f++) {
        dialogue d = load(files[f]);
        bool failing = true;
        for (long n = 0; failing; n++) {
            unsigned failures = 0;
            model m;
            bool sticky = n % 8 == 7;
            model_open(&m, &(swio_track_opts){.call_header = SWIO_CALL_HEADER});
            add_jobs(m.track, &d);
            swio_mem_fail_after(n, sticky);
            for (size_t i = 0; i < d.count; i++) {
                swio_change change = {0};
                int error = swio_track_feed(m.track, d.events[i], 1, &change);
                failures += error != 0;
                assert_true(error == 0 || error == SWIO_ENOMEM);
                swio_change_clear(&change);
            }
            failing = swio_mem_fail_after(-1, false) > (size_t)n;
            assert_true(sticky || failures <= 1);
            assert_int_equal(swio_track_count_sessions(m.track), 0);
            assert_int_equal(swio_track_count_calls(m.track), 0);
            assert_int_equal(swio_track_count_jobs(m.track), 0);
            assert_int_equal(m.jobs_ended, 2);
            model_close(&m);
        }
        dialogue_free(&d);
    }
}

static void without_memory_there_is_no_model(void **state)
{
    (void)state;
    int error = SWIO_ENOMEM;
    for (long n = 0; error; n++) {
        swio_track *track = NULL;
        swio_mem_fail_after(n, false);
        error = swio_track_new(NULL, &track);
        swio_mem_fail_after(-1, false);
        assert_true(error ? error == SWIO_ENOMEM && !track : track != NULL);
        swio_track_free(track);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dialogue_ends_with_empty_tables),
        cmocka_unit_test(create_and_originate_may_swap),
        cmocka_unit_test(the_job_may_come_at_any_time),
        cmocka_unit_test(a_dumped_session_is_adopted),
        cmocka_unit_test(without_memory_the_tables_still_end_empty),
        cmocka_unit_test(without_memory_there_is_no_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
