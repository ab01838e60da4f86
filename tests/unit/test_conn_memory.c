/* labels: threaded
 *
 * Connecting, asking and closing, with each allocation failing in turn. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/connection.h>
#include <switchio/error.h>
#include <switchio/log.h>

#include "support/cmocka.h"
#include "support/mock_server.h"
#include "support/wait.h"

#include "base/mem.h"

static void serve(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: auth/request\n\n");
    for (const char *command; (command = mock_read(peer));) {
        if (strncmp(command, "auth", 4) == 0)
            mock_send_reply(peer, "+OK accepted");
        else if (strcmp(command, "exit") == 0)
            return;
        else if (strcmp(command, "api bad") == 0)
            mock_send_api(peer, "-ERR bad");
        else
            mock_send_api(peer, "good");
        mock_send_event(peer, "E", "A: %20\n");
    }
}

static atomic_int logins, ends;

static void on_closed(swio_conn *conn, int error, const char *sentence, void *arg)
{
    (void)conn, (void)error, (void)arg;
    if (sentence)
        atomic_fetch_add(&ends, 1);
}

static bool tolerable(int error)
{
    return error == 0 || error == SWIO_ENOMEM || error == SWIO_ECONN;
}

/*
 * What of it fails may fail; it must end, and leave nothing behind, and a connection that survived
 * must work once there is memory again. Returns whether nothing failed.
 */
static bool whole_life(swio_loop *loop, const char *contact, size_t *used)
{
    swio_conn_opts opts = {.loop = loop, .on_closed = on_closed};
    swio_conn *conn;
    swio_event *good = NULL, *bad = NULL;
    int error = swio_conn_new(contact, &opts, &conn);
    assert_true(tolerable(error));
    if (error)
        return false;
    int connected = swio_conn_connect(conn);
    assert_true(tolerable(connected));
    int first = swio_conn_api(conn, "good", 10, &good);
    int unwatched = swio_conn_api(conn, "good", 0, NULL);
    int second = swio_conn_api(conn, "bad", 10, &bad);
    assert_true(tolerable(first) && tolerable(unwatched));
    assert_true(tolerable(second) || second == SWIO_EAPI);
    if (first == 0)
        assert_string_equal(swio_event_body(good, NULL), "good");
    assert_int_equal(bad != NULL, second == SWIO_EAPI);
    swio_event_unref(good);
    swio_event_unref(bad);
    if (connected == 0)
        atomic_fetch_add(&logins, 1);
    if (first == 0 || second == SWIO_ENOMEM) {
        *used = swio_mem_fail_after(-1, false);
        assert_true(swio_conn_api(conn, "good", 10, NULL) == 0 || !swio_conn_connected(conn));
    }
    swio_conn_unref(conn);
    return connected == 0 && first == 0 && unwatched == 0 && second == SWIO_EAPI;
}

static void silence(swio_log_level level, const char *file, int line, const char *text, void *arg)
{
    (void)level, (void)file, (void)line, (void)text, (void)arg;
}

static void sweep(bool sticky)
{
    swio_loop *loop;
    mock_server *server = mock_server_start("127.0.0.1", serve, NULL);
    assert_non_null(server);
    assert_int_equal(swio_loop_new(&loop), 0);
    atomic_store(&logins, 0);
    atomic_store(&ends, 0);
    swio_log_set_handler(silence, NULL);
    bool whole = false;
    size_t used = 0;
    long n = 0;
    for (; n < 500 && !(whole && used <= (size_t)n); n++) {
        swio_mem_fail_after(n, sticky);
        whole = whole_life(loop, mock_server_contact(server), &used);
        swio_mem_fail_after(-1, false);
        assert_int_equal(atomic_load(&ends), atomic_load(&logins));
    }
    swio_log_set_handler(NULL, NULL);
    assert_in_range(n, 20, 499); /* it did reach the end, and not for want of allocations */
    swio_loop_unref(loop);
    assert_int_equal(mock_server_stop(server), 0);
}

static void one_allocation_fails(void **state)
{
    (void)state;
    sweep(false);
}

static void all_allocations_fail_from_one_on(void **state)
{
    (void)state;
    sweep(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_allocation_fails),
        cmocka_unit_test(all_allocations_fail_from_one_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
