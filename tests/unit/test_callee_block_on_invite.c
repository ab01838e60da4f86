/*
 * The app CalleeBlockOnInvite: a status or a cause, and what is neither.
 * labels: threaded
 */
#include "support/app_rig.h"

static app_rig a;

static void rejected(const char *params, const char *step, const char *cause)
{
    app_rig_up(&a, 1);
    app_rig_load(&a, 0, &swio_app_callee_block_on_invite, params);
    app_rig_dial(&a, &(app_rig_dial_opts){.calls = 2});
    assert_int_equal(a.counts.failed, 2);
    assert_int_equal(a.counts.answered, 0);
    assert_string_equal(a.cause, cause);
    app_rig_expect(&a, (const char *const[]){step, NULL});
    app_rig_down(&a);
}

static void test_status(void **state)
{
    (void)state;
    rejected(NULL, "execute-app-name: respond execute-app-arg: 404", "UNALLOCATED_NUMBER");
    rejected("response=486 Busy Here", "execute-app-arg: 486 Busy Here", "USER_BUSY");
}

static void test_cause(void **state)
{
    (void)state;
    rejected("response=CALL_REJECTED", "callee: api uuid_kill CALL_REJECTED", "CALL_REJECTED");
}

static void test_wrong(void **state)
{
    (void)state;
    static const char *const wrong[] = {"response=200",  "response=40",   "response=4040",
                                        "response=404x", "response=busy", "response=A B"};
    app_rig_up(&a, 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_error(swio_client_load_app(a.r.clients[0], &swio_app_callee_block_on_invite,
                                          &(swio_load_opts){.params = wrong[i]}, NULL),
                     SWIO_EINVAL, "give a SIP status of 300 to 699, or a hangup cause");
    assert_error(swio_client_load_app(a.r.clients[0], &swio_app_callee_block_on_invite,
                                      &(swio_load_opts){.params = "response="}, NULL),
                 SWIO_EINVAL, "give a text");
    app_rig_down(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_cause),
        cmocka_unit_test(test_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
