#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/uuid.h"

static int destroyed;

static void count_destroy(void *obj)
{
    (void)obj;
    destroyed++;
}

static void object_is_destroyed_with_its_last_reference(void **state)
{
    (void)state;
    destroyed = 0;
    int *obj = swio_obj_new(sizeof *obj, count_destroy);
    assert_non_null(obj);
    assert_int_equal(*obj, 0);
    assert_ptr_equal(swio_obj_ref(obj), obj);
    assert_null(swio_obj_unref(obj));
    assert_int_equal(destroyed, 0);
    assert_null(swio_obj_unref(obj));
    assert_int_equal(destroyed, 1);
    assert_null(swio_obj_unref(NULL));
}

static void nth_allocation_fails(void **state)
{
    (void)state;
    swio_mem_fail_after(1, false);
    void *first = swio_malloc(1), *second = swio_malloc(1), *third = swio_malloc(1);
    swio_mem_fail_after(-1, false);
    assert_non_null(first);
    assert_null(second);
    assert_non_null(third);
    swio_free(first);
    swio_free(third);
}

static void buffer_grows_and_keeps_its_error(void **state)
{
    (void)state;
    swio_buf buf = {.max = 1000};
    for (int i = 0; i < 100; i++)
        swio_buf_printf(&buf, "%02d,", i);
    assert_int_equal(buf.len, 300);
    assert_int_equal(buf.data[300], '\0');
    assert_memory_equal(buf.data + 297, "99,", 3);
    swio_buf_consume(&buf, 297);
    assert_string_equal(buf.data, "99,");
    char big[1000] = {0};
    swio_buf_add(&buf, big, sizeof big);
    swio_buf_puts(&buf, "more");
    assert_int_equal(swio_buf_error(&buf), SWIO_ELIMIT);
    assert_string_equal(buf.data, "99,");
    swio_buf_free(&buf);
}

static void sentence_may_quote_itself(void **state)
{
    (void)state;
    swio_err(SWIO_ECONN, "connection refused");
    assert_int_equal(swio_err(SWIO_ECONN, "host:8021: %s", swio_errmsg()), SWIO_ECONN);
    assert_string_equal(swio_errmsg(), "host:8021: connection refused");
    assert_string_equal(swio_strerror(SWIO_EIO), "system call failed");
    assert_string_equal(swio_strerror(-1000), "unknown error");
    swio_err_clear();
    assert_string_equal(swio_errmsg(), "");
}

static void uuids_are_valid_and_differ(void **state)
{
    (void)state;
    swio_uuid a = swio_uuid_new(), b = swio_uuid_new();
    assert_true(swio_uuid_valid(a.text, strlen(a.text)));
    assert_string_not_equal(a.text, b.text);
    assert_false(swio_uuid_valid("0000000-00000-4000-8000-000000000000", 36));
}

/* They are made of random bytes that are fetched for several. */
static void uuids_differ_across_fetches_and_processes(void **state)
{
    swio_uuid all[50], theirs;
    int fds[2];
    (void)state;
    for (size_t i = 0; i < 40; i++)
        all[i] = swio_uuid_new();
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        theirs = swio_uuid_new();
        _exit(write(fds[1], &theirs, sizeof theirs) == (ssize_t)sizeof theirs ? 0 : 1);
    }
    assert_int_equal(read(fds[0], &theirs, sizeof theirs), sizeof theirs);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(fds[0]);
    close(fds[1]);
    for (size_t i = 40; i < 50; i++)
        all[i] = swio_uuid_new();
    for (size_t i = 0; i < 50; i++) {
        assert_string_not_equal(all[i].text, theirs.text);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(all[i].text, all[k].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(object_is_destroyed_with_its_last_reference),
        cmocka_unit_test(nth_allocation_fails),
        cmocka_unit_test(buffer_grows_and_keeps_its_error),
        cmocka_unit_test(sentence_may_quote_itself),
        cmocka_unit_test(uuids_are_valid_and_differ),
        cmocka_unit_test(uuids_differ_across_fetches_and_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
