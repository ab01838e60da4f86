/* Counters: how often what happened, in all and by name. */
#ifndef SWITCHIO_COUNTS_H
#define SWITCHIO_COUNTS_H

#include <stddef.h>
#include <stdint.h>
#include <switchio/export.h>

SWIO_BEGIN_DECLS

/* What a listener counts in all, since its start or the last reset; of a pool the sums. */
typedef struct swio_totals {
    uint64_t events;   /* received */
    uint64_t unknown;  /* of them, of sessions that are not in the model */
    uint64_t sessions; /* created */
    uint64_t answered;
    uint64_t failed;     /* never answered, or ended with another cause than NORMAL_CLEARING */
    uint64_t originated; /* CHANNEL_ORIGINATE seen */
    uint64_t calls;      /* created */
    uint64_t jobs;       /* launched */
    uint64_t failed_jobs;
    uint64_t untracked_jobs; /* BACKGROUND_JOB of jobs that nobody here launched */
    uint64_t forgotten;      /* events missing in a history: no memory */
} swio_totals;

/* What a listener counts by name. */
typedef enum swio_counter {
    SWIO_COUNT_CAUSES,      /* sessions that ended, by Hangup-Cause */
    SWIO_COUNT_FAILED_JOBS, /* by error text, without the "-ERR " */
    SWIO_COUNT_APPS,        /* sessions that are up, by app id */
    SWIO_COUNT_APPS_TOTAL,  /* sessions that were created, by app id */
} swio_counter;

/*
 * How often each name was counted, in the order of first appearance: a copy, made at one moment,
 * that belongs to who asked for it. Names come from the network, so their number is bounded: past
 * 1000 distinct ones the rest is counted as SWIO_COUNTS_OTHER, and the sum stays right.
 */
typedef struct swio_counts swio_counts;

#define SWIO_COUNTS_OTHER "other"

SWIO_API void swio_counts_free(swio_counts *counts); /* NULL is fine */

/* How often this name was counted; 0 for one that is not there. */
SWIO_API int64_t swio_counts_get(const swio_counts *counts, const char *name);
SWIO_API int64_t swio_counts_sum(const swio_counts *counts);

/* By index; the name lives as long as the counters. NULL past the end. */
SWIO_API size_t swio_counts_size(const swio_counts *counts);
SWIO_API const char *swio_counts_at(const swio_counts *counts, size_t index, int64_t *n);

SWIO_END_DECLS

#endif
