#include "support/conn_fixture.h"

#include <stdio.h>
#include <string.h>
#include <switchio/error.h>

#include "support/cmocka.h"
#include "support/wait.h"

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

void fixture_on_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                      void *arg)
{
    (void)conn;
    fixture *f = arg;
    f->reply_error = error;
    snprintf(f->reply_sentence, sizeof f->reply_sentence, "%s", sentence ? sentence : "");
    note(f, reply ? swio_event_body(reply, NULL) : "-");
    atomic_fetch_add(&f->replies, 1);
}

swio_conn_opts fixture_opts(fixture *f)
{
    return (swio_conn_opts){
        .on_event = on_event, .on_log = on_log, .on_closed = on_closed, .arg = f};
}

void fixture_make(fixture *f, mock_script *script, const swio_conn_opts *opts)
{
    gate_init(&f->gate);
    f->server = mock_server_start("127.0.0.1", script, f);
    assert_non_null(f->server);
    assert_int_equal(swio_conn_new(mock_server_contact(f->server), opts, &f->conn), 0);
}

void fixture_begin_with(fixture *f, mock_script *script, const swio_conn_opts *opts)
{
    fixture_make(f, script, opts);
    if (swio_conn_connect(f->conn))
        fail_msg("%s", swio_errmsg());
}

void fixture_begin(fixture *f, mock_script *script)
{
    swio_conn_opts opts = fixture_opts(f);
    fixture_begin_with(f, script, &opts);
}

void fixture_end(fixture *f)
{
    f->conn = swio_conn_unref(f->conn);
    assert_int_equal(mock_server_stop(f->server), 0);
}

void fixture_api(fixture *f, const char *name)
{
    char command[100];
    int len = snprintf(command, sizeof command, "api %s\n\n", name);
    assert_int_equal(swio_conn_send(f->conn, command, (size_t)len, 10, fixture_on_reply, f), 0);
}

void fixture_sentence(fixture *f, const char *sentence, const char *rest)
{
    snprintf(f->expected, sizeof f->expected, "%s: %s", mock_server_contact(f->server), rest);
    assert_string_equal(sentence, f->expected);
}

void fixture_ended(fixture *f, int error, const char *rest)
{
    wait_until(atomic_load(&f->closed) == 1);
    assert_int_equal(f->closed_error, error);
    fixture_sentence(f, f->closed_sentence, rest);
    assert_false(swio_conn_connected(f->conn));
    assert_false(f->closed_wrongly);
}

/* ---- scripts ---- */

void fixture_talk(mock_peer *peer, void *arg)
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

void fixture_hang_up(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_expect(peer, "api a");
}

void fixture_wait_for_exit(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    for (const char *command; (command = mock_read(peer)) && strcmp(command, "exit") != 0;)
        ;
}
