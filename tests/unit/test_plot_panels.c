#include "measure/plot_panels.h"

#include <math.h>
#include <string.h>

#include "support/cmocka.h"

/* The second of the local clock from which the times of a test count; microseconds. */
enum { T0 = 1000000000 };

static plot_picture picture;
static plot_data data;

static void free_data(void)
{
    swio_plot_data_free(&data);
}

/* A call at this second, whose leg the switch made there, and each latency by a clock. */
static void add_call(double second, double rate, int64_t switch_us, int64_t local_us)
{
    swio_cdr cdr;
    swio_cdr_init(&cdr);
    cdr.number = data.count + 1;
    cdr.outcome = SWIO_OUTCOME_ANSWERED;
    cdr.due_us = cdr.launch_us = T0 + (int64_t)(second * 1e6);
    cdr.req_originate_us = cdr.answer_seen_us = cdr.launch_us + local_us;
    cdr.caller.create_us = cdr.callee.answer_us = cdr.launch_us;
    cdr.callee.create_us = cdr.caller.answer_us = cdr.launch_us + switch_us;
    cdr.end_us = cdr.launch_us + 5000000;
    cdr.rate = rate;
    assert_int_equal(swio_plot_data_add(&data, &cdr), 0);
}

static void make(void)
{
    assert_int_equal(swio_plot_data_finish(&data), 0);
    assert_int_equal(swio_plot_picture_make(&picture, &data, 1200, 900, NULL), 0);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static size_t labelled(const plot_scale *scale)
{
    plot_tick ticks[PLOT_TICKS_MAX];
    size_t n = swio_plot_scale_ticks(scale, ticks), found = 0;
    for (size_t i = 0; i < n; i++)
        found += ticks[i].label[0] != '\0';
    return found;
}

static void slow_rates_have_an_axis(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        add_call(i * 20, 0.05, 20000, 30000);
    make();
    assert_in_range(labelled(&picture.panels[2].y), 3, 12);
    if (!begins(picture.title, "20 arrivals, 0.05 a second"))
        fail_msg("%s", picture.title);
    free_data();
}

static void a_ramp_from_zero_is_told_as_one(void **state)
{
    (void)state;
    add_call(0, 0.0024, 20000, 30000);
    add_call(1, 7.5, 20000, 30000);
    make();
    if (!begins(picture.title, "2 arrivals, 0 to 7.5 a second"))
        fail_msg("%s", picture.title);
    free_data();
}

/* A few microseconds between two times of the switch are none of the device under test. */
static void jitter_of_a_tick_takes_no_decades(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        add_call(i, 1, i % 2 ? 20000 + i : i - 50, 6000 + 1000 * i);
    make();
    assert_true(picture.panels[0].y.log);
    assert_true(picture.panels[0].y.first >= 1e-3);
    free_data();
}

static void fast_calls_by_the_clock_here_do(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        add_call(i, 1, 0, 70 + 1000 * i);
    make();
    assert_true(picture.panels[0].y.log);
    assert_true(picture.panels[0].y.first <= 70e-6);
    free_data();
}

static void the_note_says_what(int64_t switch_us, int64_t local_us, const char *text)
{
    for (int i = 0; i < 10; i++)
        add_call(i, 1, switch_us, local_us);
    make();
    if (!strstr(picture.panels[0].note, text))
        fail_msg("no '%s' in: %s", text, picture.panels[0].note);
    free_data();
}

static void the_note_has_no_more_digits_than_are_known(void **state)
{
    (void)state;
    the_note_says_what(-28, 30000, "invite 0/0, ");
    the_note_says_what(20341, 30000, "invite 20/20 ms");
    the_note_says_what(-40300, 30000, "invite -40/-40 ms");
    the_note_says_what(1620341, 30000, "call set-up 1.62/1.62 s");
    the_note_says_what(20000, 341, "originate 341/341 µs");
}

/* Of different sizes each value has its unit, a negative one too. */
static void the_note_has_a_unit_for_each_size(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        add_call(i, 1, i < 6 ? -40000 : 1280000, i < 6 ? 341 : 20000);
    make();
    if (!strstr(picture.panels[0].note, "invite -40 ms/1.28 s") ||
        !strstr(picture.panels[0].note, "originate 341 µs/20 ms"))
        fail_msg("%s", picture.panels[0].note);
    free_data();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_rates_have_an_axis),
        cmocka_unit_test(a_ramp_from_zero_is_told_as_one),
        cmocka_unit_test(jitter_of_a_tick_takes_no_decades),
        cmocka_unit_test(fast_calls_by_the_clock_here_do),
        cmocka_unit_test(the_note_has_no_more_digits_than_are_known),
        cmocka_unit_test(the_note_has_a_unit_for_each_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
