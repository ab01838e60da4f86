/* The end of a run. */
#include <switchio/error.h>

#include "base/log.h"
#include "base/mem.h"
#include "dial/dial.h"
#include "loop/coroutine.h"

/* Seconds for each reply. */
static const double REPLY = 5;

static void set_done(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    swio_completion *done = swio_obj_ref(o->done);
    pthread_mutex_unlock(&o->lock);
    swio_completion_set(done, 0, NULL, NULL);
    swio_obj_unref(done);
}

/* A coroutine: the replies are waited for, so that who hears of the end can count on it. */
static void finish(void *arg)
{
    swio_originator *o = arg;
    for (size_t i = 0; !o->closed && i < o->node_count; i++) {
        swio_client *client = swio_client_ref(o->nodes[i].client);
        if (swio_client_connected(client))
            swio_settings_restore(&o->nodes[i].settings, client, REPLY);
        swio_client_unref(client);
    }
    set_done(o);
    swio_obj_unref(o);
}

void swio_originator_check_done(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool over = o->counts.state == SWIO_ORIGINATOR_STOPPED && !o->counts.active && !o->finishing;
    if (over)
        o->finishing = true;
    pthread_mutex_unlock(&o->lock);
    if (!over)
        return;
    swio_timer_stop(&o->sweep);
    if (swio_coroutine_start(o->loop, finish, swio_obj_ref(o), NULL, NULL, NULL)) {
        swio_error("the settings of the switches were not put back: %s", swio_errmsg());
        set_done(o);
        swio_obj_unref(o);
    }
}
