/* Requests: commands on their way to a reply. */
#ifndef SWIO_CONN_PENDING_H
#define SWIO_CONN_PENDING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/connection.h>
#include <sys/queue.h>

#include "loop/loop.h"
#include "loop/timer.h"

typedef struct swio_pending swio_pending;

/* One command, from swio_conn_send() to the call of its handler. */
typedef struct swio_request {
    swio_task task; /* its way onto the loop */
    STAILQ_ENTRY(swio_request) link;
    swio_timer timer;
    swio_pending *pending;
    swio_conn_reply_fn *done; /* NULL once it was called */
    void *arg;
    double seconds; /* its time-out, for the sentence; the clock runs from the call */
    uint64_t due_ns;
    struct swio_shot *shot; /* of ahead.h, a reference; NULL: it leaves at once */
    size_t len;
    char bytes[];
} swio_request;

/*
 * The requests of one connection. FreeSWITCH serves a socket with one thread, so that replies come
 * strictly in the order of the commands (mod_event_socket.c, listener_run): the oldest request owns
 * the next reply. A request whose time ran out stays in its place, and its late reply ends there.
 */
struct swio_pending {
    STAILQ_HEAD(swio_requests, swio_request)
    queue;           /* written and not replied to; loop thread only */
    swio_loop *loop; /* borrowed, like the next two */
    swio_conn *conn; /* for the handlers, and of those with a shot */
    const char *contact;
    size_t limit;
    atomic_size_t count; /* requests that exist: the queue, and those on their way to the loop */
};

void swio_pending_init(swio_pending *pending, swio_loop *loop, swio_conn *conn, const char *contact,
                       size_t limit);

/*
 * Any thread. Makes a request of a whole command (copied), which counts from now on. SWIO_ELIMIT
 * with a sentence when `limit` requests exist, SWIO_ENOMEM. `done` is not called by failures.
 */
int swio_request_new(swio_pending *pending, const char *bytes, size_t len, double seconds,
                     swio_conn_reply_fn *done, void *arg, swio_request **out);

/* Ends a request that is in no queue: calls `done`, if that has not happened, and frees it. */
void swio_request_finish(swio_request *request, int error, const char *sentence, swio_event *reply);

/* The rest: loop thread only. */

/* The request waits for its reply from now on: SWIO_ENOMEM, and it is in no queue then. */
int swio_pending_add(swio_pending *pending, swio_request *request);

/* Takes the oldest request out, whose reply has come; NULL if none waits. */
swio_request *swio_pending_take(swio_pending *pending);

/* Finishes all that wait, oldest first. What their handlers send meanwhile is not among them. */
void swio_pending_fail(swio_pending *pending, int error, const char *sentence);
/* The same of those that `which` says. */
typedef bool swio_pending_which_fn(const swio_request *request);
void swio_pending_fail_some(swio_pending *pending, swio_pending_which_fn *which, int error,
                            const char *sentence);

#endif
