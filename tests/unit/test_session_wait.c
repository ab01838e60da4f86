/*
 * Waiting for events and variables of a session: from threads, coroutines and (refused) callbacks.
 * labels: threaded
 */
#include <math.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "loop/sanitizer.h"
#include "support/stage.h"

static stage s;
static swio_session *session;

static int set_up(void **state)
{
    (void)state;
    stage_up(&s);
    session = stage_session(&s, "a");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    session = swio_session_unref(session);
    stage_down(&s);
    return 0;
}

/* ---- one wait, by a thread or by a coroutine ---- */

typedef struct waiter {
    const char *events[3]; /* or a variable alone */
    size_t count;
    bool all;
    double timeout;
    swio_event *came[3];
    int error;
    char sentence[256];
    pthread_t thread;
    atomic_int over;
} waiter;

static void await(void *arg)
{
    waiter *w = arg;
    if (w->count == 0)
        w->error = swio_session_waitfor(session, w->events[0], w->timeout);
    else if (w->count == 1)
        w->error = swio_session_recv(session, w->events[0], w->timeout, &w->came[0]);
    else
        w->error = swio_session_poll(session, w->events, w->count, w->timeout,
                                     w->all ? SWIO_POLL_ALL : SWIO_POLL_FIRST, w->came);
    snprintf(w->sentence, sizeof w->sentence, "%s", w->error ? swio_errmsg() : "");
    atomic_store(&w->over, 1);
}

static void *in_thread(void *arg)
{
    await(arg);
    return NULL;
}

static void begin(waiter *w, bool thread)
{
    size_t before = stage_waiting(&s);
    if (w->timeout <= 0)
        w->timeout = 20;
    if (thread)
        assert_int_equal(pthread_create(&w->thread, NULL, in_thread, w), 0);
    else
        assert_ok(swio_go(s.loop, await, w));
    wait_until(stage_waiting(&s) > before || atomic_load(&w->over)); /* its time may be short */
}

static void end(waiter *w, bool thread, int error, const char *words)
{
    wait_until(atomic_load(&w->over));
    if (thread)
        pthread_join(w->thread, NULL);
    assert_int_equal(w->error, error);
    if (error && !strstr(w->sentence, words))
        fail_msg("'%s' does not say '%s'", w->sentence, words);
}

static void drop(waiter *w)
{
    for (size_t i = 0; i < 3; i++)
        w->came[i] = swio_event_unref(w->came[i]);
}

#define BOTH_WAYS(thread) for (int(thread) = 0; (thread) < 2; (thread)++)

static void test_recv(void **state)
{
    (void)state;
    BOTH_WAYS(thread)
    {
        waiter w = {.events = {"DTMF"}, .count = 1};
        begin(&w, thread);
        stage_event(&s, "CHANNEL_ANSWER", "a");
        stage_event(&s, "CHANNEL_CREATE", "b");
        stage_event(&s, "DTMF", "b");
        assert_false(atomic_load(&w.over));
        stage_event(&s, "DTMF", "a");
        end(&w, thread, 0, NULL);
        assert_string_equal(swio_event_name(w.came[0]), "DTMF");
        assert_string_equal(swio_event_get(w.came[0], "Unique-ID"), "a");
        drop(&w);
        stage_event(&s, "CHANNEL_DESTROY", "b");
    }
}

/* A custom event under its subclass, which nobody had subscribed to. */
static void test_custom(void **state)
{
    (void)state;
    waiter w = {.events = {"mod_bert::lost_sync"}, .count = 1};
    begin(&w, true);
    stage_give(&s, event_of("Event-Name", "CUSTOM", "Event-Subclass", "mod_bert::lost_sync",
                            "Unique-ID", "a", NULL));
    end(&w, true, 0, NULL);
    drop(&w);
    assert_error(swio_session_recv(session, "A B", 1, NULL), SWIO_EINVAL, "no name of an event");
}

static void test_poll_first(void **state)
{
    (void)state;
    BOTH_WAYS(thread)
    {
        waiter w = {.events = {"CHANNEL_HANGUP", "DTMF", "CHANNEL_PARK"}, .count = 3};
        begin(&w, thread);
        stage_event(&s, "DTMF", "a");
        end(&w, thread, 0, NULL);
        assert_null(w.came[0]);
        assert_string_equal(swio_event_name(w.came[1]), "DTMF");
        assert_null(w.came[2]);
        drop(&w);
    }
}

static void test_poll_all(void **state)
{
    (void)state;
    BOTH_WAYS(thread)
    {
        waiter w = {.events = {"CHANNEL_PARK", "DTMF"}, .count = 2, .all = true};
        begin(&w, thread);
        stage_event(&s, "DTMF", "a");
        stage_event(&s, "DTMF", "a"); /* not twice */
        assert_false(atomic_load(&w.over));
        stage_event(&s, "CHANNEL_PARK", "a");
        end(&w, thread, 0, NULL);
        assert_string_equal(swio_event_name(w.came[0]), "CHANNEL_PARK");
        assert_string_equal(swio_event_name(w.came[1]), "DTMF");
        drop(&w);
    }
    assert_error(swio_session_poll(session, NULL, 0, 1, SWIO_POLL_ALL, NULL), SWIO_EINVAL,
                 "no event");
}

static void test_timeout(void **state)
{
    (void)state;
    BOTH_WAYS(thread)
    {
        waiter one = {.events = {"DTMF"}, .count = 1, .timeout = 0.02};
        waiter two = {.events = {"DTMF", "CHANNEL_PARK"}, .count = 2, .all = true, .timeout = 0.5};
        waiter var = {.events = {"done"}, .timeout = 0.02};
        begin(&two, thread);
        stage_event(&s, "CHANNEL_PARK", "a");
        begin(&one, thread);
        begin(&var, thread);
        end(&one, thread, SWIO_ETIMEOUT, "DTMF of the session a did not come within 0.02 s");
        end(&var, thread, SWIO_ETIMEOUT, "the variable done of the session a did not come");
        end(&two, thread, SWIO_ETIMEOUT, "DTMF and CHANNEL_PARK of the session a did not");
        assert_null(two.came[0]);
        assert_non_null(two.came[1]); /* what came is given all the same */
        drop(&two);
        assert_int_equal(stage_waiting(&s), 0);
    }
    assert_error(swio_session_recv(session, "DTMF", 0, NULL), SWIO_ETIMEOUT, "has not come yet");
    assert_int_equal(swio_session_waitfor(session, "done", 0), SWIO_ETIMEOUT);
}

static void test_waitfor(void **state)
{
    (void)state;
    swio_vars *vars = swio_session_vars(session);
    BOTH_WAYS(thread)
    {
        waiter w = {.events = {"done"}};
        begin(&w, thread);
        assert_ok(swio_vars_set(vars, "other", "1"));
        assert_ok(swio_vars_set(vars, "done", NULL));
        assert_false(atomic_load(&w.over));
        assert_ok(swio_vars_set(vars, "done", "yes"));
        end(&w, thread, 0, NULL);
        assert_ok(swio_session_waitfor(session, "done", 1)); /* it is there */
        assert_ok(swio_session_waitfor(session, "done", 0));
        assert_ok(swio_vars_set(vars, "done", NULL));
    }
    assert_int_equal(swio_session_waitfor(session, "", 1), SWIO_EINVAL);
    assert_int_equal(swio_session_waitfor(session, NULL, 1), SWIO_EINVAL);
}

/* ---- ends ---- */

static void test_session_ends(void **state)
{
    (void)state;
    static const char *const uuids[] = {"b", "c"};
    BOTH_WAYS(thread)
    {
        swio_session *kept = session;
        session = stage_session(&s, uuids[thread]);
        waiter one = {.events = {"DTMF"}, .count = 1, .timeout = INFINITY};
        waiter two = {.events = {"DTMF", "CHANNEL_PARK"}, .count = 2, .all = true};
        waiter var = {.events = {"done"}};
        begin(&one, thread);
        begin(&two, thread);
        begin(&var, thread);
        stage_event(&s, "CHANNEL_DESTROY", uuids[thread]);
        end(&one, thread, SWIO_ECANCELED, "ended");
        end(&two, thread, SWIO_ECANCELED, "ended");
        end(&var, thread, SWIO_ECANCELED, "ended");
        assert_error(swio_session_recv(session, "DTMF", 1, NULL), SWIO_ECANCELED, "has ended");
        assert_error(swio_session_waitfor(session, "done", 1), SWIO_ECANCELED, "has ended");
        assert_ok(swio_vars_set(swio_session_vars(session), "done", "late"));
        assert_ok(swio_session_waitfor(session, "done", 1));
        swio_session_unref(session);
        session = kept;
    }
}

static void test_disconnected(void **state)
{
    (void)state;
    BOTH_WAYS(thread)
    {
        waiter one = {.events = {"DTMF"}, .count = 1, .timeout = INFINITY};
        waiter var = {.events = {"done"}};
        begin(&one, thread);
        begin(&var, thread);
        swio_listener_disconnect(s.listener);
        end(&one, thread, SWIO_ECANCELED, "the listener was disconnected");
        end(&var, thread, SWIO_ECANCELED, "the listener was disconnected");
        assert_error(swio_session_recv(session, "DTMF", 1, NULL), SWIO_ECONN, "not connected");
        assert_ok(swio_listener_connect(s.listener));
        assert_ok(swio_listener_start(s.listener));
        wait_until(swio_session_ended(session)); /* the simulator knows no such channel */
        swio_session_unref(session);
        session = stage_session(&s, "a");
    }
}

static void test_lost(void **state)
{
    (void)state;
    waiter one = {.events = {"DTMF"}, .count = 1, .timeout = INFINITY};
    waiter two = {.events = {"DTMF"}, .count = 1, .timeout = INFINITY};
    begin(&one, true);
    begin(&two, false);
    s.r.sim = swio_sim_stop(s.r.sim);
    end(&one, true, SWIO_ECONN, "127.0.0.1:");
    end(&two, false, SWIO_ECONN, "127.0.0.1:");
}

/* The listener is closed by its last reference, while the session is held on. */
static void test_closed(void **state)
{
    (void)state;
    BOTH_WAYS(thread)
    {
        waiter one = {.events = {"DTMF"}, .count = 1, .timeout = INFINITY};
        waiter var = {.events = {"done"}, .timeout = INFINITY};
        begin(&one, thread);
        begin(&var, thread);
        swio_client_set_listener(s.client, NULL);
        swio_listener_unref(s.listener);
        end(&one, thread, SWIO_ECANCELED, "the listener was closed");
        end(&var, thread, SWIO_ECANCELED, "the listener was closed");
        assert_error(swio_session_recv(session, "DTMF", 1, NULL), SWIO_ECANCELED,
                     "the listener of the session a was closed");
        s.r.listeners[0] = NULL;
        tear_down(NULL);
        set_up(NULL);
    }
}

/* ---- in a callback ---- */

static void in_callback(void *arg)
{
    (void)arg;
    const char *events[] = {"DTMF", "CHANNEL_PARK"};
    const char *says =
        "would block the event loop: run it in a coroutine (SWIO_COROUTINE, swio_go)";
    assert_error(swio_session_recv(session, "DTMF", 1, NULL), SWIO_EWOULDBLOCK, says);
    assert_error(swio_session_poll(session, events, 2, 1, SWIO_POLL_ALL, NULL), SWIO_EWOULDBLOCK,
                 says);
    assert_error(swio_session_waitfor(session, "done", 1), SWIO_EWOULDBLOCK, says);
    assert_int_equal(swio_session_recv(session, "DTMF", 0, NULL), SWIO_ETIMEOUT);
    assert_int_equal(swio_session_waitfor(session, "done", 0), SWIO_ETIMEOUT);
}

static void test_callback(void **state)
{
    (void)state;
    on_loop(s.loop, in_callback, NULL);
    assert_int_equal(stage_waiting(&s), 0);
}

/* ---- many ---- */

/* The thread sanitizer knows at most 8,128 threads and coroutines at once. */
enum { MANY = SWIO_TSAN ? 2000 : 10000 };

static atomic_int served, digits;

static void serve(void *arg)
{
    (void)arg;
    swio_event *event = NULL;
    assert_ok(swio_session_recv(session, "DTMF", INFINITY, &event));
    atomic_fetch_add(&digits, 1);
    swio_event_unref(event);
    assert_int_equal(swio_session_recv(session, "CHANNEL_UNHOLD", 60, NULL), SWIO_ECANCELED);
    atomic_fetch_add(&served, 1);
}

static void test_many(void **state)
{
    (void)state;
    atomic_store(&served, 0);
    atomic_store(&digits, 0);
    for (int i = 0; i < MANY; i++)
        assert_ok(swio_go(s.loop, serve, NULL));
    wait_until(stage_waiting(&s) == MANY);
    stage_event(&s, "DTMF", "a");
    assert_int_equal(atomic_load(&digits), MANY); /* all of them while it was dispatched */
    assert_int_equal(stage_waiting(&s), MANY);
    stage_event(&s, "CHANNEL_DESTROY", "a");
    wait_until(atomic_load(&served) == MANY);
    assert_int_equal(stage_waiting(&s), 0);
}

enum { THREADS = 6, ROUNDS = 100 };

static void *wait_again_and_again(void *arg)
{
    atomic_int *ended = arg;
    const char *events[] = {"DTMF", "CHANNEL_PARK"};
    for (;;) {
        int error = swio_session_poll(session, events, 2, 0.0005, SWIO_POLL_ALL, NULL);
        if (error == SWIO_ECANCELED)
            break;
        assert_true(error == 0 || error == SWIO_ETIMEOUT);
    }
    atomic_fetch_add(ended, 1);
    return NULL;
}

/* Waits that time out while what they wait for comes. */
static void test_race(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    atomic_int ended = 0;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, wait_again_and_again, &ended), 0);
    for (int i = 0; i < ROUNDS; i++) {
        stage_event(&s, "DTMF", "a");
        stage_event(&s, "CHANNEL_PARK", "a");
    }
    assert_int_equal(atomic_load(&ended), 0);
    stage_event(&s, "CHANNEL_DESTROY", "a");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(stage_waiting(&s), 0);
}

static void test_no_memory(void **state)
{
    (void)state;
    const char *events[] = {"DTMF", "CHANNEL_PARK"};
    for (long n = 0; n < 8; n++) {
        swio_mem_fail_after(n, false);
        int polled = swio_session_poll(session, events, 2, 0.001, SWIO_POLL_ALL, NULL);
        int waited = swio_session_waitfor(session, "done", 0.001);
        swio_mem_fail_after(-1, false);
        assert_true(polled == SWIO_ENOMEM || polled == SWIO_ETIMEOUT);
        assert_true(waited == SWIO_ENOMEM || waited == SWIO_ETIMEOUT);
        assert_int_equal(stage_waiting(&s), 0);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_recv),    TEST(test_custom),    TEST(test_poll_first),   TEST(test_poll_all),
        TEST(test_timeout), TEST(test_waitfor),   TEST(test_session_ends), TEST(test_disconnected),
        TEST(test_lost),    TEST(test_closed),    TEST(test_callback),     TEST(test_many),
        TEST(test_race),    TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
