#include <math.h>
#include <stdio.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/metrics.h>

#include "base/mem.h"
#include "support/cdr.h"
#include "support/cmocka.h"

static void near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-9 * fabs(want)))
        fail_msg("%.17g is not %.17g", got, want);
}

static swio_metrics *metrics_new(void)
{
    swio_metrics *m;
    assert_int_equal(swio_metrics_new(&m), 0);
    return m;
}

/* 100 arrivals at 100 a second: 10 blocked, 5 busy, 3 without a route, 2 lost. */
static swio_metrics *a_run(void)
{
    swio_metrics *m = metrics_new();
    swio_cdr cdr;
    for (uint64_t n = 1; n <= 100; n++) {
        if (n % 10 == 0)
            cdr_blocked(&cdr, n);
        else if (n % 20 == 1)
            cdr_failed(&cdr, n, "USER_BUSY");
        else if (n % 33 == 2)
            cdr_failed(&cdr, n, "NO_ROUTE_DESTINATION");
        else
            cdr_answered(&cdr, n);
        if (n == 48 || n == 49)
            cdr.outcome = SWIO_OUTCOME_LOST;
        swio_metrics_add(m, &cdr);
    }
    return m;
}

static void arrivals_are_counted(void **state)
{
    (void)state;
    swio_metrics *m = a_run();
    swio_metrics_summary s;
    swio_metrics_summarize(m, &s);
    assert_int_equal(s.arrivals, 100);
    assert_int_equal(s.blocked, 10);
    assert_int_equal(s.offered, 90);
    assert_int_equal(s.failed, 8);
    assert_int_equal(s.lost, 2);
    assert_int_equal(s.answered, 80);
    assert_int_equal(s.effective, 85);
    assert_int_equal(s.late, 0);
    near(s.asr, 80 / 90.0);
    near(s.abr, 0.8);
    near(s.ner, 85 / 90.0);
    near(s.blocking, 0.1);
    near(s.arrival_rate, 100);
    assert_int_equal(s.first_due_us, CDR_EPOCH + 10000);
    assert_int_equal(s.peak_erlangs, 14);
    near(s.offered_erlangs, 100 * s.mean_holding_time);
    near(s.carried_erlangs, 90 * s.mean_holding_time);
    assert_false(s.rate_changed || s.limit_changed);
    near(s.erlang_b, swio_erlang_b(s.offered_erlangs, 500));
    assert_int_equal(s.last_limit, 500);
    swio_metrics_free(m);
}

static void nothing_measured_is_not_a_number(void **state)
{
    (void)state;
    swio_metrics *m = metrics_new();
    swio_metrics_summary s;
    swio_distribution d;
    swio_metrics_summarize(m, &s);
    assert_true(isnan(s.asr) && isnan(s.ner) && isnan(s.rate) && isnan(s.erlang_b));
    swio_metrics_distribution(m, SWIO_METRIC_MOS, &d);
    assert_int_equal(d.count, 0);
    assert_true(isnan(d.mean) && isnan(d.max) && isnan(d.p999));
    assert_true(isnan(swio_metrics_percentile(m, SWIO_METRIC_MOS, 50)));
    assert_true(isnan(swio_metrics_percentile(m, SWIO_METRICS, 50)));
    swio_metrics_free(m);
}

static void latencies_are_measured(void **state)
{
    (void)state;
    swio_metrics *m = a_run();
    swio_distribution d;
    swio_metrics_distribution(m, SWIO_METRIC_CALL_SETUP_LATENCY, &d);
    assert_int_equal(d.count, 82);
    near(d.min, 0.04);
    near(d.max, 0.08);
    swio_metrics_distribution(m, SWIO_METRIC_JITTER, &d);
    assert_int_equal(d.count, 82);
    near(d.max, 9.1e-3);
    assert_true(fabs(swio_metrics_percentile(m, SWIO_METRIC_CALL_DURATION, 50) - 5) < 0.0025);
    swio_metrics_reset(m);
    swio_metrics_distribution(m, SWIO_METRIC_JITTER, &d);
    assert_int_equal(d.count, 0);
    swio_metrics_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrivals_are_counted),
        cmocka_unit_test(nothing_measured_is_not_a_number),
        cmocka_unit_test(latencies_are_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
