#include "measure/plot_panels.h"

#include <math.h>
#include <stdio.h>
#include <switchio/metrics.h>
#include <time.h>

#include "base/buf.h"
#include "measure/plot_curves.h"

/* Latencies this far apart are shown on a logarithmic scale: the slow ones would flatten the rest.
 */
#define LOG_FROM 15.0
/* A latency below this share of the greatest is shown as 0. */
#define LOG_DECADES 1e-6
/* The limit is drawn where the load comes near it: else it would flatten the load. */
#define LIMIT_SHOWN 1.6

enum { COLUMN = 3 /* points of paper for each step of a curve */ };

static void copy(char *to, size_t size, swio_buf *buf)
{
    snprintf(to, size, "%s", buf->data ? buf->data : "");
    swio_buf_free(buf);
}

static plot_series *add(plot_panel *panel, plot_mark mark, plot_colour colour,
                        const plot_curve *curve)
{
    plot_series *series = &panel->series[panel->count++];
    *series = (plot_series){.mark = mark,
                            .colour = colour,
                            .x = curve->x,
                            .y = curve->y,
                            .y2 = curve->y2,
                            .count = curve->count};
    return series;
}

/* An entry of the legend for what is drawn in several colours. */
static void explain(plot_panel *panel, plot_mark mark, double width, double alpha, const char *name)
{
    plot_series *series = add(panel, mark, PLOT_GREY, &(plot_curve){0});
    series->width = width;
    series->alpha = alpha;
    snprintf(series->name, sizeof series->name, "%s", name);
}

static double most(const plot_curve *curve)
{
    double result = 0;
    for (size_t i = 0; i < curve->count; i++)
        result = fmax(result, curve->y[i]);
    return result;
}

/* ---- latencies ---- */

static const plot_colour latency_colours[PLOT_LATENCIES] = {PLOT_BLUE, PLOT_ORANGE, PLOT_GREEN,
                                                            PLOT_PURPLE, PLOT_SKY};

/* What a difference of the switch's clock has below a tick says nothing, and would take up decades.
 */
static void latency_scale(const plot_data *data, plot_panel *panel)
{
    double low = INFINITY, high = 0;
    for (size_t i = 0; i < data->count; i++)
        for (size_t k = 0; k < PLOT_LATENCIES; k++) {
            double value = data->rows[i].latency[k];
            if (value > (swio_plot_latencies[k].of_switch ? PLOT_NO_TICK : 0))
                low = fmin(low, value);
            if (value > high)
                high = value;
        }
    bool log = high > low * LOG_FROM;
    if (log)
        swio_plot_scale_log(&panel->y, PLOT_SECONDS, fmax(low, high * LOG_DECADES), high);
    else
        swio_plot_scale_from_zero(&panel->y, PLOT_SECONDS, high > 0 ? high : SWIO_SWITCH_TICK, 6);
    panel->y_title = log ? "latency, logarithmic" : "latency";
}

/* Bands lie under the dots, and these under the lines. */
static void draw_spreads(plot_panel *panel, const plot_spread *spreads, size_t calls)
{
    double dot = calls > 1000 ? 2 : calls > 100 ? 3 : calls > 10 ? 4 : 7;
    for (size_t k = PLOT_LATENCIES; k-- > 0;)
        if (spreads[k].band.count)
            add(panel, PLOT_BAND, latency_colours[k], &spreads[k].band)->alpha = 0.16;
    for (size_t k = PLOT_LATENCIES; k-- > 0;)
        if (spreads[k].dots.count) {
            plot_series *series = add(panel, PLOT_DOTS, latency_colours[k], &spreads[k].dots);
            series->alpha = spreads[k].each ? 0.5 : 0.7;
            series->width = spreads[k].each ? dot : 2.2;
        }
    for (size_t k = PLOT_LATENCIES; k-- > 0;)
        if (spreads[k].running95.count)
            add(panel, PLOT_DASHED, latency_colours[k], &spreads[k].running95)->width = 1.1;
    for (size_t k = 0; k < PLOT_LATENCIES; k++) {
        if (!spreads[k].calls)
            continue;
        plot_series *series = add(panel, PLOT_LINE, latency_colours[k], &spreads[k].median);
        series->width = 2.2;
        snprintf(series->name, sizeof series->name, "%s", swio_plot_latencies[k].name);
    }
}

typedef struct unit {
    double least, scale;
    const char *name;
} unit;

static const unit *unit_of(double seconds)
{
    static const unit units[] = {{1, 1, "s"}, {1e-3, 1e3, "ms"}, {0, 1e6, "µs"}};
    size_t i = 0;
    while (i < 2 && fabs(seconds) < units[i].least)
        i++;
    return &units[i];
}

/* "20/40 ms", "40 ms/1.28 s", "0/20 ms" */
static void print_pair(swio_buf *buf, double a, double b)
{
    const unit *one = unit_of(a), *other = unit_of(b);
    swio_buf_printf(buf, "%.3g", a * one->scale);
    if (one != other && fabs(a) > 0)
        swio_buf_printf(buf, " %s", one->name);
    swio_buf_printf(buf, "/%.3g", b * other->scale);
    if (fabs(b) > 0)
        swio_buf_printf(buf, " %s", other->name);
}

/* As exact as it is: by the clock of the switch to the millisecond, and 0 without a tick. */
static double known(double seconds, bool of_switch)
{
    if (of_switch && fabs(seconds) < PLOT_NO_TICK)
        return 0;
    return of_switch ? round(seconds * 1e3) / 1e3 : seconds;
}

/* The numbers of all calls, by the clock that they are of: lines may lie on each other. */
static void numbers(const plot_spread *spreads, char *text, size_t size)
{
    static const char *const clocks[] = {"local clock", "clock of the switch, ticks of 20 ms"};
    swio_buf buf = {0};
    for (int of_switch = 1; of_switch >= 0; of_switch--) {
        const char *before = NULL;
        for (size_t k = 0; k < PLOT_LATENCIES; k++) {
            if (!spreads[k].calls || swio_plot_latencies[k].of_switch != of_switch)
                continue;
            if (!before)
                swio_buf_printf(&buf, "%s%s: ", buf.len ? ";  " : "p50/p95, ", clocks[of_switch]);
            swio_buf_printf(&buf, "%s%s ", before ? before : "", swio_plot_latencies[k].name);
            print_pair(&buf, known(spreads[k].p50, of_switch), known(spreads[k].p95, of_switch));
            before = ", ";
        }
    }
    copy(text, size, &buf);
}

static int latencies(plot_picture *picture, plot_data *data, size_t columns)
{
    plot_spread spreads[PLOT_LATENCIES];
    size_t calls = 0;
    bool each = true;
    for (size_t k = 0; k < PLOT_LATENCIES; k++) {
        if (swio_plot_curve_latency(data, k, columns, &spreads[k]))
            return SWIO_ENOMEM;
        calls = spreads[k].calls > calls ? spreads[k].calls : calls;
        each = each && spreads[k].each;
    }
    plot_panel *panel = &picture->panels[0];
    *panel = (plot_panel){.title = "Latency",
                          .share = 0.46,
                          .note = calls ? picture->note : NULL,
                          .empty = "No call has come so far that a latency could be measured"};
    numbers(spreads, picture->note, sizeof picture->note);
    latency_scale(data, panel);
    draw_spreads(panel, spreads, calls);
    if (calls) {
        explain(panel, PLOT_LINE, 2.2, 0, "median");
        explain(panel, PLOT_DASHED, 1.1, 0, "95th percentile");
        if (!each)
            explain(panel, PLOT_BAND, 0, 0.3, "5th to 95th");
        explain(panel, PLOT_DOTS, 3, 0, each ? "each call" : "slowest");
    }
    return 0;
}

/* ---- load ---- */

static int add_outcome(plot_panel *panel, plot_data *data, swio_outcome outcome, size_t columns,
                       const char *name, plot_mark mark)
{
    plot_curve curve;
    if (swio_plot_curve_outcome(data, outcome, columns, &curve))
        return SWIO_ENOMEM;
    plot_series *series = add(panel, mark, PLOT_VERMILION, &curve);
    series->right = true;
    series->width = 1.8;
    char count[32];
    swio_plot_number((double)data->outcomes[outcome], 1, count, sizeof count);
    snprintf(series->name, sizeof series->name, "%s: %s", name, count);
    return 0;
}

static int failures(plot_panel *panel, plot_data *data, size_t columns)
{
    static const struct {
        swio_outcome outcome;
        const char *name;
        plot_mark mark;
    } rows[] = {{SWIO_OUTCOME_FAILED, "failed", PLOT_STEPS},
                {SWIO_OUTCOME_BLOCKED, "blocked", PLOT_DASHED_STEPS},
                {SWIO_OUTCOME_LOST, "lost", PLOT_DOTTED_STEPS}};
    uint64_t greatest = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t count = data->outcomes[rows[i].outcome];
        greatest = count > greatest ? count : greatest;
        if (i == 2 && !count)
            break;
        if (add_outcome(panel, data, rows[i].outcome, columns, rows[i].name, rows[i].mark))
            return SWIO_ENOMEM;
    }
    if (greatest) {
        panel->right_title = data->outcomes[SWIO_OUTCOME_LOST] ? "failed, blocked, lost so far"
                                                               : "failed, blocked so far";
        panel->right_colour = PLOT_VERMILION;
        swio_plot_scale_from_zero(&panel->right, PLOT_COUNT, (double)greatest, 4);
    }
    return 0;
}

static int load(plot_panel *panel, plot_data *data, size_t columns)
{
    plot_curve calls, sessions, limit;
    *panel = (plot_panel){.title = "Load",
                          .share = 0.29,
                          .y_title = "at the same time",
                          .empty = "No call was placed"};
    if (swio_plot_curve_calls(data, columns, &calls) ||
        swio_plot_curve_sessions(data, columns, &sessions) ||
        swio_plot_curve_limit(data, columns, &limit))
        return SWIO_ENOMEM;
    double peak = fmax(most(&calls), 1), top = fmax(peak, most(&sessions));
    if (most(&sessions) > 0) {
        plot_series *series = add(panel, PLOT_LINE, PLOT_GREEN, &sessions);
        snprintf(series->name, sizeof series->name, "sessions, as calls ended");
    }
    plot_series *series = add(panel, PLOT_STEPS, PLOT_BLUE, &calls);
    series->width = 2;
    snprintf(series->name, sizeof series->name, "calls (erlangs)");
    if (most(&limit) > 0 && most(&limit) <= peak * LIMIT_SHOWN) {
        top = fmax(top, most(&limit));
        series = add(panel, PLOT_DASHED_STEPS, PLOT_BLACK, &limit);
        series->width = 1.2;
        snprintf(series->name, sizeof series->name, "limit of calls");
    }
    swio_plot_scale_from_zero(&panel->y, PLOT_COUNT, top, 5);
    return failures(panel, data, columns);
}

/* ---- rate ---- */

static int rate(plot_panel *panel, plot_data *data, size_t columns)
{
    plot_curve asked, achieved;
    if (swio_plot_curve_asked(data, columns, &asked) ||
        swio_plot_curve_achieved(data, columns / 2, &achieved))
        return SWIO_ENOMEM;
    *panel = (plot_panel){.title = "Call rate", .share = 0.25, .y_title = "calls a second"};
    plot_series *series = add(panel, PLOT_STEPS, PLOT_BLUE, &achieved);
    series->width = 1.6;
    snprintf(series->name, sizeof series->name, "placed");
    series = add(panel, PLOT_DASHED_STEPS, PLOT_BLACK, &asked);
    series->width = 1.4;
    snprintf(series->name, sizeof series->name, "asked for");
    double top = fmax(most(&asked), most(&achieved));
    /* A burst after a pause can be far above the rest. */
    if (most(&asked) > 0)
        top = fmin(top, 2 * most(&asked));
    swio_plot_scale_from_zero(&panel->y, PLOT_RATE, top > 0 ? top : 1, 5);
    return 0;
}

/* ---- words ---- */

static void names(swio_buf *buf, const plot_names *list, const char *what)
{
    if (list->count > 3) {
        swio_buf_printf(buf, "%zu %s", list->count, what);
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        swio_buf_printf(buf, "%s%s", i ? ", " : "", list->names[i]);
}

/* "20,000", and three digits of what is not whole: "1.11", "0.05". */
static const char *number(double value, char text[32])
{
    if (fabs(value) < 1000 && fabs(value - round(value)) > 0)
        snprintf(text, 32, "%.3g", value);
    else
        swio_plot_number(value, 1, text, 32);
    return text;
}

/* Where stages begin at 0 the first arrival has some small rate: that is 0, for a title. */
static void rates(const plot_data *data, swio_buf *title)
{
    char least[32], most_text[32];
    number(data->rate_least < data->rate_most / 100 ? 0 : data->rate_least, least);
    number(data->rate_most, most_text);
    if (data->rate_most > data->rate_least)
        swio_buf_printf(title, ", %s to %s a second", least, most_text);
    else
        swio_buf_printf(title, ", %s a second", most_text);
}

static void facts(const plot_data *data, swio_buf *title, swio_buf *subtitle)
{
    static const char *const outcomes[] = {[SWIO_OUTCOME_ANSWERED] = "answered",
                                           [SWIO_OUTCOME_FAILED] = "failed",
                                           [SWIO_OUTCOME_LOST] = "lost",
                                           [SWIO_OUTCOME_BLOCKED] = "blocked"};
    static const swio_outcome order[] = {SWIO_OUTCOME_ANSWERED, SWIO_OUTCOME_FAILED,
                                         SWIO_OUTCOME_LOST, SWIO_OUTCOME_BLOCKED};
    char text[32];
    swio_buf_printf(title, "%s %s", number((double)data->count, text),
                    data->count == 1 ? "arrival" : "arrivals");
    rates(data, title);
    if (data->apps.count) {
        swio_buf_puts(title, ", ");
        names(title, &data->apps, "apps");
    }
    if (data->nodes.count) {
        swio_buf_puts(title, ", on ");
        names(title, &data->nodes, "switches");
    }
    time_t start = (time_t)(data->start_us / 1000000);
    struct tm tm;
    char when[64] = "";
    if (gmtime_r(&start, &tm))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", &tm);
    swio_buf_puts(subtitle, when);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        swio_buf_printf(subtitle, "  ·  %s %s", number((double)data->outcomes[order[i]], text),
                        outcomes[order[i]]);
    if (data->limit)
        swio_buf_printf(subtitle, "  ·  limit %s calls", number((double)data->limit, text));
    if (data->duration > 0)
        swio_buf_printf(subtitle, "  ·  duration %s s", number(data->duration, text));
}

int swio_plot_picture_make(plot_picture *picture, plot_data *data, double width, double height,
                           const char *title)
{
    size_t columns = (size_t)(width - 110) / COLUMN;
    *picture = (plot_picture){0};
    plot_chart *chart = &picture->chart;
    *chart = (plot_chart){.width = width,
                          .height = height,
                          .title = picture->title,
                          .subtitle = picture->subtitle,
                          .x_title = picture->x_title,
                          .panels = picture->panels,
                          .count = PLOT_PANELS};
    swio_buf words = {0}, more = {0};
    facts(data, &words, &more);
    copy(picture->title, sizeof picture->title, &words);
    copy(picture->subtitle, sizeof picture->subtitle, &more);
    if (title)
        snprintf(picture->title, sizeof picture->title, "%s", title);
    /* A little room at both ends, so that what happened first does not lie on the axis. */
    double length = fmax(data->length, 1e-3);
    swio_plot_scale_linear(&chart->x, PLOT_ELAPSED, -length / 100, length * 1.01, width / 100);
    snprintf(picture->x_title, sizeof picture->x_title, "%s since the start",
             data->length <= 120   ? "seconds"
             : data->length < 7200 ? "minutes"
                                   : "hours");
    if (latencies(picture, data, columns) || load(&picture->panels[1], data, columns) ||
        rate(&picture->panels[2], data, columns))
        return SWIO_ENOMEM;
    return 0;
}
