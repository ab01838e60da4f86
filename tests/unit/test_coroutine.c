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
#include "loop/sanitizer.h"
#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/one_loop.h"
#include "support/wait.h"

/* ---- where it runs ---- */

typedef struct place {
    bool in_coroutine, on_loop;
    bool in_callback;
    atomic_bool over;
} place;

static void look_around(void *arg)
{
    place *p = arg;
    p->in_coroutine = swio_in_coroutine() && swio_coroutine_current() != NULL;
    p->on_loop = swio_loop_is_current(loop);
    atomic_store(&p->over, true);
}

static void look_in_callback(void *arg)
{
    ((place *)arg)->in_callback = swio_in_coroutine();
}

static void it_runs_on_the_loop(void **state)
{
    (void)state;
    place p = {0};
    assert_int_equal(swio_go(loop, look_around, &p), 0);
    wait_until(atomic_load(&p.over));
    on_loop(loop, look_in_callback, &p);
    assert_true(p.in_coroutine && p.on_loop);
    assert_false(p.in_callback || swio_in_coroutine());
}

/* ---- starting at once ---- */

typedef struct steps {
    char text[32];
    swio_completion *c;
    swio_coroutine *co;
} steps;

static void step(steps *s, char c)
{
    s->text[strlen(s->text)] = c;
}

static void on_done(void *arg)
{
    step(arg, 'd');
}

static void wait_in_it(void *arg)
{
    steps *s = arg;
    step(s, 'a');
    swio_completion_wait(s->c, INFINITY, NULL);
    step(s, 'z');
}

static void end_at_once(void *arg)
{
    step(arg, 'e');
}

static void start_in_coroutine(void *arg)
{
    steps *s = arg;
    step(s, 'i');
    assert_int_equal(swio_coroutine_start(loop, wait_in_it, s, on_done, s, &s->co), 0);
    step(s, 'o'); /* back here at its first wait */
}

static void start_three(void *arg)
{
    steps *s = arg;
    swio_coroutine *co = (swio_coroutine *)(void *)s;
    assert_int_equal(swio_coroutine_start(loop, end_at_once, s, on_done, s, &co), 0);
    assert_null(co);
    step(s, '1');
    assert_int_equal(swio_coroutine_start(loop, start_in_coroutine, s, NULL, NULL, NULL), 0);
    assert_non_null(s->co);
    step(s, '2');
    swio_completion_set(s->c, 0, NULL, NULL);
    step(s, '3');
}

static void it_starts_at_once(void **state)
{
    (void)state;
    steps s = {.c = new_completion()};
    on_loop(loop, start_three, &s);
    on_loop(loop, look_in_callback, &(place){0}); /* a round later */
    assert_string_equal(s.text, "ed1iao23zd");
    swio_obj_unref(s.c);
}

/* ---- sleeping ---- */

typedef struct nap {
    double seconds;
    double slept;
    int result;
    char sentence[256];
    atomic_bool over;
} nap;

static void sleep_a_nap(void *arg)
{
    nap *n = arg;
    double before = wait_clock();
    n->result = swio_sleep(n->seconds);
    n->slept = wait_clock() - before;
    if (n->result)
        strncpy(n->sentence, swio_errmsg(), sizeof n->sentence - 1);
    atomic_store(&n->over, true);
}

static void sleeping_has_the_rule_of_waiting(void **state)
{
    (void)state;
    nap thread = {.seconds = 0.01}, coroutine = {.seconds = 0.01}, callback = {.seconds = 0.01};
    nap none = {.seconds = 0}, less = {.seconds = -1};
    sleep_a_nap(&thread);
    assert_int_equal(thread.result, 0);
    assert_true(thread.slept >= 0.01);
    assert_int_equal(swio_go(loop, sleep_a_nap, &coroutine), 0);
    wait_until(atomic_load(&coroutine.over));
    assert_int_equal(coroutine.result, 0);
    assert_true(coroutine.slept >= 0.01);
    on_loop(loop, sleep_a_nap, &callback);
    assert_int_equal(callback.result, SWIO_EWOULDBLOCK);
    assert_string_equal(callback.sentence,
                        "swio_sleep() would block the event loop: run it in a coroutine "
                        "(SWIO_COROUTINE, swio_go)");
    on_loop(loop, sleep_a_nap, &none);
    assert_int_equal(none.result, 0);
    sleep_a_nap(&less);
    assert_int_equal(less.result, 0);
}

/* ---- cancelling ---- */

typedef struct victim {
    swio_coroutine *co;
    swio_completion *c;
    int first, second, third;
    char sentence[64];
    atomic_bool over;
} victim;

static void wait_thrice(void *arg)
{
    victim *v = arg;
    v->first = swio_completion_wait(v->c, INFINITY, NULL);
    strncpy(v->sentence, swio_errmsg(), sizeof v->sentence - 1);
    v->second = swio_sleep(1000);
    v->third = swio_completion_wait(v->c, 0, NULL);
    atomic_store(&v->over, true);
}

static void start_victim(void *arg)
{
    victim *v = arg;
    assert_int_equal(swio_coroutine_start(loop, wait_thrice, v, NULL, NULL, &v->co), 0);
    assert_non_null(v->co);
}

static void cancel_victim(void *arg)
{
    victim *v = arg;
    swio_coroutine_cancel(v->co, "the session ended");
    swio_coroutine_cancel(v->co, "not the first");
    assert_false(atomic_load(&v->over)); /* not inside the call */
}

static void cancelling_ends_this_and_every_wait(void **state)
{
    (void)state;
    victim v = {.c = new_completion()};
    on_loop(loop, start_victim, &v);
    on_loop(loop, cancel_victim, &v);
    wait_until(atomic_load(&v.over));
    assert_int_equal(v.first, SWIO_ECANCELED);
    assert_string_equal(v.sentence, "the session ended");
    assert_int_equal(v.second, SWIO_ECANCELED);
    assert_int_equal(v.third, SWIO_ETIMEOUT); /* this one never waits */
    assert_int_equal(swio_obj_refs(v.c), 1);
    swio_obj_unref(v.c);
}

static void set_and_cancel(void *arg)
{
    victim *v = arg;
    swio_completion_set(v->c, 0, NULL, NULL);
    swio_coroutine_cancel(v->co, "too late for the first wait");
}

static void what_was_set_first_counts(void **state)
{
    (void)state;
    victim v = {.c = new_completion()};
    on_loop(loop, start_victim, &v);
    on_loop(loop, set_and_cancel, &v);
    wait_until(atomic_load(&v.over));
    assert_int_equal(v.first, 0);
    assert_int_equal(v.second, SWIO_ECANCELED);
    assert_int_equal(v.third, 0);
    swio_obj_unref(v.c);
}

/* ---- many ---- */

/* ThreadSanitizer keeps maps of its own for each, and vm.max_map_count is 65530; AddressSanitizer
 * makes each cost ten times as much. */
enum { MANY = SWIO_TSAN || SWIO_ASAN ? 2000 : 10000 };

typedef struct crowd {
    swio_completion *c;
    atomic_int waiting, woken, sum;
} crowd;

static void wait_in_crowd(void *arg)
{
    crowd *all = arg;
    volatile double keep = 0.5; /* survives on this stack */
    int mine = atomic_fetch_add(&all->waiting, 1);
    char local[512];
    memset(local, mine & 0x7f, sizeof local);
    if (swio_completion_wait(all->c, INFINITY, NULL) != 0)
        abort();
    for (size_t i = 0; i < sizeof local; i++)
        if (local[i] != (char)(mine & 0x7f) || keep < 0.5 || keep > 0.5)
            abort();
    swio_sleep(0.001);
    atomic_fetch_add(&all->woken, 1);
}

static void thousands_wait_at_once(void **state)
{
    (void)state;
    crowd all = {.c = new_completion()};
    for (int i = 0; i < MANY; i++)
        assert_int_equal(swio_go(loop, wait_in_crowd, &all), 0);
    wait_until(atomic_load(&all.waiting) == MANY);
    assert_int_equal(atomic_load(&all.woken), 0);
    swio_completion_set(all.c, 0, NULL, NULL);
    wait_until(atomic_load(&all.woken) == MANY);
    swio_obj_unref(all.c);
}

enum { THREADS = 8, PER_THREAD = SWIO_TSAN ? 100 : 500 };

typedef struct setter {
    pthread_t thread;
    swio_completion *c[PER_THREAD];
    crowd crowd[PER_THREAD];
} setter;

static void *set_all(void *arg)
{
    setter *s = arg;
    for (int i = 0; i < PER_THREAD; i++)
        swio_completion_set(s->c[i], 0, NULL, NULL);
    return NULL;
}

static void many_threads_wake_many(void **state)
{
    (void)state;
    static setter setters[THREADS];
    for (int t = 0; t < THREADS; t++)
        for (int i = 0; i < PER_THREAD; i++) {
            setters[t].c[i] = setters[t].crowd[i].c = new_completion();
            assert_int_equal(swio_go(loop, wait_in_crowd, &setters[t].crowd[i]), 0);
        }
    for (int t = 0; t < THREADS; t++)
        assert_int_equal(pthread_create(&setters[t].thread, NULL, set_all, &setters[t]), 0);
    for (int t = 0; t < THREADS; t++)
        pthread_join(setters[t].thread, NULL);
    for (int t = 0; t < THREADS; t++)
        for (int i = 0; i < PER_THREAD; i++) {
            wait_until(atomic_load(&setters[t].crowd[i].woken) == 1);
            swio_obj_unref(setters[t].c[i]);
        }
}

/* ---- two loops ---- */

static void a_coroutine_waits_for_another_loop(void **state)
{
    (void)state;
    swio_loop *other;
    assert_int_equal(swio_loop_new(&other), 0);
    crowd c = {0};
    assert_int_equal(swio_completion_new(other, &c.c), 0);
    assert_int_equal(swio_go(loop, wait_in_crowd, &c), 0);
    wait_until(atomic_load(&c.waiting) == 1);
    swio_completion_set(c.c, 0, NULL, NULL);
    wait_until(atomic_load(&c.woken) == 1);

    victim v = {0};
    assert_int_equal(swio_completion_new(other, &v.c), 0);
    on_loop(loop, start_victim, &v);
    swio_loop_unref(other); /* nobody else will set it */
    assert_true(swio_completion_is_set(v.c));
    on_loop(loop, cancel_victim, &v);
    wait_until(atomic_load(&v.over));
    assert_int_equal(v.first, SWIO_ECANCELED);
    assert_string_equal(v.sentence, "the event loop ended");
    swio_obj_unref(v.c);
    swio_obj_unref(c.c);
}

/* ---- the end of the loop ---- */

typedef struct last {
    swio_loop *loop;
    swio_completion *c;
    int waited, slept, went, started;
    atomic_int running, done;
} last;

static void try_all(void *arg)
{
    last *l = arg;
    atomic_fetch_add(&l->running, 1);
    l->waited = swio_completion_wait(l->c, INFINITY, NULL);
    l->slept = swio_sleep(1);
    l->went = swio_go(l->loop, try_all, l);
    l->started = swio_coroutine_start(l->loop, try_all, l, NULL, NULL, NULL);
    atomic_fetch_add(&l->done, 1);
}

static void sleep_for_ever(void *arg)
{
    last *l = arg;
    atomic_fetch_add(&l->running, 1);
    if (swio_sleep(INFINITY) != SWIO_ECANCELED)
        abort();
    atomic_fetch_add(&l->done, 1);
}

static void the_end_of_the_loop_ends_coroutines(void **state)
{
    (void)state;
    last l = {0};
    assert_int_equal(swio_loop_new(&l.loop), 0);
    assert_int_equal(swio_completion_new(l.loop, &l.c), 0);
    assert_int_equal(swio_go(l.loop, try_all, &l), 0);
    assert_int_equal(swio_go(l.loop, sleep_for_ever, &l), 0);
    wait_until(atomic_load(&l.running) == 2);
    assert_int_equal(swio_go(l.loop, sleep_for_ever, &l), 0); /* perhaps not started yet */
    swio_loop_unref(l.loop);
    assert_int_equal(atomic_load(&l.running), 3);
    assert_int_equal(atomic_load(&l.done), 3);
    assert_int_equal(l.waited, SWIO_ECANCELED);
    assert_int_equal(l.slept, SWIO_ECANCELED);
    assert_int_equal(l.went, SWIO_ECANCELED);
    assert_int_equal(l.started, SWIO_ECANCELED);
    swio_obj_unref(l.c);
}

static void drop_loop(void *arg)
{
    last *l = arg;
    swio_loop_unref(l->loop);
    atomic_fetch_add(&l->running, 1);
    if (swio_sleep(1000) == SWIO_ECANCELED)
        atomic_fetch_add(&l->done, 1);
}

static void a_coroutine_may_drop_the_last_reference(void **state)
{
    (void)state;
    static last l; /* the thread ends by itself, some time */
    assert_int_equal(swio_loop_new(&l.loop), 0);
    assert_int_equal(swio_go(l.loop, drop_loop, &l), 0);
    wait_until(atomic_load(&l.done) == 1);
}

static void nothing_leaks_without_memory(void **state)
{
    (void)state;
    for (long n = 0; n < 12; n++) {
        nap one = {.seconds = 0.0001};
        swio_mem_fail_after(n, false);
        int went = swio_go(loop, sleep_a_nap, &one);
        if (!went)
            wait_until(atomic_load(&one.over));
        swio_mem_fail_after(-1, false);
        assert_true(went == 0 || went == SWIO_ENOMEM);
        assert_true(one.result == 0 || one.result == SWIO_ENOMEM);
    }
}

static void a_cancellation_needs_no_memory(void **state)
{
    (void)state;
    victim v = {.c = new_completion()};
    on_loop(loop, start_victim, &v);
    swio_completion *done = new_completion();
    on_loop_call call = {.fn = cancel_victim, .arg = &v, .done = done};
    swio_mem_fail_after(1, true); /* the post is the first */
    assert_int_equal(swio_loop_post(loop, on_loop_run, &call), 0);
    wait_until(atomic_load(&v.over));
    swio_mem_fail_after(-1, false);
    assert_int_equal(v.first, SWIO_ECANCELED);
    assert_string_equal(v.sentence, "cancelled");
    assert_int_equal(swio_completion_wait(done, 60, NULL), 0);
    swio_obj_unref(done);
    swio_obj_unref(v.c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_runs_on_the_loop),
        cmocka_unit_test(it_starts_at_once),
        cmocka_unit_test(sleeping_has_the_rule_of_waiting),
        cmocka_unit_test(cancelling_ends_this_and_every_wait),
        cmocka_unit_test(what_was_set_first_counts),
        cmocka_unit_test(thousands_wait_at_once),
        cmocka_unit_test(many_threads_wake_many),
        cmocka_unit_test(a_coroutine_waits_for_another_loop),
        cmocka_unit_test(the_end_of_the_loop_ends_coroutines),
        cmocka_unit_test(a_coroutine_may_drop_the_last_reference),
        cmocka_unit_test(nothing_leaks_without_memory),
        cmocka_unit_test(a_cancellation_needs_no_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
