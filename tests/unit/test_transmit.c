/* labels: threaded */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/connection.h>
#include <switchio/error.h>

#include "support/cmocka.h"
#include "support/gate.h"
#include "support/mock_server.h"
#include "support/wait.h"

enum { THREADS = 8, COMMANDS = 1250, SYNC_EVERY = 50 };

/* Answers each command with its text, with an event before every third reply. */
static void echo(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    int n = 0;
    for (const char *command; (command = mock_read(peer)) && strcmp(command, "exit") != 0; n++) {
        char text[40];
        snprintf(text, sizeof text, "%s", command + strlen("api "));
        if (n % 3 == 0)
            mock_send_event(peer, "E", "");
        mock_send_api(peer, text);
    }
}

/* One thread's commands "THREAD.NUMBER" and their replies, which come on the loop. */
typedef struct sender {
    swio_conn *conn;
    int thread;
    atomic_int replies; /* is also the number of the next reply */
    atomic_int wrong;
    int failed; /* calls */
} sender;

static void check_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                        void *arg)
{
    (void)conn, (void)sentence;
    sender *s = arg;
    char expected[40];
    int number = atomic_load(&s->replies);
    number += number / (SYNC_EVERY - 1); /* those that were waited for do not come here */
    snprintf(expected, sizeof expected, "%d.%d", s->thread, number);
    if (error || strcmp(swio_event_body(reply, NULL), expected) != 0)
        atomic_fetch_add(&s->wrong, 1);
    atomic_fetch_add(&s->replies, 1);
}

static void *send_all(void *arg)
{
    sender *s = arg;
    for (int i = 0; i < COMMANDS; i++) {
        char command[60];
        int len = snprintf(command, sizeof command, "api %d.%d\n\n", s->thread, i);
        if (i % SYNC_EVERY != SYNC_EVERY - 1) {
            s->failed += swio_conn_send(s->conn, command, (size_t)len, 60, check_reply, s) != 0;
            continue;
        }
        swio_event *reply = NULL;
        command[len - 2] = '\0';
        s->failed += swio_conn_command(s->conn, command, 60, &reply) != 0 ||
                     strcmp(swio_event_body(reply, NULL), command + strlen("api ")) != 0;
        swio_event_unref(reply);
    }
    return NULL;
}

static void every_thread_gets_its_own_replies(void **state)
{
    (void)state;
    static sender senders[THREADS];
    pthread_t threads[THREADS];
    swio_conn *conn;
    mock_server *server = mock_server_start("127.0.0.1", echo, NULL);
    assert_non_null(server);
    assert_int_equal(swio_conn_new(mock_server_contact(server), NULL, &conn), 0);
    assert_int_equal(swio_conn_connect(conn), 0);
    for (int i = 0; i < THREADS; i++) {
        senders[i] = (sender){.conn = conn, .thread = i};
        assert_int_equal(pthread_create(&threads[i], NULL, send_all, &senders[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        wait_until(atomic_load(&senders[i].replies) == COMMANDS - COMMANDS / SYNC_EVERY);
        assert_int_equal(atomic_load(&senders[i].wrong), 0);
        assert_int_equal(senders[i].failed, 0);
    }
    swio_conn_unref(conn);
    assert_int_equal(mock_server_stop(server), 0);
}

/* ---- every command ends once, whatever happens ---- */

enum { ANSWERED = 700 };

/* Answers some, then hangs up in the middle; not at once, which would cost replies on their way. */
static void answer_some(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    for (int i = 0; i < ANSWERED && mock_read(peer); i++)
        mock_send_api(peer, "+OK");
    mock_shutdown(peer);
    mock_wait_close(peer);
}

typedef struct count {
    atomic_int ended, lost, refused;
    swio_conn *conn;
    gate start;
} count;

static void count_end(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                      void *arg)
{
    (void)conn, (void)sentence, (void)reply;
    count *c = arg;
    if (error)
        atomic_fetch_add(&c->lost, 1);
    atomic_fetch_add(&c->ended, 1);
}

static void *send_into_the_end(void *arg)
{
    count *c = arg;
    gate_pass(&c->start);
    for (int i = 0; i < COMMANDS; i++)
        if (swio_conn_send(c->conn, "api x\n\n", 7, 60, count_end, c))
            atomic_fetch_add(&c->refused, 1);
    return NULL;
}

/* With `close`, another thread closes meanwhile instead of the server. */
static void end_amidst(mock_script *script, bool close)
{
    count c = {0};
    pthread_t threads[THREADS];
    gate_init(&c.start);
    mock_server *server = mock_server_start("127.0.0.1", script, NULL);
    assert_non_null(server);
    assert_int_equal(swio_conn_new(mock_server_contact(server), NULL, &c.conn), 0);
    assert_int_equal(swio_conn_connect(c.conn), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, send_into_the_end, &c), 0);
    for (int i = 0; i < THREADS; i++)
        gate_open(&c.start);
    if (close) {
        wait_until(atomic_load(&c.ended) > 100);
        swio_conn_close(c.conn);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    wait_until(atomic_load(&c.ended) + atomic_load(&c.refused) == THREADS * COMMANDS);
    swio_conn_unref(c.conn);
    assert_int_equal(atomic_load(&c.ended) + atomic_load(&c.refused), THREADS * COMMANDS);
    if (!close)
        assert_int_equal(atomic_load(&c.ended) - atomic_load(&c.lost), ANSWERED);
    assert_int_equal(mock_server_stop(server), 0);
}

static void every_command_ends_once_when_the_connection_is_lost(void **state)
{
    (void)state;
    end_amidst(answer_some, false);
}

static void every_command_ends_once_when_it_is_closed(void **state)
{
    (void)state;
    end_amidst(echo, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_thread_gets_its_own_replies),
        cmocka_unit_test(every_command_ends_once_when_the_connection_is_lost),
        cmocka_unit_test(every_command_ends_once_when_it_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
