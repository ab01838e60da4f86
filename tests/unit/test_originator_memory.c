/*
 * An originator when memory runs out: nothing leaks, and the books stay even.
 * labels: threaded
 */
#include "base/mem.h"
#include "support/dial_rig.h"

static const swio_originator_app apps[] = {{.app_id = "dial"}, {.app_id = "b", .weight = 2}};
static const swio_stage stages[] = {{1, 10}, {0, 0}};

static void test_making(void **state)
{
    (void)state;
    int error = SWIO_ENOMEM;
    swio_originator_opts opts = {.clients = r.clients,
                                 .client_count = 2,
                                 .apps = apps,
                                 .app_count = 2,
                                 .stages = stages,
                                 .stage_count = 2,
                                 .originate = {.dest_url = r.url}};
    for (long n = 0; error; n++) {
        swio_originator *o = NULL;
        swio_mem_fail_after(n, false);
        error = swio_originator_new(&opts, &o);
        swio_mem_fail_after(-1, false);
        assert_true(error == 0 || error == SWIO_ENOMEM);
        assert_true(n < 1000);
        swio_originator_unref(o);
    }
}

static void test_adding(void **state)
{
    (void)state;
    swio_originator *o =
        make(1, (swio_originator_opts){.rate = 10, .max_offered = 1, .duration = 1});
    swio_originator_app_counts app;
    int error = SWIO_ENOMEM;
    /* When all is over, its callbacks are loaded still, and nobody else allocates. */
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    for (long n = 0; error; n++) {
        swio_mem_fail_after(n, false);
        error = swio_originator_add_app(o, &(swio_originator_app){.app_id = "more"});
        swio_mem_fail_after(-1, false);
        assert_true(error == 0 || error == SWIO_ENOMEM);
        assert_int_equal(swio_originator_app_at(o, 1, &app), error == 0);
        assert_true(n < 1000);
    }
    swio_originator_unref(o);
}

/* The allocation that fails is perhaps one of the simulator, which loses the call then. */
static void test_running(void **state)
{
    for (long n = 0; n < 240; n += 7) {
        swio_originator *o = make_recorded(
            1, (swio_originator_opts){.rate = 1000, .limit = 10, .max_offered = 3, .duration = 1});
        swio_mem_fail_after(n, false);
        int error = swio_originator_start(o);
        while (!error && swio_originator_wait_stopped(o, 0.01) == SWIO_ETIMEOUT)
            continue;
        swio_mem_fail_after(-1, false);
        if (!error)
            swio_originator_shutdown(o, 0.05);
        swio_originator_counts c = counts(o);
        assert_int_equal(c.active, 0);
        assert_int_equal(c.answered + c.failed + c.lost, c.offered);
        assert_int_equal(record_count, c.offered + c.blocked);
        swio_originator_unref(o);
        tear_down(state);
        set_up(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIAL_TEST(test_making),
        DIAL_TEST(test_adding),
        DIAL_TEST(test_running),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
