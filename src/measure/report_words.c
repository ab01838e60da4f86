/* The report as text and as Markdown: the same tables. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "measure/report.h"
#include "measure/report_table.h"

enum { VALUE = 32 };

typedef struct words {
    swio_metrics *metrics;
    swio_metrics_summary summary;
    const swio_report_opts *opts;
    bool markdown;
    swio_buf *out;
    bool of_switch;     /* something in it is by the switch's clock */
    report_table table; /* the one that is being filled */
} words;

/* In a brief report. The full one has them all. */
static const char *const brief_figures[] = {"offered", "answered", "failed", "lost", "blocked",
                                            "late",    "rate",     "asr",    "ner",  NULL};
/* … and in one of a run whose limit has blocked calls. */
static const char *const blocked_figures[] = {"blocking", "erlang_b", "erlang_b_low",
                                              "erlang_b_high", NULL};
static const char *const brief_metrics[] = {"call_setup_latency",
                                            "answer_seen_latency",
                                            "originate_latency",
                                            "launch_lateness",
                                            "mos",
                                            NULL};

static bool is_in(const char *const *list, const char *name)
{
    for (; *list; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

/* Each part is set apart from the one before. */
static void heading(words *w, const char *text)
{
    if (w->out->len)
        swio_buf_putc(w->out, '\n');
    if (w->markdown)
        swio_buf_printf(w->out, "## %s\n\n", text);
}

static void begin(words *w, size_t columns, const char *const *headings)
{
    w->table = (report_table){.columns = columns};
    for (size_t i = 0; i < columns; i++)
        w->table.headings[i] = headings[i];
}

static void end(words *w)
{
    swio_report_table_end(&w->table, w->markdown, w->out);
}

/* ---- the run ---- */

/* In so many digits, which are enough for what was set. */
typedef struct setting {
    const char *title, *unit;
    int digits;
} setting;

static void settings(words *w, const setting *s, double first, double last, bool changed)
{
    swio_report_cell(&w->table, "%s%s", s->title, w->markdown ? "" : ":");
    if (changed)
        swio_report_cell(&w->table, "%.*g%s at first, %.*g%s at last", s->digits, first, s->unit,
                         s->digits, last, s->unit);
    else
        swio_report_cell(&w->table, "%.*g%s", s->digits, first, s->unit);
}

static void run(words *w)
{
    const swio_metrics_summary *s = &w->summary;
    char time[REPORT_TIME];
    heading(w, "Run");
    begin(w, 2, (const char *[]){"", ""});
    w->table.left = 1;
    if (w->opts->records) {
        swio_report_cell(&w->table, "%s", w->markdown ? "Records" : "Records:");
        swio_report_cell(&w->table, "%s", w->opts->records);
    }
    if (s->first_due_us) {
        int64_t end_us = s->last_end_us > s->last_due_us ? s->last_end_us : s->last_due_us;
        swio_report_cell(&w->table, "%s", w->markdown ? "Started" : "Started:");
        swio_report_cell(&w->table, "%s UTC", swio_report_time(s->first_due_us, ' ', time));
        swio_report_cell(&w->table, "%s", w->markdown ? "Lasted" : "Lasted:");
        swio_report_cell(&w->table, "%.1f s", (double)(end_us - s->first_due_us) / 1e6);
    }
    settings(w, &(setting){"Rate asked for", " /s", 6}, s->first_rate, s->last_rate,
             s->rate_changed);
    settings(w, &(setting){"Limit", " calls", 15}, (double)s->first_limit, (double)s->last_limit,
             s->limit_changed);
    end(w);
}

/* ---- figures ---- */

static void figure(words *w, const swio_figure *f)
{
    char value[VALUE];
    double v = swio_figure_value(f, &w->summary);
    swio_report_cell(&w->table, "%s%s", f->title, w->markdown ? "" : ":");
    swio_report_cell(&w->table, "%s", swio_unit_print(f->unit, v, value, sizeof value));
    const swio_figure *of = f->whole ? swio_figure_find(f->whole) : NULL;
    double whole = of ? swio_figure_value(of, &w->summary) : 0;
    if (whole > 0)
        swio_report_cell(&w->table, "%s",
                         swio_unit_print(SWIO_UNIT_RATIO, v / whole, value, sizeof value));
    else
        swio_report_cell(&w->table, "%s", "");
}

static void figures(words *w)
{
    const swio_figure *f;
    heading(w, "Calls");
    begin(w, 3, (const char *[]){"", "", ""});
    for (size_t i = 0; (f = swio_figure_at(i)); i++)
        figure(w, f);
    end(w);
}

/* ---- distributions ---- */

static void numbers(words *w, const swio_metric_info *info, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char value[VALUE];
        swio_report_cell(&w->table, "%s",
                         swio_unit_print(info->unit, values[i], value, sizeof value));
    }
}

/* Where it has values. */
static void distribution(words *w, swio_metric which)
{
    const swio_metric_info *info = swio_metric_get(which);
    swio_distribution d;
    swio_metrics_distribution(w->metrics, which, &d);
    if (d.count == 0)
        return;
    w->of_switch = w->of_switch || info->clock == SWIO_CLOCK_SWITCH;
    swio_report_cell(&w->table, "%s%s", info->title, info->clock == SWIO_CLOCK_SWITCH ? " *" : "");
    swio_report_cell(&w->table, "%" PRIu64, d.count);
    if (w->opts->brief)
        numbers(w, info, (double[]){d.p50, d.p95, d.p99, d.max}, 4);
    else
        numbers(w, info, (double[]){d.min, d.mean, d.p50, d.p90, d.p95, d.p99, d.p999, d.max}, 8);
}

static void distributions(words *w)
{
    if (w->opts->brief)
        begin(w, 6, (const char *[]){"", "count", "p50", "p95", "p99", "max"});
    else
        begin(w, 10,
              (const char *[]){"", "count", "min", "mean", "p50", "p90", "p95", "p99", "p99.9",
                               "max"});
    for (unsigned i = 0; i < SWIO_METRICS; i++)
        if (!w->opts->brief || is_in(brief_metrics, swio_metric_name((swio_metric)i)))
            distribution(w, (swio_metric)i);
    if (w->table.count)
        heading(w, "Latencies and media");
    end(w);
    if (w->of_switch)
        swio_buf_printf(w->out,
                        "%s%s by the clock of the switch, which ticks every %.0f ms: right to "
                        "within a tick\n",
                        w->markdown ? "\n" : "", w->markdown ? "\\*" : "*", SWIO_SWITCH_TICK * 1e3);
}

/* ---- groups ---- */

/* Blocked arrivals were given to no app and to no switch. */
static void by_outcome(const swio_group *g, void *arg)
{
    words *w = arg;
    swio_report_cell(&w->table, "%s", g->name);
    swio_report_cell(&w->table, "%" PRIu64, g->count);
    swio_report_cell(&w->table, "%" PRIu64, g->outcomes[SWIO_OUTCOME_ANSWERED]);
    swio_report_cell(&w->table, "%" PRIu64, g->outcomes[SWIO_OUTCOME_FAILED]);
    swio_report_cell(&w->table, "%" PRIu64, g->outcomes[SWIO_OUTCOME_LOST]);
}

static void by_count(const swio_group *g, void *arg)
{
    words *w = arg;
    swio_report_cell(&w->table, "%s", g->name);
    swio_report_cell(&w->table, "%" PRIu64, g->count);
}

static void groups(words *w, swio_grouping grouping, const char *title)
{
    bool causes = grouping <= SWIO_GROUP_CALLEE_CAUSES;
    begin(w, causes ? 2 : 5, (const char *[]){title, "calls", "answered", "failed", "lost"});
    swio_metrics_groups(w->metrics, grouping, causes ? by_count : by_outcome, w);
    if (w->table.count)
        heading(w, title);
    end(w);
}

static void cause(const swio_group *g, void *arg)
{
    words *w = arg;
    swio_report_cell(&w->table, "  %s", g->name);
    swio_report_cell(&w->table, "%" PRIu64, g->count);
}

/* The counts with the causes of failures below theirs; what was not measured is not told. */
static void brief_counts(words *w)
{
    const swio_figure *f;
    begin(w, 2, (const char *[]){"", ""});
    for (size_t i = 0; (f = swio_figure_at(i)); i++) {
        char value[VALUE];
        double v = swio_figure_value(f, &w->summary);
        bool wanted = is_in(brief_figures, f->name) ||
                      (w->summary.blocked && is_in(blocked_figures, f->name));
        if (!wanted || isnan(v))
            continue;
        swio_report_cell(&w->table, "%s:", f->title);
        swio_report_cell(&w->table, "%s", swio_unit_print(f->unit, v, value, sizeof value));
        if (strcmp(f->name, "failed") == 0)
            swio_metrics_groups(w->metrics, SWIO_GROUP_CAUSES, cause, w);
    }
    end(w);
}

/* ---- the verdict ---- */

static void verdict(words *w)
{
    if (w->opts->expectation_count > 0)
        heading(w, "Expectations");
    for (size_t i = 0; i < w->opts->expectation_count; i++) {
        const swio_expect *expect = w->opts->expectations[i];
        swio_verdict v = swio_expect_check(expect, w->metrics);
        swio_buf_printf(w->out, w->markdown ? "- %s `%s`: %s\n" : "%s %s: %s\n",
                        v.passed ? "✓" : "✗", swio_expect_text(expect), v.text);
    }
}

void swio_report_words(swio_metrics *metrics, const swio_report_opts *opts, bool markdown,
                       swio_buf *out)
{
    words w = {.metrics = metrics, .opts = opts, .markdown = markdown, .out = out};
    swio_metrics_summarize(metrics, &w.summary);
    if (opts->brief) {
        brief_counts(&w);
        distributions(&w);
    } else {
        run(&w);
        figures(&w);
        distributions(&w);
        groups(&w, SWIO_GROUP_CAUSES, "Causes of failures");
        groups(&w, SWIO_GROUP_CALLER_CAUSES, "Hangup causes, callers");
        groups(&w, SWIO_GROUP_CALLEE_CAUSES, "Hangup causes, callees");
        groups(&w, SWIO_GROUP_APPS, "Apps");
        groups(&w, SWIO_GROUP_NODES, "Switches");
    }
    verdict(&w);
}
