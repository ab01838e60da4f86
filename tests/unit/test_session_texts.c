/*
 * What each command of a session sends, word for word, as FreeSWITCH was seen to take it
 * (tests/data/call_control.txt, tests/live/test_live_commands.c); and what it makes of the reply.
 * labels: threaded
 */
#include <pthread.h>
#include <string.h>
#include <switchio/session_commands.h>

#include "base/mem.h"
#include "control/listener.h"
#include "support/events.h"
#include "support/mock_server.h"
#include "support/on_loop.h"
#include "support/rig.h"
#include "support/track.h"

#define U "aaaaaaaa-0000-4000-8000-000000000001"

/* ---- a switch that takes everything down, and answers as it is told ---- */

static struct {
    pthread_mutex_t lock;
    char last[4096];   /* the last command that was no subscription */
    const char *reply; /* to api commands; NULL: +OK */
} peer = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void answer_all(mock_peer *p, void *arg)
{
    (void)arg;
    const char *command;
    if (!mock_login(p))
        return;
    while ((command = mock_read(p))) {
        if (strncmp(command, "event ", 6) == 0 || strcmp(command, "exit") == 0) {
            mock_send_reply(p, "+OK");
            continue;
        }
        pthread_mutex_lock(&peer.lock);
        snprintf(peer.last, sizeof peer.last, "%s", command);
        const char *reply = peer.reply ? peer.reply : "+OK\n";
        pthread_mutex_unlock(&peer.lock);
        if (strncmp(command, "api ", 4) == 0)
            mock_send_api(p, reply);
        else
            mock_send_reply(p, "+OK");
    }
}

static void reply_with(const char *text)
{
    pthread_mutex_lock(&peer.lock);
    peer.reply = text;
    pthread_mutex_unlock(&peer.lock);
}

static mock_server *server;
static swio_loop *loop;
static swio_listener *listener;
static swio_session *session;

static void create(void *arg)
{
    swio_event *event = event_of("Event-Name", "CHANNEL_CREATE", "Unique-ID", U, "Call-Direction",
                                 "inbound", "Channel-Name", "sofia/internal/1000@127.0.0.1",
                                 "variable_sip_req_uri", "park@127.0.0.1:5080;x=y", NULL);
    (void)arg;
    swio_listener_dispatch(NULL, event, listener);
    swio_event_unref(event);
}

static int set_up(void **state)
{
    (void)state;
    reply_with(NULL);
    server = mock_server_start("127.0.0.1", answer_all, NULL);
    assert_non_null(server);
    assert_ok(swio_loop_new(&loop));
    swio_listener_opts opts = {.loop = loop, .timeout = 5};
    assert_ok(swio_listener_new(mock_server_contact(server), &opts, &listener));
    assert_ok(swio_listener_connect(listener));
    assert_ok(swio_listener_start(listener));
    on_loop(loop, create, NULL);
    session = swio_listener_session(listener, U);
    assert_non_null(session);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    swio_session_unref(session);
    swio_listener_unref(listener);
    swio_loop_unref(loop);
    return mock_server_stop(server);
}

/* The call succeeds, and this was sent. */
#define assert_sent(expression, text)                                               \
    do {                                                                            \
        assert_ok(expression);                                                      \
        pthread_mutex_lock(&peer.lock);                                             \
        bool same_ = strcmp(peer.last, text) == 0;                                  \
        pthread_mutex_unlock(&peer.lock);                                           \
        if (!same_)                                                                 \
            fail_msg("%s sent '%s' instead of '%s'", #expression, peer.last, text); \
    } while (0)

#define EXECUTE(app, arg)                                                                    \
    "sendmsg " U "\ncall-command: execute\nexecute-app-name: " app "\nexecute-app-arg: " arg \
    "\nloops: 1"

static void test_call(void **state)
{
    (void)state;
    swio_session *s = session;
    assert_sent(swio_session_sched_hangup(s, 3.2, NULL, 5),
                "api sched_hangup +4 " U " NORMAL_CLEARING");
    assert_sent(swio_session_clear_tasks(s, 5), "api sched_del " U);
    assert_sent(swio_session_respond(s, "486 Busy", 5), EXECUTE("respond", "486 Busy"));
    assert_sent(swio_session_deflect(s, "sip:a@b;c=d", 5), "api uuid_deflect " U " sip:a@b;c=d");
    assert_sent(swio_session_transfer(s, "park", NULL, 5), "api uuid_transfer " U " park");
    swio_transfer_opts to = {.dialplan = "XML", .context = "my own", .leg = SWIO_LEG_BOTH};
    assert_sent(swio_session_transfer(s, "it's me", &to, 5),
                "api uuid_transfer " U " -both it\\'s\\sme XML my\\sown");
    to = (swio_transfer_opts){.leg = SWIO_LEG_B};
    assert_sent(swio_session_transfer(s, "1", &to, 5), "api uuid_transfer " U " -bleg 1");
    assert_sent(swio_session_hold(s, 5), "api uuid_hold " U);
    assert_sent(swio_session_unhold(s, 5), "api uuid_hold off " U);
    assert_sent(swio_session_bypass_media(s, true, 5), "api uuid_media off " U);
    assert_sent(swio_session_bypass_media(s, false, 5), "api uuid_media " U);
    assert_error(swio_session_respond(s, "busy", 5), SWIO_EINVAL, "no SIP response");
    assert_error(swio_session_respond(s, "4865", 5), SWIO_EINVAL, "no SIP response");
    assert_error(swio_session_respond(s, "486 a\nb", 5), SWIO_EINVAL, "line break");
    assert_error(swio_session_deflect(s, "sip:a@b c", 5), SWIO_EINVAL, "holds a ' '");
    assert_error(swio_session_deflect(s, "a\nb", 5), SWIO_EINVAL, "line break");
    assert_error(swio_session_transfer(s, "", NULL, 5), SWIO_EINVAL, "no extension");
    assert_error(swio_session_transfer(s, "-both", NULL, 5), SWIO_EINVAL, "no extension");
    assert_error(swio_session_transfer(s, "a\nb", NULL, 5), SWIO_EINVAL, "line break");
    to = (swio_transfer_opts){.context = "c"};
    assert_error(swio_session_transfer(s, "1", &to, 5), SWIO_EINVAL, "needs its dialplan");
    assert_error(swio_session_sched_hangup(s, -1, NULL, 5), SWIO_EINVAL, "give 0 to");
}

static void test_variables(void **state)
{
    (void)state;
    swio_session *s = session;
    char *value = NULL;
    reply_with("hello");
    assert_sent(swio_session_getvar(s, "my_var", 5, &value), "api uuid_getvar " U " my_var");
    assert_string_equal(value, "hello");
    swio_text_free(value);
    reply_with("-ERR no reply\n");
    assert_ok(swio_session_getvar(s, "empty", 0, &value));
    assert_string_equal(value, "");
    swio_text_free(value);
    reply_with("-ERR this is its value");
    assert_ok(swio_session_getvar(s, "odd", 0, &value));
    assert_string_equal(value, "-ERR this is its value");
    swio_text_free(value);
    reply_with("_undef_");
    assert_error(swio_session_getvar(s, "none", 5, &value), SWIO_ENOENT, "no variable none");
    reply_with("-ERR No such channel!\n");
    assert_error(swio_session_getvar(s, "x", 5, &value), SWIO_EAPI, "-ERR No such channel!");
    reply_with(NULL);
    assert_error(swio_session_getvar(s, "a b", 5, &value), SWIO_EINVAL, "holds a ' '");
    assert_error(swio_session_getvar(s, "a\nb", 5, &value), SWIO_EINVAL, "line break");

    assert_sent(swio_session_setvar(s, "x", "it's a \\ b", 5),
                "api uuid_setvar " U " x it\\'s\\sa\\s\\\\\\sb");
    assert_sent(swio_session_setvar(s, "x", "", 5), "api uuid_setvar " U " x");
    assert_sent(swio_session_unsetvar(s, "x", 5), "api uuid_setvar " U " x");
    assert_error(swio_session_setvar(s, "a b", "1", 5), SWIO_EINVAL, "no name");
    assert_error(swio_session_setvar(s, NULL, "1", 5), SWIO_EINVAL, "no name");
    assert_error(swio_session_setvar(s, "a", "1\n2", 5), SWIO_EINVAL, "line break");

    swio_variable v[SWIO_SETVARS_MAX + 1] = {
        {"a", "1"}, {"b", "two words"}, {"c", " ; ' \\ "}, {"d", NULL}};
    assert_sent(swio_session_setvars(s, v, 4, 5),
                "api uuid_setvar_multi " U " a=1;b=two words;c=\\s\\; \\' \\\\\\s;d=");
    assert_error(swio_session_setvars(s, v, 0, 5), SWIO_EINVAL, "give 1 to 64");
    assert_error(swio_session_setvars(s, v, SWIO_SETVARS_MAX + 1, 5), SWIO_EINVAL, "give 1 to 64");
    v[1].value = "1\n2";
    assert_error(swio_session_setvars(s, v, 2, 5), SWIO_EINVAL, "line break");
    v[1].value = "$${x}";
    assert_error(swio_session_setvars(s, v, 2, 5), SWIO_EINVAL, "drops such values");
}

static void test_dump(void **state)
{
    (void)state;
    swio_event *event = NULL;
    reply_with("{\"Event-Name\":\"CHANNEL_DATA\",\"variable_x\":\"%41\"}");
    assert_sent(swio_session_dump(session, 0, &event), "api uuid_dump " U " json");
    assert_string_equal(swio_event_get(event, "variable_x"), "%41");
    swio_event_unref(event);
    reply_with("-ERR No such channel!\n");
    assert_error(swio_session_dump(session, 5, &event), SWIO_EAPI, "No such channel");
    reply_with("nonsense");
    assert_int_equal(swio_session_dump(session, 5, &event), SWIO_EPROTO);
}

static void test_dtmf(void **state)
{
    (void)state;
    swio_session *s = session;
    char many[128];
    memset(many, '1', sizeof many);
    many[sizeof many - 1] = '\0';
    assert_sent(swio_session_send_dtmf(s, "12#", 100, 5), "api uuid_send_dtmf " U " 12#@100");
    assert_sent(swio_session_send_dtmf(s, "w1W*aF", 0, 5), "api uuid_send_dtmf " U " w1W*aF");
    assert_sent(swio_session_sched_dtmf(s, 0.1, "5", 200, 5),
                "api sched_api +1 " U " uuid_send_dtmf " U " 5@200");
    assert_error(swio_session_send_dtmf(s, "", 0, 5), SWIO_EINVAL, "no digit");
    assert_error(swio_session_send_dtmf(s, "1 2", 0, 5), SWIO_EINVAL, "no digit");
    assert_error(swio_session_send_dtmf(s, "1\n2", 0, 5), SWIO_EINVAL, "no digit");
    assert_error(swio_session_send_dtmf(s, many, 0, 5), SWIO_EINVAL, "less than 100");
    assert_error(swio_session_sched_dtmf(s, -1, "5", 0, 5), SWIO_EINVAL, "give 0 to");
}

static void test_playing(void **state)
{
    (void)state;
    swio_session *s = session;
    const char *tone = "tone_stream://%(251,0,1004)";
    assert_ok(swio_session_playback(s, tone, NULL, 0)); /* nobody waits: it may not be sent yet */
    assert_sent(swio_session_echo(s, 5), EXECUTE("echo", ""));
    const char *const more[] = {"b!c.wav", "it's.wav", NULL};
    const swio_variable params[] = {{"vol", "-1"}, {"none", NULL}, {"t", "it's, ${x} \\"}};
    swio_playback_opts opts = {.more = more,
                               .start_sample = 800,
                               .endless = true,
                               .params = params,
                               .param_count = 3,
                               .leg = SWIO_LEG_BOTH};
    assert_sent(
        swio_session_playback(s, "a b.wav", &opts, 5),
        "api uuid_broadcast " U
        " playback::{loops=-1,vol=-1,t=it\\\\\\\\\\\\\\\\\\\\\\\\\\'s\\\\\\\\,\\s\\\\${x}\\s\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\}file_string://a\\sb.wav!b\\\\\\\\!c.wav!it\\\\\\\\\\'s.wav@@800 both");
    opts = (swio_playback_opts){.leg = SWIO_LEG_B};
    assert_sent(swio_session_playback(s, tone, &opts, 5),
                "api uuid_broadcast " U " playback::tone_stream://%(251,0,1004) bleg");
    assert_sent(swio_session_breakmedia(s, false, 5), "api uuid_break " U);
    assert_sent(swio_session_breakmedia(s, true, 5), "api uuid_break " U " all");
    assert_sent(swio_session_speak(s, "hello | world", NULL, 5),
                EXECUTE("speak", "flite|kal|hello | world"));
    swio_speak_opts voice = {.engine = "tts", .voice = "ann"};
    assert_sent(swio_session_speak(s, "a\\b", &voice, 5), EXECUTE("speak", "tts|ann|a\\\\b"));
    assert_error(swio_session_playback(s, "", NULL, 5), SWIO_EINVAL, "no file");
    assert_error(swio_session_playback(s, "a\nb", NULL, 0), SWIO_EINVAL, "line break");
    opts = (swio_playback_opts){.start_sample = 1};
    assert_error(swio_session_playback(s, "http://a@b/c.wav", &opts, 0), SWIO_EINVAL, "'@'");
    const swio_variable open = {"a", "{"};
    opts = (swio_playback_opts){.params = &open, .param_count = 1};
    assert_error(swio_session_playback(s, "a", &opts, 0), SWIO_EINVAL, "without its partner");
    voice.engine = "a|b";
    assert_error(swio_session_speak(s, "a", &voice, 5), SWIO_EINVAL, "holds a '|'");
    assert_error(swio_session_speak(s, "a\nb", NULL, 5), SWIO_EINVAL, "line break");
}

static void test_recording(void **state)
{
    (void)state;
    swio_session *s = session;
    assert_sent(swio_session_start_record(s, "/tmp/rs.wav", NULL, 5),
                EXECUTE("record_session", "/tmp/rs.wav"));
    swio_record_opts opts = {.limit = 30};
    assert_sent(swio_session_start_record(s, "/tmp/it's a.wav", &opts, 5),
                EXECUTE("record_session", "/tmp/it\\\\'s\\\\sa.wav +30"));
    assert_sent(swio_session_stop_record(s, "/tmp/a b.wav", 5),
                EXECUTE("stop_record_session", "/tmp/a b.wav"));
    assert_sent(swio_session_stop_record(s, NULL, 5), EXECUTE("stop_record_session", "all"));
    static const char *const actions[] = {"start", "stop", "mask", "unmask"};
    for (int i = SWIO_RECORD_START; i <= SWIO_RECORD_UNMASK; i++) {
        char text[128];
        snprintf(text, sizeof text, "api uuid_record " U " %s /tmp/a\\sb.wav", actions[i]);
        assert_sent(swio_session_record(s, (swio_record_action)i, "/tmp/a b.wav", 5), text);
    }
    assert_error(swio_session_start_record(s, "", NULL, 5), SWIO_EINVAL, "no path");
    assert_error(swio_session_stop_record(s, "a\nb", 5), SWIO_EINVAL, "line break");
    assert_error(swio_session_record(s, SWIO_RECORD_STOP, "a\nb", 5), SWIO_EINVAL, "line break");
    assert_error(swio_session_record(s, (swio_record_action)9, "a", 5), SWIO_EINVAL, "no action");
}

/* The options become variables, each time all of them. */
static void test_record_options(void **state)
{
    (void)state;
    swio_record_opts opts = {.stereo = true, .append = true, .write_only = true, .rate = 8000};
    reply_with("-ERR No such channel!\n"); /* of the first command, which is not waited for */
    assert_ok(swio_session_start_record(session, "/a", &opts, 5));
    assert_sent(swio_session_echo(session, 5), EXECUTE("echo", ""));
}

static void test_media(void **state)
{
    (void)state;
    swio_session *s = session;
    assert_sent(swio_session_mute(s, SWIO_MEDIA_WRITE, 5),
                "api uuid_audio " U " start write mute 1");
    assert_sent(swio_session_mute(s, SWIO_MEDIA_READ, 5), "api uuid_audio " U " start read mute 1");
    assert_sent(swio_session_unmute(s, SWIO_MEDIA_WRITE, 5),
                "api uuid_audio " U " start write mute 0");
    assert_sent(swio_session_start_amd(s, 5), "api avmd " U " start");
    assert_sent(swio_session_stop_amd(s, 5), "api avmd " U " stop");
}

static void test_applications(void **state)
{
    (void)state;
    swio_session *s = session;
    assert_sent(swio_session_execute(s, "set", "y=${z} \\", 5), EXECUTE("set", "y=${z} \\"));
    assert_sent(swio_session_execute(s, "answer", NULL, 5), EXECUTE("answer", ""));
    assert_sent(swio_session_broadcast(s, "echo", NULL, NULL, 5),
                "api uuid_broadcast " U " echo::");
    swio_broadcast_opts opts = {.leg = SWIO_LEG_A, .cause = "USER_BUSY"};
    assert_sent(swio_session_broadcast(s, "playback", "a b", &opts, 5),
                "api uuid_broadcast " U " playback!USER_BUSY::a\\sb aleg");
    opts = (swio_broadcast_opts){.leg = SWIO_LEG_BOTH, .after = 1.5};
    assert_sent(swio_session_broadcast(s, "set", "a=1", &opts, 5),
                "api sched_broadcast +2 " U " set::a=1 both");
    assert_error(swio_session_execute(s, "", NULL, 5), SWIO_EINVAL, "is empty");
    assert_error(swio_session_execute(s, "a b", NULL, 5), SWIO_EINVAL, "holds a ' '");
    assert_error(swio_session_execute(s, "set", "a\nb", 5), SWIO_EINVAL, "line break");
    assert_error(swio_session_broadcast(s, "a::b", NULL, NULL, 5), SWIO_EINVAL, "holds a ':'");
    assert_error(swio_session_broadcast(s, "set", "a\nb", NULL, 5), SWIO_EINVAL, "line break");
    opts = (swio_broadcast_opts){.cause = "a b"};
    assert_error(swio_session_broadcast(s, "set", "a", &opts, 5), SWIO_EINVAL, "no hangup cause");
    opts = (swio_broadcast_opts){.after = -1};
    assert_error(swio_session_broadcast(s, "set", "a", &opts, 5), SWIO_EINVAL, "give 0 to");
}

static void test_bridge(void **state)
{
    (void)state;
    swio_session *s = session;
    assert_sent(swio_session_bridge(s, NULL, 5),
                EXECUTE("bridge", "sofia/internal/park@127.0.0.1:5080;x=y"));
    const swio_variable v[] = {{"a", "it's, b"}, {"none", NULL}};
    swio_bridge_opts opts = {.dest_url = "sip:x@y",
                             .profile = "external",
                             .proxy = "10.0.0.1:5060",
                             .variables = v,
                             .variable_count = 2};
    assert_sent(swio_session_bridge(s, &opts, 5),
                EXECUTE("bridge", "{a=it\\\\\\\\\\\\'s\\\\, b}sofia/external/x@y;fs_path=sip:"
                                  "10.0.0.1:5060"));
    opts = (swio_bridge_opts){.dest_url = "1", .gateway = "gw"};
    assert_sent(swio_session_bridge(s, &opts, 5), EXECUTE("bridge", "sofia/gateway/gw/1"));
    opts = (swio_bridge_opts){.dest_url = "a,b"};
    assert_error(swio_session_bridge(s, &opts, 5), SWIO_EINVAL, "holds a ','");
    opts = (swio_bridge_opts){.dest_url = "a\nb"};
    assert_error(swio_session_bridge(s, &opts, 5), SWIO_EINVAL, "line break");
    const swio_variable bad = {"a", "b\nc"}, dropped = {"a", "${b}"};
    opts = (swio_bridge_opts){.variables = &bad, .variable_count = 1};
    assert_error(swio_session_bridge(s, &opts, 5), SWIO_EINVAL, "line break");
    opts.variables = &dropped;
    assert_error(swio_session_bridge(s, &opts, 5), SWIO_EINVAL, "drops such values");
}

static void create_bare(void *arg)
{
    (void)arg;
    swio_event *event = event_of("Event-Name", "CHANNEL_CREATE", "Unique-ID", "bare", NULL);
    swio_listener_dispatch(NULL, event, listener);
    swio_event_unref(event);
}

static void test_bridge_untold(void **state)
{
    (void)state;
    on_loop(loop, create_bare, NULL);
    swio_session *bare = swio_listener_session(listener, "bare");
    assert_error(swio_session_bridge(bare, NULL, 5), SWIO_EINVAL, "give a dest_url");
    swio_bridge_opts opts = {.dest_url = "x@y"};
    assert_error(swio_session_bridge(bare, &opts, 5), SWIO_EINVAL, "its SIP profile: give one");
    char text[64];
    assert_int_equal(swio_session_format(bare, text, sizeof text), strlen("<Session(bare, new)>"));
    assert_string_equal(text, "<Session(bare, new)>");
    swio_session_format(session, text, sizeof text);
    assert_string_equal(text, "<Session(" U ", inbound, new)>");
    swio_session_unref(bare);
}

/* Nothing leaks, and no command is half sent, whichever allocation fails. */
static void test_no_memory(void **state)
{
    (void)state;
    const char *const more[] = {"b", NULL};
    const swio_variable v[] = {{"a", "it's"}};
    swio_playback_opts play = {.more = more, .params = v, .param_count = 1, .leg = SWIO_LEG_B};
    swio_transfer_opts to = {.dialplan = "XML", .context = "c"};
    for (long n = 0; n < 24; n++) {
        char *value = NULL;
        swio_mem_fail_after(n, false);
        int errors[] = {
            swio_session_setvars(session, v, 1, 5),
            swio_session_playback(session, "a", &play, 5),
            swio_session_transfer(session, "1", &to, 5),
            swio_session_start_record(session, "a b", NULL, 5),
            swio_session_bridge(session, NULL, 5),
            swio_session_getvar(session, "x", 5, &value),
        };
        swio_mem_fail_after(-1, false);
        swio_text_free(value);
        for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
            if (errors[i] && errors[i] != SWIO_ENOMEM && errors[i] != SWIO_ECONN)
                fail_msg("%ld, %zu: %d", n, i, errors[i]);
        if (!swio_listener_connected(listener)) { /* the reader found no memory */
            tear_down(NULL);
            set_up(NULL);
        }
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_call),           TEST(test_variables),     TEST(test_dump),
        TEST(test_dtmf),           TEST(test_playing),       TEST(test_recording),
        TEST(test_record_options), TEST(test_media),         TEST(test_applications),
        TEST(test_bridge),         TEST(test_bridge_untold), TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
