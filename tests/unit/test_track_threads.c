/* Readers on other threads while the model is fed. labels: threaded */
#include "support/cmocka.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "captures.h"
#include "support/events.h"
#include "track/track.h"

enum { READERS = 2, PASSES = 3, KEPT = 8 };

typedef struct shared {
    swio_track *track;
    pthread_mutex_t mutex;
    atomic_bool done;
    atomic_uint released, read;
    atomic_uint vars_set;
} shared;

static void lock(void *arg)
{
    pthread_mutex_lock(&((shared *)arg)->mutex);
}

static void unlock(void *arg)
{
    pthread_mutex_unlock(&((shared *)arg)->mutex);
}

static void release(void *arg)
{
    atomic_fetch_add(&((shared *)arg)->released, 1);
}

static void on_var(swio_session *session, const char *key, void *arg)
{
    (void)session;
    (void)key;
    atomic_fetch_add(&((shared *)arg)->vars_set, 1);
}

/* An assertion of cmocka ends the thread that it was made for, and no other. */
static void must(bool right)
{
    if (!right)
        abort();
}

/* Everything that can be asked of a session. */
static void look_at(shared *s, swio_session *session)
{
    char text[128];
    const char *uuid = swio_session_uuid(session);
    must(strcmp(swio_session_get(session, "unique-id"), uuid) == 0);
    must(swio_session_appname(session) != NULL);
    size_t count = swio_session_event_count(session);
    must(strcmp(swio_session_event_get(session, count - 1, "Unique-ID"), uuid) == 0);
    swio_event *event;
    must(swio_session_event(session, 0, &event) == 0);
    must(strcmp(swio_event_get(event, "Unique-ID"), uuid) == 0);
    swio_event_unref(event);
    must(!swio_session_ended(session) || swio_session_cause(session));
    swio_session_time_us(session, SWIO_TIME_ANSWER);
    swio_vars_add(swio_session_vars(session), "looked", 1, NULL);
    swio_vars_get(swio_session_vars(session), "looked");
    swio_call *call = swio_session_call(session);
    swio_session *first = swio_call_first(call), *peer = swio_call_get_peer(call, session);
    swio_call_format(call, text, sizeof text);
    swio_session_unref(first);
    swio_session_unref(peer);
    swio_call_unref(call);
    swio_job *job = swio_session_job(session);
    must(!job || swio_job_uuid(job));
    swio_job_unref(job);
    atomic_fetch_add(&s->read, 1);
}

/* Keeps a few sessions for longer than the model does. */
static void *reader(void *arg)
{
    shared *s = arg;
    swio_session *kept[KEPT] = {NULL};
    size_t at = 0;
    while (!atomic_load(&s->done)) {
        swio_session **sessions;
        must(swio_track_list_sessions(s->track, &sessions, NULL) == 0);
        for (size_t i = 0; sessions[i]; i++) {
            look_at(s, sessions[i]);
            swio_session_unref(kept[at]);
            kept[at] = sessions[i];
            at = (at + 1) % KEPT;
        }
        swio_free(sessions);
        swio_track_count_calls(s->track);
    }
    for (size_t i = 0; i < KEPT; i++) {
        if (kept[i])
            look_at(s, kept[i]);
        swio_session_unref(kept[i]);
    }
    return NULL;
}

static void sessions_are_read_while_events_come(void **state)
{
    (void)state;
    size_t len;
    char *bytes = load_capture("burst20_plain.bin", &len);
    dialogue d = dialogue_of(bytes, len);
    free(bytes);
    shared s = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    swio_track_opts opts = {
        .call_header = SWIO_CALL_HEADER,
        .guard = {lock, unlock, release, &s},
        .hooks = {.on_var = on_var, .arg = &s},
    };
    assert_int_equal(swio_track_new(&opts, &s.track), 0);
    pthread_t threads[READERS];
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, reader, &s), 0);
    for (int pass = 0; pass < PASSES || atomic_load(&s.read) < 100; pass++) {
        for (size_t i = 0; i < d.count; i++) {
            swio_change change = {0};
            assert_int_equal(swio_track_feed(s.track, d.events[i], 1, &change), 0);
            swio_change_clear(&change);
        }
        assert_int_equal(swio_track_count_sessions(s.track), 0);
    }
    atomic_store(&s.done, true);
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&s.released), 0);
    swio_track_free(s.track);
    assert_int_equal(atomic_load(&s.released), 1);
    assert_int_equal(atomic_load(&s.vars_set), atomic_load(&s.read));
    dialogue_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_are_read_while_events_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
