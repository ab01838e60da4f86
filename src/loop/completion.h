/* The one way to wait: a completion is set once, and waited on by a thread or by a coroutine. */
#ifndef SWIO_LOOP_COMPLETION_H
#define SWIO_LOOP_COMPLETION_H

#include "loop/loop.h"

/*
 * Reference counted: swio_obj_ref(), swio_obj_unref(). Every function: any thread. It may outlive
 * the loop, on which its handlers run and with whose end it is set to SWIO_ECANCELED if somebody
 * waits.
 */
typedef struct swio_completion swio_completion;

int swio_completion_new(swio_loop *loop, swio_completion **out);

/*
 * Sets it: `status` is 0 or an error, `sentence` the words that go with the error (copied; NULL:
 * those of swio_errmsg() of this thread), `value` an object of swio_obj_new() whose reference the
 * completion takes (or NULL). Only the first call has an effect; the later ones release their
 * value. Returns whether it was the first. Wakes every waiter and runs what swio_completion_then()
 * left, on the loop. Never fails: without memory for the sentence, swio_strerror() stands in. A
 * borrowed `c` will do if its owner keeps it until it is set.
 */
bool swio_completion_set(swio_completion *c, int status, const char *sentence, void *value);

/*
 * The same on the loop's thread, but the coroutines of this loop that wait run at once, each up to
 * its next wait, before this returns: for what comes after that must find their work done. The
 * caller holds no lock.
 */
bool swio_completion_set_now(swio_completion *c, int status, const char *sentence, void *value);

bool swio_completion_is_set(const swio_completion *c);

/*
 * Waits until it is set and returns its status, with the sentence in swio_errmsg(). `timeout` in
 * seconds; 0 or less does not wait: the status, or SWIO_ETIMEOUT if it is not set. INFINITY waits
 * for ever. On a loop's thread a coroutine is suspended; a plain callback gets SWIO_EWOULDBLOCK
 * unless it is set already. A coroutine may be cancelled while it waits: SWIO_ECANCELED. `what`
 * completes the sentence of a time-out ("the reply to 'api status'").
 */
int swio_completion_wait(swio_completion *c, double timeout, const char *what);

/* The value, borrowed; valid once set and as long as `c` is held. */
void *swio_completion_value(const swio_completion *c);

/*
 * Calls fn(c, arg) on the loop's thread once it is set (soon, if it already is; never inside this
 * call). `fn` gets a borrowed `c`. Several may be left; they run in the order they came. If the
 * loop ends first, fn runs with the completion set to SWIO_ECANCELED. SWIO_ENOMEM; SWIO_ECANCELED
 * when the loop has ended already; fn is not called after an error.
 */
typedef void swio_completion_fn(swio_completion *c, void *arg);
int swio_completion_then(swio_completion *c, swio_completion_fn *fn, void *arg);

/* For a swio_completion_fn: status and sentence of a set completion. */
int swio_completion_status(const swio_completion *c, const char **sentence);

#endif
