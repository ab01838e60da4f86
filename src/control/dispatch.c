/* The walk of an event: the model, handlers, waiters, callbacks. */
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

    swio_change change = {0};
    if (swio_track_feed(l->track, event, now_us(), &change))
        swio_error("%s: an event was not followed: %s", swio_listener_contact(l), swio_errmsg());
    if (change.key) {
        swio_registry_event(l->registry, change.key, event);
        if (change.session) {
            swio_wait_event(change.session, change.key, event);
            swio_registry_session(l->registry, change.app, change.key, change.session);
        } else if (change.job) {
            swio_registry_job(l->registry, change.app, change.job);
        }
    }
    if (change.what & SWIO_SESSION_DESTROYED)
        swio_wait_cancel(change.session);
    swio_change_clear(&change);
}
