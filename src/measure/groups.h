/* Groups of arrivals by a text of theirs. */
#ifndef SWIO_MEASURE_GROUPS_H
#define SWIO_MEASURE_GROUPS_H

#include <switchio/metrics.h>

/* A zeroed struct is empty. Not guarded against other threads. */
typedef struct swio_groups {
    struct swio_group_entry *entries;
    swio_group other; /* what found no place of its own: beyond the bound, or no memory */
} swio_groups;

#define SWIO_GROUPS_OTHER "other"
#define SWIO_GROUPS_MAX   1000

void swio_groups_add(swio_groups *groups, const char *name, swio_outcome outcome);
void swio_groups_clear(swio_groups *groups);

/* The greatest first, those that are alike in the order of their coming. */
void swio_groups_each(swio_groups *groups, swio_group_fn *fn, void *arg);

#endif
