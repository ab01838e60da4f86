/* What a plot keeps of each record, and the memory of the curves that are made of it. */
#ifndef SWIO_MEASURE_PLOT_DATA_H
#define SWIO_MEASURE_PLOT_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <switchio/cdr.h>
#include <switchio/error.h>
#include <switchio/metrics.h>

enum { PLOT_LATENCIES = 5, PLOT_NAMES_MAX = 8 };

/* Of one arrival. Times are seconds since the first was due, NAN where it did not happen. */
typedef struct plot_row {
    double due, launch, end;
    double latency[PLOT_LATENCIES]; /* seconds, NAN: see plot_latency() */
    double rate, limit, active_sessions;
    swio_outcome outcome;
} plot_row;

/* Different names, as many as fit, in their order once finished; `count` goes on. */
typedef struct plot_names {
    char names[PLOT_NAMES_MAX][64];
    size_t count;
} plot_names;

/* A zeroed one is empty. */
typedef struct plot_data {
    plot_row *rows; /* by due, once finished */
    size_t count, cap;
    int64_t start_us; /* when the first was due; local */
    double length;    /* seconds from there to the last that happened */
    uint64_t outcomes[SWIO_OUTCOMES];
    plot_names apps, nodes;
    double rate_least, rate_most, duration;
    uint64_t limit;
    /* When arrivals came again after a pause, in the time of the rows: runs that are kept in one
     * file, or one that was paused. No line of what is offered goes across. */
    double *resumes;
    size_t resume_count;
    void *arrays; /* of swio_plot_data_array() */
} plot_data;

/* FreeSWITCH does not tick to the microsecond: a latency by its clock that is below this, either
 * way, is one of 0 ticks. Seconds. */
#define PLOT_NO_TICK (SWIO_SWITCH_TICK / 20)

/* The latencies of a plot. */
typedef struct plot_latency {
    const char *name; /* in a legend */
    double (*value)(const swio_cdr *cdr);
    swio_metric metric;
    bool of_switch; /* by its clock, which ticks */
} plot_latency;
extern const plot_latency swio_plot_latencies[PLOT_LATENCIES];

/* 0, or SWIO_ENOMEM. A record without any time has no place in a plot and is passed over. */
int swio_plot_data_add(plot_data *data, const swio_cdr *cdr);

/* After the last. 0, or SWIO_ENOMEM. */
int swio_plot_data_finish(plot_data *data);

/* Room for `count` numbers that lives as long as the data; NULL without memory. */
double *swio_plot_data_array(plot_data *data, size_t count);

void swio_plot_data_free(plot_data *data);

#endif
