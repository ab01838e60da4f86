/* Errors: names, sentences, exit statuses. */
#include "support/cmocka.h"

#include <stdio.h>
#include <string.h>
#include <switchio/error.h>
#include <unistd.h>

#include "base/err.h"

static void every_error_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int a = 0; a >= SWIO_EIO; a--) {
        assert_string_not_equal(swio_strerror(a), "unknown error");
        for (int b = 0; b > a; b--)
            assert_string_not_equal(swio_strerror(a), swio_strerror(b));
    }
    assert_string_equal(swio_strerror(SWIO_EIO - 1), "unknown error");
    assert_string_equal(swio_strerror(1), "unknown error");
}

static void a_sentence_is_cut_not_overrun(void **state)
{
    (void)state;
    char text[2 * SWIO_ERRMSG_MAX];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    swio_err(SWIO_EINVAL, "%s", text);
    assert_int_equal(strlen(swio_errmsg()), SWIO_ERRMSG_MAX - 1);
}

/* What swio_fail() prints goes into `line`. */
static int said_by_fail(const char *what, char *line, size_t size)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    int error_stream = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    int status = swio_fail(what);
    fflush(stderr);
    dup2(error_stream, STDERR_FILENO);
    close(error_stream);
    rewind(file);
    assert_non_null(fgets(line, (int)size, file));
    fclose(file);
    return status;
}

static void failing_says_why_and_gives_the_exit_status(void **state)
{
    (void)state;
    static const struct {
        int error, status;
    } rows[] = {
        {SWIO_EINVAL, 2}, {SWIO_ECONN, 3}, {SWIO_EAUTH, 3},    {SWIO_EPROTO, 3},
        {SWIO_EAPI, 1},   {SWIO_EJOB, 1},  {SWIO_ETIMEOUT, 1}, {SWIO_ECONFIG, 1},
    };
    char line[200], expected[200];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        swio_err(rows[i].error, "host:8021: number %zu", i);
        assert_int_equal(said_by_fail("call", line, sizeof line), rows[i].status);
        snprintf(expected, sizeof expected, "call: host:8021: number %zu\n", i);
        assert_string_equal(line, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_name_of_its_own),
        cmocka_unit_test(a_sentence_is_cut_not_overrun),
        cmocka_unit_test(failing_says_why_and_gives_the_exit_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
