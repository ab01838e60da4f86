/* What a listener tells about itself, and through which connections its sessions speak. */
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "control/listener.h"
#include "control/on_loop.h"

swio_listener_state swio_listener_state_of(const swio_listener *listener)
{
    swio_listener *l = (swio_listener *)listener; /* for its lock */
    pthread_mutex_lock(&l->lock);
    swio_listener_state state = l->state;
    pthread_mutex_unlock(&l->lock);
    return state;
}

bool swio_listener_connected(const swio_listener *listener)
{
    return swio_listener_state_of(listener) >= SWIO_LISTENER_CONNECTED;
}

bool swio_listener_running(const swio_listener *listener)
{
    return swio_listener_state_of(listener) == SWIO_LISTENER_RUNNING;
}

const char *swio_listener_contact(const swio_listener *listener)
{
    return swio_conn_contact(listener->conn);
}

const char *swio_listener_host(const swio_listener *listener)
{
    return swio_conn_host(listener->conn);
}

swio_loop *swio_listener_loop(const swio_listener *listener)
{
    return listener->loop;
}

int swio_listener_format(const swio_listener *listener, char *text, size_t size)
{
    return snprintf(text, size, "<EventListener [%s]>",
                    swio_listener_connected(listener) ? "connected" : "disconnected");
}

int swio_listener_line(swio_listener *listener, const char *uuid, swio_conn **out)
{
    pthread_mutex_lock(&listener->lock);
    swio_conn *conn = listener->lines ? swio_lines_pick(listener->lines, uuid) : listener->conn;
    conn = swio_conn_ref(conn);
    pthread_mutex_unlock(&listener->lock);
    if (!conn)
        return swio_err(SWIO_ECONN, "the listener of this session was closed");
    *out = conn;
    return 0;
}

typedef struct header_change {
    swio_track *track;
    int error;
} header_change;

static void set_call_header(void *arg)
{
    header_change *change = arg;
    change->error = swio_track_set_call_header(change->track, SWIO_CALL_HEADER);
}

int swio_listener_use_lines(swio_listener *listener, swio_lines *lines)
{
    header_change change = {.track = listener->track};
    if (!listener->own_call_header)
        swio_on_loop(listener->loop, set_call_header, &change);
    if (change.error)
        return swio_err_nomem();
    pthread_mutex_lock(&listener->lock);
    swio_lines *before = listener->lines;
    listener->lines = swio_obj_ref(lines);
    pthread_mutex_unlock(&listener->lock);
    swio_obj_unref(before);
    return 0;
}

void swio_listener_drop_lines(swio_listener *listener, swio_lines *lines)
{
    pthread_mutex_lock(&listener->lock);
    bool dropped = listener->lines == lines;
    if (dropped)
        listener->lines = NULL;
    pthread_mutex_unlock(&listener->lock);
    if (dropped)
        swio_obj_unref(lines);
}
