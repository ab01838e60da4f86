#include "sim/clock.h"

#include <semaphore.h>

#include "sim/sim.h"

uint64_t swio_sim_elapsed_ns(const swio_sim *sim)
{
    const sim_clockwork *clock = &sim->clockwork;
    if (clock->held)
        return clock->held_ns;
    return (uint64_t)((double)(swio_now_ns() - clock->started_ns) * clock->speed);
}

static void unlink_held(sim_clockwork *clock, sim_timer *timer)
{
    if (timer->prev)
        timer->prev->next = timer->next;
    else
        clock->first = timer->next;
    if (timer->next)
        timer->next->prev = timer->prev;
    else
        clock->last = timer->prev;
    timer->sim = NULL;
    timer->prev = timer->next = NULL;
}

static void link_held(swio_sim *sim, sim_timer *timer)
{
    sim_clockwork *clock = &sim->clockwork;
    sim_timer *before = clock->last;
    while (before && before->due_ns > timer->due_ns)
        before = before->prev;
    timer->sim = sim;
    timer->prev = before;
    timer->next = before ? before->next : clock->first;
    if (timer->next)
        timer->next->prev = timer;
    else
        clock->last = timer;
    if (before)
        before->next = timer;
    else
        clock->first = timer;
}

bool swio_sim_after(swio_sim *sim, sim_timer *timer, double seconds, swio_task_fn *fn, void *arg)
{
    const sim_clockwork *clock = &sim->clockwork;
    if (!clock->held) {
        uint64_t due = swio_now_ns() + (uint64_t)(seconds * 1e9 / clock->speed);
        return swio_timer_start(sim->loop, &timer->real, due, fn, arg) == 0;
    }
    swio_sim_timer_stop(timer);
    timer->due_ns = clock->held_ns + (uint64_t)(seconds * 1e9);
    timer->fn = fn;
    timer->arg = arg;
    link_held(sim, timer);
    return true;
}

void swio_sim_timer_stop(sim_timer *timer)
{
    if (timer->sim)
        unlink_held(&timer->sim->clockwork, timer);
    swio_timer_stop(&timer->real);
}

bool swio_sim_timer_pending(const sim_timer *timer)
{
    return timer->sim || timer->real.heap_at;
}

/* What another thread wants done on the loop's. */
typedef struct errand {
    swio_sim *sim;
    sem_t done;
    bool result;
} errand;

static bool run_errand(swio_sim *sim, swio_task_fn *fn)
{
    errand e = {.sim = sim};
    sem_init(&e.done, 0, 0);
    if (swio_loop_post(sim->loop, fn, &e) == 0)
        while (sem_wait(&e.done))
            continue;
    sem_destroy(&e.done);
    return e.result;
}

static void hold(void *arg)
{
    errand *e = arg;
    sim_clockwork *clock = &e->sim->clockwork;
    clock->held = true;
    for (size_t i = 0; i < e->sim->node_count; i++) {
        sim_node *node = &e->sim->nodes[i];
        node->started -= node->started % 1000000;
        swio_sim_node_tick(node);
    }
    sem_post(&e->done);
}

static void advance(void *arg)
{
    errand *e = arg;
    sim_clockwork *clock = &e->sim->clockwork;
    if (clock->first)
        clock->held_ns = clock->first->due_ns;
    while (clock->first && clock->first->due_ns <= clock->held_ns) {
        sim_timer *timer = clock->first;
        unlink_held(clock, timer);
        timer->fn(timer->arg);
        e->result = true;
    }
    sem_post(&e->done);
}

void swio_sim_clock_hold(swio_sim *sim)
{
    run_errand(sim, hold);
}

bool swio_sim_clock_advance(swio_sim *sim)
{
    return run_errand(sim, advance);
}
