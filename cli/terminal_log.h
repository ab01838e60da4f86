/* The log of a program that draws: kept until the main thread shows it, so that a terminal that is
 * held up (Ctrl-S) holds up nothing else. */
#ifndef CLI_TERMINAL_LOG_H
#define CLI_TERMINAL_LOG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * From now on log lines are kept, if they would go to the terminal that is drawn on; they stay on
 * the standard error where that is something else. Until terminal_log_release(), which says what is
 * left.
 */
void terminal_log_take(void);
void terminal_log_release(void);

/* Whether there are lines. Any thread. */
bool terminal_log_waits(void);

/* Gives all of them, whole lines, and forgets them. Any thread. */
typedef void terminal_log_fn(void *arg, const char *text, size_t bytes);
void terminal_log_give(terminal_log_fn *fn, void *arg);

#endif
