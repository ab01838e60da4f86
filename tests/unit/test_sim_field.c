#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/field.h"
#include "support/cmocka.h"

static void check(uint64_t value)
{
    char digits[24], printed[24];
    memset(digits, 'x', sizeof digits);
    size_t n = swio_sim_digits(digits, value);
    snprintf(printed, sizeof printed, "%" PRIu64, value);
    assert_int_equal(n, strlen(printed));
    assert_memory_equal(digits, printed, n);
    assert_int_equal(digits[n], 'x');
}

static void numbers_are_printed_as_printf_does(void **state)
{
    (void)state;
    for (uint64_t value = 0; value < 2000; value++)
        check(value);
    for (unsigned bit = 0; bit < 64; bit++) {
        check((uint64_t)1 << bit);
        check(((uint64_t)1 << bit) - 1);
    }
    uint64_t power = 1;
    for (int i = 0; i < 20; i++, power *= 10) {
        check(power - 1);
        check(power);
        check(power + 1);
    }
    check(UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_printed_as_printf_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
