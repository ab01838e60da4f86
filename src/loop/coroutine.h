/* Coroutines from the inside. */
#ifndef SWIO_LOOP_COROUTINE_H
#define SWIO_LOOP_COROUTINE_H

#include "loop/loop.h"

/* The running coroutine, or NULL. Handles are valid while the coroutine runs or is suspended. */
typedef struct swio_coroutine swio_coroutine;
swio_coroutine *swio_coroutine_current(void);

/*
 * On the loop's thread: makes a coroutine and runs it at once up to its first wait. `done` (may be
 * NULL) runs on the loop when fn has returned, perhaps before this call does; after it the handle
 * is gone. `out` (may be NULL) gets the handle, or NULL if it has ended already. May be called in a
 * coroutine too. SWIO_ENOMEM; SWIO_ECANCELED when the loop is ending.
 */
int swio_coroutine_start(swio_loop *loop, swio_coroutine_fn *fn, void *arg, swio_task_fn *done,
                         void *done_arg, swio_coroutine **out);

/*
 * Ends the wait of a suspended coroutine with SWIO_ECANCELED and this sentence (copied); every
 * later wait of it ends so at once as well, so that it runs out. On the loop's thread.
 */
void swio_coroutine_cancel(swio_coroutine *co, const char *sentence);

/* 0, or SWIO_ECANCELED with its sentence where the caller is a coroutine that was cancelled. */
int swio_coroutine_check(void);

#endif
