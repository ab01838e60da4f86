#include <switchio/expect.h>

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "measure/number.h"

enum { NAME_MAX_LENGTH = 64 };

typedef enum comparison { LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, UNEQUAL } comparison;

/* What is asked of the values of a metric. */
typedef enum statistic { COUNT, MIN, MAX, MEAN, PERCENTILE } statistic;

struct swio_expect {
    const swio_figure *figure; /* of the summary; NULL: of a metric */
    bool share;                /* of a figure: of its whole */
    swio_metric metric;
    statistic statistic;
    double p; /* of PERCENTILE */
    comparison comparison;
    double want;
    char text[];
};

/* The expectation while it is read. */
typedef struct reading {
    swio_expect *expect;
    const char *at;
    swio_unit unit; /* of what is on the left */
} reading;

static int wrong(const reading *r, const char *fmt, ...) SWIO_PRINTF(2, 3);

static int wrong(const reading *r, const char *fmt, ...)
{
    char why[SWIO_ERRMSG_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(why, sizeof why, fmt, args);
    va_end(args);
    return swio_err(SWIO_EINVAL, "expectation '%s': %s", r->expect->text, why);
}

static void skip_spaces(reading *r)
{
    while (isspace((unsigned char)*r->at))
        r->at++;
}

/* Letters, digits, underscores, and points as in p99.9; "" where there is something else. */
static void read_name(reading *r, char name[NAME_MAX_LENGTH])
{
    size_t n = 0;
    skip_spaces(r);
    while ((isalnum((unsigned char)*r->at) || *r->at == '_' || *r->at == '.') &&
           n + 1 < NAME_MAX_LENGTH)
        name[n++] = *r->at++;
    name[n] = '\0';
    skip_spaces(r);
}

/* ---- the left side ---- */

static int no_such_figure(const reading *r, const char *name)
{
    char names[512] = "";
    size_t len = 0;
    const swio_figure *figure;
    for (size_t i = 0; (figure = swio_figure_at(i)) && len < sizeof names; i++)
        len +=
            (size_t)snprintf(names + len, sizeof names - len, "%s%s", i ? ", " : "", figure->name);
    return wrong(r, "there is no '%s'; there are %s, and of metrics as in p95(call_setup_latency)",
                 name, names);
}

static int no_such_metric(const reading *r, const char *name)
{
    char names[512] = "";
    size_t len = 0;
    for (unsigned i = 0; i < SWIO_METRICS && len < sizeof names; i++)
        len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", i ? ", " : "",
                                swio_metric_name((swio_metric)i));
    return wrong(r, "there is no metric '%s'; there are %s", name, names);
}

static int read_figure(reading *r, const char *name)
{
    swio_metric metric;
    if (!name[0])
        return wrong(r, "it begins with no name; write it as in asr>=0.99");
    if (isdigit((unsigned char)name[0]))
        return wrong(r, "the name stands before the number, as in asr>=0.99");
    if (swio_metric_find(name, &metric))
        return wrong(r, "%s has many values: say which, as in p95(%s) or mean(%s)", name, name,
                     name);
    r->expect->figure = swio_figure_find(name);
    if (!r->expect->figure)
        return no_such_figure(r, name);
    r->unit = r->expect->figure->unit;
    return 0;
}

static bool find_statistic(const char *name, swio_expect *e)
{
    static const char *const names[] = {
        [COUNT] = "count", [MIN] = "min", [MAX] = "max", [MEAN] = "mean"};
    const char *end;
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            e->statistic = (statistic)i;
            return true;
        }
    }
    e->statistic = PERCENTILE;
    if (strcmp(name, "p999") == 0) { /* as the field of the distribution is called */
        e->p = 99.9;
        return true;
    }
    return name[0] == 'p' && isdigit((unsigned char)name[1]) &&
           swio_number_parse(name + 1, &end, &e->p) && !*end && e->p <= 100;
}

/* Behind the bracket of STATISTIC(METRIC). */
static int read_metric(reading *r, const char *what)
{
    char name[NAME_MAX_LENGTH];
    if (!find_statistic(what, r->expect))
        return wrong(r, "'%s' is not count, min, max, mean, or a percentile as p95 or p99.9", what);
    read_name(r, name);
    if (*r->at != ')')
        return wrong(r, "the ')' behind '%s(%s' is missing", what, name);
    r->at++;
    if (swio_figure_find(name))
        return wrong(r, "%s is one value, without %s()", name, what);
    if (!swio_metric_find(name, &r->expect->metric))
        return no_such_metric(r, name);
    r->unit =
        r->expect->statistic == COUNT ? SWIO_UNIT_COUNT : swio_metric_get(r->expect->metric)->unit;
    return 0;
}

static int read_left(reading *r)
{
    char name[NAME_MAX_LENGTH];
    read_name(r, name);
    if (*r->at != '(')
        return read_figure(r, name);
    r->at++;
    return read_metric(r, name);
}

/* ---- the comparison, and the right side ---- */

static int read_comparison(reading *r)
{
    static const struct {
        const char *sign;
        comparison comparison;
    } signs[] = {/* the longer ones first */
                 {"<=", LESS_EQUAL}, {">=", GREATER_EQUAL}, {"==", EQUAL}, {"!=", UNEQUAL},
                 {"<", LESS},        {">", GREATER},        {"=", EQUAL}};
    skip_spaces(r);
    if (strncmp(r->at, "=>", 2) == 0 || strncmp(r->at, "=<", 2) == 0)
        return wrong(r, "'%.2s' is written %c=", r->at, r->at[1]);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        size_t len = strlen(signs[i].sign);
        if (strncmp(r->at, signs[i].sign, len) == 0) {
            r->expect->comparison = signs[i].comparison;
            r->at += len;
            return 0;
        }
    }
    if (!*r->at)
        return wrong(r, "one of < <= > >= == != and a number are missing");
    return wrong(r, "one of < <= > >= == != is missing before '%s'", r->at);
}

typedef struct suffix {
    const char *text;
    double divide, multiply; /* dividing gives the same double as the text "0.07" has */
} suffix;

/* The suffixes that a unit may have; the first "" is for none. */
static const suffix *suffixes_of(swio_unit unit)
{
    static const suffix none[] = {{"", 1, 1}, {NULL, 0, 0}},
                        seconds[] = {{"us", 1e6, 1}, {"µs", 1e6, 1}, {"ms", 1e3, 1},
                                     {"s", 1, 1},    {"min", 1, 60}, {NULL, 0, 0}},
                        ratio[] = {{"", 1, 1}, {"%", 100, 1}, {NULL, 0, 0}},
                        rate[] = {{"", 1, 1}, {"/s", 1, 1}, {"cps", 1, 1}, {NULL, 0, 0}},
                        erlangs[] = {{"", 1, 1}, {"E", 1, 1}, {NULL, 0, 0}};
    switch (unit) {
    case SWIO_UNIT_SECONDS:
        return seconds;
    case SWIO_UNIT_RATIO:
        return ratio;
    case SWIO_UNIT_RATE:
        return rate;
    case SWIO_UNIT_ERLANGS:
        return erlangs;
    default:
        return none;
    }
}

static int wrong_unit(const reading *r, const char *given)
{
    if (r->unit == SWIO_UNIT_SECONDS && !given[0])
        return wrong(r, "a time has a unit: us, ms, s or min");
    if (r->unit == SWIO_UNIT_SECONDS)
        return wrong(r, "'%s' is no unit of time: us, ms, s or min", given);
    if (r->unit == SWIO_UNIT_COUNT && r->expect->figure && strcmp(given, "%") == 0)
        return wrong(r, "%s is a share of nothing: give a number without %%",
                     r->expect->figure->name);
    return wrong(r, "'%s' behind the number is not understood", given);
}

/* What no run can miss, or none reach, is a mistake: above all percents without their sign. */
static int check_range(const reading *r)
{
    double want = r->expect->want;
    if (r->unit == SWIO_UNIT_RATIO && (want < 0 || want > 1))
        return wrong(r, "a share is from 0 to 1, or with %% from 0 to 100");
    if (r->unit == SWIO_UNIT_COUNT && want < 0)
        return wrong(r, "a count is never below 0");
    return 0;
}

/* A count in % is a share of its whole. */
static bool takes_share(reading *r, const char *given)
{
    const swio_figure *figure = r->expect->figure;
    if (strcmp(given, "%") != 0 || !figure || !figure->whole)
        return false;
    r->expect->share = true;
    r->unit = SWIO_UNIT_RATIO;
    return true;
}

static int read_right(reading *r)
{
    char given[NAME_MAX_LENGTH];
    double number;
    skip_spaces(r);
    if (!*r->at)
        return wrong(r, "the number behind the comparison is missing");
    if (!swio_number_parse(r->at, &r->at, &number))
        return wrong(r, "behind the comparison has to be a number, not '%s'", r->at);
    skip_spaces(r);
    snprintf(given, sizeof given, "%s", r->at);
    takes_share(r, given);
    for (const suffix *s = suffixes_of(r->unit); s->text; s++) {
        if (strcmp(s->text, given) == 0) {
            r->expect->want = number / s->divide * s->multiply;
            return check_range(r);
        }
    }
    return wrong_unit(r, given);
}

/* ---- the expectation ---- */

int swio_expect_new(const char *text, swio_expect **out)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        len--;
    swio_expect *e = swio_calloc(1, sizeof *e + len + 1);
    if (!e)
        return swio_err_nomem();
    memcpy(e->text, text, len);
    reading r = {.expect = e, .at = e->text};
    int error = read_left(&r);
    if (!error)
        error = read_comparison(&r);
    if (!error)
        error = read_right(&r);
    if (error) {
        swio_free(e);
        return error;
    }
    *out = e;
    return 0;
}

swio_expect *swio_expect_free(swio_expect *expect)
{
    swio_free(expect);
    return NULL;
}

const char *swio_expect_text(const swio_expect *expect)
{
    return expect->text;
}

static double value_of_figure(const swio_expect *e, const swio_metrics_summary *s)
{
    double value = swio_figure_value(e->figure, s);
    if (!e->share)
        return value;
    double whole = swio_figure_value(swio_figure_find(e->figure->whole), s);
    return whole > 0 ? value / whole : NAN;
}

static double value_of_metric(const swio_expect *e, swio_metrics *metrics)
{
    swio_distribution d;
    if (e->statistic == PERCENTILE)
        return swio_metrics_percentile(metrics, e->metric, e->p);
    swio_metrics_distribution(metrics, e->metric, &d);
    switch (e->statistic) {
    case COUNT:
        return (double)d.count;
    case MIN:
        return d.min;
    case MAX:
        return d.max;
    default:
        return d.mean;
    }
}

/* As equal as computed numbers can be. */
static bool is_equal(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

static bool holds(comparison sign, double value, double want)
{
    switch (sign) {
    case LESS:
        return value < want && !is_equal(value, want);
    case LESS_EQUAL:
        return value < want || is_equal(value, want);
    case GREATER:
        return value > want && !is_equal(value, want);
    case GREATER_EQUAL:
        return value > want || is_equal(value, want);
    case EQUAL:
        return is_equal(value, want);
    default:
        return !is_equal(value, want);
    }
}

static swio_unit unit_of(const swio_expect *e)
{
    if (e->figure)
        return e->share ? SWIO_UNIT_RATIO : e->figure->unit;
    return e->statistic == COUNT ? SWIO_UNIT_COUNT : swio_metric_get(e->metric)->unit;
}

swio_verdict swio_expect_check(const swio_expect *e, swio_metrics *metrics)
{
    swio_verdict verdict = {.value = NAN};
    swio_metrics_summary summary;
    swio_metrics_summarize(metrics, &summary);
    if (summary.arrivals > 0)
        verdict.value = e->figure ? value_of_figure(e, &summary) : value_of_metric(e, metrics);
    if (isnan(verdict.value)) {
        snprintf(verdict.text, sizeof verdict.text, "nothing measured");
        return verdict;
    }
    verdict.passed = holds(e->comparison, verdict.value, e->want);
    swio_unit_print(unit_of(e), verdict.value, verdict.text, sizeof verdict.text);
    return verdict;
}
