/* Curves of records: what is drawn of 20,000 calls, or of a million. */
#ifndef SWIO_MEASURE_PLOT_CURVES_H
#define SWIO_MEASURE_PLOT_CURVES_H

#include "measure/plot_data.h"

/* In order of x; NAN in y interrupts. The arrays belong to the data. */
typedef struct plot_curve {
    double *x, *y, *y2;
    size_t count;
} plot_curve;

/*
 * Of one latency. `dots`: each call where they are few, else the slowest of each stretch that is
 * above the 95th percentile; the others are of a window that runs along.
 *
 * A latency by the switch's clock is a multiple of its tick, and its running median would jump from
 * one to the next and back: it is interpolated between ticks. Its 95th percentile is a tick, and
 * not shown where it is 0.
 */
typedef struct plot_spread {
    size_t calls;    /* that have it */
    double p50, p95; /* of all of them, seconds; nearest rank */
    bool each;       /* the dots are all of them */
    plot_curve dots, median, running95;
    plot_curve band; /* 5th to 95th percentile; empty where `each`, and for the switch's clock */
} plot_spread;

/* `columns`: how many points side by side a curve may have. All return 0 or SWIO_ENOMEM. */
int swio_plot_curve_latency(plot_data *data, size_t which, size_t columns, plot_spread *out);

/* Calls up or being set up: from launch to end. */
int swio_plot_curve_calls(plot_data *data, size_t columns, plot_curve *out);

/* Sessions that were up when each record was made. */
int swio_plot_curve_sessions(plot_data *data, size_t columns, plot_curve *out);

/* How many arrivals had that outcome so far. */
int swio_plot_curve_outcome(plot_data *data, swio_outcome outcome, size_t columns, plot_curve *out);

/* The settings at each arrival. */
int swio_plot_curve_limit(plot_data *data, size_t columns, plot_curve *out);
int swio_plot_curve_asked(plot_data *data, size_t columns, plot_curve *out);

/* Calls placed a second: so many launches one after the other, by the time that they took. */
int swio_plot_curve_achieved(plot_data *data, size_t columns, plot_curve *out);

#endif
