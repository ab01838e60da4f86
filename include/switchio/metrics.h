/* Metrics: what the call records of a run amount to. */
#ifndef SWITCHIO_METRICS_H
#define SWITCHIO_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/cdr.h>
#include <switchio/export.h>

SWIO_BEGIN_DECLS

/*
 * Everything here is computed from call records alone, so that it is the same while a run goes on
 * and from its file afterwards, and can be computed again by others: the tables have each formula
 * in terms of the columns of the records, as SQL has it.
 *
 * The numbers are of the arrivals whose records were added: a call that is still up has none yet.
 * What was never measured is NAN.
 */
typedef struct swio_metrics swio_metrics;

SWIO_API int swio_metrics_new(swio_metrics **out);                   /* SWIO_ENOMEM */
SWIO_API swio_metrics *swio_metrics_free(swio_metrics *metrics);     /* gives NULL; NULL is fine */
SWIO_API void swio_metrics_add(swio_metrics *, const swio_cdr *cdr); /* any thread; a microsecond */
SWIO_API void swio_metrics_reset(swio_metrics *);                    /* forgets everything */

/* ---- units ---- */

typedef enum swio_unit {
    SWIO_UNIT_COUNT,
    SWIO_UNIT_SECONDS,
    SWIO_UNIT_RATIO, /* 0 to 1, shown as a percentage */
    SWIO_UNIT_RATE,  /* a second */
    SWIO_UNIT_ERLANGS,
    SWIO_UNIT_SCORE, /* a bare number: mean opinion score */
} swio_unit;

/*
 * Writes a value as a person reads it ("187 ms", "99.2 %", "12.5 /s", "-" for NAN), cut to `size`;
 * returns `buf`. 32 bytes are enough.
 */
SWIO_API char *swio_unit_print(swio_unit unit, double value, char *buf, size_t size);

/* ---- metrics: many values each, of which there is a distribution ---- */

typedef enum swio_metric {
    SWIO_METRIC_INVITE_LATENCY,
    SWIO_METRIC_ANSWER_LATENCY,
    SWIO_METRIC_CALL_SETUP_LATENCY,
    SWIO_METRIC_ORIGINATE_LATENCY,
    SWIO_METRIC_ANSWER_SEEN_LATENCY,
    SWIO_METRIC_CALL_DURATION,
    SWIO_METRIC_HOLDING_TIME,
    SWIO_METRIC_LAUNCH_LATENESS,
    SWIO_METRIC_MOS,
    SWIO_METRIC_JITTER,
    SWIO_METRIC_PACKET_LOSS,
    SWIO_METRICS,
} swio_metric;

typedef enum swio_clock {
    SWIO_CLOCK_LOCAL,  /* the clock here: microseconds */
    SWIO_CLOCK_SWITCH, /* the clock of the switch: its times tick every 20 ms, see SWIO_SWITCH_TICK
                        */
    SWIO_CLOCK_NONE,   /* not a time */
} swio_clock;

/*
 * FreeSWITCH stamps its events by a clock that its timer thread moves on every 20 ms, as it is
 * configured usually (switch_time.c). A difference of two such times is right to within a tick
 * either way. Seconds.
 */
#define SWIO_SWITCH_TICK 0.02

typedef struct swio_metric_info {
    const char *name;  /* "call_setup_latency" */
    const char *title; /* "call set-up latency" */
    swio_unit unit;
    swio_clock clock;
    /* In SQL, of one record; NULL where the record has no value. A metric of media has a value for
     * each leg: then there is a second formula, else it is NULL. */
    const char *formula, *formula2;
    double scale;       /* what the formula gives is multiplied by this: 1e-6 for microseconds */
    const char *doc;    /* what it is, in a sentence */
    const char *source; /* where it is defined; "" for our own */
} swio_metric_info;

SWIO_API const swio_metric_info *swio_metric_get(swio_metric metric); /* NULL for another number */
SWIO_API const char *swio_metric_name(swio_metric metric);            /* NULL for another number */
SWIO_API bool swio_metric_find(const char *name, swio_metric *out);

/* Values in the metric's unit (seconds for all times); NAN where count is 0. */
typedef struct swio_distribution {
    uint64_t count;
    double min, max, mean;           /* exact */
    double p50, p90, p95, p99, p999; /* within SWIO_PERCENTILE_ERROR of the value of that rank */
} swio_distribution;

/* Percentiles are by nearest rank: the smallest value that at least p % of all do not exceed, of
 * which they are at most this share off. They lie between min and max. */
#define SWIO_PERCENTILE_ERROR 0.0005

SWIO_API void swio_metrics_distribution(swio_metrics *, swio_metric, swio_distribution *out);

/* 0 <= p <= 100; 0 is the smallest value and 100 the greatest. */
SWIO_API double swio_metrics_percentile(swio_metrics *, swio_metric, double p);

/* ---- the summary: one value each ---- */

typedef struct swio_metrics_summary {
    uint64_t arrivals; /* all records: offered and blocked */
    uint64_t offered;  /* placed: answered, failed and lost */
    uint64_t answered;
    uint64_t failed;
    uint64_t lost;
    uint64_t blocked;
    uint64_t late;      /* placed more than SWIO_LATE_SECONDS after they were due */
    uint64_t effective; /* answered, or failed by a cause that swio_cause_is_effective() */
    /* Local clock; 0 where there is none. */
    int64_t first_due_us, last_due_us, first_launch_us, last_launch_us, last_end_us;
    double arrival_rate; /* arrivals a second that were due, between the first and the last */
    double rate;         /* calls a second that were placed, between the first and the last */
    double asr, abr, ner;
    double mean_call_duration, mean_holding_time; /* seconds */
    double offered_erlangs, carried_erlangs;
    double blocking; /* the share of the arrivals that was blocked */
    /* The share that Erlang's B formula expects; NAN where settings changed or calls were lost. */
    double erlang_b;
    double erlang_b_low, erlang_b_high;   /* swio_erlang_b_range() */
    uint64_t peak_erlangs, peak_sessions; /* the most of `erlangs` and `active_sessions` */
    /* The settings of the earliest due and of the latest, and whether all records have the same. */
    double first_rate, last_rate;
    uint64_t first_limit, last_limit;
    bool rate_changed, limit_changed;
} swio_metrics_summary;

SWIO_API void swio_metrics_summarize(swio_metrics *, swio_metrics_summary *out);

/* What is in the summary, for those who name it: reports, expectations. */
typedef struct swio_figure {
    const char *name;  /* "asr" */
    const char *title; /* "answer-seizure ratio" */
    swio_unit unit;
    const char *formula; /* in SQL, of the whole table `calls` or of other figures by name; "" for
                          * erlang_b, which SQL does not have */
    const char *doc;
    const char *source;
    const char *whole; /* of a count: the figure that it is a share of; else NULL */
    size_t offset;     /* in swio_metrics_summary, of an uint64_t for a count, else of a double */
} swio_figure;

/* In the order of a report; NULL past the last, and for a name that is not there. */
SWIO_API const swio_figure *swio_figure_at(size_t index);
SWIO_API const swio_figure *swio_figure_find(const char *name);
SWIO_API double swio_figure_value(const swio_figure *, const swio_metrics_summary *);

/*
 * True for a cause by which the called side ended the attempt, so that the network did its work:
 * ITU-T E.425 counts a user that is busy, does not answer or rejects as effective. A table of
 * FreeSWITCH's names (switch_types.h), which are those of ITU-T Q.850.
 */
SWIO_API bool swio_cause_is_effective(const char *cause);

typedef struct swio_effective_cause {
    const char *name; /* "USER_BUSY" */
    int q850;         /* its number there; 0: it is of FreeSWITCH alone */
    const char *sip;  /* the final responses to an INVITE that become it: "486, 600"; "" */
    const char *doc;
} swio_effective_cause;

/* That table in its order; NULL past the last. */
SWIO_API const swio_effective_cause *swio_effective_cause_at(size_t index);

/* ---- groups: the arrivals by a text that is in their records ---- */

typedef enum swio_grouping {
    SWIO_GROUP_CAUSES,        /* of what failed: cause, or the caller's where that is empty */
    SWIO_GROUP_CALLER_CAUSES, /* Hangup-Cause of the callers */
    SWIO_GROUP_CALLEE_CAUSES,
    SWIO_GROUP_APPS,
    SWIO_GROUP_NODES,
    SWIO_GROUPINGS,
} swio_grouping;

typedef struct swio_group {
    const char *name;                 /* "other" for all that came after the first 1000 names */
    uint64_t count;                   /* arrivals; those with an empty text are in no group */
    uint64_t outcomes[SWIO_OUTCOMES]; /* of them; by swio_outcome */
} swio_group;

/*
 * Calls fn for each group, the greatest first; not for a name that memory could not be found for:
 * it is counted as "other". It must not call the metrics. Any thread.
 */
typedef void swio_group_fn(const swio_group *group, void *arg);
SWIO_API void swio_metrics_groups(swio_metrics *, swio_grouping, swio_group_fn *fn, void *arg);

/* ---- Erlang's B formula ---- */

/*
 * The share of Poisson arrivals that find all `lines` busy when `erlangs` are offered, whatever the
 * distribution of holding times (A. K. Erlang 1917; ITU-T E.501). NAN for erlangs that are negative
 * or not a number; 1 for no lines, and 0 for no erlangs.
 */
SWIO_API double swio_erlang_b(double erlangs, uint64_t lines);

/*
 * Between which shares 99 % of all runs with so many arrivals end, when the erlangs are those that
 * were measured in the run. It is another range than if each arrival were decided by itself, for
 * blocked ones come in clusters. And its low end allows for the start, when no call is up yet and
 * over a holding time none is blocked. It was compared with simulations: right for constant holding
 * times, as a dialer's are; of runs with exponential ones that last only some ten holding times,
 * and block much, fewer lie within (91 % when 50 erlangs meet 40 lines for 30 holding times). NAN
 * without arrivals.
 */
SWIO_API void swio_erlang_b_range(double erlangs, uint64_t lines, uint64_t arrivals, double *low,
                                  double *high);

SWIO_END_DECLS

#endif
