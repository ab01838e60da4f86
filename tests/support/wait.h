/* Waiting for something to come true in another thread, with a deadline and no fixed sleep. */
#ifndef SWIO_TESTS_WAIT_H
#define SWIO_TESTS_WAIT_H

#include <time.h>

#include "support/cmocka.h"

/* Generous: it is only used up when the test fails. */
enum { WAIT_DEADLINE_SECONDS = 60 };

static inline double wait_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline void wait_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

/*
 * Goes on as soon as `condition` is true; fails the cmocka test when it is not within the deadline.
 * What another thread writes has to be atomic.
 */
#define wait_until(condition)                                                               \
    do {                                                                                    \
        double wait_end_ = wait_clock() + WAIT_DEADLINE_SECONDS;                            \
        while (!(condition)) {                                                              \
            if (wait_clock() > wait_end_)                                                   \
                fail_msg("waited %d s in vain for: %s", WAIT_DEADLINE_SECONDS, #condition); \
            wait_a_little();                                                                \
        }                                                                                   \
    } while (0)

#endif
