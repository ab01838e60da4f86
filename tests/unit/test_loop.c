/* labels: threaded */
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "loop/loop.h"
#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/wait.h"

static swio_loop *new_loop(void)
{
    swio_loop *loop = NULL;
    assert_int_equal(swio_loop_new(&loop), 0);
    return loop;
}

/* ---- posting ---- */

enum { THREADS = 8, POSTS = 5000 };

typedef struct poster {
    swio_loop *loop;
    pthread_t thread;
    int seen;      /* the loop's thread: the next number that must come */
    int disorders; /* the same */
} poster;

typedef struct numbered {
    poster *from;
    int number;
} numbered;

static atomic_int all_seen;

static void see(void *arg)
{
    numbered *n = arg;
    if (n->number != n->from->seen || !swio_loop_is_current(n->from->loop))
        n->from->disorders++;
    n->from->seen++;
    atomic_fetch_add(&all_seen, 1);
    free(n);
}

static void *post_many(void *arg)
{
    poster *p = arg;
    for (int i = 0; i < POSTS; i++) {
        numbered *n = malloc(sizeof *n);
        *n = (numbered){.from = p, .number = i};
        if (swio_loop_post(p->loop, see, n) != 0)
            abort();
    }
    return NULL;
}

static void every_thread_keeps_its_order(void **state)
{
    (void)state;
    swio_loop *loop = new_loop();
    poster posters[THREADS] = {0};
    atomic_store(&all_seen, 0);
    for (int i = 0; i < THREADS; i++) {
        posters[i].loop = loop;
        assert_int_equal(pthread_create(&posters[i].thread, NULL, post_many, &posters[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(posters[i].thread, NULL);
    swio_loop_unref(loop); /* what was accepted is run before the end */
    assert_int_equal(atomic_load(&all_seen), THREADS * POSTS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(posters[i].disorders, 0);
}

typedef struct nested {
    swio_loop *loop;
    int depth;
    bool inside;
    bool ran_inside;
    atomic_int runs;
} nested;

static void post_again(void *arg)
{
    nested *n = arg;
    n->ran_inside = n->ran_inside || n->inside;
    n->inside = true;
    if (n->depth-- > 0)
        assert_int_equal(swio_loop_post(n->loop, post_again, n), 0);
    n->inside = false;
    atomic_fetch_add(&n->runs, 1);
}

static void a_post_from_the_loop_runs_later(void **state)
{
    (void)state;
    nested n = {.loop = new_loop(), .depth = 100};
    assert_int_equal(swio_loop_post(n.loop, post_again, &n), 0);
    wait_until(atomic_load(&n.runs) == 101);
    assert_false(n.ran_inside);
    swio_loop_unref(n.loop);
}

/* ---- ending ---- */

typedef struct ending {
    swio_loop *loop;
    int posted; /* what swio_loop_post() said while the loop was ending */
    int handled;
    atomic_bool over;
} ending;

static void never(void *arg)
{
    *(int *)arg += 1;
}

static void on_ended(swio_completion *c, void *arg)
{
    ending *e = arg;
    e->handled = swio_completion_status(c, NULL);
    e->posted = swio_loop_post(e->loop, never, &e->posted);
    atomic_store(&e->over, true);
}

static void a_post_is_refused_while_the_loop_ends(void **state)
{
    (void)state;
    ending e = {.loop = new_loop()};
    swio_completion *c;
    assert_int_equal(swio_completion_new(e.loop, &c), 0);
    assert_int_equal(swio_completion_then(c, on_ended, &e), 0);
    swio_obj_unref(c);
    swio_loop_unref(e.loop);
    assert_true(atomic_load(&e.over));
    assert_int_equal(e.handled, SWIO_ECANCELED);
    assert_int_equal(e.posted, SWIO_ECANCELED);
}

static void give_up(void *arg)
{
    swio_loop_unref(arg);
}

static void set_flag(void *arg)
{
    atomic_store((atomic_bool *)arg, true);
}

static void flag_at_end(swio_completion *c, void *arg)
{
    (void)c;
    set_flag(arg);
}

/* Tells, through *ended, when the loop ends. */
static void watch_end(swio_loop *loop, atomic_bool *ended)
{
    swio_completion *c;
    assert_int_equal(swio_completion_new(loop, &c), 0);
    assert_int_equal(swio_completion_then(c, flag_at_end, ended), 0);
    swio_obj_unref(c);
}

static void the_last_reference_may_go_on_the_loop(void **state)
{
    (void)state;
    static atomic_bool ended;
    atomic_store(&ended, false);
    swio_loop *loop = new_loop();
    watch_end(loop, &ended);
    assert_int_equal(swio_loop_post(loop, give_up, loop), 0);
    wait_until(atomic_load(&ended));
}

static void two_loops_may_end_each_other(void **state)
{
    (void)state;
    static atomic_bool ended[2];
    swio_loop *a = new_loop(), *b = new_loop();
    watch_end(a, &ended[0]);
    watch_end(b, &ended[1]);
    assert_int_equal(swio_loop_post(a, give_up, b), 0);
    assert_int_equal(swio_loop_post(b, give_up, a), 0);
    wait_until(atomic_load(&ended[0]) && atomic_load(&ended[1]));
}

static void the_default_loop_is_shared_and_starts_again(void **state)
{
    (void)state;
    static atomic_bool ended;
    swio_loop *first, *second, *third;
    assert_int_equal(swio_loop_default(&first), 0);
    assert_int_equal(swio_loop_default(&second), 0);
    assert_ptr_equal(first, second);
    watch_end(first, &ended);
    swio_loop_unref(first);
    assert_false(atomic_load(&ended));
    assert_null(swio_loop_unref(second));
    assert_true(atomic_load(&ended));
    assert_int_equal(swio_loop_default(&third), 0);
    atomic_bool ran = false;
    on_loop(third, set_flag, &ran);
    assert_true(atomic_load(&ran));
    swio_loop_unref(third);
    assert_null(swio_loop_unref(NULL));
}

static void *use_default(void *arg)
{
    (void)arg;
    for (int i = 0; i < 100; i++) {
        swio_loop *loop;
        if (swio_loop_default(&loop) != 0)
            abort();
        swio_loop_unref(loop);
    }
    return NULL;
}

static void the_default_loop_comes_and_goes_in_threads(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_default, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

/* ---- the rest ---- */

static void ask_mask(void *arg)
{
    pthread_sigmask(SIG_SETMASK, NULL, arg);
}

static void the_loop_takes_no_signals(void **state)
{
    (void)state;
    swio_loop *loop = new_loop();
    sigset_t mask;
    on_loop(loop, ask_mask, &mask);
    assert_true(sigismember(&mask, SIGINT));
    assert_true(sigismember(&mask, SIGTERM));
    assert_true(sigismember(&mask, SIGCHLD));
    assert_false(sigismember(&mask, SIGSEGV));
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    assert_false(sigismember(&mask, SIGINT));
    swio_loop_unref(loop);
}

static void deadlines_do_not_overflow(void **state)
{
    (void)state;
    uint64_t now = swio_now_ns();
    assert_true(swio_deadline_ns(1) >= now + 1000000000u);
    assert_true(swio_deadline_ns(1) < now + 100000000000u);
    assert_true(swio_deadline_ns(-5) >= now);
    assert_true(swio_deadline_ns(NAN) < now + 100000000000u);
    assert_true(swio_deadline_ns(INFINITY) == UINT64_MAX);
    assert_true(swio_deadline_ns(1e300) == UINT64_MAX);
}

static void nothing_leaks_without_memory(void **state)
{
    (void)state;
    for (long n = 0; n < 20; n++) {
        swio_mem_fail_after(n, false);
        swio_loop *loop = NULL;
        atomic_bool ran = false;
        int error = swio_loop_new(&loop);
        int posted = error ? error : swio_loop_post(loop, set_flag, &ran);
        swio_mem_fail_after(-1, false);
        assert_true(error == 0 || error == SWIO_ENOMEM);
        swio_loop_unref(loop);
        assert_int_equal(atomic_load(&ran), posted == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_thread_keeps_its_order),
        cmocka_unit_test(a_post_from_the_loop_runs_later),
        cmocka_unit_test(a_post_is_refused_while_the_loop_ends),
        cmocka_unit_test(the_last_reference_may_go_on_the_loop),
        cmocka_unit_test(two_loops_may_end_each_other),
        cmocka_unit_test(the_default_loop_is_shared_and_starts_again),
        cmocka_unit_test(the_default_loop_comes_and_goes_in_threads),
        cmocka_unit_test(the_loop_takes_no_signals),
        cmocka_unit_test(deadlines_do_not_overflow),
        cmocka_unit_test(nothing_leaks_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
