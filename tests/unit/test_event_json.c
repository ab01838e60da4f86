#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "esl/event.h"
#include "support/cmocka.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static swio_event *parse(const char *text, size_t len)
{
    swio_event *event = NULL;
    int error = swio_event_from_json(text, len, 0, &event);
    if (error)
        fail_msg("%s: %s", text, swio_errmsg());
    return event;
}

static swio_event *json(const char *text)
{
    return parse(text, strlen(text));
}

static void assert_value(const swio_event *event, const char *name, const char *value, size_t len)
{
    size_t got_len;
    const char *got = swio_event_get_len(event, name, &got_len);
    assert_non_null(got);
    assert_int_equal(got_len, len);
    assert_memory_equal(got, value, len + 1); /* with the NUL behind it */
}

static void headers_keep_their_order_and_their_duplicates(void **state)
{
    (void)state;
    swio_event *event =
        json("{\"Event-Name\":\"A\",\"Hangup-Cause\":\"FIRST\",\"z\":\"\",\"b\":\"2\","
             "\"Hangup-Cause\":\"SECOND\",\"_body\":\"+OK\\n\",\"after\":\"body\"}");
    static const char *const names[] = {"Event-Name", "Hangup-Cause", "z",
                                        "b",          "Hangup-Cause", "after"};
    assert_int_equal(swio_event_header_count(event), COUNT(names));
    for (size_t i = 0; i < COUNT(names); i++)
        assert_string_equal(swio_event_header_name(event, i), names[i]);
    assert_string_equal(swio_event_get(event, "hangup-cause"), "FIRST");
    assert_string_equal(swio_event_header_value(event, 4, NULL), "SECOND");
    assert_string_equal(swio_event_get(event, "z"), "");
    assert_string_equal(swio_event_body(event, NULL), "+OK\n");
    swio_event_unref(event);
}

static void values_are_no_percent_encoding(void **state)
{
    (void)state;
    swio_event *event = json("{\"a\":\"100%41\",\"b\":\"%\"}");
    assert_string_equal(swio_event_get(event, "a"), "100%41");
    assert_string_equal(swio_event_get(event, "b"), "%");
    swio_event_unref(event);
}

/* Every byte that FreeSWITCH can send, UTF-8 or not, in values, names and the body. */
static void bytes_that_are_no_utf8_come_through(void **state)
{
    (void)state;
    swio_buf text = {0}, value = {0};
    for (int c = 1; c < 256; c++) {
        swio_buf_putc(&value, (char)c);
        if (c < 0x20)
            swio_buf_printf(&text, "\\u%04x", (unsigned)c);
        else if (c == '"' || c == '\\')
            swio_buf_printf(&text, "\\%c", c);
        else
            swio_buf_putc(&text, (char)c);
    }
    /* and what is UTF-8 */
    static const char utf8[] = "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xc6\x80 \xc7\xbf";
    swio_buf_puts(&text, utf8);
    swio_buf_puts(&value, utf8);
    swio_buf whole = {0};
    swio_buf_printf(&whole, "{\"%s\":\"%s\",\"list\":[\"%s\",\"x\"],\"_body\":\"%s\"}", text.data,
                    text.data, text.data, text.data);
    swio_event *event = parse(whole.data, whole.len);
    assert_string_equal(swio_event_header_name(event, 0), value.data);
    assert_value(event, value.data, value.data, value.len);
    size_t len;
    assert_memory_equal(swio_event_body(event, &len), value.data, value.len + 1);
    assert_int_equal(len, value.len);
    const char *item = swio_event_array_item(event, "list", 0, &len);
    assert_int_equal(len, value.len);
    assert_memory_equal(item, value.data, len);
    swio_event_unref(event);
    swio_buf_free(&whole);
    swio_buf_free(&text);
    swio_buf_free(&value);
}

static void escapes_are_what_they_stand_for(void **state)
{
    (void)state;
    static const struct {
        const char *text, *value;
        size_t len;
    } rows[] = {
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", 8},
        {"\\u0041", "A", 1},
        {"\\u0000x", "\0x", 2},
        {"\\u00e9", "\xc3\xa9", 2},
        {"\\u0080\\u00ff", "\xc2\x80\xc3\xbf", 4},
        {"\\u20AC", "\xe2\x82\xac", 3},
        {"\\ud83d\\ude00", "\xf0\x9f\x98\x80", 4},
        {"\\u017f\\u0180\\u01bF\\u01C0\\u01ff\\u0200",
         "\xc5\xbf\xc6\x80\xc6\xbf\xc7\x80\xc7\xbf\xc8\x80", 12},
        {"\\\\u0180", "\\u0180", 6},
        {"\\\\\\u0180", "\\\xc6\x80", 3},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        swio_buf text = {0};
        swio_buf_printf(&text, "{\"v\":\"%s\"}", rows[i].text);
        swio_event *event = json(text.data);
        assert_value(event, "v", rows[i].value, rows[i].len);
        swio_event_unref(event);
        swio_buf_free(&text);
    }
    swio_event *event = json("{\"n\\u0180\\\"\\\\\":\"v\",\"\":\"empty\"}");
    assert_string_equal(swio_event_header_name(event, 0), "n\xc6\x80\"\\");
    assert_string_equal(swio_event_get(event, ""), "empty");
    swio_event_unref(event);
}

static void lists_are_arrays(void **state)
{
    (void)state;
    size_t len;
    swio_event *event =
        json("{\"m\":[\"park\",\"p,{[\\\"}\",\"\"],\"one\":[\"x\"],\"none\":[],\"c\":\"y\"}");
    assert_string_equal(swio_event_get(event, "m"), "ARRAY::park|:p,{[\"}|:");
    assert_int_equal(swio_event_array_count(event, "m"), 3);
    assert_memory_equal(swio_event_array_item(event, "m", 1, &len), "p,{[\"}", 6);
    assert_int_equal(len, 6);
    assert_int_equal(swio_event_array_count(event, "one"), 1);
    assert_string_equal(swio_event_get(event, "one"), "ARRAY::x");
    assert_string_equal(swio_event_get(event, "none"), "ARRAY::");
    assert_string_equal(swio_event_get(event, "c"), "y");
    swio_event_unref(event);
}

/* FreeSWITCH sends strings and lists of strings; another sender's scalars are kept as their text.
 */
static void other_values_are_their_text(void **state)
{
    (void)state;
    swio_event *event = json(" { \"i\" : 42 , \"t\":true,\"n\":null,\"f\":false , \"x\":-0.5e+10,"
                             "\"l\":[1, null ,\"s\" ],\"_body\":7 } \n");
    assert_string_equal(swio_event_get(event, "i"), "42");
    assert_int_equal(swio_event_get_int(event, "i", 0), 42);
    assert_string_equal(swio_event_get(event, "t"), "true");
    assert_string_equal(swio_event_get(event, "n"), "null");
    assert_string_equal(swio_event_get(event, "f"), "false");
    assert_string_equal(swio_event_get(event, "x"), "-0.5e+10");
    assert_string_equal(swio_event_get(event, "l"), "ARRAY::1|:null|:s");
    assert_string_equal(swio_event_get(event, "_body"), "7");
    assert_string_equal(swio_event_body(event, NULL), "");
    swio_event_unref(event);
    event = json("{}");
    assert_int_equal(swio_event_header_count(event), 0);
    swio_event_unref(event);
}

static void what_is_no_json_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "'{' expected at byte 0"},
        {" [\"a\",\"b\"]", "'{' expected at byte 1"},
        {"\xef\xbb\xbf{}", "'{' expected at byte 0"},
        {"{", "a name expected at byte 1"},
        {"{,}", "a name expected at byte 1"},
        {"{a:\"b\"}", "a name expected at byte 1"},
        {"{\"a\":\"b\",}", "a name expected at byte 9"},
        {"{\"a\" \"b\"}", "':' expected at byte 5"},
        {"{\"a\\u0000\":\"b\"}", "a name without a NUL expected at byte 10"},
        {"{\"a\":\"b\"", "',' or '}' expected at byte 8"},
        {"{\"a\":\"b\"}x", "the end expected at byte 9"},
        {"{\"a\":\"b}", "the end of a string expected at byte 8"},
        {"{\"a\":\"line\nbreak\"}", "the end of a string expected at byte 10"},
        {"{\"a\":\"b\\", "a character that may be escaped expected at byte 8"},
        {"{\"a\":\"b\\\xff\"}", "a character that may be escaped expected at byte 8"},
        {"{\"a\":\"\\u01\"}", "a hexadecimal digit expected at byte 10"},
        {"{\"a\":\"\\u01g0\"}", "a hexadecimal digit expected at byte 10"},
        {"{\"a\":\"\\u012", "a hexadecimal digit expected at byte 8"},
        {"{\"a\":\"\\ud800\"}", "the other half of a surrogate pair expected at byte 12"},
        {"{\"a\":\"\\udc00\\ud800\"}", "the other half of a surrogate pair expected at byte 12"},
        {"{\"a\":\"\\ud800\\u0041\"}", "the other half of a surrogate pair expected at byte 18"},
        {"{\"a\":}", "a string, a number or a list of them expected at byte 5"},
        {"{\"a\":tru}", "a string, a number or a list of them expected at byte 5"},
        {"{\"a\":-}", "a string, a number or a list of them expected at byte 5"},
        {"{\"a\":1.}", "a string, a number or a list of them expected at byte 5"},
        {"{\"a\":1e}", "a string, a number or a list of them expected at byte 5"},
        {"{\"a\":01}", "a string, a number or a list of them expected at byte 5"},
        {"{\"a\":.5}", "a string, a number or a list of them expected at byte 5"},
        {"{\"a\":{\"b\":1}}", "a string, a number or a list of them expected at byte 5"},
        {"{\"a\":[[]]}", "a string, a number or a list of them expected at byte 6"},
        {"{\"a\":[1 2]}", "',' or ']' expected at byte 8"},
        {"{\"a\":[1,]}", "a string, a number or a list of them expected at byte 8"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        swio_event *event = NULL;
        char says[200];
        snprintf(says, sizeof says, "an event-json that is none: %s", rows[i].says);
        assert_int_equal(swio_event_from_json(rows[i].text, strlen(rows[i].text), 0, &event),
                         SWIO_EPROTO);
        assert_null(event);
        if (strcmp(swio_errmsg(), says) != 0)
            fail_msg("%s: '%s'", rows[i].text, swio_errmsg());
    }
}

static void limits(void **state)
{
    (void)state;
    swio_event *event;
    assert_int_equal(swio_event_from_json("{\"a\":\"1\",\"b\":\"2\"}", 17, 2, &event), 0);
    swio_event_unref(event);
    assert_int_equal(swio_event_from_json("{\"a\":\"1\",\"b\":\"2\"}", 17, 1, &event), SWIO_ELIMIT);
    assert_string_equal(swio_errmsg(), "more than 1 headers");
}

/* An object of scalars and of lists of scalars. */
static bool is_flat(json_t *root)
{
    const char *name;
    json_t *value, *item;
    size_t i;
    if (!json_is_object(root))
        return false;
    json_object_foreach(root, name, value)
    {
        if (json_is_object(value))
            return false;
        json_array_foreach(value, i, item)
        {
            if (json_is_object(item) || json_is_array(item))
                return false;
        }
    }
    return true;
}

static bool is_string(const json_t *value, const char *bytes, size_t len)
{
    return len == json_string_length(value) && memcmp(bytes, json_string_value(value), len) == 0;
}

/* True if the event is what jansson understood. */
static bool agrees(const swio_event *event, json_t *object)
{
    const char *name;
    json_t *value;
    size_t i = 0, len;
    json_object_foreach(object, name, value)
    {
        const char *got;
        if (strcmp(name, "_body") == 0 && json_is_string(value)) {
            got = swio_event_body(event, &len);
        } else {
            const char *got_name = swio_event_header_name(event, i);
            if (!got_name || strcmp(got_name, name) != 0)
                return false;
            got = swio_event_header_value(event, i++, &len);
        }
        if (json_is_string(value) && !is_string(value, got, len))
            return false;
    }
    return swio_event_header_count(event) == i;
}

/* Changes up to three bytes of a text, or drops them; returns the new length. */
static size_t mutate(char *text, size_t len)
{
    static const char alphabet[] = "\"\\{}[],:untrfe019-+. ax\n\x7f";
    for (int changes = rand() % 4; changes > 0; changes--) {
        size_t at = (size_t)rand() % len;
        if (rand() % 4 == 0)
            memmove(text + at, text + at + 1, --len - at);
        else
            text[at] = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
    }
    return len;
}

/* Where jansson refuses what we take, on purpose. */
static bool refused_by_jansson_alone(const json_error_t *why)
{
    enum json_error_code code = json_error_code(why);
    return code == json_error_invalid_utf8 || code == json_error_duplicate_key ||
           code == json_error_numeric_overflow;
}

static void jansson_is_of_the_same_opinion(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"Event-Name\":\"A\",\"b\":\"x\\\"\\\\\\n\\u00e9\\ud83d\\ude00\","
        "\"c\":[\"1\",\"\\u0000\",\"\"]}",
        " {\"n\" : 12.5e1 , \"t\":true,\"f\":false,\"z\":null, \"l\":[ 1,2 ,\"3\"],"
        "\"_body\":\"text\"} ",
        "{\"a\":\"\xc3\xa9\xe2\x82\xac\",\"\xc3\xa9\":\"\\u20ac\",\"e\":[]}",
    };
    unsigned accepted = 0, refused = 0;
    srand(1);
    for (size_t round = 0; round < 100000; round++) {
        char text[120];
        const char *base = texts[round % COUNT(texts)];
        size_t len = strlen(base);
        memcpy(text, base, len + 1);
        len = mutate(text, len);
        json_error_t why;
        json_t *root = json_loadb(text, len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &why);
        swio_event *event = NULL;
        int error = swio_event_from_json(text, len, 0, &event);
        bool comparable = root ? is_flat(root) : !refused_by_jansson_alone(&why);
        if (comparable && ((root != NULL) != (error == 0) || (root && !agrees(event, root))))
            fail_msg("%.*s: '%s', but jansson: '%s'", (int)len, text,
                     error ? swio_errmsg() : "good", root ? "good" : why.text);
        accepted += root && !error;
        refused += !root && error;
        json_decref(root);
        swio_event_unref(event);
    }
    assert_true(accepted > 10000 && refused > 10000);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    swio_buf text = {0};
    swio_buf_puts(&text, "{\"Event-Name\":\"A\",\"l\":[\"\xe9\",\"b\"],\"o\":1,\"_body\":\"x\",\"");
    for (int i = 0; i < 300; i++) /* beyond the first size of a buffer */
        swio_buf_puts(&text, "_");
    swio_buf_puts(&text, "\":\"v\"}");
    long n = 0;
    for (int error = SWIO_ENOMEM; error; n++) {
        swio_event *event = NULL;
        swio_mem_fail_after(n, false);
        error = swio_event_from_json(text.data, text.len, 0, &event);
        swio_mem_fail_after(-1, false);
        assert_int_equal(error != 0, event == NULL);
        if (error) {
            assert_int_equal(error, SWIO_ENOMEM);
            assert_string_equal(swio_errmsg(), "out of memory");
        }
        swio_event_unref(event);
    }
    assert_true(n > 6);
    swio_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_keep_their_order_and_their_duplicates),
        cmocka_unit_test(values_are_no_percent_encoding),
        cmocka_unit_test(bytes_that_are_no_utf8_come_through),
        cmocka_unit_test(escapes_are_what_they_stand_for),
        cmocka_unit_test(lists_are_arrays),
        cmocka_unit_test(other_values_are_their_text),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(limits),
        cmocka_unit_test(jansson_is_of_the_same_opinion),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
