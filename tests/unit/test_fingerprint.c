#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esl/fingerprint.h"
#include "support/cmocka.h"

static void case_makes_no_difference(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"Event-Name", "EVENT-NAME"},
        {"Unique-ID", "unique-id"},
        {"A", "a"},
        {"aB", "Ab"},
        {"variable_sip_h_X-app", "VARIABLE_SIP_H_X-APP"},
        {"", ""},
        {"xyZ", "XYz"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        assert_int_equal(swio_fingerprint(pairs[i][0], strlen(pairs[i][0])),
                         swio_fingerprint(pairs[i][1], strlen(pairs[i][1])));
}

/* Names that differ by one byte or by their length seldom share a print. */
static void names_spread(void **state)
{
    (void)state;
    unsigned seen[256] = {0}, most = 0;
    for (int i = 0; i < 2560; i++) {
        char name[40];
        int len = snprintf(name, sizeof name, "variable_rtp_%c%x", 'a' + i % 26, i);
        unsigned n = ++seen[swio_fingerprint(name, (size_t)len)];
        most = n > most ? n : most;
    }
    assert_in_range(most, 10, 40);
}

static void both_ways_find_the_same(void **state)
{
    (void)state;
    srand(1);
    for (int round = 0; round < 2000; round++) {
        uint8_t prints[SWIO_FINGERPRINTS];
        for (size_t i = 0; i < sizeof prints; i++)
            prints[i] = (uint8_t)(rand() % (1 + round % 256));
        uint8_t print = (uint8_t)rand();
        uint64_t hits = swio_fingerprint_hits_portable(prints, print);
        assert_int_equal(swio_fingerprint_hits(prints, print), hits);
        for (unsigned i = 0; i < SWIO_FINGERPRINTS; i++)
            assert_int_equal(hits >> i & 1, prints[i] == print);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_makes_no_difference),
        cmocka_unit_test(names_spread),
        cmocka_unit_test(both_ways_find_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
