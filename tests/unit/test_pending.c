/* labels: threaded */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/wait.h"

#include "base/err.h"
#include "base/mem.h"
#include "conn/pending.h"

/* A queue on a loop, and how its requests ended. Nothing here touches a connection. */
typedef struct fixture {
    swio_loop *loop;
    swio_pending pending;
    atomic_int ended;
    char endings[200]; /* "NUMBER:ERROR " each, in their order */
    char sentence[SWIO_ERRMSG_MAX];
    long n; /* for a test's use */
} fixture;

/* What a request's handler gets. */
typedef struct asked {
    fixture *f;
    int number;
} asked;

static void setup(fixture *f, size_t limit)
{
    *f = (fixture){0};
    assert_int_equal(swio_loop_new(&f->loop), 0);
    swio_pending_init(&f->pending, f->loop, NULL, "fs1:8021", limit);
}

static void teardown(fixture *f)
{
    swio_loop_unref(f->loop);
    assert_int_equal(atomic_load(&f->pending.count), 0);
}

static void note_end(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    (void)conn, (void)reply;
    asked *a = arg;
    fixture *f = a->f;
    size_t len = strlen(f->endings);
    snprintf(f->endings + len, sizeof f->endings - len, "%d:%d ", a->number, error);
    snprintf(f->sentence, sizeof f->sentence, "%s", sentence ? sentence : "");
    atomic_fetch_add(&f->ended, 1);
}

static swio_request *ask(asked *a, double seconds)
{
    swio_request *request = NULL;
    static const char command[] = "api status\n\n";
    assert_int_equal(swio_request_new(&a->f->pending, command, sizeof command - 1, seconds,
                                      note_end, a, &request),
                     0);
    return request;
}

/* ---- order ---- */

static void add_three_and_answer(void *arg)
{
    fixture *f = arg;
    static asked a[3];
    for (int i = 0; i < 3; i++) {
        a[i] = (asked){f, i};
        swio_pending_add(&f->pending, ask(&a[i], 100));
    }
    swio_request_finish(swio_pending_take(&f->pending), 0, NULL, NULL);
    swio_request_finish(swio_pending_take(&f->pending), SWIO_EAPI, "no", NULL);
    swio_pending_fail(&f->pending, SWIO_ECONN, "lost");
    f->n = swio_pending_take(&f->pending) == NULL;
}

static void replies_go_to_the_oldest(void **state)
{
    (void)state;
    fixture f;
    setup(&f, 10);
    on_loop(f.loop, add_three_and_answer, &f);
    assert_string_equal(f.endings, "0:0 1:-7 2:-4 ");
    assert_string_equal(f.sentence, "lost");
    assert_int_equal(f.n, 1);
    teardown(&f);
}

/* ---- time ---- */

static asked timed[4];

static void add_with_times(void *arg)
{
    fixture *f = arg;
    static const double seconds[] = {0.2, 0.1, 1e300, 0.001};
    for (int i = 0; i < 4; i++) {
        timed[i] = (asked){f, i};
        swio_pending_add(&f->pending, ask(&timed[i], seconds[i]));
    }
}

static void answer_late(void *arg)
{
    fixture *f = arg;
    swio_request *request;
    while ((request = swio_pending_take(&f->pending)))
        swio_request_finish(request, 0, NULL, NULL);
}

static void each_has_its_own_time_and_keeps_its_place(void **state)
{
    (void)state;
    fixture f;
    setup(&f, 10);
    on_loop(f.loop, add_with_times, &f);
    wait_until(atomic_load(&f.ended) == 3);
    assert_string_equal(f.endings, "3:-6 1:-6 0:-6 ");
    assert_string_equal(f.sentence, "fs1:8021: no reply to 'api status' within 0.2 s");
    assert_int_equal(atomic_load(&f.pending.count), 4); /* the late replies are still to come */
    on_loop(f.loop, answer_late, &f);
    assert_string_equal(f.endings, "3:-6 1:-6 0:-6 2:0 "); /* nobody is told twice */
    teardown(&f);
}

/* ---- limit and memory ---- */

static void no_more_than_the_limit(void **state)
{
    (void)state;
    fixture f;
    setup(&f, 2);
    asked a = {&f, 0};
    swio_request *first = ask(&a, 1), *second = ask(&a, 1), *third = NULL;
    assert_int_equal(swio_request_new(&f.pending, "x\n\n", 3, 1, note_end, &a, &third),
                     SWIO_ELIMIT);
    assert_string_equal(swio_errmsg(), "fs1:8021: 2 commands wait for their replies, which is the "
                                       "limit (max_pending); wait for some of them");
    assert_null(third);
    swio_request_finish(first, 0, NULL, NULL);
    third = ask(&a, 1);
    swio_request_finish(second, 0, NULL, NULL);
    swio_request_finish(third, 0, NULL, NULL);
    assert_string_equal(f.endings, "0:0 0:0 0:0 ");
    teardown(&f);
}

static void add_without_memory(void *arg)
{
    fixture *f = arg;
    static asked a;
    a = (asked){f, 0};
    swio_request *request = ask(&a, 1);
    swio_mem_fail_after(0, true);
    f->n = swio_pending_add(&f->pending, request);
    swio_mem_fail_after(-1, false);
    if (f->n) {
        swio_request_finish(request, (int)f->n, swio_errmsg(), NULL);
        f->n = swio_pending_take(&f->pending) ? 1 : f->n;
    }
}

static void without_memory_nothing_is_queued(void **state)
{
    (void)state;
    fixture f;
    setup(&f, 10);
    swio_request *request = NULL;
    swio_mem_fail_after(0, false);
    int error = swio_request_new(&f.pending, "x\n\n", 3, 1, note_end, &f, &request);
    swio_mem_fail_after(-1, false);
    assert_int_equal(error, SWIO_ENOMEM);
    assert_null(request);
    on_loop(f.loop, add_without_memory, &f);
    assert_int_equal(f.n, SWIO_ENOMEM);
    assert_string_equal(f.endings, "0:-1 ");
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_go_to_the_oldest),
        cmocka_unit_test(each_has_its_own_time_and_keeps_its_place),
        cmocka_unit_test(no_more_than_the_limit),
        cmocka_unit_test(without_memory_nothing_is_queued),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
