/*
 * Every command of a session against FreeSWITCH itself: what it is told, what it makes of it.
 * labels: threaded
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/client.h>
#include <switchio/error.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/cmocka.h"
#include "support/rig.h"
#include "support/wait.h"

static swio_listener *listener;
static swio_client *client;
static char *address;
static _Atomic(swio_session *) caller, callee, third;
static swio_job *job;
static char folder[] = "/tmp/switchio-live-XXXXXX";

static const char *host(void)
{
    return getenv("SWITCHIO_FSHOST");
}

static const char *const events[] = {"DTMF",           "CHANNEL_HOLD",  "CHANNEL_UNHOLD",
                                     "CHANNEL_BRIDGE", "RECORD_START",  "RECORD_STOP",
                                     "PLAYBACK_START", "PLAYBACK_STOP", "CHANNEL_EXECUTE_COMPLETE"};

static int connect_all(void **state)
{
    (void)state;
    const char *password = getenv("SWITCHIO_PASSWORD");
    assert_non_null(mkdtemp(folder));
    chmod(folder, 0777);
    swio_listener_opts l = {.password = password};
    assert_ok(swio_listener_new(host(), &l, &listener));
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        assert_ok(swio_listener_subscribe(listener, events[i]));
    swio_client_opts c = {.password = password, .listener = listener};
    assert_ok(swio_client_new(host(), &c, &client));
    assert_ok(swio_client_connect(client));
    assert_ok(swio_listener_connect(listener));
    assert_ok(swio_listener_start(listener));
    assert_ok(swio_client_sip_address(client, "external", &address));
    return 0;
}

static int disconnect_all(void **state)
{
    (void)state;
    char command[128];
    swio_text_free(address);
    swio_client_unref(client);
    swio_listener_unref(listener);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* The first inbound leg is the callee, the next one the third. */
static int keep(swio_session *session, void *self)
{
    (void)self;
    _Atomic(swio_session *) *place = swio_session_is_outbound(session)
                                         ? (atomic_load(&caller) ? NULL : &caller)
                                     : atomic_load(&callee) ? &third
                                                            : &callee;
    if (place && !atomic_load(place))
        atomic_store(place, swio_session_ref(session));
    return 0;
}
static const swio_app keeper = {.name = "Keeper", .on = {SWIO_CALLBACK("CHANNEL_PARK", keep)}};

/* A call of the switch to itself that rings. */
static int ring(void **state)
{
    (void)state;
    char url[128];
    snprintf(url, sizeof url, "live@%s", address);
    caller = callee = third = NULL;
    assert_ok(swio_client_load_app(client, &keeper, &(swio_load_opts){.id = "live"}, NULL));
    const swio_variable media = {"rtp_timer_name", "soft"};
    swio_originate_opts opts = {
        .dest_url = url, .app_id = "live", .variables = &media, .variable_count = 1};
    assert_ok(swio_client_originate(client, &opts, &job));
    wait_until(atomic_load(&callee));
    return 0;
}

/* … and is answered: both legs are parked. */
static int talk(void **state)
{
    ring(state);
    assert_ok(swio_session_setvar(callee, "rtp_timer_name", "soft", 10));
    assert_ok(swio_session_answer(callee, 10));
    assert_ok(swio_job_get(job, 10, NULL));
    wait_until(atomic_load(&caller));
    return 0;
}

static int end(void **state)
{
    (void)state;
    if (atomic_load(&third))
        assert_ok(swio_session_hangup(third, NULL, 10));
    swio_call *call = swio_session_call(callee);
    assert_ok(swio_call_hangup(call, NULL, 10));
    swio_call_unref(call);
    wait_until(swio_session_ended(callee) && (!caller || swio_session_ended(caller)));
    swio_job_wait(job, 10);
    swio_job_unref(job);
    swio_session_unref(caller);
    swio_session_unref(callee);
    swio_session_unref(third);
    return swio_client_unload_app(client, "live");
}

/* What thread waits for while something else is done: begun before, looked at afterwards. */
static size_t count_events(const swio_session *session, const char *name)
{
    size_t found = 0;
    for (size_t i = 0; i < swio_session_event_count(session); i++)
        found += strcmp(swio_session_event_get(session, i, "Event-Name"), name) == 0;
    return found;
}

static bool application_is(const swio_session *session, const char *app)
{
    char *name = NULL;
    if (swio_session_getvar(session == caller ? caller : callee, "current_application", 10, &name))
        return false;
    bool same = strcmp(name, app) == 0;
    swio_text_free(name);
    return same;
}

/* ---- variables ---- */

static const char *const values[] = {
    "plain",
    "two words",
    " ends ",
    "a;b;c",
    "a,b",
    "it's",
    "'quoted'",
    "\"double\"",
    "back\\slash",
    "trailing\\",
    "\\n stays",
    "\\s",
    "a=b",
    "{x}",
    "}{",
    "<sip:x@y>",
    "'",
    "''",
    "^^:a",
    "tab\there",
    "caf\xc3\xa9",
    ";",
    "; ' \\ at once ",
    "-ERR no",
    "$x",
    "_undef",
};

static void test_variables(void **state)
{
    (void)state;
    char *got = NULL;
    swio_variable several[sizeof values / sizeof values[0]];
    char names[sizeof values / sizeof values[0]][16];
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_ok(swio_session_setvar(callee, "one", values[i], 10));
        assert_ok(swio_session_getvar(callee, "one", 0, &got));
        if (strcmp(got, values[i]) != 0)
            fail_msg("setvar: '%s' arrived as '%s'", values[i], got);
        swio_text_free(got);
        snprintf(names[i], sizeof names[i], "v%zu", i);
        several[i] = (swio_variable){names[i], values[i]};
    }
    assert_ok(swio_session_setvars(callee, several, sizeof values / sizeof values[0], 10));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_ok(swio_session_getvar(callee, names[i], 0, &got));
        if (strcmp(got, values[i]) != 0)
            fail_msg("setvars: '%s' arrived as '%s'", values[i], got);
        swio_text_free(got);
    }
    assert_ok(swio_session_setvar(callee, "one", "${two}", 10));
    assert_ok(swio_session_getvar(callee, "one", 0, &got));
    assert_string_equal(got, "${two}");
    swio_text_free(got);
    assert_int_equal(swio_session_setvars(callee, &(swio_variable){"one", "$\\{x}"}, 1, 10),
                     SWIO_EINVAL);
    assert_ok(swio_session_unsetvar(callee, "one", 10));
    assert_error(swio_session_getvar(callee, "one", 10, &got), SWIO_ENOENT, "no variable one");
    assert_ok(swio_session_setvar(callee, "two", "x", 10));
    assert_ok(swio_session_setvar(callee, "two", "", 10));
    assert_int_equal(swio_session_getvar(callee, "two", 10, &got), SWIO_ENOENT);
    assert_ok(swio_session_setvars(callee, &(swio_variable){"v0", NULL}, 1, 10));
    assert_int_equal(swio_session_getvar(callee, "v0", 10, &got), SWIO_ENOENT);
}

static void test_dump(void **state)
{
    (void)state;
    swio_event *event = NULL;
    assert_ok(swio_session_setvar(callee, "mine", "here %41", 10));
    assert_ok(swio_session_dump(callee, 0, &event));
    assert_string_equal(swio_event_name(event), "CHANNEL_DATA");
    assert_string_equal(swio_event_get(event, "Unique-ID"), swio_session_uuid(callee));
    assert_string_equal(swio_event_get(event, "variable_mine"), "here %41");
    swio_event_unref(event);
}

/* ---- playing ---- */

static const char tone[] = "tone_stream://%(200,0,440)";

static void test_playback(void **state)
{
    (void)state;
    assert_ok(swio_session_playback(callee, tone, NULL, 10));
    assert_int_equal(count_events(callee, "PLAYBACK_STOP"), 1);
    assert_error(swio_session_playback(callee, "/no such.wav", NULL, 10), SWIO_EAPI,
                 "FILE NOT FOUND");
    const char *const more[] = {"tone_stream://%(100,0,550)", "tone_stream://%(100,0,660)", NULL};
    assert_ok(swio_session_playback(callee, tone, &(swio_playback_opts){.more = more}, 10));
    const swio_variable params[] = {{"loops", "2"}, {"note", "it's a, b \\ ${c}"}};
    swio_playback_opts opts = {.params = params, .param_count = 2};
    assert_ok(swio_session_playback(callee, tone, &opts, 10));
    assert_string_equal(swio_session_get(callee, "note"), "it's a, b \\ ${c}");

    opts = (swio_playback_opts){.endless = true};
    assert_error(swio_session_playback(callee, tone, &opts, 0.5), SWIO_ETIMEOUT, "PLAYBACK_STOP");
    size_t before = count_events(callee, "PLAYBACK_STOP");
    assert_ok(swio_session_breakmedia(callee, true, 10));
    wait_until(count_events(callee, "PLAYBACK_STOP") > before);
}

/* While one plays, another is executed: each waits for its own end. */
static void test_nested(void **state)
{
    (void)state;
    assert_ok(swio_session_playback(callee, "tone_stream://%(3000,0,330)", NULL, 0));
    wait_until(count_events(callee, "PLAYBACK_START") == 1);
    assert_ok(swio_session_playback(callee, tone, NULL, 10));
    assert_int_equal(count_events(callee, "PLAYBACK_STOP"), 1);
    assert_ok(swio_session_breakmedia(callee, false, 10));
}

static void test_legs(void **state)
{
    (void)state;
    const swio_variable note = {"note", "it's a, b \\ ${c}"};
    swio_playback_opts both = {.leg = SWIO_LEG_BOTH, .params = &note, .param_count = 1};
    assert_ok(swio_session_playback(callee, "tone_stream://%(100,0,440);loops=2", &both, 10));
    wait_until(count_events(callee, "PLAYBACK_STOP") == 1);
    assert_string_equal(swio_session_get(callee, "note"), note.value);
    assert_ok(swio_session_broadcast(callee, "playback", tone,
                                     &(swio_broadcast_opts){.leg = SWIO_LEG_A}, 10));
    wait_until(count_events(callee, "PLAYBACK_STOP") == 2);
    assert_ok(swio_session_broadcast(callee, "set", "said=a 'b' c", NULL, 10));
    char *got = NULL;
    wait_until(swio_session_getvar(callee, "said", 10, &got) == 0);
    assert_string_equal(got, "a 'b' c");
    swio_text_free(got);
    assert_ok(swio_session_broadcast(
        callee, "playback", tone, &(swio_broadcast_opts){.after = 0.5, .cause = "USER_BUSY"}, 10));
    wait_until(swio_session_hungup(callee));
    assert_string_equal(swio_session_cause(callee), "USER_BUSY");
}

static void test_execute(void **state)
{
    (void)state;
    char *got = NULL;
    assert_ok(swio_session_execute(callee, "set", "my=two words", 10));
    wait_until(swio_session_getvar(callee, "my", 10, &got) == 0);
    assert_string_equal(got, "two words");
    swio_text_free(got);
    assert_ok(swio_session_echo(callee, 10));
    wait_until(application_is(callee, "echo"));
    assert_ok(swio_session_park(callee, 10));
}

/* No engine is there to be heard; the call goes on. */
static void test_speak(void **state)
{
    (void)state;
    assert_ok(swio_session_speak(callee, "it's | a test", NULL, 10));
    wait_until(swio_session_get(callee, "Application") &&
               strcmp(swio_session_get(callee, "Application"), "speak") == 0);
    assert_string_equal(swio_session_get(callee, "Application-Data"), "flite|kal|it's | a test");
}

/* ---- recording ---- */

static long size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

static void test_record(void **state)
{
    (void)state;
    char path[128], wav[128];
    snprintf(path, sizeof path, "%s/it's a record.wav", folder);
    snprintf(wav, sizeof wav, "%s/b.wav", folder);
    assert_ok(swio_session_echo(callee, 10));
    assert_ok(swio_session_playback(caller, "tone_stream://%(200,0,440);loops=10", NULL, 0));
    assert_ok(swio_session_start_record(
        callee, path, &(swio_record_opts){.stereo = true, .rate = 16000, .limit = 30}, 10));
    wait_until(count_events(callee, "RECORD_START") == 1);
    assert_string_equal(swio_session_get(callee, "Record-File-Path"), path);
    assert_ok(swio_session_record(callee, SWIO_RECORD_START, wav, 10));
    assert_ok(swio_session_record(callee, SWIO_RECORD_MASK, wav, 10));
    assert_ok(swio_session_record(callee, SWIO_RECORD_UNMASK, wav, 10));
    swio_sleep(0.5);
    assert_ok(swio_session_stop_record(callee, path, 10));
    wait_until(count_events(callee, "RECORD_STOP") == 1);
    assert_ok(swio_session_record(callee, SWIO_RECORD_STOP, wav, 10));
    wait_until(size_of(path) > 1000 && size_of(wav) > 1000);
    assert_error(swio_session_record(callee, SWIO_RECORD_STOP, wav, 10), SWIO_EAPI,
                 "Cannot stop record session");
    assert_ok(swio_session_start_record(callee, path, NULL, 10));
    assert_ok(swio_session_stop_record(callee, NULL, 10));
    wait_until(count_events(callee, "RECORD_STOP") == 3);
    /* What was recorded is played, from its middle on. */
    assert_ok(swio_session_playback(caller, wav, &(swio_playback_opts){.start_sample = 800}, 10));
}

/* ---- DTMF ---- */

static void test_dtmf(void **state)
{
    (void)state;
    const char *digits[] = {"1", "*", "A"};
    swio_event *event = NULL; /* a parked channel tells what arrives; it must be sent something */
    assert_ok(swio_session_playback(caller, "silence_stream://0", NULL, 0));
    assert_ok(swio_session_send_dtmf(caller, "1*A", 100, 10));
    for (size_t i = 0; i < 3; i++) {
        wait_until(count_events(callee, "DTMF") > i);
        size_t count = swio_session_event_count(callee);
        for (size_t k = 0, seen = 0; k < count; k++) {
            const char *name = swio_session_event_get(callee, count - 1 - k, "Event-Name");
            if (strcmp(name, "DTMF") == 0 && seen++ == i)
                assert_string_equal(swio_session_event_get(callee, count - 1 - k, "DTMF-Digit"),
                                    digits[i]);
        }
    }
    assert_ok(swio_session_sched_dtmf(caller, 0.3, "5", 0, 10));
    assert_ok(swio_session_recv(callee, "DTMF", 10, &event));
    assert_string_equal(swio_event_get(event, "DTMF-Digit"), "5");
    swio_event_unref(event);
    assert_ok(swio_session_sched_dtmf(caller, 2, "6", 0, 10));
    assert_ok(swio_session_sched_hangup(caller, 2, NULL, 10));
    assert_ok(swio_session_clear_tasks(caller, 10));
    assert_int_equal(swio_session_recv(callee, "DTMF", 3, NULL), SWIO_ETIMEOUT);
    assert_false(swio_session_hungup(caller));
}

/* ---- media ---- */

static void test_media(void **state)
{
    (void)state;
    assert_ok(swio_session_mute(callee, SWIO_MEDIA_READ, 10));
    assert_ok(swio_session_mute(callee, SWIO_MEDIA_WRITE, 10));
    assert_ok(swio_session_unmute(callee, SWIO_MEDIA_READ, 10));
    assert_ok(swio_session_unmute(callee, SWIO_MEDIA_WRITE, 10));
    assert_ok(swio_session_hold(callee, 10));
    wait_until(count_events(callee, "CHANNEL_HOLD") == 1);
    assert_ok(swio_session_unhold(callee, 10));
    wait_until(count_events(callee, "CHANNEL_UNHOLD") == 1);
    assert_ok(swio_session_bypass_media(callee, true, 10));
    assert_ok(swio_session_bypass_media(callee, false, 10));
    int amd = swio_session_start_amd(callee, 10);
    if (amd)
        assert_error(amd, SWIO_EAPI, "avmd Command not found!");
    else
        assert_ok(swio_session_stop_amd(callee, 10));
    assert_false(swio_session_hungup(callee));
}

/* ---- the call ---- */

static void test_bridge(void **state)
{
    (void)state;
    const swio_variable variables[] = {
        {"marked", "it's a, b \\ $c {d} =e"}, {"none", NULL}, {"sip_h_X-mark", "x y"}};
    const swio_variable dropped = {"x", "${y}"};
    swio_bridge_opts wrong = {.variables = &dropped, .variable_count = 1};
    assert_error(swio_session_bridge(callee, &wrong, 10), SWIO_EINVAL, "drops");
    assert_ok(swio_session_bridge(
        callee, &(swio_bridge_opts){.variables = variables, .variable_count = 3}, 10));
    wait_until(atomic_load(&third)); /* where the call was going: to this switch */
    assert_ok(swio_session_answer(third, 10));
    wait_until(count_events(callee, "CHANNEL_BRIDGE") == 1);
    assert_string_equal(swio_session_get(third, "variable_sip_h_X-mark"), "x y");
    const char *other = swio_session_get(callee, "Bridge-B-Unique-ID");
    char command[128], *got = NULL;
    snprintf(command, sizeof command, "uuid_getvar %s marked", other);
    assert_ok(swio_client_cmd(client, command, 10, &got));
    assert_string_equal(got, "it's a, b \\ $c {d} =e");
    swio_text_free(got);
    assert_ok(swio_session_transfer(callee, "live", NULL, 10));
    wait_until(swio_session_hungup(third));
    swio_transfer_opts opts = {.dialplan = "XML", .context = "switchio"};
    size_t before = count_events(callee, "CHANNEL_PARK");
    assert_ok(swio_session_transfer(callee, "live again", &opts, 10));
    wait_until(count_events(callee, "CHANNEL_PARK") > before || swio_session_hungup(callee));
    assert_string_equal(swio_session_get(callee, "Caller-Destination-Number"), "live again");
}

static void test_respond(void **state)
{
    (void)state;
    assert_ok(swio_session_respond(callee, "486 Busy indeed", 10));
    assert_error(swio_job_get(job, 10, NULL), SWIO_EJOB, "USER_BUSY");
    wait_until(swio_session_hungup(callee));
    assert_string_equal(swio_session_cause(callee), "USER_BUSY");
}

static void test_deflect(void **state)
{
    (void)state;
    char uri[128];
    snprintf(uri, sizeof uri, "sip:elsewhere@%s", address);
    assert_ok(swio_session_deflect(callee, uri, 10));
    wait_until(swio_session_hungup(callee) || atomic_load(&third));
}

static void test_hangup(void **state)
{
    (void)state;
    assert_ok(swio_session_sched_hangup(caller, 0.2, "ALLOTTED_TIMEOUT", 10));
    wait_until(swio_session_ended(caller));
    assert_string_equal(swio_session_cause(caller), "ALLOTTED_TIMEOUT");
    assert_ok(swio_session_hangup(callee, NULL, 10));
    assert_ok(swio_session_hangup(caller, NULL, 10));
    assert_int_equal(swio_session_park(caller, 1), SWIO_ECANCELED);
    assert_error(swio_session_breakmedia(caller, false, 10), SWIO_EAPI, "-ERR No such channel!");
}

#define RINGING(f) cmocka_unit_test_setup_teardown(f, ring, end)
#define TALKING(f) cmocka_unit_test_setup_teardown(f, talk, end)

int main(void)
{
    if (!host()) {
        printf("skipped: SWITCHIO_FSHOST=host[:port] names no FreeSWITCH\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        TALKING(test_variables), TALKING(test_dump),   TALKING(test_playback),
        TALKING(test_nested),    TALKING(test_legs),   TALKING(test_execute),
        TALKING(test_speak),     TALKING(test_record), TALKING(test_dtmf),
        TALKING(test_media),     TALKING(test_bridge), RINGING(test_respond),
        RINGING(test_deflect),   TALKING(test_hangup),
    };
    return cmocka_run_group_tests(tests, connect_all, disconnect_all);
}
