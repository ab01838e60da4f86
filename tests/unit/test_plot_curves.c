#include "measure/plot_curves.h"

#include <math.h>
#include <string.h>
#include <switchio/metrics.h>

#include "base/mem.h"
#include "support/cdr.h"
#include "support/cmocka.h"

static void near(double got, double want)
{
    if (isnan(want) ? !isnan(got) : !(fabs(got - want) <= 1e-6))
        fail_msg("%.17g is not %.17g", got, want);
}

/* Calls of a run at 100 a second, of 5.06 s each; each 10th blocked where asked for. */
static void run_of(plot_data *data, uint64_t count, bool blocked)
{
    *data = (plot_data){0};
    swio_cdr cdr;
    for (uint64_t n = count; n >= 1; n--) { /* not in the order of their due times */
        if (blocked && n % 10 == 0)
            cdr_blocked(&cdr, n);
        else
            cdr_answered(&cdr, n);
        assert_int_equal(swio_plot_data_add(data, &cdr), 0);
    }
    swio_plot_data_finish(data);
}

static void rows_are_in_seconds_since_the_first(void **state)
{
    (void)state;
    plot_data data;
    run_of(&data, 100, true);
    near(data.rows[0].due, 0);
    near(data.rows[99].due, 0.99);
    near(data.rows[99].launch, NAN);
    near(data.length, data.rows[98].end);
    assert_int_equal(data.start_us, CDR_EPOCH + 10000);
    assert_int_equal(data.outcomes[SWIO_OUTCOME_BLOCKED], 10);
    assert_int_equal(data.apps.count, 1);
    assert_int_equal(data.nodes.count, 2);
    assert_string_equal(data.apps.names[0], "TonePlay");
    assert_true(strcmp(data.nodes.names[0], data.nodes.names[1]) < 0);
    swio_plot_data_free(&data);
}

/* The latencies of a plot are those of the metrics. */
static void latencies_are_the_metrics(void **state)
{
    (void)state;
    swio_cdr cdr;
    for (size_t i = 0; i < PLOT_LATENCIES; i++) {
        swio_metrics *m;
        swio_distribution d;
        assert_int_equal(swio_metrics_new(&m), 0);
        cdr_answered(&cdr, 34);
        swio_metrics_add(m, &cdr);
        swio_metrics_distribution(m, swio_plot_latencies[i].metric, &d);
        near(swio_plot_latencies[i].value(&cdr), d.mean);
        assert_int_equal(swio_plot_latencies[i].of_switch,
                         swio_metric_get(swio_plot_latencies[i].metric)->clock ==
                             SWIO_CLOCK_SWITCH);
        cdr_blocked(&cdr, 35);
        near(swio_plot_latencies[i].value(&cdr), NAN);
        swio_metrics_free(m);
    }
}

static void few_calls_are_dots(void **state)
{
    (void)state;
    plot_data data;
    plot_spread spread;
    run_of(&data, 100, true);
    assert_int_equal(swio_plot_curve_latency(&data, 1, 300, &spread), 0);
    assert_true(spread.each);
    assert_int_equal(spread.calls, 90);
    assert_int_equal(spread.dots.count, 90);
    assert_int_equal(spread.band.count, 0);
    assert_int_equal(spread.median.count, 90);
    near(spread.dots.y[0], 0.052017);
    near(spread.p50, 0.052000 + 17e-6 * 49); /* the 45th of 1…99 without the tens */
    swio_plot_data_free(&data);
}

static void many_calls_are_a_band(void **state)
{
    (void)state;
    plot_data data;
    plot_spread spread;
    run_of(&data, 20000, false);
    assert_int_equal(swio_plot_curve_latency(&data, 1, 300, &spread), 0);
    assert_false(spread.each);
    assert_int_equal(spread.calls, 20000);
    assert_in_range(spread.median.count, 290, 310);
    assert_in_range(spread.band.count, 290, 310);
    assert_in_range(spread.dots.count, 1, 300);
    for (size_t i = 0; i < spread.band.count; i++) {
        assert_true(spread.band.y[i] <= spread.median.y[i]);
        assert_true(spread.median.y[i] <= spread.running95.y[i]);
        near(spread.band.y2[i], spread.running95.y[i]);
    }
    swio_plot_data_free(&data);
}

/* cdr_answered(): a third each of 40, 60 and 80 ms from create to answer. */
static void the_median_of_ticks_lies_between_them(void **state)
{
    (void)state;
    plot_data data;
    plot_spread spread;
    run_of(&data, 6000, false);
    assert_int_equal(swio_plot_curve_latency(&data, 0, 300, &spread), 0);
    near(spread.p50, 0.06);
    assert_int_equal(spread.band.count, 0);
    for (size_t i = 0; i < spread.median.count; i++)
        assert_true(fabs(spread.median.y[i] - 0.06) < 0.002);
    /* callee.answer to caller.answer: a third each of 0, 20 and 40 ms */
    assert_int_equal(swio_plot_curve_latency(&data, 3, 300, &spread), 0);
    for (size_t i = 0; i < spread.median.count; i++)
        assert_true(fabs(spread.median.y[i] - 0.02) < 0.002);
    swio_plot_data_free(&data);
}

static void calls_up_are_counted(void **state)
{
    (void)state;
    plot_data data;
    plot_curve curve;
    double most = 0;
    run_of(&data, 20000, false);
    assert_int_equal(swio_plot_curve_calls(&data, 300, &curve), 0);
    assert_in_range(curve.count, 300, 1200);
    for (size_t i = 0; i < curve.count; i++) {
        most = fmax(most, curve.y[i]);
        assert_true(i == 0 || curve.x[i] >= curve.x[i - 1]);
    }
    assert_in_range((uint64_t)most, 505, 510); /* 100 a second of 5.06 s: Little */
    near(curve.y[0], 1);
    near(curve.y[curve.count - 1], 0);
    swio_plot_data_free(&data);
}

/* However many records share a column of the paper. */
static void a_single_peak_and_a_single_hole_are_kept(void **state)
{
    (void)state;
    plot_data data;
    plot_curve curve;
    double most = 0, least = INFINITY;
    run_of(&data, 20000, false);
    data.rows[7777].active_sessions = 5000;
    data.rows[12345].active_sessions = 1;
    assert_int_equal(swio_plot_curve_sessions(&data, 300, &curve), 0);
    assert_in_range(curve.count, 300, 1200);
    for (size_t i = 0; i < curve.count; i++) {
        most = fmax(most, curve.y[i]);
        least = fmin(least, curve.y[i]);
    }
    near(most, 5000);
    near(least, 1);
    swio_plot_data_free(&data);
}

static void outcomes_add_up(void **state)
{
    (void)state;
    plot_data data;
    plot_curve curve;
    run_of(&data, 1000, true);
    assert_int_equal(swio_plot_curve_outcome(&data, SWIO_OUTCOME_BLOCKED, 300, &curve), 0);
    near(curve.y[0], 0);
    near(curve.y[curve.count - 1], 100);
    near(curve.x[curve.count - 1], data.length);
    assert_int_equal(swio_plot_curve_outcome(&data, SWIO_OUTCOME_LOST, 300, &curve), 0);
    assert_int_equal(curve.count, 0);
    swio_plot_data_free(&data);
}

static void rates_are_of_the_time_that_calls_took(void **state)
{
    (void)state;
    plot_data data;
    plot_curve curve;
    run_of(&data, 1003, false);
    assert_int_equal(swio_plot_curve_achieved(&data, 300, &curve), 0);
    assert_in_range(curve.count, 50, 52);
    for (size_t i = 0; i < curve.count; i++)
        assert_true(fabs(curve.y[i] - 100) < 0.2);
    near(curve.x[curve.count - 1], data.rows[1002].launch);
    assert_int_equal(swio_plot_curve_asked(&data, 300, &curve), 0);
    near(curve.y[0], 100);
    near(curve.x[curve.count - 1], 10.03); /* the last goes on until the next would come */
    swio_plot_data_free(&data);
}

static void one_call_is_enough(void **state)
{
    (void)state;
    plot_data data;
    plot_spread spread;
    plot_curve curve;
    run_of(&data, 1, false);
    assert_int_equal(swio_plot_curve_latency(&data, 0, 300, &spread), 0);
    assert_int_equal(spread.dots.count, 1);
    assert_int_equal(spread.median.count, 0);
    assert_int_equal(swio_plot_curve_achieved(&data, 300, &curve), 0);
    assert_int_equal(curve.count, 0);
    assert_int_equal(swio_plot_curve_calls(&data, 300, &curve), 0);
    assert_int_equal(curve.count, 2);
    swio_plot_data_free(&data);
}

/* Median, band and 95th percentile do not run over a silence as if calls had come. */
static void silence_interrupts(void **state)
{
    (void)state;
    plot_data data = {0};
    plot_spread spread;
    swio_cdr cdr;
    for (uint64_t n = 1; n <= 2000; n++) {
        if (n == 500)
            n = 1500;
        cdr_answered(&cdr, n);
        assert_int_equal(swio_plot_data_add(&data, &cdr), 0);
    }
    swio_plot_data_finish(&data);
    assert_int_equal(swio_plot_curve_latency(&data, 1, 300, &spread), 0);
    size_t gaps = 0;
    for (size_t i = 0; i < spread.median.count; i++)
        gaps += isnan(spread.median.y[i]) != 0;
    assert_int_equal(gaps, 1);
    swio_plot_data_free(&data);
}

/* Whether a line is drawn between the two times. */
static bool is_drawn(const plot_curve *curve, double from, double to)
{
    for (size_t i = 1; i < curve->count; i++)
        if (!isnan(curve->y[i - 1]) && !isnan(curve->y[i]) && curve->x[i - 1] <= from &&
            curve->x[i] >= to)
            return true;
    return false;
}

static size_t gaps_of(const plot_curve *curve)
{
    size_t gaps = 0;
    for (size_t i = 0; i < curve->count; i++)
        gaps += isnan(curve->y[i]) != 0;
    return gaps;
}

/* Three runs in one file: of the pauses between them no line of what was offered tells a thing. */
static void no_line_crosses_a_pause(void **state)
{
    (void)state;
    for (uint64_t count = 40; count <= 4000; count *= 100) {
        double run = (double)count / 100, next = run + 60;
        plot_data data = {0};
        plot_spread spread;
        plot_curve limit, asked, achieved, sessions;
        for (uint64_t n = 0; n < 3 * count; n++) {
            swio_cdr cdr;
            int64_t later = (int64_t)(n / count) * 60000000;
            cdr_answered(&cdr, n + 1);
            cdr.due_us += later;
            cdr.launch_us += later;
            cdr.end_us += later;
            cdr.active_sessions = n;
            assert_int_equal(swio_plot_data_add(&data, &cdr), 0);
        }
        assert_int_equal(swio_plot_data_finish(&data), 0);
        assert_int_equal(data.resume_count, 2);
        near(data.resumes[0], next);
        assert_int_equal(swio_plot_curve_latency(&data, 0, 300, &spread), 0);
        assert_int_equal(swio_plot_curve_limit(&data, 300, &limit), 0);
        assert_int_equal(swio_plot_curve_asked(&data, 300, &asked), 0);
        assert_int_equal(swio_plot_curve_achieved(&data, 300, &achieved), 0);
        assert_int_equal(swio_plot_curve_sessions(&data, 300, &sessions), 0);
        const plot_curve *curves[] = {&spread.median, &limit, &asked, &achieved, &sessions};
        for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
            assert_int_equal(gaps_of(curves[i]), 2);
            assert_false(is_drawn(curves[i], run + 10, next - 1));
            if (curves[i] != &sessions) /* which go by the ends of calls */
                assert_true(is_drawn(curves[i], next + run / 2, next + run / 2));
        }
        for (size_t i = 0; i < achieved.count; i++)
            assert_true(isnan(achieved.y[i]) || fabs(achieved.y[i] - 100) < 0.2);
        near(asked.x[asked.count - 1], 3 * run + 120);
        swio_plot_data_free(&data);
    }
}

/* A percentile of few calls does not rise long before they become slow. */
static void a_step_is_seen_where_it_is(void **state)
{
    (void)state;
    plot_data data = {0};
    plot_spread spread;
    swio_cdr cdr;
    for (uint64_t n = 1; n <= 240; n++) {
        cdr_answered(&cdr, n);
        cdr.caller.answer_us = cdr.caller.create_us + (n > 120 ? 1000000 : 20000);
        assert_int_equal(swio_plot_data_add(&data, &cdr), 0);
    }
    assert_int_equal(swio_plot_data_finish(&data), 0);
    assert_int_equal(swio_plot_curve_latency(&data, 0, 300, &spread), 0);
    for (size_t i = 0; i < spread.running95.count; i++)
        if (spread.running95.x[i] < 1.2 - 0.16 && spread.running95.y[i] > 0.1)
            fail_msg("at %g s, and the step is at 1.2 s", spread.running95.x[i]);
    swio_plot_data_free(&data);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    int error = SWIO_ENOMEM;
    for (long n = 0; error; n++) {
        assert_true(n < 100);
        plot_data data;
        plot_spread spread;
        plot_curve curve;
        run_of(&data, 50, true);
        swio_mem_fail_after(n, false);
        error = swio_plot_curve_latency(&data, 0, 300, &spread);
        if (!error)
            error = swio_plot_curve_calls(&data, 300, &curve);
        if (!error)
            error = swio_plot_curve_achieved(&data, 300, &curve);
        if (!error)
            error = swio_plot_curve_outcome(&data, SWIO_OUTCOME_BLOCKED, 300, &curve);
        if (!error)
            error = swio_plot_curve_sessions(&data, 300, &curve);
        swio_mem_fail_after(-1, false);
        assert_true(error == 0 || error == SWIO_ENOMEM);
        swio_plot_data_free(&data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_in_seconds_since_the_first),
        cmocka_unit_test(latencies_are_the_metrics),
        cmocka_unit_test(few_calls_are_dots),
        cmocka_unit_test(many_calls_are_a_band),
        cmocka_unit_test(the_median_of_ticks_lies_between_them),
        cmocka_unit_test(calls_up_are_counted),
        cmocka_unit_test(a_single_peak_and_a_single_hole_are_kept),
        cmocka_unit_test(outcomes_add_up),
        cmocka_unit_test(rates_are_of_the_time_that_calls_took),
        cmocka_unit_test(one_call_is_enough),
        cmocka_unit_test(silence_interrupts),
        cmocka_unit_test(no_line_crosses_a_pause),
        cmocka_unit_test(a_step_is_seen_where_it_is),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
