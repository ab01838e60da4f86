#include "track/same.h"

#include <string.h>

#include "support/cmocka.h"

enum { MOST = 100, AROUND = 32 };

/* What stands before the texts, and how they are aligned, makes no difference. */
static void every_length_is_told_from_every_change(void **state)
{
    (void)state;
    char a[MOST + 2 * AROUND], b[sizeof a];
    for (size_t len = 0; len <= MOST; len++) {
        memset(a, 'x', sizeof a);
        memset(b, 'y', sizeof b);
        char *a_end = a + AROUND + len, *b_end = b + AROUND + len + len % 7;
        for (size_t i = 1; i <= len; i++)
            a_end[-(ptrdiff_t)i] = b_end[-(ptrdiff_t)i] = (char)('a' + i % 26);
        assert_true(swio_same_before(a_end, b_end, len));
        assert_false(swio_same_before(a_end, b_end, len + 1));
        for (size_t i = 1; i <= len; i++) {
            b_end[-(ptrdiff_t)i] ^= 1;
            assert_false(swio_same_before(a_end, b_end, len));
            assert_true(swio_same_before(a_end, b_end, i - 1));
            b_end[-(ptrdiff_t)i] ^= 1;
        }
    }
}

/* Nor what stands behind them, when bytes are counted. */
static void the_first_change_is_found(void **state)
{
    (void)state;
    char a[MOST + 2 * AROUND], b[sizeof a];
    memset(a, 'x', sizeof a);
    for (size_t len = 0; len <= MOST; len++) {
        size_t shift = len % 7;
        memset(b, 'y', sizeof b);
        memset(b + shift, 'x', len);
        for (size_t most = 0; most <= len + 2 && most <= MOST; most++)
            assert_int_equal(swio_same_bytes(a, b + shift, most), most < len ? most : len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_is_told_from_every_change),
        cmocka_unit_test(the_first_change_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
