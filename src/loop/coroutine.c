#include "loop/internal.h"

#include <assert.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"

struct swio_coroutine {
    swio_loop *loop; /* borrowed: the loop does not end before its coroutines */
    swio_coroutine_fn *fn;
    void *arg;
    swio_task_fn *done;
    void *done_arg;
    swio_stack *stack;
    swio_context context;
    swio_context *resumer; /* where its next switch leads: the loop, or the coroutine that started
                              it; NULL while it is suspended */
    swio_coroutine
        *outer;     /* the coroutine that started it, while that waits for the first switch */
    swio_task task; /* its start or its waking */
    swio_timer timer;
    swio_member member;
    bool returned;

    /* The wait that it is in. */
    bool waiting;
    swio_wait_outcome outcome;
    swio_leave_fn *leave;
    void *leave_arg;

    bool cancelled;
    char *sentence; /* of the cancellation; NULL: no memory for it */
};

static _Thread_local swio_coroutine *running;

swio_coroutine *swio_coroutine_current(void)
{
    return running;
}

bool swio_in_coroutine(void)
{
    return running != NULL;
}

/* ---- life ---- */

static void destroy(swio_coroutine *co)
{
    swio_stack_give(&co->loop->stacks, co->stack);
    swio_free(co->sentence);
    swio_free(co);
}

static void entry(void)
{
    swio_context_entered();
    swio_coroutine *co = running;
    co->fn(co->arg);
    co->returned = true;
    swio_context_leave(&co->context, co->resumer);
}

static void finish(swio_coroutine *co)
{
    swio_loop_leave(co->loop, &co->member);
    swio_context_release(&co->context);
    if (co->done)
        co->done(co->done_arg);
    destroy(co);
}

/* Switches to it until its next wait or its end. Returns whether it still lives. */
static bool resume(swio_coroutine *co)
{
    co->outer = running;
    co->resumer = running ? &running->context : &co->loop->context;
    running = co;
    swio_context_switch(co->resumer, &co->context);
    running = co->outer;
    co->resumer = NULL;
    co->outer = NULL;
    if (!co->returned)
        return true;
    finish(co);
    return false;
}

static void end_with_loop(swio_member *member)
{
    swio_coroutine *co =
        (swio_coroutine *)(void *)((char *)member - offsetof(swio_coroutine, member));
    swio_coroutine_cancel(co, "the event loop ended");
}

static bool start(swio_coroutine *co)
{
    co->member.end = end_with_loop;
    swio_loop_join(co->loop, &co->member);
    swio_context_make(&co->context, co->stack->low, co->stack->size, entry);
    return resume(co);
}

static void on_start(void *arg)
{
    start(arg);
}

static swio_coroutine *make(swio_loop *loop, swio_coroutine_fn *fn, void *arg)
{
    swio_coroutine *co = swio_calloc(1, sizeof *co);
    if (!co) {
        swio_err_nomem();
        return NULL;
    }
    co->loop = loop;
    co->fn = fn;
    co->arg = arg;
    co->stack = swio_stack_take(&loop->stacks);
    if (co->stack)
        return co;
    swio_free(co);
    return NULL;
}

int swio_go(swio_loop *loop, swio_coroutine_fn *fn, void *arg)
{
    swio_coroutine *co = make(loop, fn, arg);
    if (!co)
        return SWIO_ENOMEM;
    co->task = (swio_task){.fn = on_start, .arg = co};
    int error = swio_loop_submit_new(loop, &co->task);
    if (error)
        destroy(co);
    return error;
}

int swio_coroutine_start(swio_loop *loop, swio_coroutine_fn *fn, void *arg, swio_task_fn *done,
                         void *done_arg, swio_coroutine **out)
{
    assert(swio_loop_is_current(loop));
    int error = swio_loop_refuses(loop);
    if (error)
        return error;
    swio_coroutine *co = make(loop, fn, arg);
    if (!co)
        return SWIO_ENOMEM;
    co->done = done;
    co->done_arg = done_arg;
    bool lives = start(co);
    if (out)
        *out = lives ? co : NULL;
    return 0;
}

/* ---- waiting ---- */

static int cancelled_error(const swio_coroutine *co)
{
    return swio_err(SWIO_ECANCELED, "%s", co->sentence ? co->sentence : "cancelled");
}

int swio_coroutine_check(void)
{
    return running && running->cancelled ? cancelled_error(running) : 0;
}

static void on_waking(void *arg)
{
    resume(arg);
}

void swio_coroutine_wake(swio_coroutine *co)
{
    co->task = (swio_task){.fn = on_waking, .arg = co};
    swio_loop_submit(co->loop, &co->task);
}

void swio_coroutine_resume(swio_coroutine *co)
{
    resume(co);
}

bool swio_coroutine_is_here(const swio_coroutine *co)
{
    return swio_loop_is_current(co->loop);
}

/* Ends the wait from the loop's side, unless what is waited for has ended it already. */
static void end_wait(swio_coroutine *co, swio_wait_outcome outcome)
{
    if (!co->waiting || co->outcome != SWIO_WAIT_WOKEN)
        return;
    if (co->leave && !co->leave(co->leave_arg))
        return;
    co->outcome = outcome;
    swio_coroutine_wake(co);
}

static void on_time_out(void *arg)
{
    end_wait(arg, SWIO_WAIT_TIMED_OUT);
}

int swio_coroutine_prepare(swio_coroutine *co, uint64_t due_ns, swio_leave_fn *leave, void *arg)
{
    if (co->cancelled)
        return cancelled_error(co);
    if (due_ns != UINT64_MAX) {
        int error = swio_timer_start(co->loop, &co->timer, due_ns, on_time_out, co);
        if (error)
            return error;
    }
    co->outcome = SWIO_WAIT_WOKEN;
    co->leave = leave;
    co->leave_arg = arg;
    return 0;
}

void swio_coroutine_forgo(swio_coroutine *co)
{
    swio_timer_stop(&co->timer);
}

swio_wait_outcome swio_coroutine_suspend(swio_coroutine *co)
{
    assert(co == running);
    co->waiting = true;
    swio_context_switch(&co->context, co->resumer);
    co->waiting = false;
    swio_timer_stop(&co->timer);
    if (co->outcome == SWIO_WAIT_CANCELLED)
        cancelled_error(co);
    return co->outcome;
}

void swio_coroutine_cancel(swio_coroutine *co, const char *sentence)
{
    assert(swio_loop_is_current(co->loop));
    if (co->cancelled)
        return;
    co->cancelled = true;
    co->sentence = swio_strdup(sentence);
    end_wait(co, SWIO_WAIT_CANCELLED);
}

/* ---- sleeping ---- */

static void sleep_thread(uint64_t due_ns)
{
    /* For ever is a day at a time: the clock does not take every 64-bit number. */
    const uint64_t day_ns = 86400u * 1000000000ull;
    for (uint64_t now; (now = swio_now_ns()) < due_ns;) {
        uint64_t until = due_ns - now > day_ns ? now + day_ns : due_ns;
        struct timespec when = {.tv_sec = (time_t)(until / 1000000000u),
                                .tv_nsec = (long)(until % 1000000000u)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL); /* a signal: once more */
    }
}

int swio_sleep(double seconds)
{
    if (!(seconds > 0))
        return 0;
    uint64_t due_ns = swio_deadline_ns(seconds);
    if (running) {
        int error = swio_coroutine_prepare(running, due_ns, NULL, NULL);
        if (error)
            return error;
        return swio_coroutine_suspend(running) == SWIO_WAIT_CANCELLED ? SWIO_ECANCELED : 0;
    }
    if (swio_loop_current())
        return swio_may_wait("swio_sleep()");
    sleep_thread(due_ns);
    return 0;
}

int swio_may_wait(const char *what)
{
    return swio_may_wait_or(what, "");
}

int swio_may_wait_or(const char *what, const char *instead)
{
    if (!swio_loop_current() || running)
        return 0;
    return swio_err(SWIO_EWOULDBLOCK,
                    "%s would block the event loop: run it in a coroutine (SWIO_COROUTINE, "
                    "swio_go)%s",
                    what, instead);
}
