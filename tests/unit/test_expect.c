#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/expect.h>

#include "base/mem.h"
#include "support/cdr.h"
#include "support/cmocka.h"

static swio_metrics *metrics;

/* 50 arrivals: 7 blocked, 3 busy, 40 answered. */
static int make_metrics(void **state)
{
    (void)state;
    swio_cdr cdr;
    if (swio_metrics_new(&metrics))
        return -1;
    for (uint64_t n = 1; n <= 50; n++) {
        if (n <= 7)
            cdr_blocked(&cdr, n);
        else if (n <= 10)
            cdr_failed(&cdr, n, "USER_BUSY");
        else
            cdr_answered(&cdr, n);
        swio_metrics_add(metrics, &cdr);
    }
    return 0;
}

static int free_metrics(void **state)
{
    (void)state;
    metrics = swio_metrics_free(metrics);
    return 0;
}

static swio_verdict check(const char *text)
{
    swio_expect *e;
    if (swio_expect_new(text, &e))
        fail_msg("%s", swio_errmsg());
    swio_verdict verdict = swio_expect_check(e, metrics);
    swio_expect_free(e);
    return verdict;
}

static void expectations_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool passed;
        const char *value;
    } table[] = {
        {"asr>=0.93", true, "93.02 %"},
        {"asr >= 93.03%", false, "93.02 %"},
        {"ner==1", true, "100.00 %"},
        {"failed==0", false, "3"},
        {"failed!=0", true, "3"},
        {"failed=3", true, "3"},
        {"answered>=40", true, "40"},
        {"answered>40", false, "40"},
        {"blocked<=14%", true, "14.00 %"},
        {"blocked<14%", false, "14.00 %"},
        {"blocked <= 13.9 %", false, "14.00 %"},
        {"blocking>=14%", true, "14.00 %"},
        {"failed<=7%", true, "6.98 %"},
        {"arrival_rate>=99.9", true, "100.00 /s"},
        {"arrival_rate<=100.1cps", true, "100.00 /s"},
        {"arrival_rate<99/s", false, "100.00 /s"},
        {"offered_erlangs>100E", true, "471.48 E"},
        {"mean_call_duration==5s", true, "5.00 s"},
        {"max(call_setup_latency)<=80ms", true, "80.0 ms"},
        {"max(call_setup_latency)<80ms", false, "80.0 ms"},
        {"p99.9(call_setup_latency) < 0.081 s", true, "80.0 ms"},
        {"p999(call_setup_latency)<81000us", true, "80.0 ms"},
        {"p0(call_setup_latency)==40ms", true, "40.0 ms"},
        {"max(launch_lateness)<=60µs", true, "60 us"},
        {"mean( mos )>=4", true, "4.50"},
        {"count(call_duration)==40", true, "40"},
        {"min(call_duration)<0.1min", true, "5.00 s"},
        {"  asr>0  ", true, "93.02 %"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        swio_verdict verdict = check(table[i].text);
        if (verdict.passed != table[i].passed || strcmp(verdict.text, table[i].value) != 0)
            fail_msg("%s: %s, and %s was measured", table[i].text,
                     verdict.passed ? "passed" : "failed", verdict.text);
    }
}

static void nothing_measured_passes_nothing(void **state)
{
    (void)state;
    static const char *const all[] = {"lost==0",        "asr<=1",        "asr!=0.7",
                                      "p95(mos)!=7",    "count(mos)==0", "blocked<=100%",
                                      "mean(jitter)<9s"};
    swio_metrics_reset(metrics);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        swio_verdict verdict = check(all[i]);
        assert_false(verdict.passed);
        assert_true(isnan(verdict.value));
        assert_string_equal(verdict.text, "nothing measured");
    }
}

static void mistakes_are_explained(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } table[] = {
        {"", "begins with no name"},
        {">=1", "begins with no name"},
        {"asrr>=0.9", "there is no 'asrr'; there are arrivals, "},
        {"asr", "one of < <= > >= == != and a number are missing"},
        {"asr>=", "the number behind the comparison is missing"},
        {"asr~1", "is missing before '~1'"},
        {"asr>=high", "has to be a number, not 'high'"},
        {"asr>=nan", "has to be a number, not 'nan'"},
        {"asr>=0.9ms", "'ms' behind the number is not understood"},
        {"asr>=0.9 0.8", "'0.8' behind the number is not understood"},
        {"asr>>1", "has to be a number, not '>1'"},
        {"p95(call_setup_latency)<200", "a time has a unit: us, ms, s or min"},
        {"p95(call_setup_latency)<200h", "'h' is no unit of time: us, ms, s or min"},
        {"call_setup_latency<200ms", "has many values: say which, as in p95(call_setup_latency)"},
        {"p95(asr)>0.9", "asr is one value, without p95()"},
        {"p95(latency)<1s", "there is no metric 'latency'; there are invite_latency, "},
        {"p101(mos)>1", "'p101' is not count, min, max, mean, or a percentile"},
        {"p(mos)>1", "'p' is not count"},
        {"average(mos)>1", "'average' is not count"},
        {"p95(mos>1", "the ')' behind 'p95(mos' is missing"},
        {"arrivals<=1%", "arrivals is a share of nothing"},
        {"asr>=99", "a share is from 0 to 1, or with % from 0 to 100"},
        {"blocked<=101%", "a share is from 0 to 1"},
        {"blocking<-5%", "a share is from 0 to 1"},
        {"max(packet_loss)<2", "a share is from 0 to 1"},
        {"failed<-1", "a count is never below 0"},
        {"0.99<=asr", "the name stands before the number"},
        {"asr=>0.99", "'=>' is written >="},
        {"late=<1%", "'=<' is written <="},
        {"mean(mos)>=80%", "'%' behind the number is not understood"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        swio_expect *e = NULL;
        assert_int_equal(swio_expect_new(table[i].text, &e), SWIO_EINVAL);
        assert_null(e);
        if (!strstr(swio_errmsg(), table[i].why) || !strstr(swio_errmsg(), table[i].text))
            fail_msg("%s: %s", table[i].text, swio_errmsg());
    }
}

static void every_name_can_be_asked_for(void **state)
{
    (void)state;
    char text[128];
    for (size_t i = 0; swio_figure_at(i); i++) {
        bool time = swio_figure_at(i)->unit == SWIO_UNIT_SECONDS;
        snprintf(text, sizeof text, "%s>=0%s", swio_figure_at(i)->name, time ? "s" : "");
        if (!check(text).passed)
            fail_msg("%s: %s", text, check(text).text);
    }
    for (unsigned i = 0; i < SWIO_METRICS; i++) {
        snprintf(text, sizeof text, "count(%s)>=1", swio_metric_name((swio_metric)i));
        assert_true(check(text).passed);
    }
}

static void the_text_is_kept_without_spaces_around(void **state)
{
    (void)state;
    swio_expect *e;
    assert_int_equal(swio_expect_new("  asr >= 1\t", &e), 0);
    assert_string_equal(swio_expect_text(e), "asr >= 1");
    assert_null(swio_expect_free(e));
    swio_mem_fail_after(0, false);
    assert_int_equal(swio_expect_new("asr>=1", &e), SWIO_ENOMEM);
    swio_mem_fail_after(-1, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(expectations_are_checked, make_metrics, free_metrics),
        cmocka_unit_test_setup_teardown(nothing_measured_passes_nothing, make_metrics,
                                        free_metrics),
        cmocka_unit_test_setup_teardown(mistakes_are_explained, make_metrics, free_metrics),
        cmocka_unit_test_setup_teardown(every_name_can_be_asked_for, make_metrics, free_metrics),
        cmocka_unit_test(the_text_is_kept_without_spaces_around),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
