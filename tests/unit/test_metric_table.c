/* Every number that the metrics tell, computed again in SQL from the records and the tables' own
 * formulas. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/metrics.h>
#include <switchio/store.h>

#include "base/buf.h"
#include "base/mem.h"
#include "support/cdr.h"
#include "support/cmocka.h"

enum { RECORDS = 3000 };

static const char *path;
static swio_metrics *metrics;

static uint64_t seed;

/* The same numbers in each run; xorshift64. */
static uint64_t random_below(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

static int64_t time_or_none(int64_t after)
{
    return random_below(20) ? after + (int64_t)(random_below(1000000) * random_below(100) / 50) : 0;
}

/* Anything that may be in a leg, sense or not: a switch whose clock is behind, and media. */
static void fill_leg(swio_cdr_leg *leg, int64_t start, const char *cause)
{
    leg->create_us = time_or_none(start);
    leg->answer_us = random_below(3) ? time_or_none(start + 200000) : 0;
    leg->hangup_us = time_or_none(start + 900000);
    snprintf(leg->cause, sizeof leg->cause, "%s", cause);
    if (random_below(2)) {
        leg->mos = 1 + (double)random_below(4001) / 1000;
        leg->jitter_ms = (double)random_below(100000) / 1000;
        leg->packet_loss = (double)random_below(1000) / 1000;
    }
}

static void make_record(swio_cdr *cdr, uint64_t n)
{
    static const char *const causes[] = {"USER_BUSY", "NO_ROUTE_DESTINATION",     "NORMAL_CLEARING",
                                         "",          "RECOVERY_ON_TIMER_EXPIRE", "NO_ANSWER"};
    swio_cdr_init(cdr);
    cdr->number = n;
    cdr->outcome = (swio_outcome)random_below(SWIO_OUTCOMES);
    cdr->due_us = CDR_EPOCH + (int64_t)n * 10007;
    cdr->limit = 1500;
    cdr->rate = 99.9;
    snprintf(cdr->app, sizeof cdr->app, "App%u", (unsigned)random_below(5));
    if (cdr->outcome == SWIO_OUTCOME_BLOCKED) {
        cdr->end_us = cdr->due_us;
        return;
    }
    cdr->launch_us = cdr->due_us + (int64_t)random_below(22000);
    cdr->req_originate_us = time_or_none(cdr->launch_us);
    cdr->answer_seen_us = time_or_none(cdr->launch_us);
    cdr->end_us = time_or_none(cdr->launch_us);
    cdr->erlangs = random_below(900);
    cdr->active_sessions = random_below(1800);
    if (cdr->outcome == SWIO_OUTCOME_FAILED)
        snprintf(cdr->cause, sizeof cdr->cause, "%s", causes[random_below(6)]);
    fill_leg(&cdr->caller, CDR_EPOCH + (int64_t)n * 20000, causes[random_below(6)]);
    fill_leg(&cdr->callee, CDR_EPOCH + (int64_t)n * 20000 - 30000, causes[random_below(6)]);
}

static int make_run(void **state)
{
    swio_store *store;
    swio_cdr cdr;
    seed = 88172645463325252u;
    cdr_folder_make(state);
    path = cdr_path("run.db");
    assert_int_equal(swio_store_open(path, NULL, &store), 0);
    assert_int_equal(swio_metrics_new(&metrics), 0);
    for (uint64_t n = 1; n <= RECORDS; n++) {
        make_record(&cdr, n);
        assert_int_equal(swio_store_put(store, &cdr), 0);
        swio_metrics_add(metrics, &cdr);
    }
    assert_int_equal(swio_store_close(store), 0);
    return 0;
}

static int end_run(void **state)
{
    swio_metrics_free(metrics);
    return cdr_folder_remove(state);
}

static void near(const char *what, double got, double sql, double relative)
{
    if (isnan(got) && isnan(sql))
        return;
    if (!(fabs(got - sql) <= relative * fabs(sql) + 1e-12))
        fail_msg("%s: %.17g, and %.17g in SQL", what, got, sql);
}

/* A query with all values of a metric, one a row. */
static void values_of(const swio_metric_info *info, char *sql, size_t size)
{
    int n = snprintf(sql, size, "SELECT (%s) * %.9g AS v FROM calls WHERE v IS NOT NULL",
                     info->formula, info->scale);
    if (info->formula2)
        snprintf(sql + n, size - (size_t)n,
                 " UNION ALL SELECT (%s) * %.9g AS v FROM calls WHERE v IS NOT NULL",
                 info->formula2, info->scale);
}

static void check_percentile(swio_metric metric, const char *values, double p, uint64_t count)
{
    char sql[1024], what[64];
    double exact;
    uint64_t rank = (uint64_t)ceil(p / 100 * (double)count);
    snprintf(sql, sizeof sql, "SELECT v FROM (%s) ORDER BY v LIMIT 1 OFFSET %llu", values,
             (unsigned long long)(rank ? rank - 1 : 0));
    cdr_sql(path, sql, &exact, 1);
    snprintf(what, sizeof what, "p%g(%s)", p, swio_metric_name(metric));
    near(what, swio_metrics_percentile(metrics, metric, p), exact, SWIO_PERCENTILE_ERROR + 1e-9);
}

static void distributions_are_those_of_sql(void **state)
{
    (void)state;
    static const double percentiles[] = {0, 1, 50, 90, 95, 99, 99.9, 100};
    for (unsigned i = 0; i < SWIO_METRICS; i++) {
        swio_metric metric = (swio_metric)i;
        const swio_metric_info *info = swio_metric_get(metric);
        char values[768], sql[1024];
        double row[4];
        swio_distribution d;
        values_of(info, values, sizeof values);
        snprintf(sql, sizeof sql, "SELECT count(*), min(v), max(v), avg(v) FROM (%s)", values);
        cdr_sql(path, sql, row, 4);
        swio_metrics_distribution(metrics, metric, &d);
        assert_in_range(d.count, 100, 2 * RECORDS);
        near(info->name, (double)d.count, row[0], 0);
        near(info->name, d.min, row[1], 1e-9);
        near(info->name, d.max, row[2], 1e-9);
        near(info->name, d.mean, row[3], 1e-9);
        for (size_t p = 0; p < sizeof percentiles / sizeof percentiles[0]; p++)
            check_percentile(metric, values, percentiles[p], d.count);
    }
}

/* The formula with each figure that it names replaced by that one's own. */
static void expand(swio_buf *sql, const char *formula)
{
    while (*formula) {
        size_t n = 1;
        char name[64];
        if (*formula == '\'') {
            n = strcspn(formula + 1, "'") + 2;
        } else if (isalpha((unsigned char)*formula)) {
            while (isalnum((unsigned char)formula[n]) || formula[n] == '_')
                n++;
            snprintf(name, sizeof name, "%.*s", (int)n, formula);
            if (swio_figure_find(name)) {
                swio_buf_puts(sql, "(SELECT ");
                expand(sql, swio_figure_find(name)->formula);
                swio_buf_puts(sql, " FROM calls)");
                formula += n;
                continue;
            }
        }
        swio_buf_add(sql, formula, n);
        formula += n;
    }
}

static void figures_are_those_of_sql(void **state)
{
    (void)state;
    swio_metrics_summary summary;
    swio_metrics_summarize(metrics, &summary);
    for (size_t i = 0; swio_figure_at(i); i++) {
        const swio_figure *figure = swio_figure_at(i);
        swio_buf sql = {0};
        double value;
        if (!figure->formula[0])
            continue;
        swio_buf_puts(&sql, "SELECT ");
        expand(&sql, figure->formula);
        swio_buf_puts(&sql, " FROM calls");
        cdr_sql(path, sql.data, &value, 1);
        assert_true(value > 0);
        near(figure->name, swio_figure_value(figure, &summary), value, 1e-9);
        swio_buf_free(&sql);
    }
    assert_true(summary.lost > 0 && isnan(summary.erlang_b)); /* tests/system/test_report_sql.c */
}

static void check_group(const swio_group *group, void *column)
{
    char sql[512];
    double row[1 + SWIO_OUTCOMES];
    snprintf(sql, sizeof sql,
             "SELECT count(*), sum(outcome = 'blocked'), sum(outcome = 'failed'), "
             "sum(outcome = 'answered'), sum(outcome = 'lost') FROM calls WHERE %s = '%s'",
             (const char *)column, group->name);
    cdr_sql(path, sql, row, 1 + SWIO_OUTCOMES);
    near(group->name, (double)group->count, row[0], 0);
    for (int i = 0; i < SWIO_OUTCOMES; i++)
        near(group->name, (double)group->outcomes[i], row[1 + i], 0);
}

static void groups_are_those_of_sql(void **state)
{
    (void)state;
    static char apps[] = "app", caller[] = "caller_cause", callee[] = "callee_cause",
                cause[] = "outcome = 'failed' AND coalesce(cause, caller_cause)";
    swio_metrics_groups(metrics, SWIO_GROUP_APPS, check_group, apps);
    swio_metrics_groups(metrics, SWIO_GROUP_CALLER_CAUSES, check_group, caller);
    swio_metrics_groups(metrics, SWIO_GROUP_CALLEE_CAUSES, check_group, callee);
    swio_metrics_groups(metrics, SWIO_GROUP_CAUSES, check_group, cause);
}

static void the_tables_are_complete(void **state)
{
    (void)state;
    swio_metric found;
    for (unsigned i = 0; i < SWIO_METRICS; i++) {
        const swio_metric_info *info = swio_metric_get((swio_metric)i);
        assert_true(info->name[0] && info->title[0] && info->doc[0] && info->formula[0]);
        assert_non_null(info->source);
        assert_true(swio_metric_find(info->name, &found) && found == (swio_metric)i);
        assert_null(swio_figure_find(info->name));
        assert_int_equal(info->clock != SWIO_CLOCK_NONE, strstr(info->formula, "_us - ") != NULL);
    }
    assert_null(swio_metric_get(SWIO_METRICS));
    assert_null(swio_metric_name(SWIO_METRICS));
    assert_false(swio_metric_find("", &found));
    for (size_t i = 0; swio_figure_at(i); i++) {
        const swio_figure *figure = swio_figure_at(i);
        assert_true(figure->title[0] && figure->doc[0] && figure->source && figure->formula);
        assert_ptr_equal(swio_figure_find(figure->name), figure);
        if (figure->whole)
            assert_int_equal(swio_figure_find(figure->whole)->unit, SWIO_UNIT_COUNT);
    }
}

static void effective_causes_are_in_their_formula(void **state)
{
    (void)state;
    const char *formula = swio_figure_find("effective")->formula;
    char quoted[64];
    size_t n = 0, commas = 0;
    const swio_effective_cause *cause;
    for (; (cause = swio_effective_cause_at(n)); n++) {
        snprintf(quoted, sizeof quoted, "'%s'", cause->name);
        assert_non_null(strstr(formula, quoted));
        assert_true(swio_cause_is_effective(cause->name));
        assert_true(cause->doc[0] && cause->sip && cause->q850 >= 0 && cause->q850 < 128);
    }
    for (const char *c = strstr(formula, " IN "); *c; c++)
        commas += *c == ',';
    assert_int_equal(commas + 1, n);
    assert_false(swio_cause_is_effective("NO_ROUTE_DESTINATION"));
    assert_false(swio_cause_is_effective(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distributions_are_those_of_sql),
        cmocka_unit_test(figures_are_those_of_sql),
        cmocka_unit_test(groups_are_those_of_sql),
        cmocka_unit_test(the_tables_are_complete),
        cmocka_unit_test(effective_causes_are_in_their_formula),
    };
    return cmocka_run_group_tests(tests, make_run, end_run);
}
