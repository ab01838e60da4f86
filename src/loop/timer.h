/* Timers by absolute deadline. On the loop's thread only. */
#ifndef SWIO_LOOP_TIMER_H
#define SWIO_LOOP_TIMER_H

#include <stdint.h>

#include "loop/loop.h"

/*
 * Embed one in the object that needs it, zeroed. Tens of thousands may be pending: starting and
 * stopping cost O(log n). The deadline is kept to well under a millisecond where the machine
 * allows. A timer that is pending must be stopped before its memory goes.
 */
typedef struct swio_timer {
    swio_loop *loop; /* borrowed */
    swio_task_fn *fn;
    void *arg;
    uint64_t due_ns;
    uint64_t order;   /* among equal deadlines: first started, first run */
    uint32_t heap_at; /* 1 + place in the heap; 0 when not pending */
} swio_timer;

/*
 * Runs fn(arg) once on the loop's thread when swio_now_ns() has reached `due_ns` (at once, but not
 * inside this call, if it has already; never, for UINT64_MAX). Starting a pending timer moves it.
 * In fn the timer is not pending and may be started again or freed. SWIO_ENOMEM; SWIO_ECANCELED
 * when the loop is ending, which also drops the timers that are pending: their fn does not run.
 */
int swio_timer_start(swio_loop *loop, swio_timer *timer, uint64_t due_ns, swio_task_fn *fn,
                     void *arg);

/* fn will not run; fine when it is not pending. */
void swio_timer_stop(swio_timer *timer);

#endif
