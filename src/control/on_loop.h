/* Doing something on the loop's thread, now. */
#ifndef SWIO_CONTROL_ON_LOOP_H
#define SWIO_CONTROL_ON_LOOP_H

#include "loop/loop.h"

/*
 * Runs fn(arg) on the thread of the loop and returns when it has run: at once on that thread, else
 * the calling thread is blocked for the moment, whatever it is. `fn` must not wait. The caller
 * holds a reference of the loop.
 */
void swio_on_loop(swio_loop *loop, swio_task_fn *fn, void *arg);

#endif
