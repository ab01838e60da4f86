/*
 * The commands of a session, sent and waited for, against the simulator.
 * labels: threaded
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <switchio/log.h>

#include "support/on_loop.h"
#include "support/rig.h"
#include "support/wait.h"

static rig r;
static _Atomic(swio_session *) caller, callee;
static swio_job *job;

static int keep(swio_session *session, void *self)
{
    (void)self;
    atomic_store(swio_session_is_inbound(session) ? &callee : &caller, swio_session_ref(session));
    return 0;
}
static const swio_app keeper = {.name = "Keeper", .on = {SWIO_CALLBACK("CHANNEL_CREATE", keep)}};

/* A call that rings: the callee's leg is parked. */
static int set_up(void **state)
{
    (void)state;
    rig_up(&r, NULL, true);
    caller = callee = NULL;
    assert_ok(swio_client_load_app(r.clients[0], &keeper, &(swio_load_opts){.id = "k"}, NULL));
    swio_originate_opts opts = {.dest_url = r.url, .app_id = "k"};
    assert_ok(swio_client_originate(r.clients[0], &opts, &job));
    wait_until(caller && callee);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    swio_job_unref(job);
    swio_session_unref(caller);
    swio_session_unref(callee);
    rig_down(&r);
    return 0;
}

static void test_waits(void **state)
{
    (void)state;
    assert_false(swio_session_answered(callee));
    assert_ok(swio_session_answer(callee, 60));
    assert_true(swio_session_answered(callee));
    assert_ok(swio_session_answer(callee, 60)); /* nothing more comes: it was seen */
    assert_ok(swio_job_get(job, 60, NULL));
    assert_ok(swio_session_echo(callee, 60));
    assert_ok(swio_session_execute(caller, "set", "my_var=two words", 60));
    char command[128], *value = NULL;
    snprintf(command, sizeof command, "uuid_getvar %s my_var", swio_session_uuid(caller));
    assert_ok(swio_client_cmd(r.clients[0], command, 60, &value));
    assert_string_equal(value, "two words");
    swio_text_free(value);
    assert_ok(swio_session_hangup(callee, "USER_BUSY", 60));
    assert_true(swio_session_hungup(callee));
    assert_ok(swio_session_hangup(callee, NULL, 60));
    wait_until(swio_session_ended(callee) && swio_session_ended(caller));
    assert_string_equal(swio_session_cause(callee), "USER_BUSY");
    assert_int_equal(swio_session_answer(caller, 1), 0); /* it was answered */
    assert_int_equal(swio_session_park(caller, 1), SWIO_ECANCELED);
    assert_int_equal(swio_session_echo(caller, 1), SWIO_EAPI);
}

static _Atomic(bool) in_whole_seconds;

static void on_log(swio_log_level level, const char *file, int line, const char *text, void *arg)
{
    (void)level, (void)file, (void)line, (void)arg;
    if (strstr(text, "api sched_hangup +1 "))
        in_whole_seconds = true;
}

static void test_sched_hangup(void **state)
{
    (void)state;
    swio_log_set_handler(on_log, NULL);
    swio_log_set_level(SWIO_LOG_TRACE);
    assert_ok(swio_session_answer(callee, 60));
    assert_ok(swio_session_sched_hangup(caller, 0.2, "ALLOTTED_TIMEOUT", 10));
    wait_until(swio_session_ended(caller));
    swio_log_set_level(SWIO_LOG_WARNING);
    swio_log_set_handler(NULL, NULL);
    assert_true(in_whole_seconds);
    assert_string_equal(swio_session_cause(caller), "ALLOTTED_TIMEOUT");
}

static void *play(void *arg)
{
    int *result = arg;
    *result = swio_session_playback(caller, "tone_stream://%(251,0,1004)",
                                    &(swio_playback_opts){.endless = true}, 30);
    return NULL;
}

/* A wait for what will never come ends with the session. */
static void test_cancelled(void **state)
{
    (void)state;
    pthread_t thread;
    int result = 0;
    assert_ok(swio_session_answer(callee, 60));
    assert_ok(swio_job_wait(job, 60));
    assert_int_equal(pthread_create(&thread, NULL, play, &result), 0);
    wait_until(swio_session_get(caller, "variable_current_application") ||
               swio_session_event_count(caller) > 3);
    assert_ok(swio_session_hangup(callee, NULL, 60));
    pthread_join(thread, NULL);
    assert_true(result == SWIO_ECANCELED || result == SWIO_EAPI || result == 0);
}

static void test_timeout(void **state)
{
    (void)state;
    assert_ok(swio_session_answer(callee, 60));
    assert_error(swio_session_playback(caller, "tone_stream://%(251,0,1004)",
                                       &(swio_playback_opts){.endless = true}, 0.05),
                 SWIO_ETIMEOUT, "PLAYBACK_STOP of the session");
}

static void test_refused(void **state)
{
    (void)state;
    assert_error(swio_session_hangup(caller, "NO SUCH", 0), SWIO_EINVAL, "no hangup cause");
    assert_error(swio_session_hangup(caller, "A\nB", 0), SWIO_EINVAL, "no hangup cause");
    assert_int_equal(swio_session_sched_hangup(caller, -1, NULL, 0), SWIO_EINVAL);
    assert_error(swio_session_playback(caller, "a\nb", NULL, 0), SWIO_EINVAL, "line break");
    assert_error(swio_session_execute(caller, "set\n", "a=b", 0), SWIO_EINVAL, "line break");
}

static void in_callback(void *arg)
{
    (void)arg;
    assert_error(swio_session_answer(callee, 1), SWIO_EWOULDBLOCK, "answer");
    assert_int_equal(swio_session_echo(callee, 1), SWIO_EWOULDBLOCK);
    assert_ok(swio_session_answer(callee, 0));
}

static void test_in_callback(void **state)
{
    (void)state;
    on_loop(r.loop, in_callback, NULL);
    assert_ok(swio_job_get(job, 60, NULL));
}

static atomic_int outcome;

static void talk(void *arg)
{
    (void)arg;
    int error = swio_session_answer(callee, 10);
    if (!error)
        error = swio_session_hangup(callee, NULL, 10);
    outcome = error ? error : 1;
}

/* The same calls suspend a coroutine. */
static void test_in_coroutine(void **state)
{
    (void)state;
    outcome = 0;
    assert_ok(swio_go(r.loop, talk, NULL));
    wait_until(outcome);
    assert_int_equal(outcome, 1);
    assert_true(swio_session_hungup(callee));
}

/* A listener without a client sends its commands itself. */
static void test_own_connection(void **state)
{
    (void)state;
    assert_ok(swio_client_set_listener(r.clients[0], NULL));
    assert_ok(swio_session_answer(callee, 60));
    assert_ok(swio_session_hangup(callee, NULL, 60));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_waits),        TEST(test_sched_hangup),   TEST(test_cancelled),
        TEST(test_timeout),      TEST(test_refused),        TEST(test_in_callback),
        TEST(test_in_coroutine), TEST(test_own_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
