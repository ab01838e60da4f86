/* A program on a pseudo-terminal. */
#ifndef TESTS_SUPPORT_PTY_H
#define TESTS_SUPPORT_PTY_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include "support/screen.h"

typedef struct pty {
    int fd;    /* the terminal's side */
    pid_t pid; /* of the program */
    /* Between us and the program stands a leader, which does what a shell does. */
    pid_t leader;
    int orders, reports;
    bool ended;
    int status; /* as of waitpid(): of the end, or of having been stopped */
    struct termios before;
    screen screen;
} pty;

/*
 * Ends the test program as skipped where there are no pseudo-terminals: in a bare chroot, say,
 * without /dev/pts. To be called first.
 */
void pty_need(void);

/* Starts it; `environment` ("NAME=value", ended by NULL; may be NULL) comes on top of ours. */
void pty_start(pty *p, int rows, int columns, const char *const *environment,
               const char *const *argv);

void pty_type(pty *p, const char *keys);
void pty_resize(pty *p, int rows, int columns);

/* Reads what it shows until the text stands on the screen; fails the test after a minute. */
void pty_until(pty *p, const char *text);
/* Until it does not stand there any more. */
void pty_until_not(pty *p, const char *text);
/* Takes in what it shows for a moment. */
void pty_look(pty *p);
/* Until it has ended (or has stopped): its status as of waitpid(). */
int pty_end(pty *p);
int pty_stopped(pty *p);

/* What the shell's `fg` and `bg` do with a stopped program. */
void pty_foreground(pty *p);
void pty_background(pty *p);

/* The window is closed. */
void pty_hang_up(pty *p);

/* Ends the leader, and the program if it is still there. */
void pty_close(pty *p);

/* The terminal is as it was before the program: its modes, and a cursor. */
void pty_expect_restored(pty *p);

#endif
