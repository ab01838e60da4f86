/*
 * From the connected stream to the logged-in connection, and every way in which that fails. The
 * dialogue is that of mod_event_socket.c, listener_run() and parse_command(): FreeSWITCH asks
 * (auth/request), or refuses by its access list (text/rude-rejection); we answer with auth or
 * userauth; it accepts, or answers -ERR invalid and closes.
 */
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "conn/conn.h"
#include "conn/words.h"

static const char *show_greeting(const swio_conn *conn, char *out, size_t size)
{
    return swio_words_show(out, size, conn->greeting, conn->greeting_len, conn->greeting_len);
}

void swio_login_listen(swio_conn *conn, const char *bytes, size_t len)
{
    size_t room = sizeof conn->greeting - conn->greeting_len;
    size_t kept = len < room ? len : room;
    memcpy(conn->greeting + conn->greeting_len, bytes, kept);
    conn->greeting_len += kept;
}

void swio_login_garbage(swio_conn *conn)
{
    char shown[SWIO_WORDS_MAX];
    bool http = conn->greeting_len >= 5 && memcmp(conn->greeting, "HTTP/", 5) == 0;
    swio_conn_fail(conn, SWIO_EPROTO,
                   "%s does not speak the Event Socket protocol: got '%s'; is this the port of "
                   "event_socket.conf (8021 by default)?",
                   http ? "this is a web server, which" : "what listens there",
                   show_greeting(conn, shown, sizeof shown));
}

void swio_login_asked(swio_conn *conn, const swio_frame *frame)
{
    (void)frame;
    swio_trace_sent(conn, conn->login.data, conn->login.len);
    conn->state = SWIO_CONN_LOGIN;
    int error = swio_tcp_write(conn->link->tcp, conn->login.data, conn->login.len);
    if (error && error != SWIO_ECONN) /* that one comes by itself, with the peer's last words */
        swio_conn_fail(conn, error, "the login could not be sent: %s", swio_errmsg());
}

void swio_login_answered(swio_conn *conn, const swio_frame *frame)
{
    char shown[SWIO_WORDS_MAX];
    size_t len = 0;
    const char *text = swio_event_get_len(frame->event, "Reply-Text", &len);
    bool user = strncmp(conn->login.data, "userauth", strlen("userauth")) == 0;
    if (text && len >= 3 && memcmp(text, "+OK", 3) == 0) {
        swio_conn_up(conn);
        return;
    }
    swio_conn_fail(conn, SWIO_EAUTH, "FreeSWITCH refused the %s: '%s'; %s",
                   user ? "user or the password" : "password",
                   swio_words_show(shown, sizeof shown, text ? text : "", len, len),
                   user ? "see the user's esl-password in the directory"
                        : "see the password in event_socket.conf");
}

void swio_login_rejected(swio_conn *conn, const swio_frame *frame)
{
    char shown[SWIO_WORDS_MAX];
    size_t len = 0;
    const char *words = swio_event_body(frame->event, &len);
    swio_conn_fail(conn, SWIO_ECONN,
                   "the access list of FreeSWITCH refuses this machine: '%s'; allow its address in "
                   "the list that apply-inbound-acl in event_socket.conf names",
                   swio_words_show(shown, sizeof shown, words, len, len));
}

void swio_login_noticed(swio_conn *conn, const swio_frame *frame)
{
    char shown[SWIO_WORDS_MAX];
    size_t len = 0;
    const char *words = swio_event_body(frame->event, &len);
    swio_conn_fail(conn, SWIO_ECONN, "FreeSWITCH ended the connection during the login: '%s'",
                   swio_words_show(shown, sizeof shown, words, len, len));
}

void swio_login_late(void *arg)
{
    swio_conn *conn = arg;
    char shown[SWIO_WORDS_MAX];
    if (conn->state == SWIO_CONN_LOGIN)
        swio_conn_fail(conn, SWIO_ECONN, "no answer to the login within %g s",
                       conn->opts.connect_timeout);
    else if (conn->greeting_len)
        swio_conn_fail(conn, SWIO_EPROTO,
                       "what listens there does not speak the Event Socket protocol: got '%s' and "
                       "no more within %g s",
                       show_greeting(conn, shown, sizeof shown), conn->opts.connect_timeout);
    else
        swio_conn_fail(conn, SWIO_ECONN,
                       "connected, but nothing was said within %g s; is this the port of "
                       "event_socket.conf (8021 by default), and does FreeSWITCH still answer?",
                       conn->opts.connect_timeout);
}

void swio_login_lost(swio_conn *conn, const char *sentence)
{
    char shown[SWIO_WORDS_MAX];
    const char *when = conn->state == SWIO_CONN_LOGIN ? "during the login" : "before the greeting";
    if (conn->state == SWIO_CONN_GREETING && conn->greeting_len)
        swio_conn_fail(conn, SWIO_EPROTO,
                       "what listens there does not speak the Event Socket protocol: got '%s', "
                       "and then it closed",
                       show_greeting(conn, shown, sizeof shown));
    else if (sentence)
        swio_conn_end(conn, SWIO_ECONN, sentence);
    else
        swio_conn_fail(conn, SWIO_ECONN,
                       "the other side closed the connection %s; is this the port of "
                       "event_socket.conf (8021 by default)?",
                       when);
}
