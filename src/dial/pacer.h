/* When calls are due. Pure: times in, times out. */
#ifndef SWIO_DIAL_PACER_H
#define SWIO_DIAL_PACER_H

#include <stdint.h>

/*
 * Uniform arrivals: the n-th is due at start + n / rate. Each deadline is computed from the start
 * and never from the one before, so that lateness does not add up, and rounding neither.
 */
typedef struct swio_pacer {
    uint64_t start_ns;
    uint64_t count; /* arrivals that were taken since the start */
    double rate;    /* a second */
} swio_pacer;

/* The first arrival is due at once. */
void swio_pacer_start(swio_pacer *pacer, uint64_t now_ns, double rate);

/* When the next arrival is due; swio_pacer_take() goes on to the one after. */
uint64_t swio_pacer_due(const swio_pacer *pacer);
void swio_pacer_take(swio_pacer *pacer);

/* The next arrival is due 1 / rate after the last one. */
void swio_pacer_set_rate(swio_pacer *pacer, double rate);

#endif
