#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/host.h"

static void the_share_of_the_host_is_of_all_time(void **state)
{
    (void)state;
    host_time from = host_time_parse("cpu  100 10 50 800 20 5 5 10 60 0\n");
    host_time to = host_time_parse("cpu  150 10 70 900 20 5 5 40 90 0\n");
    assert_int_equal(from.stolen, 10);
    assert_int_equal(from.all, 1000); /* what guests had is in `user` already */
    assert_int_equal(to.all, 1200);
    assert_true(host_time_stolen(from, to) > 0.1499 && host_time_stolen(from, to) < 0.1501);
}

static void nothing_is_said_where_nobody_knows(void **state)
{
    (void)state;
    host_time known = host_time_parse("cpu  150 10 70 900 20 5 5 40 90 0\n");
    static const char *const lines[] = {"", "cpu", "cpu0 1 2 3 4 5 6 7 8", "cpu  1 2 3 4\n",
                                        "cpu  1 2 3 4 5 6 7 x\n"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        host_time none = host_time_parse(lines[i]);
        assert_int_equal(none.all, 0);
        assert_true(host_time_stolen(none, known) == 0);
        assert_true(host_time_stolen(known, none) == 0);
    }
    assert_true(host_time_stolen(known, known) == 0);
}

static void this_machine_tells(void **state)
{
    (void)state;
    host_time now = host_time_now();
    assert_true(now.all > 0 && now.stolen <= now.all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_share_of_the_host_is_of_all_time),
        cmocka_unit_test(nothing_is_said_where_nobody_knows),
        cmocka_unit_test(this_machine_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
