/*
 * Commands that are made ahead of their moment, and leave in it from whichever thread is awake
 * then: what is to be punctual must not wait for the loop, which may be at its events, or on a
 * processor that is busy elsewhere.
 */
#ifndef SWIO_CONN_AHEAD_H
#define SWIO_CONN_AHEAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <switchio/connection.h>
#include <sys/queue.h>

struct swio_request;

/* One such command; an object of swio_obj_new(), of who gave it and of its request. */
typedef struct swio_shot {
    uint64_t due_ns;              /* when it is to leave; fixed, as the next */
    const void *owner;            /* whose swio_conn_recall() takes it back; not touched */
    atomic_uint_fast64_t sent_ns; /* when it left (its first byte); 0: not yet */
    /* Under the lock of the connection's swio_ahead. */
    STAILQ_ENTRY(swio_shot) link;
    struct swio_request *request; /* borrowed: it is in the queue no longer than that lives */
    size_t written;               /* bytes of it */
    bool recalled;                /* the loop's thread alone */
} swio_shot;

/* Those of one connection that have not left, in the order in which they do. */
typedef struct swio_ahead {
    pthread_mutex_t lock; /* held while somebody writes */
    STAILQ_HEAD(swio_shots, swio_shot) queue;
    int fd;                       /* a descriptor of our own of its socket; -1: none */
    atomic_uint_fast64_t next_ns; /* when to look again; UINT64_MAX: not */
} swio_ahead;

/* NULL: no memory. */
swio_shot *swio_shot_new(uint64_t due_ns, const void *owner);

/*
 * The command leaves at the time of the shot; those of a connection leave in the order of these
 * calls. Loop thread, as swio_conn_send() otherwise: `timeout` counts from the shot's time. Such a
 * connection carries nothing else: replies come in the order of the commands, which must be known
 * now. It is refused once something else waits for its reply, and swio_conn_send() from then on
 * (SWIO_ECONFIG). SWIO_ECONN, SWIO_ELIMIT, SWIO_ENOMEM, SWIO_EIO (no descriptor is left).
 */
int swio_conn_send_at(swio_conn *conn, const char *bytes, size_t len, double timeout,
                      swio_shot *shot, swio_conn_reply_fn *done, void *arg);

/*
 * Any thread that keeps the connection: sends what is due, and returns when to call again
 * (UINT64_MAX: nothing waits). Where another thread is at it, a little later.
 */
uint64_t swio_conn_fire(swio_conn *conn);
/* The same, waiting for the other thread: what is due has left then, unless the socket is full. */
void swio_conn_fire_now(swio_conn *conn);

/* Takes back what has not begun to leave of the shots of an owner: each ends with SWIO_ECANCELED.
 * Loop thread. */
void swio_conn_recall(swio_conn *conn, const void *owner);

/* For the life of the connection. Closing forgets the shots: their requests end with the others. */
void swio_ahead_init(swio_ahead *ahead);
void swio_ahead_close(swio_ahead *ahead);
void swio_ahead_destroy(swio_ahead *ahead);

/* Whoever sends a shot has let go of it from here on, so that its request may be freed. */
void swio_ahead_let_go(swio_ahead *ahead);

#endif
