/* The answers of `sofia status`, as api_transcript.txt has them. */
#include <stdio.h>
#include <string.h>
#include <switchio/error.h>

#include "base/buf.h"
#include "base/mem.h"
#include "control/sofia.h"
#include "support/cmocka.h"

/* What the recorded switch answered to `command`. */
static char *recorded(const char *command)
{
    FILE *file = fopen(TEST_DATA "/api_transcript.txt", "rb");
    swio_buf text = {0};
    char chunk[4096];
    size_t n;
    assert_non_null(file);
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        swio_buf_add(&text, chunk, n);
    fclose(file);

    char sent[128];
    snprintf(sent, sizeof sent, ">>> %s\n", command);
    assert_non_null(text.data);
    char *from = strstr(text.data, sent);
    assert_non_null(from);
    from = strstr(from, "\n\n");
    char *to = strstr(from, "\n----\n");
    assert_non_null(to);
    char *answer = swio_strndup(from + 2, (size_t)(to - from - 2));
    swio_buf_free(&text);
    return answer;
}

static void test_recorded_profile(void **state)
{
    (void)state;
    char *answer = recorded("api sofia status profile external");
    swio_buf out = {0};
    assert_int_equal(swio_sofia_address(answer, &out), 0);
    assert_string_equal(out.data, "127.0.0.1:5090");
    swio_buf_free(&out);
    swio_free(answer);

    answer = recorded("api sofia status profile nosuch");
    assert_int_equal(swio_sofia_address(answer, &out), SWIO_ENOENT);
    assert_int_equal(out.len, 0);
    swio_free(answer);
}

static void test_recorded_profiles(void **state)
{
    (void)state;
    char *answer = recorded("api sofia status");
    swio_buf out = {0};
    swio_sofia_profiles(answer, &out);
    assert_string_equal(out.data, "external, internal");
    swio_buf_free(&out);
    swio_free(answer);
}

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *status, *address;
    } rows[] = {
        {"URL              \tsip:mod_sofia@[::1]:5080\n", "[::1]:5080"},
        {"Name x\nURL sip:gw+x@10.0.0.1:5060;transport=udp\nBIND-URL sip:a@b", "10.0.0.1:5060"},
        {"URL sip:10.0.0.1:5060\r\n", "10.0.0.1:5060"},
        {"BIND-URL sip:a@b:1\n", NULL},
        {"URL", NULL},
        {"URL \t", NULL},
        {"", NULL},
        {"-ERR no reply\n", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        swio_buf out = {0};
        int error = swio_sofia_address(rows[i].status, &out);
        if (rows[i].address) {
            assert_int_equal(error, 0);
            assert_string_equal(out.data, rows[i].address);
        } else {
            assert_int_equal(error, SWIO_ENOENT);
        }
        swio_buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_profile),
        cmocka_unit_test(test_recorded_profiles),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
