/*
 * What a listener counts and lists, against the simulator.
 * labels: threaded
 */
#include <string.h>

#include "base/mem.h"
#include "support/rig.h"
#include "support/wait.h"

static rig r;

/* An inbound leg that answers, or refuses. */
static int on_park(swio_session *session, void *self)
{
    const char *cause = self;
    if (!swio_session_is_inbound(session))
        return 0;
    return cause ? swio_session_hangup(session, cause, 0) : swio_session_answer(session, 0);
}
static const swio_app app = {.name = "App", .on = {SWIO_CALLBACK("CHANNEL_PARK", on_park)}};

static int set_up(void **state)
{
    (void)state;
    rig_up(&r, NULL, true);
    assert_ok(swio_client_load_app(r.clients[0], &app, &(swio_load_opts){.id = "yes"}, NULL));
    static char busy[] = "USER_BUSY";
    assert_ok(swio_client_load_app(r.clients[0], &app, &(swio_load_opts){.id = "no", .self = busy},
                                   NULL));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_down(&r);
    return 0;
}

/* One call under this app id; its job has ended when this returns. */
static swio_job *place(const char *app_id)
{
    swio_job *job = NULL;
    swio_originate_opts opts = {.dest_url = r.url, .app_id = app_id};
    assert_ok(swio_client_originate(r.clients[0], &opts, &job));
    assert_ok(swio_job_wait(job, 60));
    return job;
}

static int64_t counted(swio_counter which, const char *name)
{
    swio_counts *counts = NULL;
    assert_ok(swio_listener_counts(r.listeners[0], which, &counts));
    int64_t n = swio_counts_get(counts, name);
    swio_counts_free(counts);
    return n;
}

static void test_counters(void **state)
{
    (void)state;
    swio_listener *l = r.listeners[0];
    swio_job_unref(place("yes"));
    for (int i = 0; i < 2; i++) {
        swio_job *job = place("no");
        assert_error(swio_job_get(job, 0, NULL), SWIO_EJOB, "-ERR USER_BUSY");
        swio_job_unref(job);
    }
    wait_until(swio_listener_count_sessions(l) == 2);
    wait_until(swio_listener_count_answered(l) == 2);
    assert_int_equal(counted(SWIO_COUNT_APPS, "yes"), 2);
    assert_int_equal(counted(SWIO_COUNT_APPS, "no"), 0);
    assert_int_equal(counted(SWIO_COUNT_APPS_TOTAL, "no"), 4);
    assert_int_equal(counted(SWIO_COUNT_FAILED_JOBS, "USER_BUSY"), 2);
    assert_int_equal(counted(SWIO_COUNT_CAUSES, "USER_BUSY"), 4);
    assert_ok(swio_client_hupall(r.clients[0], "yes", 60));
    wait_until(swio_listener_count_calls(l) == 0);
    assert_int_equal(counted(SWIO_COUNT_CAUSES, "NORMAL_CLEARING"), 2);

    swio_totals totals;
    swio_listener_totals(l, &totals);
    assert_int_equal(totals.sessions, 6);
    assert_int_equal(totals.originated, 3);
    assert_int_equal(totals.answered, 2);
    assert_int_equal(totals.failed, 4);
    assert_int_equal(totals.jobs, 3);
    assert_int_equal(totals.failed_jobs, 2);
    swio_counts *none = NULL;
    assert_error(swio_listener_counts(l, (swio_counter)9, &none), SWIO_EINVAL, "no counter");
    swio_listener_reset(l);
    assert_int_equal(counted(SWIO_COUNT_CAUSES, "USER_BUSY"), 0);
}

static void test_lists(void **state)
{
    (void)state;
    swio_listener *l = r.listeners[0];
    swio_session **sessions = NULL;
    swio_call **calls = NULL;
    swio_job **jobs = NULL;
    size_t count = 9;
    assert_ok(swio_listener_calls(l, &calls, &count));
    assert_int_equal(count, 0);
    assert_null(calls[0]);
    swio_calls_free(calls);

    swio_job *first = place("yes"), *second = place("yes");
    swio_job_unref(place("no"));
    wait_until(swio_listener_count_sessions(l) == 4);
    assert_ok(swio_listener_calls(l, &calls, &count));
    assert_int_equal(count, 2);
    assert_string_equal(swio_call_uuid(calls[0]), swio_job_sess_uuid(first));
    assert_string_equal(swio_call_uuid(calls[1]), swio_job_sess_uuid(second));
    assert_null(calls[2]);
    assert_ok(swio_listener_sessions(l, &sessions, NULL));
    assert_string_equal(swio_session_uuid(sessions[0]), swio_job_sess_uuid(first));
    assert_ok(swio_listener_jobs(l, &jobs, &count));
    assert_int_equal(count, 2);
    assert_ptr_equal(jobs[0], first);
    swio_job *found = swio_listener_job(l, swio_job_uuid(second));
    assert_ptr_equal(found, second);
    swio_job_unref(found);
    assert_null(swio_listener_job(l, "nobody's"));
    assert_null(swio_listener_call(l, "nobody's"));
    assert_null(swio_listener_session(l, "nobody's"));
    swio_call *call = swio_call_ref(calls[0]); /* which outlives the list */
    swio_calls_free(calls);
    swio_sessions_free(sessions);
    swio_jobs_free(jobs);
    assert_string_equal(swio_call_uuid(call), swio_job_sess_uuid(first));
    swio_call_unref(call);

    assert_ok(swio_listener_failed(l, "USER_BUSY", &sessions, &count));
    assert_int_equal(count, 2);
    assert_string_equal(swio_session_cause(sessions[0]), "USER_BUSY");
    swio_sessions_free(sessions);
    assert_ok(swio_listener_failed(l, "NO_SUCH_CAUSE", &sessions, &count));
    assert_int_equal(count, 0);
    swio_sessions_free(sessions);
    swio_sessions_free(NULL);
    swio_calls_free(NULL);
    swio_jobs_free(NULL);
    swio_job_unref(first);
    swio_job_unref(second);
}

static void test_clock(void **state)
{
    (void)state;
    swio_listener *l = r.listeners[0];
    assert_int_equal(swio_listener_epoch_us(l), 0);
    assert_true(!(swio_listener_uptime(l) > 0));
    swio_job_unref(place("yes"));
    assert_ok(swio_client_hupall(r.clients[0], NULL, 60));
    wait_until(swio_listener_count_calls(l) == 0);
    assert_true(swio_listener_epoch_us(l) > 1600000000000000);
    assert_true(swio_listener_uptime(l) >= 0 && swio_listener_uptime(l) < 60);
}

/* A call counts from its launch on: many in a row do not pass the limit. */
static void test_max_limit(void **state)
{
    (void)state;
    swio_listener *l = r.listeners[0];
    assert_int_equal(swio_listener_max_limit(l), 0);
    assert_false(swio_listener_full(l));
    swio_listener_set_max_limit(l, 3);
    swio_originate_opts opts = {.dest_url = r.url}; /* nobody answers: it rings */
    for (int i = 0; i < 3; i++) {
        assert_false(swio_listener_full(l));
        assert_ok(swio_client_originate(r.clients[0], &opts, NULL));
    }
    assert_true(swio_listener_full(l));
    wait_until(swio_listener_count_sessions(l) == 6);
    assert_true(swio_listener_full(l));
    swio_listener_set_max_limit(l, 4);
    assert_false(swio_listener_full(l));
    assert_ok(swio_client_hupall(r.clients[0], NULL, 60));
    wait_until(swio_listener_count_calls(l) == 0 && swio_listener_count_jobs(l) == 0);
    swio_listener_set_max_limit(l, 1);
    assert_false(swio_listener_full(l));

    /* One that never gets a session gives its place back as well. */
    opts.dest_url = "nobody@127.0.0.1:1";
    assert_ok(swio_client_originate(r.clients[0], &opts, NULL));
    wait_until(swio_listener_count_jobs(l) == 0 && swio_listener_count_calls(l) == 0);
    assert_false(swio_listener_full(l));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_counters), TEST(test_lists), TEST(test_clock),
                                       TEST(test_max_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
