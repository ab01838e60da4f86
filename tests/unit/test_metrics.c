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
    assert_true(isnan(s.erlang_b) && isnan(s.erlang_b_low)); /* for calls were lost */
    assert_int_equal(s.last_limit, 500);
    swio_metrics_free(m);
}

static void blocking_is_expected_of_a_steady_run(void **state)
{
    (void)state;
    swio_metrics *m = metrics_new();
    swio_metrics_summary s;
    swio_cdr cdr;
    for (uint64_t n = 1; n <= 100; n++) {
        if (n % 10 == 0)
            cdr_blocked(&cdr, n);
        else
            cdr_answered(&cdr, n);
        swio_metrics_add(m, &cdr);
    }
    swio_metrics_summarize(m, &s);
    near(s.erlang_b, swio_erlang_b(s.offered_erlangs, s.first_limit));
    assert_true(s.erlang_b_low <= s.erlang_b && s.erlang_b < s.erlang_b_high);
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
    assert_true(isnan(s.erlang_b_low) && isnan(s.erlang_b_high));
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

/* Where settings change, each record has its own, and Erlang's formula says nothing. */
static void changed_settings_are_told(void **state)
{
    (void)state;
    swio_metrics *m = metrics_new();
    swio_metrics_summary s;
    swio_cdr cdr;
    static const uint64_t order[] = {3, 1, 4, 2}; /* records come as calls end */
    for (size_t i = 0; i < 4; i++) {
        cdr_answered(&cdr, order[i]);
        cdr.rate = 10 * (double)order[i];
        cdr.limit = order[i] < 4 ? 7 : 8;
        swio_metrics_add(m, &cdr);
    }
    swio_metrics_summarize(m, &s);
    assert_true(s.rate_changed && s.limit_changed);
    near(s.first_rate, 10);
    near(s.last_rate, 40);
    assert_int_equal(s.first_limit, 7);
    assert_int_equal(s.last_limit, 8);
    assert_true(isnan(s.erlang_b) && isnan(s.erlang_b_high));
    near(s.arrival_rate, 100);
    swio_metrics_free(m);
}

static void late_calls_are_those_past_a_tick(void **state)
{
    (void)state;
    static const int64_t lateness[] = {-5, 0, 20000, 20001, 500000};
    swio_metrics *m = metrics_new();
    swio_metrics_summary s;
    swio_cdr cdr;
    for (size_t i = 0; i < sizeof lateness / sizeof lateness[0]; i++) {
        cdr_answered(&cdr, i + 1);
        cdr.launch_us = cdr.due_us + lateness[i];
        swio_metrics_add(m, &cdr);
    }
    swio_metrics_summarize(m, &s);
    assert_int_equal(s.late, 2);
    swio_metrics_free(m);
}

/* What groups were told, in their order. */
typedef struct told {
    swio_group groups[8];
    char names[8][64];
    size_t count;
} told;

static void note_group(const swio_group *group, void *arg)
{
    told *t = arg;
    if (t->count < 8) {
        t->groups[t->count] = *group;
        snprintf(t->names[t->count], sizeof t->names[0], "%s", group->name);
    }
    t->count++;
}

static void groups_come_the_greatest_first(void **state)
{
    (void)state;
    swio_metrics *m = a_run();
    told causes = {0}, nodes = {0}, none = {0};
    swio_metrics_groups(m, SWIO_GROUP_CAUSES, note_group, &causes);
    assert_int_equal(causes.count, 2);
    assert_string_equal(causes.names[0], "USER_BUSY");
    assert_int_equal(causes.groups[0].count, 5);
    assert_string_equal(causes.names[1], "NO_ROUTE_DESTINATION");
    assert_int_equal(causes.groups[1].outcomes[SWIO_OUTCOME_FAILED], 3);
    swio_metrics_groups(m, SWIO_GROUP_NODES, note_group, &nodes);
    assert_int_equal(nodes.count, 2);
    assert_true(nodes.groups[0].count >= nodes.groups[1].count);
    swio_metrics_groups(m, SWIO_GROUPINGS, note_group, &none);
    swio_metrics_reset(m);
    swio_metrics_groups(m, SWIO_GROUP_NODES, note_group, &none);
    assert_int_equal(none.count, 0);
    swio_metrics_free(m);
}

static void past_a_thousand_names_the_rest_is_other(void **state)
{
    (void)state;
    swio_metrics *m = metrics_new();
    swio_cdr cdr;
    told apps = {0};
    cdr_answered(&cdr, 1);
    for (int i = 0; i < 1010; i++) {
        snprintf(cdr.app, sizeof cdr.app, "app%d", i);
        swio_metrics_add(m, &cdr);
    }
    snprintf(cdr.app, sizeof cdr.app, "app7");
    swio_metrics_add(m, &cdr);
    swio_metrics_groups(m, SWIO_GROUP_APPS, note_group, &apps);
    assert_int_equal(apps.count, 1001);
    assert_string_equal(apps.names[0], "app7");
    assert_int_equal(apps.groups[0].count, 2);
    swio_metrics_free(m);
}

/* Past the making of the metrics, memory is asked for by groups alone, which do without. */
static void without_memory_it_counts_on(void **state)
{
    (void)state;
    bool made = false;
    for (long n = 0; n < 30; n++) {
        swio_metrics *m = NULL;
        swio_metrics_summary s;
        told apps = {0};
        swio_cdr cdr;
        cdr_answered(&cdr, 1);
        swio_mem_fail_after(n, true);
        int error = swio_metrics_new(&m);
        if (!error) {
            swio_metrics_add(m, &cdr);
            swio_metrics_groups(m, SWIO_GROUP_APPS, note_group, &apps);
            swio_metrics_summarize(m, &s);
        }
        swio_mem_fail_after(-1, false);
        if (error) {
            assert_int_equal(error, SWIO_ENOMEM);
            assert_null(m);
            continue;
        }
        assert_int_equal(s.answered, 1);
        assert_int_equal(apps.count, 1);
        assert_int_equal(apps.groups[0].count, 1);
        made = true;
        swio_metrics_free(m);
    }
    assert_true(made);
}

static void values_are_shown_with_units(void **state)
{
    (void)state;
    static const struct {
        swio_unit unit;
        double value;
        const char *text;
    } table[] = {
        {SWIO_UNIT_COUNT, 20000, "20000"},       {SWIO_UNIT_SECONDS, 0, "0 us"},
        {SWIO_UNIT_SECONDS, 0.000052, "52 us"},  {SWIO_UNIT_SECONDS, 0.0012, "1.20 ms"},
        {SWIO_UNIT_SECONDS, 0.0425, "42.5 ms"},  {SWIO_UNIT_SECONDS, 0.187, "187 ms"},
        {SWIO_UNIT_SECONDS, 5.06, "5.06 s"},     {SWIO_UNIT_SECONDS, 61.23, "61.2 s"},
        {SWIO_UNIT_SECONDS, -0.02, "-20.0 ms"},  {SWIO_UNIT_RATIO, 1, "100.00 %"},
        {SWIO_UNIT_RATIO, 0.999999, ">99.99 %"}, {SWIO_UNIT_RATIO, 0.992, "99.20 %"},
        {SWIO_UNIT_RATIO, 0.00001, "<0.01 %"},   {SWIO_UNIT_RATIO, 0, "0.00 %"},
        {SWIO_UNIT_RATE, 999.991, "999.99 /s"},  {SWIO_UNIT_ERLANGS, 12.5, "12.50 E"},
        {SWIO_UNIT_SCORE, 4.5, "4.50"},          {SWIO_UNIT_SECONDS, (double)NAN, "-"},
        {SWIO_UNIT_SECONDS, 0.9996, "1.00 s"},   {SWIO_UNIT_SECONDS, 0.0009996, "1.00 ms"},
        {SWIO_UNIT_SECONDS, 0.09996, "100 ms"},  {SWIO_UNIT_SECONDS, 59.999, "60.0 s"},
    };
    char buf[32], small[5];
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_string_equal(swio_unit_print(table[i].unit, table[i].value, buf, sizeof buf),
                            table[i].text);
    assert_string_equal(swio_unit_print(SWIO_UNIT_COUNT, 1234567, small, sizeof small), "1234");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrivals_are_counted),
        cmocka_unit_test(blocking_is_expected_of_a_steady_run),
        cmocka_unit_test(nothing_measured_is_not_a_number),
        cmocka_unit_test(latencies_are_measured),
        cmocka_unit_test(changed_settings_are_told),
        cmocka_unit_test(late_calls_are_those_past_a_tick),
        cmocka_unit_test(groups_come_the_greatest_first),
        cmocka_unit_test(past_a_thousand_names_the_rest_is_other),
        cmocka_unit_test(without_memory_it_counts_on),
        cmocka_unit_test(values_are_shown_with_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
