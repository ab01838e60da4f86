#include <math.h>
#include <stdio.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/log.h>
#include <switchio/store.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/cdr.h"
#include "support/cmocka.h"

static void what_is_no_record_file_is_explained(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int error;
        const char *why;
    } table[] = {
        {"", SWIO_EINVAL, "has no line with the names of the columns"},
        {"number,outcome", SWIO_EINVAL, "has no line with the names"},
        {"a,b,c\n", SWIO_EINVAL, "does not name the columns number and outcome"},
        {"number,outcome,number\n", SWIO_EINVAL, "the column number is there twice"},
        {"number,outcome\n1\n", SWIO_EINVAL, "line 2: has 1 fields, and the first line 2"},
        {"number,outcome\n1,lost,\n", SWIO_EINVAL, "line 2: has 3 fields"},
        {"number,outcome\n1,lost\n2,won\n", SWIO_EINVAL,
         "line 3, column outcome: 'won' is not blocked, failed, answered or lost"},
        {"number,outcome\nx,lost\n", SWIO_EINVAL, "column number: 'x' is not a whole number"},
        {"number,outcome\n-1,lost\n", SWIO_EINVAL, "column number: '-1' is not a whole number"},
        {"number,outcome,due_us\n1,lost,1.5\n", SWIO_EINVAL, "'1.5' is not a time in whole"},
        {"number,outcome,due_us\n1,lost,-1\n", SWIO_EINVAL, "'-1' is not a time"},
        {"number,outcome,due_us\n1,lost,253402300800000000\n", SWIO_EINVAL,
         "is not a time in whole"},
        {"number,outcome,rate\n1,lost,1,\n", SWIO_EINVAL, "has 4 fields"},
        {"number,outcome,rate\n1,lost,1e\n", SWIO_EINVAL, "column rate: '1e' is not a number"},
        {"number,outcome\n1,\"lost\"x\n", SWIO_EINVAL, "line 2: text behind the closing quote"},
        {"number,outcome,caller_uuid\n1,lost,0123456789012345678901234567890123456789\n",
         SWIO_EINVAL, "column caller_uuid: '0123"},
    };
    uint64_t n = 0;
    const char *path = cdr_path("bad.csv");
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        cdr_write_file(path, table[i].text);
        int error = swio_cdr_read(path, cdr_count, &n);
        if (error != table[i].error || !strstr(swio_errmsg(), table[i].why) ||
            !strstr(swio_errmsg(), "bad.csv"))
            fail_msg("%s: %d, %s", table[i].text, error, swio_errmsg());
    }
    assert_int_equal(swio_cdr_read(cdr_path("none"), cdr_count, &n), SWIO_ENOENT);
    assert_int_equal(swio_cdr_read(cdr_path("none.db"), cdr_count, &n), SWIO_ENOENT);
    assert_int_equal(swio_cdr_read(cdr_folder, cdr_count, &n), SWIO_ENOENT);
    assert_non_null(strstr(swio_errmsg(), "calls.csv"));
}

static void what_is_no_record_database_is_explained(void **state)
{
    (void)state;
    uint64_t n = 0;
    const char *path = cdr_path("bad.db");
    cdr_sql(path, "CREATE TABLE other (number INTEGER)", NULL, 0);
    assert_int_equal(swio_cdr_read(path, cdr_count, &n), SWIO_EINVAL);
    assert_non_null(strstr(swio_errmsg(), "no such table: calls"));
    cdr_sql(path, "CREATE TABLE calls (number, x); INSERT INTO calls VALUES (1, 2)", NULL, 0);
    assert_int_equal(swio_cdr_read(path, cdr_count, &n), SWIO_EINVAL);
    assert_non_null(strstr(swio_errmsg(), "does not name the columns number and outcome"));
    cdr_sql(path, "ALTER TABLE calls ADD COLUMN outcome; UPDATE calls SET outcome = 3", NULL, 0);
    assert_int_equal(swio_cdr_read(path, cdr_count, &n), SWIO_EINVAL);
    assert_non_null(strstr(swio_errmsg(), "row 1 of the table calls, column outcome: '3' is not"));
    cdr_sql(path, "UPDATE calls SET outcome = 'lost'", NULL, 0);
    assert_int_equal(swio_cdr_read(path, cdr_count, &n), 0);
    assert_int_equal(n, 1);
}

/* Root may read everything: it becomes somebody else meanwhile. */
static void what_may_not_be_read_is_told(void **state)
{
    static const char *const names[] = {"secret.db", "secret.csv"};
    uint64_t n = 0;
    uid_t user = geteuid();
    (void)state;
    assert_int_equal(chmod(cdr_folder, 0711), 0);
    for (size_t i = 0; i < 2; i++) {
        const char *path = cdr_path(names[i]);
        cdr_write_file(path, "SQLite format 3");
        assert_int_equal(chmod(path, 0), 0);
        assert_int_equal(user ? 0 : seteuid(65534), 0);
        int error = swio_cdr_read(path, cdr_count, &n);
        assert_int_equal(user ? 0 : seteuid(0), 0);
        assert_int_equal(error, SWIO_EIO);
        if (!strstr(swio_errmsg(), names[i]) || !strstr(swio_errmsg(), "Permission denied"))
            fail_msg("%s", swio_errmsg());
    }
}

static int warnings;

static void count_warnings(swio_log_level level, const char *file, int line, const char *text,
                           void *arg)
{
    (void)file, (void)line, (void)arg;
    warnings += level == SWIO_LOG_WARNING && strstr(text, "line 5: ends in the middle");
}

static void files_of_others_are_read(void **state)
{
    (void)state;
    swio_log_set_handler(count_warnings, NULL);
    swio_cdr got[2] = {{0}};
    const char *path = cdr_path("other"); /* the content tells */
    cdr_write_file(path, "extra,outcome,\"number\",caller_answer_us\r\n"
                         "\"a\r\nb\",answered,17,\r\n,\"lost\",18,1795377600000001\r\n19,");
    assert_int_equal(swio_cdr_read(path, cdr_keep_last, got), 0);
    swio_log_set_handler(NULL, NULL);
    assert_int_equal(got[0].number, 18); /* and the torn line is left out */
    assert_int_equal(warnings, 1);
    assert_int_equal(got[0].outcome, SWIO_OUTCOME_LOST);
    assert_int_equal(got[0].caller.answer_us, CDR_EPOCH + 1);
    assert_true(isnan(got[0].caller.mos));
    assert_int_equal(got[1].number, 17);
}

/* As `.import calls.csv calls` of sqlite3 makes it: every column a text, and empty for NULL. */
static void an_imported_table_is_read(void **state)
{
    (void)state;
    swio_cdr got[2] = {{0}};
    uint64_t n = 0;
    const char *path = cdr_path("imported.db");
    cdr_sql(path,
            "CREATE TABLE calls (number TEXT, outcome TEXT, due_us TEXT, end_us TEXT, rate TEXT);"
            "INSERT INTO calls VALUES ('17', 'lost', '1795377600000001', '', '0.5')",
            NULL, 0);
    assert_int_equal(swio_cdr_read(path, cdr_keep_last, got), 0);
    assert_int_equal(got[0].number, 17);
    assert_int_equal(got[0].due_us, CDR_EPOCH + 1);
    assert_int_equal(got[0].end_us, 0);
    assert_true(got[0].rate > 0.49 && got[0].rate < 0.51);
    cdr_sql(path, "UPDATE calls SET due_us = 'noon'", NULL, 0);
    assert_int_equal(swio_cdr_read(path, cdr_count, &n), SWIO_EINVAL);
    assert_non_null(strstr(swio_errmsg(), "column due_us: 'noon' is not a time in whole"));
}

static void a_byte_order_mark_is_passed_over(void **state)
{
    (void)state;
    uint64_t n = 0;
    const char *path = cdr_path("marked.csv");
    cdr_write_file(path, "\xef\xbb\xbfnumber,outcome\n1,lost\n");
    assert_int_equal(swio_cdr_read(path, cdr_count, &n), 0);
    assert_int_equal(n, 1);
    cdr_write_file(path, "\xef");
    assert_int_equal(swio_cdr_read(path, cdr_count, &n), SWIO_EINVAL);
}

static void a_pipe_is_read(void **state)
{
    (void)state;
    static const char text[] = "number,outcome\n1,lost\n2,lost\n";
    uint64_t n = 0;
    int ends[2];
    char path[32];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, sizeof text - 1), sizeof text - 1);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_int_equal(swio_cdr_read(path, cdr_count, &n), 0);
    close(ends[0]);
    assert_int_equal(n, 2);
}

static int stop_at_two(const swio_cdr *cdr, void *arg)
{
    (void)arg;
    return cdr->number == 2 ? 42 : 0;
}

static void reading_may_be_ended(void **state)
{
    (void)state;
    const char *csv = cdr_path("a.csv"), *database = cdr_path("a.db");
    cdr_write_file(csv, "number,outcome\n1,lost\n2,lost\n3,lost\n");
    cdr_sql(database,
            "CREATE TABLE calls (number, outcome);"
            "INSERT INTO calls VALUES (1, 'lost'), (2, 'lost'), (3, 'lost')",
            NULL, 0);
    assert_int_equal(swio_cdr_read(csv, stop_at_two, NULL), 42);
    assert_int_equal(swio_cdr_read(database, stop_at_two, NULL), 42);
}

#define in_directory(test) cmocka_unit_test_setup_teardown(test, cdr_folder_make, cdr_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_directory(what_is_no_record_file_is_explained),
        in_directory(what_is_no_record_database_is_explained),
        in_directory(what_may_not_be_read_is_told),
        in_directory(files_of_others_are_read),
        in_directory(an_imported_table_is_read),
        in_directory(a_byte_order_mark_is_passed_over),
        in_directory(a_pipe_is_read),
        in_directory(reading_may_be_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
