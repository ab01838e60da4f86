#include "conn/conn.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "conn/words.h"
#include "esl/command.h"

static const uint16_t default_port = 8021;
static const double default_timeout = 10;
static const size_t default_max_pending = 65536;
static const size_t default_max_queued = (size_t)64 << 20;

/* ---- life ---- */

static void destroy(void *obj)
{
    swio_conn *conn = obj;
    if (conn->login.data)
        explicit_bzero(conn->login.data, conn->login.cap);
    swio_ahead_destroy(&conn->ahead);
    swio_buf_free(&conn->login);
    swio_buf_free(&conn->out);
    swio_contact_free(&conn->contact);
    swio_obj_unref(conn->parted);
    swio_obj_unref(conn->away);
    swio_obj_unref(conn->loop);
}

static int check_seconds(const char *contact, const char *option, double seconds)
{
    if (seconds >= 0)
        return 0;
    return swio_err(SWIO_EINVAL, "%s: the %s of %g s is no length of time", contact, option,
                    seconds);
}

/* The login as it will be sent. */
static int make_login(swio_conn *conn, const swio_conn_opts *opts)
{
    const char *password = opts->password ? opts->password : "ClueCon";
    const char *at = opts->user ? strchr(opts->user, '@') : NULL;
    int error = 0;
    if (!opts->user)
        error = swio_command_auth(&conn->login, password);
    else if (!at || at == opts->user || !at[1] || strchr(opts->user, ':'))
        return swio_err(SWIO_EINVAL, "%s: '%.80s' is no user: it is written USER@DOMAIN",
                        conn->contact.text, opts->user);
    else
        error = swio_command_userauth(&conn->login, opts->user, password);
    if (error == SWIO_EINVAL)
        error = swio_err(SWIO_EINVAL, "%s: %s", conn->contact.text, swio_errmsg());
    return error;
}

/* Copies the options with their defaults. */
static int take_opts(swio_conn *conn, const swio_conn_opts *opts)
{
    int error = make_login(conn, opts);
    if (!error)
        error = check_seconds(conn->contact.text, "connect_timeout", opts->connect_timeout);
    if (!error)
        error = check_seconds(conn->contact.text, "timeout", opts->timeout);
    if (error)
        return error;
    conn->opts = *opts;
    conn->opts.loop = NULL;
    conn->opts.password = conn->opts.user = NULL;
    if (opts->connect_timeout == 0)
        conn->opts.connect_timeout = default_timeout;
    if (opts->timeout == 0)
        conn->opts.timeout = default_timeout;
    if (opts->max_queued == 0)
        conn->opts.max_queued = default_max_queued;
    return 0;
}

int swio_conn_new(const char *contact, const swio_conn_opts *opts, swio_conn **out)
{
    static const swio_conn_opts defaults = {0};
    if (!opts)
        opts = &defaults;
    swio_conn *conn = swio_obj_new(sizeof *conn, destroy);
    if (!conn)
        return swio_err_nomem();
    swio_ahead_init(&conn->ahead);
    int error = swio_contact_parse(contact, opts->port ? opts->port : default_port, &conn->contact);
    if (!error)
        error = take_opts(conn, opts);
    swio_loop *loop = swio_loop_ref(opts->loop);
    if (!error && !loop)
        error = swio_loop_default(&loop);
    if (!error)
        error = swio_completion_new(loop, &conn->parted);
    if (error) {
        swio_loop_unref(loop);
        swio_obj_unref(conn);
        return error;
    }
    conn->loop = swio_obj_ref(loop);
    atomic_init(&conn->users, 1);
    swio_pending_init(&conn->pending, loop, conn, conn->contact.text,
                      opts->max_pending ? opts->max_pending : default_max_pending);
    *out = conn;
    return 0;
}

swio_conn *swio_conn_ref(swio_conn *conn)
{
    if (conn)
        atomic_fetch_add(&conn->users, 1);
    return conn;
}

static void run_part(void *arg)
{
    swio_conn *conn = arg;
    swio_completion *parted = swio_obj_ref(conn->parted); /* with it the connection may go */
    swio_conn_end(conn, 0, "");
    swio_completion_set(parted, 0, NULL, NULL);
    swio_obj_unref(parted);
}

/* The close of the last reference, for a thread that can see it through. */
static void close_and_wait(swio_conn *conn)
{
    atomic_store(&conn->closing, true);
    conn->part_task = (swio_task){.fn = run_part, .arg = conn};
    if (swio_loop_submit(conn->loop, &conn->part_task))
        swio_completion_wait(conn->parted, INFINITY, NULL);
}

swio_conn *swio_conn_unref(swio_conn *conn)
{
    if (!conn || atomic_fetch_sub(&conn->users, 1) != 1 || atomic_exchange(&conn->released, true))
        return NULL;
    swio_loop *loop = conn->loop;
    if (swio_loop_current())
        swio_conn_close(conn);
    else
        close_and_wait(conn);
    swio_obj_unref(conn);
    swio_loop_unref(loop); /* the last thing: it may end the loop, and with it all that is left */
    return NULL;
}

bool swio_conn_connected(const swio_conn *conn)
{
    return atomic_load(&conn->open) && !atomic_load(&conn->closing);
}

const char *swio_conn_contact(const swio_conn *conn)
{
    return conn->contact.text;
}

const char *swio_conn_host(const swio_conn *conn)
{
    return conn->contact.host;
}

uint16_t swio_conn_port(const swio_conn *conn)
{
    return conn->contact.port;
}

swio_loop *swio_conn_loop(const swio_conn *conn)
{
    return conn->loop;
}

/* ---- up and down ---- */

/* A call of swio_conn_connect() on its way to the loop. */
typedef struct connecting {
    swio_task task;
    swio_conn *conn;
    swio_completion *done;
} connecting;

static void run_connect(void *arg)
{
    connecting taken = *(connecting *)arg;
    swio_free(arg);
    swio_conn_start(taken.conn, taken.done);
    swio_obj_unref(taken.conn);
}

static int post_connect(swio_conn *conn, swio_completion *done)
{
    connecting *call = swio_malloc(sizeof *call);
    if (!call)
        return swio_err_nomem();
    *call = (connecting){.task = {.fn = run_connect, .arg = call},
                         .conn = swio_obj_ref(conn),
                         .done = swio_obj_ref(done)};
    int error = swio_loop_submit_new(conn->loop, &call->task);
    if (error) {
        swio_obj_unref(done);
        swio_obj_unref(conn);
        swio_free(call);
    }
    return error;
}

int swio_conn_connect(swio_conn *conn)
{
    swio_completion *done;
    int error = swio_may_wait("connecting");
    if (!error)
        error = swio_completion_new(conn->loop, &done);
    if (error)
        return error;
    error = post_connect(conn, done);
    if (!error) {
        error = swio_completion_wait(done, INFINITY, conn->contact.text);
        /* A coroutine whose wait was cancelled has given up the connection as well. */
        if (error == SWIO_ECANCELED && !swio_completion_is_set(done))
            swio_conn_close(conn);
    }
    swio_obj_unref(done);
    return error;
}

static void run_close(void *arg)
{
    swio_conn *conn = arg;
    atomic_store(&conn->open, false); /* first: at no moment is it connected again */
    atomic_store(&conn->closing, false);
    swio_conn_end(conn, 0, "");
    swio_obj_unref(conn);
}

void swio_conn_close(swio_conn *conn)
{
    if (atomic_exchange(&conn->closing, true))
        return;
    conn->close_task = (swio_task){.fn = run_close, .arg = swio_obj_ref(conn)};
    if (!swio_loop_submit(conn->loop, &conn->close_task)) {
        atomic_store(&conn->closing, false); /* the loop has ended, and all connections before it */
        swio_obj_unref(conn);
    }
}

/* ---- commands ---- */

static int refuse_send(const swio_conn *conn, int error, const char *why, const char *bytes,
                       size_t len)
{
    char shown[SWIO_WORDS_MAX];
    return swio_err(error, "%s: %s; '%s' was not sent", conn->contact.text, why,
                    swio_words_command(shown, sizeof shown, bytes, len));
}

/* Nearly always at the end: the search is as long as the command. */
static bool has_empty_line(const char *bytes, size_t len)
{
    return len >= 2 && (memcmp(bytes + len - 2, "\n\n", 2) == 0 || memmem(bytes, len, "\n\n", 2));
}

int swio_conn_check_send(const swio_conn *conn, const char *bytes, size_t len, double timeout)
{
    /* FreeSWITCH skips empty lines before a command, and so would never answer such a one. */
    if (len == 0 || *bytes == '\n' || *bytes == '\r' || !has_empty_line(bytes, len))
        return refuse_send(conn, SWIO_EINVAL,
                           "a command has a first line, and an empty one behind its lines", bytes,
                           len);
    if (!swio_conn_connected(conn))
        return refuse_send(conn, SWIO_ECONN,
                           swio_conn_returning(conn)
                               ? "the connection was lost, and is being made again"
                               : "not connected",
                           bytes, len);
    return check_seconds(conn->contact.text, "time-out", timeout);
}

/* Counts the bytes, or refuses them. */
static int reserve_bytes(swio_conn *conn, const char *bytes, size_t len)
{
    size_t before = atomic_fetch_add(&conn->posted, len) + atomic_load(&conn->backlog);
    if (before <= conn->opts.max_queued && len <= conn->opts.max_queued - before)
        return 0;
    atomic_fetch_sub(&conn->posted, len);
    return refuse_send(conn, SWIO_ELIMIT,
                       "the bytes that FreeSWITCH has not taken yet have reached their limit "
                       "(max_queued)",
                       bytes, len);
}

int swio_conn_send(swio_conn *conn, const char *bytes, size_t len, double timeout,
                   swio_conn_reply_fn *done, void *arg)
{
    swio_request *request;
    int error = swio_conn_check_send(conn, bytes, len, timeout);
    if (!error)
        error = reserve_bytes(conn, bytes, len);
    if (error)
        return error;
    error = swio_request_new(&conn->pending, bytes, len, timeout > 0 ? timeout : conn->opts.timeout,
                             done, arg, &request);
    if (error) {
        atomic_fetch_sub(&conn->posted, len);
        return error;
    }
    swio_obj_ref(conn);
    request->task = (swio_task){.fn = swio_conn_transmit, .arg = request};
    error = swio_loop_submit_new(conn->loop, &request->task);
    if (error) {
        request->done = NULL;
        atomic_fetch_sub(&conn->posted, len);
        swio_request_finish(request, error, NULL, NULL);
        swio_obj_unref(conn);
    }
    return error;
}
