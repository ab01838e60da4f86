/* The event loop: one thread that does the I/O, and coroutines that run on it. */
#ifndef SWITCHIO_LOOP_H
#define SWITCHIO_LOOP_H

#include <stdbool.h>
#include <switchio/export.h>

/*
 * A loop owns one thread. Connections, timers and coroutines live on it; every handler of the
 * library runs on the thread of the loop it belongs to. Most programs never make one: objects that
 * are given no loop share the process's default loop, which starts with the first of them and ends
 * with the last.
 */
typedef struct swio_loop swio_loop;

/* Starts a loop and its thread. SWIO_ENOMEM, SWIO_EIO. */
SWIO_API int swio_loop_new(swio_loop **out);

/* The default loop, started on first use. The caller owns the reference. */
SWIO_API int swio_loop_default(swio_loop **out);

SWIO_API swio_loop *swio_loop_ref(swio_loop *loop);

/*
 * Gives up a reference; NULL is returned, and fine. The last one stops the loop: its coroutines'
 * waits end with SWIO_ECANCELED, its connections close, and the thread is joined, unless the last
 * reference goes on the loop's own thread, which then ends by itself.
 */
SWIO_API swio_loop *swio_loop_unref(swio_loop *loop);

/*
 * Runs `fn(arg)` as a coroutine on the loop, soon. In it every call with a time-out suspends the
 * coroutine instead of blocking the thread. The stack has `swio_coroutine_stack` bytes and a guard
 * page. Any thread. SWIO_ENOMEM, SWIO_ECANCELED when the loop is ending.
 */
typedef void swio_coroutine_fn(void *arg);
SWIO_API int swio_go(swio_loop *loop, swio_coroutine_fn *fn, void *arg);

/* True when called from a coroutine. */
SWIO_API bool swio_in_coroutine(void);

/*
 * Waits: suspends the calling coroutine, or blocks the calling thread. 0; SWIO_EWOULDBLOCK in a
 * plain callback on a loop; SWIO_ECANCELED when the loop (or the coroutine's session) ended
 * meanwhile.
 */
SWIO_API int swio_sleep(double seconds);

#endif
