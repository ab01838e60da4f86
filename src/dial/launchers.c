#include "dial/launchers.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "conn/ahead.h"
#include "loop/loop.h"

enum { THREADS = 2 };

typedef struct launcher {
    swio_launchers *all;
    pthread_t thread;
    size_t half; /* of the processors */
    pthread_mutex_t lock;
    pthread_cond_t woken;
    uint64_t until_ns; /* that it sleeps for; 0: it is awake */
    bool look;         /* once more, before it sleeps */
    bool stop;
} launcher;

struct swio_launchers {
    size_t count;
    launcher each[THREADS];
    size_t conn_count;
    swio_conn *conns[];
};

/* Returns when to come again. */
static uint64_t fire(swio_launchers *l)
{
    uint64_t next_ns = UINT64_MAX;
    for (size_t i = 0; i < l->conn_count; i++) {
        uint64_t due_ns = swio_conn_fire(l->conns[i]);
        if (due_ns < next_ns)
            next_ns = due_ns;
    }
    return next_ns;
}

/* Under its lock. */
static void sleep_until(launcher *me, uint64_t due_ns)
{
    struct timespec until = {
        .tv_sec = (time_t)(due_ns / 1000000000u),
        .tv_nsec = (long)(due_ns % 1000000000u),
    };
    me->until_ns = due_ns;
    if (due_ns == UINT64_MAX)
        pthread_cond_wait(&me->woken, &me->lock);
    else
        pthread_cond_timedwait(&me->woken, &me->lock, &until);
    me->until_ns = 0;
}

/* Its half of what the process may run on; with only one processor it stays where it is put. */
static void take_half(size_t half)
{
    cpu_set_t all, mine;
    CPU_ZERO(&mine);
    if (sched_getaffinity(0, sizeof all, &all))
        return;
    size_t count = (size_t)CPU_COUNT(&all);
    for (size_t cpu = 0, seen = 0; seen < count && cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &all))
            continue;
        if ((seen < count / 2) == (half == 0))
            CPU_SET(cpu, &mine);
        seen++;
    }
    if (count >= THREADS)
        pthread_setaffinity_np(pthread_self(), sizeof mine, &mine);
}

static void *run(void *arg)
{
    launcher *me = arg;
    pthread_setname_np(pthread_self(), "switchio-launch");
    prctl(PR_SET_TIMERSLACK, 1); /* ns; by default Linux may be 50 us late */
    take_half(me->half);
    pthread_mutex_lock(&me->lock);
    while (!me->stop) {
        me->look = false;
        pthread_mutex_unlock(&me->lock);
        uint64_t next_ns = fire(me->all);
        pthread_mutex_lock(&me->lock);
        if (!me->look && !me->stop)
            sleep_until(me, next_ns);
    }
    pthread_mutex_unlock(&me->lock);
    return NULL;
}

static void open_launcher(launcher *me, swio_launchers *all, size_t half)
{
    pthread_condattr_t monotonic;
    me->all = all;
    me->half = half;
    pthread_mutex_init(&me->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&me->woken, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static void close_launcher(launcher *me)
{
    pthread_cond_destroy(&me->woken);
    pthread_mutex_destroy(&me->lock);
}

/* Without any signal: they are for the program's own threads. */
static int start_thread(launcher *me)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int cause = pthread_create(&me->thread, NULL, run, me);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return cause ? swio_err(SWIO_EIO, "cannot start a thread to launch calls (%s)", strerror(cause))
                 : 0;
}

static size_t threads(void)
{
    cpu_set_t all;
    return sched_getaffinity(0, sizeof all, &all) == 0 && CPU_COUNT(&all) == 1 ? 1 : THREADS;
}

int swio_launchers_start(swio_conn *const *conns, size_t count, swio_launchers **out)
{
    swio_launchers *l = swio_calloc(1, sizeof *l + count * sizeof conns[0]);
    if (!l)
        return swio_err_nomem();
    memcpy(l->conns, conns, count * sizeof conns[0]);
    l->conn_count = count;
    for (size_t n = threads(); l->count < n; l->count++) {
        launcher *me = &l->each[l->count];
        open_launcher(me, l, l->count);
        int error = start_thread(me);
        if (error) {
            close_launcher(me);
            swio_launchers_stop(l);
            return error;
        }
    }
    *out = l;
    return 0;
}

void swio_launchers_wake(swio_launchers *launchers, uint64_t due_ns)
{
    for (size_t i = 0; i < launchers->count; i++) {
        launcher *one = &launchers->each[i];
        pthread_mutex_lock(&one->lock);
        one->look = true;
        if (due_ns < one->until_ns)
            pthread_cond_signal(&one->woken);
        pthread_mutex_unlock(&one->lock);
    }
}

void swio_launchers_stop(swio_launchers *launchers)
{
    if (!launchers)
        return;
    for (size_t i = 0; i < launchers->count; i++) {
        launcher *one = &launchers->each[i];
        pthread_mutex_lock(&one->lock);
        one->stop = true;
        pthread_cond_signal(&one->woken);
        pthread_mutex_unlock(&one->lock);
    }
    for (size_t i = 0; i < launchers->count; i++) {
        pthread_join(launchers->each[i].thread, NULL);
        close_launcher(&launchers->each[i]);
    }
    swio_free(launchers);
}
