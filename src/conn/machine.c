/*
 * The life of a connection on the loop's thread. Its states are those of swio_conn_state; what
 * moves it is a frame (the table below), the end of the stream, a deadline, or a task of conn.c:
 *
 *   DOWN → CONNECTING → GREETING → LOGIN → UP
 *     ↑________________↓_________↓______↓   every way back is swio_conn_end()
 *
 * A lost connection that is to be made again waits for its next try in DOWN (reconnect.c).
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "conn/conn.h"
#include "conn/words.h"

enum { FRAME_KINDS = SWIO_FRAME_UNDECODABLE + 1 };

/* ---- frames of a connection that is up ---- */

static void on_reply(swio_conn *conn, const swio_frame *frame)
{
    swio_request *request = swio_pending_take(&conn->pending);
    if (!request) {
        char shown[SWIO_WORDS_MAX];
        size_t len = 0;
        const char *text = swio_event_get_len(frame->event, "Reply-Text", &len);
        if (!text)
            text = swio_event_body(frame->event, &len);
        swio_conn_fail(conn, SWIO_EPROTO,
                       "a reply came to which there is no command ('%s'); replies and commands "
                       "cannot be told apart any more, so the connection was closed",
                       swio_words_show(shown, sizeof shown, text, len, len));
        return;
    }
    char sentence[SWIO_ERRMSG_MAX];
    int error = swio_reply_judge(conn->contact.text, request->bytes, request->len, frame);
    swio_request_finish(request, error, error ? swio_words_keep(sentence) : NULL, frame->event);
}

static void on_event(swio_conn *conn, const swio_frame *frame)
{
    if (conn->opts.on_event)
        conn->opts.on_event(conn, frame->event, conn->opts.arg);
}

static void on_log(swio_conn *conn, const swio_frame *frame)
{
    if (conn->opts.on_log)
        conn->opts.on_log(conn, frame->event, conn->opts.arg);
}

/* The linger notice announces the end of an outbound socket's call: events still come, and the
 * other notice after them. */
static void on_notice(swio_conn *conn, const swio_frame *frame)
{
    char shown[SWIO_WORDS_MAX];
    size_t len = 0;
    const char *disposition = swio_event_get(frame->event, "Content-Disposition");
    const char *words = swio_event_body(frame->event, &len);
    if (disposition && strcmp(disposition, "linger") == 0) {
        swio_debug("%s: the call has ended, and FreeSWITCH keeps the connection for a while",
                   conn->contact.text);
        return;
    }
    swio_conn_fail(conn, SWIO_ECONN, "FreeSWITCH ended the connection: '%s'",
                   swio_words_show(shown, sizeof shown, words, len, len));
}

static void on_stray(swio_conn *conn, const swio_frame *frame)
{
    char shown[SWIO_WORDS_MAX];
    const char *type = swio_event_get(frame->event, "Content-Type");
    if (conn->state == SWIO_CONN_GREETING) {
        swio_login_garbage(conn);
        return;
    }
    if (!type)
        type = "(none)";
    swio_conn_fail(conn, SWIO_EPROTO,
                   "a frame of Content-Type '%s' came, which has no place here; the connection was "
                   "closed",
                   swio_words_show(shown, sizeof shown, type, strlen(type), strlen(type)));
}

/* What a line break in the middle of a raw value leaves behind has no Content-Type. It answers
 * nothing: the reply to which it belongs has been read. */
static void on_other(swio_conn *conn, const swio_frame *frame)
{
    if (swio_event_get(frame->event, "Content-Type"))
        on_stray(conn, frame);
    else
        swio_warning("%s: lines without a Content-Type came and were skipped: a value with an "
                     "empty line in it cannot be read",
                     conn->contact.text);
}

static void on_undecodable(swio_conn *conn, const swio_frame *frame)
{
    (void)frame;
    swio_warning("%s: an event was skipped: %s", conn->contact.text, swio_errmsg());
}

typedef void frame_fn(swio_conn *conn, const swio_frame *frame);

/* clang-format off */
/* What each frame means in each state that can get one; no entry: on_stray(). */
static frame_fn *const meaning[SWIO_CONN_STATES][FRAME_KINDS] = {
    [SWIO_CONN_GREETING] = {
        [SWIO_FRAME_AUTH_REQUEST] = swio_login_asked,
        [SWIO_FRAME_RUDE_REJECTION] = swio_login_rejected,
        [SWIO_FRAME_DISCONNECT_NOTICE] = swio_login_noticed,
    },
    [SWIO_CONN_LOGIN] = {
        [SWIO_FRAME_COMMAND_REPLY] = swio_login_answered,
        [SWIO_FRAME_DISCONNECT_NOTICE] = swio_login_noticed,
    },
    [SWIO_CONN_UP] = {
        [SWIO_FRAME_COMMAND_REPLY] = on_reply,
        [SWIO_FRAME_API_RESPONSE] = on_reply,
        [SWIO_FRAME_EVENT] = on_event,
        [SWIO_FRAME_LOG] = on_log,
        [SWIO_FRAME_DISCONNECT_NOTICE] = on_notice,
        [SWIO_FRAME_OTHER] = on_other,
        [SWIO_FRAME_UNDECODABLE] = on_undecodable,
    },
};
/* clang-format on */

/* ---- what the stream says ---- */

static void on_connected(swio_tcp *tcp, const char *peer, void *arg)
{
    (void)tcp;
    swio_link *link = arg;
    swio_conn *conn = link->conn;
    if (!conn)
        return;
    swio_debug("%s: connected to %s", conn->contact.text, peer);
    conn->state = SWIO_CONN_GREETING;
    conn->greeting_len = 0;
    int error =
        swio_timer_start(conn->loop, &conn->deadline, conn->deadline_ns, swio_login_late, conn);
    if (error)
        swio_conn_fail(conn, error, "not connected: %s", swio_errmsg());
}

/* The reader gave up: what came is no frame, or larger than its bounds, or there is no memory. */
static void on_unreadable(swio_conn *conn, int error)
{
    if (conn->state == SWIO_CONN_GREETING && error == SWIO_EPROTO)
        swio_login_garbage(conn);
    else
        swio_conn_fail(conn, error == SWIO_ENOMEM ? SWIO_ECONN : error,
                       "%s; the connection was closed", swio_errmsg());
}

/* Frames are delivered as long as nobody has closed: a handler may have. */
static void read_frames(swio_conn *conn, swio_link *link, const char *bytes, size_t len)
{
    while (len && link->conn && !atomic_load(&conn->closing)) {
        swio_frame frame;
        size_t used = 0;
        int got = swio_reader_feed(link->reader, bytes, len, &used, &frame);
        if (got < 0)
            on_unreadable(conn, got);
        if (got <= 0)
            return;
        bytes += used;
        len -= used;
        swio_trace_received(conn, &frame);
        frame_fn *handle = meaning[conn->state][frame.kind];
        (handle ? handle : on_stray)(conn, &frame);
        swio_event_unref(frame.event);
    }
}

static void on_received(swio_tcp *tcp, const char *bytes, size_t len, void *arg)
{
    (void)tcp;
    swio_link *link = arg;
    swio_conn *conn = swio_obj_ref(link->conn);
    if (conn->state == SWIO_CONN_GREETING)
        swio_login_listen(conn, bytes, len);
    read_frames(conn, link, bytes, len);
    swio_obj_unref(conn);
}

static void on_drained(swio_tcp *tcp, void *arg)
{
    (void)tcp;
    swio_link *link = arg;
    if (link->conn)
        atomic_store(&link->conn->backlog, 0);
}

static void on_closed(swio_tcp *tcp, int error, const char *sentence, void *arg)
{
    (void)tcp;
    swio_link *link = arg;
    swio_conn *conn = link->conn;
    link->tcp = NULL;
    if (conn && conn->state == SWIO_CONN_CONNECTING)
        swio_conn_end(conn, error ? error : SWIO_ECONN, sentence);
    else if (conn && conn->state == SWIO_CONN_UP && error)
        swio_conn_end(conn, SWIO_ECONN, sentence);
    else if (conn && conn->state == SWIO_CONN_UP)
        swio_conn_fail(conn, SWIO_ECONN, "the connection was closed by the other side");
    else if (conn)
        swio_login_lost(conn, error ? sentence : NULL);
    swio_reader_free(link->reader);
    swio_free(link);
}

static const swio_tcp_handlers stream_handlers = {
    .connected = on_connected,
    .received = on_received,
    .drained = on_drained,
    .closed = on_closed,
};

/* ---- up ---- */

static int open_link(swio_conn *conn)
{
    swio_link *link = swio_calloc(1, sizeof *link);
    if (!link)
        return swio_err_nomem();
    int error = swio_reader_new(&(swio_reader_limits){.header_bytes = conn->opts.max_header_bytes,
                                                      .body_bytes = conn->opts.max_body_bytes},
                                &link->reader);
    if (!error)
        error = swio_tcp_connect(conn->loop, conn->contact.host, conn->contact.port,
                                 &(swio_tcp_opts){.timeout = conn->opts.connect_timeout,
                                                  .max_queued = SIZE_MAX, /* swio_conn_send() */
                                                  .in_order = conn->opts.in_order},
                                 &stream_handlers, link, &link->tcp);
    if (error) {
        swio_reader_free(link->reader);
        swio_free(link);
        return error;
    }
    link->conn = swio_obj_ref(conn);
    conn->link = link;
    return 0;
}

/* For who waits, if anybody does. */
static void set_connected(swio_completion *connecting, int error, const char *sentence)
{
    if (connecting)
        swio_completion_set(connecting, error, sentence, NULL);
    swio_obj_unref(connecting);
}

void swio_conn_start(swio_conn *conn, swio_completion *connecting)
{
    int error = 0;
    if (connecting)
        swio_reconnect_yield(conn);
    if (conn->state == SWIO_CONN_UP)
        error = swio_err(SWIO_ECONFIG, "%s: connected already", conn->contact.text);
    else if (conn->state != SWIO_CONN_DOWN)
        error = swio_err(SWIO_ECONFIG, "%s: another call is connecting it", conn->contact.text);
    else
        error = open_link(conn);
    if (error) {
        char sentence[SWIO_ERRMSG_MAX];
        swio_words_keep(sentence);
        if (conn->state == SWIO_CONN_DOWN && swio_conn_returning(conn))
            swio_reconnect_failed(conn, error, sentence);
        set_connected(connecting, error, sentence);
        return;
    }
    conn->back.trying = !connecting;
    conn->deadline_ns = swio_deadline_ns(conn->opts.connect_timeout);
    conn->connecting = connecting;
    conn->state = SWIO_CONN_CONNECTING;
}

void swio_conn_up(swio_conn *conn)
{
    swio_completion *connecting = conn->connecting;
    swio_timer_stop(&conn->deadline);
    conn->state = SWIO_CONN_UP;
    conn->connecting = NULL;
    atomic_store(&conn->backlog, swio_tcp_queued(conn->link->tcp));
    atomic_store(&conn->open, true);
    swio_debug("%s: logged in", conn->contact.text);
    if (swio_conn_returning(conn) && !swio_reconnect_arrived(conn, !connecting))
        return;
    swio_wake_start(conn);
    set_connected(connecting, 0, NULL);
}

/* ---- down ---- */

/* Lets go of the stream; one that is finished takes its time, but not ours. */
static void release_link(swio_conn *conn, bool goodbye)
{
    static const char leave[] = "exit\n\n";
    swio_link *link = conn->link;
    conn->link = NULL;
    link->conn = NULL;
    if (link->tcp && goodbye && swio_tcp_write(link->tcp, leave, sizeof leave - 1) == 0)
        swio_tcp_finish(link->tcp);
    else if (link->tcp)
        swio_tcp_close(link->tcp);
    swio_obj_unref(conn);
}

/* What became of the way back of a connection that ended with an error: lost, or not yet there. */
static void look_back(swio_conn *conn, bool lost, bool tried, int error, const char *why)
{
    if (lost)
        swio_reconnect_begin(conn, why);
    else if (tried && swio_conn_returning(conn))
        swio_reconnect_failed(conn, error, why);
}

void swio_conn_end(swio_conn *conn, int error, const char *sentence)
{
    char why[SWIO_ERRMSG_MAX], canceled[SWIO_ERRMSG_MAX];
    if (error == 0) {
        swio_conn_flush(conn); /* what was sent before the close; may end it with an error */
        swio_reconnect_stop(conn);
    }
    if (conn->state == SWIO_CONN_DOWN)
        return;
    if (atomic_load(&conn->closing))
        error = 0; /* it was given up before it was lost: only the task of the close comes late */
    snprintf(why, sizeof why, "%s", sentence);
    snprintf(canceled, sizeof canceled, "%s: the connection was closed by its owner",
             conn->contact.text);
    bool was_up = conn->state == SWIO_CONN_UP;
    bool lost = was_up && error && conn->opts.reconnect;
    swio_completion *connecting = conn->connecting;
    bool tried = error && (connecting || conn->back.trying);
    swio_obj_ref(conn);
    conn->state = SWIO_CONN_DOWN;
    conn->connecting = NULL;
    conn->back.trying = false;
    if (was_up && error)
        atomic_fetch_add(&conn->losses, 1);
    if (lost) /* before anybody hears of the loss: what is sent now is refused with these words */
        swio_reconnect_mark(conn);
    atomic_store(&conn->open, false);
    swio_timer_stop(&conn->deadline);
    swio_wake_stop(conn);
    swio_conn_forget(conn);
    swio_ahead_close(&conn->ahead);
    release_link(conn, was_up && error == 0);

    swio_pending_fail(&conn->pending, error ? error : SWIO_ECANCELED, error ? why : canceled);
    set_connected(connecting, error ? error : SWIO_ECANCELED, error ? why : canceled);
    if (was_up && conn->opts.on_closed)
        conn->opts.on_closed(conn, error, error ? why : "", conn->opts.arg);
    look_back(conn, lost, tried, error, why);
    swio_obj_unref(conn);
}

void swio_conn_fail(swio_conn *conn, int error, const char *fmt, ...)
{
    char text[SWIO_ERRMSG_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    swio_err(error, "%s: %s", conn->contact.text, text);
    swio_conn_end(conn, error, swio_errmsg());
}
