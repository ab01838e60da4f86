/* Running a part of a test on the thread of a loop, and waiting for it. Include <cmocka.h> first.
 */
#ifndef SWIO_TESTS_ON_LOOP_H
#define SWIO_TESTS_ON_LOOP_H

#include "base/mem.h"
#include "loop/completion.h"
#include "loop/loop.h"
#include "support/cmocka.h"
#include "support/wait.h"

typedef struct on_loop_call {
    swio_task_fn *fn;
    void *arg;
    swio_completion *done;
} on_loop_call;

static inline void on_loop_run(void *arg)
{
    on_loop_call *call = arg;
    call->fn(call->arg);
    swio_completion_set(call->done, 0, NULL, NULL);
}

/* Runs fn(arg) on the loop as a plain callback; returns when it has returned. */
static inline void on_loop(swio_loop *loop, swio_task_fn *fn, void *arg)
{
    on_loop_call call = {.fn = fn, .arg = arg};
    assert_int_equal(swio_completion_new(loop, &call.done), 0);
    assert_int_equal(swio_loop_post(loop, on_loop_run, &call), 0);
    assert_int_equal(swio_completion_wait(call.done, WAIT_DEADLINE_SECONDS, "the loop"), 0);
    swio_completion *done = call.done;
    swio_obj_unref(done);
}

#endif
