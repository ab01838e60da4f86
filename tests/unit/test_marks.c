#include <stdlib.h>
#include <string.h>

#include "esl/marks.h"
#include "support/cmocka.h"
#include "support/streams.h"

typedef struct way {
    const char *name;
    swio_marks_fn *find;
} way;

static size_t ways(way *out)
{
    size_t n = 0;
    out[n++] = (way){"portable", swio_marks_portable};
    out[n++] = (way){"chosen", swio_marks_find};
#ifdef __x86_64__
    out[n++] = (way){"sse2", swio_marks_sse2};
    if (swio_marks_has_avx2())
        out[n++] = (way){"avx2", swio_marks_avx2};
#endif
    return n;
}

enum { MAX = 1000 };

static void check(const char *bytes, size_t len)
{
    uint32_t expected[MAX], got[MAX + SWIO_MARKS_SLACK];
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == ':' || bytes[i] == '\n')
            expected[count++] = (uint32_t)i;
    }
    way all[4];
    for (size_t n = ways(all), i = 0; i < n; i++) {
        assert_int_equal(all[i].find(bytes, len, got, MAX), count);
        assert_memory_equal(got, expected, count * sizeof *got);
    }
}

static void every_way_finds_the_same(void **state)
{
    (void)state;
    srand(1);
    for (size_t len = 0; len < 400; len++) {
        for (int density = 1; density < 200; density *= 3) {
            char bytes[400];
            for (size_t i = 0; i < len; i++) {
                bytes[i] = (char)rand();
                if (rand() % density == 0)
                    bytes[i] = rand() % 2 ? ':' : '\n';
            }
            guarded g = guard(bytes, len);
            check(g.bytes, len);
            unguard(&g);
        }
    }
}

/* Neighbours of the marks, which a trick with carries takes for them. */
static void no_other_byte_is_a_mark(void **state)
{
    (void)state;
    char bytes[256 * 2];
    for (size_t i = 0; i < 256; i++) {
        bytes[2 * i] = i % 2 ? ':' : '\n';
        bytes[2 * i + 1] = (char)i;
    }
    check(bytes, sizeof bytes);
    for (int c = 0; c < 256; c++) {
        memset(bytes, c, 130);
        check(bytes, 130);
    }
}

static void more_than_the_bound_is_told_and_not_written(void **state)
{
    (void)state;
    char bytes[500];
    memset(bytes, ':', sizeof bytes);
    way all[4];
    for (size_t n = ways(all), i = 0; i < n; i++) {
        for (size_t max = 0; max < 300; max += 7) {
            uint32_t *marks = malloc((max + SWIO_MARKS_SLACK) * sizeof *marks);
            assert_non_null(marks);
            assert_true(all[i].find(bytes, sizeof bytes, marks, max) > max);
            assert_int_equal(all[i].find(bytes, max, marks, max), max);
            free(marks);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_finds_the_same),
        cmocka_unit_test(no_other_byte_is_a_mark),
        cmocka_unit_test(more_than_the_bound_is_told_and_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
