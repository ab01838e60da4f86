/* Commands out: all that come in one round of the loop leave in one write. */
#include "base/err.h"
#include "base/mem.h"
#include "conn/conn.h"
#include "conn/words.h"

/* Memory that a burst of commands has left in `out` is given back past this. */
enum { OUT_KEPT = 1 << 20 };

void swio_conn_forget(swio_conn *conn)
{
    atomic_fetch_sub(&conn->posted, conn->out.len);
    swio_buf_clear(&conn->out);
    if (conn->out.cap > OUT_KEPT)
        swio_buf_free(&conn->out);
}

void swio_conn_flush(swio_conn *conn)
{
    if (conn->state != SWIO_CONN_UP || conn->out.len == 0)
        return;
    int error = swio_tcp_write(conn->link->tcp, conn->out.data, conn->out.len);
    atomic_store(&conn->backlog, swio_tcp_queued(conn->link->tcp));
    swio_conn_forget(conn);
    /* A stream that is lost says so itself, behind what the peer said before it went. */
    if (error && error != SWIO_ECONN)
        swio_conn_fail(conn, SWIO_ECONN,
                       "the connection was closed, because a command could not be sent (%s)",
                       swio_errmsg());
}

static void run_flush(void *arg)
{
    swio_conn *conn = arg;
    conn->flushing = false;
    swio_conn_flush(conn);
    swio_obj_unref(conn);
}

/* The requests that are in this round's queue of tasks come before the flush. */
static void flush_soon(swio_conn *conn)
{
    if (conn->flushing)
        return;
    conn->flush_task = (swio_task){.fn = run_flush, .arg = swio_obj_ref(conn)};
    conn->flushing = swio_loop_submit(conn->loop, &conn->flush_task);
    if (!conn->flushing)
        swio_obj_unref(conn);
}

static int take(swio_conn *conn, swio_request *request)
{
    if (conn->state != SWIO_CONN_UP) /* closed by its owner, or lost */
        return swio_err(atomic_load(&conn->closing) ? SWIO_ECANCELED : SWIO_ECONN,
                        "%s: the connection ended before the command was sent", conn->contact.text);
    if (conn->ahead.fd >= 0) /* of ours alone to write */
        return swio_err(SWIO_ECONFIG,
                        "%s: this connection is for commands at a time of their own: use another",
                        conn->contact.text);
    if (!swio_buf_reserve(&conn->out, request->len)) {
        conn->out.error = 0; /* what stands there already is whole */
        return swio_err_nomem();
    }
    int error = swio_pending_add(&conn->pending, request);
    if (error)
        return error;
    swio_buf_add(&conn->out, request->bytes, request->len);
    swio_trace_sent(conn, request->bytes, request->len);
    flush_soon(conn);
    return 0;
}

void swio_conn_transmit(void *arg)
{
    swio_request *request = arg;
    swio_conn *conn = request->pending->conn;
    char sentence[SWIO_ERRMSG_MAX];
    int error = take(conn, request);
    if (error) {
        atomic_fetch_sub(&conn->posted, request->len);
        swio_request_finish(request, error, swio_words_keep(sentence), NULL);
    }
    swio_obj_unref(conn);
}
