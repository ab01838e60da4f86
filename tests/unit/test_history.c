#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "captures.h"
#include "esl/event.h"
#include "support/events.h"
#include "track/history.h"

/* A history, and beside it the same events kept whole. */
typedef struct both {
    swio_names *names;
    swio_history history;
    swio_history_scratch scratch;
    swio_event *whole[512];
    size_t count;
} both;

static void begin(both *b)
{
    *b = (both){0};
    assert_int_equal(swio_names_new(&b->names), 0);
    swio_history_init(&b->history, b->names);
}

static void end(both *b)
{
    for (size_t i = 0; i < b->count; i++)
        swio_event_unref(b->whole[i]);
    swio_history_free(&b->history);
    swio_history_scratch_free(&b->scratch);
    swio_names_unref(b->names);
}

static void take(both *b, swio_event *event)
{
    assert_true(b->count < 512);
    assert_int_equal(swio_history_append(&b->history, &b->scratch, event), 0);
    b->whole[b->count++] = event;
}

static void same_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
    assert_int_equal(a_len, b_len);
    assert_memory_equal(a, b, a_len + 1); /* with the NUL */
}

/* The event made again has everything that the whole one has. */
static void same_event(const swio_event *made, const swio_event *whole)
{
    size_t count = swio_event_header_count(whole), a_len, b_len;
    assert_int_equal(swio_event_header_count(made), count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(swio_event_header_name(made, i), swio_event_header_name(whole, i));
        const char *a = swio_event_header_value(made, i, &a_len);
        const char *b = swio_event_header_value(whole, i, &b_len);
        same_text(a, a_len, b, b_len);
    }
    const char *a = swio_event_body(made, &a_len), *b = swio_event_body(whole, &b_len);
    same_text(a, a_len, b, b_len);
}

/* Every header of every event, asked for by name in the history and in the whole events. */
static void check(both *b)
{
    assert_int_equal(swio_history_count(&b->history), b->count);
    for (size_t i = 0; i < b->count; i++) {
        const swio_event *whole = b->whole[b->count - 1 - i];
        swio_event *made;
        assert_int_equal(swio_history_event(&b->history, i, &made), 0);
        same_event(made, whole);
        swio_event_unref(made);
        for (size_t h = 0; h < swio_event_header_count(whole); h++) {
            const char *name = swio_event_header_name(whole, h);
            size_t len, want_len;
            const char *want = swio_event_get_len(whole, name, &want_len);
            const char *got = swio_history_get_at(&b->history, i, name, &len);
            same_text(got, len, want, want_len);
            for (size_t k = b->count; k-- > 0;) {
                want = swio_event_get_len(b->whole[k], name, &want_len);
                if (want)
                    break;
            }
            got = swio_history_get(&b->history, name, &len);
            same_text(got, len, want, want_len);
        }
    }
}

static void captured_sessions_are_remembered_whole(void **state)
{
    (void)state;
    static const char *const names[] = {"dial_TonePlay.bin", "basic_call.bin",
                                        "basic_call_json.bin", "basic_call_xml.bin", "bridge.bin"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        size_t len, events = 0;
        char *bytes = load_capture(names[n], &len);
        dialogue d = dialogue_of(bytes, len);
        free(bytes);
        for (size_t first = 0; first < d.count; first++) {
            const char *uuid = swio_event_get(d.events[first], "Unique-ID");
            bool seen = !uuid;
            for (size_t i = 0; i < first && !seen; i++) {
                const char *other = swio_event_get(d.events[i], "Unique-ID");
                seen = other && strcmp(other, uuid) == 0;
            }
            if (seen)
                continue;
            both b;
            begin(&b);
            for (size_t i = first; i < d.count; i++) {
                const char *other = swio_event_get(d.events[i], "Unique-ID");
                if (other && strcmp(other, uuid) == 0)
                    take(&b, swio_event_ref(d.events[i]));
            }
            check(&b);
            events += b.count;
            end(&b);
        }
        assert_true(events > 20);
        dialogue_free(&d);
    }
}

static void headers_come_and_go_and_repeat(void **state)
{
    (void)state;
    both b;
    begin(&b);
    take(&b, event_of("Event-Name", "ONE", "A", "1", "B", "2", "C", "3", NULL));
    take(&b, event_of("Event-Name", "TWO", "C", "3", "A", "1", NULL));
    take(&b, event_of("Event-Name", "ONE", "A", "x", "A", "y", "a", "z", "B", "", NULL));
    take(&b, event_of("Event-Name", "ONE", "A", "x", "A", "y", "a", "z", "B", "", NULL));
    take(&b, event_with_body("a body\n", "Event-Name", "ONE", "A", "1", "A", "x", NULL));
    take(&b, event_of("Event-Name", "TWO", NULL));
    take(&b, event_of(NULL, NULL));
    check(&b);
    assert_string_equal(swio_history_get(&b.history, "a", NULL), "1");
    assert_string_equal(swio_history_get(&b.history, "b", NULL), "");
    assert_string_equal(swio_history_get(&b.history, "C", NULL), "3");
    assert_null(swio_history_get(&b.history, "D", NULL));
    assert_null(swio_history_get_at(&b.history, 0, "A", NULL));
    assert_null(swio_history_get_at(&b.history, 7, "A", NULL));
    swio_event *event;
    assert_int_equal(swio_history_event(&b.history, 7, &event), SWIO_ENOENT);
    end(&b);
}

static void a_long_value_and_many_lines(void **state)
{
    (void)state;
    both b;
    begin(&b);
    char *big = malloc(200001), number[32];
    assert_non_null(big);
    memset(big, 'x', 200000);
    big[200000] = '\0';
    take(&b, event_of("First", "f", "Big", big, "Last", "l", NULL));
    for (int i = 0; i < 300; i++) {
        snprintf(number, sizeof number, "%d", i);
        take(&b, event_of("Number", number, "Big", big, "Parity", i % 2 ? "odd" : "even", NULL));
    }
    check(&b);
    end(&b);
    free(big);
}

static void texts_stay_where_they_are(void **state)
{
    (void)state;
    both b;
    begin(&b);
    take(&b, event_of("Number", "first", NULL));
    const char *first = swio_history_get(&b.history, "Number", NULL);
    char number[32];
    for (int i = 0; i < 100; i++) {
        snprintf(number, sizeof number, "%d", i);
        take(&b, event_of("Number", number, NULL));
    }
    assert_string_equal(first, "first");
    assert_ptr_equal(swio_history_get_at(&b.history, 100, "number", NULL), first);
    end(&b);
}

static void encoded_values_are_decoded_once(void **state)
{
    (void)state;
    both b;
    begin(&b);
    static const char *const texts[] = {
        "Name: a%20b\nSame: %41%zz%\nPlain: p\n\n",
        "Name: a%20b\nSame: %41%zz%\nPlain: q\n\n",
        "Name: c%0Ad\nSame: A%zz%\nPlain: p\n\n",
    };
    for (size_t i = 0; i < 3; i++) {
        swio_event *event;
        assert_int_equal(swio_event_from_plain(texts[i], strlen(texts[i]), 0, &event), 0);
        take(&b, event);
    }
    take(&b, event_of("Name", "a%20b", "Plain", "p", NULL)); /* this one is not encoded */
    check(&b);
    const char *value = swio_history_get_at(&b.history, 3, "Name", NULL);
    assert_string_equal(value, "a b");
    assert_ptr_equal(swio_history_get_at(&b.history, 2, "Name", NULL), value);
    assert_string_equal(swio_history_get_at(&b.history, 1, "Name", NULL), "c\nd");
    assert_string_equal(swio_history_get(&b.history, "Name", NULL), "a%20b");
    assert_string_equal(swio_history_get(&b.history, "Same", NULL), "A%zz%");
    end(&b);
}

/* Small events with few names and values, so that everything repeats, moves and vanishes. */
static void any_sequence_is_remembered(void **state)
{
    (void)state;
    static const char *const names[] = {"A", "B", "b", "C", "D", "E", "F", "G"};
    static const char *const values[] = {"", "1", "2", "longer", "1%20"};
    unsigned seed = 1;
    for (int round = 0; round < 50; round++) {
        both b;
        begin(&b);
        for (int i = 0; i < 30; i++) {
            swio_raw_header headers[12];
            size_t count = (unsigned)rand_r(&seed) % 13;
            bool encoded = rand_r(&seed) % 2;
            for (size_t h = 0; h < count; h++) {
                const char *name = names[(unsigned)rand_r(&seed) % 8];
                const char *value = values[(unsigned)rand_r(&seed) % 5];
                headers[h] = (swio_raw_header){name, strlen(name), value, strlen(value), encoded};
            }
            swio_event *event;
            assert_int_equal(swio_event_from_headers(headers, count, "b", (size_t)i % 2, &event),
                             0);
            take(&b, event);
        }
        check(&b);
        end(&b);
    }
}

/* Changes a list of headers a little, as from one event of a channel to the next. */
static size_t vary(swio_raw_header *headers, size_t count, unsigned *seed)
{
    static const char *const values[] = {"", "1", "2", "a value of more than 32 bytes, as some are",
                                         "a value of more than 32 bytes, as some were"};
    static char names[40][64];
    for (int changes = rand_r(seed) % 4; changes > 0; changes--) {
        size_t at = count ? (unsigned)rand_r(seed) % count : 0, what = (unsigned)rand_r(seed) % 8;
        if (what == 0 && count > 0) {
            memmove(headers + at, headers + at + 1, (--count - at) * sizeof *headers);
        } else if (what <= 2 && count < 40) {
            memmove(headers + at + 1, headers + at, (count++ - at) * sizeof *headers);
            size_t n = (unsigned)rand_r(seed) % 40;
            snprintf(names[n], sizeof names[n], "%s-%zu", n % 3 ? "Name" : "variable_long_name", n);
            headers[at].name = names[n];
            headers[at].name_len = strlen(names[n]);
        }
        if (count > 0) {
            at = (unsigned)rand_r(seed) % count;
            headers[at].value = values[(unsigned)rand_r(seed) % 5];
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!headers[i].value)
            headers[i].value = "new";
        headers[i].value_len = strlen(headers[i].value);
    }
    return count;
}

/* With the newest event at hand or not: after another history took its place, or it was let go. */
static void events_like_the_last_are_remembered(void **state)
{
    (void)state;
    unsigned seed = 1;
    for (int round = 0; round < 40; round++) {
        both b;
        begin(&b);
        swio_history other;
        swio_history_init(&other, b.names);
        swio_raw_header headers[41] = {0};
        size_t count = 0;
        for (int i = 0; i < 60; i++) {
            count = vary(headers, count, &seed);
            swio_event *event;
            assert_int_equal(swio_event_from_headers(headers, count, NULL, 0, &event), 0);
            take(&b, event);
            int next = rand_r(&seed) % 8;
            if (next == 0)
                swio_history_forget(&b.history, &b.scratch);
            b.scratch.serials = SWIO_HISTORY_RECENT; /* the next goes where serial 1 stands */
            if (next == 1)
                assert_int_equal(swio_history_append(&other, &b.scratch, event), 0);
        }
        check(&b);
        swio_history_free(&other);
        end(&b);
    }
}

static void without_memory_the_history_is_as_before(void **state)
{
    (void)state;
    size_t len;
    char *bytes = load_capture("dial_TonePlay.bin", &len);
    dialogue d = dialogue_of(bytes, len);
    free(bytes);
    bool failing = true;
    for (long n = 0; failing; n++) {
        both b;
        begin(&b);
        unsigned failures = 0;
        swio_mem_fail_after(n, false);
        for (size_t i = 0; i < d.count; i++) {
            int error = swio_history_append(&b.history, &b.scratch, d.events[i]);
            if (error) {
                assert_int_equal(error, SWIO_ENOMEM);
                failures++;
                error = swio_history_append(&b.history, &b.scratch, d.events[i]);
                assert_int_equal(error, 0);
            }
            b.whole[b.count++] = swio_event_ref(d.events[i]);
        }
        failing = swio_mem_fail_after(-1, false) > (size_t)n;
        assert_true(failures <= 1);
        check(&b);
        end(&b);
    }
    dialogue_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captured_sessions_are_remembered_whole),
        cmocka_unit_test(headers_come_and_go_and_repeat),
        cmocka_unit_test(a_long_value_and_many_lines),
        cmocka_unit_test(texts_stay_where_they_are),
        cmocka_unit_test(encoded_values_are_decoded_once),
        cmocka_unit_test(any_sequence_is_remembered),
        cmocka_unit_test(events_like_the_last_are_remembered),
        cmocka_unit_test(without_memory_the_history_is_as_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
