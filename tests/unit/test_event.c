#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "captures.h"
#include "esl/event.h"
#include "esl/plain.h"
#include "support/cmocka.h"
#include "support/streams.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static swio_event *plain(const char *text)
{
    swio_event *event = NULL;
    assert_int_equal(swio_event_from_plain(text, strlen(text), 0, &event), 0);
    return event;
}

static void names_are_found_in_any_case_and_the_first_wins(void **state)
{
    (void)state;
    swio_event *event = plain("Event-Name: CHANNEL_ANSWER\n"
                              "Hangup-Cause: FIRST\n"
                              "channel-read-codec-name: PCMU\n"
                              "a: short\n"
                              "variable_x: \n"
                              "hangup-cause: SECOND\n"
                              "\n");
    assert_string_equal(swio_event_get(event, "event-name"), "CHANNEL_ANSWER");
    assert_string_equal(swio_event_get(event, "EVENT-NAME"), "CHANNEL_ANSWER");
    assert_string_equal(swio_event_get(event, "Hangup-Cause"), "FIRST");
    assert_string_equal(swio_event_get(event, "HANGUP-cause"), "FIRST");
    assert_string_equal(swio_event_get(event, "Channel-Read-Codec-Name"), "PCMU");
    assert_string_equal(swio_event_get(event, "A"), "short");
    assert_string_equal(swio_event_get(event, "variable_x"), "");
    assert_null(swio_event_get(event, "variable_y"));
    assert_null(swio_event_get(event, "Event-Nam"));
    assert_null(swio_event_get(event, "Event-Namee"));
    assert_null(swio_event_get(event, "b"));
    assert_null(swio_event_get(event, ""));
    assert_int_equal(swio_event_header_count(event), 6);
    assert_string_equal(swio_event_header_name(event, 5), "hangup-cause");
    assert_string_equal(swio_event_header_value(event, 5, NULL), "SECOND");
    assert_null(swio_event_header_name(event, 6));
    assert_null(swio_event_header_value(event, 6, NULL));
    assert_null(swio_event_header_value(event, SIZE_MAX, NULL));
    assert_string_equal(swio_event_body(event, NULL), "");
    swio_event_unref(event);
}

/* Every name of every header finds a header of that name, whatever the fingerprints are. */
static void every_header_is_found_by_its_name(void **state)
{
    (void)state;
    size_t len;
    char *bytes = load_capture("dial_DtmfChecker.bin", &len);
    frames f = read_frames(bytes, len, 0, NULL);
    for (size_t k = 0; k < f.count; k++) {
        const swio_event *event = f.at[k].event;
        for (size_t i = 0; i < swio_event_header_count(event); i++) {
            const char *name = swio_event_header_name(event, i);
            size_t first = 0;
            while (strcasecmp(swio_event_header_name(event, first), name) != 0)
                first++;
            char upper[200];
            size_t n = 0;
            for (; name[n]; n++)
                upper[n] = (char)(name[n] >= 'a' && name[n] <= 'z' ? name[n] - 32 : name[n]);
            upper[n] = '\0';
            assert_ptr_equal(swio_event_get(event, name),
                             swio_event_header_value(event, first, NULL));
            assert_ptr_equal(swio_event_get(event, upper), swio_event_get(event, name));
        }
    }
    free_frames(&f);
    free(bytes);
}

static void values_are_decoded_once_and_lines_before(void **state)
{
    (void)state;
    swio_event *event = plain("sdp: v%3D0%0D%0As%3DX: not%20a%20header%0A\n"
                              "Zero: a%00b\n"
                              "lower: %3a%3A\n"
                              "broken: %4%zz%%41%\n"
                              "end: 100%\n"
                              "end2: 100%4\n"
                              "twice: %2541\n"
                              "undef: _undef_\n"
                              "\n");
    size_t len;
    const char *sdp = swio_event_get(event, "sdp");
    assert_string_equal(sdp, "v=0\r\ns=X: not a header\n");
    assert_ptr_equal(swio_event_get(event, "sdp"), sdp);
    assert_ptr_equal(swio_event_header_value(event, 0, &len), sdp);
    assert_int_equal(len, strlen(sdp));
    assert_memory_equal(swio_event_get_len(event, "Zero", &len), "a\0b", 4);
    assert_int_equal(len, 3);
    assert_string_equal(swio_event_get(event, "lower"), "::");
    assert_string_equal(swio_event_get(event, "broken"), "%4%zz%A%");
    assert_string_equal(swio_event_get(event, "end"), "100%");
    assert_string_equal(swio_event_get(event, "end2"), "100%4");
    assert_string_equal(swio_event_get(event, "twice"), "%41");
    assert_string_equal(swio_event_get(event, "undef"), "_undef_");
    assert_null(swio_event_get_len(event, "none", &len));
    assert_int_equal(len, 0);
    swio_event_unref(event);
}

/* More encoded values than buckets, each decoded in its own place. */
static void many_values_are_decoded(void **state)
{
    (void)state;
    enum { MANY = 1000 };
    swio_buf text = {0};
    for (int i = 0; i < MANY; i++)
        swio_buf_printf(&text, "Name-%d: %%25%d\n", i, i);
    swio_event *event = plain(text.data);
    const char *seen[MANY];
    for (int round = 0; round < 2; round++) {
        for (int i = MANY - 1; i >= 0; i--) {
            char name[20], value[20];
            snprintf(name, sizeof name, "Name-%d", i);
            snprintf(value, sizeof value, "%%%d", i);
            const char *got = swio_event_get(event, name);
            assert_string_equal(got, value);
            assert_true(round == 0 || got == seen[i]);
            seen[i] = got;
        }
    }
    swio_event_unref(event);
    swio_buf_free(&text);
}

static void without_memory_a_value_is_null_and_comes_later(void **state)
{
    (void)state;
    swio_event *event = plain("a: %41\nb: raw\n\n");
    size_t len = 7;
    swio_mem_fail_after(0, true);
    const char *decoded = swio_event_get_len(event, "a", &len), *raw = swio_event_get(event, "b");
    swio_mem_fail_after(-1, false);
    assert_null(decoded);
    assert_int_equal(len, 0);
    assert_string_equal(raw, "raw");
    assert_string_equal(swio_event_get(event, "a"), "A");
    swio_event_unref(event);
}

static void keys(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *key;
    } rows[] = {
        {"Event-Name: HEARTBEAT\n\n", "HEARTBEAT", "HEARTBEAT"},
        {"Event-Subclass: mod_bert%3A%3Alost_sync\nEvent-Name: CUSTOM\n\n", "CUSTOM",
         "mod_bert::lost_sync"},
        {"Event-Name: CUSTOM\n\n", "CUSTOM", "CUSTOM"},
        {"Event-Name: PRIVATE\nEvent-Subclass: x\n\n", "PRIVATE", "PRIVATE"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        swio_event *event = plain(rows[i].text);
        assert_string_equal(swio_event_name(event), rows[i].name);
        assert_string_equal(swio_event_key(event), rows[i].key);
        swio_event_unref(event);
    }
    swio_event *reply = plain("Reply-Text: +OK\n\n");
    assert_null(swio_event_name(reply));
    assert_null(swio_event_key(reply));
    swio_event_unref(reply);
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long long value;
    } rows[] = {
        {"0", 0},
        {"1795316359962636", 1795316359962636},
        {"-17", -17},
        {"+5", 5},
        {"%31%32", 12},
        {"9223372036854775807", LLONG_MAX},
        {"-9223372036854775808", LLONG_MIN},
        {"9223372036854775808", -1},
        {"", -1},
        {"12a", -1},
        {"%2012", -1},
        {"12%20", -1},
        {"0x10", -1},
        {"1.5", -1},
        {"+-5", -1},
        {"-", -1},
        {"5%00", -1},
        {"_undef_", -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[100];
        snprintf(text, sizeof text, "N: %s\n\n", rows[i].text);
        swio_event *event = plain(text);
        if (swio_event_get_int(event, "n", -1) != rows[i].value)
            fail_msg("'%s' is %lld", rows[i].text, swio_event_get_int(event, "n", -1));
        assert_int_equal(swio_event_get_int(event, "m", 42), 42);
        swio_event_unref(event);
    }
}

static void assert_items(const swio_event *event, const char *name, size_t count,
                         const char *const *items)
{
    size_t len;
    assert_int_equal(swio_event_array_count(event, name), count);
    for (size_t i = 0; i < count; i++) {
        const char *item = swio_event_array_item(event, name, i, &len);
        assert_int_equal(len, strlen(items[i]));
        assert_memory_equal(item, items[i], len);
    }
    assert_null(swio_event_array_item(event, name, count, &len));
    assert_int_equal(len, 0);
    assert_null(swio_event_array_item(event, name, SIZE_MAX, &len));
}

static void arrays(void **state)
{
    (void)state;
    swio_event *event = plain("two: ARRAY%3A%3Apark%7C%3Apark2\n"
                              "empty: ARRAY%3A%3A\n"
                              "holes: ARRAY::|:x|:\n"
                              "one: ARRAY%3A%3Asingle\n"
                              "none: a|:b\n"
                              "void: \n"
                              "bars: ARRAY%3A%3Aa%7Cb%7C%7C%3Ac\n"
                              "\n");
    assert_items(event, "two", 2, (const char *[]){"park", "park2"});
    assert_items(event, "empty", 1, (const char *[]){""});
    assert_items(event, "holes", 3, (const char *[]){"", "x", ""});
    assert_items(event, "one", 1, (const char *[]){"single"});
    assert_items(event, "none", 1, (const char *[]){"a|:b"});
    assert_items(event, "void", 1, (const char *[]){""});
    assert_items(event, "bars", 2, (const char *[]){"a|b|", "c"});
    assert_items(event, "absent", 0, NULL);
    swio_event_unref(event);
}

static void inner_bodies(void **state)
{
    (void)state;
    static const struct {
        const char *text, *body;
        size_t headers;
    } rows[] = {
        {"Event-Name: BACKGROUND_JOB\nContent-Length: 4\n\n+OK\n", "+OK\n", 2},
        {"Event-Name: A\ncontent-length: 4\n\na: b", "a: b", 2},
        /* raw, whatever is in it */
        {"Event-Name: A\nContent-Length: 9\n\n%41\nb: c\n\n", "%41\nb: c\n", 2},
        {"Event-Name: A\nContent-Length: 3\n\nabcdef", "abc", 2},
        {"Event-Name: A\nContent-Length: 0\n\nabc", "", 2},
        /* what the frame holds is the bound, whatever the event says */
        {"Event-Name: A\nContent-Length: 99\n\nabc", "abc", 2},
        {"Event-Name: A\nContent-Length: 99999999999999999999999\n\nabc", "abc", 2},
        {"Event-Name: A\nContent-Length: nonsense\n\nabc", "", 2},
        {"Event-Name: A\n\nabc", "abc", 1},
        /* a sendevent leaves its own; the one that FreeSWITCH writes comes last */
        {"Event-Name: A\ncontent-length: 77\nX: y\nContent-Length: 3\n\nabc", "abc", 4},
        {"Event-Name: A\n\n", "", 1},
        {"Event-Name: A\n", "", 1},
        {"Event-Name: A", "", 1},
        {"\n", "", 0},
        {"\nabc", "", 0},
        {"", "", 0},
    };
    /* behind a line of such a length the fast way is taken */
    static const char line[] = "Core-UUID: 2e24a6ea-5d1c-4d0e-9d55-2b1d8e7c1f10-and-so-on-and-on\n";
    for (size_t i = 0; i < 2 * COUNT(rows); i++) {
        const char *text = rows[i / 2].text, *expected = rows[i / 2].body;
        size_t before = i % 2 && *text && *text != '\n' ? 1 : 0, len;
        swio_buf joined = {0};
        swio_buf_printf(&joined, "%s%s", before ? line : "", text);
        swio_event *event = plain(joined.data);
        const char *body = swio_event_body(event, &len);
        if (len != strlen(expected) || strcmp(body, expected) != 0)
            fail_msg("row %zu: '%.*s' (%zu)", i / 2, (int)len, body, len);
        assert_int_equal(swio_event_header_count(event), rows[i / 2].headers + before);
        swio_event_unref(event);
        swio_buf_free(&joined);
    }
}

static void odd_lines_lose_no_header(void **state)
{
    (void)state;
    static const char text[] = "Event-Name: A\n"
                               "variable_foo\n"        /* a variable whose name has a line break */
                               "bar: value\n"          /* …goes on */
                               "variable_a:b: colon\n" /* and one with a ':' */
                               "NoSpace:value\n"
                               "Nothing:\n"
                               ": unnamed\n"
                               "Two:  spaces\n"
                               "Last: one\n";
    static const struct {
        const char *name, *value;
    } headers[] = {
        {"Event-Name", "A"},       {"", "variable_foo"}, {"bar", "value"},
        {"variable_a:b", "colon"}, {"NoSpace", "value"}, {"Nothing", ""},
        {"", "unnamed"},           {"Two", " spaces"},   {"Last", "one"},
    };
    swio_event *event = plain(text);
    assert_int_equal(swio_event_header_count(event), COUNT(headers));
    for (size_t i = 0; i < COUNT(headers); i++) {
        size_t len;
        assert_string_equal(swio_event_header_name(event, i), headers[i].name);
        assert_string_equal(swio_event_header_value(event, i, &len), headers[i].value);
        assert_int_equal(len, strlen(headers[i].value));
        if (*headers[i].name)
            assert_string_equal(swio_event_get(event, headers[i].name), headers[i].value);
    }
    assert_string_equal(swio_event_get(event, ""), "variable_foo");
    swio_event_unref(event);
}

/* Texts that end where memory ends, at the places where something might be looked for behind. */
static void nothing_behind_the_text_is_read(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "a",
                                        "a:",
                                        "a: ",
                                        "a: b",
                                        "a: %",
                                        "a: %4",
                                        "a: b\n",
                                        "a: b\n\n",
                                        "a: b\nc:",
                                        "a: b:",
                                        "Content-Length: 3\n\nabc",
                                        "Content-Length: 9\n\n9"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        guarded g = guard(texts[i], strlen(texts[i]));
        swio_event *event;
        assert_int_equal(swio_event_from_plain(g.bytes, strlen(texts[i]), 0, &event), 0);
        swio_event_unref(event);
        assert_int_equal(swio_event_from_json(g.bytes, strlen(texts[i]), 0, &event), SWIO_EPROTO);
        assert_int_equal(swio_event_from_xml(g.bytes, strlen(texts[i]), 0, &event), SWIO_EPROTO);
        unguard(&g);
    }
}

static void references_are_counted(void **state)
{
    (void)state;
    swio_event *event = plain("a: b\n\n");
    assert_ptr_equal(swio_event_ref(event), event);
    assert_int_equal(swio_obj_refs(event), 2);
    assert_null(swio_event_unref(event));
    assert_string_equal(swio_event_get(event, "a"), "b");
    assert_null(swio_event_unref(event));
    assert_null(swio_event_unref(NULL));
    assert_null(swio_event_ref(NULL));
}

static void events_are_made_of_headers(void **state)
{
    (void)state;
    const swio_raw_header headers[] = {
        {"Event-Name", 10, "X%41Y", 5, true},
        {"Raw", 3, "100%25|", 6, false},
        {"Nil", 3, "a\0b", 3, false},
        {"", 0, "stray", 5, false},
        {"Void", 4, "", 0, true},
    };
    swio_event *event;
    size_t len;
    assert_int_equal(swio_event_from_headers(headers, COUNT(headers), "body", 4, &event), 0);
    assert_int_equal(swio_event_header_count(event), COUNT(headers));
    assert_string_equal(swio_event_name(event), "XAY");
    assert_string_equal(swio_event_get(event, "raw"), "100%25");
    assert_memory_equal(swio_event_get_len(event, "nil", &len), "a\0b", 4);
    assert_int_equal(len, 3);
    assert_string_equal(swio_event_get(event, ""), "stray");
    assert_string_equal(swio_event_get(event, "void"), "");
    assert_string_equal(swio_event_body(event, &len), "body");
    assert_int_equal(len, 4);
    swio_raw_header h;
    assert_true(swio_event_raw_header(event, 0, &h));
    assert_int_equal(h.name_len, 10);
    assert_false(h.encoded); /* of a mixture all is decoded */
    assert_false(swio_event_raw_header(event, COUNT(headers), &h));
    swio_event_unref(event);

    assert_int_equal(swio_event_from_headers(headers, 1, NULL, 0, &event), 0);
    assert_true(swio_event_raw_header(event, 0, &h));
    assert_true(h.encoded); /* alone it stays as it is */
    assert_memory_equal(h.value, "X%41Y", 5);
    assert_string_equal(swio_event_name(event), "XAY");
    assert_string_equal(swio_event_body(event, NULL), "");
    swio_event_unref(event);
    assert_int_equal(swio_event_from_headers(NULL, 0, NULL, 0, &event), 0);
    assert_int_equal(swio_event_header_count(event), 0);
    swio_event_unref(event);
    for (long n = 0; n < 3; n++) {
        swio_mem_fail_after(n, false);
        int error = swio_event_from_headers(headers, COUNT(headers), "b", 1, &event);
        swio_mem_fail_after(-1, false);
        assert_int_equal(error, SWIO_ENOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_in_any_case_and_the_first_wins),
        cmocka_unit_test(every_header_is_found_by_its_name),
        cmocka_unit_test(values_are_decoded_once_and_lines_before),
        cmocka_unit_test(many_values_are_decoded),
        cmocka_unit_test(without_memory_a_value_is_null_and_comes_later),
        cmocka_unit_test(keys),
        cmocka_unit_test(numbers),
        cmocka_unit_test(arrays),
        cmocka_unit_test(inner_bodies),
        cmocka_unit_test(odd_lines_lose_no_header),
        cmocka_unit_test(nothing_behind_the_text_is_read),
        cmocka_unit_test(references_are_counted),
        cmocka_unit_test(events_are_made_of_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
