/* labels: threaded */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <switchio/connection.h>
#include <switchio/error.h>
#include <switchio/log.h>

#include "support/cmocka.h"
#include "support/conn_fixture.h"
#include "support/mock_server.h"
#include "support/on_loop.h"
#include "support/wait.h"

#include "loop/coroutine.h"

/* ---- connecting and closing ---- */

static void connecting_twice_is_refused(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_begin(&f, fixture_wait_for_exit);
    assert_true(swio_conn_connected(f.conn));
    assert_int_equal(swio_conn_connect(f.conn), SWIO_ECONFIG);
    fixture_sentence(&f, swio_errmsg(), "connected already");
    assert_true(swio_conn_connected(f.conn));
    fixture_end(&f);
}

static void a_closed_connection_can_be_connected_again(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_begin(&f, fixture_wait_for_exit);
    for (int i = 1; i <= 3; i++) {
        fixture_api(&f, "a");
        swio_conn_close(f.conn);
        swio_conn_close(f.conn);
        assert_false(swio_conn_connected(f.conn));
        assert_int_equal(swio_conn_api(f.conn, "a", 1, NULL), SWIO_ECONN);
        assert_int_equal(swio_conn_connect(f.conn), 0);
        assert_int_equal(atomic_load(&f.closed), i);
        assert_int_equal(f.closed_error, 0);
        assert_int_equal(f.reply_error, SWIO_ECANCELED);
        fixture_sentence(&f, f.reply_sentence, "the connection was closed by its owner");
    }
    assert_int_equal(mock_server_accepted(f.server), 4);
    fixture_end(&f);
}

static void hang_up_once(mock_peer *peer, void *arg)
{
    fixture *f = arg;
    if (mock_server_accepted(f->server) == 1)
        fixture_hang_up(peer, arg);
    else
        fixture_wait_for_exit(peer, arg);
}

static void a_lost_connection_can_be_connected_again(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_begin(&f, hang_up_once);
    fixture_api(&f, "a");
    wait_until(atomic_load(&f.closed) == 1);
    assert_int_equal(swio_conn_connect(f.conn), 0);
    fixture_end(&f);
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
    swio_conn_opts opts = fixture_opts(&f);
    fixture_make(&f, stay_silent, &opts);
    assert_int_equal(pthread_create(&thread, NULL, connect_in_a_thread, &f), 0);
    assert_true(gate_pass(&f.gate)); /* it has a stream */
    assert_int_equal(swio_conn_connect(f.conn), SWIO_ECONFIG);
    fixture_sentence(&f, swio_errmsg(), "another call is connecting it");
    swio_conn_close(f.conn);
    pthread_join(thread, NULL);
    assert_int_equal(f.reply_error, SWIO_ECANCELED);
    fixture_sentence(&f, f.reply_sentence, "the connection was closed by its owner");
    fixture_end(&f);
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
    swio_conn_opts opts = fixture_opts(&f);
    opts.connect_timeout = 60; /* longer than the server's patience */
    fixture_make(&f, stay_silent, &opts);
    cancelled c = {.conn = f.conn};
    on_loop(swio_conn_loop(f.conn), start_coroutine, &c);
    assert_true(gate_pass(&f.gate));
    on_loop(swio_conn_loop(f.conn), cancel_coroutine, &c);
    wait_until(atomic_load(&c.error) == SWIO_ECANCELED);
    swio_conn *conn = swio_conn_ref(f.conn);
    fixture_end(&f); /* the script sees the close of the cancelled, not of the last reference */
    swio_conn_unref(conn);
}

static void a_cancelled_command_still_takes_its_reply(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_begin(&f, fixture_talk);
    cancelled c = {.conn = f.conn, .ask = true};
    on_loop(swio_conn_loop(f.conn), start_coroutine, &c);
    on_loop(swio_conn_loop(f.conn), cancel_coroutine, &c);
    wait_until(atomic_load(&c.error) == SWIO_ECANCELED);
    fixture_api(&f, "b"); /* only now the server answers both */
    wait_until(atomic_load(&f.events) == 3);
    fixture_end(&f);
    assert_string_equal(f.order, "E1 line E2 b E3 ");
}

static void what_was_sent_before_the_close_still_leaves(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_begin(&f, fixture_talk);
    for (const char *name = "ab"; *name; name++)
        fixture_api(&f, (char[]){*name, '\0'});
    fixture_end(&f); /* the script complains if a, b and exit do not come */
    assert_int_equal(atomic_load(&f.replies), 2);
}

/* In one go of the loop: a command is sent, the connection closed, and the other side goes, which
 * the loop sees before the close has its turn. */
static void close_and_lose(void *arg)
{
    fixture *f = arg;
    fixture_api(f, "a");
    swio_conn_close(f->conn);
    gate_open(&f->gate);
    assert_int_equal(mock_server_stop(f->server), 0);
}

/* From inside, so that what it submits comes after a look at the sockets. */
static void close_and_lose_soon(void *arg)
{
    fixture *f = arg;
    assert_int_equal(swio_loop_post(swio_conn_loop(f->conn), close_and_lose, f), 0);
}

static void leave_when_told(mock_peer *peer, void *arg)
{
    mock_login(peer);
    gate_pass(&((fixture *)arg)->gate);
}

static void what_is_closed_cannot_be_lost(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_begin(&f, leave_when_told);
    on_loop(swio_conn_loop(f.conn), close_and_lose_soon, &f);
    wait_until(atomic_load(&f.closed) == 1 && atomic_load(&f.replies) == 1);
    assert_int_equal(f.closed_error, 0);
    assert_int_equal(f.reply_error, SWIO_ECANCELED);
    swio_conn_unref(f.conn);
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
    fixture_begin(&f, send_many_events);
    wait_until(atomic_load(&f.closed) == 1);
    assert_int_equal(f.closed_error, 0);
    assert_int_equal(atomic_load(&f.events), 1);
    fixture_end(&f);
    assert_int_equal(atomic_load(&f.closed), 1);
}

static void the_last_reference_may_go_in_on_event(void **state)
{
    (void)state;
    fixture f = {.also_on_event = let_go_from_event};
    fixture_begin(&f, send_many_events);
    wait_until(atomic_load(&f.closed) == 1);
    assert_int_equal(atomic_load(&f.events), 1);
    assert_int_equal(mock_server_stop(f.server), 0);
}

static void hold_for_a_moment(swio_conn *conn, int error, const char *sentence, void *arg)
{
    (void)error, (void)sentence, (void)arg;
    swio_conn_unref(swio_conn_ref(conn));
}

static void a_handler_may_hold_what_has_been_let_go(void **state)
{
    (void)state;
    fixture f = {.also_on_closed = hold_for_a_moment};
    fixture_begin(&f, fixture_wait_for_exit);
    fixture_end(&f);
    assert_int_equal(atomic_load(&f.closed), 1);
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
    fixture_begin(&f, hang_up_once);
    fixture_api(&f, "a");
    wait_until(atomic_load(&f.closed) == 1);
    assert_int_equal(f.closed_error, SWIO_ECONN);
    assert_int_equal(swio_conn_connect(f.conn), 0);
    fixture_end(&f);
    assert_int_equal(atomic_load(&f.closed), 2);
    assert_false(f.closed_wrongly);
}

static void the_last_reference_may_go_in_on_closed(void **state)
{
    (void)state;
    fixture f = {.also_on_closed = let_go_from_closed};
    fixture_begin(&f, fixture_hang_up);
    fixture_api(&f, "a");
    wait_until(atomic_load(&f.closed) == 1);
    assert_int_equal(f.closed_error, SWIO_ECONN);
    assert_int_equal(mock_server_stop(f.server), 0);
}

static void close_from_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                             void *arg)
{
    swio_conn_close(conn);
    fixture_on_reply(conn, error, sentence, reply, arg);
}

static void let_go_from_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                              void *arg)
{
    fixture *f = arg;
    if (f->conn)
        f->conn = swio_conn_unref(conn);
    fixture_on_reply(conn, error, sentence, reply, arg);
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
        fixture_begin(&f, answer_all);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connecting_twice_is_refused),
        cmocka_unit_test(a_closed_connection_can_be_connected_again),
        cmocka_unit_test(a_lost_connection_can_be_connected_again),
        cmocka_unit_test(closing_ends_a_connect),
        cmocka_unit_test(a_cancelled_connect_gives_the_connection_up),
        cmocka_unit_test(a_cancelled_command_still_takes_its_reply),
        cmocka_unit_test(what_was_sent_before_the_close_still_leaves),
        cmocka_unit_test(what_is_closed_cannot_be_lost),
        cmocka_unit_test(closing_what_was_never_connected),
        cmocka_unit_test(no_event_comes_after_a_close_in_on_event),
        cmocka_unit_test(the_last_reference_may_go_in_on_event),
        cmocka_unit_test(a_handler_may_hold_what_has_been_let_go),
        cmocka_unit_test(closing_in_on_closed_changes_nothing),
        cmocka_unit_test(the_last_reference_may_go_in_on_closed),
        cmocka_unit_test(closing_in_a_reply_handler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
