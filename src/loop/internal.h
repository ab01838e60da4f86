/* What the files of this room share, and nobody else sees. */
#ifndef SWIO_LOOP_INTERNAL_H
#define SWIO_LOOP_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>
#include <uv.h>

#include "loop/context.h"
#include "loop/coroutine.h"
#include "loop/loop.h"
#include "loop/stack.h"
#include "loop/timer.h"

/*
 * Something that must hear of the end of its loop: a stream, a coroutine, a completion on which
 * somebody waits. `end` runs on the loop's thread, after the member has been taken out.
 */
typedef struct swio_member {
    TAILQ_ENTRY(swio_member) link;
    void (*end)(struct swio_member *member);
    bool in;
} swio_member;

/*
 * RUNNING until the last reference goes; ENDING while what was accepted is brought to its end: no
 * new posts, timers, streams and coroutines from then on; ENDED when nothing at all runs any more.
 */
typedef enum swio_loop_state {
    SWIO_LOOP_RUNNING,
    SWIO_LOOP_ENDING,
    SWIO_LOOP_ENDED
} swio_loop_state;

/* The timers of one loop: a binary heap, and one timerfd set to the earliest. */
typedef struct swio_timers {
    struct swio_timer_slot *heap;
    size_t count;
    size_t capacity;
    uint64_t orders;   /* how many were started so far */
    uint64_t armed_ns; /* what the timerfd is set to; 0: not set */
    uint64_t floor_ns; /* while due timers run: the time of that run, else 0 */
    uv_poll_t poll;
    int fd;
} swio_timers;

/*
 * An object of swio_obj_new() whose references keep the memory alone; the public references, which
 * keep the thread running, are `users`. So whoever may outlive the thread (a completion, a resolver
 * thread) can hold the object, and is refused by swio_loop_submit() when it comes too late.
 */
struct swio_loop {
    atomic_size_t users;
    _Atomic swio_loop_state state; /* changed under the lock */
    pthread_t thread;

    pthread_mutex_t lock;              /* innermost: nothing else is locked while it is held */
    STAILQ_HEAD(, swio_task) tasks;    /* under the lock */
    TAILQ_HEAD(, swio_member) members; /* under the lock */
    swio_stacks stacks;

    /* Of the loop's thread alone. */
    STAILQ_HEAD(, swio_task) last;
    uv_loop_t uv;
    uv_async_t wake;  /* there are tasks, said by another thread */
    uv_idle_t turn;   /* there are tasks, said by the loop's own thread */
    uv_check_t after; /* every round, behind the sockets */
    swio_timers timers;
    swio_context context; /* of the thread itself, while a coroutine runs */
    char received[32768]; /* what a stream has just read: so much before the loop looks up */
};

/* SWIO_ECANCELED with its sentence when the loop is ending, else 0. */
int swio_loop_refuses(const swio_loop *loop);

/* Runs the task when the loop has ended, as the last thing on its thread: to free what its owner
 * may use until then. */
void swio_loop_at_last(swio_loop *loop, swio_task *task);

/* Any thread. join: false once the loop has ended. leave: whether it was in. */
bool swio_loop_join(swio_loop *loop, swio_member *member);
bool swio_loop_leave(swio_loop *loop, swio_member *member);

/*
 * How a coroutine waits; on its loop's thread, but for wake. `leave` takes it out of what it waits
 * for and says whether it was still there: if not, its waking is on the way already. NULL: nobody
 * wakes it, it only sleeps.
 */
typedef enum swio_wait_outcome {
    SWIO_WAIT_WOKEN,
    SWIO_WAIT_TIMED_OUT,
    SWIO_WAIT_CANCELLED, /* with its sentence in swio_errmsg() */
} swio_wait_outcome;
typedef bool swio_leave_fn(void *arg);
/* From here to the suspension the wait may time out (not: UINT64_MAX) or be cancelled.
 * SWIO_ECANCELED for a coroutine that was; SWIO_ENOMEM. */
int swio_coroutine_prepare(swio_coroutine *co, uint64_t due_ns, swio_leave_fn *leave, void *arg);
/* No suspension after all. */
void swio_coroutine_forgo(swio_coroutine *co);
swio_wait_outcome swio_coroutine_suspend(swio_coroutine *co);
/* Once for each wait, by who has taken the coroutine out. Any thread. */
void swio_coroutine_wake(swio_coroutine *co);
/* The same at once, for a coroutine of the loop whose thread this is. */
void swio_coroutine_resume(swio_coroutine *co);
bool swio_coroutine_is_here(const swio_coroutine *co);

/* The timers' part in the life of a loop. start: 0 or SWIO_EIO. drop: none of them will run. */
/* Something waits for the next round. */
bool swio_loop_has_tasks(swio_loop *loop);

int swio_timers_init(swio_loop *loop);
void swio_timers_drop(swio_loop *loop);
void swio_timers_close(swio_loop *loop);
/* Nanoseconds until the first one is due; UINT64_MAX: there is none. */
uint64_t swio_timers_wait(const swio_loop *loop);

#endif
