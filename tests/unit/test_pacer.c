/* Deadlines of arrivals: computed from the start, without a drift. */
#include "dial/pacer.h"

#include <math.h>

#include "support/cmocka.h"

static const uint64_t SECOND = 1000000000;

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%g is not %g, give or take %g", value, expected, tolerance);
}

static swio_pacer paced(uint64_t now_ns, double rate)
{
    swio_pacer p;
    swio_pacer_start(&p, now_ns, &(swio_pacer_opts){.rate = rate});
    return p;
}

/* Takes all arrivals up to a time; gives how many. */
static uint64_t take_until(swio_pacer *p, uint64_t ns)
{
    uint64_t n = 0;
    while (swio_pacer_due(p) < ns) {
        swio_pacer_take(p);
        n++;
    }
    return n;
}

static void test_uniform(void **state)
{
    (void)state;
    swio_pacer p = paced(5 * SECOND, 4);
    for (uint64_t n = 0; n < 100; n++) {
        assert_int_equal(swio_pacer_due(&p), 5 * SECOND + n * SECOND / 4);
        swio_pacer_take(&p);
    }
}

/* 1/3 s is no whole number of nanoseconds, and after a million calls still right to one. */
static void test_no_drift(void **state)
{
    (void)state;
    swio_pacer p = paced(0, 3);
    for (int n = 0; n < 3000000; n++)
        swio_pacer_take(&p);
    uint64_t due = swio_pacer_due(&p);
    assert_in_range(due, 1000000 * SECOND - 1, 1000000 * SECOND + 1);
}

static void test_new_rate(void **state)
{
    (void)state;
    swio_pacer p = paced(0, 1);
    swio_pacer_set_rate(&p, 0, 2); /* before the first arrival */
    assert_int_equal(swio_pacer_due(&p), 0);
    assert_int_equal(take_until(&p, SECOND), 2);
    /* Half of what the next one waits for has passed: the other half goes by the new rate. */
    swio_pacer_set_rate(&p, SECOND * 3 / 4, 10);
    assert_int_equal(swio_pacer_due(&p), SECOND * 8 / 10);
    swio_pacer_take(&p);
    assert_int_equal(swio_pacer_due(&p), SECOND * 9 / 10);
    assert_near(swio_pacer_rate(&p, 2 * SECOND), 10, 0);
}

/* Up to 10 a second in 30 s, 5 s of that, down to 0 in 10 s: 150 + 50 + 50 arrivals. */
static const swio_stage hill[] = {{30, 10}, {5, 10}, {10, 0}};

static swio_pacer over_the_hill(swio_arrivals arrivals, uint64_t seed)
{
    swio_pacer p;
    swio_pacer_opts opts = {.stages = hill, .stage_count = 3, .arrivals = arrivals, .seed = seed};
    swio_pacer_start(&p, SECOND, &opts);
    return p;
}

static void test_stages(void **state)
{
    (void)state;
    swio_pacer p = over_the_hill(SWIO_ARRIVALS_UNIFORM, 0);
    assert_near(swio_pacer_rate(&p, 16 * SECOND), 5, 1e-9);
    assert_near(swio_pacer_rate(&p, 33 * SECOND), 10, 1e-9);
    assert_near(swio_pacer_rate(&p, 41 * SECOND), 5, 1e-9);
    assert_near(swio_pacer_rate(&p, 100 * SECOND), 0, 0);
    assert_int_equal(swio_pacer_due(&p), SECOND);
    swio_pacer_take(&p);
    /* The integral t * t / 6 reaches 1 at sqrt(6) s. */
    assert_in_range(swio_pacer_due(&p), 3449489742, 3449489743);
    assert_int_equal(1 + take_until(&p, 31 * SECOND), 150);
    assert_int_equal(swio_pacer_due(&p), 31 * SECOND);
    assert_int_equal(take_until(&p, 36 * SECOND), 50);
    assert_int_equal(take_until(&p, UINT64_MAX), 50);
    assert_true(swio_pacer_due(&p) == UINT64_MAX);
    swio_pacer_take(&p);
    assert_true(swio_pacer_due(&p) == UINT64_MAX);
}

/* Nothing for a while, then all at once; a stage of no time is a step. */
static void test_steps(void **state)
{
    (void)state;
    static const swio_stage steps[] = {{0, 4}, {2, 4}, {0, 0}, {7, 0}, {0, 100}, {1, 100}};
    swio_pacer p;
    swio_pacer_start(&p, 0, &(swio_pacer_opts){.stages = steps, .stage_count = 6});
    assert_int_equal(take_until(&p, 2 * SECOND), 8);
    assert_int_equal(swio_pacer_due(&p), 9 * SECOND);
    assert_near(swio_pacer_rate(&p, 3 * SECOND), 0, 0);
    assert_near(swio_pacer_rate(&p, 9 * SECOND), 100, 0);
    assert_int_equal(take_until(&p, UINT64_MAX), 100);
}

/* The new rate holds until the stages would have ended. */
static void test_stages_left(void **state)
{
    (void)state;
    swio_pacer p = over_the_hill(SWIO_ARRIVALS_UNIFORM, 0);
    take_until(&p, 31 * SECOND);
    swio_pacer_set_rate(&p, 31 * SECOND, 100);
    assert_int_equal(take_until(&p, UINT64_MAX), 1500);
    assert_near(swio_pacer_rate(&p, 45 * SECOND), 100, 0);
    assert_near(swio_pacer_rate(&p, 47 * SECOND), 0, 0);
}

static void test_pause(void **state)
{
    (void)state;
    swio_pacer p = over_the_hill(SWIO_ARRIVALS_UNIFORM, 0);
    assert_int_equal(take_until(&p, 33 * SECOND), 170);
    swio_pacer_pause(&p, 33 * SECOND);
    swio_pacer_pause(&p, 35 * SECOND);
    assert_near(swio_pacer_rate(&p, 44 * SECOND), 10, 0);
    swio_pacer_resume(&p, 133 * SECOND);
    swio_pacer_resume(&p, 140 * SECOND);
    assert_int_equal(swio_pacer_due(&p), 133 * SECOND);
    assert_int_equal(take_until(&p, 136 * SECOND), 30);
    assert_near(swio_pacer_rate(&p, 141 * SECOND), 5, 1e-9);
    assert_int_equal(take_until(&p, UINT64_MAX), 50);
}

/* The intervals are exponential: their mean, their variance, and no pattern; by seed. */
static void test_poisson(void **state)
{
    (void)state;
    enum { N = 200000 };
    swio_pacer p, again;
    swio_pacer_opts opts = {.rate = 100, .arrivals = SWIO_ARRIVALS_POISSON, .seed = 7};
    swio_pacer_start(&p, 0, &opts);
    swio_pacer_start(&again, 0, &opts);
    double sum = 0, squares = 0, products = 0, before = 0.01;
    uint64_t last = 0;
    for (int n = 0; n < N; n++) {
        uint64_t due = swio_pacer_due(&p);
        assert_true(due >= last && due == swio_pacer_due(&again));
        double interval = (double)(due - last) / 1e9;
        sum += interval;
        squares += interval * interval;
        products += (interval - 0.01) * (before - 0.01);
        before = interval;
        last = due;
        swio_pacer_take(&p);
        swio_pacer_take(&again);
    }
    double mean = sum / N;
    /* Each within four standard errors. */
    assert_near(mean, 0.01, 4 * 0.01 / sqrt(N));
    assert_near(squares / N - mean * mean, 1e-4, 4 * 1e-4 * sqrt(8.0 / N));
    assert_near(products / N / 1e-4, 0, 4 / sqrt(N));
    opts.seed = 8;
    swio_pacer_start(&again, 0, &opts);
    assert_true(swio_pacer_due(&again) != swio_pacer_due(&p));
}

/* Over stages too: 250 arrivals on average, whatever the course; 200 runs. */
static void test_poisson_stages(void **state)
{
    (void)state;
    uint64_t all = 0, rising = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        swio_pacer p = over_the_hill(SWIO_ARRIVALS_POISSON, seed);
        rising += take_until(&p, 31 * SECOND);
        all += take_until(&p, UINT64_MAX);
    }
    all += rising;
    assert_near((double)all, 50000, 4 * sqrt(50000));
    assert_near((double)rising, 30000, 4 * sqrt(30000));
}

/* B(0) = 1; B(n) = A B(n - 1) / (n + A B(n - 1)). */
static double erlang_b(double erlangs, unsigned lines)
{
    double b = 1;
    for (unsigned n = 1; n <= lines; n++)
        b = erlangs * b / (n + erlangs * b);
    return b;
}

/*
 * What the originator does with an arrival, by a virtual clock: placed below the limit, else
 * cleared. The share that is blocked is that of Erlang B, whatever the distribution of the holding
 * time (constant here, so that calls end in the order in which they began).
 */
static double blocked_share(swio_pacer *p, uint64_t arrivals, unsigned limit, uint64_t holding_ns)
{
    uint64_t ends[64];
    uint64_t oldest = 0, placed = 0, blocked = 0;
    assert_in_range(limit, 1, 64);
    for (uint64_t n = 0; n < arrivals; n++) {
        uint64_t due = swio_pacer_due(p);
        swio_pacer_take(p);
        while (oldest < placed && ends[oldest % limit] <= due)
            oldest++;
        if (placed - oldest == limit)
            blocked++;
        else
            ends[placed++ % limit] = due + holding_ns;
    }
    return (double)blocked / (double)arrivals;
}

/* One that is some arrivals behind comes to the same times, whatever the other went through. */
static void test_follow(void **state)
{
    (void)state;
    static const swio_stage stages[] = {{1, 100}, {10, 10}};
    swio_pacer p, behind;
    swio_pacer_start(
        &p, 0,
        &(swio_pacer_opts){
            .arrivals = SWIO_ARRIVALS_POISSON, .seed = 7, .stages = stages, .stage_count = 2});
    take_until(&p, SECOND / 2);
    behind = p;
    for (int n = 0; n < 5; n++)
        swio_pacer_take(&p);
    uint64_t now = swio_pacer_due(&p) - 1;
    swio_pacer_set_rate(&p, now, 20);
    swio_pacer_pause(&p, now);
    swio_pacer_resume(&p, now + SECOND);
    swio_pacer_follow(&behind, &p);
    assert_true(swio_pacer_due(&behind) < swio_pacer_due(&p));
    for (int n = 0; n < 5; n++)
        swio_pacer_take(&behind);
    for (int n = 0; n < 50; n++) {
        assert_int_equal(swio_pacer_due(&behind), swio_pacer_due(&p));
        swio_pacer_take(&behind);
        swio_pacer_take(&p);
    }
}

static void test_erlang_b(void **state)
{
    (void)state;
    enum { BATCHES = 30, BATCH = 20000, LIMIT = 20 };
    swio_pacer p;
    swio_pacer_opts opts = {.rate = 50, .arrivals = SWIO_ARRIVALS_POISSON, .seed = 4};
    swio_pacer_start(&p, 0, &opts);
    double sum = 0, squares = 0;
    for (int i = 0; i < BATCHES; i++) {
        double share = blocked_share(&p, BATCH, LIMIT, SECOND / 2); /* 25 erlangs */
        sum += share;
        squares += share * share;
    }
    double mean = sum / BATCHES;
    double error = sqrt((squares / BATCHES - mean * mean) / (BATCHES - 1));
    double expected = erlang_b(25, LIMIT);
    assert_near(expected, 0.2799, 1e-3);        /* tables of Erlang B: 25 E, 20 lines */
    assert_near(mean, expected, 2.756 * error); /* Student's t, 29 degrees, 99 % */
    assert_true(error < 0.002);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uniform),        cmocka_unit_test(test_no_drift),
        cmocka_unit_test(test_new_rate),       cmocka_unit_test(test_stages),
        cmocka_unit_test(test_steps),          cmocka_unit_test(test_stages_left),
        cmocka_unit_test(test_pause),          cmocka_unit_test(test_poisson),
        cmocka_unit_test(test_poisson_stages), cmocka_unit_test(test_follow),
        cmocka_unit_test(test_erlang_b),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
