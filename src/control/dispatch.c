/* The walk of an event: the model, handlers, waiters, callbacks. */
#include <stdio.h>
#include <time.h>

#include <switchio/error.h>

#include "base/log.h"
#include "base/mem.h"
#include "control/listener.h"
#include "control/wait.h"

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The entries of one kind. */
static void run(swio_listener *l, swio_app_kind kind, const swio_change *change)
{
    swio_registry_run(l->registry, &(swio_occasion){
                                       .kind = kind,
                                       .id = kind == SWIO_APP_HANDLER ? NULL : change->app,
                                       .key = change->key,
                                       .event = change->event,
                                       .session = change->session,
                                       .job = change->job,
                                       .waits = &l->waits,
                                       .loop = l->loop,
                                   });
}

static void tell(swio_listener *l, const swio_change *change)
{
    run(l, SWIO_APP_HANDLER, change);
    if (change->session) {
        swio_wait_event(&l->waits, change->session, change->key, change->event);
        run(l, SWIO_APP_CALLBACK, change);
        run(l, SWIO_APP_COROUTINE, change);
    } else if (change->job) {
        run(l, SWIO_APP_JOB, change);
    }
}

/* Nothing waits on a session that has ended. */
static void release(swio_listener *l, swio_session *session, const char *how)
{
    char sentence[256];
    snprintf(sentence, sizeof sentence, "the session %s %s", swio_session_uuid(session), how);
    swio_wait_cancel(&l->waits, session, sentence);
    swio_session_cancel_coroutines(session, sentence);
}

/* No event, and so nobody is told as if one had come: but apps that count who is there are. */
void swio_listener_lose(swio_listener *l, swio_session *session)
{
    swio_change change;
    swio_waits_begin_dispatch(&l->waits);
    int error = swio_track_lost(l->track, swio_session_uuid(session), SWIO_CAUSE_LOST, &change);
    if (!error) {
        change.key = SWIO_SESSION_LOST;
        run(l, SWIO_APP_CALLBACK, &change);
        run(l, SWIO_APP_COROUTINE, &change);
    }
    swio_waits_end_dispatch(&l->waits);
    if (!error)
        release(l, change.session, "was lost: it ended while the listener was away");
    swio_change_clear(&change);
}

/*
 * The order is that of spec and documentation: the model is up to date before anybody is told;
 * who waits for this very event is served before the callbacks, which may make it history; what
 * still waits on a session that ended is cancelled last.
 */
void swio_listener_dispatch(swio_conn *conn, swio_event *event, void *arg)
{
    swio_listener *l = arg;
    (void)conn;
    if (!l->track)
        return; /* closed while this event was on its way */
    if (swio_resync_takes(l, event))
        return;

    swio_change change = {0};
    swio_waits_begin_dispatch(&l->waits);
    if (swio_track_feed(l->track, event, now_us(), &change))
        swio_error("%s: an event was not followed: %s", swio_listener_contact(l), swio_errmsg());
    if (change.key)
        tell(l, &change);
    swio_waits_end_dispatch(&l->waits);
    if (change.what & SWIO_SESSION_DESTROYED)
        release(l, change.session, "ended");
    swio_change_clear(&change);
}
