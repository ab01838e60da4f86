#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/metrics.h>

#include "support/cmocka.h"

static void near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-12 * fabs(want)))
        fail_msg("%.17g is not %.17g", got, want);
}

/* The formula as it stands in the books: (A^n / n!) / sum of (A^i / i!), i = 0..n. */
static double by_definition(double erlangs, unsigned lines)
{
    double term = 1, sum = 1;
    for (unsigned i = 1; i <= lines; i++) {
        term *= erlangs / i;
        sum += term;
    }
    return term / sum;
}

static void it_is_the_formula(void **state)
{
    (void)state;
    for (unsigned lines = 0; lines < 100; lines += 7)
        for (int step = 0; step < 14; step++) {
            double erlangs = 0.1 * pow(1.7, step);
            near(swio_erlang_b(erlangs, lines), by_definition(erlangs, lines));
        }
}

/* Values of printed tables of Erlang B. */
static void it_gives_the_values_of_the_tables(void **state)
{
    (void)state;
    assert_true(fabs(swio_erlang_b(4.461, 10) - 0.01) < 1e-5);
    assert_true(fabs(swio_erlang_b(84.06, 100) - 0.01) < 1e-5);
    assert_true(fabs(swio_erlang_b(0.0101, 1) - 0.01) < 1e-5);
    near(swio_erlang_b(1, 1), 0.5);
}

static void its_ends_are_defined(void **state)
{
    (void)state;
    near(swio_erlang_b(5, 0), 1);
    near(swio_erlang_b(0, 0), 1);
    near(swio_erlang_b(0, 3), 0);
    near(swio_erlang_b(INFINITY, 3), 1);
    assert_true(isnan(swio_erlang_b(NAN, 3)));
    assert_true(isnan(swio_erlang_b(-1, 3)));
    near(swio_erlang_b(1, UINT64_MAX), 0); /* and soon */
}

static void great_numbers_are_no_trouble(void **state)
{
    (void)state;
    /* With as many lines as erlangs it is about sqrt(2 / (pi n)). */
    double b = swio_erlang_b(1e6, 1000000);
    assert_true(fabs(b / sqrt(2 / (3.14159265358979 * 1e6)) - 1) < 1e-3);
    assert_true(fabs(swio_erlang_b(2e6, 1000000) - 0.5) < 1e-5);
}

/* ---- the range ---- */

static uint64_t seed = 88172645463325252u;

/* In (0, 1]: the same numbers in each run; xorshift64. */
static double random_share(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (double)((seed >> 11) + 1) * 0x1p-53;
}

enum { ARRIVALS = 1500, LINES_MAX = 60 };

/* One run of Poisson arrivals with a mean holding time of 1, begun with all lines free. Gives the
 * share that was blocked, and the erlangs that were offered in the run. */
static double simulate(double erlangs, unsigned lines, bool exponential, double *offered)
{
    double free_at[LINES_MAX] = {0}, now = 0, held = 0;
    unsigned blocked = 0;
    for (int i = 0; i < ARRIVALS; i++) {
        unsigned line = 0;
        now -= log(random_share()) / erlangs;
        while (line < lines && free_at[line] > now)
            line++;
        double holding = exponential ? -log(random_share()) : 1;
        if (line == lines) {
            blocked++;
            continue;
        }
        held += holding;
        free_at[line] = now + holding;
    }
    *offered = ARRIVALS / now * held / (ARRIVALS - blocked);
    return (double)blocked / ARRIVALS;
}

/* How many of the runs end within the range. */
static unsigned count_within(double erlangs, unsigned lines, bool exponential, unsigned runs)
{
    unsigned within = 0;
    for (unsigned i = 0; i < runs; i++) {
        double offered, low, high;
        double blocking = simulate(erlangs, lines, exponential, &offered);
        swio_erlang_b_range(offered, lines, ARRIVALS, &low, &high);
        assert_true(low <= high && low >= 0 && high <= 1);
        within += blocking >= low && blocking <= high;
    }
    return within;
}

static void runs_end_within_the_range(void **state)
{
    (void)state;
    static const struct {
        double erlangs;
        unsigned lines;
        bool exponential;
    } table[] = {{10, 10, false}, {20, 25, false}, {50, 40, false}, {30, 30, false},
                 {5, 15, false},  {10, 10, true},  {20, 25, true}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_in_range(count_within(table[i].erlangs, table[i].lines, table[i].exponential, 200),
                        194, 200);
}

/* Its width is that of simulated runs, not just wide enough. */
static void the_range_is_no_wider_than_it_has_to_be(void **state)
{
    (void)state;
    double low, high, sum = 0, squares = 0;
    enum { RUNS = 400 };
    for (int i = 0; i < RUNS; i++) {
        double offered, off = simulate(30, 30, true, &offered) - swio_erlang_b(offered, 30);
        sum += off;
        squares += off * off;
    }
    double deviation = sqrt((squares - sum * sum / RUNS) / (RUNS - 1));
    swio_erlang_b_range(30, 30, ARRIVALS, &low, &high);
    double width = (high - swio_erlang_b(30, 30) - 1.0 / ARRIVALS) / 2.5758;
    if (width < 0.85 * deviation || width > 1.15 * deviation)
        fail_msg("a deviation of %g, and %g in the runs", width, deviation);
}

static void a_range_without_meaning_is_none(void **state)
{
    (void)state;
    double low, high;
    swio_erlang_b_range(10, 10, 0, &low, &high);
    assert_true(isnan(low) && isnan(high));
    swio_erlang_b_range(NAN, 10, 5, &low, &high);
    assert_true(isnan(low) && isnan(high));
    swio_erlang_b_range(5, 0, 10, &low, &high);
    near(low, 1);
    near(high, 1);
    swio_erlang_b_range(1, 5000, 1000, &low, &high);
    near(low, 0);
    near(high, 0.001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_formula),
        cmocka_unit_test(it_gives_the_values_of_the_tables),
        cmocka_unit_test(its_ends_are_defined),
        cmocka_unit_test(great_numbers_are_no_trouble),
        cmocka_unit_test(runs_end_within_the_range),
        cmocka_unit_test(the_range_is_no_wider_than_it_has_to_be),
        cmocka_unit_test(a_range_without_meaning_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
