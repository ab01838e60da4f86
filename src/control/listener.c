#include "control/listener.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "conn/conn.h"
#include "control/job.h"
#include "control/on_loop.h"
#include "control/wait.h"

static const char *const default_events[] = {
    "CHANNEL_CREATE",  "CHANNEL_ORIGINATE", "CHANNEL_ANSWER", "CHANNEL_PARK", "CHANNEL_HANGUP",
    "CHANNEL_DESTROY", "CALL_UPDATE",       "BACKGROUND_JOB", "LOG",
};

static void lock_model(void *arg)
{
    pthread_mutex_lock(&((swio_listener *)arg)->model);
}

static void unlock_model(void *arg)
{
    pthread_mutex_unlock(&((swio_listener *)arg)->model);
}

static void release_model(void *arg)
{
    swio_obj_unref(arg);
}

static void free_slot(void *slot)
{
    swio_obj_unref(slot);
}

/* The memory goes: nobody knows the listener any more. */
static void destroy(void *obj)
{
    swio_listener *l = obj;
    swio_strings_free(l->events);
    swio_obj_unref(l->loop);
    swio_waits_destroy(&l->waits);
    pthread_mutex_destroy(&l->lock);
    pthread_mutex_destroy(&l->model);
}

/* The connection ended: on the loop's thread, once for each time that it was up. */
static void on_closed(swio_conn *conn, int error, const char *sentence, void *arg)
{
    swio_listener *l = arg;
    (void)conn;
    pthread_mutex_lock(&l->lock);
    bool open = l->conn;
    bool lost = error && l->state >= SWIO_LISTENER_CONNECTED;
    if (lost)
        l->restart = l->state >= SWIO_LISTENER_STARTING;
    if (l->state >= SWIO_LISTENER_CONNECTED)
        l->state = SWIO_LISTENER_DOWN;
    pthread_mutex_unlock(&l->lock);

    swio_resync_drop(l);
    if (open) {
        if (!error) {
            error = SWIO_ECANCELED;
            sentence = "the listener was disconnected";
        }
        swio_track_fail_jobs(l->track, error, sentence);
        swio_wait_cancel_all(&l->waits, error, sentence);
        if (lost) {
            if (!l->reconnect) /* else the connection says it, and that it is made again */
                swio_error("the listener lost its connection: %s", sentence);
            if (l->on_lost)
                l->on_lost(l, sentence, l->arg);
        }
    }
    swio_obj_unref(l); /* taken by swio_listener_connect() or swio_listener_back() */
}

/* A variable of a session was set: on any thread. */
static void on_var(swio_session *session, const char *key, void *arg)
{
    swio_listener *l = arg;
    swio_wait_variable(&l->waits, l->loop, session, key);
}

static int make_model(swio_listener *l, const swio_listener_opts *opts)
{
    swio_track_opts track = {
        .host = swio_conn_host(l->conn),
        .call_header = opts->call_header,
        .guard = {lock_model, unlock_model, release_model, l},
        .hooks = {.on_job = swio_job_ended, .on_var = on_var, .free_slot = free_slot, .arg = l},
        .owner = l,
    };
    int error = swio_track_new(&track, &l->track);
    if (!error)
        swio_obj_ref(l); /* until release_model */
    return error;
}

static int make_events(swio_listener *l)
{
    int error = swio_strings_new(&l->events);
    for (size_t i = 0; !error && i < sizeof default_events / sizeof default_events[0]; i++)
        error = swio_strings_add(l->events, default_events[i]);
    return error;
}

static int make(swio_listener *l, const char *contact, const swio_listener_opts *opts)
{
    int error = 0;
    if (opts->loop)
        l->loop = swio_loop_ref(opts->loop);
    else
        error = swio_loop_default(&l->loop);
    swio_obj_ref(l->loop); /* its memory, for sessions that outlive the listener */
    swio_conn_opts conn = {
        .loop = l->loop,
        .port = opts->port,
        .password = opts->password,
        .user = opts->user,
        .connect_timeout = opts->connect_timeout,
        .timeout = opts->timeout,
        .reconnect = l->reconnect,
        .owner = "the listener",
        .on_event = swio_listener_dispatch,
        .on_closed = on_closed,
        .on_back = swio_listener_back,
        .arg = l,
    };
    if (!error)
        error = swio_conn_new(contact, &conn, &l->conn);
    if (!error)
        error = make_events(l);
    if (!error)
        error = make_model(l, opts);
    return error ? error : swio_registry_new(l->track, &l->registry);
}

int swio_listener_new(const char *contact, const swio_listener_opts *opts, swio_listener **out)
{
    static const swio_listener_opts none;
    swio_listener *l = swio_obj_new(sizeof *l, destroy);
    if (!l)
        return swio_err_nomem();
    if (!opts)
        opts = &none;
    atomic_init(&l->users, 1);
    pthread_mutex_init(&l->lock, NULL);
    pthread_mutex_init(&l->model, NULL);
    swio_waits_init(&l->waits);
    l->timeout = opts->timeout > 0 ? opts->timeout : 10;
    l->reconnect = !opts->no_reconnect;
    l->own_call_header = opts->call_header;
    l->on_lost = opts->on_lost;
    l->arg = opts->arg;
    int error = make(l, contact, opts);
    if (error) {
        swio_registry_free(l->registry, NULL);
        swio_track_free(l->track);
        swio_conn_unref(l->conn);
        swio_loop_unref(l->loop);
        swio_obj_unref(l);
        return error;
    }
    *out = l;
    return 0;
}

swio_listener *swio_listener_ref(swio_listener *listener)
{
    if (listener)
        atomic_fetch_add(&listener->users, 1);
    return listener;
}

/* On the loop's thread, outside of the dispatching. */
static void tear_down(swio_listener *l, void *farewell)
{
    pthread_mutex_lock(&l->lock);
    swio_conn *conn = l->conn;
    swio_lines *lines = l->lines;
    l->conn = NULL;
    l->lines = NULL;
    l->state = SWIO_LISTENER_DOWN;
    pthread_mutex_unlock(&l->lock);

    swio_conn_close(conn);
    swio_conn_unref(conn);
    swio_obj_unref(lines);
    swio_resync_drop(l);
    swio_waits_close(&l->waits);
    swio_track_fail_jobs(l->track, SWIO_ECANCELED, "the listener was closed");
    swio_registry_free(l->registry, farewell);
    swio_track_free(l->track);
    l->registry = NULL;
    l->track = NULL;
}

static void tear_down_later(void *arg)
{
    swio_listener *l = arg;
    swio_loop *loop = l->loop;
    tear_down(l, NULL);
    swio_obj_unref(l);
    swio_loop_unref(loop);
}

typedef struct closing {
    swio_listener *listener;
    void *farewell;
} closing;

static void tear_down_task(void *arg)
{
    closing *c = arg;
    tear_down(c->listener, c->farewell);
}

/* Outside of the loop's thread: until the last coroutine of its apps has ended. Without memory to
 * wait with, they run out soon. */
static void tear_down_now(swio_listener *l)
{
    closing c = {.listener = l};
    swio_completion *ended = NULL;
    if (!swio_completion_new(l->loop, &ended))
        c.farewell = swio_farewell_new(ended);
    bool waits = c.farewell;
    swio_on_loop(l->loop, tear_down_task, &c);
    swio_obj_unref(c.farewell);
    if (waits)
        swio_completion_wait(ended, INFINITY, "the end of the apps");
    swio_obj_unref(ended);
}

swio_listener *swio_listener_unref(swio_listener *listener)
{
    if (!listener || atomic_fetch_sub(&listener->users, 1) != 1)
        return NULL;
    swio_loop *loop = listener->loop;
    if (swio_loop_is_current(loop)) {
        /* Later: perhaps one of its own events is being dispatched. */
        listener->closing = (swio_task){.fn = tear_down_later, .arg = listener};
        swio_loop_submit(loop, &listener->closing);
        return NULL;
    }
    tear_down_now(listener);
    swio_obj_unref(listener);
    swio_loop_unref(loop);
    return NULL;
}

bool swio_listener_move(swio_listener *l, swio_listener_state from, swio_listener_state to)
{
    pthread_mutex_lock(&l->lock);
    bool moved = l->state == from;
    if (moved)
        l->state = to;
    pthread_mutex_unlock(&l->lock);
    return moved;
}

int swio_listener_connect(swio_listener *listener)
{
    if (!swio_listener_move(listener, SWIO_LISTENER_DOWN, SWIO_LISTENER_CONNECTING))
        return swio_err(SWIO_ECONFIG, "the listener of %s is connected already",
                        swio_listener_contact(listener));
    swio_obj_ref(listener); /* until on_closed */
    int error = swio_conn_connect(listener->conn);
    if (error) {
        swio_obj_unref(listener);
        swio_listener_move(listener, SWIO_LISTENER_CONNECTING, SWIO_LISTENER_DOWN);
        return error;
    }
    pthread_mutex_lock(&listener->lock);
    listener->restart = false; /* whoever connected it by hand starts it as well */
    pthread_mutex_unlock(&listener->lock);
    swio_listener_move(listener, SWIO_LISTENER_CONNECTING, SWIO_LISTENER_CONNECTED);
    swio_info("Connected listener to '%s'", swio_listener_contact(listener));
    return 0;
}

/* To the whole set. */
static int subscribe(swio_listener *listener)
{
    swio_strings *events;
    int error = swio_listener_copy_events(listener, &events);
    if (error)
        return error;
    size_t count;
    const char *const *names = swio_strings_all(events, &count);
    error = swio_conn_subscribe(listener->conn, SWIO_EVENT_PLAIN, names, count, listener->timeout);
    swio_strings_free(events);
    return error;
}

/* A listener that was started by hand, and who was in its model before. */
typedef struct started {
    swio_listener *listener;
    swio_resync *resync;
    size_t losses;
} started;

static void begin_resync(void *arg)
{
    started *s = arg;
    swio_listener *l = s->listener;
    /* Else it was lost meanwhile, and asks by itself when it is back. */
    if (swio_listener_state_of(l) == SWIO_LISTENER_RUNNING &&
        swio_conn_losses(l->conn) == s->losses) {
        swio_resync_set(l, s->resync);
        swio_resync_begin(l);
    } else {
        swio_obj_unref(s->resync);
    }
}

int swio_listener_start(swio_listener *listener)
{
    size_t losses = swio_conn_losses(listener->conn);
    if (!swio_listener_move(listener, SWIO_LISTENER_CONNECTED, SWIO_LISTENER_STARTING)) {
        const char *contact = swio_listener_contact(listener);
        if (swio_listener_state_of(listener) < SWIO_LISTENER_CONNECTED)
            return swio_err(SWIO_ECONFIG,
                            "the listener of %s is not connected: connect it before starting it",
                            contact);
        return swio_err(SWIO_ECONFIG, "the listener of %s is started already", contact);
    }
    int error = swio_may_wait("starting a listener");
    swio_resync *resync = error ? NULL : swio_resync_new(listener);
    if (!error)
        error = subscribe(listener);
    pthread_mutex_lock(&listener->lock);
    /* Lost meanwhile, and perhaps being started again by now: not ours any more. */
    if (listener->state == SWIO_LISTENER_STARTING && swio_conn_losses(listener->conn) == losses)
        listener->state = error ? SWIO_LISTENER_CONNECTED : SWIO_LISTENER_RUNNING;
    pthread_mutex_unlock(&listener->lock);
    if (resync)
        swio_on_loop(listener->loop, begin_resync, &(started){listener, resync, losses});
    return error;
}

void swio_listener_disconnect(swio_listener *listener)
{
    /* First: swio_listener_back() looks whether it is closed. */
    swio_conn_close(listener->conn);
    pthread_mutex_lock(&listener->lock);
    listener->state = SWIO_LISTENER_DOWN;
    listener->restart = false;
    pthread_mutex_unlock(&listener->lock);
}

int swio_listener_need_running(const swio_listener *listener)
{
    if (swio_listener_state_of(listener) == SWIO_LISTENER_RUNNING)
        return 0;
    const char *contact = swio_listener_contact(listener);
    if (swio_listener_returning(listener))
        return swio_err(SWIO_ECONN,
                        "the connection of the listener of %s was lost, and is being made again",
                        contact);
    return swio_err(SWIO_ECONFIG,
                    "the listener of %s is not running: connect and start it before issuing bgapi",
                    contact);
}

int swio_listener_need_events(const swio_listener *listener)
{
    if (swio_listener_state_of(listener) >= SWIO_LISTENER_STARTING)
        return 0;
    return swio_err(
        SWIO_ECONN, "the listener of this session is not connected%s: no events come",
        swio_listener_returning(listener) ? " (it was lost, and is being connected again)" : "");
}
