/* The loop from the inside: getting onto its thread. */
#ifndef SWIO_LOOP_LOOP_H
#define SWIO_LOOP_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <switchio/loop.h>
#include <sys/queue.h>

/*
 * A loop is an object of swio_obj_new(): a reference of swio_obj_ref() keeps its memory, but not
 * its thread, which swio_loop_ref() does. Who holds only the memory is refused by what is below
 * once the loop has ended.
 */

typedef void swio_task_fn(void *arg);

/*
 * Runs fn(arg) on the loop's thread, exactly once, in the order of the calls. The one way in for
 * other threads. SWIO_ENOMEM; SWIO_ECANCELED once the loop is ending (fn is not run then). Also
 * fine on the loop's own thread: fn runs later, never inside the call.
 */
int swio_loop_post(swio_loop *loop, swio_task_fn *fn, void *arg);

/*
 * The same for a task that is embedded in the object that needs it, and so cannot fail for want of
 * memory. It must stay until it runs; fn may submit it again or free it.
 */
typedef struct swio_task {
    STAILQ_ENTRY(swio_task) link;
    swio_task_fn *fn;
    void *arg;
} swio_task;

/* False (and it is not run) once the loop has ended: for what must be brought to its end. */
bool swio_loop_submit(swio_loop *loop, swio_task *task);
/* For something new: SWIO_ECANCELED, with a sentence, from the moment that the loop is ending. */
int swio_loop_submit_new(swio_loop *loop, swio_task *task);

/*
 * 0 if the caller may wait: it is a coroutine, or a thread that is no loop's. Else SWIO_EWOULDBLOCK
 * with a sentence that begins with `what` ("swio_sleep()") and says what to do instead: for calls
 * that must not have begun when their wait is refused.
 */
int swio_may_wait(const char *what);
/* The same for what there is another way to do, which ends the sentence (" or …"). */
int swio_may_wait_or(const char *what, const char *instead);

/* The loop whose thread this is, or NULL. */
swio_loop *swio_loop_current(void);
/* True on the loop's thread, in a coroutine of it or not. */
bool swio_loop_is_current(const swio_loop *loop);

/* Monotonic nanoseconds (CLOCK_MONOTONIC): the time base of every deadline. Any thread. */
uint64_t swio_now_ns(void);

/* The deadline that is `seconds` from now; UINT64_MAX, which never comes, for INFINITY and for what
 * is out of range. Negative and NaN: now. */
uint64_t swio_deadline_ns(double seconds);

#endif
