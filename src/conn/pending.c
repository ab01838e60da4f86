#include "conn/pending.h"

#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "conn/conn.h"
#include "conn/words.h"

void swio_pending_init(swio_pending *pending, swio_loop *loop, swio_conn *conn, const char *contact,
                       size_t limit)
{
    STAILQ_INIT(&pending->queue);
    pending->loop = loop;
    pending->conn = conn;
    pending->contact = contact;
    pending->limit = limit;
    atomic_init(&pending->count, 0);
}

int swio_request_new(swio_pending *pending, const char *bytes, size_t len, double seconds,
                     swio_conn_reply_fn *done, void *arg, swio_request **out)
{
    if (atomic_fetch_add(&pending->count, 1) >= pending->limit) {
        atomic_fetch_sub(&pending->count, 1);
        return swio_err(SWIO_ELIMIT,
                        "%s: %zu commands wait for their replies, which is the limit "
                        "(max_pending); wait for some of them",
                        pending->contact, pending->limit);
    }
    swio_request *request = swio_malloc(sizeof *request + len);
    if (!request) {
        atomic_fetch_sub(&pending->count, 1);
        return swio_err_nomem();
    }
    *request = (swio_request){
        .pending = pending,
        .done = done,
        .arg = arg,
        .seconds = seconds,
        .due_ns = swio_deadline_ns(seconds),
        .len = len,
    };
    memcpy(request->bytes, bytes, len);
    *out = request;
    return 0;
}

/* Tells the one who asked, once. */
static void tell(swio_request *request, int error, const char *sentence, swio_event *reply)
{
    swio_conn_reply_fn *done = request->done;
    request->done = NULL;
    if (done)
        done(request->pending->conn, error, sentence, reply, request->arg);
}

void swio_request_finish(swio_request *request, int error, const char *sentence, swio_event *reply)
{
    swio_pending *pending = request->pending;
    swio_timer_stop(&request->timer);
    tell(request, error, sentence, reply);
    if (request->shot)
        swio_ahead_let_go(&pending->conn->ahead);
    swio_obj_unref(request->shot);
    swio_free(request);
    atomic_fetch_sub(&pending->count, 1);
}

static void time_ran_out(void *arg)
{
    swio_request *request = arg;
    char command[SWIO_WORDS_MAX], sentence[SWIO_ERRMSG_MAX];
    swio_words_command(command, sizeof command, request->bytes, request->len);
    swio_err(SWIO_ETIMEOUT, "%s: no reply to '%s' within %g s", request->pending->contact, command,
             request->seconds);
    tell(request, SWIO_ETIMEOUT, swio_words_keep(sentence), NULL);
}

int swio_pending_add(swio_pending *pending, swio_request *request)
{
    int error =
        swio_timer_start(pending->loop, &request->timer, request->due_ns, time_ran_out, request);
    if (!error)
        STAILQ_INSERT_TAIL(&pending->queue, request, link);
    return error;
}

swio_request *swio_pending_take(swio_pending *pending)
{
    swio_request *oldest = STAILQ_FIRST(&pending->queue);
    if (!oldest)
        return NULL;
    STAILQ_REMOVE_HEAD(&pending->queue, link);
    if (!oldest->done)
        swio_debug("%s: a reply came after its time-out of %g s", pending->contact,
                   oldest->seconds);
    return oldest;
}

void swio_pending_fail_some(swio_pending *pending, swio_pending_which_fn *which, int error,
                            const char *sentence)
{
    struct swio_requests failing = STAILQ_HEAD_INITIALIZER(failing),
                         staying = STAILQ_HEAD_INITIALIZER(staying);
    swio_request *oldest;
    while ((oldest = STAILQ_FIRST(&pending->queue))) {
        STAILQ_REMOVE_HEAD(&pending->queue, link);
        if (which(oldest))
            STAILQ_INSERT_TAIL(&failing, oldest, link);
        else
            STAILQ_INSERT_TAIL(&staying, oldest, link);
    }
    STAILQ_CONCAT(&pending->queue, &staying);
    while ((oldest = STAILQ_FIRST(&failing))) {
        STAILQ_REMOVE_HEAD(&failing, link);
        swio_request_finish(oldest, error, sentence, NULL);
    }
}

static bool is_any(const swio_request *request)
{
    return request != NULL;
}

void swio_pending_fail(swio_pending *pending, int error, const char *sentence)
{
    swio_pending_fail_some(pending, is_any, error, sentence);
}
