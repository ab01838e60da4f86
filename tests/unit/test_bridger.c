/*
 * The app Bridger: as often as it says, each leg in its own way.
 * labels: threaded
 */
#include "support/app_rig.h"

static app_rig a;

/* By default once, back to where it came from, where the second leg is answered. */
static void test_once(void **state)
{
    (void)state;
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_bridger, NULL);
    app_rig_dial(&a, &(app_rig_dial_opts){.calls = 2});
    assert_int_equal(a.counts.answered, 2);
    assert_int_equal(a.leg_count, 8);
    app_rig_down(&a);
}

static void test_legs(void **state)
{
    (void)state;
    char params[300];
    app_rig_up(&a, 2);
    const char *second = swio_sim_sip_address(a.r.sim, 1, "external");
    snprintf(params, sizeof params,
             "leg2=proxy absolute_codec_string=PCMA effective=x,leg3=bob@%s profile=internal "
             "proxy=%s",
             second, second);
    app_rig_load(&a, 0, &swio_app_bridger, params);
    app_rig_load(&a, 1, &swio_app_tone_play, NULL);
    app_rig_dial(&a, &(app_rig_dial_opts){0});
    assert_int_equal(a.counts.answered, 1);
    assert_int_equal(a.leg_count, 8);
    size_t third = app_rig_leg(&a, false, 5);
    assert_non_null(strstr(swio_session_get(a.legs[third], "Channel-Name"), "internal/bob@"));
    app_rig_down(&a);
}

/* Not answered: the caller waits in vain. */
static void test_no_answer(void **state)
{
    (void)state;
    swio_job *job = NULL;
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_bridger, "leg1=,answer=no");
    swio_originate_opts call = {.dest_url = a.r.url, .app_id = "app", .timeout = 1};
    assert_ok(swio_client_originate(a.r.clients[0], &call, &job));
    assert_error(swio_job_get(job, 60, NULL), SWIO_EJOB, "NO_ANSWER");
    swio_job_unref(job);
    app_rig_down(&a);
}

static void test_wrong(void **state)
{
    (void)state;
    app_rig_up(&a, 1);
    assert_error(swio_client_load_app(a.r.clients[0], &swio_app_bridger,
                                      &(swio_load_opts){.params = "leg2=proxy nonsense"}, NULL),
                 SWIO_EINVAL, "'nonsense' says nothing of how a leg is bridged");
    assert_error(swio_client_load_app(
                     a.r.clients[0], &swio_app_bridger,
                     &(swio_load_opts){.params = "leg1=a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9"}, NULL),
                 SWIO_EINVAL, "more than 8 variables");
    app_rig_down(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_once),
        cmocka_unit_test(test_legs),
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
