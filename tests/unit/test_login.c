/* labels: threaded */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/connection.h>
#include <switchio/error.h>

#include <cmocka.h>

#include "support/mock_server.h"
#include "support/wait.h"

/* One attempt against a server that follows the script; what came of it. */
typedef struct attempt {
    int error;
    double seconds;
    char contact[80];
    char sentence[1024]; /* without "CONTACT: " */
} attempt;

static void keep_sentence(attempt *a)
{
    const char *sentence = swio_errmsg();
    size_t len = strlen(a->contact);
    if (strncmp(sentence, a->contact, len) == 0 && strncmp(sentence + len, ": ", 2) == 0)
        sentence += len + 2;
    else
        fail_msg("'%s' does not begin with '%s: '", sentence, a->contact);
    snprintf(a->sentence, sizeof a->sentence, "%s", sentence);
}

static attempt try_to(const char *address, mock_script *script, const swio_conn_opts *opts)
{
    attempt a = {0};
    swio_conn *conn;
    mock_server *server = mock_server_start(address, script, NULL);
    assert_non_null(server);
    snprintf(a.contact, sizeof a.contact, "%s", mock_server_contact(server));
    assert_int_equal(swio_conn_new(a.contact, opts, &conn), 0);
    assert_false(swio_conn_connected(conn));
    double start = wait_clock();
    a.error = swio_conn_connect(conn);
    a.seconds = wait_clock() - start;
    if (a.error)
        keep_sentence(&a);
    assert_int_equal(swio_conn_connected(conn), a.error == 0);
    swio_conn_unref(conn);
    assert_int_equal(mock_server_stop(server), 0);
    return a;
}

/* A failure must not use up the time-out, which is 20 s here, unless it is one. */
static void fails_with(mock_script *script, int error, const char *sentence)
{
    attempt a = try_to("127.0.0.1", script, &(swio_conn_opts){.connect_timeout = 20});
    assert_int_equal(a.error, error);
    assert_string_equal(a.sentence, sentence);
    assert_true(a.seconds < 10);
}

static void times_out_with(mock_script *script, int error, const char *sentence)
{
    attempt a = try_to("127.0.0.1", script, &(swio_conn_opts){.connect_timeout = 0.2});
    assert_int_equal(a.error, error);
    assert_string_equal(a.sentence, sentence);
    assert_true(a.seconds >= 0.19);
}

/* ---- success ---- */

static void accept_login(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_expect(peer, "exit");
}

static void password_is_accepted(void **state)
{
    (void)state;
    assert_int_equal(try_to("127.0.0.1", accept_login, NULL).error, 0);
}

static void ipv6_is_spoken(void **state)
{
    (void)state;
    attempt a = try_to("::1", accept_login, NULL);
    assert_int_equal(a.error, 0);
    assert_memory_equal(a.contact, "[::1]:", 6);
}

static void split_login(mock_peer *peer, void *arg)
{
    mock_split(peer, 1);
    accept_login(peer, arg);
}

static void login_in_single_bytes(void **state)
{
    (void)state;
    assert_int_equal(try_to("127.0.0.1", split_login, NULL).error, 0);
}

static void accept_user(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: auth/request\n\n");
    mock_expect(peer, "userauth 1000@example.net:s:e cret");
    mock_send(peer, "Content-Type: command/reply\nReply-Text: +OK accepted\n"
                    "Allowed-Events: all\nAllowed-API: all\n\n");
    mock_expect(peer, "exit");
}

static void user_is_accepted(void **state)
{
    (void)state;
    swio_conn_opts opts = {.user = "1000@example.net", .password = "s:e cret"};
    assert_int_equal(try_to("127.0.0.1", accept_user, &opts).error, 0);
}

/* ---- FreeSWITCH says no ---- */

static void refuse_password(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: auth/request\n\n");
    mock_read(peer);
    mock_send(peer, "Content-Type: command/reply\nReply-Text: -ERR invalid\n\n"
                    "Content-Type: text/disconnect-notice\nContent-Length: 13\n\nDisconnected\n");
}

static void wrong_password(void **state)
{
    (void)state;
    fails_with(refuse_password, SWIO_EAUTH,
               "FreeSWITCH refused the password: '-ERR invalid'; see the password in "
               "event_socket.conf");
}

static void wrong_user(void **state)
{
    (void)state;
    swio_conn_opts opts = {.user = "1000@example.net", .password = "secret"};
    attempt a = try_to("127.0.0.1", refuse_password, &opts);
    assert_int_equal(a.error, SWIO_EAUTH);
    assert_string_equal(a.sentence, "FreeSWITCH refused the user or the password: '-ERR invalid'; "
                                    "see the user's esl-password in the directory");
}

static void reject(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: text/rude-rejection\nContent-Length: 24\n\n"
                    "Access Denied, go away.\n"
                    "Content-Type: text/disconnect-notice\nContent-Length: 13\n\nDisconnected\n");
}

static void refused_by_the_access_list(void **state)
{
    (void)state;
    fails_with(reject, SWIO_ECONN,
               "the access list of FreeSWITCH refuses this machine: 'Access Denied, go away.'; "
               "allow its address in the list that apply-inbound-acl in event_socket.conf names");
}

static void send_away(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: auth/request\n\n"
                    "Content-Type: text/disconnect-notice\nContent-Length: 13\n\nDisconnected\n");
    mock_wait_close(peer);
}

static void ended_during_the_login(void **state)
{
    (void)state;
    fails_with(send_away, SWIO_ECONN,
               "FreeSWITCH ended the connection during the login: 'Disconnected'");
}

/* ---- somebody else, or nobody ---- */

static void talk_http(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>");
    mock_wait_close(peer);
}

static void a_web_server(void **state)
{
    (void)state;
    fails_with(talk_http, SWIO_EPROTO,
               "this is a web server, which does not speak the Event Socket protocol: got "
               "'HTTP/1.1 400 Bad Request Content-Type: text/html <html>'; is this the port of "
               "event_socket.conf (8021 by default)?");
}

/* Without a line end, as a banner may come. */
static void talk_ssh(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send_bytes(peer, "SSH-2.0-\x01\xff", 10);
    mock_wait_close(peer);
}

static void garbage(void **state)
{
    (void)state;
    fails_with(talk_ssh, SWIO_EPROTO,
               "what listens there does not speak the Event Socket protocol: got "
               "'SSH-2.0-\\x01\\xff'; is this the port of event_socket.conf (8021 by default)?");
}

static void talk_events(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: command/reply\nReply-Text: +OK\n\n");
    mock_wait_close(peer);
}

static void a_frame_that_is_no_greeting(void **state)
{
    (void)state;
    fails_with(talk_events, SWIO_EPROTO,
               "what listens there does not speak the Event Socket protocol: got 'Content-Type: "
               "command/reply Reply-Text: +OK'; is this the port of event_socket.conf (8021 by "
               "default)?");
}

static void ask_twice(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: auth/request\n\nContent-Type: auth/request\n\n");
    mock_wait_close(peer);
}

static void a_frame_that_is_no_answer(void **state)
{
    (void)state;
    fails_with(ask_twice, SWIO_EPROTO,
               "a frame of Content-Type 'auth/request' came, which has no place here; the "
               "connection was closed");
}

static void answer_nonsense(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: auth/request\n\n");
    mock_read(peer);
    mock_send(peer, "Content-Type: command/reply\nContent-Length: many\n\n");
    mock_wait_close(peer);
}

static void an_answer_that_cannot_be_read(void **state)
{
    (void)state;
    attempt a = try_to("127.0.0.1", answer_nonsense, &(swio_conn_opts){.connect_timeout = 20});
    assert_int_equal(a.error, SWIO_EPROTO);
    assert_non_null(strstr(a.sentence, "many"));
    assert_non_null(strstr(a.sentence, "; the connection was closed"));
}

static void close_at_once(mock_peer *peer, void *arg)
{
    (void)peer, (void)arg;
}

static void closed_at_once(void **state)
{
    (void)state;
    fails_with(close_at_once, SWIO_ECONN,
               "the other side closed the connection before the greeting; is this the port of "
               "event_socket.conf (8021 by default)?");
}

static void close_at_password(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: auth/request\n\n");
    mock_read(peer);
}

static void closed_at_the_password(void **state)
{
    (void)state;
    fails_with(close_at_password, SWIO_ECONN,
               "the other side closed the connection during the login; is this the port of "
               "event_socket.conf (8021 by default)?");
}

static void half_greeting(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: auth/");
}

static void closed_in_the_greeting(void **state)
{
    (void)state;
    fails_with(half_greeting, SWIO_EPROTO,
               "what listens there does not speak the Event Socket protocol: got 'Content-Type: "
               "auth/', and then it closed");
}

static void reset_at_password(mock_peer *peer, void *arg)
{
    close_at_password(peer, arg);
    mock_reset(peer);
}

static void reset_at_the_password(void **state)
{
    (void)state;
    fails_with(reset_at_password, SWIO_ECONN, "connection lost (connection reset by peer)");
}

static void nobody_listens(void **state)
{
    (void)state;
    swio_conn *conn;
    mock_server *server = mock_server_start("127.0.0.1", close_at_once, NULL);
    attempt a = {0};
    snprintf(a.contact, sizeof a.contact, "%s", mock_server_contact(server));
    assert_int_equal(mock_server_stop(server), 0);
    assert_int_equal(swio_conn_new(a.contact, NULL, &conn), 0);
    assert_int_equal(swio_conn_connect(conn), SWIO_ECONN);
    keep_sentence(&a);
    assert_string_equal(a.sentence, "connection refused (is FreeSWITCH running, and does "
                                    "event_socket.conf listen there?)");
    swio_conn_unref(conn);
}

static void stay_silent(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_wait_close(peer);
}

static void silence_instead_of_a_greeting(void **state)
{
    (void)state;
    times_out_with(stay_silent, SWIO_ECONN,
                   "connected, but nothing was said within 0.2 s; is this the port of "
                   "event_socket.conf (8021 by default), and does FreeSWITCH still answer?");
}

static void stop_in_greeting(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: auth/request\n");
    mock_wait_close(peer);
}

static void silence_in_the_greeting(void **state)
{
    (void)state;
    times_out_with(stop_in_greeting, SWIO_EPROTO,
                   "what listens there does not speak the Event Socket protocol: got "
                   "'Content-Type: auth/request' and no more within 0.2 s");
}

static void ignore_password(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_send(peer, "Content-Type: auth/request\n\n");
    mock_wait_close(peer);
}

static void silence_after_the_password(void **state)
{
    (void)state;
    times_out_with(ignore_password, SWIO_ECONN, "no answer to the login within 0.2 s");
}

/* ---- what is found out before ---- */

static void impossible_options_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *contact;
        swio_conn_opts opts;
        const char *sentence;
    } cases[] = {
        {"fs1:x",
         {0},
         "'fs1:x' is no contact: the port is no number from 1 to 65535; use HOST, "
         "HOST:PORT, [IPV6]:PORT or an IPv6 address"},
        {"fs1",
         {.password = "sec\nret"},
         "fs1:8021: the password has a line break in it: the switch would misread it"},
        {"fs1",
         {.user = "u@d", .password = "sec\nret"},
         "fs1:8021: the password has a line break in it: the switch would misread it"},
        {"fs1", {.user = "u"}, "fs1:8021: 'u' is no user: it is written USER@DOMAIN"},
        {"fs1", {.user = "@d"}, "fs1:8021: '@d' is no user: it is written USER@DOMAIN"},
        {"fs1", {.user = "u@"}, "fs1:8021: 'u@' is no user: it is written USER@DOMAIN"},
        {"fs1", {.user = "u@d:p"}, "fs1:8021: 'u@d:p' is no user: it is written USER@DOMAIN"},
        {"fs1",
         {.connect_timeout = -1},
         "fs1:8021: the connect_timeout of -1 s is no length of time"},
        {"fs1", {.timeout = -0.5, .port = 5}, "fs1:5: the timeout of -0.5 s is no length of time"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        swio_conn *conn = NULL;
        assert_int_equal(swio_conn_new(cases[i].contact, &cases[i].opts, &conn), SWIO_EINVAL);
        assert_string_equal(swio_errmsg(), cases[i].sentence);
        assert_null(conn);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(password_is_accepted),
        cmocka_unit_test(ipv6_is_spoken),
        cmocka_unit_test(login_in_single_bytes),
        cmocka_unit_test(user_is_accepted),
        cmocka_unit_test(wrong_password),
        cmocka_unit_test(wrong_user),
        cmocka_unit_test(refused_by_the_access_list),
        cmocka_unit_test(ended_during_the_login),
        cmocka_unit_test(a_web_server),
        cmocka_unit_test(garbage),
        cmocka_unit_test(a_frame_that_is_no_greeting),
        cmocka_unit_test(a_frame_that_is_no_answer),
        cmocka_unit_test(an_answer_that_cannot_be_read),
        cmocka_unit_test(closed_at_once),
        cmocka_unit_test(closed_at_the_password),
        cmocka_unit_test(closed_in_the_greeting),
        cmocka_unit_test(reset_at_the_password),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(silence_instead_of_a_greeting),
        cmocka_unit_test(silence_in_the_greeting),
        cmocka_unit_test(silence_after_the_password),
        cmocka_unit_test(impossible_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
