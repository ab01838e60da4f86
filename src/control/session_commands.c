/* The commands of a session: one row each. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/listener.h"
#include "control/wait.h"
#include "esl/command.h"
#include "loop/completion.h"

/*
 * How a command is sent. In `api` $u stands for the session's uuid, $1 and $2 for the arguments of
 * the command; an `app` is executed on the channel with $1 as its argument. `until` is the event
 * that completes it, and `done` tells that it was seen already.
 */
typedef struct command {
    const char *name;
    const char *api;
    const char *app;
    const char *until;
    bool (*done)(const swio_session *session);
} command;

static const command answer = {.name = "answer",
                               .api = "uuid_answer $u",
                               .until = "CHANNEL_ANSWER",
                               .done = swio_session_answered};
static const command hangup = {.name = "hangup",
                               .api = "uuid_kill $u $1",
                               .until = "CHANNEL_HANGUP",
                               .done = swio_session_hungup};
static const command sched_hangup = {.name = "sched_hangup", .api = "sched_hangup +$1 $u $2"};
static const command park = {.name = "park", .api = "uuid_park $u", .until = "CHANNEL_PARK"};
static const command echo = {.name = "echo", .app = "echo"};
static const command playback = {.name = "playback", .app = "playback", .until = "PLAYBACK_STOP"};

/* Fills the template in. */
static void expand(swio_buf *out, const char *template, const char *uuid, const char *const args[2])
{
    for (const char *p = template; *p; p++) {
        if (*p != '$') {
            swio_buf_putc(out, *p);
            continue;
        }
        p++;
        swio_buf_puts(out, *p == 'u' ? uuid : args[*p - '1']);
    }
}

/* The whole command. */
static int build(swio_buf *out, const command *cmd, const char *uuid, const char *const args[2])
{
    if (!cmd->api) {
        const swio_header headers[] = {
            {"call-command", "execute"},
            {"execute-app-name", cmd->app},
            {"execute-app-arg", args[0]},
            {"loops", "1"},
        };
        return swio_command_sendmsg(out, uuid, headers, sizeof headers / sizeof headers[0], NULL);
    }
    swio_buf text = {0};
    expand(&text, cmd->api, uuid, args);
    int error = swio_buf_error(&text);
    if (!error)
        error = swio_command_api(out, text.data);
    swio_buf_free(&text);
    return error;
}

/* Whether an error only says that the channel is not there any more, which the events of its end
 * may tell later than the reply (mod_event_socket.c, mod_commands.c). */
static bool is_gone(const swio_session *session, const char *sentence)
{
    static const char *const words[] = {"invalid session id", "No such channel",
                                        "Cannot locate session"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(sentence, words[i]))
            return true;
    return swio_session_hungup(session);
}

/* Nobody waits. That a session ended before a command reached it is everyday life. */
static void log_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                      void *arg)
{
    swio_session *session = arg;
    (void)conn, (void)reply;
    if (error && is_gone(session, sentence))
        swio_debug("%s", sentence);
    else if (error)
        swio_warning("%s", sentence);
    swio_session_unref(session);
}

/* The reply to a command whose event is waited for: only a refusal ends the wait. */
static void refuse(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    (void)conn, (void)reply;
    if (error)
        swio_completion_set(arg, error, sentence, NULL);
    swio_obj_unref(arg);
}

static void complete(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    (void)conn, (void)reply;
    swio_completion_set(arg, error, sentence, NULL);
    swio_obj_unref(arg);
}

/* Sends; the handler gets a reference of the completion. */
static int send(swio_conn *conn, const swio_buf *bytes, double timeout, swio_conn_reply_fn *done,
                swio_completion *c)
{
    int error = swio_conn_send(conn, bytes->data, bytes->len, timeout, done, swio_obj_ref(c));
    if (error)
        swio_obj_unref(c);
    return error;
}

static int send_and_wait(swio_conn *conn, const swio_buf *bytes, double timeout)
{
    swio_completion *c;
    int error = swio_completion_new(swio_conn_loop(conn), &c);
    if (error)
        return error;
    error = send(conn, bytes, timeout, complete, c);
    if (!error)
        error = swio_completion_wait(c, INFINITY, "the reply"); /* which ends in time by itself */
    swio_obj_unref(c);
    return error;
}

/* Sends, and waits for the event that completes it. */
static int send_until(swio_session *session, swio_conn *conn, const command *cmd,
                      const swio_buf *bytes, double timeout)
{
    swio_wait wait = {.session = session};
    swio_wait_item item = {.name = cmd->until};
    int error = swio_wait_begin(&wait, &item, 1, true);
    if (error)
        return error;
    /* Asked now that nothing gets lost: it was seen already, then. */
    if (!(cmd->done && cmd->done(session))) {
        error = send(conn, bytes, timeout, refuse, wait.completion);
        if (!error) {
            char what[128];
            snprintf(what, sizeof what, "%s of the session %s", cmd->until,
                     swio_session_uuid(session));
            error = swio_completion_wait(wait.completion, timeout, what);
        }
    }
    swio_wait_end(&wait);
    swio_event_unref(item.event);
    return error;
}

static int send_and_log(swio_session *session, swio_conn *conn, const swio_buf *bytes)
{
    int error =
        swio_conn_send(conn, bytes->data, bytes->len, 0, log_reply, swio_session_ref(session));
    if (error)
        swio_session_unref(session);
    return error;
}

static int submit(swio_session *session, swio_conn *conn, const command *cmd,
                  const char *const args[2], double timeout)
{
    swio_buf bytes = {0};
    int error = build(&bytes, cmd, swio_session_uuid(session), args);
    if (error)
        return error;
    if (!(timeout > 0))
        error = send_and_log(session, conn, &bytes);
    else if (!cmd->until)
        error = send_and_wait(conn, &bytes, timeout);
    else
        error = send_until(session, conn, cmd, &bytes, timeout);
    swio_buf_free(&bytes);
    return error;
}

static int run(swio_session *session, const command *cmd, const char *first, const char *second,
               double timeout)
{
    const char *const args[2] = {first ? first : "", second ? second : ""};
    swio_listener *listener = swio_session_owner(session);
    swio_conn *conn = NULL;
    int error = timeout > 0 ? swio_may_wait(cmd->name) : 0;
    if (!error && timeout > 0 && cmd->done && cmd->done(session))
        return 0;
    if (!error && timeout > 0 && cmd->until)
        error = swio_listener_subscribe(listener, cmd->until);
    if (!error)
        error = swio_listener_line(listener, swio_session_uuid(session), &conn);
    if (!error)
        error = submit(session, conn, cmd, args, timeout);
    swio_conn_unref(conn);
    return error;
}

/* A cause is a word, and the default where none is given. */
static int check_cause(const char **cause)
{
    if (!*cause)
        *cause = "NORMAL_CLEARING";
    for (const char *p = *cause; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_')
            return swio_err(SWIO_EINVAL, "'%s' is no hangup cause: NORMAL_CLEARING, USER_BUSY, …",
                            *cause);
    return 0;
}

int swio_session_answer(swio_session *session, double timeout)
{
    return run(session, &answer, NULL, NULL, timeout);
}

int swio_session_hangup(swio_session *session, const char *cause, double timeout)
{
    int error = check_cause(&cause);
    return error ? error : run(session, &hangup, cause, NULL, timeout);
}

int swio_session_sched_hangup(swio_session *session, double seconds, const char *cause,
                              double timeout)
{
    char text[32];
    int error = check_cause(&cause);
    if (!error && !(seconds >= 0 && seconds <= 1e9))
        error = swio_err(SWIO_EINVAL, "sched_hangup in %g s: give 0 to 1e9", seconds);
    if (error)
        return error;
    snprintf(text, sizeof text, "%.0f", ceil(seconds));
    return run(session, &sched_hangup, text, cause, timeout);
}

int swio_session_park(swio_session *session, double timeout)
{
    return run(session, &park, NULL, NULL, timeout);
}

int swio_session_execute(swio_session *session, const char *app, const char *arg, double timeout)
{
    const command any = {.name = app, .app = app};
    return run(session, &any, arg, NULL, timeout);
}

int swio_session_echo(swio_session *session, double timeout)
{
    return run(session, &echo, NULL, NULL, timeout);
}

int swio_session_playback(swio_session *session, const char *file, const swio_playback_opts *opts,
                          double timeout)
{
    static const swio_playback_opts none;
    swio_buf arg = {0};
    if (!opts)
        opts = &none;
    if (opts->endless || opts->params)
        swio_buf_printf(&arg, "{%s%s%s}", opts->endless ? "loops=-1" : "",
                        opts->endless && opts->params ? "," : "", opts->params ? opts->params : "");
    swio_buf_puts(&arg, file);
    int error = swio_buf_error(&arg);
    if (!error)
        error = run(session, &playback, arg.data, NULL, timeout);
    swio_buf_free(&arg);
    return error;
}
