/*
 * The prompt on a terminal of its own: typing, history, completion, Ctrl-C and Ctrl-D, and log
 * lines that come while a line is being typed. labels: threaded
 */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/cmocka.h"
#include "support/pty.h"

enum { DEADLINE_SECONDS = 60, SAID_MAX = 1 << 20 };

static char home[64];
static pid_t program;
static int terminal = -1;
static char *said; /* since the last expect() that was fulfilled */
static size_t said_len;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Reads what there is within the time; false at the end of it. */
static bool read_some(int ms)
{
    struct pollfd fd = {.fd = terminal, .events = POLLIN};
    if (poll(&fd, 1, ms) <= 0)
        return true;
    ssize_t n = read(terminal, said + said_len, SAID_MAX - said_len - 1);
    if (n <= 0)
        return false;
    said_len += (size_t)n;
    said[said_len] = '\0';
    return true;
}

/* Waits until the program has said it: where it stands. */
static char *wait_for(const char *text)
{
    double end = now() + DEADLINE_SECONDS;
    char *at;
    while (!(at = strstr(said, text))) {
        if (now() > end || !read_some(100))
            fail_msg("'%s' was not said, but:\n%s", text, said);
    }
    return at;
}

/* The same, and takes everything up to there off. */
static void expect(const char *text)
{
    char *at = wait_for(text);
    said_len -= (size_t)(at - said) + strlen(text);
    memmove(said, at + strlen(text), said_len + 1);
}

static void type(const char *keys)
{
    assert_int_equal(write(terminal, keys, strlen(keys)), (ssize_t)strlen(keys));
}

/* Types it once a second until this is said. */
static void type_until(const char *keys, const char *text)
{
    double end = now() + DEADLINE_SECONDS;
    while (!strstr(said, text) && now() < end) {
        type(keys);
        for (double next = now() + 1; !strstr(said, text) && now() < next;)
            read_some(100);
    }
    expect(text);
}

/*
 * All that was typed before has been carried out, however often it was typed and whenever the
 * program came to read it: what is said from now on answers what is typed from now on.
 */
static void settle(void)
{
    static int times;
    char command[32], answer[64];
    snprintf(command, sizeof command, "settle%d\r", ++times);
    snprintf(answer, sizeof answer, "there is no command 'settle%d'", times);
    type(command);
    expect(answer);
    expect("switchio> ");
}

/* Waits until so many sessions are answered. */
static void expect_answered(unsigned wanted)
{
    double end = now() + DEADLINE_SECONDS;
    for (unsigned answered = 0; answered != wanted;) {
        if (now() > end)
            fail_msg("%u sessions are answered, not %u", answered, wanted);
        settle();
        type("calls\r");
        const char *last = wait_for(" sessions\r\n");
        answered = 0;
        for (const char *at = said; (at = strstr(at, ", answered)>")) && at < last; at++)
            answered++;
        expect("switchio> ");
    }
}

static void start(void)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    program = forkpty(&terminal, NULL, NULL, &size);
    assert_true(program >= 0);
    if (program == 0) {
        setenv("HOME", home, 1);
        setenv("TERM", "xterm", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        unsetenv("XDG_STATE_HOME");
        unsetenv("SWITCHIO_PASSWORD");
        const char *switchio = getenv("SWITCHIO");
        if (switchio)
            execl(switchio, "switchio", "console", "--sim=2", "--timeout", "30", NULL);
        _exit(99);
    }
    said_len = 0;
    *said = '\0';
}

static void start_console(void)
{
    start();
    expect("switchio> ");
}

/* The exit status, once it has ended. */
static int finish(void)
{
    int status;
    double end = now() + DEADLINE_SECONDS;
    pid_t done;
    while ((done = waitpid(program, &status, WNOHANG)) == 0 && now() < end)
        read_some(20);
    assert_int_equal(done, program);
    close(terminal);
    terminal = -1;
    program = 0;
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int set_up(void **state)
{
    (void)state;
    said = malloc(SAID_MAX);
    assert_non_null(said);
    strcpy(home, "/tmp/switchio-console.XXXXXX");
    assert_non_null(mkdtemp(home));
    return 0;
}

static int tear_down(void **state)
{
    char text[128];
    (void)state;
    if (program > 0) {
        kill(program, SIGKILL);
        waitpid(program, NULL, 0);
    }
    if (terminal >= 0)
        close(terminal);
    program = 0;
    terminal = -1;
    free(said);
    snprintf(text, sizeof text, "rm -rf %s", home);
    return system(text);
}

static void commands_and_errors(void **state)
{
    (void)state;
    start_console();
    type("rate 25\r");
    expect("switchio> ");
    type("rate\r");
    expect("25 calls a second");
    expect("switchio> ");
    type("raet 1\r");
    expect("there is no command 'raet': did you mean 'rate'?");
    expect("switchio> ");
    type("quit\r");
    assert_int_equal(finish(), 0); /* a mistake at a prompt is no failure of the program */
}

static void control_c_gives_up_the_line_and_control_d_leaves(void **state)
{
    (void)state;
    start_console();
    type("hupall all");
    expect("hupall all");
    type("\003");
    expect("^C");
    expect("switchio> ");
    type("h\u00e4ngt \u2603"); /* characters of several bytes */
    type("\003");
    expect("^C");
    expect("switchio> ");
    type("limit\r"); /* nothing of the lines before is left */
    expect("1 concurrent calls");
    expect("switchio> ");
    type("\004");
    assert_int_equal(finish(), 0);
}

static void control_c_gives_up_a_wait(void **state)
{
    (void)state;
    start_console();
    type("wait 3600\r");
    expect("wait 3600\r\n");
    /* A signal from now on: the terminal is as it was while a command runs. The key may come before
     * that, and a signal after the prompt has come: so both are typed until they are heard. */
    type_until("\003", "switchio> ");
    type_until("rate\r", "1 calls a second");
    expect("switchio> ");
    type("\004");
    assert_int_equal(finish(), 0);
}

/* What ended a wait is not also taken for a key that gives up the next line. */
static void a_signal_gives_up_one_thing(void **state)
{
    unsigned sent = 0;
    (void)state;
    start_console();
    type("wait 3600\r");
    expect("wait 3600\r\n");
    while (!strstr(said, "switchio> ")) {
        assert_true(++sent < DEADLINE_SECONDS);
        kill(program, SIGINT); /* it may come before the wait begins */
        for (double next = now() + 1; !strstr(said, "switchio> ") && now() < next;)
            read_some(100);
    }
    type("rate\r");
    const char *answer = wait_for("1 calls a second");
    const char *given_up = strstr(said, "^C");
    if (sent == 1 && given_up && given_up < answer)
        fail_msg("the line was given up as well:\n%s", said);
    expect("1 calls a second");
    expect("switchio> "); /* before it the key would be the terminal's, and lost */
    type("\004");
    assert_int_equal(finish(), 0);
}

static void completion(void **state)
{
    (void)state;
    start_console();
    type("dur\t");
    expect("ation ");
    type("7\r");
    expect("switchio> ");
    type("load CalleeR\t");
    expect("ingback ");
    type("wei\t");
    expect("ght=");
    type("2\r");
    expect("CalleeRingback is loaded as CalleeRingback-");
    expect("switchio> ");
    type("s\t"); /* several: they are listed */
    expect("session");
    expect("start");
    expect("status");
    expect("stop");
    expect("switchio> ");
    type("\003");
    expect("switchio> ");
    type("api @127\t"); /* the two nodes have the address in common */
    expect(".0.0.1:");
    type("\003");
    expect("switchio> ");
    type("quit\r");
    assert_int_equal(finish(), 0);
}

static void sessions_are_completed(void **state)
{
    char typed[64], uuid[37] = "";
    (void)state;
    start_console();
    type("duration 3000\r");
    expect("switchio> ");
    type("start 1\r");
    expect("switchio> ");
    expect_answered(2);
    type("calls\r");
    expect("<Session(");
    while (said_len < sizeof uuid - 1)
        assert_true(read_some(100));
    memcpy(uuid, said, sizeof uuid - 1);
    settle();
    snprintf(typed, sizeof typed, "session %.20s\t", uuid);
    type(typed);
    expect(uuid + 20);
    type("Unique-ID\r");
    expect("Unique-ID: ");
    expect(uuid);
    expect("switchio> ");
    type("quit\r");
    expect("hanging up 1 calls");
    assert_int_equal(finish(), 0);
}

static void history_is_kept(void **state)
{
    char path[128];
    struct stat about;
    (void)state;
    start_console();
    type("limit 77\r");
    expect("switchio> ");
    type(" limit 78\r"); /* with a blank before it: not remembered */
    expect("switchio> ");
    type("quit\r");
    assert_int_equal(finish(), 0);
    snprintf(path, sizeof path, "%s/.local/state/switchio/history", home);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 077, 0); /* nobody else's affair */

    start_console();
    type("\033[A"); /* quit */
    type("\033[A");
    expect("limit 77");
    type("\r");
    expect("switchio> ");
    type("limit\r");
    expect("77 concurrent calls");
    expect("switchio> ");
    type("\004");
    assert_int_equal(finish(), 0);
}

/* The run's end is told above the prompt, and the line that is being typed stands below it again.
 */
static void what_happens_stands_above_the_prompt(void **state)
{
    (void)state;
    start_console();
    type("duration 1\r");
    expect("switchio> ");
    type("start 1\r");
    expect("switchio> ");
    type("metri");
    expect("metri");
    expect("the run is over: 1 calls offered, 1 answered");
    expect("switchio> metri");
    type("cs\r");
    expect("Calls answered:");
    expect("switchio> ");
    type("quit\r");
    assert_int_equal(finish(), 0);
}

static void quit_hangs_up(void **state)
{
    (void)state;
    start_console();
    type("limit 5\r");
    expect("switchio> ");
    type("rate 50\r");
    expect("switchio> ");
    type("duration 3000\r");
    expect("switchio> ");
    type("start\r");
    expect("switchio> ");
    expect_answered(10);
    kill(program, SIGTERM);
    expect("hanging up 5 calls");
    expect("the run is over: 5 calls offered, 5 answered, 0 failed, 0 lost");
    assert_int_equal(finish(), 130);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(commands_and_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(control_c_gives_up_the_line_and_control_d_leaves, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(control_c_gives_up_a_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signal_gives_up_one_thing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(completion, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sessions_are_completed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(history_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_happens_stands_above_the_prompt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quit_hangs_up, set_up, tear_down),
    };
    pty_need();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
