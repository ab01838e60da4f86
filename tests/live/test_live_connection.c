/*
 * The commands of a connection against FreeSWITCH itself: what is subscribed to comes, and what is
 * taken back does not.
 * labels: threaded
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/connection.h>
#include <switchio/error.h>

#include "support/cmocka.h"
#include "support/rig.h"
#include "support/wait.h"

static swio_conn *conn;
static atomic_int came, logs;
static char body[100];

static void on_event(swio_conn *from, swio_event *event, void *arg)
{
    (void)from, (void)arg;
    if (strcmp(swio_event_key(event), "switchio::live") != 0)
        return;
    snprintf(body, sizeof body, "%s|%s", swio_event_get(event, "note"),
             swio_event_body(event, NULL));
    atomic_fetch_add(&came, 1);
}

static void on_log(swio_conn *from, swio_event *event, void *arg)
{
    (void)from, (void)arg;
    if (strstr(swio_event_body(event, NULL), "a line of switchio"))
        atomic_fetch_add(&logs, 1);
}

static int connect_it(void **state)
{
    (void)state;
    swio_conn_opts opts = {
        .password = getenv("SWITCHIO_PASSWORD"), .on_event = on_event, .on_log = on_log};
    assert_ok(swio_conn_new(getenv("SWITCHIO_FSHOST"), &opts, &conn));
    assert_ok(swio_conn_connect(conn));
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    conn = swio_conn_unref(conn);
    return 0;
}

/* An event of our own, there and back. */
static void send_event(const char *note)
{
    const swio_variable headers[] = {{"Event-Subclass", "switchio::live"}, {"note", note}};
    const swio_message message = {.headers = headers, .header_count = 2, .body = "its body"};
    assert_ok(swio_conn_sendevent(conn, "CUSTOM", &message, 10, NULL));
}

static void test_events(void **state)
{
    (void)state;
    const char *const names[] = {"switchio::live", "HEARTBEAT"};
    assert_ok(swio_conn_subscribe(conn, SWIO_EVENT_JSON, names, 2, 10));
    send_event("one");
    wait_until(atomic_load(&came) == 1);
    assert_string_equal(body, "one|its body");
    assert_ok(swio_conn_unsubscribe(conn, names, 1, 10));
    send_event("two");
    assert_ok(swio_conn_subscribe(conn, SWIO_EVENT_PLAIN, names, 1, 10));
    send_event("three");
    wait_until(atomic_load(&came) == 2);
    assert_string_equal(body, "three|its body");
    assert_ok(swio_conn_command(conn, "noevents", 10, NULL));
}

static void test_filter(void **state)
{
    (void)state;
    const char *const names[] = {"switchio::live"};
    assert_ok(swio_conn_subscribe(conn, SWIO_EVENT_PLAIN, names, 1, 10));
    assert_ok(swio_conn_command(conn, "filter note wanted", 10, NULL));
    int before = atomic_load(&came);
    send_event("unwanted");
    send_event("wanted");
    wait_until(atomic_load(&came) > before);
    assert_string_equal(body, "wanted|its body");
    assert_ok(swio_conn_command(conn, "filter delete note", 10, NULL));
    assert_ok(swio_conn_command(conn, "noevents", 10, NULL));
}

static void test_log(void **state)
{
    (void)state;
    assert_ok(swio_conn_command(conn, "log 7", 10, NULL));
    assert_ok(swio_conn_api(conn, "log NOTICE a line of switchio", 10, NULL));
    wait_until(atomic_load(&logs) > 0);
    assert_ok(swio_conn_command(conn, "nolog", 10, NULL));
}

/* To a session that is not there. */
static void test_message(void **state)
{
    (void)state;
    const swio_variable hangup = {"call-command", "hangup"};
    const swio_message message = {.headers = &hangup, .header_count = 1};
    assert_error(
        swio_conn_sendmsg(conn, "b35deaea-e621-11f1-9058-02fc00000001", &message, 10, NULL),
        SWIO_EAPI, "-ERR invalid session id");
    assert_error(swio_conn_command(conn, "divert_events on", 10, NULL), SWIO_EAPI, "-ERR");
}

int main(void)
{
    if (!getenv("SWITCHIO_FSHOST")) {
        printf("skipped: SWITCHIO_FSHOST=host[:port] names no FreeSWITCH\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_message),
    };
    return cmocka_run_group_tests(tests, connect_it, close_it);
}
