/* Stores and reading them back; labels: threaded */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/log.h>
#include <switchio/store.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "support/cdr.h"
#include "support/cmocka.h"
#include "support/wait.h"

static char *directory;

static int make_directory(void **state)
{
    (void)state;
    directory = cdr_directory();
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    cdr_directory_end(directory);
    return 0;
}

static swio_store *open_store(const char *path)
{
    swio_store *store;
    if (swio_store_open(path, NULL, &store))
        fail_msg("%s", swio_errmsg());
    return store;
}

static void close_store(swio_store *store)
{
    if (swio_store_close(store))
        fail_msg("%s", swio_errmsg());
}

/* Every third of a run is refused, every fourth blocked. */
static void nth(swio_cdr *cdr, uint64_t n)
{
    if (n % 4 == 0)
        cdr_blocked(cdr, n);
    else if (n % 3 == 0)
        cdr_failed(cdr, n, "USER_BUSY");
    else
        cdr_answered(cdr, n);
}

static void put_many(swio_store *store, uint64_t first, uint64_t last)
{
    swio_cdr cdr;
    for (uint64_t n = first; n <= last; n++) {
        nth(&cdr, n);
        assert_int_equal(swio_store_put(store, &cdr), 0);
    }
}

/* Each as it was put, in its order. */
static int check(const swio_cdr *cdr, void *arg)
{
    uint64_t *n = arg;
    swio_cdr want;
    nth(&want, ++*n);
    assert_cdr_equal(cdr, &want);
    return 0;
}

static uint64_t read_all(const char *path)
{
    uint64_t n = 0;
    if (swio_cdr_read(path, check, &n))
        fail_msg("%s", swio_errmsg());
    return n;
}

static void what_is_put_is_read_back(void **state)
{
    (void)state;
    const char *path = cdr_path(directory, "run/of/today");
    swio_store *store = open_store(path);
    assert_string_equal(swio_store_path(store), cdr_path(directory, "run/of/today/calls.csv"));
    put_many(store, 1, 3000);
    close_store(store);
    assert_int_equal(read_all(path), 3000);
    assert_int_equal(read_all(cdr_path(directory, "run/of/today/calls.csv")), 3000);
}

static void records_are_written_while_it_goes_on(void **state)
{
    (void)state;
    const char *path = cdr_path(directory, "a.csv");
    swio_store *store = open_store(path);
    put_many(store, 1, 5);
    wait_until(swio_store_count(store).written == 5);
    assert_int_equal(read_all(path), 5);
    put_many(store, 6, 5000);
    assert_int_equal(swio_store_count(store).put, 5000);
    close_store(store);
    assert_int_equal(read_all(path), 5000);
}

static void records_are_never_overwritten(void **state)
{
    (void)state;
    const char *path = cdr_path(directory, "a.csv");
    swio_store *store = open_store(path), *second;
    assert_int_equal(swio_store_open(path, NULL, &second), SWIO_EEXIST);
    assert_non_null(strstr(swio_errmsg(), "is being written by another run"));
    close_store(store);
    store = open_store(path); /* it had no record */
    put_many(store, 1, 1);
    close_store(store);
    assert_int_equal(swio_store_open(path, NULL, &second), SWIO_EEXIST);
    assert_non_null(strstr(swio_errmsg(), "a.csv has records already"));
    assert_int_equal(read_all(path), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_put_is_read_back, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(records_are_written_while_it_goes_on, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(records_are_never_overwritten, make_directory,
                                        remove_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
