/* labels: threaded */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/connection.h>
#include <switchio/error.h>
#include <switchio/log.h>

#include <cmocka.h>

#include "support/gate.h"
#include "support/mock_server.h"
#include "support/on_loop.h"
#include "support/wait.h"

/* ---- a server, and a connection to it ---- */

typedef struct fixture {
    mock_server *server;
    swio_conn *conn;
    char expected[300]; /* of a sentence */
} fixture;

static void begin(fixture *f, mock_script *script, void *arg, const swio_conn_opts *opts)
{
    f->server = mock_server_start("127.0.0.1", script, arg);
    assert_non_null(f->server);
    assert_int_equal(swio_conn_new(mock_server_contact(f->server), opts, &f->conn), 0);
    if (swio_conn_connect(f->conn))
        fail_msg("%s", swio_errmsg());
}

static void end(fixture *f)
{
    swio_conn_unref(f->conn);
    assert_int_equal(mock_server_stop(f->server), 0);
}

/* The last sentence is "HOST:PORT: rest". */
static void assert_sentence(fixture *f, const char *rest)
{
    snprintf(f->expected, sizeof f->expected, "%s: %s", mock_server_contact(f->server), rest);
    assert_string_equal(swio_errmsg(), f->expected);
}

/* ---- the forms of commands and replies ---- */

typedef struct dialogue {
    const char *command; /* as the server gets it */
    const char *body;    /* of an api/response, or NULL for a command/reply with */
    const char *reply;
} dialogue;

static void follow_dialogue(mock_peer *peer, void *arg)
{
    mock_login(peer);
    for (const dialogue *d = arg; d->command; d++) {
        mock_expect(peer, d->command);
        if (d->body)
            mock_send_api(peer, d->body);
        else
            mock_send_reply(peer, d->reply);
    }
    mock_expect(peer, "exit");
}

static const char *body_of(const swio_event *reply)
{
    return swio_event_body(reply, NULL);
}

static void api_gives_the_output(void **state)
{
    (void)state;
    static const dialogue d[] = {{.command = "api status", .body = "UP 0 years\n"}, {0}};
    fixture f;
    swio_event *reply;
    begin(&f, follow_dialogue, (void *)(uintptr_t)d, NULL);
    assert_int_equal(swio_conn_api(f.conn, "status", 60, &reply), 0);
    assert_string_equal(body_of(reply), "UP 0 years\n");
    swio_event_unref(reply);
    end(&f);
}

static void errors_have_the_words_of_the_switch(void **state)
{
    (void)state;
    static const dialogue d[] = {
        {.command = "api not a command", .body = "-ERR not Command not found!\n"},
        {.command = "api uuid_setvar_multi", .body = "-USAGE: <uuid> <var>=<value>\n"},
        {.command = "api uuid_answer 1", .body = "-ERROR\n"},
        {.command = "bogus", .reply = "-ERR command not found"},
        {.command = "api secret", .reply = "-ERR permission denied"},
        {0},
    };
    static const char *const sentences[] = {
        "'api not a command' failed: -ERR not Command not found!",
        "'api uuid_setvar_multi' failed: -USAGE: <uuid> <var>=<value>",
        "'api uuid_answer 1' failed: -ERROR",
        "'bogus' failed: -ERR command not found",
        "'api secret' failed: -ERR permission denied",
    };
    fixture f;
    begin(&f, follow_dialogue, (void *)(uintptr_t)d, NULL);
    for (size_t i = 0; d[i].command; i++) {
        swio_event *reply = NULL;
        assert_int_equal(swio_conn_command(f.conn, d[i].command, 5, &reply), SWIO_EAPI);
        assert_sentence(&f, sentences[i]);
        assert_non_null(reply);
        if (d[i].body)
            assert_string_equal(body_of(reply), d[i].body);
        else
            assert_string_equal(swio_event_get(reply, "Reply-Text"), d[i].reply);
        swio_event_unref(reply);
    }
    end(&f);
}

static void only_the_first_bytes_make_an_error(void **state)
{
    (void)state;
    static const dialogue d[] = {
        {.command = "api a", .body = "-ERR no reply\n"},
        {.command = "api b", .body = "+OK sure, -ERR is only mentioned\n"},
        {.command = "api c", .body = "-ERRATA"},
        {.command = "api d", .body = "false"},
        {.command = "api e", .body = " -ERR"},
        {.command = "api f", .body = "-ER"},
        {0},
    };
    static const int errors[] = {0, 0, SWIO_EAPI, 0, 0, 0};
    fixture f;
    begin(&f, follow_dialogue, (void *)(uintptr_t)d, NULL);
    for (size_t i = 0; d[i].command; i++) {
        swio_event *reply = NULL;
        assert_int_equal(swio_conn_command(f.conn, d[i].command, 5, &reply), errors[i]);
        assert_string_equal(body_of(reply), d[i].body);
        swio_event_unref(reply);
    }
    end(&f);
}

static void every_command_has_its_form(void **state)
{
    (void)state;
    static const dialogue d[] = {
        {.command = "bgapi originate x\nJob-UUID: 0000-1", .reply = "+OK Job-UUID: 0000-1"},
        {.command = "sendmsg 0000-2\ncall-command: execute\nexecute-app-name: park",
         .reply = "+OK"},
        {.command = "sendmsg 0000-2\ncall-command: execute\nexecute-app-name: playback\n"
                    "execute-app-arg: a b.wav\nloops: -1\nevent-lock: true\nasync: true\n"
                    "Event-UUID: 0000-3",
         .reply = "+OK"},
        {.command = "event json CHANNEL_PARK CUSTOM a::b", .reply = "+OK event listener enabled"},
        {.command = "nixevent CHANNEL_PARK CUSTOM a::b", .reply = "+OK events nixed"},
        {.command = "sendmsg 0000-4\ncall-command: hangup\nhangup-cause: USER_BUSY",
         .reply = "+OK"},
        {.command = "sendmsg", .reply = "+OK"},
        {.command = "sendevent NOTIFY\nprofile: internal\nContent-Length: 4\n\nbody",
         .reply = "+OK 0000-5"},
        {.command = "sendevent HEARTBEAT", .reply = "+OK 0000-6"},
        {0},
    };
    static const char *const names[] = {"a::b", "CHANNEL_PARK"};
    fixture f;
    begin(&f, follow_dialogue, (void *)(uintptr_t)d, NULL);
    assert_int_equal(swio_conn_bgapi(f.conn, "originate x", "0000-1", 60, NULL), 0);
    assert_int_equal(swio_conn_execute(f.conn, "0000-2", "park", NULL, 60, NULL), 0);
    swio_execute_opts opts = {
        .arg = "a b.wav", .loops = -1, .event_lock = true, .async = true, .event_uuid = "0000-3"};
    assert_int_equal(swio_conn_execute(f.conn, "0000-2", "playback", &opts, 60, NULL), 0);
    assert_int_equal(swio_conn_subscribe(f.conn, SWIO_EVENT_JSON, names, 2, 60), 0);
    assert_int_equal(swio_conn_unsubscribe(f.conn, names, 2, 60), 0);
    const swio_variable hangup[] = {{"call-command", "hangup"}, {"hangup-cause", "USER_BUSY"}};
    const swio_variable profile = {"profile", "internal"};
    swio_message message = {.headers = hangup, .header_count = 2};
    assert_int_equal(swio_conn_sendmsg(f.conn, "0000-4", &message, 60, NULL), 0);
    assert_int_equal(swio_conn_sendmsg(f.conn, NULL, NULL, 60, NULL), 0);
    swio_event *reply = NULL;
    message = (swio_message){.headers = &profile, .header_count = 1, .body = "body"};
    assert_int_equal(swio_conn_sendevent(f.conn, "NOTIFY", &message, 60, &reply), 0);
    assert_string_equal(swio_event_get(reply, "Reply-Text"), "+OK 0000-5");
    swio_event_unref(reply);
    assert_int_equal(swio_conn_sendevent(f.conn, "HEARTBEAT", NULL, 60, NULL), 0);
    end(&f);
}

static void what_cannot_be_sent_is_not(void **state)
{
    (void)state;
    static const dialogue d[] = {{0}};
    fixture f;
    swio_event *reply = (void *)(uintptr_t)d;
    begin(&f, follow_dialogue, (void *)(uintptr_t)d, NULL);
    assert_int_equal(swio_conn_api(f.conn, "status\n\napi hupall", 5, &reply), SWIO_EINVAL);
    assert_null(reply);
    assert_int_equal(swio_conn_execute(f.conn, "1", "a\nb", NULL, 5, NULL), SWIO_EINVAL);
    swio_message message = {.headers = &(swio_variable){"a", "b\nc"}, .header_count = 1};
    assert_int_equal(swio_conn_sendmsg(f.conn, "1", &message, 5, NULL), SWIO_EINVAL);
    assert_int_equal(swio_conn_sendevent(f.conn, "A B", NULL, 5, NULL), SWIO_EINVAL);
    assert_int_equal(swio_conn_unsubscribe(f.conn, NULL, 0, 5), SWIO_EINVAL);
    assert_int_equal(swio_conn_subscribe(f.conn, SWIO_EVENT_PLAIN, NULL, 0, 5), SWIO_EINVAL);
    assert_int_equal(swio_conn_api(f.conn, "status", -1, NULL), SWIO_EINVAL);
    assert_sentence(&f, "the time-out of -1 s is no length of time");
    assert_int_equal(swio_conn_send(f.conn, "\nstatus\n\n", 9, 1, NULL, NULL), SWIO_EINVAL);
    assert_int_equal(swio_conn_send(f.conn, "status\n", 7, 1, NULL, NULL), SWIO_EINVAL);
    assert_sentence(&f, "a command has a first line, and an empty one behind its lines; 'status' "
                        "was not sent");
    end(&f);
}

static void nothing_is_sent_without_a_connection(void **state)
{
    (void)state;
    swio_conn *conn;
    assert_int_equal(swio_conn_new("127.0.0.1:1", NULL, &conn), 0);
    assert_int_equal(swio_conn_api(conn, "status", 5, NULL), SWIO_ECONN);
    assert_string_equal(swio_errmsg(), "127.0.0.1:1: not connected; 'api status' was not sent");
    assert_int_equal(swio_conn_api(conn, "status", 0, NULL), SWIO_ECONN);
    assert_int_equal(swio_conn_command(conn, "auth ClueCon", 0, NULL), SWIO_ECONN);
    assert_string_equal(swio_errmsg(), "127.0.0.1:1: not connected; 'auth ***' was not sent");
    swio_conn_unref(conn);
}

/* ---- time ---- */

static void reply_late(mock_peer *peer, void *arg)
{
    mock_login(peer);
    mock_expect(peer, "api slow");
    if (!gate_pass(arg))
        mock_complain(peer, "the client did not give up");
    mock_send_api(peer, "late");
    mock_expect(peer, "api quick");
    mock_send_api(peer, "in time");
    mock_expect(peer, "exit");
}

static void a_late_reply_belongs_to_its_command(void **state)
{
    (void)state;
    fixture f;
    gate given_up;
    swio_event *reply = NULL;
    gate_init(&given_up);
    begin(&f, reply_late, &given_up, NULL);
    assert_int_equal(swio_conn_api(f.conn, "slow", 0.05, &reply), SWIO_ETIMEOUT);
    assert_sentence(&f, "no reply to 'api slow' within 0.05 s");
    assert_null(reply);
    gate_open(&given_up);
    assert_int_equal(swio_conn_api(f.conn, "quick", 60, &reply), 0);
    assert_string_equal(body_of(reply), "in time");
    swio_event_unref(reply);
    end(&f);
}

static atomic_int lines_logged;
static char logged[300];

static void keep_line(swio_log_level level, const char *file, int line, const char *text, void *arg)
{
    (void)file, (void)line, (void)arg;
    if (level != SWIO_LOG_WARNING)
        return;
    snprintf(logged, sizeof logged, "%s", text);
    atomic_fetch_add(&lines_logged, 1);
}

static void without_a_time_out_errors_are_logged(void **state)
{
    (void)state;
    static const dialogue d[] = {
        {.command = "api good", .body = "+OK"},
        {.command = "api bad", .body = "-ERR bad"},
        {.command = "api last", .body = "+OK"},
        {0},
    };
    fixture f;
    swio_event *reply = (void *)(uintptr_t)d;
    begin(&f, follow_dialogue, (void *)(uintptr_t)d, NULL);
    swio_log_set_handler(keep_line, NULL);
    atomic_store(&lines_logged, 0);
    assert_int_equal(swio_conn_api(f.conn, "good", 0, &reply), 0);
    assert_null(reply);
    assert_int_equal(swio_conn_api(f.conn, "bad", 0, NULL), 0);
    assert_int_equal(swio_conn_api(f.conn, "last", 60, NULL), 0);
    swio_log_set_handler(NULL, NULL);
    assert_int_equal(atomic_load(&lines_logged), 1);
    snprintf(f.expected, sizeof f.expected, "%s: 'api bad' failed: -ERR bad",
             mock_server_contact(f.server));
    assert_string_equal(logged, f.expected);
    end(&f);
}

/* ---- who may wait ---- */

/* What the handler of an event did, on the loop's thread. */
typedef struct seen {
    atomic_bool done;
    int waiting, sending, connecting;
    char sentence[200];
} seen;

static void call_from_event(swio_conn *conn, swio_event *event, void *arg)
{
    (void)event;
    seen *s = arg;
    s->waiting = swio_conn_api(conn, "wait", 1, NULL);
    snprintf(s->sentence, sizeof s->sentence, "%s", swio_errmsg());
    s->connecting = swio_conn_connect(conn);
    s->sending = swio_conn_api(conn, "send", 0, NULL);
    atomic_store(&s->done, true);
}

static void event_then_command(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_send_event(peer, "HEARTBEAT", "");
    mock_expect(peer, "api send");
    mock_send_api(peer, "+OK");
    mock_expect(peer, "exit");
}

static void a_plain_callback_may_send_but_not_wait(void **state)
{
    (void)state;
    fixture f;
    seen s = {0};
    begin(&f, event_then_command, NULL, &(swio_conn_opts){.on_event = call_from_event, .arg = &s});
    wait_until(atomic_load(&s.done));
    assert_int_equal(s.waiting, SWIO_EWOULDBLOCK);
    assert_string_equal(s.sentence,
                        "a command with a time-out would block the event loop: run it in a "
                        "coroutine (SWIO_COROUTINE, swio_go) or with a time-out of 0");
    assert_int_equal(s.connecting, SWIO_EWOULDBLOCK);
    assert_int_equal(s.sending, 0);
    end(&f);
}

typedef struct coroutine_test {
    swio_conn *conn;
    atomic_bool done;
    int connected, answered;
} coroutine_test;

static void connect_and_ask(void *arg)
{
    coroutine_test *t = arg;
    swio_event *reply = NULL;
    t->connected = swio_conn_connect(t->conn);
    t->answered = swio_conn_api(t->conn, "status", 5, &reply);
    if (reply && strcmp(body_of(reply), "UP") != 0)
        t->answered = 1;
    swio_event_unref(reply);
    t->conn = swio_conn_unref(t->conn); /* the last one, in a coroutine */
    atomic_store(&t->done, true);
}

static void a_coroutine_may_wait(void **state)
{
    (void)state;
    static const dialogue d[] = {{.command = "api status", .body = "UP"}, {0}};
    coroutine_test t = {0};
    swio_loop *loop;
    mock_server *server = mock_server_start("127.0.0.1", follow_dialogue, (void *)(uintptr_t)d);
    assert_non_null(server);
    assert_int_equal(swio_loop_new(&loop), 0);
    assert_int_equal(
        swio_conn_new(mock_server_contact(server), &(swio_conn_opts){.loop = loop}, &t.conn), 0);
    assert_int_equal(swio_go(loop, connect_and_ask, &t), 0);
    wait_until(atomic_load(&t.done));
    assert_int_equal(t.connected, 0);
    assert_int_equal(t.answered, 0);
    /* In this order: a loop that ends does not wait until the last bytes are sent. */
    assert_int_equal(mock_server_stop(server), 0);
    swio_loop_unref(loop);
}

/* ---- limits ---- */

static void answer_when_told(mock_peer *peer, void *arg)
{
    mock_login(peer);
    gate_pass(arg);
    for (const char *command; (command = mock_read(peer)) && strcmp(command, "exit") != 0;)
        mock_send_api(peer, "+OK");
}

static void count_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                        void *arg)
{
    (void)conn, (void)sentence, (void)reply;
    if (error == 0)
        atomic_fetch_add((atomic_int *)arg, 1);
}

static void commands_without_a_reply_are_limited(void **state)
{
    (void)state;
    fixture f;
    gate may_answer;
    atomic_int replies = 0;
    gate_init(&may_answer);
    begin(&f, answer_when_told, &may_answer, &(swio_conn_opts){.max_pending = 2});
    for (int i = 0; i < 2; i++)
        assert_int_equal(swio_conn_send(f.conn, "api a\n\n", 7, 5, count_reply, &replies), 0);
    assert_int_equal(swio_conn_send(f.conn, "api a\n\n", 7, 5, count_reply, &replies), SWIO_ELIMIT);
    assert_sentence(&f, "2 commands wait for their replies, which is the limit (max_pending); wait "
                        "for some of them");
    gate_open(&may_answer);
    wait_until(atomic_load(&replies) == 2);
    assert_int_equal(swio_conn_api(f.conn, "a", 60, NULL), 0);
    end(&f);
}

/* Fills the queue of a connection with commands of 256 KiB, on the loop's thread: there nothing
 * leaves meanwhile, so that what fits in is known exactly. */
typedef struct filling {
    fixture *f;
    char *command;
    int sent;
    atomic_int replies;
} filling;

enum { COMMAND = 256 << 10, LIMIT = 4 << 20 };

static void fill_the_queue(void *arg)
{
    filling *fill = arg;
    for (; fill->sent < LIMIT / COMMAND; fill->sent++)
        assert_int_equal(
            swio_conn_send(fill->f->conn, fill->command, COMMAND, 60, count_reply, &fill->replies),
            0);
    for (int i = 0; i < 2 * LIMIT / COMMAND; i++) /* what is refused does not count */
        assert_int_equal(swio_conn_send(fill->f->conn, fill->command, COMMAND, 30, NULL, NULL),
                         SWIO_ELIMIT);
    assert_non_null(strstr(swio_errmsg(), "the bytes that FreeSWITCH has not taken yet have "
                                          "reached their limit (max_queued); 'api xxx"));
}

static void unsent_bytes_are_limited(void **state)
{
    (void)state;
    fixture f;
    gate may_read;
    filling fill = {.f = &f, .command = malloc(COMMAND)};
    assert_non_null(fill.command);
    memset(fill.command, 'x', COMMAND);
    memcpy(fill.command, "api ", 4);
    memcpy(&fill.command[COMMAND - 2], "\n\n", 2);
    gate_init(&may_read);
    begin(&f, answer_when_told, &may_read, &(swio_conn_opts){.max_queued = LIMIT});
    on_loop(swio_conn_loop(f.conn), fill_the_queue, &fill);
    gate_open(&may_read);
    wait_until(atomic_load(&fill.replies) == fill.sent);
    assert_int_equal(swio_conn_api(f.conn, "a", 60, NULL), 0);
    end(&f);
    free(fill.command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(api_gives_the_output),
        cmocka_unit_test(errors_have_the_words_of_the_switch),
        cmocka_unit_test(only_the_first_bytes_make_an_error),
        cmocka_unit_test(every_command_has_its_form),
        cmocka_unit_test(what_cannot_be_sent_is_not),
        cmocka_unit_test(nothing_is_sent_without_a_connection),
        cmocka_unit_test(a_late_reply_belongs_to_its_command),
        cmocka_unit_test(without_a_time_out_errors_are_logged),
        cmocka_unit_test(a_plain_callback_may_send_but_not_wait),
        cmocka_unit_test(a_coroutine_may_wait),
        cmocka_unit_test(commands_without_a_reply_are_limited),
        cmocka_unit_test(unsent_bytes_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
