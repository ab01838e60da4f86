/* A listener that runs, and events made by hand that are dispatched as if they had come. */
#ifndef SWIO_TESTS_STAGE_H
#define SWIO_TESTS_STAGE_H

#include "control/listener.h"
#include "support/events.h"
#include "support/on_loop.h"
#include "support/rig.h"
#include "support/track.h"
#include "support/wait.h"

/* Connected to a simulator which has nothing to say by itself. DTMF and CHANNEL_UNHOLD are
 * subscribed to, so that waiting for them begins at once. */
typedef struct stage {
    rig r;
    swio_listener *listener;
    swio_client *client;
    swio_loop *loop;
} stage;

static inline void stage_up(stage *s)
{
    rig_up(&s->r, NULL, true);
    s->listener = s->r.listeners[0];
    s->client = s->r.clients[0];
    s->loop = s->r.loop;
    assert_ok(swio_listener_subscribe(s->listener, "DTMF"));
    assert_ok(swio_listener_subscribe(s->listener, "CHANNEL_UNHOLD"));
}

static inline void stage_down(stage *s)
{
    rig_down(&s->r);
}

typedef struct stage_cue {
    stage *stage;
    swio_event *event;
} stage_cue;

static inline void stage_dispatch(void *arg)
{
    stage_cue *cue = arg;
    swio_listener_dispatch(NULL, cue->event, cue->stage->listener);
}

/* Dispatches an event, whose reference is given up; returns when it has been. */
static inline void stage_give(stage *s, swio_event *event)
{
    stage_cue cue = {s, event};
    on_loop(s->loop, stage_dispatch, &cue);
    swio_event_unref(event);
}

/* An event of a session of the app "app". */
static inline void stage_event(stage *s, const char *name, const char *uuid)
{
    stage_give(s, channel_event(name, uuid, 1, "variable_sip_h_X-switchio_app", "app"));
}

/* A session that is there now; the caller owns the reference. */
static inline swio_session *stage_session(stage *s, const char *uuid)
{
    stage_event(s, "CHANNEL_CREATE", uuid);
    swio_session *session = swio_listener_session(s->listener, uuid);
    assert_non_null(session);
    return session;
}

/* How many events and variables are waited for. */
static inline size_t stage_waiting(stage *s)
{
    size_t n = 0;
    const swio_wait_item *item;
    pthread_mutex_lock(&s->listener->waits.lock);
    TAILQ_FOREACH (item, &s->listener->waits.all, all)
        n++;
    pthread_mutex_unlock(&s->listener->waits.lock);
    return n;
}

static inline void stage_load(stage *s, const swio_app *app, void *self)
{
    assert_ok(
        swio_client_load_app(s->client, app, &(swio_load_opts){.id = "app", .self = self}, NULL));
}

#endif
