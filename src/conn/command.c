/* The commands that wait: each is one swio_conn_send() and one completion. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "conn/conn.h"
#include "esl/command.h"

/* One wait, shared by the waiter and the request: the waiter may give up first. */
typedef struct exchange {
    swio_completion *answered;
    swio_event *reply; /* written before `answered` is set */
} exchange;

static void destroy_exchange(void *obj)
{
    exchange *x = obj;
    swio_obj_unref(x->answered);
    swio_event_unref(x->reply);
}

static void answer(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    (void)conn;
    exchange *x = arg;
    x->reply = swio_event_ref(reply);
    swio_completion_set(x->answered, error, sentence, NULL);
    swio_obj_unref(x);
}

/* Nobody waits: at least the log knows, unless it was our own close that ended it. */
static void log_failure(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                        void *arg)
{
    (void)conn, (void)reply, (void)arg;
    if (error && error != SWIO_ECANCELED)
        swio_warning("%s", sentence);
}

/* NULL: no memory. */
static exchange *new_exchange(swio_conn *conn)
{
    exchange *x = swio_obj_new(sizeof *x, destroy_exchange);
    if (x && swio_completion_new(conn->loop, &x->answered))
        x = swio_obj_unref(x);
    return x;
}

static int send_and_wait(swio_conn *conn, const swio_buf *command, double timeout,
                         swio_event **reply)
{
    int error = swio_may_wait_or("a command with a time-out", " or with a time-out of 0");
    if (error)
        return error;
    exchange *x = new_exchange(conn);
    if (!x)
        return swio_err_nomem();
    error = swio_conn_send(conn, command->data, command->len, timeout, answer, swio_obj_ref(x));
    if (error) {
        swio_obj_unref(x);
    } else {
        /* The request ends in time by itself: one clock, not two. */
        error = swio_completion_wait(x->answered, INFINITY, "the reply");
        if (reply && swio_completion_is_set(x->answered))
            *reply = swio_event_ref(x->reply);
    }
    swio_obj_unref(x);
    return error;
}

/* Sends what was built, if it could be built, and releases it. */
static int run(swio_conn *conn, int error, swio_buf *command, double timeout, swio_event **reply)
{
    if (reply)
        *reply = NULL;
    if (!error && timeout == 0)
        error = swio_conn_send(conn, command->data, command->len, 0, log_failure, NULL);
    else if (!error)
        error = send_and_wait(conn, command, timeout, reply);
    swio_buf_free(command);
    return error;
}

int swio_conn_command(swio_conn *conn, const char *line, double timeout, swio_event **reply)
{
    swio_buf command = {0};
    return run(conn, swio_command_line(&command, line), &command, timeout, reply);
}

int swio_conn_api(swio_conn *conn, const char *text, double timeout, swio_event **reply)
{
    swio_buf command = {0};
    return run(conn, swio_command_api(&command, text), &command, timeout, reply);
}

int swio_conn_bgapi(swio_conn *conn, const char *text, const char *job_uuid, double timeout,
                    swio_event **reply)
{
    swio_buf command = {0};
    return run(conn, swio_command_bgapi(&command, job_uuid, text), &command, timeout, reply);
}

int swio_conn_execute(swio_conn *conn, const char *uuid, const char *app,
                      const swio_execute_opts *opts, double timeout, swio_event **reply)
{
    static const swio_execute_opts defaults = {0};
    swio_header headers[7];
    char loops[16];
    size_t count = 0;
    if (!opts)
        opts = &defaults;
    snprintf(loops, sizeof loops, "%d", opts->loops);
    headers[count++] = (swio_header){"call-command", "execute"};
    headers[count++] = (swio_header){"execute-app-name", app};
    if (opts->arg)
        headers[count++] = (swio_header){"execute-app-arg", opts->arg};
    if (opts->loops)
        headers[count++] = (swio_header){"loops", loops};
    if (opts->event_lock)
        headers[count++] = (swio_header){"event-lock", "true"};
    if (opts->async)
        headers[count++] = (swio_header){"async", "true"};
    if (opts->event_uuid)
        headers[count++] = (swio_header){"Event-UUID", opts->event_uuid};
    swio_buf command = {0};
    int error = swio_command_sendmsg(&command, uuid, headers, count, NULL);
    return run(conn, error, &command, timeout, reply);
}

int swio_conn_subscribe(swio_conn *conn, swio_event_format format, const char *const *names,
                        size_t count, double timeout)
{
    swio_buf command = {0};
    int error = swio_command_event(&command, format, names, count);
    return run(conn, error, &command, timeout, NULL);
}

int swio_conn_unsubscribe(swio_conn *conn, const char *const *names, size_t count, double timeout)
{
    swio_buf command = {0};
    return run(conn, swio_command_nixevent(&command, names, count), &command, timeout, NULL);
}

static const swio_message empty = {0};

int swio_conn_sendmsg(swio_conn *conn, const char *uuid, const swio_message *message,
                      double timeout, swio_event **reply)
{
    const swio_message *m = message ? message : &empty;
    swio_buf command = {0};
    int error = swio_command_sendmsg(&command, uuid, m->headers, m->header_count, m->body);
    return run(conn, error, &command, timeout, reply);
}

int swio_conn_sendevent(swio_conn *conn, const char *name, const swio_message *message,
                        double timeout, swio_event **reply)
{
    const swio_message *m = message ? message : &empty;
    swio_buf command = {0};
    int error = swio_command_sendevent(&command, name, m->headers, m->header_count, m->body);
    return run(conn, error, &command, timeout, reply);
}
