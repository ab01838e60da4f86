/* Waiting for what becomes of a session: an event of it, or a variable of it. */
#ifndef SWIO_CONTROL_WAIT_H
#define SWIO_CONTROL_WAIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/session.h>
#include <sys/queue.h>

#include "loop/completion.h"

typedef struct swio_wait swio_wait;

/* One thing that is waited for. It lives with its wait, in the memory of who waits. */
typedef struct swio_wait_item {
    /* What: to be filled in. */
    const char *name;  /* swio_event_key() of an event, or the key of a variable */
    bool variable;     /* which of the two */
    swio_event *event; /* the one that came: a reference for who waits */

    /* The rest is wait.c's: under the lock of the listener's waits. */
    TAILQ_ENTRY(swio_wait_item) link; /* in its session, or in what wakes when the event is done */
    TAILQ_ENTRY(swio_wait_item) all;
    swio_wait *wait;
    enum { SWIO_WAIT_OUT, SWIO_WAIT_LISTED, SWIO_WAIT_WAKING } place;
} swio_wait_item;

typedef TAILQ_HEAD(swio_wait_items, swio_wait_item) swio_wait_items;

/* Whether it is this event that was waited for. Called on the loop's thread with a lock held: it
 * only looks. */
typedef bool swio_wait_match_fn(const swio_wait_item *item, const swio_event *event, void *arg);

/*
 * One wait of one thread or coroutine, which keeps it, its items and its session until
 * swio_wait_end(). The completion is set with 0 when what was waited for came; with SWIO_ECANCELED
 * when the session ended or the listener was closed, with the connection's error when that was
 * lost; by whoever else has a reference of it.
 */
struct swio_wait {
    swio_session *session;
    swio_completion *completion;
    swio_wait_match_fn *match; /* NULL: any event of that name */
    void *arg;
    swio_wait_item *items;
    size_t count;
    size_t missing; /* of the items, until it is complete */
    uint64_t turn;  /* at its beginning */
};

/* The waits on the sessions of one listener. */
typedef struct swio_waits {
    pthread_mutex_t
        lock; /* may be held while that of the model, of the listener or of a completion is taken */
    swio_wait_items all;
    swio_wait_items waking; /* variables that were set while an event is dispatched */
    uint64_t turn;          /* how many events were looked at */
    bool closed;
    bool dispatching; /* loop's thread alone */
} swio_waits;

void swio_waits_init(swio_waits *waits);
void swio_waits_destroy(swio_waits *waits);

/*
 * Begins a wait for one of the items, or for all of them, from now on: an event that is being
 * dispatched right now is not among them. `session` and `match` are filled in before. Hand it to
 * swio_wait_end() after success in any case. From success on a connection that is lost or closed
 * completes the wait with its own reason. SWIO_ECANCELED if the session has ended or the listener
 * was closed; SWIO_ECONN if no event can come, as the listener is not started; SWIO_ENOMEM. Any
 * thread.
 */
int swio_wait_begin(swio_wait *wait, swio_wait_item *items, size_t count, bool all);

/* Nothing more comes. */
void swio_wait_end(swio_wait *wait);

/* The rest is for the listener. On the loop's thread, but for swio_wait_variable(). */

/* The waits of this session for this event are served; coroutines run on at once. */
void swio_wait_event(swio_waits *waits, swio_session *session, const char *key, swio_event *event);

/* A variable of the session was set, on any thread: who waits for it wakes, while an event is being
 * dispatched when that is done. */
void swio_wait_variable(swio_waits *waits, swio_loop *loop, swio_session *session, const char *key);

/* Between them an event is dispatched; the end wakes those who wait for variables. */
void swio_waits_begin_dispatch(swio_waits *waits);
void swio_waits_end_dispatch(swio_waits *waits);

/* All waits on the session end with SWIO_ECANCELED and this sentence; on every session, with this
 * error. After closing no wait begins any more. */
void swio_wait_cancel(swio_waits *waits, swio_session *session, const char *sentence);
void swio_wait_cancel_all(swio_waits *waits, int error, const char *sentence);
void swio_waits_close(swio_waits *waits);

/* What hangs in the slot of a session from the first time that it is needed. */
typedef struct swio_session_extra {
    swio_wait_items items;                           /* under the lock of the waits */
    TAILQ_HEAD(, swio_running_coroutine) coroutines; /* of apps; loop's thread alone */
} swio_session_extra;

/* Made if it is not there yet: NULL without memory. Any thread. */
swio_session_extra *swio_session_extra_of(swio_waits *waits, swio_session *session);

#endif
