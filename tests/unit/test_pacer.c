/* Deadlines of arrivals: computed from the start, without a drift. */
#include "dial/pacer.h"
#include "support/cmocka.h"

static const uint64_t SECOND = 1000000000;

static void test_uniform(void **state)
{
    (void)state;
    swio_pacer p;
    swio_pacer_start(&p, 5 * SECOND, 4);
    for (uint64_t n = 0; n < 100; n++) {
        assert_int_equal(swio_pacer_due(&p), 5 * SECOND + n * SECOND / 4);
        swio_pacer_take(&p);
    }
}

/* 1/3 s is no whole number of nanoseconds, and after a million calls still right to one. */
static void test_no_drift(void **state)
{
    (void)state;
    swio_pacer p;
    swio_pacer_start(&p, 0, 3);
    for (int n = 0; n < 3000000; n++)
        swio_pacer_take(&p);
    uint64_t due = swio_pacer_due(&p);
    assert_in_range(due, 1000000 * SECOND - 1, 1000000 * SECOND + 1);
}

static void test_new_rate(void **state)
{
    (void)state;
    swio_pacer p;
    swio_pacer_start(&p, 0, 1);
    swio_pacer_set_rate(&p, 2); /* before the first arrival */
    assert_int_equal(swio_pacer_due(&p), 0);
    swio_pacer_take(&p);
    swio_pacer_take(&p); /* the last one was due at 0.5 s */
    swio_pacer_set_rate(&p, 10);
    assert_int_equal(swio_pacer_due(&p), SECOND / 2 + SECOND / 10);
    swio_pacer_take(&p);
    assert_int_equal(swio_pacer_due(&p), SECOND / 2 + SECOND / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uniform),
        cmocka_unit_test(test_no_drift),
        cmocka_unit_test(test_new_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
