/* labels: threaded */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/connection.h>
#include <switchio/error.h>

#include "support/cmocka.h"
#include "support/gate.h"
#include "support/mock_server.h"
#include "support/wait.h"

/* Reports how many empty lines came before each command. */
typedef struct fixture {
    mock_server *server;
    swio_conn *conn;
    atomic_uint blanks;
} fixture;

static void count_blank_lines(mock_peer *peer, void *arg)
{
    fixture *f = arg;
    mock_login(peer);
    for (const char *command; (command = mock_read(peer)) && strcmp(command, "exit") != 0;) {
        atomic_store(&f->blanks, mock_blank_lines(peer));
        mock_send_api(peer, "+OK");
    }
}

static void begin(fixture *f, unsigned wake_ms)
{
    *f = (fixture){0};
    f->server = mock_server_start("127.0.0.1", count_blank_lines, f);
    assert_non_null(f->server);
    assert_int_equal(swio_conn_new(mock_server_contact(f->server),
                                   &(swio_conn_opts){.wake_ms = wake_ms}, &f->conn),
                     0);
}

static unsigned blanks(fixture *f)
{
    assert_int_equal(swio_conn_api(f->conn, "x", 60, NULL), 0);
    return atomic_load(&f->blanks);
}

static void end(fixture *f)
{
    swio_conn_unref(f->conn);
    assert_int_equal(mock_server_stop(f->server), 0);
}

static void empty_lines_are_sent_while_somebody_waits(void **state)
{
    (void)state;
    fixture f;
    begin(&f, 1);
    assert_int_equal(swio_conn_connect(f.conn), 0);
    assert_int_equal(blanks(&f), 0);
    swio_conn_await(f.conn, +1);
    swio_conn_await(f.conn, +1);
    wait_until(blanks(&f) >= 5);
    swio_conn_await(f.conn, -1);
    unsigned before = blanks(&f);
    wait_until(blanks(&f) >= before + 5);
    swio_conn_await(f.conn, -1);
    before = blanks(&f);
    swio_sleep(0.05);
    assert_int_equal(blanks(&f), before);
    end(&f);
}

static void a_wait_outlives_the_connection(void **state)
{
    (void)state;
    fixture f;
    begin(&f, 1);
    swio_conn_await(f.conn, +1); /* not connected yet */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(swio_conn_connect(f.conn), 0);
        atomic_store(&f.blanks, 0);
        wait_until(blanks(&f) >= 5);
        swio_conn_close(f.conn);
    }
    end(&f);
}

static void nothing_is_sent_without_the_option(void **state)
{
    (void)state;
    fixture f;
    begin(&f, 0);
    assert_int_equal(swio_conn_connect(f.conn), 0);
    swio_conn_await(f.conn, +1);
    swio_sleep(0.02);
    assert_int_equal(blanks(&f), 0);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_lines_are_sent_while_somebody_waits),
        cmocka_unit_test(a_wait_outlives_the_connection),
        cmocka_unit_test(nothing_is_sent_without_the_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
