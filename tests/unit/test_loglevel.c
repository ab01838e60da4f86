/*
 * The log level of a switch, against the simulator.
 * labels: threaded
 */
#include <string.h>

#include "base/mem.h"
#include "support/rig.h"

static rig r;

static void assert_level(const char *expected)
{
    char *level = NULL;
    assert_ok(swio_client_loglevel(r.clients[0], 60, &level));
    assert_string_equal(level, expected);
    swio_text_free(level);
}

static void test_levels(void **state)
{
    (void)state;
    swio_client *c = r.clients[0];
    assert_ok(swio_client_set_loglevel(c, "debug", 60));
    assert_level("DEBUG");
    assert_ok(swio_client_set_loglevel(c, "warning", 0));
    assert_level("WARNING");
    assert_error(swio_client_set_loglevel(c, "bogus", 60), SWIO_EAPI,
                 "Invalid console loglevel (bogus)");
    assert_error(swio_client_set_loglevel(c, "a b", 5), SWIO_EINVAL, "a log level is a word");
    assert_error(swio_client_set_loglevel(c, "", 5), SWIO_EINVAL, "a log level is a word");
    assert_level("WARNING");
}

static void test_no_memory(void **state)
{
    (void)state;
    int error = SWIO_ENOMEM;
    for (long n = 0; error; n++) {
        char *level = NULL;
        swio_mem_fail_after(n, false);
        error = swio_client_loglevel(r.clients[0], 5, &level);
        swio_mem_fail_after(-1, false);
        assert_true(n < 500);
        assert_true(!error == (level != NULL));
        swio_text_free(level);
        if (!swio_client_connected(r.clients[0]))
            assert_ok(swio_client_connect(r.clients[0]));
    }
}

static int set_up(void **state)
{
    (void)state;
    rig_up(&r, NULL, true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_down(&r);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_levels),
                                       cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
