#include <jansson.h>
#include <math.h>
#include <string.h>
#include <switchio/version.h>

#include "base/err.h"
#include "measure/report.h"

/* Digits that bring every number back to within its last bit or two, without a tail of nines. */
enum { DIGITS = 15 };

/* An object or an array without memory is NULL, and jansson refuses to put anything into that:
 * what is missing shows at the end, in the one that all of it is in. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *whole(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *time_at(int64_t us)
{
    char text[REPORT_TIME];
    return us ? json_sprintf("%s.%06dZ", swio_report_time(us, 'T', text), (int)(us % 1000000))
              : json_null();
}

static json_t *run(const swio_metrics_summary *s, const swio_report_opts *opts)
{
    return json_pack("{s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:b}", "end",
                     opts->end, "records", opts->records ? json_string(opts->records) : json_null(),
                     "first_due", time_at(s->first_due_us), "last_due", time_at(s->last_due_us),
                     "first_launch", time_at(s->first_launch_us), "last_end",
                     time_at(s->last_end_us), "first_rate", number(s->first_rate), "last_rate",
                     number(s->last_rate), "rate_changed", s->rate_changed, "first_limit",
                     whole(s->first_limit), "last_limit", whole(s->last_limit), "limit_changed",
                     s->limit_changed);
}

static json_t *figures(const swio_metrics_summary *s)
{
    json_t *all = json_object();
    const swio_figure *figure;
    for (size_t i = 0; (figure = swio_figure_at(i)); i++) {
        double value = swio_figure_value(figure, s);
        json_object_set_new(all, figure->name,
                            figure->unit == SWIO_UNIT_COUNT ? whole((uint64_t)value)
                                                            : number(value));
    }
    return all;
}

static json_t *distribution(swio_metrics *metrics, swio_metric which)
{
    static const char *const clocks[] = {
        [SWIO_CLOCK_LOCAL] = "local", [SWIO_CLOCK_SWITCH] = "switch", [SWIO_CLOCK_NONE] = NULL};
    static const char *const units[] = {
        [SWIO_UNIT_COUNT] = "count",     [SWIO_UNIT_SECONDS] = "seconds",
        [SWIO_UNIT_RATIO] = "ratio",     [SWIO_UNIT_RATE] = "per second",
        [SWIO_UNIT_ERLANGS] = "erlangs", [SWIO_UNIT_SCORE] = "score"};
    const swio_metric_info *info = swio_metric_get(which);
    swio_distribution d;
    swio_metrics_distribution(metrics, which, &d);
    return json_pack("{s:s, s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "unit",
                     units[info->unit], "clock", clocks[info->clock], "tick",
                     info->clock == SWIO_CLOCK_SWITCH ? number(SWIO_SWITCH_TICK) : json_null(),
                     "count", whole(d.count), "min", number(d.min), "mean", number(d.mean), "max",
                     number(d.max), "p50", number(d.p50), "p90", number(d.p90), "p95",
                     number(d.p95), "p99", number(d.p99), "p99.9", number(d.p999));
}

static json_t *distributions(swio_metrics *metrics)
{
    json_t *all = json_object();
    for (unsigned i = 0; i < SWIO_METRICS; i++)
        json_object_set_new(all, swio_metric_name((swio_metric)i),
                            distribution(metrics, (swio_metric)i));
    return all;
}

static void add_group(const swio_group *group, void *arg)
{
    json_array_append_new(arg, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "name", group->name,
                                         "count", whole(group->count), "answered",
                                         whole(group->outcomes[SWIO_OUTCOME_ANSWERED]), "failed",
                                         whole(group->outcomes[SWIO_OUTCOME_FAILED]), "lost",
                                         whole(group->outcomes[SWIO_OUTCOME_LOST]), "blocked",
                                         whole(group->outcomes[SWIO_OUTCOME_BLOCKED])));
}

static json_t *groups(swio_metrics *metrics, swio_grouping grouping)
{
    json_t *all = json_array();
    swio_metrics_groups(metrics, grouping, add_group, all);
    return all;
}

static json_t *verdicts(swio_metrics *metrics, const swio_report_opts *opts)
{
    json_t *all = json_array();
    for (size_t i = 0; i < opts->expectation_count; i++) {
        swio_verdict v = swio_expect_check(opts->expectations[i], metrics);
        json_array_append_new(all, json_pack("{s:s, s:o, s:b}", "text",
                                             swio_expect_text(opts->expectations[i]), "value",
                                             number(v.value), "passed", v.passed));
    }
    return all;
}

static int append(const char *bytes, size_t len, void *arg)
{
    swio_buf_add(arg, bytes, len);
    return 0;
}

void swio_report_json(swio_metrics *metrics, const swio_report_opts *opts, swio_buf *out)
{
    swio_metrics_summary summary;
    swio_metrics_summarize(metrics, &summary);
    json_t *report = json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "switchio", SWIO_VERSION, "run",
        run(&summary, opts), "figures", figures(&summary), "metrics", distributions(metrics),
        "causes", groups(metrics, SWIO_GROUP_CAUSES), "caller_causes",
        groups(metrics, SWIO_GROUP_CALLER_CAUSES), "callee_causes",
        groups(metrics, SWIO_GROUP_CALLEE_CAUSES), "apps", groups(metrics, SWIO_GROUP_APPS),
        "nodes", groups(metrics, SWIO_GROUP_NODES), "expectations", verdicts(metrics, opts));
    if (!report ||
        json_dump_callback(report, append, out, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS)))
        out->error = out->error ? out->error : SWIO_ENOMEM;
    json_decref(report);
    swio_buf_putc(out, '\n');
}
