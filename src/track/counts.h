/* Counters by name, bounded: how they are counted. Reading them is public. */
#ifndef SWIO_TRACK_COUNTS_H
#define SWIO_TRACK_COUNTS_H

#include <switchio/counts.h>

/* Past `max` distinct names the rest is counted as SWIO_COUNTS_OTHER. */
int swio_counts_new(size_t max, swio_counts **out);

/* Adds (n may be negative); never fails: without memory for a new name it is counted as
 * SWIO_COUNTS_OTHER. A name whose count falls to 0 is forgotten. */
void swio_counts_add(swio_counts *counts, const char *name, int64_t n);

/* Adds all of `from`. */
void swio_counts_merge(swio_counts *counts, const swio_counts *from);

void swio_counts_clear(swio_counts *counts);
int swio_counts_copy(const swio_counts *counts, swio_counts **out);

#endif
