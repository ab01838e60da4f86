#include "control/on_loop.h"

#include <errno.h>
#include <semaphore.h>

typedef struct visit {
    swio_task task;
    swio_task_fn *fn;
    void *arg;
    sem_t done;
} visit;

static void visit_task(void *arg)
{
    visit *v = arg;
    v->fn(v->arg);
    sem_post(&v->done);
}

void swio_on_loop(swio_loop *loop, swio_task_fn *fn, void *arg)
{
    if (swio_loop_is_current(loop)) {
        fn(arg);
        return;
    }
    visit v = {.task = {.fn = visit_task, .arg = &v}, .fn = fn, .arg = arg};
    sem_init(&v.done, 0, 0);
    if (swio_loop_submit(loop, &v.task))
        while (sem_wait(&v.done) && errno == EINTR)
            continue;
    else
        fn(arg); /* the loop is gone: nothing of it runs beside us */
    sem_destroy(&v.done);
}
