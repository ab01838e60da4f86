/* A listener from the inside: what the files of this room share. */
#ifndef SWIO_CONTROL_LISTENER_H
#define SWIO_CONTROL_LISTENER_H

#include <pthread.h>
#include <stdatomic.h>
#include <switchio/connection.h>
#include <switchio/listener.h>

#include "control/lines.h"
#include "control/registry.h"
#include "control/resync.h"
#include "control/strings.h"
#include "control/wait.h"
#include "loop/loop.h"
#include "track/track.h"

/* Where a listener is in its life. */
typedef enum swio_listener_state {
    SWIO_LISTENER_DOWN,
    SWIO_LISTENER_CONNECTING,
    SWIO_LISTENER_CONNECTED,
    SWIO_LISTENER_STARTING,
    SWIO_LISTENER_RUNNING,
} swio_listener_state;

/*
 * Two counts keep it: the references of swio_obj_new() keep its memory, and the model holds one for
 * as long as any of its sessions, calls and jobs is held (it is their owner); `users` are the
 * public references, which together hold one, and whose end closes it.
 */
struct swio_listener {
    /* Fixed from swio_listener_new() on. */
    atomic_size_t users;
    swio_loop *loop; /* a public reference until it is closed; its memory as long as ours */
    double timeout;
    bool reconnect;       /* it is connected again when it was lost */
    bool own_call_header; /* the user chose it: a client leaves it alone */
    swio_listener_lost_fn *on_lost;
    void *arg;
    swio_track *track;       /* until it is closed */
    swio_registry *registry; /* until it is closed; the loop's thread alone */
    swio_resync *resync;     /* while it asks; the loop's thread alone */
    bool told_untold;        /* that it could not ask; likewise */
    pthread_mutex_t model;   /* the guard of the model: innermost, nothing is called with it held */
    swio_waits waits;        /* on its sessions */
    swio_task closing;
    atomic_size_t max_limit; /* 0: none */

    /* Under the lock, which is never held across a call that may wait or call back. */
    pthread_mutex_t lock;
    swio_listener_state state;
    bool restart;         /* it was running when it was lost: started again when it is back */
    swio_conn *conn;      /* NULL once closed */
    swio_lines *lines;    /* the connections of the client whose listener it is, or NULL */
    swio_strings *events; /* subscribed to, or to be */
};

/* restart.c: its connection, which was lost, is there again; on the loop's thread. */
swio_conn_back_fn swio_listener_back;
/* It was lost and is being connected again. */
bool swio_listener_returning(const swio_listener *listener);
/* How often it was lost. Any thread. */
size_t swio_listener_losses(const swio_listener *listener);
/* A copy of the set, to be released with swio_strings_free(). SWIO_ENOMEM. */
int swio_listener_copy_events(swio_listener *listener, swio_strings **out);

/* Moves on from one state to another; false, and nothing is changed, from any other. */
bool swio_listener_move(swio_listener *listener, swio_listener_state from, swio_listener_state to);

/* dispatch.c: the event handler of the connection; on the loop's thread. */
swio_conn_event_fn swio_listener_dispatch;
/* Ends a session whose end no event told. The callbacks and coroutines of SWIO_SESSION_LOST run, no
 * other; who waits on it, and its other coroutines, are cancelled. On the loop's thread. */
void swio_listener_lose(swio_listener *listener, swio_session *session);

swio_listener_state swio_listener_state_of(const swio_listener *listener);

/* SWIO_ECONN (lost, and being made again) or SWIO_ECONFIG with a sentence if it does not run. */
int swio_listener_need_running(const swio_listener *listener);

/* SWIO_ECONN with a sentence if no events come. */
int swio_listener_need_events(const swio_listener *listener);

/*
 * The connection for commands to this session (or any, for NULL): of the client that uses the
 * listener, else the listener's own. SWIO_ECONN once the listener is closed. The caller owns the
 * reference.
 */
int swio_listener_line(swio_listener *listener, const char *uuid, swio_conn **out);

/*
 * Says whose connections carry the commands from now on (and that calls are told apart by the
 * client's tracking header, unless the user chose one); and that they no longer do, unless others
 * took their place: then the listener's own does. SWIO_ENOMEM.
 */
int swio_listener_use_lines(swio_listener *listener, swio_lines *lines);
void swio_listener_drop_lines(swio_listener *listener, swio_lines *lines);

#endif
