/*
 * switchio dial on a terminal: the panel in place, keys, sizes, and the terminal as it was before,
 * whatever ends the program.
 * labels: threaded
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/cmocka.h"
#include "support/pty.h"

enum { ROWS = 24, COLUMNS = 100 };

static const char *const usual[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", "NO_COLOR=", NULL};

/* A long run on a simulator, with more options; ended by NULL. */
static void dial_sized(pty *p, int rows, int columns, const char *const *environment,
                       const char *const *more)
{
    const char *argv[32] = {getenv("SWITCHIO"), "dial",      "--sim=2", "--app", "TonePlay",
                            "--rate",           "20",        "--limit", "1000",  "--loglevel",
                            "warning",          "--duration"};
    size_t n = 12;
    while (*more)
        argv[n++] = *more++;
    assert_non_null(argv[0]);
    pty_start(p, rows, columns, environment, argv);
}

static void dial(pty *p, const char *const *more)
{
    dial_sized(p, ROWS, COLUMNS, usual, more);
}

#define MORE(...) ((const char *const[]){__VA_ARGS__, NULL})

static void expect_exit(pty *p, int status)
{
    int got = pty_end(p);
    if (!WIFEXITED(got) || WEXITSTATUS(got) != status)
        fail_msg("status %#x, where the exit status should be %d:\n%s", (unsigned)got, status,
                 screen_all(&p->screen));
    pty_expect_restored(p);
}

static void expect_said(pty *p, const char *text)
{
    if (!strstr(screen_all(&p->screen), text))
        fail_msg("'%s' was not said:\n%s", text, screen_all(&p->screen));
}

static void expect_never_said(pty *p, const char *text)
{
    if (strstr(screen_all(&p->screen), text))
        fail_msg("'%s' was said:\n%s", text, screen_all(&p->screen));
}

static void test_to_the_end(void **state)
{
    (void)state;
    pty p;
    dial(&p, MORE("1", "--max-offered", "30"));
    pty_until(&p, "ORIGINATING 0:00:0");
    assert_true(p.screen.cursor_hidden);
    pty_until(&p, "of 30");
    pty_until(&p, "█");
    pty_until(&p, "Nodes ");
    pty_until(&p, "+/- rate");
    expect_exit(&p, 0);
    expect_said(&p, "Dialing session completed!");
    expect_never_said(&p, "ORIGINATING"); /* nothing of the panel is left, */
    expect_never_said(&p, "<Originator"); /* and no lines came beside it */
    assert_true(p.screen.attributes > 0);
    pty_close(&p);
}

static void test_keys(void **state)
{
    (void)state;
    pty p;
    dial(&p, MORE("600"));
    pty_until(&p, "of 20 a second");
    pty_until(&p, "Set-up    p50 "); /* though no call has ended yet */
    pty_type(&p, "+");
    pty_until(&p, "rate 22"); /* a message: it goes by itself */
    pty_until(&p, "of 22 a second");
    pty_type(&p, "-\x1b[B");
    pty_until(&p, "of 18 a second");
    pty_type(&p, "\x1bOA");
    pty_until(&p, "of 19 a second");
    pty_type(&p, "]");
    pty_until(&p, "up of 1,100");
    pty_type(&p, "[\x1b[D");
    pty_until(&p, "up of 900");
    pty_type(&p, "p");
    pty_until(&p, "PAUSED");
    pty_type(&p, "p");
    pty_until(&p, "ORIGINATING");
    pty_type(&p, "x\x1b[5~\x1b\x07"); /* nobody knows these */
    pty_type(&p, "s");
    pty_until(&p, "DRAINING");
    pty_until_not(&p, "those that are up end by themselves");
    pty_type(&p, "p");
    pty_until(&p, "there is nothing to pause");
    pty_type(&p, "+");
    pty_until(&p, "no more calls are offered: there is no rate");
    pty_type(&p, "]");
    pty_until(&p, "no more calls are offered: the limit");
    pty_type(&p, "h");
    expect_exit(&p, 130);
    expect_said(&p, "Dialing session interrupted!");
    pty_close(&p);
}

/* Stopped by a key, with all calls at their own end: that is no failure. */
static void test_stop(void **state)
{
    (void)state;
    pty p;
    dial(&p, MORE("1", "--max-offered", "1000000"));
    pty_until(&p, "ASR");
    pty_type(&p, "s");
    expect_exit(&p, 0);
    expect_said(&p, "Dialing session stopped!");
    pty_close(&p);
}

/* Stages have the rate in their hands; and a ramp that is stopped is not complete. */
static void test_stages(void **state)
{
    (void)state;
    pty p;
    const char *argv[] = {
        getenv("SWITCHIO"), "dial",    "--sim", "--app",      "TonePlay", "--stages",
        "0:20,1h:20",       "--limit", "1000",  "--duration", "2",        NULL};
    pty_start(&p, ROWS, COLUMNS, usual, argv);
    pty_until(&p, "[/] limit");
    assert_null(strstr(screen_all(&p.screen), "+/- rate"));
    pty_type(&p, "+");
    pty_until(&p, "the stages set the rate: + and - do not change it");
    pty_until(&p, "of 20 a second");
    pty_until(&p, "ASR");
    pty_type(&p, "s");
    expect_exit(&p, 0);
    expect_said(&p, "Dialing session stopped!");
    pty_close(&p);
}

static void test_quit_twice(void **state)
{
    (void)state;
    pty p;
    dial(&p, MORE("600"));
    pty_until(&p, "ASR");
    pty_type(&p, "q");
    pty_until(&p, "DRAINING");
    pty_until(&p, "q once more leaves");
    pty_type(&p, "q");
    expect_exit(&p, 130);
    expect_said(&p, "Dialing session interrupted!");
    pty_close(&p);
}

static void test_interrupt(void **state)
{
    (void)state;
    static const char *const ways[] = {"\x03", "TERM", "HUP"};
    for (size_t i = 0; i < 3; i++) {
        pty p;
        dial(&p, MORE("600"));
        pty_until(&p, "ASR");
        if (i == 0)
            pty_type(&p, ways[i]);
        else
            kill(p.pid, i == 1 ? SIGTERM : SIGHUP);
        expect_exit(&p, 130);
        expect_said(&p, "Dialing session interrupted!");
        expect_never_said(&p, "once more leaves at once"); /* it was in the panel, which went */
        pty_close(&p);
    }
}

/* Twice: at once, by the way of a signal. */
static void test_interrupt_twice(void **state)
{
    (void)state;
    pty p;
    dial(&p, MORE("600"));
    pty_until(&p, "ASR");
    kill(p.pid, SIGINT);
    kill(p.pid, SIGTERM);
    expect_exit(&p, 130);
    pty_close(&p);
}

static size_t lines_of(const char *path)
{
    FILE *file = fopen(path, "re");
    size_t lines = 0;
    for (int c; file && (c = getc(file)) != EOF;)
        lines += c == '\n';
    if (file)
        fclose(file);
    return lines;
}

/* Ctrl-S holds the terminal up, and nothing else: the calls go on, and their records. */
static void test_held_up(void **state)
{
    (void)state;
    pty p;
    char folder[] = "/tmp/test_dial_terminal.XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/calls.csv", folder);
    dial(&p, MORE("1", "--max-offered", "40", "--metrics-file", folder, "--loglevel", "debug"));
    pty_until(&p, "ORIGINATING");
    pty_type(&p, "\x13");
    for (int i = 0; lines_of(path) < 41 && i < 600; i++)
        usleep(50000);
    assert_int_equal(lines_of(path), 41);
    pty_type(&p, "\x11");
    expect_exit(&p, 0);
    expect_said(&p, "Dialing session completed!");
    pty_close(&p);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

/* Ctrl-Z, then `fg`; then `bg`, where nothing is drawn, and `fg` again. */
static void test_suspend(void **state)
{
    (void)state;
    pty p;
    dial(&p, MORE("600"));
    pty_until(&p, "ASR");
    pty_type(&p, "\x1a");
    assert_int_equal(WSTOPSIG(pty_stopped(&p)), SIGTSTP);
    pty_expect_restored(&p);
    expect_never_said(&p, "ORIGINATING");
    pty_foreground(&p);
    pty_until(&p, "ORIGINATING");
    pty_type(&p, "+");
    pty_until(&p, "of 22 a second");
    pty_type(&p, "\x1a");
    pty_stopped(&p);
    pty_background(&p);
    for (int i = 0; i < 20; i++)
        pty_look(&p);
    pty_expect_restored(&p);
    expect_never_said(&p, "ORIGINATING");
    pty_foreground(&p);
    pty_until(&p, "ORIGINATING");
    kill(p.pid, SIGSTOP); /* of which it is not told */
    assert_int_equal(WSTOPSIG(pty_stopped(&p)), SIGSTOP);
    assert_int_equal(tcsetattr(p.fd, TCSANOW, &p.before), 0); /* as shells do */
    pty_foreground(&p);
    pty_type(&p, "p");
    pty_until(&p, "PAUSED");
    pty_type(&p, "\x03");
    expect_exit(&p, 130);
    pty_close(&p);
}

static void test_resize(void **state)
{
    (void)state;
    pty p;
    dial(&p, MORE("600"));
    pty_until(&p, "+/- rate");
    pty_until(&p, "Nodes ");
    /* A terminal that becomes narrower breaks lines, and pushes what was in the last one down. */
    static const char left_over[] = "\r\nleft over\x1b[A";
    pty_resize(&p, 20, 50);
    pty_until(&p, "h hang up  …"); /* a last line as wide as it: nothing erases below */
    pty_resize(&p, 20, 40);
    screen_feed(&p.screen, left_over, sizeof left_over - 1);
    pty_until_not(&p, "left over");
    pty_resize(&p, 6, 50);
    pty_until_not(&p, "Nodes ");
    pty_until(&p, "ASR");
    pty_resize(&p, 2, 10); /* too small for anything: nothing is drawn */
    pty_resize(&p, 30, 120);
    pty_until(&p, "Nodes ");
    pty_until(&p, "+/- rate");
    pty_type(&p, "h");
    expect_exit(&p, 130);
    pty_close(&p);
}

/* A program that crashes leaves the terminal as it was, too. */
static void test_crash(void **state)
{
    (void)state;
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        pty p;
        dial(&p, MORE("600"));
        pty_until(&p, "ASR");
        kill(p.pid, signals[i]);
        int status = pty_end(&p);
        assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0); /* sanitizers exit */
        pty_expect_restored(&p);
        pty_close(&p);
    }
}

/* The window is closed: calls are hung up, and it ends. */
static void test_hang_up(void **state)
{
    (void)state;
    pty p;
    dial(&p, MORE("600"));
    pty_until(&p, "ASR");
    pty_hang_up(&p);
    int status = pty_end(&p);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 130);
    pty_close(&p);
}

/* Log lines stand above the panel, whole. */
static void test_log(void **state)
{
    (void)state;
    pty p;
    dial(&p, MORE("600", "--loglevel", "debug"));
    pty_until(&p, "ASR");
    for (int i = 0; i < 10; i++)
        pty_look(&p);
    expect_said(&p, "[DEBUG] switchio ");
    const char *text = screen_text(&p.screen);
    const char *panel = strstr(text, "ORIGINATING");
    assert_non_null(panel);
    assert_null(strstr(panel, "[DEBUG]"));
    pty_type(&p, "h");
    expect_exit(&p, 130);
    pty_close(&p);
}

static void test_plain(void **state)
{
    (void)state;
    pty p;
    static const char *const dumb[] = {"TERM=dumb", "LC_ALL=C.UTF-8", NULL};
    static const char *const grey[] = {"TERM=xterm", "LC_ALL=C", "NO_COLOR=1", NULL};
    dial_sized(&p, ROWS, COLUMNS, dumb, MORE("1", "--max-offered", "30"));
    expect_exit(&p, 0);
    expect_said(&p, "state=ORIGINATING");
    expect_said(&p, "Dialing session completed!");
    assert_int_equal(p.screen.attributes + p.screen.ups, 0);
    pty_close(&p);

    dial_sized(&p, ROWS, COLUMNS, usual, MORE("1", "--max-offered", "30", "--no-panel"));
    expect_exit(&p, 0);
    expect_said(&p, "state=ORIGINATING");
    assert_int_equal(p.screen.attributes + p.screen.ups, 0);
    pty_close(&p);

    dial_sized(&p, ROWS, COLUMNS, grey, MORE("1", "--max-offered", "30"));
    pty_until(&p, "####");
    expect_exit(&p, 0);
    assert_int_equal(p.screen.attributes, 0);
    assert_int_equal(p.screen.eight_bit, 0);
    assert_true(p.screen.ups > 0);
    pty_close(&p);

    dial_sized(&p, ROWS, COLUMNS, usual, MORE("1", "--max-offered", "30", "--quiet"));
    expect_exit(&p, 0);
    expect_never_said(&p, "state=ORIGINATING");
    assert_int_equal(p.screen.ups, 0);
    pty_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_to_the_end),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_quit_twice),
        cmocka_unit_test(test_interrupt),
        cmocka_unit_test(test_interrupt_twice),
        cmocka_unit_test(test_held_up),
        cmocka_unit_test(test_suspend),
        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_crash),
        cmocka_unit_test(test_hang_up),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_plain),
    };
    pty_need();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
