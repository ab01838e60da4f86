#include "measure/histogram.h"

#include <math.h>
#include <stdlib.h>
#include <switchio/metrics.h>

#include "base/mem.h"
#include "support/cmocka.h"

enum { N = 20000 };

static uint64_t seed = 88172645463325252u;

/* xorshift64: the same numbers in each run. */
static uint64_t random_bits(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static int smaller_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Every percentile of the histogram against the sorted values themselves. */
static void compare(int64_t *values, size_t n)
{
    static const unsigned asked[] = {0,    10,   100,  500,  2500, 5000, 7500,
                                     9000, 9500, 9900, 9990, 9999, 10000}; /* hundredths of a % */
    swio_histogram *h = swio_histogram_new();
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        swio_histogram_add(h, values[i]);
        sum += (double)values[i];
    }
    qsort(values, n, sizeof values[0], smaller_first);
    assert_int_equal(swio_histogram_count(h), n);
    assert_int_equal(swio_histogram_min(h), values[0]);
    assert_int_equal(swio_histogram_max(h), values[n - 1]);
    assert_true(fabs(swio_histogram_mean(h) - sum / (double)n) <= 1e-9 * fabs(sum));
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        size_t rank = (asked[i] * n + 9999) / 10000; /* in whole numbers: exact */
        double exact = (double)values[rank ? rank - 1 : 0];
        double got = swio_histogram_percentile(h, asked[i] / 100.0);
        if (fabs(got - exact) > SWIO_PERCENTILE_ERROR * fabs(exact))
            fail_msg("p%g of %zu values: %.17g, and it is %.17g", asked[i] / 100.0, n, got, exact);
    }
    swio_histogram_free(h);
}

static void percentiles_are_within_the_stated_error(void **state)
{
    (void)state;
    static int64_t values[N];
    for (unsigned bits = 1; bits <= 62; bits++) { /* uniform, of every size */
        for (size_t i = 0; i < N / 20; i++)
            values[i] = (int64_t)(random_bits() >> (64 - bits));
        compare(values, N / 20);
    }
    for (size_t i = 0; i < N; i++) /* of all sizes at once */
        values[i] = (int64_t)(random_bits() >> (random_bits() % 60 + 2));
    compare(values, N);
    for (size_t i = 0; i < N; i++) /* and of both signs */
        values[i] =
            (int64_t)(random_bits() >> (random_bits() % 60 + 2)) * (random_bits() % 2 ? 1 : -1);
    compare(values, N);
    for (size_t i = 0; i < N; i++) /* like latencies: exponential around 50 ms */
        values[i] = (int64_t)(-50000 * log((double)(random_bits() >> 11) * 0x1p-53 + 1e-18));
    compare(values, N);
}

static void small_and_single_sets_are_exact(void **state)
{
    (void)state;
    int64_t one[] = {123456789}, same[] = {7777777, 7777777, 7777777}, below[2047];
    int64_t negative[] = {-5, -4, -1000000007}, around[] = {-1, 0, 1};
    compare(one, 1);
    compare(same, 3);
    compare(negative, 3);
    compare(around, 3);
    swio_histogram *h = swio_histogram_new();
    for (int i = 0; i < 2047; i++)
        swio_histogram_add(h, below[i] = i + 1);
    for (int i = 1; i <= 2047; i++)
        assert_true(fabs(swio_histogram_percentile(h, i * 100.0 / 2047 - 0.001) - i) < 0.5);
    swio_histogram_free(h);
}

/* No double is 99.9: rounding must not make it the rank above. */
static void a_rank_is_that_of_the_decimal_number(void **state)
{
    (void)state;
    static const struct {
        double p;
        uint64_t permille;
    } asked[] = {{0.1, 1}, {5, 50}, {50, 500}, {90, 900}, {95, 950}, {99, 990}, {99.9, 999}};
    for (uint64_t n = 1; n <= 100000; n++)
        for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
            if (swio_nearest_rank(asked[i].p, n) != (asked[i].permille * n + 999) / 1000)
                fail_msg("p%g of %llu values", asked[i].p, (unsigned long long)n);
    assert_int_equal(swio_nearest_rank(0, 7), 1);
    assert_int_equal(swio_nearest_rank(100, 7), 7);
    assert_int_equal(swio_nearest_rank(99.9, 1000000000000), 999000000000);
}

static void nothing_has_no_percentile(void **state)
{
    (void)state;
    swio_histogram *h = swio_histogram_new();
    assert_true(isnan(swio_histogram_percentile(h, 50)));
    assert_true(isnan(swio_histogram_mean(h)));
    swio_histogram_add(h, -3);
    swio_histogram_add(h, 99);
    swio_histogram_clear(h);
    assert_int_equal(swio_histogram_count(h), 0);
    assert_true(isnan(swio_histogram_percentile(h, 50)));
    swio_histogram_add(h, 5);
    assert_true(fabs(swio_histogram_percentile(h, 99) - 5) < 1e-9);
    assert_int_equal(swio_histogram_min(h), 5);
    swio_histogram_free(h);
}

static void the_greatest_numbers_have_a_place(void **state)
{
    (void)state;
    swio_histogram *h = swio_histogram_new();
    swio_histogram_add(h, INT64_MAX);
    swio_histogram_add(h, INT64_MIN);
    swio_histogram_add(h, 0);
    assert_int_equal(swio_histogram_max(h), INT64_MAX);
    assert_int_equal(swio_histogram_min(h), INT64_MIN + 1);
    assert_true(fabs(swio_histogram_percentile(h, 50)) < 1e-9);
    swio_histogram_free(h);
}

static void without_memory_there_is_none(void **state)
{
    (void)state;
    swio_mem_fail_after(0, true);
    swio_histogram *h = swio_histogram_new();
    swio_mem_fail_after(-1, false);
    assert_null(h);
    swio_histogram_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_within_the_stated_error),
        cmocka_unit_test(small_and_single_sets_are_exact),
        cmocka_unit_test(a_rank_is_that_of_the_decimal_number),
        cmocka_unit_test(nothing_has_no_percentile),
        cmocka_unit_test(the_greatest_numbers_have_a_place),
        cmocka_unit_test(without_memory_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
