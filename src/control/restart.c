/* A listener whose connection was lost and is there again: started again, if it was running. */
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "conn/conn.h"
#include "control/listener.h"
#include "esl/command.h"

bool swio_listener_returning(const swio_listener *listener)
{
    swio_listener *l = (swio_listener *)listener; /* for its lock */
    pthread_mutex_lock(&l->lock);
    bool returning = l->conn && swio_conn_returning(l->conn);
    pthread_mutex_unlock(&l->lock);
    return returning;
}

size_t swio_listener_losses(const swio_listener *listener)
{
    swio_listener *l = (swio_listener *)listener; /* for its lock */
    pthread_mutex_lock(&l->lock);
    size_t losses = l->conn ? swio_conn_losses(l->conn) : 0;
    pthread_mutex_unlock(&l->lock);
    return losses;
}

int swio_listener_copy_events(swio_listener *listener, swio_strings **out)
{
    pthread_mutex_lock(&listener->lock);
    int error = swio_strings_copy(listener->events, out);
    pthread_mutex_unlock(&listener->lock);
    return error;
}

/* The reply to our `event`; the listener lives, as its connection has not ended yet. Not before the
 * connection is there for good is it known to run. */
static void on_subscribed(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                          void *arg)
{
    swio_listener *l = arg;
    (void)reply;
    if (!error) {
        swio_listener_move(l, SWIO_LISTENER_STARTING, SWIO_LISTENER_RUNNING);
        swio_resync_begin(l);
    } else if (swio_conn_connected(conn)) { /* a loss, and so tried again */
        swio_conn_fail(conn, SWIO_ECONN, "the events could not be subscribed to again (%s)",
                       sentence);
    }
}

static int subscribe_again(swio_listener *l, swio_conn *conn)
{
    swio_strings *events;
    swio_buf command = {0};
    int error = swio_listener_copy_events(l, &events);
    if (error)
        return error;
    size_t count;
    const char *const *names = swio_strings_all(events, &count);
    error = swio_command_event(&command, SWIO_EVENT_PLAIN, names, count);
    swio_resync_set(l, swio_resync_new(l)); /* begins in on_subscribed() */
    if (!error)
        error = swio_conn_send(conn, command.data, command.len, l->timeout, on_subscribed, l);
    swio_buf_free(&command);
    swio_strings_free(events);
    return error;
}

/* Not while a call of swio_listener_connect() is on its way: that one connects it then. */
bool swio_listener_back(swio_conn *conn, void *arg)
{
    swio_listener *l = arg;
    pthread_mutex_lock(&l->lock);
    bool wanted = l->state == SWIO_LISTENER_DOWN && swio_conn_connected(conn);
    bool restart = l->restart;
    if (wanted)
        l->state = restart ? SWIO_LISTENER_STARTING : SWIO_LISTENER_CONNECTED;
    pthread_mutex_unlock(&l->lock);
    if (wanted && restart && subscribe_again(l, conn)) {
        swio_listener_move(l, SWIO_LISTENER_STARTING, SWIO_LISTENER_DOWN);
        swio_resync_drop(l);
        wanted = false;
    }
    if (wanted)
        swio_obj_ref(l); /* until its on_closed */
    return wanted;
}
