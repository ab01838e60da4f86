#include <math.h>
#include <pthread.h>
#include <string.h>
#include <switchio/metrics.h>

#include "base/err.h"
#include "base/mem.h"
#include "measure/groups.h"
#include "measure/histogram.h"

/* What a histogram counts in, per unit of its metric: microseconds, and millionths of scores and
 * ratios. */
#define STEPS 1e6

struct swio_metrics {
    pthread_mutex_t lock;
    swio_histogram *histograms[SWIO_METRICS];
    swio_groups groups[SWIO_GROUPINGS];
    swio_metrics_summary counted;       /* its counts and times; the rest is computed from them */
    uint64_t launched;                  /* records with launch_us */
    uint64_t first_number, last_number; /* of those that are due first and last */
};

swio_metrics *swio_metrics_free(swio_metrics *m)
{
    if (!m)
        return NULL;
    for (int i = 0; i < SWIO_METRICS; i++)
        swio_histogram_free(m->histograms[i]);
    for (int i = 0; i < SWIO_GROUPINGS; i++)
        swio_groups_clear(&m->groups[i]);
    pthread_mutex_destroy(&m->lock);
    swio_free(m);
    return NULL;
}

int swio_metrics_new(swio_metrics **out)
{
    swio_metrics *m = swio_calloc(1, sizeof *m);
    if (!m)
        return swio_err_nomem();
    pthread_mutex_init(&m->lock, NULL);
    for (int i = 0; i < SWIO_METRICS; i++) {
        m->histograms[i] = swio_histogram_new();
        if (!m->histograms[i]) {
            swio_metrics_free(m);
            return swio_err_nomem();
        }
    }
    *out = m;
    return 0;
}

void swio_metrics_reset(swio_metrics *m)
{
    pthread_mutex_lock(&m->lock);
    for (int i = 0; i < SWIO_METRICS; i++)
        swio_histogram_clear(m->histograms[i]);
    for (int i = 0; i < SWIO_GROUPINGS; i++)
        swio_groups_clear(&m->groups[i]);
    memset(&m->counted, 0, sizeof m->counted);
    m->launched = 0;
    pthread_mutex_unlock(&m->lock);
}

/* ---- adding ---- */

/* A difference, where both times are known. */
static void add_time(swio_metrics *m, swio_metric metric, int64_t from_us, int64_t to_us)
{
    if (from_us != 0 && to_us != 0)
        swio_histogram_add(m->histograms[metric], to_us - from_us);
}

static void add_value(swio_metrics *m, swio_metric metric, double value)
{
    double steps = value * swio_metric_get(metric)->scale * STEPS;
    if (steps > -9e18 && steps < 9e18) /* false for NAN too */
        swio_histogram_add(m->histograms[metric], (int64_t)llround(steps));
}

static void add_media(swio_metrics *m, const swio_cdr_leg *leg)
{
    add_value(m, SWIO_METRIC_MOS, leg->mos);
    add_value(m, SWIO_METRIC_JITTER, leg->jitter_ms);
    add_value(m, SWIO_METRIC_PACKET_LOSS, leg->packet_loss);
}

/* Their formulas stand in metric_table.c, and a test holds the two together. */
static void add_to_histograms(swio_metrics *m, const swio_cdr *cdr)
{
    const swio_cdr_leg *caller = &cdr->caller, *callee = &cdr->callee;
    add_time(m, SWIO_METRIC_INVITE_LATENCY, caller->create_us, callee->create_us);
    add_time(m, SWIO_METRIC_ANSWER_LATENCY, callee->answer_us, caller->answer_us);
    add_time(m, SWIO_METRIC_CALL_SETUP_LATENCY, caller->create_us, caller->answer_us);
    add_time(m, SWIO_METRIC_ORIGINATE_LATENCY, cdr->launch_us, cdr->req_originate_us);
    add_time(m, SWIO_METRIC_ANSWER_SEEN_LATENCY, cdr->launch_us, cdr->answer_seen_us);
    add_time(m, SWIO_METRIC_CALL_DURATION, caller->answer_us, caller->hangup_us);
    add_time(m, SWIO_METRIC_LAUNCH_LATENESS, cdr->due_us, cdr->launch_us);
    if (cdr->outcome != SWIO_OUTCOME_BLOCKED)
        add_time(m, SWIO_METRIC_HOLDING_TIME, cdr->launch_us, cdr->end_us);
    add_media(m, caller);
    add_media(m, callee);
}

static const char *failure_cause(const swio_cdr *cdr)
{
    return cdr->cause[0] ? cdr->cause : cdr->caller.cause;
}

static void count_outcome(swio_metrics_summary *s, const swio_cdr *cdr)
{
    s->arrivals++;
    switch (cdr->outcome) {
    case SWIO_OUTCOME_ANSWERED:
        s->answered++;
        s->effective++;
        break;
    case SWIO_OUTCOME_FAILED:
        s->failed++;
        s->effective += swio_cause_is_effective(failure_cause(cdr));
        break;
    case SWIO_OUTCOME_LOST:
        s->lost++;
        break;
    default:
        s->blocked++;
    }
    if (cdr->outcome != SWIO_OUTCOME_BLOCKED)
        s->offered++;
    if (cdr->launch_us && cdr->due_us &&
        cdr->launch_us - cdr->due_us > (int64_t)(SWIO_LATE_SECONDS * 1e6))
        s->late++;
}

static bool differ(double a, double b)
{
    return a < b || a > b;
}

/* Records come in the order in which calls end; the settings that are told are those of the
 * arrivals that were due first and last. */
static void note_settings(swio_metrics *m, const swio_cdr *cdr)
{
    swio_metrics_summary *s = &m->counted;
    if (s->arrivals > 1) {
        s->rate_changed |= differ(cdr->rate, s->first_rate);
        s->limit_changed |= cdr->limit != s->first_limit;
    }
    if (s->arrivals == 1 || cdr->number < m->first_number) {
        m->first_number = cdr->number;
        s->first_rate = cdr->rate;
        s->first_limit = cdr->limit;
    }
    if (s->arrivals == 1 || cdr->number > m->last_number) {
        m->last_number = cdr->number;
        s->last_rate = cdr->rate;
        s->last_limit = cdr->limit;
    }
}

static void note_span(int64_t us, int64_t *first, int64_t *last)
{
    if (us == 0)
        return;
    if (*first == 0 || us < *first)
        *first = us;
    if (us > *last)
        *last = us;
}

static void note_times(swio_metrics *m, const swio_cdr *cdr)
{
    swio_metrics_summary *s = &m->counted;
    int64_t unused = 1;
    note_span(cdr->due_us, &s->first_due_us, &s->last_due_us);
    note_span(cdr->launch_us, &s->first_launch_us, &s->last_launch_us);
    note_span(cdr->end_us, &unused, &s->last_end_us);
    m->launched += cdr->launch_us != 0;
    if (cdr->erlangs > s->peak_erlangs)
        s->peak_erlangs = cdr->erlangs;
    if (cdr->active_sessions > s->peak_sessions)
        s->peak_sessions = cdr->active_sessions;
}

static void add_to_groups(swio_metrics *m, const swio_cdr *cdr)
{
    if (cdr->outcome == SWIO_OUTCOME_FAILED)
        swio_groups_add(&m->groups[SWIO_GROUP_CAUSES], failure_cause(cdr), cdr->outcome);
    swio_groups_add(&m->groups[SWIO_GROUP_CALLER_CAUSES], cdr->caller.cause, cdr->outcome);
    swio_groups_add(&m->groups[SWIO_GROUP_CALLEE_CAUSES], cdr->callee.cause, cdr->outcome);
    swio_groups_add(&m->groups[SWIO_GROUP_APPS], cdr->app, cdr->outcome);
    swio_groups_add(&m->groups[SWIO_GROUP_NODES], cdr->node, cdr->outcome);
}

void swio_metrics_add(swio_metrics *m, const swio_cdr *cdr)
{
    if ((unsigned)cdr->outcome >= SWIO_OUTCOMES)
        return;
    pthread_mutex_lock(&m->lock);
    add_to_histograms(m, cdr);
    count_outcome(&m->counted, cdr);
    note_times(m, cdr);
    note_settings(m, cdr);
    add_to_groups(m, cdr);
    pthread_mutex_unlock(&m->lock);
}

/* ---- what came of it ---- */

static double ratio(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : NAN;
}

/* n events that span this time are n - 1 intervals. */
static double rate_of(uint64_t n, int64_t first_us, int64_t last_us)
{
    return n > 1 && last_us > first_us ? (double)(n - 1) * 1e6 / (double)(last_us - first_us) : NAN;
}

static double mean_of(const swio_metrics *m, swio_metric metric)
{
    return swio_histogram_mean(m->histograms[metric]) / STEPS;
}

void swio_metrics_summarize(swio_metrics *m, swio_metrics_summary *out)
{
    pthread_mutex_lock(&m->lock);
    swio_metrics_summary s = m->counted;
    uint64_t launched = m->launched;
    s.mean_call_duration = mean_of(m, SWIO_METRIC_CALL_DURATION);
    s.mean_holding_time = mean_of(m, SWIO_METRIC_HOLDING_TIME);
    pthread_mutex_unlock(&m->lock);

    s.arrival_rate = rate_of(s.arrivals, s.first_due_us, s.last_due_us);
    s.rate = rate_of(launched, s.first_launch_us, s.last_launch_us);
    s.asr = ratio(s.answered, s.offered);
    s.abr = ratio(s.answered, s.arrivals);
    s.ner = ratio(s.effective, s.offered);
    s.blocking = ratio(s.blocked, s.arrivals);
    s.offered_erlangs = s.arrival_rate * s.mean_holding_time;
    s.carried_erlangs = s.offered_erlangs * (1 - s.blocking);
    /* How long lost calls would have held a line is not known. */
    bool unsteady = s.rate_changed || s.limit_changed || s.lost;
    s.erlang_b = unsteady ? NAN : swio_erlang_b(s.offered_erlangs, s.first_limit);
    s.erlang_b_low = s.erlang_b_high = NAN;
    if (!isnan(s.erlang_b))
        swio_erlang_b_range(s.offered_erlangs, s.first_limit, s.arrivals, &s.erlang_b_low,
                            &s.erlang_b_high);
    *out = s;
}

double swio_metrics_percentile(swio_metrics *m, swio_metric metric, double p)
{
    if ((unsigned)metric >= SWIO_METRICS)
        return NAN;
    pthread_mutex_lock(&m->lock);
    double steps = swio_histogram_percentile(m->histograms[metric], p);
    pthread_mutex_unlock(&m->lock);
    return steps / STEPS;
}

static const swio_distribution nothing = {0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};

void swio_metrics_distribution(swio_metrics *m, swio_metric metric, swio_distribution *out)
{
    *out = nothing;
    if ((unsigned)metric >= SWIO_METRICS)
        return;
    pthread_mutex_lock(&m->lock);
    const swio_histogram *h = m->histograms[metric];
    if (swio_histogram_count(h) > 0)
        *out = (swio_distribution){
            .count = swio_histogram_count(h),
            .min = (double)swio_histogram_min(h) / STEPS,
            .max = (double)swio_histogram_max(h) / STEPS,
            .mean = swio_histogram_mean(h) / STEPS,
            .p50 = swio_histogram_percentile(h, 50) / STEPS,
            .p90 = swio_histogram_percentile(h, 90) / STEPS,
            .p95 = swio_histogram_percentile(h, 95) / STEPS,
            .p99 = swio_histogram_percentile(h, 99) / STEPS,
            .p999 = swio_histogram_percentile(h, 99.9) / STEPS,
        };
    pthread_mutex_unlock(&m->lock);
}

void swio_metrics_groups(swio_metrics *m, swio_grouping grouping, swio_group_fn *fn, void *arg)
{
    if ((unsigned)grouping >= SWIO_GROUPINGS)
        return;
    pthread_mutex_lock(&m->lock);
    swio_groups_each(&m->groups[grouping], fn, arg);
    pthread_mutex_unlock(&m->lock);
}
