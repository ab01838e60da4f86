/* What base promises to threads. labels: threaded */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <switchio/log.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"

enum { THREADS = 4, ROUNDS = 2000 };

static int destroyed;
static int lines; /* not atomic: the handler's calls never overlap */

static void count_destroy(void *obj)
{
    (void)obj;
    destroyed++;
}

static void count_line(swio_log_level level, const char *file, int line, const char *text,
                       void *arg)
{
    (void)level, (void)file, (void)line, (void)text, (void)arg;
    lines++;
}

static void *share(void *obj)
{
    for (int i = 0; i < ROUNDS; i++) {
        swio_obj_ref(obj);
        swio_obj_unref(obj);
    }
    return swio_obj_unref(obj);
}

static void *say(void *arg)
{
    char mine[32];
    snprintf(mine, sizeof mine, "thread %p", arg);
    swio_err(SWIO_EIO, "%s", mine);
    for (int i = 0; i < ROUNDS; i++)
        swio_error("line %d", i);
    return strcmp(swio_errmsg(), mine) == 0 ? NULL : arg;
}

/* Runs `fn` on THREADS threads and returns how many gave something else than NULL. */
static int on_threads(void *(*fn)(void *), void *arg)
{
    pthread_t threads[THREADS];
    int failed = 0;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, fn, arg ? arg : &threads[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        failed += result != NULL;
    }
    return failed;
}

static void object_is_destroyed_once(void **state)
{
    (void)state;
    destroyed = 0;
    int *obj = swio_obj_new(sizeof *obj, count_destroy);
    assert_non_null(obj);
    for (int i = 1; i < THREADS; i++)
        swio_obj_ref(obj);
    assert_int_equal(on_threads(share, obj), 0);
    assert_int_equal(destroyed, 1);
}

static void each_thread_has_its_sentence_and_lines_never_overlap(void **state)
{
    (void)state;
    lines = 0;
    swio_log_set_handler(count_line, NULL);
    assert_int_equal(on_threads(say, NULL), 0);
    swio_log_set_handler(NULL, NULL);
    assert_int_equal(lines, THREADS * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(object_is_destroyed_once),
        cmocka_unit_test(each_thread_has_its_sentence_and_lines_never_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
