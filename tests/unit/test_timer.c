/* labels: threaded */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "loop/timer.h"
#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/one_loop.h"
#include "support/wait.h"

/* What the timers of a test share; the loop's thread, but for `runs`. */
static struct {
    int seen[16];
    int count;
    int early;
    bool starting; /* inside swio_timer_start() */
    bool inside;
    atomic_int runs;
} record;

typedef struct numbered {
    swio_timer timer;
    int number;
} numbered;

static void note(void *arg)
{
    numbered *n = arg;
    record.early += swio_now_ns() < n->timer.due_ns;
    record.inside = record.inside || record.starting;
    if (record.count < 16)
        record.seen[record.count++] = n->number;
    atomic_fetch_add(&record.runs, 1);
}

static int fresh(void **state)
{
    (void)state;
    memset(&record, 0, sizeof record);
    return 0;
}

static void start(numbered *n, uint64_t due_ns)
{
    record.starting = true;
    assert_int_equal(swio_timer_start(loop, &n->timer, due_ns, note, n), 0);
    record.starting = false;
    assert_int_not_equal(n->timer.heap_at, 0);
}

static void number(numbered *timers, int count)
{
    for (int i = 0; i < count; i++)
        timers[i] = (numbered){.number = i + 1};
}

static numbered five[5];

static void start_five(void *arg)
{
    (void)arg;
    uint64_t now = swio_now_ns();
    start(&five[4], now + 3000000);
    start(&five[2], now + 2000000);
    start(&five[3], now + 2000000); /* as the one before: comes after it */
    start(&five[1], 5);             /* past both, the older first */
    start(&five[0], 0);
}

static void they_run_by_deadline(void **state)
{
    (void)state;
    number(five, 5);
    on_loop(loop, start_five, NULL);
    wait_until(atomic_load(&record.runs) == 5);
    const int want[] = {1, 2, 3, 4, 5};
    assert_memory_equal(record.seen, want, sizeof want);
    assert_int_equal(record.early, 0);
    assert_false(record.inside);
    assert_int_equal(five[4].timer.heap_at, 0);
}

static void move_and_stop(void *arg)
{
    (void)arg;
    uint64_t now = swio_now_ns();
    for (int i = 0; i < 5; i++)
        start(&five[i], now + 1000000000);
    start(&five[2], now + 2000000);
    start(&five[0], now + 1000000);
    start(&five[0], now + 3000000);
    swio_timer_stop(&five[1].timer);
    swio_timer_stop(&five[1].timer);
    swio_timer_stop(&five[3].timer);
    start(&five[4], UINT64_MAX);
}

static void stop_all(void *arg)
{
    (void)arg;
    for (int i = 0; i < 5; i++)
        swio_timer_stop(&five[i].timer);
}

static void they_can_be_moved_and_stopped(void **state)
{
    (void)state;
    number(five, 5);
    on_loop(loop, move_and_stop, NULL);
    wait_until(atomic_load(&record.runs) == 2);
    on_loop(loop, stop_all, NULL);
    const int want[] = {3, 1};
    assert_memory_equal(record.seen, want, sizeof want);
}

static void start_far(void *arg)
{
    start(arg, swio_now_ns() + 600000000000);
}

static void start_near(void *arg)
{
    start(arg, swio_now_ns() + 1000000);
}

static void a_nearer_one_does_not_wait_for_a_farther(void **state)
{
    (void)state;
    number(five, 5);
    on_loop(loop, start_far, &five[0]);
    on_loop(loop, start_near, &five[1]);
    wait_until(atomic_load(&record.runs) == 1);
    assert_int_equal(record.seen[0], 2);
    on_loop(loop, stop_all, NULL);
}

/* ---- in their own handlers ---- */

static void note_and_free(void *arg)
{
    note(arg);
    free(arg);
}

static void start_free(void *arg)
{
    (void)arg;
    numbered *n = calloc(1, sizeof *n);
    assert_int_equal(swio_timer_start(loop, &n->timer, 0, note_and_free, n), 0);
}

static void one_may_be_freed_when_it_runs(void **state)
{
    (void)state;
    on_loop(loop, start_free, NULL);
    wait_until(atomic_load(&record.runs) == 1);
}

static numbered eager, patient;
static atomic_int again;
static bool task_ran;

static void note_task(void *arg)
{
    (void)arg;
    task_ran = true;
}

/* Always due at once; the other is due from its second time on. */
static void run_again(void *arg)
{
    (void)arg;
    if (atomic_load(&again) == 1)
        start(&patient, swio_now_ns());
    if (!task_ran || atomic_load(&record.runs) == 0)
        assert_int_equal(swio_timer_start(loop, &eager.timer, 0, run_again, NULL), 0);
    atomic_fetch_add(&again, 1);
}

static void start_eager(void *arg)
{
    (void)arg;
    assert_int_equal(swio_timer_start(loop, &eager.timer, 0, run_again, NULL), 0);
    assert_int_equal(swio_loop_post(loop, note_task, NULL), 0);
}

static void stop_eager(void *arg)
{
    (void)arg;
    swio_timer_stop(&eager.timer);
}

static void one_that_starts_itself_keeps_nobody_waiting(void **state)
{
    (void)state;
    number(&patient, 1);
    on_loop(loop, start_eager, NULL);
    wait_until(atomic_load(&record.runs) == 1);
    on_loop(loop, stop_eager, NULL);
    assert_true(atomic_load(&again) > 1);
}

static void stop_the_other(void *arg)
{
    swio_timer_stop(arg);
    note(&five[0]);
}

static void start_and_stop(void *arg)
{
    (void)arg;
    uint64_t now = swio_now_ns();
    assert_int_equal(swio_timer_start(loop, &five[0].timer, now, stop_the_other, &five[1].timer),
                     0);
    start(&five[1], now);
    start(&five[2], now);
}

static void one_may_stop_another_that_is_due(void **state)
{
    (void)state;
    number(five, 5);
    on_loop(loop, start_and_stop, NULL);
    wait_until(atomic_load(&record.runs) == 2);
    const int want[] = {1, 3};
    assert_memory_equal(record.seen, want, sizeof want);
}

/* ---- many ---- */

enum { MANY = 30000 };

static swio_timer many[MANY];
static uint64_t last_due;
static int disorders;
static atomic_int many_ran;
static int stopped;

static void run_one(void *arg)
{
    swio_timer *timer = arg;
    disorders += timer->due_ns < last_due || swio_now_ns() < timer->due_ns;
    last_due = timer->due_ns;
    atomic_fetch_add(&many_ran, 1);
}

static void start_many(void *arg)
{
    (void)arg;
    srandom(1);
    uint64_t now = swio_now_ns() + 30000000;
    for (int round = 0; round < 2; round++) /* the second moves them */
        for (int i = 0; i < MANY; i++)
            assert_int_equal(swio_timer_start(loop, &many[i], now + (uint64_t)random() % 50000000,
                                              run_one, &many[i]),
                             0);
    for (int i = 0; i < MANY; i += 3, stopped++)
        swio_timer_stop(&many[i]);
}

static void many_keep_their_order(void **state)
{
    (void)state;
    on_loop(loop, start_many, NULL);
    wait_until(atomic_load(&many_ran) == MANY - stopped);
    assert_int_equal(disorders, 0);
}

/* ---- the end ---- */

static int refused;

static void start_late(swio_completion *c, void *arg)
{
    (void)c, (void)arg;
    refused = swio_timer_start(loop, &five[0].timer, 0, note, &five[0]);
}

static void start_dropped(void *arg)
{
    swio_completion *c;
    assert_int_equal(swio_completion_new(loop, &c), 0);
    assert_int_equal(swio_completion_then(c, start_late, NULL), 0);
    swio_obj_unref(c);
    start(arg, swio_now_ns() + 60000000000);
}

static void the_end_of_the_loop_drops_them(void **state)
{
    (void)state;
    swio_loop *shared = loop;
    assert_int_equal(swio_loop_new(&loop), 0);
    number(five, 5);
    on_loop(loop, start_dropped, &five[1]);
    swio_loop_unref(loop);
    loop = shared;
    assert_int_equal(refused, SWIO_ECANCELED);
    assert_int_equal(atomic_load(&record.runs), 0);
    assert_int_equal(five[1].timer.heap_at, 0);
}

static void start_without_memory(void *arg)
{
    swio_timer *timers = arg;
    int errors = 0;
    swio_mem_fail_after(0, true);
    for (int i = 0; i < 200; i++)
        errors += swio_timer_start(loop, &timers[i], UINT64_MAX, note, NULL) == SWIO_ENOMEM;
    swio_mem_fail_after(-1, false);
    assert_true(errors > 0 && errors < 200); /* the room of earlier ones is used */
    for (int i = 0; i < 200; i++)
        swio_timer_stop(&timers[i]);
}

static void start_one(void *arg)
{
    assert_int_equal(swio_timer_start(loop, arg, UINT64_MAX, note, NULL), 0);
    swio_timer_stop(arg);
}

static void no_memory_is_told(void **state)
{
    (void)state;
    swio_loop *shared = loop;
    assert_int_equal(swio_loop_new(&loop), 0);
    static swio_timer timers[200];
    on_loop(loop, start_one, &timers[0]);
    on_loop(loop, start_without_memory, timers);
    swio_loop_unref(loop);
    loop = shared;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(they_run_by_deadline, fresh),
        cmocka_unit_test_setup(they_can_be_moved_and_stopped, fresh),
        cmocka_unit_test_setup(a_nearer_one_does_not_wait_for_a_farther, fresh),
        cmocka_unit_test_setup(one_may_be_freed_when_it_runs, fresh),
        cmocka_unit_test_setup(one_that_starts_itself_keeps_nobody_waiting, fresh),
        cmocka_unit_test_setup(one_may_stop_another_that_is_due, fresh),
        cmocka_unit_test_setup(many_keep_their_order, fresh),
        cmocka_unit_test_setup(the_end_of_the_loop_drops_them, fresh),
        cmocka_unit_test_setup(no_memory_is_told, fresh),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
