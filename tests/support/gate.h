/* A gate between two threads of a test: one opens it, the other passes, once for each opening. */
#ifndef SWIO_TESTS_GATE_H
#define SWIO_TESTS_GATE_H

#include <errno.h>
#include <semaphore.h>
#include <stdbool.h>
#include <time.h>

#include "support/wait.h"

typedef struct gate {
    sem_t openings;
} gate;

static inline void gate_init(gate *g)
{
    sem_init(&g->openings, 0, 0);
}

static inline void gate_open(gate *g)
{
    sem_post(&g->openings);
}

/* False when it stayed shut until the deadline of everything else. */
static inline bool gate_pass(gate *g)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += WAIT_DEADLINE_SECONDS;
    int failed;
    while ((failed = sem_timedwait(&g->openings, &end)) != 0 && errno == EINTR)
        ;
    return failed == 0;
}

#endif
