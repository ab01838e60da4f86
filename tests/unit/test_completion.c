/* labels: threaded */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "loop/completion.h"
#include "loop/coroutine.h"
#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/one_loop.h"
#include "support/wait.h"

static atomic_int released;

static void count_release(void *obj)
{
    (void)obj;
    atomic_fetch_add(&released, 1);
}

static void the_first_set_wins(void **state)
{
    (void)state;
    atomic_store(&released, 0);
    swio_completion *c = new_completion();
    assert_false(swio_completion_is_set(c));
    assert_int_equal(swio_completion_wait(c, 0, "the answer"), SWIO_ETIMEOUT);
    assert_string_equal(swio_errmsg(), "the answer has not come yet");
    void *first = swio_obj_new(1, count_release), *second = swio_obj_new(1, count_release);
    assert_true(swio_completion_set(c, 0, NULL, first));
    assert_false(swio_completion_set(c, SWIO_EIO, "too late", second));
    assert_int_equal(atomic_load(&released), 1);
    assert_int_equal(swio_completion_wait(c, 60, NULL), 0);
    assert_ptr_equal(swio_completion_value(c), first);
    swio_obj_unref(c);
    assert_int_equal(atomic_load(&released), 2);
}

static void an_error_keeps_its_sentence(void **state)
{
    (void)state;
    swio_completion *c = new_completion();
    swio_err(SWIO_EAPI, "-ERR no such thing");
    swio_completion_set(c, SWIO_EAPI, NULL, NULL);
    swio_err(SWIO_EIO, "something else");
    assert_int_equal(swio_completion_wait(c, 5, NULL), SWIO_EAPI);
    assert_string_equal(swio_errmsg(), "-ERR no such thing");
    swio_obj_unref(c);
}

static void a_thread_times_out(void **state)
{
    (void)state;
    swio_completion *c = new_completion();
    double before = wait_clock();
    assert_int_equal(swio_completion_wait(c, 0.02, "the reply to 'api status'"), SWIO_ETIMEOUT);
    assert_true(wait_clock() - before >= 0.02);
    assert_string_equal(swio_errmsg(), "the reply to 'api status' did not come within 0.02 s");
    assert_int_equal(swio_obj_refs(c), 1);
    swio_obj_unref(c);
}

/* ---- races ---- */

enum { ROUNDS = 2000 };

typedef struct race {
    swio_completion *c;
    pthread_barrier_t start;
    atomic_int firsts;
} race;

static void *set_in_race(void *arg)
{
    race *r = arg;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_barrier_wait(&r->start);
        if (swio_completion_set(r->c, SWIO_EIO, "set", NULL))
            atomic_fetch_add(&r->firsts, 1);
        pthread_barrier_wait(&r->start);
    }
    return NULL;
}

static void setting_meets_waiting(void **state)
{
    (void)state;
    race r = {0};
    pthread_barrier_init(&r.start, NULL, 3);
    pthread_t setters[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&setters[i], NULL, set_in_race, &r), 0);
    for (int i = 0; i < ROUNDS; i++) {
        r.c = new_completion();
        pthread_barrier_wait(&r.start);
        assert_int_equal(swio_completion_wait(r.c, i % 2 ? 20 : INFINITY, NULL), SWIO_EIO);
        pthread_barrier_wait(&r.start);
        assert_int_equal(swio_obj_refs(r.c), 1);
        swio_obj_unref(r.c);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(setters[i], NULL);
    assert_int_equal(atomic_load(&r.firsts), ROUNDS);
    pthread_barrier_destroy(&r.start);
}

typedef struct co_race {
    swio_completion *c;
    double timeout;
    int result;
    atomic_bool over;
} co_race;

static void wait_in_race(void *arg)
{
    co_race *r = arg;
    r->result = swio_completion_wait(r->c, r->timeout, NULL);
    atomic_store(&r->over, true);
}

/* The time is about over when it is set: either may be first, but one is, and only one. */
static void setting_meets_the_time_out(void **state)
{
    (void)state;
    int set = 0, timed_out = 0;
    for (int i = 0; i < ROUNDS; i++) {
        co_race r = {.c = new_completion(), .timeout = 1e-6 * (i % 100)};
        assert_int_equal(swio_go(loop, wait_in_race, &r), 0);
        for (volatile int spin = i % 50 * 500; spin > 0; spin--)
            ;
        assert_true(swio_completion_set(r.c, 0, NULL, NULL));
        wait_until(atomic_load(&r.over));
        assert_true(r.result == 0 || r.result == SWIO_ETIMEOUT);
        set += r.result == 0;
        timed_out += r.result == SWIO_ETIMEOUT;
        swio_obj_unref(r.c);
    }
    assert_int_equal(set + timed_out, ROUNDS);
}

/* ---- on the loop ---- */

typedef struct refused {
    swio_completion *c;
    int error, at_once, when_set;
    char sentence[256];
} refused;

static void wait_in_callback(void *arg)
{
    refused *r = arg;
    r->error = swio_completion_wait(r->c, 5, "the reply to 'api status'");
    strncpy(r->sentence, swio_errmsg(), sizeof r->sentence - 1);
    r->at_once = swio_completion_wait(r->c, 0, NULL);
    swio_completion_set(r->c, 0, NULL, NULL);
    r->when_set = swio_completion_wait(r->c, 5, NULL);
}

static void a_callback_may_not_wait(void **state)
{
    (void)state;
    refused r = {.c = new_completion()};
    on_loop(loop, wait_in_callback, &r);
    assert_int_equal(r.error, SWIO_EWOULDBLOCK);
    assert_string_equal(r.sentence,
                        "the reply to 'api status' would block the event loop: run it in a "
                        "coroutine (SWIO_COROUTINE, swio_go)");
    assert_int_equal(r.at_once, SWIO_ETIMEOUT);
    assert_int_equal(r.when_set, 0);
    swio_obj_unref(r.c);
}

typedef struct order {
    int seen[8];
    int count;
    int statuses;
    bool off_loop;
    bool inside; /* a handler ran inside the call that left it */
    bool leaving;
    atomic_int runs;
} order;

static void note(swio_completion *c, void *arg, int number)
{
    order *o = arg;
    o->seen[o->count++] = number;
    o->statuses += swio_completion_status(c, NULL);
    o->off_loop = o->off_loop || !swio_loop_is_current(loop);
    o->inside = o->inside || o->leaving;
    atomic_fetch_add(&o->runs, 1);
}

static void note_1(swio_completion *c, void *arg)
{
    note(c, arg, 1);
}

static void note_3(swio_completion *c, void *arg)
{
    note(c, arg, 3);
}

static void note_2(swio_completion *c, void *arg)
{
    note(c, arg, 2);
    order *o = arg;
    o->leaving = true;
    assert_int_equal(swio_completion_then(c, note_3, arg), 0);
    o->leaving = false;
}

static void handlers_run_in_order_on_the_loop(void **state)
{
    (void)state;
    swio_completion *c = new_completion();
    order o = {0};
    assert_int_equal(swio_completion_then(c, note_1, &o), 0);
    assert_int_equal(swio_completion_then(c, note_2, &o), 0);
    swio_completion_set(c, SWIO_EAPI, "no", NULL);
    wait_until(atomic_load(&o.runs) == 3);
    assert_int_equal(swio_completion_then(c, note_1, &o), 0);
    swio_obj_unref(c); /* held as long as a handler is to run */
    wait_until(atomic_load(&o.runs) == 4);
    const int want[] = {1, 2, 3, 1};
    assert_memory_equal(o.seen, want, sizeof want);
    assert_int_equal(o.statuses, 4 * SWIO_EAPI);
    assert_false(o.off_loop || o.inside);
}

/* ---- the loop ends ---- */

typedef struct blocked {
    swio_completion *c;
    pthread_t thread;
    atomic_bool waits;
    int result;
} blocked;

static void *block(void *arg)
{
    blocked *b = arg;
    atomic_store(&b->waits, true);
    b->result = swio_completion_wait(b->c, INFINITY, NULL);
    return NULL;
}

static void the_end_of_the_loop_ends_waits(void **state)
{
    (void)state;
    swio_loop *own;
    assert_int_equal(swio_loop_new(&own), 0);
    blocked b = {0};
    order o = {0};
    swio_completion *other;
    assert_int_equal(swio_completion_new(own, &b.c), 0);
    assert_int_equal(swio_completion_new(own, &other), 0);
    swio_completion_then(other, note_1, &o);
    assert_int_equal(pthread_create(&b.thread, NULL, block, &b), 0);
    wait_until(atomic_load(&b.waits));
    swio_loop_unref(own);
    pthread_join(b.thread, NULL); /* whether it waited already or comes too late */
    assert_int_equal(b.result, SWIO_ECANCELED);
    assert_int_equal(o.statuses, SWIO_ECANCELED);
    assert_int_equal(swio_completion_wait(other, 5, NULL), SWIO_ECANCELED);
    assert_int_equal(swio_completion_then(other, note_1, &o), SWIO_ECANCELED);
    assert_int_equal(atomic_load(&o.runs), 1);
    swio_obj_unref(other);
    swio_obj_unref(b.c);
}

static void nothing_leaks_without_memory(void **state)
{
    (void)state;
    for (long n = 0; n < 12; n++) {
        order o = {0};
        co_race r = {.timeout = 5};
        swio_completion *c = NULL;
        swio_mem_fail_after(n, false);
        int made = swio_completion_new(loop, &c);
        int left = made ? made : swio_completion_then(c, note_1, &o);
        r.c = c;
        int went = made ? made : swio_go(loop, wait_in_race, &r);
        if (!made)
            swio_completion_set(c, SWIO_EAPI, "-ERR", NULL);
        swio_mem_fail_after(-1, false);
        if (made)
            continue;
        wait_until(went || atomic_load(&r.over));
        wait_until(left || atomic_load(&o.runs) == 1);
        assert_true(went || r.result == SWIO_EAPI || r.result == SWIO_ENOMEM);
        swio_obj_unref(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_set_wins),
        cmocka_unit_test(an_error_keeps_its_sentence),
        cmocka_unit_test(a_thread_times_out),
        cmocka_unit_test(setting_meets_waiting),
        cmocka_unit_test(setting_meets_the_time_out),
        cmocka_unit_test(a_callback_may_not_wait),
        cmocka_unit_test(handlers_run_in_order_on_the_loop),
        cmocka_unit_test(the_end_of_the_loop_ends_waits),
        cmocka_unit_test(nothing_leaks_without_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
