/*
 * The app PlayRec, and what MutedPlayRec shares with it: each side in turn, recordings of both
 * ends, and who hears of them.
 * labels: threaded
 */
#include <stdatomic.h>

#include "support/app_rig.h"
#include "support/notes.h"

static app_rig a;

#define CLIP "clip=tone_stream://%(400,100,440)"

/* Nothing of these tests takes so long on the simulator's clock: the hang-up that the originator
 * schedules, and the app takes back, does not come before it does so. */
enum { LONG = 8 * WAIT_DEADLINE_SECONDS };

static struct {
    atomic_int count;
    char host[64];
    char call[64];
    char caller[200];
    char callee[200];
} told;

static void on_recorded(const swio_recording *recording, void *arg)
{
    assert_ptr_equal(arg, &told);
    snprintf(told.host, sizeof told.host, "%s", recording->host);
    snprintf(told.call, sizeof told.call, "%s", recording->call_uuid);
    snprintf(told.caller, sizeof told.caller, "%s", recording->caller);
    snprintf(told.callee, sizeof told.callee, "%s", recording->callee);
    atomic_fetch_add(&told.count, 1);
}

static void up_at(unsigned speed, const swio_app *app, const char *params)
{
    swio_recorded_handler handler = {on_recorded, &told};
    told.count = 0;
    app_rig_up_at(&a, 1, speed);
    assert_ok(swio_client_load_app(
        a.r.clients[0], app, &(swio_load_opts){.id = "app", .params = params, .self = &handler},
        NULL));
}

static void up(const swio_app *app, const char *params)
{
    up_at(APP_RIG_SPEED, app, params);
}

static swio_record_counts counts(void)
{
    swio_record_counts c;
    assert_ok(swio_record_count(a.r.clients[0], "app", &c));
    return c;
}

static size_t how_often(const char *text, const char *words)
{
    size_t n = 0;
    while ((text = strstr(text, words))) {
        n++;
        text++;
    }
    return n;
}

/* Caller, callee, caller; both recorded; the originator's hang-up is taken back. */
static void test_recorded(void **state)
{
    (void)state;
    char path[200];
    up(&swio_app_play_rec,
       CLIP ",clip_length=159.5,iterations=3,rec_stereo=yes,rec_rate=8000,rec_dir=/tmp/r");
    app_rig_dial(&a, &(app_rig_dial_opts){.duration = LONG});
    assert_int_equal(a.counts.answered, 1);
    assert_int_equal(told.count, 1);
    assert_int_equal(counts().recorded, 1);
    assert_int_equal(counts().failed, 0);
    size_t caller = app_rig_leg(&a, false, 0), callee = app_rig_leg(&a, true, 0);
    snprintf(path, sizeof path, "/tmp/r/caller_%s.wav", swio_session_uuid(a.legs[caller]));
    assert_string_equal(told.caller, path);
    snprintf(path, sizeof path, "/tmp/r/callee_%s.wav", swio_session_uuid(a.legs[callee]));
    assert_string_equal(told.callee, path);
    assert_string_equal(told.call, swio_session_uuid(a.legs[caller]));
    assert_string_equal(told.host, "127.0.0.1");
    assert_string_equal(app_rig_var(&a, caller, SWIO_RECORDED), "true");
    assert_string_equal(app_rig_var(&a, callee, SWIO_RECORDED), "true");
    static const char *const tone = "execute-app-arg: tone_stream://%(400,100,440)";
    static const char *const silence = "execute-app-arg: silence_stream://-1";
    app_rig_expect(&a,
                   (const char *const[]){"callee: api uuid_setvar rtp_timer_name soft\n",
                                         "callee: api uuid_answer", "caller: api sched_del",
                                         "record_session execute-app-arg: /tmp/r/callee_",
                                         "record_session execute-app-arg: /tmp/r/caller_", silence,
                                         tone, silence, tone, silence, tone, "stop_record_session",
                                         "stop_record_session", "caller: api uuid_kill", NULL});
    app_rig_down(&a);
}

/* At most one in a period, which plays as often as the duration holds; the others do so as far as
 * they come before they are hung up. */
static void test_period(void **state)
{
    (void)state;
    up(&swio_app_play_rec, CLIP ",clip_length=120,rec_period=1000");
    app_rig_dial(&a, &(app_rig_dial_opts){.calls = 3, .duration = LONG});
    swio_record_counts c = counts();
    assert_int_equal(c.calls, 3);
    assert_int_equal(c.recorded, 1);
    assert_int_equal(c.failed, 0);
    assert_int_equal(told.count, 1);
    for (size_t i = 0; i < 3; i++) {
        const char *steps = transcript_steps(&a.sent, i);
        bool recorded = strstr(steps, " record_session ");
        assert_in_range(how_often(steps, "tone_stream"), recorded ? 4 : 1, 4);
    }
    app_rig_down(&a);
}

/* The clip is not there: the call ends, and why is said. */
static void missing(const swio_app *app)
{
    up(app, "clip=/no/such/file.wav,rec_period=0");
    transcript_stop();
    notes_take_log(SWIO_LOG_WARNING);
    app_rig_dial(&a, &(app_rig_dial_opts){.duration = 100});
    swio_log_set_handler(NULL, NULL);
    if (!logged("FILE NOT FOUND"))
        fail_msg("%s", notes.log);
    assert_int_equal(counts().failed, 1);
    assert_int_equal(told.count, 0);
    notes_clear();
    app_rig_down(&a);
}

static void test_missing(void **state)
{
    (void)state;
    missing(&swio_app_play_rec);
    missing(&swio_app_muted_play_rec);
}

/* Whose callee is on another switch cannot be played with. */
static int answer(swio_session *session, void *self)
{
    (void)self;
    return swio_session_is_inbound(session) ? swio_session_answer(session, 0) : 0;
}
static const swio_app answerer = {.name = "Answerer",
                                  .on = {SWIO_CALLBACK("CHANNEL_PARK", answer)}};

static void test_elsewhere(void **state)
{
    (void)state;
    char url[100];
    app_rig_up(&a, 2);
    snprintf(url, sizeof url, "other@%s", swio_sim_sip_address(a.r.sim, 1, "external"));
    app_rig_load(&a, 0, &swio_app_play_rec, NULL);
    app_rig_load(&a, 1, &answerer, NULL);
    transcript_stop();
    notes_take_log(SWIO_LOG_WARNING);
    app_rig_dial(&a, &(app_rig_dial_opts){.dest_url = url, .duration = 100});
    swio_log_set_handler(NULL, NULL);
    assert_true(logged("its callee is not on this switch"));
    notes_clear();
    assert_int_equal(counts().failed, 1);
    app_rig_down(&a);
}

/* Both play, and take turns in being muted. The app's own clock says for how long: the simulator's
 * is no faster, so that the hang-up does not come before it is taken back. */
static void test_muted(void **state)
{
    (void)state;
    up_at(1, &swio_app_muted_play_rec, CLIP ",clip_length=0.5,iterations=2,rec_dir=/tmp/r");
    app_rig_dial(&a, &(app_rig_dial_opts){.duration = 5});
    assert_int_equal(told.count, 1);
    assert_int_equal(counts().recorded, 1);
    app_rig_expect(&a, (const char *const[]){
                           "callee: api uuid_audio start write mute", "endless_playback",
                           "endless_playback", "caller: api uuid_audio start write mute",
                           "callee: api uuid_audio start write mute", "callee: api uuid_audio",
                           "stop_record_session", "caller: api uuid_kill", NULL});
    assert_error(swio_client_load_app(a.r.clients[0], &swio_app_play_rec,
                                      &(swio_load_opts){.params = "rec_dir="}, NULL),
                 SWIO_EINVAL, "rec_dir=: give a text");
    app_rig_down(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded), cmocka_unit_test(test_period),
        cmocka_unit_test(test_missing),  cmocka_unit_test(test_elsewhere),
        cmocka_unit_test(test_muted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
