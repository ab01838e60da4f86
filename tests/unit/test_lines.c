#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esl/fingerprint.h"
#include "esl/lines.h"
#include "support/cmocka.h"
#include "support/streams.h"

/* Every way that this machine can run. */
static size_t ways(const swio_lines **out)
{
    size_t n = 0;
    out[n++] = &swio_lines_portable;
#ifdef __x86_64__
    out[n++] = &swio_lines_sse2;
#endif
    if (swio_lines_best() != out[n - 1])
        out[n++] = swio_lines_best();
    return n;
}

enum { MAX_WAYS = 3, MAX_MARKS = 1000, MAX_TEXT = 6000, MAX_LINES = 40 };

static bool is_mark(char c)
{
    return c == ':' || c == '\n';
}

/* The bytes and the text end where nothing can be read or written. */
static void check_copy(const char *bytes, size_t len)
{
    uint32_t expected[MAX_MARKS], got[MAX_MARKS + SWIO_LINES_SLACK];
    char text[MAX_MARKS];
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        text[i] = bytes[i];
        if (is_mark(bytes[i])) {
            text[i] = '\0';
            expected[count++] = (uint32_t)i;
        }
    }
    guarded from = guard(bytes, len);
    const swio_lines *all[MAX_WAYS];
    for (size_t n = ways(all), i = 0; i < n; i++) {
        guarded to = guard(bytes, len);
        assert_int_equal(all[i]->copy(to.bytes, from.bytes, len, got, MAX_MARKS), count);
        assert_memory_equal(got, expected, count * sizeof *got);
        assert_memory_equal(to.bytes, text, len);
        unguard(&to);
    }
    unguard(&from);
}

static void every_way_copies_the_same(void **state)
{
    (void)state;
    srand(1);
    for (size_t len = SWIO_LINES_MIN; len < 400; len++) {
        for (int density = 1; density < 200; density *= 3) {
            char bytes[400];
            for (size_t i = 0; i < len; i++)
                bytes[i] = (char)(rand() % density == 0 ? ":\n"[rand() % 2] : rand());
            check_copy(bytes, len);
        }
    }
}

/* Neighbours of a mark, which a trick with carries takes for one. */
static void no_other_byte_is_a_mark(void **state)
{
    (void)state;
    char bytes[256 * 3];
    for (size_t i = 0; i < 256; i++) {
        bytes[3 * i] = '\n';
        bytes[3 * i + 1] = (char)i;
        bytes[3 * i + 2] = ':';
    }
    check_copy(bytes, sizeof bytes);
    for (int c = 0; c < 256; c++) {
        memset(bytes, c, 130);
        check_copy(bytes, 130);
    }
}

static void more_marks_than_the_bound_are_told_and_not_written(void **state)
{
    (void)state;
    char bytes[500], text[500];
    memset(bytes, '\n', sizeof bytes);
    const swio_lines *all[MAX_WAYS];
    for (size_t n = ways(all), i = 0; i < n; i++) {
        for (size_t max = 0; max < 300; max += 7) {
            uint32_t *marks = malloc((max + SWIO_LINES_SLACK) * sizeof *marks);
            assert_non_null(marks);
            assert_true(all[i]->copy(text, bytes, sizeof bytes, marks, max) > max);
            if (max >= SWIO_LINES_MIN)
                assert_int_equal(all[i]->copy(text, bytes, max, marks, max), max);
            free(marks);
        }
    }
}

/* A random line of a random length, with a ": " where it should be, or in one of 200 not. */
static size_t make_line(char *line)
{
    size_t name = (size_t)rand() % (rand() % 4 ? 40 : 100), value = (size_t)rand() % 60;
    for (size_t i = 0; i < name + 2 + value; i++)
        line[i] = (char)(' ' + 1 + rand() % 25); /* no ':' among them */
    line[name] = ':';
    line[name + 1] = rand() % 200 ? ' ' : 'x';
    if (rand() % 200 == 0)
        line[name] = 'x';
    if (rand() % 200 == 0)
        line[rand() % 6] = ':';
    line[name + 2 + value] = '\n';
    return name + 2 + value + 1;
}

/* What alternate() is to do, line by line. */
static bool alternate_slowly(const char *bytes, const uint32_t *marks, size_t count,
                             uint8_t *prints)
{
    size_t line = 0;
    for (size_t i = 0; i < count; i++) {
        size_t colon = marks[2 * i], end = marks[2 * i + 1];
        if (bytes[colon] != ':' || bytes[colon + 1] != ' ' || bytes[end] != '\n')
            return false;
        prints[i] = swio_fingerprint(bytes + line, colon - line);
        line = end + 1;
    }
    return true;
}

static size_t marks_of(const char *bytes, size_t len, swio_entry *entries)
{
    uint32_t *marks = &entries->colon;
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        if (is_mark(bytes[i]))
            marks[count++] = (uint32_t)i;
    }
    return count;
}

static void check_alternate(const char *bytes, size_t count, const swio_entry *entries,
                            bool expected, const uint8_t *expected_prints)
{
    const swio_lines *all[MAX_WAYS];
    for (size_t n = ways(all), i = 0; i < n; i++) {
        uint8_t prints[MAX_LINES + 1] = {0};
        prints[count] = 0xee; /* is not written to */
        assert_int_equal(all[i]->alternate(bytes, entries, count, prints), expected);
        assert_int_equal(prints[count], 0xee);
        if (expected)
            assert_memory_equal(prints, expected_prints, count);
    }
}

static void every_way_checks_the_same(void **state)
{
    (void)state;
    srand(1);
    size_t good = 0;
    for (int round = 0; round < 3000; round++) {
        char text[MAX_TEXT] = {0};
        swio_entry entries[1 + 2 * MAX_LINES] = {{0, UINT32_MAX}};
        uint8_t prints[2 * MAX_LINES];
        size_t len = 0, lines = (size_t)rand() % 30;
        for (size_t i = 0; i < lines; i++)
            len += make_line(text + len);
        text[len] = '\n'; /* the empty line behind them */
        size_t count = marks_of(text, len, entries + 1) / 2;
        bool expected = alternate_slowly(text, &entries[1].colon, count, prints);
        good += expected;
        guarded g = guard(text, len + 1);
        char *exact = malloc(len + 1); /* where a sanitizer sees what is read before it */
        assert_non_null(exact);
        memcpy(exact, text, len + 1);
        check_alternate(g.bytes, count, entries + 1, expected, prints);
        check_alternate(exact, count, entries + 1, expected, prints);
        free(exact);
        unguard(&g);
    }
    assert_in_range(good, 1000, 2900);
}

/* One thing wrong in each of the places of a group of headers, and behind it. */
static void one_wrong_byte_is_seen(void **state)
{
    (void)state;
    enum { LINES = 11 };
    static const char line[] = "Some-Name: v\n";
    enum { LEN = sizeof line - 1, COLON = 9 };
    for (size_t lines = 1; lines <= LINES; lines++) {
        for (size_t wrong = 0; wrong < lines; wrong++) {
            static const size_t places[] = {COLON, COLON + 1, LEN - 1};
            char text[LINES * LEN + 1];
            swio_entry entries[1 + LINES] = {{0, UINT32_MAX}};
            uint8_t prints[LINES];
            for (size_t i = 0; i < lines; i++)
                memcpy(text + i * LEN, line, LEN);
            text[lines * LEN] = '\n';
            marks_of(text, lines * LEN, entries + 1);
            memset(prints, swio_fingerprint(line, COLON), sizeof prints);
            check_alternate(text, lines, entries + 1, true, prints);
            for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
                char *byte = text + wrong * LEN + places[k], right = *byte;
                *byte = right == ':' ? '\n' : ':';
                check_alternate(text, lines, entries + 1, false, NULL);
                *byte = right;
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_copies_the_same),
        cmocka_unit_test(no_other_byte_is_a_mark),
        cmocka_unit_test(more_marks_than_the_bound_are_told_and_not_written),
        cmocka_unit_test(every_way_checks_the_same),
        cmocka_unit_test(one_wrong_byte_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
