/* labels: threaded */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/connection.h>
#include <switchio/error.h>
#include <switchio/log.h>

#include "support/cmocka.h"
#include "support/gate.h"
#include "support/mock_server.h"
#include "support/on_loop.h"
#include "support/wait.h"

#include "loop/coroutine.h"

/* ---- a server, a connection to it, and what its handlers saw ---- */

typedef struct fixture {
    mock_server *server;
    swio_conn *conn;
    char expected[400]; /* of a sentence */

    atomic_int events, logs, closed, replies;
    char order[200]; /* the names of events and replies as they came; read after `closed` */
    int closed_error;
    bool closed_wrongly;
    char closed_sentence[1024];
    int reply_error;
    char reply_sentence[1024];
    gate gate;
    swio_conn_event_fn *also_on_event; /* what a test does in a handler */
    swio_conn_closed_fn *also_on_closed;
} fixture;

static void note(fixture *f, const char *what)
{
    size_t len = strlen(f->order);
    snprintf(f->order + len, sizeof f->order - len, "%s ", what);
}

static void on_event(swio_conn *conn, swio_event *event, void *arg)
{
    fixture *f = arg;
    note(f, swio_event_name(event));
    atomic_fetch_add(&f->events, 1);
    if (f->also_on_event)
        f->also_on_event(conn, event, arg);
}

static void on_log(swio_conn *conn, swio_event *event, void *arg)
{
    (void)conn;
    fixture *f = arg;
    note(f, swio_event_body(event, NULL));
    atomic_fetch_add(&f->logs, 1);
}

static void on_closed(swio_conn *conn, int error, const char *sentence, void *arg)
{
    fixture *f = arg;
    f->closed_error = error;
    snprintf(f->closed_sentence, sizeof f->closed_sentence, "%s", sentence);
    f->closed_wrongly |= swio_conn_connected(conn);
    if (f->also_on_closed)
        f->also_on_closed(conn, error, sentence, arg);
    atomic_fetch_add(&f->closed, 1);
}

static void on_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    (void)conn;
    fixture *f = arg;
    f->reply_error = error;
    snprintf(f->reply_sentence, sizeof f->reply_sentence, "%s", sentence ? sentence : "");
    note(f, reply ? swio_event_body(reply, NULL) : "-");
    atomic_fetch_add(&f->replies, 1);
}

static swio_conn_opts handlers(fixture *f)
{
    return (swio_conn_opts){
        .on_event = on_event, .on_log = on_log, .on_closed = on_closed, .arg = f};
}

static void begin_with(fixture *f, mock_script *script, const swio_conn_opts *opts)
{
    gate_init(&f->gate);
    f->server = mock_server_start("127.0.0.1", script, f);
    assert_non_null(f->server);
    assert_int_equal(swio_conn_new(mock_server_contact(f->server), opts, &f->conn), 0);
    if (swio_conn_connect(f->conn))
        fail_msg("%s", swio_errmsg());
}

static void begin(fixture *f, mock_script *script)
{
    swio_conn_opts opts = handlers(f);
    begin_with(f, script, &opts);
}

static void end(fixture *f)
{
    f->conn = swio_conn_unref(f->conn);
    assert_int_equal(mock_server_stop(f->server), 0);
}

static void api_async(fixture *f, const char *name)
{
    char command[100];
    int len = snprintf(command, sizeof command, "api %s\n\n", name);
    assert_int_equal(swio_conn_send(f->conn, command, (size_t)len, 10, on_reply, f), 0);
}

static void assert_sentence(fixture *f, const char *sentence, const char *rest)
{
    snprintf(f->expected, sizeof f->expected, "%s: %s", mock_server_contact(f->server), rest);
    assert_string_equal(sentence, f->expected);
}

/* The connection has ended by itself, for this reason, and so did what was pending. */
static void ended_with(fixture *f, int error, const char *rest)
{
    wait_until(atomic_load(&f->closed) == 1);
    assert_int_equal(f->closed_error, error);
    assert_sentence(f, f->closed_sentence, rest);
    assert_false(swio_conn_connected(f->conn));
    assert_false(f->closed_wrongly);
}

/* ---- the stream ---- */

static void talk(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_expect(peer, "api a");
    mock_expect(peer, "api b");
    mock_send_event(peer, "E1", "");
    mock_send_api(peer, "a");
    mock_send(peer, "Content-Type: log/data\nContent-Length: 4\nLog-Level: 7\n\nline");
    mock_send_event(peer, "E2", "");
    mock_send_api(peer, "b");
    mock_send_event(peer, "E3", "");
    mock_expect(peer, "exit");
}

static void events_and_replies_come_in_their_order(void **state)
{
    (void)state;
    fixture f = {0};
    begin(&f, talk);
    api_async(&f, "a");
    api_async(&f, "b");
    wait_until(atomic_load(&f.events) == 3);
    end(&f);
    assert_string_equal(f.order, "E1 a line E2 b E3 ");
    assert_int_equal(f.closed_error, 0);
    assert_string_equal(f.closed_sentence, "");
}

static size_t piece;

static void talk_in_pieces(mock_peer *peer, void *arg)
{
    mock_split(peer, piece);
    talk(peer, arg);
}

static void the_stream_may_be_split_anywhere(void **state)
{
    (void)state;
    for (piece = 1; piece < 40; piece += piece < 8 ? 1 : 5) {
        fixture f = {0};
        begin(&f, talk_in_pieces);
        api_async(&f, "a");
        api_async(&f, "b");
        wait_until(atomic_load(&f.events) == 3);
        end(&f);
        assert_string_equal(f.order, "E1 a line E2 b E3 ");
    }
}

static void say_goodbye(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_expect(peer, "api a");
    mock_send(peer, "Content-Type: text/disconnect-notice\nContent-Length: 67\n\n"
                    "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n");
    mock_wait_close(peer);
}

#define GOODBYE                                                                     \
    "FreeSWITCH ended the connection: 'Disconnected, goodbye. See you at ClueCon! " \
    "http://www.cluecon.com/'"

static void freeswitch_ends_the_connection(void **state)
{
    (void)state;
    fixture f = {0};
    begin(&f, say_goodbye);
    api_async(&f, "a");
    ended_with(&f, SWIO_ECONN, GOODBYE);
    assert_int_equal(f.reply_error, SWIO_ECONN);
    assert_sentence(&f, f.reply_sentence, GOODBYE);
    end(&f);
}

static void linger(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_send(peer, "Content-Type: text/disconnect-notice\nControlled-Session-UUID: 1\n"
                    "Content-Disposition: linger\nChannel-Name: x\nLinger-Time: 5\n"
                    "Content-Length: 0\n\n");
    mock_send_event(peer, "CHANNEL_HANGUP_COMPLETE", "");
    mock_send(peer, "Content-Type: text/disconnect-notice\nControlled-Session-UUID: 1\n"
                    "Content-Disposition: disconnect\nContent-Length: 67\n\n"
                    "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n");
    mock_wait_close(peer);
}

static void a_lingering_connection_still_gives_events(void **state)
{
    (void)state;
    fixture f = {0};
    begin(&f, linger);
    ended_with(&f, SWIO_ECONN, GOODBYE);
    assert_string_equal(f.order, "CHANNEL_HANGUP_COMPLETE ");
    end(&f);
}

static void hang_up(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_expect(peer, "api a");
}

static void hang_up_hard(mock_peer *peer, void *arg)
{
    hang_up(peer, arg);
    mock_reset(peer);
}

static void a_lost_connection_ends_what_is_pending(void **state)
{
    (void)state;
    static const struct {
        mock_script *script;
        const char *sentence;
    } cases[] = {{hang_up, "the connection was closed by the other side"},
                 {hang_up_hard, "connection lost (connection reset by peer)"}};
    for (size_t i = 0; i < 2; i++) {
        fixture f = {0};
        begin(&f, cases[i].script);
        api_async(&f, "a");
        ended_with(&f, SWIO_ECONN, cases[i].sentence);
        assert_int_equal(f.reply_error, SWIO_ECONN);
        assert_sentence(&f, f.reply_sentence, cases[i].sentence);
        end(&f);
    }
}

/* ---- what has no place ---- */

static void flood(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    for (int i = 0; i < 1000 && mock_send_reply(peer, "+OK really"); i++)
        ;
    mock_wait_close(peer);
}

static void a_reply_without_a_command_ends_the_connection(void **state)
{
    (void)state;
    fixture f = {0};
    begin(&f, flood);
    ended_with(&f, SWIO_EPROTO,
               "a reply came to which there is no command ('+OK really'); replies and commands "
               "cannot be told apart any more, so the connection was closed");
    end(&f);
}

static void say_something_else(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_send(peer, "Content-Type: text/html\n\n");
    mock_wait_close(peer);
}

static void an_unknown_frame_ends_the_connection(void **state)
{
    (void)state;
    fixture f = {0};
    begin(&f, say_something_else);
    ended_with(&f, SWIO_EPROTO,
               "a frame of Content-Type 'text/html' came, which has no place here; the connection "
               "was closed");
    end(&f);
}

static void leave_a_rest(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_expect(peer, "api a");
    mock_send(peer, "Content-Type: command/reply\nReply-Text: first\n\nrest of the value\n\n");
    mock_send(peer, "Content-Length: 9\nContent-Type: text/event-json\n\n{ broken}");
    mock_send_event(peer, "E1", "");
    mock_expect(peer, "exit");
}

static void ignore_line(swio_log_level level, const char *file, int line, const char *text,
                        void *arg)
{
    (void)level, (void)file, (void)line, (void)text, (void)arg;
}

static void what_does_no_harm_is_skipped(void **state)
{
    (void)state;
    fixture f = {0};
    swio_log_set_handler(ignore_line, NULL);
    begin(&f, leave_a_rest);
    api_async(&f, "a");
    wait_until(atomic_load(&f.events) == 1);
    end(&f);
    swio_log_set_handler(NULL, NULL);
    assert_int_equal(f.reply_error, 0);
    assert_int_equal(f.closed_error, 0);
}

static void say_too_much(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_send(peer, "Content-Type: log/data\nContent-Length: 1001\n\n");
    mock_wait_close(peer);
}

static void a_frame_past_the_bounds_ends_the_connection(void **state)
{
    (void)state;
    fixture f = {0};
    swio_conn_opts opts = handlers(&f);
    opts.max_body_bytes = 1000;
    begin_with(&f, say_too_much, &opts);
    wait_until(atomic_load(&f.closed) == 1);
    assert_int_equal(f.closed_error, SWIO_ELIMIT);
    assert_non_null(strstr(f.closed_sentence, "1000"));
    assert_non_null(strstr(f.closed_sentence, "; the connection was closed"));
    end(&f);
}

/* ---- connecting and closing ---- */

static void wait_for_exit(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    for (const char *command; (command = mock_read(peer)) && strcmp(command, "exit") != 0;)
        ;
}

static void connecting_twice_is_refused(void **state)
{
    (void)state;
    fixture f = {0};
    begin(&f, wait_for_exit);
    assert_true(swio_conn_connected(f.conn));
    assert_int_equal(swio_conn_connect(f.conn), SWIO_ECONFIG);
    assert_sentence(&f, swio_errmsg(), "connected already");
    assert_true(swio_conn_connected(f.conn));
    end(&f);
}

static void a_closed_connection_can_be_connected_again(void **state)
{
    (void)state;
    fixture f = {0};
    begin(&f, wait_for_exit);
    for (int i = 1; i <= 3; i++) {
        api_async(&f, "a");
        swio_conn_close(f.conn);
        swio_conn_close(f.conn);
        assert_false(swio_conn_connected(f.conn));
        assert_int_equal(swio_conn_api(f.conn, "a", 1, NULL), SWIO_ECONN);
        assert_int_equal(swio_conn_connect(f.conn), 0);
        assert_int_equal(atomic_load(&f.closed), i);
        assert_int_equal(f.closed_error, 0);
        assert_int_equal(f.reply_error, SWIO_ECANCELED);
        assert_sentence(&f, f.reply_sentence, "the connection was closed by its owner");
    }
    assert_int_equal(mock_server_accepted(f.server), 4);
    end(&f);
}

static void hang_up_once(mock_peer *peer, void *arg)
{
    fixture *f = arg;
    if (mock_server_accepted(f->server) == 1)
        hang_up(peer, arg);
    else
        wait_for_exit(peer, arg);
}

static void a_lost_connection_can_be_connected_again(void **state)
{
    (void)state;
    fixture f = {0};
    begin(&f, hang_up_once);
    api_async(&f, "a");
    wait_until(atomic_load(&f.closed) == 1);
    assert_int_equal(swio_conn_connect(f.conn), 0);
    end(&f);
    assert_int_equal(atomic_load(&f.closed), 2);
    assert_int_equal(f.closed_error, 0);
}

static void stay_silent(mock_peer *peer, void *arg)
{
    fixture *f = arg;
    gate_open(&f->gate);
    mock_wait_close(peer);
}

static void *connect_in_a_thread(void *arg)
{
    fixture *f = arg;
    f->reply_error = swio_conn_connect(f->conn);
    snprintf(f->reply_sentence, sizeof f->reply_sentence, "%s", swio_errmsg());
    return NULL;
}

static void closing_ends_a_connect(void **state)
{
    (void)state;
    fixture f = {0};
    pthread_t thread;
    swio_conn_opts opts = handlers(&f);
    gate_init(&f.gate);
    f.server = mock_server_start("127.0.0.1", stay_silent, &f);
    assert_non_null(f.server);
    assert_int_equal(swio_conn_new(mock_server_contact(f.server), &opts, &f.conn), 0);
    assert_int_equal(pthread_create(&thread, NULL, connect_in_a_thread, &f), 0);
    assert_true(gate_pass(&f.gate)); /* it has a stream */
    assert_int_equal(swio_conn_connect(f.conn), SWIO_ECONFIG);
    assert_sentence(&f, swio_errmsg(), "another call is connecting it");
    swio_conn_close(f.conn);
    pthread_join(thread, NULL);
    assert_int_equal(f.reply_error, SWIO_ECANCELED);
    assert_sentence(&f, f.reply_sentence, "the connection was closed by its owner");
    end(&f);
    assert_int_equal(atomic_load(&f.closed), 0); /* it had never been logged in */
}

/* A coroutine that is cancelled while it waits, first for the connection, then for a reply. */
typedef struct cancelled {
    swio_conn *conn;
    swio_coroutine *co;
    bool ask;
    atomic_int error;
} cancelled;

static void wait_in_coroutine(void *arg)
{
    cancelled *c = arg;
    swio_event *reply = NULL;
    int error = c->ask ? swio_conn_api(c->conn, "a", 10, &reply) : swio_conn_connect(c->conn);
    atomic_store(&c->error, reply ? 1 : error);
}

static void start_coroutine(void *arg)
{
    cancelled *c = arg;
    assert_int_equal(
        swio_coroutine_start(swio_conn_loop(c->conn), wait_in_coroutine, c, NULL, NULL, &c->co), 0);
}

static void cancel_coroutine(void *arg)
{
    swio_coroutine_cancel(((cancelled *)arg)->co, "enough");
}

static void a_cancelled_connect_gives_the_connection_up(void **state)
{
    (void)state;
    fixture f = {0};
    swio_conn_opts opts = handlers(&f);
    opts.connect_timeout = 60; /* longer than the server's patience */
    gate_init(&f.gate);
    f.server = mock_server_start("127.0.0.1", stay_silent, &f);
    assert_non_null(f.server);
    assert_int_equal(swio_conn_new(mock_server_contact(f.server), &opts, &f.conn), 0);
    cancelled c = {.conn = f.conn};
    on_loop(swio_conn_loop(f.conn), start_coroutine, &c);
    assert_true(gate_pass(&f.gate));
    on_loop(swio_conn_loop(f.conn), cancel_coroutine, &c);
    wait_until(atomic_load(&c.error) == SWIO_ECANCELED);
    assert_int_equal(mock_server_stop(f.server), 0); /* the script saw the close */
    swio_conn_unref(f.conn);
}

static void a_cancelled_command_still_takes_its_reply(void **state)
{
    (void)state;
    fixture f = {0};
    begin(&f, talk);
    cancelled c = {.conn = f.conn, .ask = true};
    on_loop(swio_conn_loop(f.conn), start_coroutine, &c);
    on_loop(swio_conn_loop(f.conn), cancel_coroutine, &c);
    wait_until(atomic_load(&c.error) == SWIO_ECANCELED);
    api_async(&f, "b"); /* only now the server answers both */
    wait_until(atomic_load(&f.events) == 3);
    end(&f);
    assert_string_equal(f.order, "E1 line E2 b E3 ");
}

static void what_was_sent_before_the_close_still_leaves(void **state)
{
    (void)state;
    fixture f = {0};
    begin(&f, talk);
    for (const char *name = "ab"; *name; name++)
        api_async(&f, (char[]){*name, '\0'});
    end(&f); /* the script complains if a, b and exit do not come */
    assert_int_equal(atomic_load(&f.replies), 2);
}

static void closing_what_was_never_connected(void **state)
{
    (void)state;
    swio_conn *conn;
    assert_int_equal(swio_conn_new("localhost", NULL, &conn), 0);
    swio_conn_close(conn);
    swio_conn_close(conn);
    assert_string_equal(swio_conn_contact(conn), "localhost:8021");
    assert_string_equal(swio_conn_host(conn), "localhost");
    assert_int_equal(swio_conn_port(conn), 8021);
    assert_non_null(swio_conn_loop(conn));
    assert_ptr_equal(swio_conn_ref(conn), conn);
    assert_null(swio_conn_unref(conn));
    assert_null(swio_conn_unref(conn));
    assert_null(swio_conn_unref(NULL));
}

/* ---- closing and letting go inside handlers ---- */

static void send_many_events(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    for (int i = 0; i < 100; i++)
        mock_send_event(peer, "E", "");
    mock_wait_close(peer);
}

static void close_from_event(swio_conn *conn, swio_event *event, void *arg)
{
    (void)event, (void)arg;
    swio_conn_close(conn);
    swio_conn_close(conn);
}

static void let_go_from_event(swio_conn *conn, swio_event *event, void *arg)
{
    (void)event;
    fixture *f = arg;
    f->conn = swio_conn_unref(conn);
}

static void no_event_comes_after_a_close_in_on_event(void **state)
{
    (void)state;
    fixture f = {.also_on_event = close_from_event};
    begin(&f, send_many_events);
    wait_until(atomic_load(&f.closed) == 1);
    assert_int_equal(f.closed_error, 0);
    assert_int_equal(atomic_load(&f.events), 1);
    end(&f);
    assert_int_equal(atomic_load(&f.closed), 1);
}

static void the_last_reference_may_go_in_on_event(void **state)
{
    (void)state;
    fixture f = {.also_on_event = let_go_from_event};
    begin(&f, send_many_events);
    wait_until(atomic_load(&f.closed) == 1);
    assert_int_equal(atomic_load(&f.events), 1);
    assert_int_equal(mock_server_stop(f.server), 0);
}

static void close_from_closed(swio_conn *conn, int error, const char *sentence, void *arg)
{
    (void)error, (void)sentence;
    fixture *f = arg;
    swio_conn_close(conn);
    f->closed_wrongly |= swio_conn_api(conn, "a", 0, NULL) != SWIO_ECONN;
}

static void let_go_from_closed(swio_conn *conn, int error, const char *sentence, void *arg)
{
    (void)error, (void)sentence;
    fixture *f = arg;
    f->conn = swio_conn_unref(conn);
}

static void closing_in_on_closed_changes_nothing(void **state)
{
    (void)state;
    fixture f = {.also_on_closed = close_from_closed};
    begin(&f, hang_up_once);
    api_async(&f, "a");
    wait_until(atomic_load(&f.closed) == 1);
    assert_int_equal(f.closed_error, SWIO_ECONN);
    assert_int_equal(swio_conn_connect(f.conn), 0);
    end(&f);
    assert_int_equal(atomic_load(&f.closed), 2);
    assert_false(f.closed_wrongly);
}

static void the_last_reference_may_go_in_on_closed(void **state)
{
    (void)state;
    fixture f = {.also_on_closed = let_go_from_closed};
    begin(&f, hang_up);
    api_async(&f, "a");
    wait_until(atomic_load(&f.closed) == 1);
    assert_int_equal(f.closed_error, SWIO_ECONN);
    assert_int_equal(mock_server_stop(f.server), 0);
}

static void close_from_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                             void *arg)
{
    swio_conn_close(conn);
    on_reply(conn, error, sentence, reply, arg);
}

static void let_go_from_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                              void *arg)
{
    fixture *f = arg;
    if (f->conn)
        f->conn = swio_conn_unref(conn);
    on_reply(conn, error, sentence, reply, arg);
}

static void answer_all(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    for (const char *command; (command = mock_read(peer)) && strcmp(command, "exit") != 0;)
        mock_send_api(peer, command + strlen("api "));
}

/* The first reply closes: the second command gets either its reply, which may have been read
 * before, or the end, and each exactly once. */
static void closing_in_a_reply_handler(void **state)
{
    (void)state;
    swio_conn_reply_fn *const closers[] = {close_from_reply, let_go_from_reply};
    for (size_t i = 0; i < 2; i++) {
        fixture f = {0};
        begin(&f, answer_all);
        swio_conn_ref(f.conn); /* keeps it while both are sent */
        swio_conn *held = f.conn;
        assert_int_equal(swio_conn_send(held, "api a\n\n", 7, 5, closers[i], &f), 0);
        assert_int_equal(swio_conn_send(held, "api b\n\n", 7, 5, closers[i], &f) == 0 ||
                             !swio_conn_connected(held),
                         true);
        swio_conn_unref(held);
        wait_until(atomic_load(&f.closed) == 1);
        assert_in_range(atomic_load(&f.replies), 1, 2);
        assert_memory_equal(f.order, "a ", 2);
        if (i == 0)
            swio_conn_unref(f.conn);
        assert_int_equal(mock_server_stop(f.server), 0);
    }
}

/* ---- what the log may show ---- */

static char traced[4000];

static void keep_trace(swio_log_level level, const char *file, int line, const char *text,
                       void *arg)
{
    (void)file, (void)line, (void)arg;
    size_t len = strlen(traced);
    if (level == SWIO_LOG_TRACE)
        snprintf(traced + len, sizeof traced - len, "%s\n", text);
}

static void talk_with_secret(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: auth/request\n\n");
    mock_expect(peer, "auth S3cret");
    mock_send_reply(peer, "+OK accepted");
    mock_expect(peer, "api a");
    mock_send_api(peer, "two\nlines");
    mock_expect(peer, "exit");
}

static void frames_are_traced_without_the_password(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "> Content-Type: auth/request\n",
        "< auth ***\n",
        "> Content-Type: command/reply | Reply-Text: +OK accepted\n",
        "< api a\n",
        "> Content-Type: api/response | Content-Length: 9 || two lines\n",
    };
    fixture f = {0};
    swio_conn_opts opts = handlers(&f);
    opts.password = "S3cret";
    traced[0] = '\0';
    swio_log_set_handler(keep_trace, NULL);
    swio_log_set_level(SWIO_LOG_TRACE);
    begin_with(&f, talk_with_secret, &opts);
    api_async(&f, "a");
    wait_until(atomic_load(&f.replies) == 1);
    end(&f);
    swio_log_set_level(SWIO_LOG_WARNING);
    swio_log_set_handler(NULL, NULL);
    const char *at = traced;
    for (size_t i = 0; at && i < sizeof lines / sizeof lines[0]; i++)
        at = strstr(at, lines[i]);
    if (!at)
        fail_msg("a line is not at its place in '%s'", traced);
    assert_null(strstr(traced, "S3cret"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_and_replies_come_in_their_order),
        cmocka_unit_test(the_stream_may_be_split_anywhere),
        cmocka_unit_test(freeswitch_ends_the_connection),
        cmocka_unit_test(a_lingering_connection_still_gives_events),
        cmocka_unit_test(a_lost_connection_ends_what_is_pending),
        cmocka_unit_test(a_reply_without_a_command_ends_the_connection),
        cmocka_unit_test(an_unknown_frame_ends_the_connection),
        cmocka_unit_test(what_does_no_harm_is_skipped),
        cmocka_unit_test(a_frame_past_the_bounds_ends_the_connection),
        cmocka_unit_test(connecting_twice_is_refused),
        cmocka_unit_test(a_closed_connection_can_be_connected_again),
        cmocka_unit_test(a_lost_connection_can_be_connected_again),
        cmocka_unit_test(closing_ends_a_connect),
        cmocka_unit_test(a_cancelled_connect_gives_the_connection_up),
        cmocka_unit_test(a_cancelled_command_still_takes_its_reply),
        cmocka_unit_test(what_was_sent_before_the_close_still_leaves),
        cmocka_unit_test(closing_what_was_never_connected),
        cmocka_unit_test(no_event_comes_after_a_close_in_on_event),
        cmocka_unit_test(the_last_reference_may_go_in_on_event),
        cmocka_unit_test(closing_in_on_closed_changes_nothing),
        cmocka_unit_test(the_last_reference_may_go_in_on_closed),
        cmocka_unit_test(closing_in_a_reply_handler),
        cmocka_unit_test(frames_are_traced_without_the_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
