/* Stores and reading them back; labels: threaded */
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/log.h>
#include <switchio/store.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "support/cdr.h"
#include "support/cmocka.h"
#include "support/wait.h"

static swio_store *open_store(const char *path)
{
    swio_store *store;
    if (swio_store_open(path, &(swio_store_opts){.seconds = 0.01}, &store))
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

/* Both kinds of store, by the names of their files. */
static const char *const kinds[] = {"a.csv", "a.db"};

#define for_each_kind(path)                                                 \
    for (size_t kind_ = 0; kind_ < sizeof kinds / sizeof kinds[0]; kind_++) \
        for (const char *(path) = cdr_path(kinds[kind_]); path; (path) = NULL)

static void what_is_put_is_read_back(void **state)
{
    (void)state;
    for_each_kind (path) {
        swio_store *store = open_store(path);
        assert_string_equal(swio_store_path(store), path);
        put_many(store, 1, 3000);
        assert_int_equal(swio_store_count(store).put, 3000);
        close_store(store);
        assert_int_equal(read_all(path), 3000);
    }
}

static void a_path_tells_the_kind(void **state)
{
    (void)state;
    static const struct {
        const char *given, *file, *start;
    } table[] = {
        {"run/of/today", "run/of/today/calls.csv", "number,outcome,"},
        {"slash/", "slash/calls.csv", "number,outcome,"},
        {"x.d", "x.d/calls.csv", "number,outcome,"},
        {"x.csv", "x.csv", "number,outcome,"},
        {"x.db", "x.db", "SQLite format 3"},
        {"x.sqlite", "x.sqlite", "SQLite format 3"},
        {"x.sqlite3", "x.sqlite3", "SQLite format 3"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *given = cdr_path(table[i].given);
        const char *file = cdr_path(table[i].file);
        char start[16] = "";
        swio_store *store = open_store(given);
        assert_string_equal(swio_store_path(store), file);
        put_many(store, 1, 2);
        close_store(store);
        FILE *in = fopen(file, "r");
        assert_non_null(in);
        assert_int_equal(fread(start, 15, 1, in), 1);
        fclose(in);
        assert_string_equal(start, table[i].start);
        assert_int_equal(read_all(given), 2);
        assert_int_equal(read_all(file), 2);
    }
}

static void records_are_written_while_it_goes_on(void **state)
{
    (void)state;
    for_each_kind (path) {
        swio_store *store = open_store(path);
        assert_int_equal(read_all(path), 0);
        put_many(store, 1, 5);
        wait_until(swio_store_count(store).written == 5);
        assert_int_equal(read_all(path), 5);
        put_many(store, 6, 5000);
        wait_until(swio_store_count(store).written == 5000);
        assert_int_equal(read_all(path), 5000);
        close_store(store);
        assert_int_equal(read_all(path), 5000);
    }
}

static void records_are_never_overwritten(void **state)
{
    (void)state;
    for_each_kind (path) {
        swio_store *store = open_store(path), *second;
        assert_int_equal(swio_store_open(path, NULL, &second), SWIO_EEXIST);
        assert_non_null(strstr(swio_errmsg(), "is being written by another run"));
        close_store(store);
        store = open_store(path); /* it had no record */
        put_many(store, 1, 1);
        close_store(store);
        assert_int_equal(swio_store_open(path, NULL, &second), SWIO_EEXIST);
        assert_non_null(strstr(swio_errmsg(), "has records already"));
        assert_non_null(strstr(swio_errmsg(), path));
        assert_int_equal(read_all(path), 1);
    }
}

static void what_cannot_be_opened_is_explained(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int error;
        const char *why;
    } table[] = {
        {"no/where.csv", SWIO_ENOENT, "its directory is not there: make it first"},
        {"directory.csv", SWIO_EIO, "Is a directory"},
        {"full.csv", SWIO_EINVAL, "is not a plain file"},
        {"full.db", SWIO_EINVAL, "is not a plain file"},
        {"text", SWIO_EEXIST, "is not a directory: give a directory, or a file that ends with"},
        {"text/below", SWIO_EEXIST, "is not a directory"},
        {"text.csv", SWIO_EEXIST, "has records already"},
        {"text.db", SWIO_EIO, "file is not a database"},
        {"other.db", SWIO_EIO, "table calls has no column named outcome"},
        {"foreign.db", SWIO_EEXIST, "is a database of something else, with a table people"},
    };
    swio_store *store;
    assert_int_equal(mkdir(cdr_path("directory.csv"), 0777), 0);
    assert_int_equal(symlink("/dev/full", cdr_path("full.csv")), 0);
    assert_int_equal(symlink("/dev/full", cdr_path("full.db")), 0);
    cdr_write_file(cdr_path("text"), "mine");
    cdr_write_file(cdr_path("text.csv"), "mine");
    cdr_write_file(cdr_path("text.db"), "mine, and longer than the magic number");
    cdr_sql(cdr_path("other.db"), "CREATE TABLE calls (number INTEGER)", NULL, 0);
    cdr_sql(cdr_path("foreign.db"), "CREATE TABLE people (name TEXT)", NULL, 0);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *path = cdr_path(table[i].name);
        int error = swio_store_open(path, NULL, &store);
        if (error != table[i].error || !strstr(swio_errmsg(), table[i].why))
            fail_msg("%s: %d, %s", table[i].name, error, swio_errmsg());
        assert_non_null(strstr(swio_errmsg(), cdr_folder));
    }
    assert_int_equal(swio_store_open("", NULL, &store), SWIO_EINVAL);
    assert_int_equal(swio_store_open("/proc/nowhere/run", NULL, &store), SWIO_EIO);
    assert_non_null(strstr(swio_errmsg(), "cannot make the directory /proc/nowhere"));
}

static void any_text_comes_back(void **state)
{
    (void)state;
    swio_cdr cdr;
    cdr_answered(&cdr, 1);
    strcpy(cdr.app, "a,\"b\"\r\nc\n\"");
    strcpy(cdr.node, "\"");
    strcpy(cdr.cause, "Überlast, ja");
    cdr.rate = 0.1 + 0.2;
    cdr.duration = 1e-300;
    cdr.limit = UINT32_MAX;
    cdr.caller.create_us = 1;
    cdr.caller.answer_us = INT64_C(253402300799999999);
    cdr.callee.mos = -3;
    cdr.callee.jitter_ms = 1e15;
    cdr.callee.packet_loss = -1e300;
    for_each_kind (path) {
        swio_cdr got[2] = {{0}};
        swio_store *store = open_store(path);
        assert_int_equal(swio_store_put(store, &cdr), 0);
        close_store(store);
        assert_int_equal(swio_cdr_read(path, cdr_keep_last, got), 0);
        assert_cdr_equal(&got[0], &cdr);
    }
}

/* ---- trouble ---- */

static _Atomic int complaints, recoveries;

static void listen_to_log(swio_log_level level, const char *file, int line, const char *text,
                          void *arg)
{
    (void)file, (void)line, (void)arg;
    complaints += level == SWIO_LOG_ERROR && strstr(text, "the records wait in memory");
    recoveries += level == SWIO_LOG_WARNING && strstr(text, "can be written again");
}

/* Lets no file of this process grow past `bytes`: as a full disk does. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static int watch_log(void **state)
{
    complaints = recoveries = 0;
    swio_log_set_handler(listen_to_log, NULL);
    return cdr_folder_make(state);
}

static int unwatch_log(void **state)
{
    swio_log_set_handler(NULL, NULL);
    return cdr_folder_remove(state);
}

static void a_full_disk_is_waited_for(void **state)
{
    (void)state;
    for_each_kind (path) {
        swio_store *store = open_store(path);
        complaints = recoveries = 0;
        limit_files(200000);
        put_many(store, 1, 4000);
        wait_until(complaints == 1);
        limit_files(RLIM_INFINITY);
        put_many(store, 4001, 4010);
        wait_until(swio_store_count(store).written == 4010);
        assert_int_equal(recoveries, 1);
        close_store(store);
        assert_int_equal(read_all(path), 4010);
    }
}

static void what_did_not_fit_on_the_disk_is_told(void **state)
{
    (void)state;
    for_each_kind (path) {
        char words[64];
        swio_store *store = open_store(path);
        complaints = 0;
        limit_files(300000);
        put_many(store, 1, 4000);
        wait_until(complaints == 1);
        uint64_t written = swio_store_count(store).written;
        int error = swio_store_close(store);
        limit_files(RLIM_INFINITY);
        assert_int_equal(error, SWIO_EIO);
        snprintf(words, sizeof words, "%d of 4000 records are missing in ", (int)(4000 - written));
        if (!strstr(swio_errmsg(), words) || !strstr(swio_errmsg(), path) ||
            !strstr(swio_errmsg(), "File too large"))
            fail_msg("%s", swio_errmsg());
        assert_in_range(written, 128, 3999);
        assert_int_equal(read_all(path), written);
    }
}

static void what_does_not_fit_in_memory_is_counted(void **state)
{
    (void)state;
    for_each_kind (path) {
        swio_store *store;
        swio_cdr cdr;
        complaints = 0;
        assert_int_equal(swio_store_open(path, &(swio_store_opts){50 * sizeof cdr, 0.01}, &store),
                         0);
        limit_files(1);
        put_many(store, 1, 50);
        cdr_answered(&cdr, 51);
        assert_int_equal(swio_store_put(store, &cdr), SWIO_ELIMIT);
        assert_non_null(strstr(swio_errmsg(), path));
        wait_until(complaints == 1);
        limit_files(RLIM_INFINITY);
        wait_until(swio_store_count(store).written == 50);
        assert_int_equal(swio_store_count(store).dropped, 1);
        assert_int_equal(swio_store_close(store), SWIO_ELIMIT);
        assert_non_null(strstr(swio_errmsg(), "1 of 51 records are missing"));
        assert_int_equal(read_all(path), 50);
    }
}

static void a_file_that_was_removed_is_told(void **state)
{
    (void)state;
    for_each_kind (path) {
        swio_store *store = open_store(path);
        put_many(store, 1, 10);
        assert_int_equal(unlink(path), 0);
        put_many(store, 11, 20);
        assert_int_equal(swio_store_close(store), SWIO_EIO);
        if (!strstr(swio_errmsg(), "20 of 20 records are missing in") ||
            !strstr(swio_errmsg(), "was removed while it was written"))
            fail_msg("%s", swio_errmsg());
    }
}

/* The child puts records without end, and says when some are written. */
static void put_until_killed(const char *path, int say)
{
    swio_store *store;
    swio_cdr cdr;
    bool said = false;
    if (swio_store_open(path, &(swio_store_opts){.seconds = 0.001}, &store))
        _exit(1);
    for (uint64_t n = 1;; n++) {
        nth(&cdr, n);
        swio_store_put(store, &cdr);
        if (n % 100 == 0)
            wait_a_little();
        if (!said && swio_store_count(store).written >= 2000)
            said = write(say, "!", 1) == 1;
    }
}

static void a_kill_leaves_what_was_written(void **state)
{
    (void)state;
    for_each_kind (path) {
        int pipe_ends[2], status;
        char said;
        assert_int_equal(pipe(pipe_ends), 0);
        pid_t child = fork();
        if (child == 0) {
            alarm(WAIT_DEADLINE_SECONDS);
            put_until_killed(path, pipe_ends[1]);
        }
        close(pipe_ends[1]);
        ssize_t n = read(pipe_ends[0], &said, 1);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        close(pipe_ends[0]);
        assert_int_equal(n, 1);
        assert_int_equal(WTERMSIG(status), SIGKILL);
        assert_in_range(read_all(path), 2000, UINT64_MAX);
    }
}

/* ---- threads and memory ---- */

enum { THREADS = 8, EACH = 2000 };

static void *put_some(void *arg)
{
    swio_store *store = arg;
    swio_cdr cdr;
    cdr_answered(&cdr, 7);
    for (int i = 0; i < EACH; i++)
        if (swio_store_put(store, &cdr))
            return (void *)swio_errmsg();
    return NULL;
}

static int count_one(const swio_cdr *cdr, void *arg)
{
    swio_cdr want;
    cdr_answered(&want, 7);
    assert_cdr_equal(cdr, &want);
    ++*(uint64_t *)arg;
    return 0;
}

static void any_thread_may_put(void **state)
{
    (void)state;
    for_each_kind (path) {
        pthread_t threads[THREADS];
        uint64_t n = 0;
        swio_store *store = open_store(path);
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, put_some, store), 0);
        for (int i = 0; i < THREADS; i++) {
            void *result;
            pthread_join(threads[i], &result);
            assert_null(result);
        }
        close_store(store);
        assert_int_equal(swio_cdr_read(path, count_one, &n), 0);
        assert_int_equal(n, THREADS * EACH);
    }
}

/* One run with the nth allocation failing: it says so, or has everything. */
static bool run_without_memory(const char *path, long n)
{
    swio_store *store;
    swio_cdr cdr;
    uint64_t count = 0;
    bool put = true;
    cdr_answered(&cdr, 7);
    swio_mem_fail_after(n, false);
    int error = swio_store_open(path, NULL, &store);
    if (!error) {
        for (int i = 0; i < 200; i++)
            put = !swio_store_put(store, &cdr) && put;
        error = swio_store_close(store);
        assert_true(put || error);
    }
    int read_error = swio_cdr_read(path, count_one, &count);
    bool reached = swio_mem_fail_after(-1, false) > (size_t)n;
    if (error)
        assert_true(error == SWIO_ENOMEM || error == SWIO_EIO || error == SWIO_ELIMIT);
    else if (!read_error)
        assert_int_equal(count, 200);
    else
        assert_int_equal(read_error, SWIO_ENOMEM);
    return reached;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    for_each_kind (path) {
        bool reached = true;
        for (long n = 0; reached; n++) {
            unlink(path);
            reached = run_without_memory(path, n);
            assert_in_range(n, 0, 1000);
        }
    }
}

#define in_directory(test) cmocka_unit_test_setup_teardown(test, cdr_folder_make, cdr_folder_remove)
#define with_log(test)     cmocka_unit_test_setup_teardown(test, watch_log, unwatch_log)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_directory(what_is_put_is_read_back),
        in_directory(a_path_tells_the_kind),
        in_directory(records_are_written_while_it_goes_on),
        in_directory(records_are_never_overwritten),
        in_directory(what_cannot_be_opened_is_explained),
        in_directory(any_text_comes_back),
        with_log(a_full_disk_is_waited_for),
        with_log(what_did_not_fit_on_the_disk_is_told),
        with_log(what_does_not_fit_in_memory_is_counted),
        with_log(a_file_that_was_removed_is_told),
        in_directory(a_kill_leaves_what_was_written),
        in_directory(any_thread_may_put),
        with_log(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
