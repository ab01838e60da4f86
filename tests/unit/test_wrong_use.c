/*
 * What is used wrongly is refused with a sentence that says what is wrong, where, and what to do
 * instead; here the whole sentences, and that nothing has changed.
 * labels: threaded
 */
#include <stdarg.h>
#include <stdatomic.h>
#include <switchio/caller.h>
#include <switchio/connection.h>
#include <switchio/pool.h>
#include <switchio/session_commands.h>

#include "support/on_loop.h"
#include "support/rig.h"
#include "support/wait.h"

static rig r;
static swio_client *client;
static swio_listener *listener;
static const char *contact;

static int set_up(void **state)
{
    (void)state;
    rig_up(&r, NULL, false);
    client = r.clients[0];
    listener = r.listeners[0];
    contact = swio_sim_contact(r.sim, 0);
    return 0;
}

static int set_up_running(void **state)
{
    set_up(state);
    assert_ok(swio_client_connect(client));
    assert_ok(swio_listener_connect(listener));
    assert_ok(swio_listener_start(listener));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_down(&r);
    return 0;
}

/* The whole sentence, in which %s is the contact. */
static void check(const char *call, int got, int error, const char *format, const char *contact_)
{
    char expected[512];
    const char *at = strstr(format, "%s");
    if (at)
        snprintf(expected, sizeof expected, "%.*s%s%s", (int)(at - format), format, contact_,
                 at + 2);
    else
        snprintf(expected, sizeof expected, "%s", format);
    if (got != error)
        fail_msg("%s gave %d instead of %d", call, got, error);
    if (strcmp(swio_errmsg(), expected) != 0)
        fail_msg("%s said\n'%s' instead of\n'%s'", call, swio_errmsg(), expected);
}
#define refused(call, error, sentence) check(#call, call, error, sentence, contact)

/* ---- the life of a listener ---- */

static void test_listener(void **state)
{
    (void)state;
    refused(swio_listener_start(listener), SWIO_ECONFIG,
            "the listener of %s is not connected: connect it before starting it");
    refused(swio_listener_unsubscribe(listener, "DTMF"), SWIO_ENOENT,
            "the listener of %s is not subscribed to DTMF");
    assert_ok(swio_listener_unsubscribe(listener, "CALL_UPDATE"));
    assert_ok(swio_listener_connect(listener));
    refused(swio_listener_connect(listener), SWIO_ECONFIG,
            "the listener of %s is connected already");
    refused(swio_listener_unsubscribe(listener, "CHANNEL_PARK"), SWIO_ECONFIG,
            "the listener of %s is connected: take event types out of its set before connecting "
            "it");
    assert_ok(swio_listener_start(listener));
    refused(swio_listener_start(listener), SWIO_ECONFIG, "the listener of %s is started already");
    refused(swio_listener_connect(listener), SWIO_ECONFIG,
            "the listener of %s is connected already");
    refused(swio_listener_subscribe(listener, "TWO WORDS"), SWIO_EINVAL,
            "'TWO WORDS' is no name of an event");
    assert_true(swio_listener_running(listener));

    /* Once it is disconnected all of it is right again. */
    swio_listener_disconnect(listener);
    refused(swio_listener_start(listener), SWIO_ECONFIG,
            "the listener of %s is not connected: connect it before starting it");
    assert_ok(swio_listener_unsubscribe(listener, "CHANNEL_PARK"));
    assert_ok(swio_listener_connect(listener));
    assert_ok(swio_listener_start(listener));
}

/* ---- a client ---- */

static void test_client(void **state)
{
    (void)state;
    swio_originate_opts call = {.dest_url = r.url};
    swio_job *job = NULL;
    char *text = NULL;
    refused(swio_client_cmd(client, "status", 1, &text), SWIO_ECONN,
            "%s: not connected; 'api status' was not sent");
    assert_ok(swio_client_connect(client));
    refused(swio_client_connect(client), SWIO_ECONFIG, "%s: connected already");
    refused(swio_client_cmd(client, "not a real command", 5, &text), SWIO_EAPI,
            "%s: 'api not a real command' failed: -ERR not Command not found!");

    static const char idle[] =
        "the listener of %s is not running: connect and start it before issuing bgapi";
    refused(swio_client_originate(client, &call, &job), SWIO_ECONFIG, idle);
    assert_ok(swio_listener_connect(listener));
    refused(swio_client_bgapi(client, "status", NULL, &job), SWIO_ECONFIG, idle);
    assert_ok(swio_listener_start(listener));
    swio_listener_disconnect(listener);
    refused(swio_client_bgapi(client, "status", NULL, &job), SWIO_ECONFIG, idle);

    static const char none[] = "No listener has been assigned for this client (%s)";
    assert_ok(swio_client_set_listener(client, NULL));
    refused(swio_client_originate(client, &call, &job), SWIO_ECONFIG, none);
    refused(swio_client_bgapi(client, "status", NULL, &job), SWIO_ECONFIG, none);
    refused(swio_client_load_app(client, &swio_app_tone_play, NULL, NULL), SWIO_ECONFIG, none);
    assert_null(job);
    assert_null(text);
}

/* ---- apps ---- */

static int nothing(swio_session *session, void *self)
{
    (void)session, (void)self;
    return 0;
}
static int nothing_of_a_job(swio_job *job, void *self)
{
    (void)job, (void)self;
    return 0;
}
static int nothing_of_an_event(swio_event *event, void *self)
{
    (void)event, (void)self;
    return 0;
}
static atomic_int parks;
static int count(swio_session *session, void *self)
{
    (void)session, (void)self;
    atomic_fetch_add(&parks, 1);
    return 0;
}

typedef struct bad_app {
    swio_app app;
    const char *sentence;
} bad_app;

/* Each with a good entry first, which must not stay behind. */
#define GOOD SWIO_CALLBACK("CHANNEL_PARK", count)
static const bad_app bad_apps[] = {
    {{.name = NULL, .on = {GOOD}}, "an app without a name"},
    {{.name = "Bad/", .on = {GOOD}}, "'Bad/' is no name of an app"},
    {{.name = "Bad"}, "the app Bad has no entries"},
    {{.name = "Bad", .on = {GOOD, SWIO_CALLBACK("CHANNEL_ANSWER", NULL)}},
     "the app Bad: entry 2 (CHANNEL_ANSWER) has no function of its kind"},
    {{.name = "Bad", .on = {GOOD, {.event = "X", .kind = SWIO_APP_HANDLER, .session = nothing}}},
     "the app Bad: entry 2 (X) has no function of its kind"},
    {{.name = "Bad", .on = {GOOD, SWIO_JOB_CALLBACK(NULL)}},
     "the app Bad: entry 2 (BACKGROUND_JOB) has no function of its kind"},
    {{.name = "Bad", .on = {GOOD, SWIO_CALLBACK("", nothing)}},
     "the app Bad: entry 2 () names no event"},
    {{.name = "Bad", .on = {GOOD, SWIO_COROUTINE(NULL, nothing)}},
     "the app Bad: entry 2 () names no event"},
    {{.name = "Bad", .on = {GOOD, SWIO_HANDLER("CHANNEL PARK", nothing_of_an_event)}},
     "the app Bad: entry 2 (CHANNEL PARK) names no event"},
    {{.name = "Bad", .on = {GOOD, {.event = "X", .kind = SWIO_APP_JOB, .job = nothing_of_a_job}}},
     "the app Bad: entry 2 (X) is for a job, which has no event but BACKGROUND_JOB"},
    {{.name = "Bad", .on = {GOOD, SWIO_COROUTINE("BACKGROUND_JOB", nothing)}},
     "the app Bad: entry 2 (BACKGROUND_JOB) is for a session, but the event is that of a job: take "
     "SWIO_JOB_CALLBACK"},
    {{.name = "Bad", .on = {GOOD, {0}, SWIO_CALLBACK("CHANNEL_ANSWER", nothing)}},
     "the app Bad: entry 2 is empty, and others follow it"},
};

static void test_bad_apps(void **state)
{
    (void)state;
    swio_load_opts opts = {.id = "bad"};
    for (size_t i = 0; i < sizeof bad_apps / sizeof bad_apps[0]; i++) {
        refused(swio_client_load_app(client, &bad_apps[i].app, &opts, NULL), SWIO_EINVAL,
                bad_apps[i].sentence);
        assert_null(swio_client_app_id(client, "Bad"));
        refused(swio_client_unload_app(client, "bad"), SWIO_ENOENT,
                "no app 'bad' is loaded for %s");
    }
    /* A call under that id reaches nobody. */
    swio_job *job;
    swio_originate_opts call = {.dest_url = r.url, .app_id = "bad"};
    assert_ok(swio_client_originate(client, &call, &job));
    wait_until(swio_listener_count_sessions(listener) == 2);
    assert_ok(swio_client_hupall(client, "bad", 60));
    wait_until(swio_listener_count_sessions(listener) == 0);
    assert_int_equal(parks, 0);
    swio_job_unref(job);
}

typedef struct knobs_state {
    double delay;
    const char *voice;
} knobs_state;
static const swio_param knobs_params[] = {
    SWIO_PARAM(SECONDS, knobs_state, delay, .standard = "1"),
    SWIO_PARAM(CHOICE, knobs_state, voice, .choices = "low|high"),
    {0},
};
static const swio_app knobs = {
    .name = "Knobs", .on = {GOOD}, .params = knobs_params, .state_size = sizeof(knobs_state)};

static void test_loading(void **state)
{
    (void)state;
    swio_load_opts opts = {.id = "x"};
    assert_ok(swio_client_load_app(client, &swio_app_tone_play, &opts, NULL));
    refused(swio_client_load_app(client, &swio_app_tone_play, &opts, NULL), SWIO_EEXIST,
            "the app TonePlay is loaded under the id x already");
    opts = (swio_load_opts){.id = "y", .params = "volume=3"};
    refused(swio_client_load_app(client, &swio_app_tone_play, &opts, NULL), SWIO_EINVAL,
            "the app TonePlay has no parameter 'volume': there are tone and rtp_timer_name");
    opts.params = "delay=soon";
    refused(swio_client_load_app(client, &knobs, &opts, NULL), SWIO_EINVAL,
            "the app Knobs: delay=soon: give a number of seconds");
    opts.params = "voice=shrill";
    refused(swio_client_load_app(client, &knobs, &opts, NULL), SWIO_EINVAL,
            "the app Knobs: voice=shrill: give low or high");
    opts.params = "delay";
    refused(swio_client_load_app(client, &knobs, &opts, NULL), SWIO_EINVAL,
            "the app Knobs: 'delay' is no parameter and its value: write delay=…");
    assert_null(swio_client_app_id(client, "Knobs"));
    assert_string_equal(swio_client_app_id(client, "TonePlay"), "x");
}

/* ---- nothing where there should be something ---- */

#define NO_CONTACT "no contact is given: use HOST, HOST:PORT, [IPV6]:PORT or an IPv6 address"

static void test_nothing_given(void **state)
{
    (void)state;
    const char *none = NULL;
    char *text = NULL;
    swio_listener *l = NULL;
    swio_client *c = NULL;
    swio_caller *k = NULL;
    swio_pool *p = NULL;
    refused(swio_listener_new(NULL, NULL, &l), SWIO_EINVAL, NO_CONTACT);
    refused(swio_client_new("", NULL, &c), SWIO_EINVAL, NO_CONTACT);
    refused(swio_caller_open(NULL, NULL, &k), SWIO_EINVAL, NO_CONTACT);
    refused(swio_pool_new(&none, 1, NULL, &p), SWIO_EINVAL, NO_CONTACT);
    refused(swio_client_cmd(client, NULL, 1, &text), SWIO_EINVAL, "the api command is missing");
    refused(swio_client_bgapi(client, NULL, NULL, NULL), SWIO_EINVAL,
            "the bgapi command is missing");
    refused(swio_client_sip_address(client, NULL, &text), SWIO_EINVAL,
            "%s: no SIP profile is named");
    refused(swio_client_set_loglevel(client, NULL, 1), SWIO_EINVAL,
            "a log level is a word: debug, info, notice, warning, err");
    refused(swio_client_load_app(client, NULL, NULL, NULL), SWIO_EINVAL, "no app is given");
    refused(swio_client_unload_app(client, NULL), SWIO_EINVAL, "no app is named to be unloaded");
    refused(swio_listener_subscribe(listener, NULL), SWIO_EINVAL, "'' is no name of an event");
    assert_null(swio_client_app_id(client, NULL));
    assert_null(swio_listener_session(listener, NULL));
    assert_null(swio_listener_call(listener, NULL));
    assert_null(swio_listener_job(listener, NULL));
    assert_true(swio_listener_running(listener));
}

/* What is missing is found before anything is sent. */
static void test_nothing_told(void **state)
{
    (void)state;
    const swio_variable nameless = {NULL, "x"};
    swio_caller *k;
    swio_session *s;
    char *text = NULL;
    swio_caller_opts opts = {.apps = {{"tone", &swio_app_tone_play}}, .loop = r.loop};
    assert_ok(swio_caller_open(contact, &opts, &k));
    refused(swio_caller_call(k, NULL, "tone", NULL, NULL), SWIO_EINVAL,
            "a caller of %s: the call has no destination");
    assert_ok(swio_caller_call(k, "Fred", "tone", NULL, &s));
    refused(swio_session_getvar(s, NULL, 1, &text), SWIO_EINVAL, "getvar: the name is empty");
    refused(swio_session_setvar(s, NULL, "x", 1), SWIO_EINVAL,
            "setvar: '' is no name of a channel variable: use letters, digits and _ - . :");
    refused(swio_session_setvars(s, &nameless, 1, 1), SWIO_EINVAL,
            "setvars: '' is no name of a channel variable: use letters, digits and _ - . :");
    refused(swio_session_respond(s, NULL, 1), SWIO_EINVAL,
            "respond: '' is no SIP response: \"486 Busy Here\", \"404\"");
    refused(swio_session_deflect(s, NULL, 1), SWIO_EINVAL, "deflect: the URI is empty");
    refused(swio_session_transfer(s, NULL, NULL, 1), SWIO_EINVAL, "transfer: '' is no extension");
    refused(swio_session_send_dtmf(s, NULL, 0, 1), SWIO_EINVAL,
            "DTMF: '' has what is no digit: 0-9 * # A-D, F for a flash, w and W for pauses");
    refused(swio_session_playback(s, NULL, NULL, 1), SWIO_EINVAL, "playback: no file");
    refused(swio_session_speak(s, NULL, NULL, 1), SWIO_EINVAL, "speak: no text");
    refused(swio_session_start_record(s, NULL, NULL, 1), SWIO_EINVAL, "start_record: no path");
    refused(swio_session_record(s, SWIO_RECORD_START, NULL, 1), SWIO_EINVAL, "record: no path");
    refused(swio_session_execute(s, NULL, NULL, 1), SWIO_EINVAL,
            "execute: the application is empty");
    refused(swio_session_broadcast(s, NULL, NULL, NULL, 1), SWIO_EINVAL,
            "broadcast: the application is empty");
    refused(swio_session_recv(s, NULL, 1, NULL), SWIO_EINVAL, "'' is no name of an event");
    refused(swio_session_waitfor(s, NULL, 1), SWIO_EINVAL, "waiting for a variable without a name");
    refused(swio_vars_set(swio_session_vars(s), NULL, "x"), SWIO_EINVAL,
            "a variable without a name");
    assert_true(swio_session_answered(s) && !swio_session_hungup(s));
    swio_session_unref(s);
    swio_caller_close(k);
}

/* ---- waiting in a callback ---- */

static swio_session *session;
static swio_job *job;
static swio_caller *caller;
static swio_pool *pool;
static atomic_bool told;

static void on_done(swio_job *of, void *arg)
{
    (void)of, (void)arg;
    atomic_store(&told, true);
}

#define COROUTINE "would block the event loop: run it in a coroutine (SWIO_COROUTINE, swio_go)"
#define OR_SEND   " or with a time-out of 0"

static void wait_in_callback(void *arg)
{
    (void)arg;
    const char *const events[] = {"CHANNEL_UNHOLD", NULL};
    char *text = NULL;
    swio_event *event = NULL;
    swio_caller *c = NULL;
    swio_conn *conn;
    const int refusal = SWIO_EWOULDBLOCK;
    refused(swio_sleep(1), refusal, "swio_sleep() " COROUTINE);
    refused(swio_client_api(client, "status", 1, NULL), refusal,
            "a command with a time-out " COROUTINE OR_SEND);
    refused(swio_client_cmd(client, "status", 0, &text), refusal,
            "asking for the answer to a command " COROUTINE);
    refused(swio_client_sip_address(client, "external", &text), refusal,
            "asking for the answer to a command " COROUTINE);
    refused(swio_client_hupall(client, NULL, 1), refusal,
            "a command with a time-out " COROUTINE OR_SEND);
    refused(swio_client_connect(client), refusal, "connecting " COROUTINE);
    refused(swio_listener_subscribe(listener, "DTMF"), refusal,
            "subscribing to more events " COROUTINE
            ", or subscribe to them before the listener is started");
    refused(swio_job_wait(job, 1), refusal,
            "waiting for a job " COROUTINE ", or leave a handler with swio_job_on_done()");
    refused(swio_job_get(job, 1, NULL), refusal,
            "waiting for a job " COROUTINE ", or leave a handler with swio_job_on_done()");
    refused(swio_session_recv(session, events[0], 1, NULL), refusal,
            "waiting for an event of a session " COROUTINE);
    refused(swio_session_poll(session, events, 1, 1, SWIO_POLL_FIRST, NULL), refusal,
            "waiting for an event of a session " COROUTINE);
    refused(swio_session_waitfor(session, "x", 1), refusal,
            "waiting for a variable of a session " COROUTINE);
    refused(swio_session_hangup(session, NULL, 1), refusal,
            "swio_session_hangup() " COROUTINE OR_SEND);
    refused(swio_session_setvar(session, "x", "y", 1), refusal,
            "swio_session_setvar() " COROUTINE OR_SEND);
    refused(swio_session_getvar(session, "x", 0, &text), refusal,
            "swio_session_getvar() " COROUTINE);
    refused(swio_session_dump(session, 0, &event), refusal, "swio_session_dump() " COROUTINE);
    refused(swio_caller_call(caller, "Fred", NULL, NULL, NULL), refusal,
            "swio_caller_call() " COROUTINE);
    refused(swio_caller_open(contact, NULL, &c), refusal, "swio_pool_all() " COROUTINE);
    refused(swio_pool_connect(pool), refusal, "swio_pool_all() " COROUTINE);
    assert_ok(swio_conn_new(contact, &(swio_conn_opts){.loop = r.loop}, &conn));
    refused(swio_conn_connect(conn), refusal, "connecting " COROUTINE);
    swio_conn_unref(conn);

    /* What is said to do instead. */
    assert_ok(swio_client_api(client, "status", 0, NULL));
    assert_ok(swio_session_setvar(session, "x", "y", 0));
    assert_int_equal(swio_job_wait(job, 0), SWIO_ETIMEOUT);
    assert_ok(swio_job_on_done(job, on_done, NULL));
}

static void start_in_callback(void *arg)
{
    refused(swio_listener_start(arg), SWIO_EWOULDBLOCK, "starting a listener " COROUTINE);
    assert_true(swio_listener_connected(arg));
}

static void test_in_callback(void **state)
{
    (void)state;
    swio_caller_opts opts = {.loop = r.loop};
    swio_originate_opts call = {.dest_url = r.url};
    swio_listener *other;
    assert_ok(swio_caller_open(contact, &opts, &caller));
    assert_ok(swio_pool_new(&contact, 1, &(swio_pool_opts){.loop = r.loop}, &pool));
    assert_ok(swio_client_originate(client, &call, &job)); /* which nobody answers */
    wait_until((session = swio_listener_session(listener, swio_job_sess_uuid(job))));
    on_loop(r.loop, wait_in_callback, NULL);
    assert_false(swio_session_hungup(session));
    assert_ok(swio_session_hangup(session, NULL, 60));
    wait_until(atomic_load(&told));

    assert_ok(swio_listener_new(contact, &(swio_listener_opts){.loop = r.loop}, &other));
    assert_ok(swio_listener_connect(other));
    on_loop(r.loop, start_in_callback, other);
    assert_ok(swio_listener_start(other));
    swio_listener_unref(other);
    swio_session_unref(session);
    swio_job_unref(job);
    swio_pool_unref(pool);
    swio_caller_close(caller);
}

#define TEST(f, begin) cmocka_unit_test_setup_teardown(f, begin, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_listener, set_up),
        TEST(test_client, set_up),
        TEST(test_bad_apps, set_up_running),
        TEST(test_loading, set_up_running),
        TEST(test_nothing_given, set_up_running),
        TEST(test_nothing_told, set_up),
        TEST(test_in_callback, set_up_running),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
