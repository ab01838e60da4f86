/* The report in its three formats; what its numbers are is the affair of
 * tests/system/test_report_sql. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/report.h>

#include "base/mem.h"
#include "support/cdr.h"
#include "support/cmocka.h"

static swio_metrics *a_run(void)
{
    swio_metrics *m;
    swio_cdr cdr;
    assert_int_equal(swio_metrics_new(&m), 0);
    for (uint64_t n = 1; n <= 20; n++) {
        if (n % 10 == 0)
            cdr_blocked(&cdr, n);
        else if (n % 5 == 0)
            cdr_failed(&cdr, n, "USER_BUSY");
        else
            cdr_answered(&cdr, n);
        swio_metrics_add(m, &cdr);
    }
    return m;
}

/* For free(). */
static char *written(swio_metrics *m, swio_report_format format, const swio_report_opts *opts)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    assert_non_null(to);
    assert_int_equal(swio_report_write(m, format, opts, to), 0);
    fclose(to);
    return text;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no '%s' in:\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("'%s' is in:\n%s", part, text);
}

static void text_tells_everything_that_the_tables_have(void **state)
{
    (void)state;
    swio_metrics *m = a_run();
    char *text = written(m, SWIO_REPORT_TEXT, &(swio_report_opts){.records = "calls.db"});
    const swio_figure *figure;
    for (size_t i = 0; (figure = swio_figure_at(i)); i++)
        has(text, figure->title);
    for (unsigned i = 0; i < SWIO_METRICS; i++)
        has(text, swio_metric_get((swio_metric)i)->title);
    has(text, "Records:         calls.db\n");
    has(text, "Started:         2026-11-22 20:00:00 UTC\n");
    has(text, "Rate asked for:  100 /s\n");
    has(text, "call set-up latency *");
    has(text, "* by the clock of the switch, which ticks every 20 ms");
    has(text, "USER_BUSY               2\n");
    has(text, "127.0.0.2:8021");
    free(text);
    swio_metrics_free(m);
}

/* With one blank where there are several, as the columns have them. */
static void squeeze(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++)
        if (*from != ' ' || to == text || to[-1] != ' ')
            *to++ = *from;
    *to = '\0';
}

static void print(FILE *to, swio_unit unit, double value)
{
    char buf[32];
    fprintf(to, " %s", swio_unit_print(unit, value, buf, sizeof buf));
}

static void group(const swio_group *g, void *to)
{
    fprintf(to, "\n%s %d %d %d %d\n", g->name, (int)g->count,
            (int)g->outcomes[SWIO_OUTCOME_ANSWERED], (int)g->outcomes[SWIO_OUTCOME_FAILED],
            (int)g->outcomes[SWIO_OUTCOME_LOST]);
}

/* The JSON is computed again by SQL: here it is that the text has the same numbers. */
static void text_has_the_numbers(void **state)
{
    (void)state;
    swio_metrics *m = a_run();
    char *text = written(m, SWIO_REPORT_TEXT, NULL), *want = NULL;
    size_t size;
    swio_metrics_summary s;
    swio_metrics_summarize(m, &s);
    squeeze(text);
    const swio_figure *f;
    for (size_t i = 0; (f = swio_figure_at(i)); i++) {
        FILE *line = open_memstream(&want, &size);
        fprintf(line, "\n%s:", f->title);
        print(line, f->unit, swio_figure_value(f, &s));
        if (f->whole)
            print(line, SWIO_UNIT_RATIO,
                  swio_figure_value(f, &s) / swio_figure_value(swio_figure_find(f->whole), &s));
        fputc('\n', line);
        fclose(line);
        has(text, want);
        free(want);
    }
    for (unsigned i = 0; i < SWIO_METRICS; i++) {
        const swio_metric_info *info = swio_metric_get((swio_metric)i);
        swio_distribution d;
        swio_metrics_distribution(m, (swio_metric)i, &d);
        const double values[] = {d.min, d.mean, d.p50, d.p90, d.p95, d.p99, d.p999, d.max};
        FILE *line = open_memstream(&want, &size);
        fprintf(line, "\n%s%s %d", info->title, info->clock == SWIO_CLOCK_SWITCH ? " *" : "",
                (int)d.count);
        for (size_t k = 0; k < sizeof values / sizeof values[0]; k++)
            print(line, info->unit, values[k]);
        fputc('\n', line);
        fclose(line);
        has(text, want);
        free(want);
    }
    FILE *groups = open_memstream(&want, &size);
    swio_metrics_groups(m, SWIO_GROUP_NODES, group, groups);
    swio_metrics_groups(m, SWIO_GROUP_APPS, group, groups);
    fclose(groups);
    for (char *next, *at = want; *at; at = next) { /* "\nname 1 2 3 4\n" each */
        next = strchr(at + 1, '\n') + 1;
        char *one = strndup(at, (size_t)(next - at));
        has(text, one);
        free(one);
    }
    free(want);
    free(text);
    swio_metrics_free(m);
}

/* Each arrival has the rate of its moment, which has as many digits as a double. */
static void a_ramp_is_told_in_few_digits(void **state)
{
    (void)state;
    swio_metrics *m = a_run();
    swio_cdr cdr;
    cdr_blocked(&cdr, 99);
    cdr.due_us += 10000000;
    cdr.rate = 2.758925558;
    cdr.limit = 1000000;
    swio_metrics_add(m, &cdr);
    char *text = written(m, SWIO_REPORT_TEXT, NULL);
    has(text, "Rate asked for:  100 /s at first, 2.75893 /s at last\n");
    has(text, " at first, 1000000 calls at last\n");
    free(text);
    swio_metrics_free(m);
}

static void markdown_has_the_same_with_headings(void **state)
{
    (void)state;
    swio_metrics *m = a_run();
    char *text = written(m, SWIO_REPORT_MARKDOWN, NULL);
    has(text, "## Run\n\n");
    has(text, "## Latencies and media\n\n");
    has(text, "| Calls answered ");
    has(text, "| USER_BUSY          |     2 |\n");
    has(text, "\\* by the clock of the switch");
    has_not(text, "Records");
    free(text);
    swio_metrics_free(m);
}

static double number_in(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    assert_non_null(value);
    return json_is_null(value) ? NAN : json_number_value(value);
}

static void near(double got, double want)
{
    if (isnan(want) ? !isnan(got) : !(fabs(got - want) <= 1e-12 * fabs(want)))
        fail_msg("%.17g is not %.17g", got, want);
}

static void json_has_every_number(void **state)
{
    (void)state;
    swio_metrics *m = a_run();
    char *text = written(m, SWIO_REPORT_JSON, NULL);
    json_t *report = json_loads(text, 0, NULL);
    assert_non_null(report);
    swio_metrics_summary summary;
    swio_metrics_summarize(m, &summary);
    const swio_figure *figure;
    for (size_t i = 0; (figure = swio_figure_at(i)); i++)
        near(number_in(json_object_get(report, "figures"), figure->name),
             swio_figure_value(figure, &summary));
    for (unsigned i = 0; i < SWIO_METRICS; i++) {
        swio_distribution d;
        swio_metrics_distribution(m, (swio_metric)i, &d);
        const json_t *one =
            json_object_get(json_object_get(report, "metrics"), swio_metric_name((swio_metric)i));
        near(number_in(one, "count"), (double)d.count);
        near(number_in(one, "mean"), d.mean);
        near(number_in(one, "p99.9"), d.p999);
    }
    const json_t *cause = json_array_get(json_object_get(report, "causes"), 0);
    assert_string_equal(json_string_value(json_object_get(cause, "name")), "USER_BUSY");
    near(number_in(cause, "failed"), 2);
    assert_int_equal(json_array_size(json_object_get(report, "nodes")), 2);
    has(text, "\"first_due\": \"2026-11-22T20:00:00.010000Z\"");
    json_decref(report);
    free(text);
    swio_metrics_free(m);
}

static void brief_is_what_a_run_ends_with(void **state)
{
    (void)state;
    swio_metrics *m = a_run();
    swio_expect *expectations[3];
    assert_int_equal(swio_expect_new("asr>=0.99", &expectations[0]), 0);
    assert_int_equal(swio_expect_new("failed<=3", &expectations[1]), 0);
    assert_int_equal(swio_expect_new("p99(holding_time)<1s", &expectations[2]), 0);
    swio_report_opts opts = {.brief = true,
                             .expectations = (const swio_expect *const *)expectations,
                             .expectation_count = 3};
    char *text = written(m, SWIO_REPORT_TEXT, &opts);
    has(text, "Calls failed: ");
    has(text, " 2\n  USER_BUSY ");
    has(text, "call set-up latency *");
    has(text, "✗ asr>=0.99: 88.89 %\n✓ failed<=3: 2\n✗ p99(holding_time)<1s: 5.0");
    has_not(text, "\nholding time");
    has_not(text, "127.0.0.1");
    free(text);
    text = written(m, SWIO_REPORT_JSON, &opts);
    json_t *report = json_loads(text, 0, NULL);
    const json_t *check = json_array_get(json_object_get(report, "expectations"), 1);
    assert_true(json_is_true(json_object_get(check, "passed")));
    json_decref(report);
    free(text);
    swio_metrics_free(m);
    for (size_t i = 0; i < 3; i++)
        swio_expect_free(expectations[i]);
}

static void nothing_measured_is_told_as_such(void **state)
{
    (void)state;
    swio_metrics *m;
    assert_int_equal(swio_metrics_new(&m), 0);
    char *text = written(m, SWIO_REPORT_TEXT, NULL);
    has(text, "Answer-seizure ratio:");
    has_not(text, "nan");
    has_not(text, "call set-up");
    free(text);
    text = written(m, SWIO_REPORT_JSON, NULL);
    has(text, "\"asr\": null");
    free(text);
    swio_metrics_free(m);
}

static void formats_have_names(void **state)
{
    (void)state;
    swio_report_format format = SWIO_REPORT_TEXT;
    assert_true(swio_report_find("json", &format));
    assert_int_equal(format, SWIO_REPORT_JSON);
    assert_false(swio_report_find("xml", &format));
    swio_metrics *m = a_run();
    assert_int_equal(swio_report_write(m, SWIO_REPORT_FORMATS, NULL, stdout), SWIO_EINVAL);
    swio_metrics_free(m);
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    if (!full)
        skip();
    swio_metrics *m = a_run();
    assert_int_equal(swio_report_write(m, SWIO_REPORT_TEXT, NULL, full), SWIO_EIO);
    assert_string_equal(swio_errmsg(), "cannot write the report: No space left on device");
    fclose(full);
    swio_metrics_free(m);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    swio_metrics *m = a_run();
    FILE *to = fopen("/dev/null", "w");
    assert_non_null(to);
    for (swio_report_format format = 0; format < SWIO_REPORT_FORMATS; format++) {
        int error = SWIO_ENOMEM;
        for (long n = 0; error; n++) {
            assert_true(n < 1000);
            swio_mem_fail_after(n, false);
            error = swio_report_write(m, format, NULL, to);
            swio_mem_fail_after(-1, false);
            assert_true(error == 0 || error == SWIO_ENOMEM);
        }
    }
    fclose(to);
    swio_metrics_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_tells_everything_that_the_tables_have),
        cmocka_unit_test(text_has_the_numbers),
        cmocka_unit_test(a_ramp_is_told_in_few_digits),
        cmocka_unit_test(markdown_has_the_same_with_headings),
        cmocka_unit_test(json_has_every_number),
        cmocka_unit_test(brief_is_what_a_run_ends_with),
        cmocka_unit_test(nothing_measured_is_told_as_such),
        cmocka_unit_test(formats_have_names),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
