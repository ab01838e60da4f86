/*
 * Sums over the nodes of a pool.
 * labels: threaded
 */
#include <switchio/pool.h>

#include "base/mem.h"
#include "support/rig.h"
#include "support/wait.h"

static int on_park(swio_session *session, void *self)
{
    (void)self;
    return swio_session_is_inbound(session) ? swio_session_hangup(session, "USER_BUSY", 0) : 0;
}
static const swio_app busy = {.name = "Busy", .on = {SWIO_CALLBACK("CHANNEL_PARK", on_park)}};

/* So many calls of a node to itself, that are answered, or refused. */
static void call(swio_pool *pool, size_t node, const char *app_id, int times)
{
    char *address = NULL, url[128];
    swio_client *client = swio_pool_client(pool, node);
    assert_ok(swio_client_sip_address(client, "external", &address));
    snprintf(url, sizeof url, "pool@%s", address);
    swio_text_free(address);
    for (int i = 0; i < times; i++) {
        swio_job *job = NULL;
        swio_originate_opts opts = {.dest_url = url, .app_id = app_id};
        assert_ok(swio_client_originate(client, &opts, &job));
        assert_ok(swio_job_wait(job, 60));
        swio_job_unref(job);
    }
}

static int64_t counted(swio_pool *pool, swio_counter which, const char *name)
{
    swio_counts *counts = NULL;
    assert_ok(swio_pool_counts(pool, which, &counts));
    int64_t n = swio_counts_get(counts, name);
    swio_counts_free(counts);
    return n;
}

static void test_sums(void **state)
{
    (void)state;
    const char *const contacts[] = {"sim", "sim"};
    swio_pool *pool = NULL;
    assert_ok(swio_pool_new(contacts, 2, NULL, &pool));
    assert_ok(swio_pool_connect(pool));
    assert_ok(swio_pool_load_app(pool, &busy, &(swio_load_opts){.id = "busy"}, NULL));
    assert_ok(swio_pool_load_app(pool, &swio_app_tone_play, &(swio_load_opts){.id = "tone"}, NULL));
    call(pool, 0, "busy", 1);
    call(pool, 1, "busy", 2);
    call(pool, 0, "tone", 1);
    call(pool, 1, "tone", 1);
    wait_until(swio_pool_count_answered(pool) == 4 && swio_pool_count_failed(pool) == 6);
    assert_int_equal(swio_pool_count_sessions(pool), 4);
    assert_int_equal(swio_pool_count_calls(pool), 2);
    assert_int_equal(swio_pool_count_jobs(pool), 2);
    assert_int_equal(counted(pool, SWIO_COUNT_CAUSES, "USER_BUSY"), 6);
    assert_int_equal(counted(pool, SWIO_COUNT_FAILED_JOBS, "USER_BUSY"), 3);
    assert_int_equal(counted(pool, SWIO_COUNT_APPS, "tone"), 4);

    swio_totals sum, one, other;
    swio_pool_totals(pool, &sum);
    swio_listener_totals(swio_pool_listener(pool, 0), &one);
    swio_listener_totals(swio_pool_listener(pool, 1), &other);
    assert_int_equal(sum.sessions, 10);
    assert_int_equal(one.sessions, 4);
    assert_int_equal(other.sessions, 6);
    assert_int_equal(sum.events, one.events + other.events);
    assert_int_equal(sum.failed_jobs, 3);
    assert_int_equal(sum.forgotten, 0);

    swio_counts *none = NULL;
    assert_error(swio_pool_counts(pool, (swio_counter)9, &none), SWIO_EINVAL, "no counter");
    for (long n = 0; n < 4; n++) {
        swio_mem_fail_after(n, true);
        int error = swio_pool_counts(pool, SWIO_COUNT_CAUSES, &none);
        swio_mem_fail_after(-1, false);
        assert_int_equal(error, SWIO_ENOMEM);
    }
    swio_pool_reset(pool);
    assert_int_equal(swio_pool_count_failed(pool), 0);
    swio_pool_unref(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sums)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
