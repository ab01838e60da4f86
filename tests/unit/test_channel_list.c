/* The answer to `show channels as json`: as it was recorded, cut, and strange. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "captures.h"
#include "control/channel_list.h"
#include "support/cmocka.h"

typedef struct seen {
    size_t count;
    char last[64];
} seen;

static void on_row(const char *uuid, size_t len, void *arg)
{
    seen *s = arg;
    s->count++;
    snprintf(s->last, sizeof s->last, "%.*s", (int)len, uuid);
}

static seen read_ok(const char *text)
{
    seen s = {0};
    assert_int_equal(swio_channel_list_read(text, strlen(text), on_row, &s), 0);
    return s;
}

static void a_recorded_answer(void **state)
{
    (void)state;
    size_t len;
    char *text = load_capture("resync.txt", &len);
    char *list = strstr(text, "{\"row_count\":4");
    assert_non_null(list);
    *strchr(list, '\n') = '\0';
    seen s = read_ok(list);
    assert_int_equal(s.count, 4);
    assert_string_equal(s.last, "5eace7d4-e11d-4065-9458-7fd4ee1ac73f");
    /* Every shorter one is not the whole of it, but for the brackets at the end. */
    for (size_t n = 0; n < strlen(list); n++) {
        char *cut = strndup(list, n);
        seen c = {0};
        int error = swio_channel_list_read(cut, n, on_row, &c);
        assert_true(error == (c.count == 4 ? 0 : SWIO_EPROTO));
        free(cut);
    }
    free(text);
}

static void none_and_others(void **state)
{
    (void)state;
    assert_int_equal(read_ok("{\"row_count\": 0}\n").count, 0);
    assert_int_equal(read_ok("{\"row_count\":0,\"rows\":[]}").count, 0);
    /* Names are what somebody sent: what looks like a row, and what is not UTF-8. */
    seen s = read_ok("{\"row_count\":1,\"rows\":[{\"uuid\":\"a b\",\"cid_name\":"
                     "\"{\\\"uuid\\\":\\\"x\\\"}\xe9\"}]}");
    assert_int_equal(s.count, 1);
    assert_string_equal(s.last, "a b");
    static const char *const wrong[] = {"", "-ERR SQL disabled, no data available!\n", "0 total.\n",
                                        "{\"row_count\":2,\"rows\":[{\"uuid\":\"a\"}]}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(swio_channel_list_read(wrong[i], strlen(wrong[i]), on_row, &s),
                         SWIO_EPROTO);
        assert_non_null(strstr(swio_errmsg(), "show channels"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recorded_answer),
        cmocka_unit_test(none_and_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
