/* Counters by name, bounded. */
#ifndef SWIO_TRACK_COUNTS_H
#define SWIO_TRACK_COUNTS_H

#include <stddef.h>
#include <stdint.h>

/*
 * How often each name was counted, in the order of first appearance. Names come from the network:
 * past `max` distinct ones the rest is counted as SWIO_COUNTS_OTHER, so that the sum stays right.
 */
typedef struct swio_counts swio_counts;

#define SWIO_COUNTS_OTHER "other"

int swio_counts_new(size_t max, swio_counts **out);
void swio_counts_free(swio_counts *counts);

/* Adds (n may be negative); never fails: without memory for a new name it is counted as
 * SWIO_COUNTS_OTHER. A name whose count falls to 0 is forgotten. */
void swio_counts_add(swio_counts *counts, const char *name, int64_t n);

int64_t swio_counts_get(const swio_counts *counts, const char *name);
int64_t swio_counts_sum(const swio_counts *counts);

/* By index; the name lives as long as the counters. NULL past the end. */
size_t swio_counts_size(const swio_counts *counts);
const char *swio_counts_at(const swio_counts *counts, size_t index, int64_t *n);

void swio_counts_clear(swio_counts *counts);
int swio_counts_copy(const swio_counts *counts, swio_counts **out);

#endif
