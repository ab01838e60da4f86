/*
 * The simulator's clock and its timers. It runs opts.speed times as fast as the world; or it is
 * held, and goes from one thing that is due to the next only when it is told: then what happens
 * before what depends on no thread's luck.
 */
#ifndef SWIO_SIM_CLOCK_H
#define SWIO_SIM_CLOCK_H

#include "loop/timer.h"
#include "switchio/sim.h"

/* Embedded, zeroed, in what it belongs to; to be stopped before that goes. */
typedef struct sim_timer {
    swio_timer real;
    swio_sim *sim;
    struct sim_timer *prev, *next; /* of a held clock */
    uint64_t due_ns;               /* on the simulator's clock */
    swio_task_fn *fn;
    void *arg;
} sim_timer;

/* A clock; 0 is running in step with the world. */
typedef struct sim_clockwork {
    double speed;
    uint64_t started_ns; /* on the loop's clock */
    bool held;
    uint64_t held_ns;        /* where it stands */
    sim_timer *first, *last; /* by due_ns, then as they were started */
} sim_clockwork;

/* Nanoseconds on the simulator's clock since it started. The loop's thread. */
uint64_t swio_sim_elapsed_ns(const swio_sim *sim);

/* Runs fn(arg) once, so many of its seconds from now, never inside this call. A pending timer is
 * moved. False where the loop has no memory for it. The loop's thread. */
bool swio_sim_after(swio_sim *sim, sim_timer *timer, double seconds, swio_task_fn *fn, void *arg);
void swio_sim_timer_stop(sim_timer *timer);
bool swio_sim_timer_pending(const sim_timer *timer);

/*
 * For tests. Holds the clock, before anything has a timer, at its start and on a whole second of
 * the day. Both wait for the loop's thread, and are called from another one.
 */
void swio_sim_clock_hold(swio_sim *sim);
/* Moves it on to the first thing that is due, and does all that is due then. False: nothing is. */
bool swio_sim_clock_advance(swio_sim *sim);

#endif
