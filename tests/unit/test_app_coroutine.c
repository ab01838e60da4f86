/*
 * Coroutines of apps: their life, their failures, and what ends them.
 * labels: threaded
 */
#include <math.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "loop/sanitizer.h"
#include "support/notes.h"
#include "support/stage.h"

static stage s;
static atomic_int running, ended, torn_down;

static int set_up(void **state)
{
    (void)state;
    notes_clear();
    notes_take_log(SWIO_LOG_DEBUG);
    stage_up(&s);
    atomic_store(&running, 0);
    atomic_store(&ended, 0);
    atomic_store(&torn_down, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stage_down(&s);
    swio_log_set_handler(NULL, NULL);
    swio_log_set_level(SWIO_LOG_WARNING);
    return 0;
}

/* All that ran is over. */
static void count_teardown(void *self)
{
    (void)self;
    assert_int_equal(atomic_load(&running), 0);
    atomic_fetch_add(&torn_down, 1);
}

/* ---- a flow ---- */

static int flow(swio_session *session, void *self)
{
    assert_true(swio_in_coroutine());
    assert_string_equal(swio_session_uuid(session), "a");
    note(*(const char *)self);
    swio_event *event = NULL;
    assert_ok(swio_sleep(0.001));
    assert_ok(swio_session_recv(session, "DTMF", 20, &event));
    assert_string_equal(swio_event_get(event, "Unique-ID"), "a");
    swio_event_unref(event);
    note('d');
    return 0;
}
static const swio_app flowing = {.name = "Flowing", .on = {SWIO_COROUTINE("CHANNEL_PARK", flow)}};

/* The session is held by the coroutine alone. */
static void test_flow(void **state)
{
    (void)state;
    swio_session *session = stage_session(&s, "a");
    stage_load(&s, &flowing, (void *)"1");
    stage_event(&s, "CHANNEL_PARK", "a");
    expect_notes("1");
    swio_session_unref(session);
    wait_until(stage_waiting(&s) == 1);
    stage_event(&s, "DTMF", "a");
    expect_notes("d");
    stage_event(&s, "CHANNEL_DESTROY", "a");
    assert_false(logged("failed"));
}

/* ---- failures ---- */

static int fails_later(swio_session *session, void *self)
{
    (void)self;
    swio_sleep(0.001);
    int error = swio_session_recv(session, "A B", 1, NULL);
    note('f');
    return error;
}

static int goes_well(swio_session *session, void *self)
{
    (void)session, (void)self;
    assert_ok(swio_sleep(0.001));
    note('g');
    return 0;
}
static const swio_app failing = {
    .name = "Failing",
    .on = {SWIO_COROUTINE("CHANNEL_PARK", fails_later), SWIO_COROUTINE("CHANNEL_PARK", goes_well)}};

static void test_failure(void **state)
{
    (void)state;
    swio_session_unref(stage_session(&s, "a"));
    stage_load(&s, &failing, NULL);
    stage_event(&s, "CHANNEL_PARK", "a");
    expect_notes("fg");
    wait_until(logged("0 the app Failing (app) failed on CHANNEL_PARK of the session a: 'A B' is "
                      "no name of an event"));
}

static int counts(swio_session *session, void *self)
{
    (void)session, (void)self;
    atomic_fetch_add(&ended, 1);
    return 0;
}
static const swio_app counting = {.name = "Counting",
                                  .on = {SWIO_COROUTINE("CHANNEL_PARK", counts)}};

/* It runs, or the log says why it does not. */
static void test_no_memory(void **state)
{
    (void)state;
    int refused = 0;
    swio_session_unref(stage_session(&s, "a"));
    stage_load(&s, &counting, NULL);
    for (int i = 0; i < 3; i++) /* so that the model has its working memory */
        stage_event(&s, "CHANNEL_PARK", "a");
    for (long n = 0; n < 16; n++) {
        int before = atomic_load(&ended);
        swio_event *event = channel_event("CHANNEL_PARK", "a", 1, SWIO_APP_HEADER, "app");
        stage_cue cue = {&s, event};
        on_loop_call call = {.fn = stage_dispatch, .arg = &cue};
        assert_ok(swio_completion_new(s.loop, &call.done));
        notes_clear();
        swio_mem_fail_after(1 + n, false); /* the post is the first */
        assert_ok(swio_loop_post(s.loop, on_loop_run, &call));
        assert_ok(swio_completion_wait(call.done, 60, "the loop"));
        swio_mem_fail_after(-1, false);
        if (atomic_load(&ended) == before) {
            assert_true(logged("0 the app Counting (app) failed on CHANNEL_PARK of the session a: "
                               "out of memory"));
            refused++;
        }
        swio_obj_unref(call.done);
        swio_event_unref(event);
    }
    assert_true(refused > 1);
}

/* ---- the end of the session ---- */

static int lives_on(swio_session *session, void *self)
{
    (void)self;
    atomic_fetch_add(&running, 1);
    int error = swio_sleep(60);
    if (error == SWIO_ECANCELED)
        note('x');
    assert_error(swio_sleep(60), SWIO_ECANCELED, swio_session_ended(session) ? "ended" : "");
    atomic_fetch_sub(&running, 1);
    atomic_fetch_add(&ended, 1);
    return error;
}
static const swio_app sleeping = {.name = "Sleeping",
                                  .on = {SWIO_COROUTINE("CHANNEL_PARK", lives_on)},
                                  .teardown = count_teardown};

static void test_session_ends(void **state)
{
    (void)state;
    swio_session_unref(stage_session(&s, "a"));
    swio_session_unref(stage_session(&s, "b"));
    stage_load(&s, &sleeping, NULL);
    stage_event(&s, "CHANNEL_PARK", "a");
    stage_event(&s, "CHANNEL_PARK", "b");
    assert_int_equal(atomic_load(&running), 2);
    stage_event(&s, "CHANNEL_DESTROY", "a");
    expect_notes("x");
    wait_until(atomic_load(&running) == 1);
    wait_until(logged("3 the app Sleeping (app) failed on CHANNEL_PARK of the session a"));
    assert_false(logged("0 the app"));
    stage_event(&s, "CHANNEL_DESTROY", "b");
    expect_notes("x");
}

static int after_all(swio_session *session, void *self)
{
    (void)self;
    assert_true(swio_session_ended(session));
    assert_ok(swio_sleep(0.001));
    assert_int_equal(swio_session_recv(session, "DTMF", 1, NULL), SWIO_ECANCELED);
    assert_ok(swio_sleep(0.001));
    note('e');
    return 0;
}
static const swio_app closing_app = {.name = "Closing",
                                     .on = {SWIO_COROUTINE("CHANNEL_DESTROY", after_all)}};

/* A coroutine that begins with the end of its session is not cut short by it. */
static void test_after_end(void **state)
{
    (void)state;
    swio_session_unref(stage_session(&s, "a"));
    stage_load(&s, &closing_app, NULL);
    stage_event(&s, "CHANNEL_DESTROY", "a");
    expect_notes("e");
}

/* ---- unloading ---- */

static void test_unload(void **state)
{
    (void)state;
    swio_session_unref(stage_session(&s, "a"));
    stage_load(&s, &sleeping, NULL);
    stage_event(&s, "CHANNEL_PARK", "a");
    stage_event(&s, "CHANNEL_PARK", "a");
    assert_int_equal(atomic_load(&running), 2);
    assert_ok(swio_client_unload_app(s.client, "Sleeping"));
    assert_int_equal(atomic_load(&torn_down), 1); /* and nothing of it runs */
    expect_notes("xx");
    stage_event(&s, "CHANNEL_PARK", "a");
    assert_int_equal(atomic_load(&running), 0);
    assert_true(logged("the app Sleeping was unloaded"));
}

static void unload_in_callback(void *arg)
{
    (void)arg;
    assert_ok(swio_client_unload_app(s.client, "app"));
    assert_int_equal(atomic_load(&torn_down), 0); /* they end soon */
}

static void unload_in_coroutine(void *arg)
{
    (void)arg;
    assert_ok(swio_client_unload_app(s.client, "app"));
    assert_int_equal(atomic_load(&torn_down), 1);
    note('u');
}

static void test_unload_on_loop(void **state)
{
    (void)state;
    swio_session_unref(stage_session(&s, "a"));
    stage_load(&s, &sleeping, NULL);
    stage_event(&s, "CHANNEL_PARK", "a");
    on_loop(s.loop, unload_in_callback, NULL);
    wait_until(atomic_load(&torn_down) == 1);
    expect_notes("x");

    atomic_store(&torn_down, 0);
    stage_load(&s, &sleeping, NULL);
    stage_event(&s, "CHANNEL_PARK", "a");
    assert_ok(swio_go(s.loop, unload_in_coroutine, NULL));
    expect_notes("xu");
}

/* Its own app: it cannot wait for itself. */
static int unloads_itself(swio_session *session, void *self)
{
    (void)session, (void)self;
    atomic_fetch_add(&running, 1);
    assert_ok(swio_client_unload_app(s.client, "app"));
    assert_int_equal(atomic_load(&torn_down), 0);
    assert_error(swio_sleep(1), SWIO_ECANCELED, "the app Suicidal was unloaded");
    note('s');
    atomic_fetch_sub(&running, 1);
    return 0;
}
static const swio_app suicidal = {.name = "Suicidal",
                                  .on = {SWIO_COROUTINE("CHANNEL_PARK", unloads_itself),
                                         SWIO_COROUTINE("CHANNEL_PARK", lives_on)},
                                  .teardown = count_teardown};

static void test_unloads_itself(void **state)
{
    (void)state;
    swio_session_unref(stage_session(&s, "a"));
    stage_load(&s, &suicidal, NULL);
    stage_event(&s, "CHANNEL_PARK", "a");
    assert_true(noted("s")); /* what would have followed does not run */
    assert_int_equal(atomic_load(&torn_down), 1);
}

/* ---- closing the listener ---- */

static void close_listener(void)
{
    assert_ok(swio_client_set_listener(s.client, NULL));
    swio_listener_unref(s.listener);
    s.r.listeners[0] = NULL;
}

/* When it returns nothing runs any more: not even what was unloaded before and is running out. */
static void test_closed(void **state)
{
    (void)state;
    swio_session *session = stage_session(&s, "a");
    stage_load(&s, &sleeping, NULL);
    stage_event(&s, "CHANNEL_PARK", "a");
    on_loop(s.loop, unload_in_callback, NULL);
    stage_load(&s, &sleeping, NULL);
    stage_event(&s, "CHANNEL_PARK", "a");
    close_listener();
    assert_int_equal(atomic_load(&torn_down), 2);
    assert_int_equal(atomic_load(&ended), 2);
    swio_session_unref(session);
}

static void give_up(void *arg)
{
    (void)arg;
    close_listener();
}

static void test_closed_on_loop(void **state)
{
    (void)state;
    swio_session_unref(stage_session(&s, "a"));
    stage_load(&s, &sleeping, NULL);
    stage_event(&s, "CHANNEL_PARK", "a");
    on_loop(s.loop, give_up, NULL);
    wait_until(atomic_load(&torn_down) == 1);
}

static int closes(swio_session *session, void *self)
{
    (void)self;
    swio_session_ref(session);
    close_listener();
    assert_error(swio_sleep(10), SWIO_ECANCELED, "the app Closer was unloaded");
    assert_int_equal(swio_session_recv(session, "DTMF", 10, NULL), SWIO_ECANCELED);
    /* The app was unloaded first; its listener may be closed by now, or soon. */
    int error = swio_session_hangup(session, NULL, 0);
    assert_true(!error || error == SWIO_ECONN);
    swio_session_unref(session);
    note('c');
    return 0;
}
static const swio_app closer = {
    .name = "Closer", .on = {SWIO_COROUTINE("CHANNEL_PARK", closes)}, .teardown = count_teardown};

static void test_closed_in_coroutine(void **state)
{
    (void)state;
    swio_session_unref(stage_session(&s, "a"));
    stage_load(&s, &closer, NULL);
    stage_event(&s, "CHANNEL_PARK", "a");
    expect_notes("c");
    wait_until(atomic_load(&torn_down) == 1);
}

/* ---- many ---- */

/* The thread sanitizer knows at most 8,128 threads and coroutines at once, and under either each
 * costs ten times as much. */
enum { MANY = SWIO_TSAN || SWIO_ASAN ? 1000 : 10000 };

static void give_many(void *arg)
{
    const char *name = arg;
    for (int i = 0; i < MANY; i++) {
        char uuid[16];
        snprintf(uuid, sizeof uuid, "call-%d", i);
        swio_event *event = channel_event(name, uuid, 1, SWIO_APP_HEADER, "app");
        swio_listener_dispatch(NULL, event, s.listener);
        swio_event_unref(event);
    }
}

/* As many calls with a suspended flow each. */
static void test_many(void **state)
{
    (void)state;
    notes_take_log(SWIO_LOG_WARNING);
    stage_load(&s, &sleeping, NULL);
    on_loop(s.loop, give_many, (void *)"CHANNEL_CREATE");
    on_loop(s.loop, give_many, (void *)"CHANNEL_PARK");
    assert_int_equal(atomic_load(&running), MANY);
    on_loop(s.loop, give_many, (void *)"CHANNEL_DESTROY");
    wait_until(atomic_load(&ended) == MANY);
    assert_int_equal(atomic_load(&torn_down), 0);
    on_loop(s.loop, give_many, (void *)"CHANNEL_CREATE");
    on_loop(s.loop, give_many, (void *)"CHANNEL_PARK");
    close_listener();
    assert_int_equal(atomic_load(&ended), 2 * MANY);
}

/* ---- placing calls ---- */

static swio_job *placed;

static int originates(swio_session *session, void *self)
{
    (void)session;
    swio_originate_opts opts = {.dest_url = s.r.url, .app_id = "second"};
    assert_ok(swio_client_originate(self, &opts, &placed));
    assert_error(swio_job_get(placed, 1, NULL), SWIO_EWOULDBLOCK, "run it in a coroutine");
    return 0;
}
static const swio_app from_callback = {.name = "FromCallback",
                                       .on = {SWIO_CALLBACK("CHANNEL_PARK", originates)}};

static int answers(swio_session *session, void *self)
{
    (void)self;
    return swio_session_is_inbound(session) ? swio_session_answer(session, 0) : 0;
}
static const swio_app answerer = {.name = "Answerer",
                                  .on = {SWIO_CALLBACK("CHANNEL_PARK", answers)}};

static int originates_and_waits(swio_session *session, void *self)
{
    swio_originate_opts opts = {.dest_url = s.r.url, .app_id = "second"};
    swio_job *job = NULL;
    const char *uuid = NULL;
    (void)session;
    assert_ok(swio_client_originate(self, &opts, &job));
    assert_error(swio_job_get(job, 0, NULL), SWIO_ETIMEOUT, "has not come yet");
    assert_ok(swio_job_get(job, 60, &uuid));
    assert_string_equal(uuid, swio_job_sess_uuid(job));
    swio_session *second = swio_listener_session(s.listener, uuid);
    assert_true(swio_session_answered(second));
    assert_ok(swio_session_hangup(second, NULL, 60));
    assert_ok(swio_session_recv(second, "CHANNEL_DESTROY", 20, NULL));
    swio_session_unref(second);
    swio_job_unref(job);
    note('o');
    return 0;
}
static const swio_app from_coroutine = {
    .name = "FromCoroutine", .on = {SWIO_COROUTINE("CHANNEL_PARK", originates_and_waits)}};

static void test_originate(void **state)
{
    (void)state;
    swio_session_unref(stage_session(&s, "a"));
    assert_ok(swio_client_load_app(s.client, &answerer, &(swio_load_opts){.id = "second"}, NULL));
    stage_load(&s, &from_callback, s.client);
    stage_event(&s, "CHANNEL_PARK", "a");
    assert_ok(swio_job_get(placed, 60, NULL));
    swio_job_unref(placed);
    assert_ok(swio_client_unload_app(s.client, "FromCallback"));

    stage_load(&s, &from_coroutine, s.client);
    stage_event(&s, "CHANNEL_PARK", "a");
    expect_notes("o");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_flow),           TEST(test_failure),        TEST(test_no_memory),
        TEST(test_session_ends),   TEST(test_after_end),      TEST(test_unload),
        TEST(test_unload_on_loop), TEST(test_unloads_itself), TEST(test_closed),
        TEST(test_closed_on_loop), TEST(test_many),           TEST(test_closed_in_coroutine),
        TEST(test_originate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
