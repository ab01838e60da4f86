/* The event loop: one thread that does the I/O, and coroutines that run on it. */
#ifndef SWITCHIO_LOOP_H
#define SWITCHIO_LOOP_H

#include <stdbool.h>
#include <switchio/export.h>

SWIO_BEGIN_DECLS

/*
 * A loop owns one thread. Connections, timers and coroutines live on it; every handler of the
 * library runs on the thread of the loop it belongs to. Most programs never make one: objects that
 * are given no loop share the process's default loop, which starts with the first of them and ends
 * with the last. A later one starts it anew.
 *
 * The loop's thread takes no signals: they are for the program's own threads. After fork() the
 * child has no such thread, so it may only exec or exit: fork before the first loop is made.
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
 * reference goes on a loop's thread (its own or another's): then it ends by itself, soon.
 */
SWIO_API swio_loop *swio_loop_unref(swio_loop *loop);

/*
 * Runs `fn(arg)` as a coroutine on the loop, soon. In it every call with a time-out suspends the
 * coroutine instead of blocking the thread. Its stack has SWIO_COROUTINE_STACK bytes, of which only
 * those that it touches take memory, and a guard page: overflowing it ends the program with
 * SIGSEGV. Any thread. SWIO_ENOMEM, SWIO_ECANCELED when the loop is ending.
 */
#define SWIO_COROUTINE_STACK (256 * 1024)
typedef void swio_coroutine_fn(void *arg);
SWIO_API int swio_go(swio_loop *loop, swio_coroutine_fn *fn, void *arg);

/* True when called from a coroutine. */
SWIO_API bool swio_in_coroutine(void);

/*
 * Waits: suspends the calling coroutine, or blocks the calling thread. 0 (at once for 0 seconds or
 * less); SWIO_EWOULDBLOCK in a plain callback on a loop; SWIO_ECANCELED when the loop (or the
 * coroutine's session) ended meanwhile; SWIO_ENOMEM in a coroutine.
 */
SWIO_API int swio_sleep(double seconds);

SWIO_END_DECLS

#endif
