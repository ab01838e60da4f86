/*
 * The dialogues of dialed apps, as recorded from a switch and its dialer (dial_APP): the same
 * commands to the same legs in the same order, with the same variables and events.
 * labels: threaded
 */
#include <string.h>
#include <switchio/originator.h>

#include "support/rig.h"
#include "support/transcript.h"
#include "support/wait.h"

static transcript recorded, ours;

/* Dials two calls, as it was recorded. */
static void dial(const swio_app *app)
{
    rig r;
    swio_originator *o;
    transcript_listen(&ours);
    rig_up(&r, &(swio_sim_opts){.speed = 8}, true);
    swio_originator_opts opts = {
        .clients = r.clients,
        .client_count = 1,
        .originate = {.dest_url = r.url,
                      .proxy = strchr(r.url, '@') + 1,
                      .app_id = app->name,
                      RIG_RINGS_ON},
        .rate = 3,
        .limit = 10,
        .max_offered = 2,
        .duration = 4,
    };
    swio_load_opts load = {.id = app->name};
    assert_ok(swio_client_load_app(r.clients[0], app, &load, NULL));
    assert_ok(swio_originator_new(&opts, &o));
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    swio_originator_unref(o);
    rig_down(&r);
    transcript_stop();
}

static void read_recorded(const swio_app *app, size_t steps, bool unanswered)
{
    char path[500];
    snprintf(path, sizeof path, TEST_DATA "/dial_%s.sent.bin", app->name);
    transcript_read(&recorded, path, unanswered);
    assert_int_equal(recorded.count, 2);
    assert_int_equal(recorded.calls[0].count, steps); /* all of it was read */
}

static void compare(const swio_app *app, size_t steps, bool unanswered)
{
    read_recorded(app, steps, unanswered);
    dial(app);
    transcript_compare(&ours, &recorded);
}

/* The recorded dialer had the caller play once it was answered, and schedules the hang-up when it
 * is parked. What plays before the park is ended by it, where commands come fast: the tone comes
 * last.
 */
static void move_tone_behind_hangup(transcript_call *call)
{
    char hangup[TRANSCRIPT_STEP];
    assert_non_null(strstr(call->steps[2], "playback"));
    memcpy(hangup, call->steps[3], sizeof hangup);
    memcpy(call->steps[3], call->steps[2], sizeof hangup);
    memcpy(call->steps[2], hangup, sizeof hangup);
}

static void test_tone_play(void **state)
{
    (void)state;
    read_recorded(&swio_app_tone_play, 4, false);
    for (size_t i = 0; i < recorded.count; i++)
        move_tone_behind_hangup(&recorded.calls[i]);
    dial(&swio_app_tone_play);
    transcript_compare(&ours, &recorded);
}

static void test_bert(void **state)
{
    (void)state;
    compare(&swio_app_bert, 6, false);
}

static void test_dtmf_checker(void **state)
{
    (void)state;
    compare(&swio_app_dtmf_checker, 4, false);
}

static void test_callee_block_on_invite(void **state)
{
    (void)state;
    compare(&swio_app_callee_block_on_invite, 1, true);
}

static void test_callee_ringback(void **state)
{
    (void)state;
    compare(&swio_app_callee_ringback, 4, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tone_play),       cmocka_unit_test(test_bert),
        cmocka_unit_test(test_dtmf_checker),    cmocka_unit_test(test_callee_block_on_invite),
        cmocka_unit_test(test_callee_ringback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
