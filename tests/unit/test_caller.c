/*
 * A sync caller from its opening to its end, against the simulator.
 * labels: threaded valgrind
 */
#include <stdatomic.h>
#include <string.h>
#include <switchio/caller.h>

#include "base/mem.h"
#include "support/rig.h"
#include "support/wait.h"

static int nothing(swio_session *session, void *self)
{
    (void)session, (void)self;
    return 0;
}
static const swio_app idle = {.name = "Idle", .on = {SWIO_CALLBACK("CHANNEL_PARK", nothing)}};
static const swio_app broken = {.name = "Broken", .on = {SWIO_CALLBACK("", nothing)}};

static void test_ids(void **state)
{
    (void)state;
    swio_caller *a, *b;
    swio_caller_opts opts = {
        .apps = {{"tone", &swio_app_tone_play}, {"idle", &idle}, {"tone", &idle}}};
    assert_ok(swio_caller_open("sim", &opts, &a));
    const char *tone = swio_caller_app_id(a, "tone"), *idle_id = swio_caller_app_id(a, "idle");
    assert_int_equal(strncmp(tone, "tone-", 5), 0);
    assert_string_not_equal(tone, idle_id);
    assert_string_equal(swio_client_app_id(swio_caller_client(a), "TonePlay"), tone);
    assert_non_null(swio_caller_app_id(a, NULL));
    assert_null(swio_caller_app_id(a, "other"));

    swio_caller_opts other = {.apps = {{"tone", &swio_app_tone_play}}};
    assert_ok(swio_caller_open(swio_client_contact(swio_caller_client(a)), &other, &b));
    assert_string_not_equal(swio_caller_app_id(b, "tone"), tone);
    assert_null(swio_caller_close(b));
    assert_null(swio_caller_close(a));
    assert_null(swio_caller_close(NULL));
}

static void test_refused(void **state)
{
    (void)state;
    swio_caller *c = NULL;
    assert_error(swio_caller_open("host:99999", NULL, &c), SWIO_EINVAL, "99999");
    assert_error(swio_caller_open("127.0.0.1:1", NULL, &c), SWIO_ECONN, "127.0.0.1:1");
    swio_caller_opts bad = {.apps = {{"x", &broken}}};
    assert_error(swio_caller_open("sim", &bad, &c), SWIO_EINVAL, "Broken");
    swio_caller_opts twice = {.apps = {{"x", &idle}, {"x", &idle}}};
    assert_error(swio_caller_open("sim", &twice, &c), SWIO_EEXIST, "Idle is loaded");
    swio_caller_opts none = {.apps = {{"x", NULL}}};
    assert_error(swio_caller_open("sim", &none, &c), SWIO_EINVAL, "give an app and the name");
    swio_sim *sim;
    assert_ok(swio_sim_start(&(swio_sim_opts){.password = "other"}, &sim));
    assert_error(swio_caller_open(swio_sim_contact(sim, 0), NULL, &c), SWIO_EAUTH,
                 swio_sim_contact(sim, 0));
    swio_sim_stop(sim);
    assert_null(c);
}

/* Apps that come later, with options of their own. */
static void test_loading(void **state)
{
    (void)state;
    swio_caller *c;
    assert_ok(swio_caller_open("sim", NULL, &c));
    swio_load_opts wrong = {.params = "loud=yes"};
    assert_error(swio_caller_load_app(c, "x", &idle, &wrong), SWIO_EINVAL, "loud");
    assert_null(swio_caller_app_id(c, "x"));
    assert_error(swio_caller_call(c, "Fred", "x", NULL, NULL), SWIO_ENOENT, "has no app 'x'");
    assert_ok(swio_caller_load_app(c, "x", &swio_app_tone_play, &(swio_load_opts){.id = "unused"}));
    assert_ok(swio_caller_load_app(c, "x", &idle, NULL));
    assert_error(swio_caller_load_app(c, "x", &idle, NULL), SWIO_EEXIST, "Idle is loaded");
    assert_ok(swio_caller_call(c, "Fred", "x", NULL, NULL));
    assert_error(swio_caller_load_app(c, "", &idle, NULL), SWIO_EINVAL, "give an app");
    assert_error(swio_caller_load_app(c, NULL, &idle, NULL), SWIO_EINVAL, "give an app");
    swio_caller_close(c);
}

static uint64_t live(swio_sim *sim)
{
    swio_sim_counts counts;
    swio_sim_count(sim, &counts);
    return counts.channels_live;
}

/* Closing leaves nothing behind on the switch, and nothing of others is touched. */
static void test_close_hangs_up(void **state)
{
    (void)state;
    swio_sim *sim;
    swio_caller *a, *b;
    swio_session *session = NULL;
    swio_caller_opts opts = {.apps = {{"tone", &swio_app_tone_play}}};
    assert_ok(swio_sim_start(NULL, &sim));
    assert_ok(swio_caller_open(swio_sim_contact(sim, 0), &opts, &a));
    assert_ok(swio_caller_open(swio_sim_contact(sim, 0), &opts, &b));
    assert_ok(swio_caller_call(a, "x", "tone", NULL, &session));
    assert_ok(swio_caller_call(a, "y", "tone", NULL, NULL));
    assert_ok(swio_caller_call(b, "z", "tone", NULL, NULL));
    assert_int_equal(live(sim), 6);
    assert_null(swio_caller_close(a));
    wait_until(live(sim) == 2);
    assert_int_equal(strlen(swio_session_uuid(session)), 36);
    /* Its end may have been seen, or not: its commands go nowhere either way. */
    assert_error(swio_session_echo(session, 1), SWIO_ECONN, "closed");
    swio_session_unref(session);
    swio_caller_close(b);
    wait_until(live(sim) == 0);
    swio_sim_stop(sim);
}

static void test_no_memory(void **state)
{
    (void)state;
    swio_sim *sim;
    int error = SWIO_ENOMEM;
    swio_caller_opts opts = {.apps = {{"tone", &swio_app_tone_play}}};
    assert_ok(swio_sim_start(NULL, &sim));
    for (long n = 0; error; n++) {
        swio_caller *c = NULL;
        swio_mem_fail_after(n, false);
        error = swio_caller_open(swio_sim_contact(sim, 0), &opts, &c);
        swio_mem_fail_after(-1, false);
        assert_true(!error == (c != NULL));
        assert_true(n < 3000);
        swio_caller_close(c);
    }
    swio_sim_stop(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_loading),   cmocka_unit_test(test_close_hangs_up),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
