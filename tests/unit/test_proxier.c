/*
 * The app Proxier: on to the request URI, and not in circles.
 * labels: threaded
 */
#include "support/app_rig.h"

static app_rig a;

/* Sent to the first node, for somebody at the second one, who answers. */
static void dial(const char *params, const char *user, size_t calls)
{
    char url[100];
    app_rig_up(&a, 2);
    snprintf(url, sizeof url, "%s@%s", user, swio_sim_sip_address(a.r.sim, 1, "external"));
    app_rig_load(&a, 0, &swio_app_proxier, params);
    app_rig_load(&a, 1, &swio_app_tone_play, NULL);
    app_rig_dial(&a, &(app_rig_dial_opts){.calls = calls,
                                          .dest_url = url,
                                          .proxy = swio_sim_sip_address(a.r.sim, 0, "external")});
}

static void test_bridged(void **state)
{
    (void)state;
    dial(NULL, "bob", 2);
    assert_int_equal(a.counts.answered, 2);
    assert_int_equal(a.leg_count, 8); /* caller, in, out, callee */
    for (size_t i = 0; i < a.leg_count; i++) {
        assert_true(swio_session_answered(a.legs[i]));
        assert_string_equal(swio_session_cause(a.legs[i]), "NORMAL_CLEARING");
    }
    app_rig_expect(&a, (const char *const[]){"callee: api uuid_setvar hangup_after_bridge true",
                                             "execute-app-name: bridge", "sofia/external/", "bob@",
                                             NULL});
    app_rig_down(&a);
}

static void test_params(void **state)
{
    (void)state;
    dial("profile=internal", "bob", 1);
    assert_int_equal(a.counts.answered, 1);
    app_rig_expect(&a, (const char *const[]){"sofia/internal/", NULL});
    app_rig_down(&a);
}

/* The URI leads back here: the second time it is refused, and the caller hears of it. */
static void test_loop(void **state)
{
    (void)state;
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_proxier, "max_passes=2");
    app_rig_dial(&a, &(app_rig_dial_opts){0});
    assert_int_equal(a.counts.failed, 1);
    assert_string_equal(a.cause, "EXCHANGE_ROUTING_ERROR");
    assert_int_equal(a.leg_count, 6);
    app_rig_down(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bridged),
        cmocka_unit_test(test_params),
        cmocka_unit_test(test_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
