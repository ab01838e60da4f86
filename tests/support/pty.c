#include "support/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include "support/cmocka.h"

enum { DEADLINE = 60, STEP_MS = 50 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void become(const char *const *environment, const char *const *argv)
{
    for (; environment && *environment; environment++)
        putenv((char *)(uintptr_t)*environment);
    signal(SIGTTOU, SIG_DFL);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

static void take_terminal(pid_t group)
{
    tcsetpgrp(STDIN_FILENO, group);
}

/* What the leader does for us: 'f' and 'b' as the shell's fg and bg; at the end of orders it ends,
 * and the terminal with it. */
static void lead(pid_t program, int orders, int reports)
{
    struct pollfd there = {.fd = orders, .events = POLLIN};
    for (;;) {
        char order;
        int status;
        if (poll(&there, 1, STEP_MS) == 1) {
            if (read(orders, &order, 1) != 1)
                _exit(0);
            if (order == 'f')
                take_terminal(program);
            kill(-program, SIGCONT);
        }
        if (waitpid(program, &status, WNOHANG | WUNTRACED) != program)
            continue;
        take_terminal(getpgrp());
        if (write(reports, &status, sizeof status) != sizeof status)
            _exit(1);
    }
}

/* The leader's life: the terminal is that of its session, the program a job of it. */
static void be_leader(int theirs, const int orders[2], const int reports[2],
                      const char *const *environment, const char *const *argv)
{
    close(orders[1]);
    close(reports[0]);
    login_tty(theirs);
    signal(SIGTTOU, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    pid_t program = fork();
    if (!program) {
        close(orders[0]);
        close(reports[1]);
        setpgid(0, 0);
        take_terminal(getpgrp());
        signal(SIGHUP, SIG_DFL);
        become(environment, argv);
    }
    setpgid(program, program);
    if (write(reports[1], &program, sizeof program) != sizeof program)
        _exit(1);
    lead(program, orders[0], reports[1]);
}

void pty_need(void)
{
    enum { SKIPPED = 77 };
    int fd, theirs;
    if (openpty(&fd, &theirs, NULL, NULL, NULL)) {
        printf("skipped: no pseudo-terminal to be had: %s\n", strerror(errno));
        exit(SKIPPED);
    }
    close(fd);
    close(theirs);
}

void pty_start(pty *p, int rows, int columns, const char *const *environment,
               const char *const *argv)
{
    int theirs, orders[2], reports[2];
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    memset(p, 0, sizeof *p);
    screen_start(&p->screen, rows, columns);
    assert_int_equal(openpty(&p->fd, &theirs, NULL, NULL, &size), 0);
    assert_int_equal(fcntl(p->fd, F_SETFD, FD_CLOEXEC), 0);
    assert_int_equal(tcgetattr(theirs, &p->before), 0);
    assert_int_equal(pipe2(orders, O_CLOEXEC), 0);
    assert_int_equal(pipe2(reports, O_CLOEXEC), 0);
    fflush(NULL);
    p->leader = fork();
    assert_true(p->leader >= 0);
    if (!p->leader)
        be_leader(theirs, orders, reports, environment, argv);
    close(theirs);
    close(orders[0]);
    close(reports[1]);
    p->orders = orders[1];
    p->reports = reports[0];
    assert_int_equal(read(p->reports, &p->pid, sizeof p->pid), sizeof p->pid);
}

void pty_type(pty *p, const char *keys)
{
    assert_int_equal(write(p->fd, keys, strlen(keys)), strlen(keys));
}

void pty_resize(pty *p, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    screen_resize(&p->screen, rows, columns);
    assert_int_equal(ioctl(p->fd, TIOCSWINSZ, &size), 0);
}

/* Takes in what there is within a step. False when the terminal is closed and nothing is left. */
static bool take_in(pty *p)
{
    char bytes[4096];
    struct pollfd there = {.fd = p->fd, .events = POLLIN};
    if (poll(&there, 1, STEP_MS) != 1) /* as without a terminal */
        return true;
    ssize_t n = read(p->fd, bytes, sizeof bytes);
    if (n > 0)
        screen_feed(&p->screen, bytes, (size_t)n);
    return n > 0;
}

/* 1: it ended, 2: it was stopped. */
static int look_after(pty *p)
{
    struct pollfd there = {.fd = p->reports, .events = POLLIN};
    if (p->ended || poll(&there, 1, 0) != 1)
        return 0;
    assert_int_equal(read(p->reports, &p->status, sizeof p->status), sizeof p->status);
    p->ended = !WIFSTOPPED(p->status);
    return p->ended ? 1 : 2;
}

static void until(pty *p, const char *text, bool there)
{
    double end = now() + DEADLINE;
    while ((strstr(screen_text(&p->screen), text) != NULL) != there) {
        bool more = take_in(p);
        look_after(p);
        if (now() > end || (p->ended && !more))
            fail_msg("'%s' is %s on the screen%s:\n%s", text, there ? "not" : "still",
                     p->ended ? " (the program has ended)" : "", screen_text(&p->screen));
    }
}

void pty_until(pty *p, const char *text)
{
    until(p, text, true);
}

void pty_until_not(pty *p, const char *text)
{
    until(p, text, false);
}

void pty_look(pty *p)
{
    take_in(p);
}

/* Waits for one of the two; then for the rest of what it has shown. */
static int wait_for(pty *p, int wanted)
{
    double end = now() + DEADLINE;
    int got = p->ended ? 1 : 0;
    while (!got) {
        take_in(p);
        got = look_after(p);
        if (now() > end)
            fail_msg("waited in vain for its end:\n%s", screen_text(&p->screen));
    }
    if (got != wanted)
        fail_msg("it has %s:\n%s", got == 1 ? "ended" : "stopped", screen_text(&p->screen));
    struct pollfd there = {.fd = p->fd, .events = POLLIN};
    while (p->fd >= 0 && poll(&there, 1, 0) == 1 && take_in(p))
        ;
    return p->status;
}

int pty_end(pty *p)
{
    wait_for(p, 1);
    return p->status;
}

int pty_stopped(pty *p)
{
    return wait_for(p, 2);
}

static void order(pty *p, char what)
{
    assert_int_equal(write(p->orders, &what, 1), 1);
}

void pty_foreground(pty *p)
{
    order(p, 'f');
}

void pty_background(pty *p)
{
    order(p, 'b');
}

void pty_hang_up(pty *p)
{
    close(p->fd);
    p->fd = -1;
    kill(p->pid, SIGHUP); /* the kernel tells the shell, and the shell its jobs */
}

void pty_close(pty *p)
{
    if (!p->ended)
        kill(p->pid, SIGKILL);
    close(p->orders);
    waitpid(p->leader, NULL, 0);
    close(p->reports);
    if (p->fd >= 0)
        close(p->fd);
}

void pty_expect_restored(pty *p)
{
    struct termios after;
    assert_int_equal(tcgetattr(p->fd, &after), 0);
    assert_int_equal(after.c_lflag, p->before.c_lflag);
    assert_int_equal(after.c_iflag, p->before.c_iflag);
    assert_int_equal(after.c_oflag, p->before.c_oflag);
    assert_int_equal(after.c_cc[VMIN], p->before.c_cc[VMIN]);
    assert_false(p->screen.cursor_hidden);
    assert_int_equal(p->screen.unknown, 0);
}
