#include "control/session_send.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/escape.h"
#include "control/listener.h"
#include "esl/command.h"
#include "loop/completion.h"
#include "track/track.h"

/* ---- bytes ---- */

static const char *argument(const swio_sending *s, char digit)
{
    const char *text = s->args[digit - '1'];
    return text ? text : "";
}

/* Fills the template in. */
static void expand(swio_buf *out, const swio_sending *s, const char *uuid)
{
    for (const char *p = s->command->api; *p; p++) {
        if (*p == '$' && p[1] == 'u')
            swio_buf_puts(out, uuid);
        else if (*p == '$')
            swio_buf_puts(out, argument(s, p[1]));
        else if (*p == '%')
            swio_escape_word(out, argument(s, p[1]));
        else
            swio_buf_putc(out, *p);
        if (*p == '$' || *p == '%')
            p++;
    }
}

static int build_api(swio_buf *out, const swio_sending *s, const char *uuid)
{
    swio_buf text = {0};
    expand(&text, s, uuid);
    int error = swio_buf_error(&text);
    if (!error)
        error = swio_command_api(out, text.data);
    swio_buf_free(&text);
    return error;
}

static int build(swio_buf *out, const swio_sending *s, const char *uuid)
{
    if (s->command->api)
        return build_api(out, s, uuid);
    const swio_header headers[] = {
        {"call-command", "execute"},           {"execute-app-name", s->command->app},
        {"execute-app-arg", argument(s, '1')}, {"loops", "1"},
        {"Event-UUID", s->event_uuid},
    };
    size_t count = sizeof headers / sizeof headers[0] - (s->event_uuid ? 0 : 1);
    return swio_command_sendmsg(out, uuid, headers, count, NULL);
}

/* ---- replies ---- */

bool swio_says_gone(const char *sentence)
{
    static const char *const words[] = {"invalid session id", "No such channel",
                                        "Cannot locate session", "invalid uuid"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(sentence, words[i]))
            return true;
    return false;
}

/* Nobody waits. That a session ended before a command reached it is everyday life, and its events
 * may tell so later than the reply; and who closes the connection knows what that ends. */
static void log_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                      void *arg)
{
    swio_session *session = arg;
    (void)conn, (void)reply;
    if (error == SWIO_ECANCELED ||
        (error && (swio_says_gone(sentence) || swio_session_hungup(session))))
        swio_debug("%s", sentence);
    else if (error)
        swio_warning("%s", sentence);
    swio_session_unref(session);
}

/* The reply is waited for. */
static void complete(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    (void)conn;
    swio_completion_set(arg, error, sentence, swio_event_ref(reply));
    swio_obj_unref(arg);
}

/* An event is waited for: only a refusal ends the wait. */
static void refuse(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    (void)conn, (void)reply;
    if (error)
        swio_completion_set(arg, error, sentence, NULL);
    swio_obj_unref(arg);
}

static void refuse_unless_gone(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                               void *arg)
{
    refuse(conn, error && swio_says_gone(sentence) ? 0 : error, sentence, reply, arg);
}

/* ---- sending ---- */

static int send_and_log(swio_session *session, swio_conn *conn, const swio_buf *bytes)
{
    int error =
        swio_conn_send(conn, bytes->data, bytes->len, 0, log_reply, swio_session_ref(session));
    if (error)
        swio_session_unref(session);
    return error;
}

/* The handler gets a reference of the completion. */
static int send(swio_conn *conn, const swio_buf *bytes, double timeout, swio_conn_reply_fn *done,
                swio_completion *c)
{
    int error = swio_conn_send(conn, bytes->data, bytes->len, timeout, done, swio_obj_ref(c));
    if (error)
        swio_obj_unref(c);
    return error;
}

static int send_and_wait(swio_conn *conn, const swio_buf *bytes, const swio_sending *s)
{
    swio_completion *c;
    int error = swio_completion_new(swio_conn_loop(conn), &c);
    if (error)
        return error;
    error = send(conn, bytes, s->timeout, complete, c);
    if (!error)
        error = swio_completion_wait(c, INFINITY, "the reply"); /* which ends in time by itself */
    if (s->reply && swio_completion_is_set(c))
        *s->reply = swio_event_ref(swio_completion_value(c));
    swio_obj_unref(c);
    return error;
}

/* Sends, and waits for an event that completes it. */
static int send_until(swio_session *session, swio_conn *conn, const swio_buf *bytes,
                      const swio_sending *s)
{
    swio_wait wait = {.session = session, .match = s->match, .arg = s->arg};
    int error = swio_wait_begin(&wait, s->items, s->count, false);
    if (error)
        return error;
    /* Asked once more, now that nothing gets lost. */
    if (!s->command->done || !s->command->done(session)) {
        error = send(conn, bytes, s->timeout,
                     s->command->gone_is_fine ? refuse_unless_gone : refuse, wait.completion);
        if (!error) {
            char what[128];
            snprintf(what, sizeof what, "%s of the session %s", s->items[0].name,
                     swio_session_uuid(session));
            error = swio_completion_wait(wait.completion, s->timeout, what);
        }
    }
    swio_wait_end(&wait);
    return error == SWIO_ETIMEOUT && !wait.missing ? 0 : error; /* it came just then */
}

static int submit(swio_session *session, const swio_sending *s)
{
    swio_listener *listener = swio_session_owner(session);
    swio_conn *conn = NULL;
    swio_buf bytes = {0};
    int error = build(&bytes, s, swio_session_uuid(session));
    for (size_t i = 0; i < s->count && !error; i++)
        error = swio_listener_subscribe(listener, s->items[i].name);
    if (!error)
        error = swio_listener_line(listener, swio_session_uuid(session), &conn);
    if (error)
        ;
    else if (!(s->timeout > 0))
        error = send_and_log(session, conn, &bytes);
    else if (s->count)
        error = send_until(session, conn, &bytes, s);
    else
        error = send_and_wait(conn, &bytes, s);
    swio_conn_unref(conn);
    swio_buf_free(&bytes);
    return error;
}

int swio_session_send(swio_session *session, const swio_sending *sending)
{
    const swio_session_command *command = sending->command;
    if (sending->reply)
        *sending->reply = NULL;
    if (!(sending->timeout > 0)) {
        swio_sending plain = *sending;
        plain.count = 0;
        return submit(session, &plain);
    }
    char what[64];
    snprintf(what, sizeof what, "swio_session_%s()", command->name);
    int error = swio_may_wait_or(what, sending->reply ? "" : " or with a time-out of 0");
    if (error || (command->done && command->done(session)))
        return error;
    if (!command->until || sending->count)
        return submit(session, sending);
    swio_wait_item item = {.name = command->until};
    swio_sending until = *sending;
    until.items = &item;
    until.count = 1;
    error = submit(session, &until);
    swio_event_unref(item.event);
    return error;
}
