#include "measure/plot_scale.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support/cmocka.h"

static void near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-9 * fmax(1, fabs(want))))
        fail_msg("%.17g is not %.17g", got, want);
}

/* The labels, with a blank between. */
static const char *labels(const plot_scale *scale)
{
    static char text[PLOT_TICKS_MAX * 25];
    plot_tick ticks[PLOT_TICKS_MAX];
    size_t count = swio_plot_scale_ticks(scale, ticks), n = 0;
    assert_in_range(count, 2, PLOT_TICKS_MAX);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        if (ticks[i].label[0])
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? "|" : "", ticks[i].label);
    return text;
}

static void counts_go_by_one_two_five(void **state)
{
    (void)state;
    plot_scale scale;
    swio_plot_scale_linear(&scale, PLOT_COUNT, 0, 21600, 5);
    assert_string_equal(labels(&scale), "0|5,000|10,000|15,000|20,000");
    swio_plot_scale_linear(&scale, PLOT_COUNT, 0, 2.1, 5);
    assert_string_equal(labels(&scale), "0|1|2");
    swio_plot_scale_linear(&scale, PLOT_COUNT, 0, 1e6, 5);
    assert_string_equal(labels(&scale), "0|200,000|400,000|600,000|800,000|1,000,000");
}

static void a_scale_from_zero_leaves_room(void **state)
{
    (void)state;
    plot_scale scale;
    swio_plot_scale_from_zero(&scale, PLOT_COUNT, 100, 5);
    near(scale.low, 0);
    assert_true(scale.high > 100);
}

static void times_go_as_people_count_them(void **state)
{
    (void)state;
    plot_scale scale;
    swio_plot_scale_linear(&scale, PLOT_ELAPSED, -0.25, 25.5, 12);
    assert_string_equal(labels(&scale), "0|5|10|15|20|25");
    swio_plot_scale_linear(&scale, PLOT_ELAPSED, -2, 205, 12);
    assert_string_equal(labels(&scale), "0:00|0:20|0:40|1:00|1:20|1:40|2:00|2:20|2:40|3:00|3:20");
    swio_plot_scale_linear(&scale, PLOT_ELAPSED, -90, 9100, 8);
    assert_string_equal(labels(&scale), "0:00:00|0:30:00|1:00:00|1:30:00|2:00:00|2:30:00");
    swio_plot_scale_linear(&scale, PLOT_ELAPSED, -0.01, 1.21, 7);
    assert_string_equal(labels(&scale), "0.0|0.2|0.4|0.6|0.8|1.0|1.2");
}

static void latencies_have_units(void **state)
{
    (void)state;
    plot_scale scale;
    swio_plot_scale_linear(&scale, PLOT_SECONDS, 0, 0.055, 6);
    assert_string_equal(labels(&scale), "0|10 ms|20 ms|30 ms|40 ms|50 ms");
    swio_plot_scale_linear(&scale, PLOT_SECONDS, 0, 2.2, 5);
    assert_string_equal(labels(&scale), "0|500 ms|1.0 s|1.5 s|2.0 s");
    swio_plot_scale_linear(&scale, PLOT_SECONDS, 0, 90e-6, 5);
    assert_string_equal(labels(&scale), "0|20 µs|40 µs|60 µs|80 µs");
}

static void a_logarithmic_scale_has_a_place_for_zero(void **state)
{
    (void)state;
    plot_scale scale;
    swio_plot_scale_log(&scale, PLOT_SECONDS, 73e-6, 0.92);
    assert_string_equal(labels(&scale), "0|100 µs|1 ms|10 ms|100 ms|1 s");
    near(scale.first, 50e-6);
    near(scale.high, 1);
    scale.from = 500;
    scale.to = 100;
    near(swio_plot_scale_at(&scale, 0), 500);
    near(swio_plot_scale_at(&scale, 10e-6), 500);
    near(swio_plot_scale_at(&scale, 1), 100);
    near(swio_plot_scale_at(&scale, 7), 100);
    assert_true(swio_plot_scale_at(&scale, 50e-6) < 490);
    /* Each decade is as wide as the next. */
    near(swio_plot_scale_at(&scale, 0.001) - swio_plot_scale_at(&scale, 0.01),
         swio_plot_scale_at(&scale, 0.01) - swio_plot_scale_at(&scale, 0.1));
}

static void few_decades_have_labels_between(void **state)
{
    (void)state;
    plot_scale scale;
    swio_plot_scale_log(&scale, PLOT_SECONDS, 0.0013, 0.043);
    assert_string_equal(labels(&scale), "0|1 ms|2 ms|5 ms|10 ms|20 ms|50 ms");
}

static void places_are_in_proportion(void **state)
{
    (void)state;
    plot_scale scale;
    swio_plot_scale_linear(&scale, PLOT_COUNT, 0, 10, 5);
    scale.from = 100;
    scale.to = 200;
    near(swio_plot_scale_at(&scale, 0), 100);
    near(swio_plot_scale_at(&scale, 2.5), 125);
    near(swio_plot_scale_at(&scale, -1), 100);
    near(swio_plot_scale_at(&scale, 11), 200);
}

static void nothing_and_everything_have_ticks(void **state)
{
    (void)state;
    plot_scale scale;
    swio_plot_scale_linear(&scale, PLOT_COUNT, 0, 0, 5);
    labels(&scale);
    swio_plot_scale_linear(&scale, PLOT_ELAPSED, 0, 3e8, 12);
    labels(&scale);
    swio_plot_scale_log(&scale, PLOT_SECONDS, 1e-6, 1e6);
    labels(&scale);
    swio_plot_scale_log(&scale, PLOT_SECONDS, 1, 1);
    labels(&scale);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_go_by_one_two_five),
        cmocka_unit_test(a_scale_from_zero_leaves_room),
        cmocka_unit_test(times_go_as_people_count_them),
        cmocka_unit_test(latencies_have_units),
        cmocka_unit_test(a_logarithmic_scale_has_a_place_for_zero),
        cmocka_unit_test(few_decades_have_labels_between),
        cmocka_unit_test(places_are_in_proportion),
        cmocka_unit_test(nothing_and_everything_have_ticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
