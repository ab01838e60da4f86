/* The stages of a run: what they come to, and what is refused. */
#include <stdlib.h>
#include <string.h>

#include "cli/dial_stages.h"
#include "support/cmocka.h"
#include "support/said.h"

static const command cmd = {.name = "test"};

static void test_read(void **state)
{
    (void)state;
    dial_stages s;
    assert_int_equal(dial_stages_read(&cmd, "30s:10,5m:100,1.5h:2.5,250ms:0,7:1", &s), -1);
    assert_int_equal(s.count, 5);
    static const double wanted[][2] = {{30, 10}, {300, 100}, {5400, 2.5}, {0.25, 0}, {7, 1}};
    for (size_t i = 0; i < s.count; i++) {
        assert_float_equal(s.stage[i].seconds, wanted[i][0], 1e-9);
        assert_float_equal(s.stage[i].rate, wanted[i][1], 1e-9);
    }
    assert_float_equal(dial_stages_seconds(&s), 5737.25, 1e-9);
    assert_float_equal(dial_stages_peak(&s), 100, 1e-9);
    assert_int_equal(dial_stages_read(&cmd, "0:50,60s:50", &s), -1); /* steady from the start */
    assert_int_equal(dial_stages_read(&cmd, NULL, &s), -1);
    assert_int_equal(s.count, 0);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } mistakes[] = {
        {"30s", "'30s' is no TIME:RATE"},       {"30x:10", "'30x:10' is no TIME:RATE"},
        {"s:10", "'s:10' is no TIME:RATE"},     {"-3s:10", "'-3s:10' is no TIME:RATE"},
        {"inf:10", "'inf:10' is no TIME:RATE"}, {"30s:", "'30s:' has no rate"},
        {"30s:x", "'30s:x' has no rate"},       {"30s:-1", "'30s:-1' has no rate"},
        {"30s:nan", "'30s:nan' has no rate"},   {"30s:10 ,3s:1", "'30s:10 ' has no rate"},
        {"30s:10,", "'' is no TIME:RATE"},      {",30s:10", "'' is no TIME:RATE"},
        {"30s:10,,3s:1", "'' is no TIME:RATE"}, {"30s:10:20", "'30s:10:20' has no rate"},
        {"3000h:10", "takes too long"},         {"1s:1e7", "asks too much"},
        {"0s:10", "they take no time at all"},  {"10s:0,5s:0", "the rate is 0 all the time"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        dial_stages s;
        said_begin(STDERR_FILENO);
        int status = dial_stages_read(&cmd, mistakes[i].text, &s);
        const char *text = said_end();
        assert_int_equal(status, STATUS_USAGE);
        if (!strstr(text, mistakes[i].says))
            fail_msg("'%s' is answered by: %s", mistakes[i].text, text);
    }
}

/* As many as there is room for, and one more. */
static void test_too_many(void **state)
{
    (void)state;
    static char text[8 * (DIAL_STAGES_MAX + 1)];
    dial_stages s;
    char *to = stpcpy(text, "1:1");
    for (int i = 1; i < DIAL_STAGES_MAX; i++)
        to = stpcpy(to, ",1:1");
    assert_int_equal(dial_stages_read(&cmd, text, &s), -1);
    assert_int_equal(s.count, DIAL_STAGES_MAX);
    stpcpy(to, ",1:1");
    said_begin(STDERR_FILENO);
    assert_int_equal(dial_stages_read(&cmd, text, &s), STATUS_USAGE);
    assert_non_null(strstr(said_end(), "more than 64"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
