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

enum { MAX_WAYS = 3, MAX_ENDS = 1000, MAX_TEXT = 6000 };

static void check_ends(const char *bytes, size_t len)
{
    uint32_t expected[MAX_ENDS], got[MAX_ENDS + SWIO_LINES_SLACK];
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n')
            expected[count++] = (uint32_t)i;
    }
    const swio_lines *all[MAX_WAYS];
    for (size_t n = ways(all), i = 0; i < n; i++) {
        assert_int_equal(all[i]->ends(bytes, len, got, MAX_ENDS), count);
        assert_memory_equal(got, expected, count * sizeof *got);
    }
}

static void every_way_finds_the_same_ends(void **state)
{
    (void)state;
    srand(1);
    for (size_t len = 0; len < 400; len++) {
        for (int density = 1; density < 200; density *= 3) {
            char bytes[400];
            for (size_t i = 0; i < len; i++)
                bytes[i] = (char)(rand() % density == 0 ? '\n' : rand());
            guarded g = guard(bytes, len);
            check_ends(g.bytes, len);
            unguard(&g);
        }
    }
}

/* Neighbours of a line end, which a trick with carries takes for one. */
static void no_other_byte_is_an_end(void **state)
{
    (void)state;
    char bytes[256 * 2];
    for (size_t i = 0; i < 256; i++) {
        bytes[2 * i] = '\n';
        bytes[2 * i + 1] = (char)i;
    }
    check_ends(bytes, sizeof bytes);
    for (int c = 0; c < 256; c++) {
        memset(bytes, c, 130);
        check_ends(bytes, 130);
    }
}

static void more_ends_than_the_bound_are_told_and_not_written(void **state)
{
    (void)state;
    char bytes[500];
    memset(bytes, '\n', sizeof bytes);
    const swio_lines *all[MAX_WAYS];
    for (size_t n = ways(all), i = 0; i < n; i++) {
        for (size_t max = 0; max < 300; max += 7) {
            uint32_t *ends = malloc((max + SWIO_LINES_SLACK) * sizeof *ends);
            assert_non_null(ends);
            assert_true(all[i]->ends(bytes, sizeof bytes, ends, max) > max);
            assert_int_equal(all[i]->ends(bytes, max, ends, max), max);
            free(ends);
        }
    }
}

/* A random line of a random length, with a ": " somewhere or not. */
static size_t make_line(char *line)
{
    size_t name = (size_t)rand() % (rand() % 4 ? 40 : 100), value = (size_t)rand() % 60;
    for (size_t i = 0; i < name + 2 + value; i++)
        line[i] = (char)(' ' + 1 + rand() % 25); /* no ':' among them */
    line[name] = ':';
    line[name + 1] = rand() % 40 ? ' ' : 'x';
    if (rand() % 40 == 0)
        line[name] = 'x';
    if (rand() % 40 == 0)
        line[rand() % 6] = ':';
    line[name + 2 + value] = '\n';
    return name + 2 + value + 1;
}

/* What split() is to do, one byte after the other. */
static size_t split_slowly(char *text, const uint32_t *ends, size_t count, swio_entry *entries,
                           uint8_t *prints)
{
    size_t line = 0;
    for (size_t i = 0; i < count; i++) {
        size_t colon = line;
        while (colon < ends[i] && text[colon] != ':')
            colon++;
        if (colon == ends[i] || text[colon + 1] != ' ')
            return i;
        entries[i] = (swio_entry){(uint32_t)colon, ends[i]};
        prints[i] = swio_fingerprint(text + line, colon - line);
        text[colon] = text[ends[i]] = '\0';
        line = ends[i] + 1;
    }
    return count;
}

static void every_way_splits_the_same(void **state)
{
    (void)state;
    srand(1);
    size_t complete = 0;
    for (int round = 0; round < 3000; round++) {
        static char text[MAX_TEXT + SWIO_TEXT_SLACK], copy[sizeof text], expected[sizeof text];
        uint32_t ends[40];
        swio_entry entries[40], expected_entries[40];
        uint8_t prints[40], expected_prints[40];
        size_t len = 0, lines = 1 + (size_t)rand() % 30;
        memset(text, 0, sizeof text);
        for (size_t i = 0; i < lines; i++) {
            len += make_line(text + len);
            ends[i] = (uint32_t)len - 1;
        }
        memcpy(expected, text, sizeof text);
        size_t count = split_slowly(expected, ends, lines, expected_entries, expected_prints);
        complete += count == lines;
        const swio_lines *all[MAX_WAYS];
        for (size_t n = ways(all), i = 0; i < n; i++) {
            memcpy(copy, text, sizeof text);
            assert_int_equal(all[i]->split(copy, ends, lines, entries, prints), count);
            assert_memory_equal(copy, expected, sizeof copy);
            assert_memory_equal(entries, expected_entries, count * sizeof *entries);
            assert_memory_equal(prints, expected_prints, count);
        }
    }
    assert_in_range(complete, 500, 2500);
}

/* A name that goes up to the last byte of its line, with nothing but slack behind. */
static void names_of_any_length_at_the_end(void **state)
{
    (void)state;
    for (size_t name = 0; name < 100; name++) {
        size_t len = name + 3;
        char bytes[200] = {0};
        memset(bytes, 'n', name);
        memcpy(bytes + name, ": \n", sizeof ": \n");
        guarded g = guard(bytes, len + SWIO_TEXT_SLACK);
        const swio_lines *all[MAX_WAYS];
        for (size_t n = ways(all), i = 0; i < n; i++) {
            memcpy(g.bytes, bytes, len);
            uint32_t end = (uint32_t)len - 1;
            swio_entry entry;
            uint8_t print;
            assert_int_equal(all[i]->split(g.bytes, &end, 1, &entry, &print), 1);
            assert_int_equal(entry.colon, name);
            assert_int_equal(entry.end, name + 2);
            memset(g.bytes, 'n', len - 1); /* and without a ':' */
            g.bytes[len - 1] = '\n';
            assert_int_equal(all[i]->split(g.bytes, &end, 1, &entry, &print), 0);
        }
        unguard(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_finds_the_same_ends),
        cmocka_unit_test(no_other_byte_is_an_end),
        cmocka_unit_test(more_ends_than_the_bound_are_told_and_not_written),
        cmocka_unit_test(every_way_splits_the_same),
        cmocka_unit_test(names_of_any_length_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
