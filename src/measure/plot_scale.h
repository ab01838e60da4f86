/* From values to places on paper, and the ticks of an axis. */
#ifndef SWIO_MEASURE_PLOT_SCALE_H
#define SWIO_MEASURE_PLOT_SCALE_H

#include <stdbool.h>
#include <stddef.h>

/* What the values of an axis are; decides how a tick is written. */
typedef enum plot_unit {
    PLOT_COUNT,   /* of whole things: 20,000 */
    PLOT_RATE,    /* calls a second: 20,000 or 0.05 */
    PLOT_SECONDS, /* a latency: 20 ms */
    PLOT_ELAPSED, /* time since the start: 20, or 1:20 where it takes minutes */
} plot_unit;

/*
 * `low` is at `from` and `high` at `to`. On a logarithmic scale zero has a place too, since a
 * latency by the switch's clock may be 0: `low` stands for everything from 0 to it, and `first` is
 * the least value that gets a place of its own, one step above.
 */
typedef struct plot_scale {
    plot_unit unit;
    bool log;
    double low, high; /* values */
    double first;     /* of a logarithmic scale */
    double from, to;  /* points */
    double step;      /* between labelled ticks of a linear scale */
} plot_scale;

typedef struct plot_tick {
    double value;
    char label[24]; /* "": a mark only */
} plot_tick;

enum { PLOT_TICKS_MAX = 80 };

/* A linear scale with about `wanted` steps. */
void swio_plot_scale_linear(plot_scale *scale, plot_unit unit, double low, double high,
                            double wanted);

/* The same from 0 to `most`, with a little room above it. */
void swio_plot_scale_from_zero(plot_scale *scale, plot_unit unit, double most, double wanted);

/* A logarithmic scale that shows the values from `least` (> 0) to `most`, and zero below them. */
void swio_plot_scale_log(plot_scale *scale, plot_unit unit, double least, double most);

/* Where a value is; what the scale does not hold is at its end. */
double swio_plot_scale_at(const plot_scale *scale, double value);

/* Fills `ticks` and returns how many. */
size_t swio_plot_scale_ticks(const plot_scale *scale, plot_tick ticks[PLOT_TICKS_MAX]);

/* 20000 as "20,000"; decimals only where they are needed. */
void swio_plot_number(double value, double step, char *text, size_t size);

#endif
