#include "cli/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/terminal.h"

/* How long what the second signal asked for may take, in seconds. */
enum { GRACE = 2 };

/* What is to be done at a signal; the lock is held while it is. */
typedef struct action {
    pthread_mutex_t lock;
    interrupt_fn *fn;
    void *arg;
} action;

static action first = {.lock = PTHREAD_MUTEX_INITIALIZER};
static action second = {.lock = PTHREAD_MUTEX_INITIALIZER};
static atomic_int count;
static atomic_int last;
static atomic_bool every;

static void leave(void)
{
    terminal_restore();
    _exit(STATUS_INTERRUPTED);
}

/* Nobody joins it: detached from the first, as it may end before who started it goes on. */
static int start_thread(void *(*fn)(void *), void *arg)
{
    pthread_t thread;
    pthread_attr_t detached;
    int error = pthread_attr_init(&detached);
    if (error)
        return error;
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    error = pthread_create(&thread, &detached, fn, arg);
    pthread_attr_destroy(&detached);
    return error;
}

static bool act(action *a)
{
    pthread_mutex_lock(&a->lock);
    bool acts = a->fn;
    if (acts)
        a->fn(a->arg);
    pthread_mutex_unlock(&a->lock);
    return acts;
}

static void set_action(action *a, interrupt_fn *fn, void *arg)
{
    pthread_mutex_lock(&a->lock);
    a->fn = fn;
    a->arg = arg;
    pthread_mutex_unlock(&a->lock);
}

/* A signal that was for interrupt_every() leaves nothing, also where it is late: `arg` is set. */
static void *run_first(void *arg)
{
    if (!act(&first) && !arg)
        leave();
    return NULL;
}

static void *run_second(void *unused)
{
    (void)unused;
    if (!act(&second))
        leave();
    return NULL;
}

/* The program ends by what the second signal does, or is left: at the third, or after a while. */
static void leave_soon(const sigset_t *signals)
{
    if (start_thread(run_second, NULL) == 0)
        sigtimedwait(signals, NULL, &(struct timespec){.tv_sec = GRACE});
    leave();
}

/* What they start has a thread of its own: it may wait for what the next one is to end. */
static void *watch(void *arg)
{
    sigset_t *signals = arg;
    int number;
    while (sigwait(signals, &number) == 0) {
        if (number == SIGTSTP || number == SIGCONT) {
            (number == SIGTSTP ? terminal_suspend : terminal_resume)();
            continue;
        }
        atomic_store(&last, number);
        bool of_many = atomic_load(&every);
        if (atomic_fetch_add(&count, 1) && !of_many)
            leave_soon(signals);
        if (start_thread(run_first, of_many ? &every : NULL))
            leave();
    }
    return NULL;
}

void interrupt_start(void)
{
    static sigset_t signals;
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT};
    sigemptyset(&signals);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaddset(&signals, numbers[i]);
    if (pthread_sigmask(SIG_BLOCK, &signals, NULL) || start_thread(watch, &signals))
        fprintf(stderr, "switchio: Ctrl-C cannot be watched for: it ends the program at once\n");
}

void interrupt_on(interrupt_fn *fn, void *arg)
{
    set_action(&second, NULL, NULL);
    set_action(&first, fn, arg);
    atomic_store(&every, false);
}

void interrupt_twice(interrupt_fn *fn, void *arg)
{
    set_action(&second, fn, arg);
}

void interrupt_every(interrupt_fn *fn, void *arg)
{
    interrupt_on(fn, arg);
    atomic_store(&every, true);
}

bool interrupted(void)
{
    return atomic_load(&count) > 0;
}

int interrupt_signal(void)
{
    return atomic_load(&last);
}

void interrupt_forget(void)
{
    atomic_store(&count, 0);
}
