#include "esl/plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "captures.h"
#include "esl/event.h"
#include "support/cmocka.h"
#include "support/streams.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Lines as FreeSWITCH writes them are read by other code than all others; both give the same. */
static void check_ways_agree(const char *text, size_t len)
{
    swio_builder slow = swio_builder_make(0);
    swio_event *a, *b;
    guarded g = guard(text, len);
    assert_int_equal(swio_event_from_plain(g.bytes, len, 0, &a), 0);
    unguard(&g);
    const char *end = memmem(text, len, "\n\n", 2);
    size_t block = text[0] == '\n' ? 0 : end ? (size_t)(end - text) + 1 : len;
    size_t body_at = block + 1 < len && block ? block + 1 : len;
    assert_int_equal(swio_plain_block(&slow, text, block, text + body_at, len - body_at, true, &b),
                     0);
    if (!same_event(a, b))
        fail_msg("differs: '%.*s'", (int)len, text);
    swio_event_unref(a);
    swio_event_unref(b);
    swio_builder_free(&slow);
}

static void recorded_events_are_the_same_either_way(void **state)
{
    (void)state;
    size_t len;
    char *bytes = load_capture("ring_hangup.bin", &len);
    frames f = read_frames(bytes, len, 0, NULL);
    for (size_t k = 0; k < f.count; k++) {
        if (f.at[k].kind != SWIO_FRAME_EVENT || swio_event_get(f.at[k].event, "Content-Length"))
            continue;        /* with an inner body it goes the slow way */
        size_t text_len = 1; /* what the headers take, with the empty line */
        swio_raw_header h;
        for (size_t i = 0; swio_event_raw_header(f.at[k].event, i, &h); i++)
            text_len += h.name_len + h.value_len + 3;
        check_ways_agree(bytes + f.ends[k] - text_len, text_len);
    }
    free_frames(&f);
    free(bytes);
}

/* Alone they are too short for the fast way; behind other lines, of any number and length, not. */
static void odd_lines_are_the_same_either_way(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "a: b\n\n",
        "a: b\nc: d\n\n",
        "a: b\n\nc: d\n\n",
        "a: b\n\n\n",
        "a: b\n:\n\n\n",
        "a b\nc:d: e\n\n",
        ": \n\n",
        "a:b\nc: d\n\n",
        "a: b: c\n\n",
        "\n\n",
        "a: b\nc\n:d\n\n",
        "a:\nb: c\n\n",
        "a: \n\n",
        ":: :\n\n",
        "a: b\n: c\n\n",
        "abcd: e\nab: f\n\n",
        "a: b:c: d\n\n",
        "a: b\nstray\n",
        "stray\n\n",
        "a : b\nc  : d\n\n",
        ":\n\n",
        "name:value\nx: y\n\n",
        "variable_a:b: c\n\n",
    };
    static const char *const lines[] = {
        "Event-Name: CHANNEL_EXECUTE_COMPLETE_OF_SOME_LENGTH\n",
        "Unique-ID: 6ef2a1c0-6b31-4e0f-8b3f-6f3b2f8e8f11\n",
        "abc: a name that is shorter than what is looked at for its fingerprint\n",
        "a: b\n",
    };
    for (size_t i = 0; i < COUNT(odd); i++) {
        check_ways_agree(odd[i], strlen(odd[i]));
        for (size_t before = 1; before < 12; before++) {
            for (size_t kind = 0; kind <= COUNT(lines); kind++) {
                swio_buf text = {0};
                for (size_t k = 0; k < before; k++)
                    swio_buf_puts(&text, lines[(kind < COUNT(lines) ? kind : k) % COUNT(lines)]);
                swio_buf_puts(&text, odd[i]);
                check_ways_agree(text.data, text.len);
                swio_buf_free(&text);
            }
        }
    }
}

/* Any byte in the place of any other. */
static void any_wrong_byte_is_the_same_either_way(void **state)
{
    (void)state;
    static const char text[] = "Event-Name: CHANNEL_PARK\nUnique-ID: 6ef2a1c0-6b31-4e0f-8b3f\n"
                               "x: a short name, and a value that makes up for it in length\n"
                               "variable_sip_h_X-switchio_app: Bert%20\n\n";
    for (size_t at = 0; at < sizeof text - 1; at++) {
        static const char others[] = ":\n x\0";
        for (size_t k = 0; k < sizeof others - 1; k++) {
            char copy[sizeof text];
            memcpy(copy, text, sizeof text);
            copy[at] = others[k];
            check_ways_agree(copy, sizeof text - 1);
        }
    }
}

/*
 * Around the number of headers up to which the fast way goes, and around the groups of prints; in
 * lines that are too short for it, and in longer ones.
 */
static void check_number_of_headers(int count, int width)
{
    swio_buf text = {0};
    for (int k = 0; k < count; k++)
        swio_buf_printf(&text, "N%d: %0*d\n", k, width, k);
    swio_buf_puts(&text, "\n");
    swio_event *event;
    assert_int_equal(swio_event_from_plain(text.data, text.len, 10000, &event), 0);
    assert_int_equal(swio_event_header_count(event), count);
    for (int k = 0; k <= count; k++) {
        char name[20];
        snprintf(name, sizeof name, "n%d", k);
        assert_int_equal(swio_event_get_int(event, name, -1), k < count ? k : -1);
    }
    swio_event_unref(event);
    size_t fewer = (size_t)count - 1;
    if (fewer) {
        assert_int_equal(swio_event_from_plain(text.data, text.len, fewer, &event), SWIO_ELIMIT);
        char says[50];
        snprintf(says, sizeof says, "more than %zu headers", fewer);
        assert_string_equal(swio_errmsg(), says);
    }
    swio_buf_free(&text);
}

static void any_number_of_headers(void **state)
{
    (void)state;
    static const int counts[] = {1,  15, 16,  17,  63,  64,   65,   66,   67,
                                 68, 69, 127, 128, 129, 4095, 4096, 4097, 9000};
    for (size_t i = 0; i < COUNT(counts); i++) {
        check_number_of_headers(counts[i], 1);
        check_number_of_headers(counts[i], 60);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_events_are_the_same_either_way),
        cmocka_unit_test(odd_lines_are_the_same_either_way),
        cmocka_unit_test(any_wrong_byte_is_the_same_either_way),
        cmocka_unit_test(any_number_of_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
