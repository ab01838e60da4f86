#include "support/cmocka.h"

#include <stdio.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "track/counts.h"

static swio_counts *counts_of(size_t max)
{
    swio_counts *counts;
    assert_int_equal(swio_counts_new(max, &counts), 0);
    return counts;
}

static void names_are_counted_in_their_order(void **state)
{
    (void)state;
    swio_counts *counts = counts_of(10), *copy;
    int64_t n;
    swio_counts_add(counts, "USER_BUSY", 1);
    swio_counts_add(counts, "NORMAL_CLEARING", 2);
    swio_counts_add(counts, "USER_BUSY", 1);
    assert_int_equal(swio_counts_get(counts, "USER_BUSY"), 2);
    assert_int_equal(swio_counts_get(counts, "NO_ANSWER"), 0);
    assert_int_equal(swio_counts_sum(counts), 4);
    assert_int_equal(swio_counts_size(counts), 2);
    assert_int_equal(swio_counts_copy(counts, &copy), 0);
    swio_counts_clear(counts);
    assert_int_equal(swio_counts_sum(counts), 0);
    assert_int_equal(swio_counts_size(counts), 0);
    assert_string_equal(swio_counts_at(copy, 0, &n), "USER_BUSY");
    assert_int_equal(n, 2);
    assert_string_equal(swio_counts_at(copy, 1, &n), "NORMAL_CLEARING");
    assert_null(swio_counts_at(copy, 2, &n));
    swio_counts_free(counts);
    swio_counts_free(copy);
    swio_counts_free(NULL);
}

static void past_the_bound_the_sum_stays_right(void **state)
{
    (void)state;
    swio_counts *counts = counts_of(3);
    char name[32];
    int64_t n;
    for (int i = 0; i < 10; i++) {
        snprintf(name, sizeof name, "%d", i);
        swio_counts_add(counts, name, 1);
    }
    assert_int_equal(swio_counts_sum(counts), 10);
    assert_int_equal(swio_counts_get(counts, "2"), 1);
    assert_int_equal(swio_counts_get(counts, "3"), 0);
    assert_int_equal(swio_counts_get(counts, SWIO_COUNTS_OTHER), 7);
    assert_int_equal(swio_counts_size(counts), 4);
    assert_string_equal(swio_counts_at(counts, 3, &n), SWIO_COUNTS_OTHER);
    assert_int_equal(n, 7);
    assert_null(swio_counts_at(counts, 4, &n));
    swio_counts_free(counts);
}

static void a_name_that_falls_to_nothing_gives_its_place_back(void **state)
{
    (void)state;
    swio_counts *counts = counts_of(1);
    swio_counts_add(counts, "a", 1);
    swio_counts_add(counts, "a", -1);
    assert_int_equal(swio_counts_size(counts), 0);
    swio_counts_add(counts, "b", 1);
    assert_int_equal(swio_counts_get(counts, "b"), 1);
    swio_counts_free(counts);
}

static void counters_are_summed(void **state)
{
    (void)state;
    swio_counts *sum = counts_of(2), *one = counts_of(1);
    swio_counts_add(sum, "a", 1);
    swio_counts_add(one, "a", 2);
    swio_counts_add(one, "b", 4); /* its other */
    swio_counts_merge(sum, one);
    swio_counts_merge(sum, one);
    assert_int_equal(swio_counts_get(sum, "a"), 5);
    assert_int_equal(swio_counts_get(sum, "b"), 0);
    assert_int_equal(swio_counts_get(sum, SWIO_COUNTS_OTHER), 8);
    assert_int_equal(swio_counts_sum(sum), 13);
    swio_counts_free(sum);
    swio_counts_free(one);
}

static void without_memory_it_counts_on(void **state)
{
    (void)state;
    for (long n = 0; n < 6; n++) {
        swio_counts *counts = counts_of(10), *copy = NULL;
        swio_mem_fail_after(n, true);
        swio_counts_add(counts, "a", 1);
        swio_counts_add(counts, "b", 2);
        swio_counts_add(counts, "a", 4);
        int error = swio_counts_copy(counts, &copy);
        swio_mem_fail_after(-1, false);
        assert_int_equal(swio_counts_sum(counts), 7);
        if (error) {
            assert_int_equal(error, SWIO_ENOMEM);
            assert_null(copy);
        } else {
            assert_int_equal(swio_counts_sum(copy), 7);
        }
        swio_counts_free(counts);
        swio_counts_free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_counted_in_their_order),
        cmocka_unit_test(past_the_bound_the_sum_stays_right),
        cmocka_unit_test(a_name_that_falls_to_nothing_gives_its_place_back),
        cmocka_unit_test(counters_are_summed),
        cmocka_unit_test(without_memory_it_counts_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
