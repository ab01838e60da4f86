/* What coroutines and timers cost: switching, waiting, starting, memory, lateness. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <switchio/error.h>

#include "base/mem.h"
#include "loop/completion.h"
#include "loop/context.h"
#include "loop/coroutine.h"
#include "loop/stack.h"
#include "loop/timer.h"

enum {
    SWITCHES = 2000000,
    POSTS = 500000,
    WAITERS = 100,
    WAITS_EACH = 3000,
    STARTS = 200000,
    SUSPENDED = 10000,
    TIMERS = 1000, /* a second */
    TIMER_SECONDS = 2,
    RUNS_MAX = 99,
};

static swio_loop *loop;
static swio_completion *over; /* of the part that runs */

static void fail(const char *what)
{
    exit(swio_fail(what));
}

static double seconds_since(uint64_t start_ns)
{
    return (double)(swio_now_ns() - start_ns) / 1e9;
}

/* Runs a part on the loop, and waits until it sets `over`. */
static void run_part(swio_task_fn *part, void *arg)
{
    if (swio_completion_new(loop, &over) || swio_loop_post(loop, part, arg) ||
        swio_completion_wait(over, INFINITY, NULL))
        fail("coroutine");
    over = swio_obj_unref(over);
}

static void part_is_over(void)
{
    swio_completion_set(over, 0, NULL, NULL);
}

/* ---- bare switches ---- */

static swio_context here, there;

static void switch_back(void)
{
    swio_context_entered();
    for (;;)
        swio_context_switch(&there, &here);
}

static void switch_on(void *arg)
{
    swio_stacks stacks;
    swio_stacks_init(&stacks);
    swio_stack *stack = swio_stack_take(&stacks);
    if (!stack)
        fail("stack");
    swio_context_make(&there, stack->low, stack->size, switch_back);
    uint64_t start = swio_now_ns();
    for (int i = 0; i < SWITCHES / 2; i++)
        swio_context_switch(&here, &there);
    *(double *)arg = SWITCHES / seconds_since(start);
    swio_context_release(&there);
    swio_stack_give(&stacks, stack);
    swio_stacks_close(&stacks);
    part_is_over();
}

static void measure_switches(double *out)
{
    run_part(switch_on, out);
}

/* ---- posts from another thread ---- */

static int posts_left;

static void on_post(void *arg)
{
    (void)arg;
    if (--posts_left == 0)
        part_is_over();
}

static void measure_posts(double *out)
{
    posts_left = POSTS;
    if (swio_completion_new(loop, &over))
        fail("post");
    uint64_t start = swio_now_ns();
    for (int i = 0; i < POSTS; i++)
        if (swio_loop_post(loop, on_post, NULL))
            fail("post");
    swio_completion_wait(over, INFINITY, NULL);
    *out = POSTS / seconds_since(start);
    over = swio_obj_unref(over);
}

/* ---- waits: a completion made, waited on with a time-out, set by the loop, freed ---- */

static int waiters_left;

static void set_it(void *arg)
{
    swio_completion_set(arg, 0, NULL, NULL);
}

static void wait_often(void *arg)
{
    (void)arg;
    for (int i = 0; i < WAITS_EACH; i++) {
        swio_completion *c;
        if (swio_completion_new(loop, &c) || swio_loop_post(loop, set_it, c) ||
            swio_completion_wait(c, 10, NULL))
            fail("wait");
        swio_obj_unref(c);
    }
    if (--waiters_left == 0)
        part_is_over();
}

static void start_waiters(void *arg)
{
    (void)arg;
    waiters_left = WAITERS;
    for (int i = 0; i < WAITERS; i++)
        if (swio_coroutine_start(loop, wait_often, NULL, NULL, NULL, NULL))
            fail("start");
}

static void measure_waits(double *out)
{
    uint64_t start = swio_now_ns();
    run_part(start_waiters, NULL);
    *out = WAITERS * WAITS_EACH / seconds_since(start);
}

/* ---- starts ---- */

static void do_nothing(void *arg)
{
    (void)arg;
}

static void start_many(void *arg)
{
    uint64_t start = swio_now_ns();
    for (int i = 0; i < STARTS; i++)
        if (swio_coroutine_start(loop, do_nothing, NULL, NULL, NULL, NULL))
            fail("start");
    *(double *)arg = STARTS / seconds_since(start);
    part_is_over();
}

static void measure_starts(double *out)
{
    run_part(start_many, out);
}

/* ---- memory ---- */

static double resident_bytes(void)
{
    FILE *statm = fopen("/proc/self/statm", "r");
    long total = 0, resident = 0;
    if (!statm || fscanf(statm, "%ld %ld", &total, &resident) != 2)
        resident = 0;
    if (statm)
        fclose(statm);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static swio_completion *release;
static int suspended_left;

static void suspend(void *arg)
{
    (void)arg;
    swio_completion_wait(release, INFINITY, NULL);
    if (--suspended_left == 0)
        part_is_over();
}

static void suspend_many(void *arg)
{
    double before = resident_bytes();
    suspended_left = SUSPENDED;
    for (int i = 0; i < SUSPENDED; i++)
        if (swio_coroutine_start(loop, suspend, NULL, NULL, NULL, NULL))
            fail("start");
    *(double *)arg = (resident_bytes() - before) / SUSPENDED;
    swio_completion_set(release, 0, NULL, NULL);
}

/* The first run counts what the process has not kept from earlier ones; so a loop of its own. */
static void measure_memory(double *out)
{
    swio_loop *shared = loop;
    if (swio_loop_new(&loop) || swio_completion_new(loop, &release))
        fail("memory");
    run_part(suspend_many, out);
    release = swio_obj_unref(release);
    swio_loop_unref(loop);
    loop = shared;
}

/* ---- lateness ---- */

enum { COUNT = TIMERS * TIMER_SECONDS };
static const uint64_t interval_ns = 1000000000 / TIMERS;
static swio_timer timers[COUNT];
static uint64_t late_ns[COUNT];
static int ticks_left;

static int by_lateness(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* p50, p99, p99.9 and the worst, in microseconds. */
static void percentiles(double *out)
{
    static const double shares[] = {0.5, 0.99, 0.999, 1};
    qsort(late_ns, COUNT, sizeof late_ns[0], by_lateness);
    for (int i = 0; i < 4; i++)
        out[i] = (double)late_ns[(int)ceil(shares[i] * COUNT) - 1] / 1e3;
}

static void on_tick(void *arg)
{
    swio_timer *timer = arg;
    late_ns[timer - timers] = swio_now_ns() - timer->due_ns;
    if (--ticks_left == 0)
        part_is_over();
}

static void start_ticks(void *arg)
{
    (void)arg;
    ticks_left = COUNT;
    uint64_t first = swio_now_ns() + 10000000;
    for (uint64_t i = 0; i < COUNT; i++)
        if (swio_timer_start(loop, &timers[i], first + i * interval_ns, on_tick, &timers[i]))
            fail("timer");
}

static void measure_lateness(double *out)
{
    run_part(start_ticks, NULL);
    percentiles(out);
}

/* The same by a thread that only sleeps: what the machine itself is late. */
static void measure_machine(double *out)
{
    uint64_t due = swio_now_ns();
    for (int i = 0; i < COUNT; i++) {
        due += interval_ns;
        struct timespec when = {.tv_sec = (time_t)(due / 1000000000),
                                .tv_nsec = (long)(due % 1000000000)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL);
        late_ns[i] = swio_now_ns() - due;
    }
    percentiles(out);
}

/* ---- the report ---- */

static const struct {
    void (*measure)(double *out);
    int values;
    const char *names[4];
    const char *unit;
    const char *suffix; /* of the names, in JSON */
} parts[] = {
    {measure_switches, 1, {"switches"}, "/s", "_per_s"},
    {measure_posts, 1, {"posts"}, "/s", "_per_s"},
    {measure_waits, 1, {"waits"}, "/s", "_per_s"},
    {measure_starts, 1, {"starts"}, "/s", "_per_s"},
    {measure_memory, 1, {"suspended_memory"}, "bytes", "_bytes"},
    {measure_lateness, 4, {"late_p50", "late_p99", "late_p999", "late_max"}, "us", "_us"},
    {measure_machine, 4, {"sleep_p50", "sleep_p99", "sleep_p999", "sleep_max"}, "us", "_us"},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static const char usage[] =
    "usage: coroutine [--json] [--runs N]\n"
    "Coroutines: bare switches, posts from another thread, waits (a completion made, waited on,\n"
    "set, freed, by 100 coroutines), starts (with the end), resident bytes of each of 10,000\n"
    "suspended; by how many microseconds timers are late at 1,000 a second, and (sleep) how late\n"
    "the machine wakes a thread that only sleeps.\n"
    "The medians of N runs (5).\n";

static double values[RUNS_MAX][4];

static double median(int value, int runs)
{
    static double column[RUNS_MAX];
    for (int r = 0; r < runs; r++)
        column[r] = values[r][value];
    qsort(column, (size_t)runs, sizeof column[0], by_size);
    return column[runs / 2];
}

static void report(int runs, bool json)
{
    printf(json ? "{\"bench\": \"coroutine\", \"runs\": %d" : "medians of %d runs\n", runs);
    for (int p = 0; p < PARTS; p++) {
        for (int r = 0; r < runs; r++)
            parts[p].measure(values[r]);
        for (int v = 0; v < parts[p].values; v++) {
            const char *name = parts[p].names[v];
            if (json)
                printf(", \"%s%s\": %.1f", name, parts[p].suffix, median(v, runs));
            else
                printf("%-18s %14.1f %s\n", name, median(v, runs), parts[p].unit);
        }
        fflush(stdout);
    }
    if (json)
        printf("}\n");
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"runs", required_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    bool json = false;
    int runs = 5;
    for (int c; (c = getopt_long(argc, argv, "h", options, NULL)) != -1;)
        switch (c) {
        case 'j':
            json = true;
            break;
        case 'r':
            runs = atoi(optarg);
            break;
        case 'h':
            fputs(usage, stdout);
            return 0;
        default:
            fputs(usage, stderr);
            return 2;
        }
    if (runs < 1 || runs > RUNS_MAX || optind < argc) {
        fputs(usage, stderr);
        return 2;
    }
    if (swio_loop_new(&loop))
        fail("coroutine");
    report(runs, json);
    swio_loop_unref(loop);
    return 0;
}
