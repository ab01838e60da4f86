/*
 * The terminal of a run: some lines at its bottom that are drawn in place, log lines above them,
 * and keys. Whatever ends the program, the terminal is as it was before.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>

#include "cli/panel.h"

/* Whether the standard output is a terminal on which lines can be drawn in place, and ours now. */
bool terminal_is_capable(void);

/* Whether text for this stream (1 or 2) may hold UTF-8: as the locale's name says. */
bool terminal_takes_utf8(void);

/*
 * Takes the terminal: keys come at once and are not shown, the cursor is hidden, and lines of the
 * log that would go to the same terminal are shown above. false where there is none; then nothing
 * is done, and the other functions do nothing either. Main thread.
 */
bool terminal_begin(void);

/* Shows what is left of the log, wipes the lines away and gives the terminal back. Main thread. */
void terminal_end(void);

/* What can be drawn now: a size that follows the terminal. False while the program is in the
 * background. Main thread. */
bool terminal_style(panel_style *style);

/* Draws the lines in place of those before, and what was logged above them. Main thread. */
void terminal_draw(const panel_lines *lines);

/* Whether keys can be read. */
bool terminal_has_keys(void);

/*
 * Waits for a key, up to so many seconds; the key, or 0. An arrow or another key of several bytes
 * is one of the codes below. Main thread.
 */
enum {
    TERMINAL_UP = 256,
    TERMINAL_DOWN,
    TERMINAL_RIGHT,
    TERMINAL_LEFT,
    TERMINAL_OTHER, /* a key that nobody knows */
};
int terminal_key(double seconds);

/* The terminal as it was, from wherever the program ends. May be called in a signal handler and on
 * any thread, and when nothing was begun. Never waits for the terminal. */
void terminal_restore(void);

/* For Ctrl-Z, on the thread that took the signal: gives the terminal back and stops the process;
 * when it goes on, the terminal is taken again as soon as it is ours. */
void terminal_suspend(void);

/* For SIGCONT: who stopped us with SIGSTOP, or his shell, may have changed the modes. */
void terminal_resume(void);

#endif
