#include "conn/ahead.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "conn/conn.h"

/* Before looking again where another thread holds the lock, and where the socket is full. */
static const uint64_t BUSY_NS = 100000, FULL_NS = 1000000;

void swio_ahead_init(swio_ahead *ahead)
{
    pthread_mutex_init(&ahead->lock, NULL);
    STAILQ_INIT(&ahead->queue);
    ahead->fd = -1;
    atomic_init(&ahead->next_ns, UINT64_MAX);
}

void swio_ahead_close(swio_ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    STAILQ_INIT(&ahead->queue);
    atomic_store(&ahead->next_ns, UINT64_MAX);
    if (ahead->fd >= 0)
        close(ahead->fd);
    ahead->fd = -1;
    pthread_mutex_unlock(&ahead->lock);
}

void swio_ahead_destroy(swio_ahead *ahead)
{
    swio_ahead_close(ahead);
    pthread_mutex_destroy(&ahead->lock);
}

void swio_ahead_let_go(swio_ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    pthread_mutex_unlock(&ahead->lock);
}

swio_shot *swio_shot_new(uint64_t due_ns, const void *owner)
{
    swio_shot *shot = swio_obj_new(sizeof *shot, NULL);
    if (shot) {
        shot->due_ns = due_ns;
        shot->owner = owner;
        atomic_init(&shot->sent_ns, 0);
    }
    return shot;
}

/*
 * Sends the first of the queue; under the lock. Once all of its bytes are given away the reply may
 * come, and with it the end of shot and request: nothing of them is touched behind that. False: it
 * waits, and *next_ns is when to try again.
 */
static bool send_first(swio_conn *conn, uint64_t now_ns, uint64_t *next_ns)
{
    swio_ahead *ahead = &conn->ahead;
    swio_shot *shot = STAILQ_FIRST(&ahead->queue);
    const swio_request *request = shot->request;
    size_t rest = request->len - shot->written;
    const char *bytes = request->bytes + shot->written;
    if (!shot->written) {
        swio_trace_sent(conn, bytes, rest);
        atomic_store(&shot->sent_ns, now_ns);
    }
    STAILQ_REMOVE_HEAD(&ahead->queue, link);
    ssize_t sent = send(ahead->fd, bytes, rest, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent == (ssize_t)rest)
        return true;
    STAILQ_INSERT_HEAD(&ahead->queue, shot, link);
    if (sent > 0)
        shot->written += (size_t)sent;
    if (!shot->written)
        atomic_store(&shot->sent_ns, 0);
    /* A lost connection is the loop's to find out. */
    bool again = sent >= 0 || errno == EAGAIN || errno == EINTR;
    *next_ns = again ? now_ns + FULL_NS : UINT64_MAX;
    return false;
}

/* Under the lock. */
static uint64_t send_due(swio_conn *conn)
{
    swio_ahead *ahead = &conn->ahead;
    uint64_t next_ns = UINT64_MAX;
    swio_shot *shot;
    while ((shot = STAILQ_FIRST(&ahead->queue))) {
        uint64_t now = swio_now_ns();
        next_ns = shot->due_ns;
        if (next_ns > now || !send_first(conn, now, &next_ns))
            break;
        next_ns = UINT64_MAX;
    }
    atomic_store(&ahead->next_ns, next_ns);
    return next_ns;
}

uint64_t swio_conn_fire(swio_conn *conn)
{
    swio_ahead *ahead = &conn->ahead;
    uint64_t next_ns = atomic_load(&ahead->next_ns);
    if (next_ns > swio_now_ns())
        return next_ns;
    if (pthread_mutex_trylock(&ahead->lock))
        return swio_now_ns() + BUSY_NS;
    next_ns = ahead->fd >= 0 ? send_due(conn) : UINT64_MAX;
    pthread_mutex_unlock(&ahead->lock);
    return next_ns;
}

void swio_conn_fire_now(swio_conn *conn)
{
    pthread_mutex_lock(&conn->ahead.lock);
    if (conn->ahead.fd >= 0)
        send_due(conn);
    pthread_mutex_unlock(&conn->ahead.lock);
}

/* The descriptor is our own, as the loop may close that of the stream at any time. */
static int open_ahead(swio_conn *conn)
{
    swio_ahead *ahead = &conn->ahead;
    if (ahead->fd >= 0)
        return 0;
    if (!STAILQ_EMPTY(&conn->pending.queue) || conn->out.len)
        return swio_err(SWIO_ECONFIG,
                        "%s: commands at a time of their own need a connection of their own",
                        conn->contact.text);
    int fd = swio_tcp_duplicate(conn->link->tcp);
    if (fd < 0)
        return swio_err(SWIO_EIO, "%s: no descriptor for its commands (%s)", conn->contact.text,
                        strerror(errno));
    pthread_mutex_lock(&ahead->lock);
    ahead->fd = fd;
    pthread_mutex_unlock(&ahead->lock);
    return 0;
}

static void queue_up(swio_ahead *ahead, swio_shot *shot)
{
    pthread_mutex_lock(&ahead->lock);
    if (STAILQ_EMPTY(&ahead->queue))
        atomic_store(&ahead->next_ns, shot->due_ns);
    STAILQ_INSERT_TAIL(&ahead->queue, shot, link);
    pthread_mutex_unlock(&ahead->lock);
}

int swio_conn_send_at(swio_conn *conn, const char *bytes, size_t len, double timeout,
                      swio_shot *shot, swio_conn_reply_fn *done, void *arg)
{
    swio_request *request;
    int error = swio_conn_check_send(conn, bytes, len, timeout);
    if (!error)
        error = open_ahead(conn);
    if (!error)
        error = swio_request_new(&conn->pending, bytes, len,
                                 timeout > 0 ? timeout : conn->opts.timeout, done, arg, &request);
    if (error)
        return error;
    uint64_t now = swio_now_ns();
    request->due_ns += shot->due_ns > now ? shot->due_ns - now : 0;
    error = swio_pending_add(&conn->pending, request);
    if (error) {
        request->done = NULL;
        swio_request_finish(request, error, NULL, NULL);
        return error;
    }
    shot->request = request;
    request->shot = swio_obj_ref(shot);
    queue_up(&conn->ahead, shot);
    return 0;
}

/* Out of the queue, and marked. */
static void take_back(swio_ahead *ahead, const void *owner)
{
    struct swio_shots queue = STAILQ_HEAD_INITIALIZER(queue);
    swio_shot *shot;
    STAILQ_CONCAT(&queue, &ahead->queue);
    while ((shot = STAILQ_FIRST(&queue))) {
        STAILQ_REMOVE_HEAD(&queue, link);
        shot->recalled = shot->owner == owner && !shot->written;
        if (!shot->recalled)
            STAILQ_INSERT_TAIL(&ahead->queue, shot, link);
    }
    shot = STAILQ_FIRST(&ahead->queue);
    if (!shot || !shot->written) /* else it is tried again when that was to be */
        atomic_store(&ahead->next_ns, shot ? shot->due_ns : UINT64_MAX);
}

static bool is_recalled(const swio_request *request)
{
    return request->shot && request->shot->recalled;
}

void swio_conn_recall(swio_conn *conn, const void *owner)
{
    char sentence[SWIO_ERRMSG_MAX];
    pthread_mutex_lock(&conn->ahead.lock);
    take_back(&conn->ahead, owner);
    pthread_mutex_unlock(&conn->ahead.lock);
    snprintf(sentence, sizeof sentence, "%s: the command was taken back before its time",
             conn->contact.text);
    swio_pending_fail_some(&conn->pending, is_recalled, SWIO_ECANCELED, sentence);
}
