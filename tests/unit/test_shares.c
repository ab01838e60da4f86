/* Who gets the next call: exact shares, interleaved. */
#include "dial/shares.h"

#include <math.h>

#include "support/cmocka.h"

enum { MAX = 12 };

/* Takes `takes`, and after each one everybody has had his part, give or take less than one. */
static void check(const double *weights, size_t count, unsigned takes)
{
    swio_share shares[MAX] = {{0, 0}};
    double all = 0;
    for (size_t i = 0; i < count; i++) {
        shares[i].weight = weights[i];
        all += weights[i];
    }
    for (unsigned n = 1; n <= takes; n++) {
        size_t next = swio_shares_next(shares, count);
        assert_in_range(next, 0, count - 1);
        shares[next].taken++;
        for (size_t i = 0; i < count; i++)
            if (!(fabs((double)shares[i].taken - n * weights[i] / all) < 1))
                fail_msg("%u takes, weight %g of %g: %g", n, weights[i], all,
                         (double)shares[i].taken);
    }
}

static void test_shares(void **state)
{
    (void)state;
    check((const double[]){1}, 1, 100);
    check((const double[]){33, 33, 34}, 3, 3000);
    check((const double[]){1, 1}, 2, 1000);
    check((const double[]){0.1, 0.2, 0.7}, 3, 10000);
    check((const double[]){1000, 1, 1, 1}, 4, 5000);
    check((const double[]){34, 1, 33, 0, 7}, 5, 5000);
    /* The greediest way of choosing leaves the small ones behind here. */
    check((const double[]){12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 12, 7800);
    check((const double[]){2520, 1260, 840, 630, 504, 420, 360, 315, 280, 252, 229, 210}, 12,
          30000);
}

/* No run of the same where the weights are the same. */
static void test_interleaved(void **state)
{
    (void)state;
    swio_share shares[] = {{33, 0}, {33, 0}, {34, 0}};
    size_t before = 3, repeats = 0;
    for (int n = 0; n < 3000; n++) {
        size_t next = swio_shares_next(shares, 3);
        shares[next].taken++;
        repeats += next == before;
        before = next;
    }
    assert_true(repeats < 60);
    assert_int_equal(shares[0].taken, 990);
    assert_int_equal(shares[1].taken, 990);
    assert_int_equal(shares[2].taken, 1020);
}

static void test_nobody(void **state)
{
    (void)state;
    swio_share shares[] = {{0, 0}, {0, 0}};
    assert_int_equal(swio_shares_next(shares, 2), 2);
    assert_int_equal(swio_shares_next(shares, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_interleaved),
        cmocka_unit_test(test_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
