/* Log lines: which are said, where they go, and what they look like. */
#include "support/cmocka.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/log.h>
#include <unistd.h>

#include "base/log.h"

static char last[200];
static int said;

static void keep(swio_log_level level, const char *file, int line, const char *text, void *arg)
{
    assert_ptr_equal(arg, last);
    snprintf(last, sizeof last, "%d %s:%d %s", (int)level, file, line, text);
    said++;
}

static int set_up(void **state)
{
    (void)state;
    said = 0;
    last[0] = '\0';
    swio_log_set_handler(keep, last);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    swio_log_set_handler(NULL, NULL);
    swio_log_set_level(SWIO_LOG_WARNING);
    return 0;
}

static void only_what_is_wanted_is_said(void **state)
{
    (void)state;
    assert_int_equal(swio_log_get_level(), SWIO_LOG_WARNING);
    swio_log_line(SWIO_LOG_INFO, "a.c", 1, "no");
    swio_info("no");
    assert_int_equal(said, 0);
    swio_log_line(SWIO_LOG_WARNING, "some/where/a.c", 7, "%d calls, %s", 3, "more");
    assert_string_equal(last, "1 a.c:7 3 calls, more");
    swio_log_set_level(SWIO_LOG_TRACE);
    swio_log_line(SWIO_LOG_TRACE, "a.c", 8, "a frame");
    assert_string_equal(last, "4 a.c:8 a frame");
    assert_int_equal(said, 2);
}

static void a_long_line_is_cut(void **state)
{
    (void)state;
    char *text = malloc(10000);
    assert_non_null(text);
    memset(text, 'x', 9999);
    text[9999] = '\0';
    swio_log_line(SWIO_LOG_ERROR, "a.c", 9, "%s", text);
    assert_int_equal(said, 1);
    assert_memory_equal(last, "0 a.c:9 xxxx", 12);
    free(text);
}

static void levels_have_names(void **state)
{
    (void)state;
    static const char *const names[] = {"error", "Warning", "INFO", "debug", "trace"};
    swio_log_level level = SWIO_LOG_ERROR;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(swio_log_level_by_name(names[i], &level), 0);
        assert_int_equal(level, i);
    }
    assert_int_equal(swio_log_level_by_name("loud", &level), SWIO_EINVAL);
    assert_string_equal(swio_errmsg(),
                        "'loud' is no log level: try error, warning, info, debug or trace");
    assert_int_equal(level, SWIO_LOG_TRACE);
}

/* "Aug 26 21:59:01 [INFO] switchio dial.c:114 : text" */
static void without_a_handler_they_go_to_the_standard_error(void **state)
{
    (void)state;
    char line[200] = "";
    regex_t form;
    FILE *file = tmpfile();
    assert_non_null(file);
    swio_log_set_handler(NULL, NULL);
    int error_stream = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    swio_log_line(SWIO_LOG_WARNING, "cli/dial.c", 114, "slow");
    fflush(stderr);
    dup2(error_stream, STDERR_FILENO);
    close(error_stream);
    rewind(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    assert_int_equal(regcomp(&form,
                             "^[A-Z][a-z][a-z] [0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} "
                             "\\[WARNING\\] switchio dial\\.c:114 : slow\n$",
                             REG_EXTENDED),
                     0);
    assert_int_equal(regexec(&form, line, 0, NULL, 0), 0);
    regfree(&form);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_what_is_wanted_is_said),
        TEST(a_long_line_is_cut),
        TEST(levels_have_names),
        TEST(without_a_handler_they_go_to_the_standard_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
