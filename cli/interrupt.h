/* Ctrl-C (and SIGTERM, SIGHUP): once ends the work in order, twice leaves it. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

/*
 * From now on a thread of its own takes the signals, before any other thread is started. Until
 * interrupt_on() the first one leaves the program with STATUS_INTERRUPTED.
 */
void interrupt_start(void);

/* The first signal calls fn(arg) on a thread of its own; the second leaves the program. NULL: the
 * first leaves as well. When this returns, no call of the fn before is running. */
typedef void interrupt_fn(void *arg);
void interrupt_on(interrupt_fn *fn, void *arg);

/*
 * The second calls this, also on a thread of its own and while the first's is still running; it is
 * to make the program end. The program is left all the same at the third signal, and two seconds
 * later.
 */
void interrupt_twice(interrupt_fn *fn, void *arg);

/* Every signal calls fn(arg), as the first does above, and none leaves; until interrupt_on(). */
void interrupt_every(interrupt_fn *fn, void *arg);

/* Whether there was a signal, and the number of the last one. */
bool interrupted(void);
int interrupt_signal(void);

/* As if there had been none yet. */
void interrupt_forget(void);

#endif
