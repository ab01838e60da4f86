/* The loop from the inside: getting onto its thread. */
#ifndef SWIO_LOOP_LOOP_H
#define SWIO_LOOP_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <switchio/loop.h>

typedef void swio_task_fn(void *arg);

/*
 * Runs fn(arg) on the loop's thread, exactly once, in the order of the calls. The one way in for
 * other threads. SWIO_ENOMEM; SWIO_ECANCELED once the loop is ending (fn is not run then). Also
 * fine on the loop's own thread: fn runs later, never inside the call.
 */
int swio_loop_post(swio_loop *loop, swio_task_fn *fn, void *arg);

/* True on the loop's thread, in a coroutine of it or not. */
bool swio_loop_is_current(const swio_loop *loop);

/* Monotonic nanoseconds (CLOCK_MONOTONIC): the time base of every deadline. Any thread. */
uint64_t swio_now_ns(void);

/* The deadline that is `seconds` from now; UINT64_MAX, which never comes, for INFINITY and for what
 * is out of range. Negative and NaN: now. */
uint64_t swio_deadline_ns(double seconds);

/* The libuv loop: for src/loop and src/conn alone. */
struct uv_loop_s *swio_loop_uv(swio_loop *loop);

#endif
