/*
 * Every number of `switchio report --format json` once more, by another program: sqlite3, given the
 * formulas of the tables of <switchio/metrics.h>. Counts, sums and means have to be the same, and
 * percentiles within their stated error.
 */
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/metrics.h>
#include <switchio/store.h>

#include "base/buf.h"
#include "base/mem.h"
#include "support/cdr.h"
#include "support/cmocka.h"

/* Values of media are kept in millionths. */
#define STEP 1e-6

/* ---- formulas ---- */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The column `rate` goes before the figure of that name. */
static bool is_column(const char *name)
{
    const swio_column *column;
    for (size_t i = 0; (column = swio_column_at(i)); i++)
        if (strcmp(column->name, name) == 0)
            return true;
    return false;
}

/* The formula with other figures in it replaced by theirs; what is in quotes is left alone. */
static void expand(swio_buf *out, const char *formula, int depth)
{
    assert_true(depth < 10);
    for (const char *p = formula; *p;) {
        size_t n = 0;
        if (*p == '\'') {
            n = strcspn(p + 1, "'") + 2;
        } else {
            char word[64] = "";
            while (is_word(p[n]) && n < sizeof word - 1)
                n++;
            memcpy(word, p, n);
            const swio_figure *figure = is_column(word) ? NULL : swio_figure_find(word);
            if (figure) {
                swio_buf_putc(out, '(');
                expand(out, figure->formula, depth + 1);
                swio_buf_putc(out, ')');
                p += n;
                continue;
            }
            n = n ? n : 1;
        }
        swio_buf_add(out, p, n);
        p += n;
    }
}

/* ---- the queries: each prints "section|name|field|value" ---- */

static void figure_queries(swio_buf *sql)
{
    const swio_figure *figure;
    for (size_t i = 0; (figure = swio_figure_at(i)); i++) {
        if (!*figure->formula)
            continue;
        swio_buf_printf(sql, "SELECT 'figures', '%s', '', ", figure->name);
        expand(sql, figure->formula, 0);
        swio_buf_puts(sql, " FROM calls;\n");
    }
}

/* Erlang's B formula and its range, as src/measure/erlang.c explains them: x = 1/B(n) and r = R(n),
 * n = 0 to the limit. */
static void erlang_queries(swio_buf *sql)
{
    static const char *const figures[][2] = {
        {"erlang_b", "b"},
        {"erlang_b_low", "max(b - half - b * a / arrivals, 0)"},
        {"erlang_b_high", "min(b + half, 1)"},
    };
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        swio_buf_puts(sql, "WITH RECURSIVE run(a, lines, arrivals) AS (SELECT ");
        expand(sql, "offered_erlangs", 0);
        swio_buf_printf(sql,
                        ", max(call_limit), count(*) FROM calls "
                        "HAVING min(call_limit) = max(call_limit) AND min(rate) = max(rate) AND "
                        "sum(outcome = 'lost') = 0), "
                        "e(n, x, r) AS (SELECT 0, 1.0, 1.0 FROM run WHERE a IS NOT NULL UNION ALL "
                        "SELECT n + 1, 1 + (n + 1) / a * x, "
                        "(1 + (n + 1) / a * x) * (1 + (n + 1) / a * x) + (n + 1) / a * r "
                        "FROM e, run WHERE n < lines), "
                        "of(b, r, a, lines, arrivals) AS (SELECT 1 / x, "
                        "(SELECT r FROM e WHERE n = lines - 1), a, lines, arrivals FROM e, run "
                        "WHERE n = lines), "
                        "slope(s, v) AS (SELECT b * (lines - a + a * b), "
                        "b + 2 * lines * b * b * b * r / a FROM of), "
                        "width(half) AS (SELECT 2.5758293035489 * sqrt(max(v - (b + s) * (b + s) - "
                        "s * s / (1 - b), 0) / arrivals) + 1.0 / arrivals FROM of, slope) "
                        "SELECT 'figures', '%s', '', (SELECT %s FROM of, width);\n",
                        figures[i][0], figures[i][1]);
    }
}

static void metric_queries(swio_buf *sql, const swio_metric_info *info)
{
    static const struct {
        const char *name;
        int permille;
    } ranks[] = {{"p50", 500}, {"p90", 900}, {"p95", 950}, {"p99", 990}, {"p99.9", 999}};
    swio_buf_puts(sql, "DROP TABLE IF EXISTS v; CREATE TEMP TABLE v AS "
                       "SELECT v, row_number() OVER (ORDER BY v) AS rank FROM (");
    swio_buf_printf(sql, "SELECT (%s) * %.17g AS v FROM calls", info->formula, info->scale);
    if (info->formula2)
        swio_buf_printf(sql, " UNION ALL SELECT (%s) * %.17g FROM calls", info->formula2,
                        info->scale);
    swio_buf_puts(sql, ") WHERE v IS NOT NULL;\n");
    static const char *const sums[][2] = {
        {"count", "count(v)"}, {"min", "min(v)"}, {"mean", "avg(v)"}, {"max", "max(v)"}};
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
        swio_buf_printf(sql, "SELECT 'metrics', '%s', '%s', %s FROM v;\n", info->name, sums[i][0],
                        sums[i][1]);
    for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++)
        swio_buf_printf(sql,
                        "SELECT 'metrics', '%s', '%s', (SELECT v FROM v WHERE rank = "
                        "((SELECT count(*) FROM v) * %d + 999) / 1000);\n",
                        info->name, ranks[i].name, ranks[i].permille);
}

static void group_queries(swio_buf *sql)
{
    static const char *const groups[][2] = {
        {"causes", "CASE WHEN outcome = 'failed' THEN coalesce(cause, caller_cause) END"},
        {"caller_causes", "caller_cause"},
        {"callee_causes", "callee_cause"},
        {"apps", "app"},
        {"nodes", "node"},
    };
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        swio_buf_printf(sql,
                        "DROP TABLE IF EXISTS g; CREATE TEMP TABLE g AS SELECT %s AS name, "
                        "outcome FROM calls;\n"
                        "SELECT '%s', name, 'count', count(*) FROM g WHERE name IS NOT NULL "
                        "GROUP BY name;\n",
                        groups[i][1], groups[i][0]);
        for (int outcome = 0; outcome < SWIO_OUTCOMES; outcome++)
            swio_buf_printf(sql,
                            "SELECT '%s', name, '%s', sum(outcome = '%s') FROM g WHERE name IS NOT "
                            "NULL GROUP BY name;\n",
                            groups[i][0], swio_outcome_name((swio_outcome)outcome),
                            swio_outcome_name((swio_outcome)outcome));
    }
}

/* When the run was, and its settings: those of the first arrival and of the last. */
static void run_queries(swio_buf *sql)
{
    static const char *const times[][2] = {{"first_due", "min(due_us)"},
                                           {"last_due", "max(due_us)"},
                                           {"first_launch", "min(launch_us)"},
                                           {"last_end", "max(end_us)"}};
    static const char *const settings[][2] = {{"rate", "rate"}, {"limit", "call_limit"}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        swio_buf_printf(sql,
                        "SELECT 'run', '%s', '', strftime('%%Y-%%m-%%dT%%H:%%M:%%S', t / 1000000, "
                        "'unixepoch') || printf('.%%06dZ', t %% 1000000) "
                        "FROM (SELECT %s AS t FROM calls);\n",
                        times[i][0], times[i][1]);
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        const char *name = settings[i][0], *column = settings[i][1];
        swio_buf_printf(sql,
                        "SELECT 'run', 'first_%s', '', (SELECT %s FROM calls ORDER BY number "
                        "LIMIT 1);\n"
                        "SELECT 'run', 'last_%s', '', (SELECT %s FROM calls ORDER BY number DESC "
                        "LIMIT 1);\n"
                        "SELECT 'run', '%s_changed', '', count(DISTINCT %s) > 1 FROM calls;\n",
                        name, column, name, column, name, column);
    }
}

/* ---- comparing ---- */

/* Counts what was looked at, so that nothing of the report is left out. */
typedef struct comparison {
    const json_t *report;
    size_t compared;
} comparison;

static const json_t *in_group(const json_t *groups, const char *name)
{
    size_t i;
    json_t *group;
    json_array_foreach(groups, i, group)
    {
        if (strcmp(json_string_value(json_object_get(group, "name")), name) == 0)
            return group;
    }
    return NULL;
}

static double tolerance(const char *section, const char *field, double value)
{
    if (strcmp(section, "metrics") == 0 && field[0] == 'p')
        return SWIO_PERCENTILE_ERROR * fabs(value) + STEP;
    if (strcmp(section, "metrics") == 0 && strcmp(field, "count") != 0)
        return 1e-9 * fabs(value) + STEP / 2;
    return 1e-9 * fabs(value);
}

static void compare(comparison *c, const char *section, const char *name, const char *field,
                    const char *value)
{
    const json_t *found = json_object_get(c->report, section);
    found = json_is_array(found) ? in_group(found, name) : json_object_get(found, name);
    if (*field)
        found = json_object_get(found, field);
    if (!found)
        fail_msg("the report has no %s %s %s", section, name, field);
    c->compared++;
    if (!*value) {
        if (!json_is_null(found))
            fail_msg("%s %s %s: the report has a value, and SQL none", section, name, field);
        return;
    }
    if (json_is_string(found)) {
        if (strcmp(json_string_value(found), value) != 0)
            fail_msg("%s %s: %s in the report, %s by SQL", section, name, json_string_value(found),
                     value);
        return;
    }
    if (json_is_boolean(found)) {
        if (json_is_true(found) != (strcmp(value, "1") == 0))
            fail_msg("%s %s is not %s", section, name, value);
        return;
    }
    double want = strtod(value, NULL), got = json_number_value(found);
    if (json_is_null(found) || !(fabs(got - want) <= tolerance(section, field, want)))
        fail_msg("%s %s %s: %.17g in the report, %s by SQL", section, name, field, got, value);
}

static size_t numbers_in(const json_t *value)
{
    size_t n = 0, i;
    const char *key;
    json_t *part;
    if (json_is_array(value))
        json_array_foreach(value, i, part) n += numbers_in(part);
    else if (json_is_object(value))
        json_object_foreach((json_t *)value, key, part) n += numbers_in(part);
    else
        n = json_is_number(value) || json_is_null(value);
    return n;
}

/* All that is measured. How a run ended and where its records are is not, and a clock and a tick
 * are no numbers of the run. */
static size_t measured_in(const json_t *report)
{
    static const char *const sections[] = {"figures",       "metrics", "causes", "caller_causes",
                                           "callee_causes", "apps",    "nodes"};
    size_t n = json_object_size(json_object_get(report, "run")) - 2;
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        n += numbers_in(json_object_get(report, sections[i]));
    const char *name;
    json_t *metric;
    json_object_foreach(json_object_get(report, "metrics"), name, metric) n -=
        numbers_in(json_object_get(metric, "clock")) + numbers_in(json_object_get(metric, "tick"));
    return n;
}

static char *output_of(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static char *output_of(const char *fmt, ...)
{
    char command[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    FILE *from = popen(command, "r");
    assert_non_null(from);
    swio_buf out = {0};
    char part[4096];
    for (size_t n; (n = fread(part, 1, sizeof part, from)) > 0;)
        swio_buf_add(&out, part, n);
    if (pclose(from) != 0)
        fail_msg("failed: %s", command);
    return swio_buf_steal(&out, NULL);
}

/* A database of a CSV file, by nothing of ours but the types of the columns. */
static void import(const char *csv, const char *database)
{
    const swio_column *column;
    swio_buf sql = {0};
    for (size_t i = 0; (column = swio_column_at(i)); i++)
        swio_buf_printf(&sql, "%s %s %s", i ? "," : "CREATE TABLE calls(", column->name,
                        column->type == SWIO_COLUMN_TEXT || column->type == SWIO_COLUMN_OUTCOME
                            ? "TEXT"
                            : "NUMERIC");
    swio_buf_printf(&sql, ");\n.import --csv --skip 1 '%s' calls\n", csv);
    for (size_t i = 0; (column = swio_column_at(i)); i++)
        swio_buf_printf(&sql, "UPDATE calls SET %s = NULL WHERE %s = '';\n", column->name,
                        column->name);
    const char *script = cdr_path("import.sql");
    cdr_write_file(script, sql.data);
    swio_buf_free(&sql);
    swio_free(output_of("sqlite3 -batch -bail '%s' <'%s'", database, script));
}

/* The report of these records, by these of the same in a database. */
static void check(const char *records, const char *database)
{
    swio_buf sql = {0};
    run_queries(&sql);
    figure_queries(&sql);
    erlang_queries(&sql);
    for (unsigned i = 0; i < SWIO_METRICS; i++)
        metric_queries(&sql, swio_metric_get((swio_metric)i));
    group_queries(&sql);
    const char *script = cdr_path("queries.sql");
    cdr_write_file(script, sql.data);
    swio_buf_free(&sql);

    char *text = output_of("'%s' report --format json '%s'", getenv("SWITCHIO"), records);
    comparison c = {.report = json_loads(text, 0, NULL)};
    assert_non_null(c.report);
    char *rows =
        output_of("sqlite3 -batch -bail -list -separator '|' '%s' <'%s'", database, script);
    char *next = NULL;
    for (char *row = strtok_r(rows, "\n", &next); row; row = strtok_r(NULL, "\n", &next)) {
        char *fields[4], *rest = row;
        for (size_t i = 0; i < 4; i++)
            assert_non_null(fields[i] = strsep(&rest, "|"));
        compare(&c, fields[0], fields[1], fields[2], fields[3]);
    }
    assert_int_equal(c.compared, measured_in(c.report));
    assert_true(c.compared > 100);
    json_decref((json_t *)c.report);
    swio_free(rows);
    swio_free(text);
}

static void put(swio_store *store, swio_cdr *cdr)
{
    assert_int_equal(swio_store_put(store, cdr), 0);
}

/* Each outcome, late calls, causes of both legs, negative and missing values. Where calls were lost
 * no blocking is expected. */
static void make_records(const char *path, bool lost)
{
    swio_store *store;
    swio_cdr cdr;
    assert_int_equal(swio_store_open(path, NULL, &store), 0);
    for (uint64_t n = 1; n <= 3000; n++) {
        if (n % 10 == 0)
            cdr_blocked(&cdr, n);
        else if (n % 37 == 1)
            cdr_failed(&cdr, n, n % 2 ? "USER_BUSY" : "NO_ROUTE_DESTINATION");
        else
            cdr_answered(&cdr, n);
        if (lost && n % 101 == 0)
            cdr.outcome = SWIO_OUTCOME_LOST;
        if (n % 17 == 0 && cdr.callee.create_us) /* two switches whose clocks differ */
            cdr.callee.create_us -= 60000;
        if (n % 23 == 0)
            cdr.launch_us += cdr.launch_us ? (int64_t)(n * n % 90000) : 0;
        if (cdr.outcome == SWIO_OUTCOME_FAILED && n % 4 == 0)
            cdr.cause[0] = '\0';
        cdr.callee.mos = n % 3 ? 1 + (double)(n % 351) / 100 : NAN;
        put(store, &cdr);
    }
    assert_int_equal(swio_store_close(store), 0);
}

static void of_records_made_by_hand(void **state)
{
    (void)state;
    const char *path = cdr_path("calls.db");
    make_records(path, true);
    check(path, path);
}

/* The same from text, where nothing but text says what a number is. */
static void of_a_csv_file(void **state)
{
    (void)state;
    const char *folder = cdr_path("text"), *database = cdr_path("text.db");
    char csv[256];
    make_records(folder, false);
    snprintf(csv, sizeof csv, "%s/calls.csv", folder);
    import(csv, database);
    check(folder, database);
}

/* A ramp: each arrival has another rate, and there is no Erlang B. */
static void of_changed_settings(void **state)
{
    (void)state;
    swio_store *store;
    swio_cdr cdr;
    const char *path = cdr_path("ramp.db");
    assert_int_equal(swio_store_open(path, NULL, &store), 0);
    for (uint64_t n = 40; n > 0; n--) { /* as calls end, not as they begin */
        cdr_answered(&cdr, n);
        cdr.rate = (double)n / 3;
        cdr.limit = n < 20 ? 10 : 7;
        put(store, &cdr);
    }
    assert_int_equal(swio_store_close(store), 0);
    check(path, path);
}

static void of_a_single_call(void **state)
{
    (void)state;
    swio_store *store;
    swio_cdr cdr;
    const char *path = cdr_path("one.db");
    assert_int_equal(swio_store_open(path, NULL, &store), 0);
    cdr_failed(&cdr, 1, "USER_BUSY");
    put(store, &cdr);
    assert_int_equal(swio_store_close(store), 0);
    check(path, path);
}

/* A whole run: Poisson arrivals beyond the limit, apps that answer and that refuse. */
static void of_a_run(void **state)
{
    (void)state;
    const char *folder = cdr_path("run"), *database = cdr_path("run.db");
    char csv[256];
    char *said =
        output_of("'%s' dial --sim=2 --rate 200 --limit 30 --max-offered 150 --duration 0.1 "
                  "--arrivals poisson --seed 7 --app TonePlay:80 "
                  "--app CalleeBlockOnInvite:20 --metrics-file '%s' --quiet 2>&1",
                  getenv("SWITCHIO"), folder);
    swio_free(said);
    snprintf(csv, sizeof csv, "%s/calls.csv", folder);
    import(csv, database);
    check(folder, database);
}

int main(void)
{
    if (!getenv("SWITCHIO") || system("sqlite3 --version >/dev/null 2>&1") != 0) {
        puts("SKIPPED: no sqlite3, or SWITCHIO does not name the program");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_records_made_by_hand),
        cmocka_unit_test(of_a_csv_file),
        cmocka_unit_test(of_changed_settings),
        cmocka_unit_test(of_a_single_call),
        cmocka_unit_test(of_a_run),
    };
    return cmocka_run_group_tests(tests, cdr_folder_make, cdr_folder_remove);
}
