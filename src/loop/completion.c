#include "loop/completion.h"

#include <stddef.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "loop/internal.h"

/* A suspended coroutine; on its stack. */
typedef struct waiter {
    TAILQ_ENTRY(waiter) link;
    swio_completion *completion;
    swio_coroutine *co;
    bool in; /* under the lock */
} waiter;

/* What swio_completion_then() left. */
typedef struct handler {
    STAILQ_ENTRY(handler) link;
    swio_completion_fn *fn;
    void *arg;
} handler;

typedef STAILQ_HEAD(handlers, handler) handlers;
typedef TAILQ_HEAD(waiters, waiter) waiters;

struct swio_completion {
    swio_loop *loop; /* its memory is held, not its thread */
    atomic_bool set;

    pthread_mutex_t lock; /* may be held while the loop's is taken, not the other way round */
    pthread_cond_t woken; /* for waiting threads */
    waiters waiters;
    handlers handlers;
    swio_task task; /* runs the handlers; holds a reference while submitted */
    bool submitted;

    /* In the loop's list while it is not set and anybody waits; that holds a reference. */
    swio_member member;
    size_t interested;

    /* Written before `set`, never changed after. */
    int status;
    char *sentence;
    void *value;
};

static void destroy(void *obj)
{
    swio_completion *c = obj;
    pthread_cond_destroy(&c->woken);
    pthread_mutex_destroy(&c->lock);
    swio_free(c->sentence);
    swio_obj_unref(c->value);
    swio_obj_unref(c->loop);
}

static void end_with_loop(swio_member *member)
{
    swio_completion *c =
        (swio_completion *)(void *)((char *)member - offsetof(swio_completion, member));
    swio_completion_set(c, SWIO_ECANCELED, "the event loop ended", NULL);
    swio_obj_unref(c); /* the reference of the list */
}

int swio_completion_new(swio_loop *loop, swio_completion **out)
{
    swio_completion *c = swio_obj_new(sizeof *c, destroy);
    if (!c)
        return swio_err_nomem();
    c->loop = swio_obj_ref(loop);
    atomic_init(&c->set, false);
    pthread_mutex_init(&c->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&c->woken, &attr);
    pthread_condattr_destroy(&attr);
    TAILQ_INIT(&c->waiters);
    STAILQ_INIT(&c->handlers);
    c->member.end = end_with_loop;
    *out = c;
    return 0;
}

bool swio_completion_is_set(const swio_completion *c)
{
    return atomic_load_explicit(&c->set, memory_order_acquire);
}

void *swio_completion_value(const swio_completion *c)
{
    return c->value;
}

int swio_completion_status(const swio_completion *c, const char **sentence)
{
    if (sentence)
        *sentence = c->status == 0 ? "" : c->sentence ? c->sentence : swio_strerror(c->status);
    return c->status;
}

/* ---- who waits; all under the lock ---- */

/* With the first that waits the loop gets to know of it. */
static int gain_interest(swio_completion *c)
{
    if (c->interested == 0) {
        if (!swio_loop_join(c->loop, &c->member))
            return swio_err(SWIO_ECANCELED, "the event loop has ended");
        swio_obj_ref(c);
    }
    c->interested++;
    return 0;
}

/* The caller holds a reference of its own. */
static void lose_interest(swio_completion *c)
{
    if (--c->interested == 0 && swio_loop_leave(c->loop, &c->member))
        swio_obj_unref(c);
}

/* ---- setting ---- */

static void run_handlers(void *arg)
{
    swio_completion *c = arg;
    handlers taken = STAILQ_HEAD_INITIALIZER(taken);
    pthread_mutex_lock(&c->lock);
    STAILQ_CONCAT(&taken, &c->handlers);
    c->submitted = false;
    pthread_mutex_unlock(&c->lock);
    handler *h;
    while ((h = STAILQ_FIRST(&taken))) {
        STAILQ_REMOVE_HEAD(&taken, link);
        h->fn(c, h->arg);
        swio_free(h);
    }
    swio_obj_unref(c);
}

/* Under the lock. */
static bool submit_handlers(swio_completion *c)
{
    if (c->submitted)
        return true;
    c->task = (swio_task){.fn = run_handlers, .arg = c};
    swio_obj_ref(c);
    c->submitted = swio_loop_submit(c->loop, &c->task);
    if (!c->submitted)
        swio_obj_unref(c);
    return c->submitted;
}

/* Those of this thread's loop go to `here` (unless it is NULL), to be resumed without the lock. */
static void wake_all(swio_completion *c, waiters *here)
{
    waiter *w;
    while ((w = TAILQ_FIRST(&c->waiters))) {
        TAILQ_REMOVE(&c->waiters, w, link);
        w->in = false;
        if (here && swio_coroutine_is_here(w->co))
            TAILQ_INSERT_TAIL(here, w, link);
        else
            swio_coroutine_wake(w->co); /* from here on `w` may go */
        lose_interest(c);
    }
    handler *h;
    STAILQ_FOREACH (h, &c->handlers, link)
        lose_interest(c);
    if (!STAILQ_EMPTY(&c->handlers))
        submit_handlers(c);
    pthread_cond_broadcast(&c->woken);
}

static bool set(swio_completion *c, int status, const char *sentence, void *value, waiters *here)
{
    char *copy = status ? swio_strdup(sentence ? sentence : swio_errmsg()) : NULL;
    swio_obj_ref(c); /* who sees it set may give up the only other one */
    pthread_mutex_lock(&c->lock);
    bool first = !swio_completion_is_set(c);
    if (first) {
        c->status = status;
        c->sentence = copy;
        c->value = value;
        atomic_store_explicit(&c->set, true, memory_order_release);
        wake_all(c, here);
    }
    pthread_mutex_unlock(&c->lock);
    if (!first) {
        swio_free(copy);
        swio_obj_unref(value);
    }
    swio_obj_unref(c);
    return first;
}

bool swio_completion_set(swio_completion *c, int status, const char *sentence, void *value)
{
    return set(c, status, sentence, value, NULL);
}

bool swio_completion_set_now(swio_completion *c, int status, const char *sentence, void *value)
{
    waiters here = TAILQ_HEAD_INITIALIZER(here);
    bool first = set(c, status, sentence, value, &here);
    waiter *w;
    while ((w = TAILQ_FIRST(&here))) {
        TAILQ_REMOVE(&here, w, link);
        swio_coroutine_resume(w->co);
    }
    return first;
}

int swio_completion_then(swio_completion *c, swio_completion_fn *fn, void *arg)
{
    handler *h = swio_malloc(sizeof *h);
    if (!h)
        return swio_err_nomem();
    *h = (handler){.fn = fn, .arg = arg};
    int error = 0;
    pthread_mutex_lock(&c->lock);
    if (!swio_completion_is_set(c))
        error = gain_interest(c);
    else if (!submit_handlers(c))
        error = swio_err(SWIO_ECANCELED, "the event loop has ended");
    if (!error)
        STAILQ_INSERT_TAIL(&c->handlers, h, link);
    pthread_mutex_unlock(&c->lock);
    if (error)
        swio_free(h);
    return error;
}

/* ---- waiting ---- */

static int result(const swio_completion *c)
{
    const char *sentence;
    int status = swio_completion_status(c, &sentence);
    return status ? swio_err(status, "%s", sentence) : 0;
}

static bool leave(void *arg)
{
    waiter *w = arg;
    swio_completion *c = w->completion;
    pthread_mutex_lock(&c->lock);
    bool was_in = w->in;
    if (was_in) {
        TAILQ_REMOVE(&c->waiters, w, link);
        w->in = false;
        lose_interest(c);
    }
    pthread_mutex_unlock(&c->lock);
    return was_in;
}

/* Whether it is to be waited for; else *error is 0 or the reason. */
static bool enter(waiter *w, int *error)
{
    swio_completion *c = w->completion;
    pthread_mutex_lock(&c->lock);
    *error = 0;
    bool waits = !swio_completion_is_set(c);
    if (waits && (*error = gain_interest(c)) != 0)
        waits = false;
    if (waits) {
        TAILQ_INSERT_TAIL(&c->waiters, w, link);
        w->in = true;
    }
    pthread_mutex_unlock(&c->lock);
    return waits;
}

static int timed_out(double timeout, const char *what)
{
    if (!what)
        what = "what was waited for";
    if (timeout > 0)
        return swio_err(SWIO_ETIMEOUT, "%s did not come within %g s", what, timeout);
    return swio_err(SWIO_ETIMEOUT, "%s has not come yet", what);
}

static int wait_in_coroutine(swio_completion *c, swio_coroutine *co, double timeout,
                             const char *what)
{
    waiter w = {.completion = c, .co = co};
    int error = swio_coroutine_prepare(co, swio_deadline_ns(timeout), leave, &w);
    if (error)
        return error;
    if (!enter(&w, &error)) {
        swio_coroutine_forgo(co);
        return error ? error : result(c);
    }
    switch (swio_coroutine_suspend(co)) {
    case SWIO_WAIT_TIMED_OUT:
        return timed_out(timeout, what);
    case SWIO_WAIT_CANCELLED:
        return SWIO_ECANCELED;
    default:
        return result(c);
    }
}

/* Under the lock. False when the time is over. */
static bool wait_for_waking(swio_completion *c, uint64_t due_ns)
{
    if (due_ns == UINT64_MAX) {
        pthread_cond_wait(&c->woken, &c->lock);
        return true;
    }
    struct timespec due = {.tv_sec = (time_t)(due_ns / 1000000000u),
                           .tv_nsec = (long)(due_ns % 1000000000u)};
    return pthread_cond_timedwait(&c->woken, &c->lock, &due) == 0;
}

static int wait_in_thread(swio_completion *c, double timeout, const char *what)
{
    uint64_t due_ns = swio_deadline_ns(timeout);
    pthread_mutex_lock(&c->lock);
    bool waits = !swio_completion_is_set(c);
    int error = waits ? gain_interest(c) : 0;
    if (waits && !error) {
        while (!swio_completion_is_set(c) && wait_for_waking(c, due_ns))
            ;
        lose_interest(c);
    }
    pthread_mutex_unlock(&c->lock);
    if (error)
        return error;
    return swio_completion_is_set(c) ? result(c) : timed_out(timeout, what);
}

int swio_completion_wait(swio_completion *c, double timeout, const char *what)
{
    swio_coroutine *co = swio_coroutine_current();
    if (swio_completion_is_set(c) && !(co && timeout > 0))
        return result(c);
    if (!(timeout > 0))
        return timed_out(timeout, what);
    if (co)
        return wait_in_coroutine(c, co, timeout, what);
    int error = swio_may_wait(what ? what : "waiting");
    return error ? error : wait_in_thread(c, timeout, what);
}
