#include "loop/internal.h"

#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/blocks.h"
#include "base/err.h"
#include "base/mem.h"

static _Thread_local swio_loop *current;

/* The process's default loop, while it has users; a pointer without a reference. */
static pthread_mutex_t default_lock = PTHREAD_MUTEX_INITIALIZER;
static swio_loop *default_loop;

uint64_t swio_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t swio_deadline_ns(double seconds)
{
    static const double most = 9e9; /* 285 years: far from the end of 64 bits */
    uint64_t now = swio_now_ns();
    if (!(seconds > 0))
        return now;
    return seconds < most ? now + (uint64_t)(seconds * 1e9) : UINT64_MAX;
}

swio_loop *swio_loop_current(void)
{
    return current;
}

bool swio_loop_is_current(const swio_loop *loop)
{
    return current == loop;
}

/* ---- tasks ---- */

static void on_turn(uv_idle_t *turn);

int swio_loop_refuses(const swio_loop *loop)
{
    if (atomic_load(&loop->state) == SWIO_LOOP_RUNNING)
        return 0;
    return swio_err(SWIO_ECANCELED, "the event loop is ending");
}

static bool submit_until(swio_loop *loop, swio_task *task, swio_loop_state refused_from)
{
    pthread_mutex_lock(&loop->lock);
    bool accepted = atomic_load(&loop->state) < refused_from;
    if (accepted) {
        bool first = STAILQ_EMPTY(&loop->tasks);
        STAILQ_INSERT_TAIL(&loop->tasks, task, link);
        /* Whoever finds the queue empty rings the bell; from inside it takes no system call. */
        if (first && current == loop)
            uv_idle_start(&loop->turn, on_turn);
        else if (first)
            uv_async_send(&loop->wake);
    }
    pthread_mutex_unlock(&loop->lock);
    return accepted;
}

bool swio_loop_submit(swio_loop *loop, swio_task *task)
{
    return submit_until(loop, task, SWIO_LOOP_ENDED);
}

int swio_loop_submit_new(swio_loop *loop, swio_task *task)
{
    return submit_until(loop, task, SWIO_LOOP_ENDING) ? 0 : swio_loop_refuses(loop);
}

/* A task that owns its memory. */
typedef struct post {
    swio_task task;
    swio_task_fn *fn;
    void *arg;
} post;

static void run_post(void *arg)
{
    post taken = *(post *)arg;
    swio_free(arg);
    taken.fn(taken.arg);
}

int swio_loop_post(swio_loop *loop, swio_task_fn *fn, void *arg)
{
    post *p = swio_malloc(sizeof *p);
    if (!p)
        return swio_err_nomem();
    *p = (post){.task = {.fn = run_post, .arg = p}, .fn = fn, .arg = arg};
    int error = swio_loop_submit_new(loop, &p->task);
    if (error)
        swio_free(p);
    return error;
}

/*
 * Runs what is queued now. What these tasks submit in turn waits for the next round, so that tasks
 * which beget tasks do not keep the sockets waiting.
 */
static void run_tasks(swio_loop *loop)
{
    STAILQ_HEAD(, swio_task) round = STAILQ_HEAD_INITIALIZER(round);
    pthread_mutex_lock(&loop->lock);
    STAILQ_CONCAT(&round, &loop->tasks);
    pthread_mutex_unlock(&loop->lock);
    swio_task *task;
    while ((task = STAILQ_FIRST(&round))) {
        STAILQ_REMOVE_HEAD(&round, link);
        task->fn(task->arg); /* may free the task, or submit it again */
    }
}

void swio_loop_at_last(swio_loop *loop, swio_task *task)
{
    STAILQ_INSERT_TAIL(&loop->last, task, link);
}

static void run_last(swio_loop *loop)
{
    swio_task *task;
    while ((task = STAILQ_FIRST(&loop->last))) {
        STAILQ_REMOVE_HEAD(&loop->last, link);
        task->fn(task->arg);
    }
}

bool swio_loop_has_tasks(swio_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    bool has = !STAILQ_EMPTY(&loop->tasks);
    pthread_mutex_unlock(&loop->lock);
    return has;
}

static void on_wake(uv_async_t *wake)
{
    swio_loop *loop = wake->data;
    run_tasks(loop);
    if (atomic_load(&loop->state) != SWIO_LOOP_RUNNING)
        uv_stop(&loop->uv);
}

static void on_turn(uv_idle_t *turn)
{
    swio_loop *loop = turn->data;
    run_tasks(loop);
    if (!swio_loop_has_tasks(loop))
        uv_idle_stop(turn);
}

/*
 * Behind the sockets' turn. What they brought leads to a command, that to bytes for a stream, and
 * those to a write, each a task of the one before: that takes no look at the sockets in between.
 */
static void on_after(uv_check_t *after)
{
    enum { ROUNDS = 4 };
    swio_loop *loop = after->data;
    for (int i = 0; i < ROUNDS && swio_loop_has_tasks(loop); i++)
        run_tasks(loop);
    if (!swio_loop_has_tasks(loop))
        uv_idle_stop(&loop->turn);
}

/* ---- members ---- */

bool swio_loop_join(swio_loop *loop, swio_member *member)
{
    pthread_mutex_lock(&loop->lock);
    bool accepted = atomic_load(&loop->state) != SWIO_LOOP_ENDED;
    if (accepted) {
        TAILQ_INSERT_TAIL(&loop->members, member, link);
        member->in = true;
    }
    pthread_mutex_unlock(&loop->lock);
    return accepted;
}

bool swio_loop_leave(swio_loop *loop, swio_member *member)
{
    pthread_mutex_lock(&loop->lock);
    bool was_in = member->in;
    if (was_in)
        TAILQ_REMOVE(&loop->members, member, link);
    member->in = false;
    pthread_mutex_unlock(&loop->lock);
    return was_in;
}

static swio_member *take_member(swio_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    swio_member *member = TAILQ_FIRST(&loop->members);
    if (member) {
        TAILQ_REMOVE(&loop->members, member, link);
        member->in = false;
    }
    pthread_mutex_unlock(&loop->lock);
    return member;
}

/* ---- the thread ---- */

/* From here on everybody is refused, if there is nothing left to do. */
static bool end_if_idle(swio_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    bool idle = STAILQ_EMPTY(&loop->tasks) && TAILQ_EMPTY(&loop->members);
    if (idle)
        atomic_store(&loop->state, SWIO_LOOP_ENDED);
    pthread_mutex_unlock(&loop->lock);
    return idle;
}

/* Brings everything that was accepted to its end, in rounds until nothing is left. */
static void wind_up(swio_loop *loop)
{
    swio_timers_drop(loop);
    uv_unref((uv_handle_t *)&loop->wake);
    uv_unref((uv_handle_t *)&loop->turn);
    uv_unref((uv_handle_t *)&loop->after);
    uv_unref((uv_handle_t *)&loop->timers.poll);
    for (;;) {
        run_tasks(loop);
        swio_member *member;
        while ((member = take_member(loop)))
            member->end(member);
        bool closing =
            uv_run(&loop->uv, swio_loop_has_tasks(loop) ? UV_RUN_NOWAIT : UV_RUN_ONCE) != 0;
        if (!closing && end_if_idle(loop))
            return;
    }
}

static void close_handles(swio_loop *loop)
{
    swio_timers_close(loop);
    uv_close((uv_handle_t *)&loop->turn, NULL);
    uv_close((uv_handle_t *)&loop->after, NULL);
    uv_close((uv_handle_t *)&loop->wake, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_loop_close(&loop->uv);
}

static void *thread_main(void *arg)
{
    swio_loop *loop = arg;
    current = loop;
    pthread_setname_np(pthread_self(), "switchio-loop"); /* as top -H shows it */
    swio_blocks_keep(true);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    wind_up(loop);
    close_handles(loop);
    run_last(loop);
    swio_blocks_keep(false);
    current = NULL;
    swio_obj_unref(loop);
    return NULL;
}

/*
 * Signals are for the program's own threads: the loop's takes none but those that tell of its own
 * fault, and the profiler's clock.
 */
static int start_thread(swio_loop *loop)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPROF};
    sigset_t blocked, before;
    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sigdelset(&blocked, own[i]);
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    int failed = pthread_create(&loop->thread, NULL, thread_main, loop);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return swio_err(SWIO_EIO, "the thread of the event loop cannot start (%s)",
                        strerror(failed));
    return 0;
}

/* ---- life ---- */

static void destroy(void *obj)
{
    swio_loop *loop = obj;
    swio_stacks_close(&loop->stacks);
    pthread_mutex_destroy(&loop->lock);
}

static int init_handles(swio_loop *loop)
{
    int failed = uv_loop_init(&loop->uv);
    if (failed)
        return swio_err(failed == UV_ENOMEM ? SWIO_ENOMEM : SWIO_EIO,
                        "the event loop cannot start (%s)", uv_strerror(failed));
    failed = uv_async_init(&loop->uv, &loop->wake, on_wake);
    if (failed) {
        uv_loop_close(&loop->uv);
        return swio_err(SWIO_EIO, "the event loop cannot start (%s)", uv_strerror(failed));
    }
    uv_idle_init(&loop->uv, &loop->turn);
    uv_check_init(&loop->uv, &loop->after);
    loop->wake.data = loop->turn.data = loop->after.data = loop;
    uv_check_start(&loop->after, on_after);
    int error = swio_timers_init(loop);
    if (error) {
        uv_close((uv_handle_t *)&loop->turn, NULL);
        uv_close((uv_handle_t *)&loop->after, NULL);
        uv_close((uv_handle_t *)&loop->wake, NULL);
        uv_run(&loop->uv, UV_RUN_DEFAULT);
        uv_loop_close(&loop->uv);
    }
    return error;
}

int swio_loop_new(swio_loop **out)
{
    swio_loop *loop = swio_obj_new(sizeof *loop, destroy);
    if (!loop)
        return swio_err_nomem();
    atomic_init(&loop->users, 1);
    atomic_init(&loop->state, SWIO_LOOP_RUNNING);
    pthread_mutex_init(&loop->lock, NULL);
    STAILQ_INIT(&loop->tasks);
    STAILQ_INIT(&loop->last);
    TAILQ_INIT(&loop->members);
    swio_stacks_init(&loop->stacks);
    int error = init_handles(loop);
    if (error) {
        swio_obj_unref(loop);
        return error;
    }
    swio_obj_ref(loop); /* the thread's */
    error = start_thread(loop);
    if (error) {
        close_handles(loop);
        swio_obj_unref(loop);
        swio_obj_unref(loop);
        return error;
    }
    *out = loop;
    return 0;
}

/* A reference, unless the last one is gone already and the loop is ending. */
static bool try_ref(swio_loop *loop)
{
    size_t users = atomic_load(&loop->users);
    while (users > 0)
        if (atomic_compare_exchange_weak(&loop->users, &users, users + 1))
            return true;
    return false;
}

int swio_loop_default(swio_loop **out)
{
    int error = 0;
    pthread_mutex_lock(&default_lock);
    if (!default_loop || !try_ref(default_loop))
        error = swio_loop_new(&default_loop);
    if (!error)
        *out = default_loop;
    pthread_mutex_unlock(&default_lock);
    return error;
}

swio_loop *swio_loop_ref(swio_loop *loop)
{
    if (loop)
        atomic_fetch_add(&loop->users, 1);
    return loop;
}

static void forget_default(const swio_loop *loop)
{
    pthread_mutex_lock(&default_lock);
    if (default_loop == loop)
        default_loop = NULL;
    pthread_mutex_unlock(&default_lock);
}

swio_loop *swio_loop_unref(swio_loop *loop)
{
    if (!loop || atomic_fetch_sub(&loop->users, 1) != 1)
        return NULL;
    forget_default(loop);
    pthread_t thread = loop->thread;
    pthread_mutex_lock(&loop->lock);
    atomic_store(&loop->state, SWIO_LOOP_ENDING);
    uv_async_send(&loop->wake);
    pthread_mutex_unlock(&loop->lock);
    /* A loop's thread does not wait for a thread: not for itself, and not for one that may be
     * waiting for this one. */
    if (current)
        pthread_detach(thread);
    else
        pthread_join(thread, NULL);
    swio_obj_unref(loop);
    return NULL;
}
