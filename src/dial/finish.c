/* The end of a run, and what the switches are told while it goes on. */
#include <switchio/error.h>

#include "base/log.h"
#include "base/mem.h"
#include "control/client.h"
#include "dial/dial.h"
#include "loop/coroutine.h"

/* Seconds for each reply. */
static const double REPLY = 5;

/* A coroutine of one node. */
typedef struct visit {
    swio_originator *originator; /* its memory */
    swio_node *node;
    swio_client *client;
    bool ends; /* `done` waits for it */
} visit;

static void set_done(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    swio_completion *done = swio_obj_ref(o->done);
    pthread_mutex_unlock(&o->lock);
    swio_completion_set(done, 0, NULL, NULL);
    swio_obj_unref(done);
}

static void leave(visit *v)
{
    swio_originator *o = v->originator;
    if (v->ends && --o->restoring == 0)
        set_done(o);
    swio_client_unref(v->client);
    swio_free(v);
    swio_obj_unref(o);
}

/* Starts a coroutine for a node; without memory it is only logged. */
static void visit_node(swio_originator *o, swio_node *node, bool ends, swio_coroutine_fn *fn)
{
    visit *v = swio_malloc(sizeof *v);
    if (v) {
        *v = (visit){swio_obj_ref(o), node, swio_client_ref(node->client), ends};
        o->restoring += ends;
        if (!swio_coroutine_start(o->loop, fn, v, NULL, NULL, NULL))
            return;
        leave(v);
    }
    swio_error("%s: its settings were left as they are: out of memory", node->contact);
}

/*
 * A client that is not connected any more is connected again for it, and then no more unless it was
 * on its way back by itself: nobody else knows what the settings were.
 */
static int restore(visit *v)
{
    swio_settings *settings = &v->node->settings;
    bool connected = swio_client_connected(v->client);
    bool returning = !connected && swio_client_returning(v->client);
    int error = 0;
    if (!connected && !returning)
        swio_client_disconnect(v->client); /* of several connections perhaps one was lost */
    if (!connected)
        error = swio_client_connect(v->client);
    if (returning && swio_client_connected(v->client))
        error = 0; /* it was back before us */
    if (!error)
        error = swio_settings_restore(settings, v->client, REPLY);
    if (!connected && !returning)
        swio_client_disconnect(v->client);
    return error;
}

static void restore_node(void *arg)
{
    visit *v = arg;
    if (!v->originator->closed && restore(v)) {
        swio_warning("%s", swio_errmsg());
        swio_settings_mourn(&v->node->settings, swio_client_contact(v->client));
    }
    leave(v);
}

void swio_originator_check_done(swio_originator *o)
{
    if (!TAILQ_EMPTY(&o->ended))
        return;
    pthread_mutex_lock(&o->lock);
    bool over = o->counts.state == SWIO_ORIGINATOR_STOPPED && !o->counts.active && !o->finishing;
    if (over)
        o->finishing = true;
    pthread_mutex_unlock(&o->lock);
    if (!over)
        return;
    swio_timer_stop(&o->sweep);
    o->restoring++; /* until all have begun */
    for (size_t i = 0; !o->closed && i < o->node_count; i++)
        if (swio_settings_changed(&o->nodes[i].settings))
            visit_node(o, &o->nodes[i], true, restore_node);
    if (--o->restoring == 0)
        set_done(o);
}

static bool is_over(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool over = o->finishing;
    pthread_mutex_unlock(&o->lock);
    return over || o->closed;
}

/* The run may be over by the time that they are raised. */
static void raise_node(void *arg)
{
    visit *v = arg;
    swio_originator *o = v->originator;
    pthread_mutex_lock(&o->lock);
    double rate = o->rate;
    uint64_t limit = o->limit;
    pthread_mutex_unlock(&o->lock);
    if (swio_settings_raise(&v->node->settings, v->client, rate, limit))
        swio_warning("%s: the settings of the switch were not raised: %s",
                     swio_client_contact(v->client), swio_errmsg());
    if (is_over(o) && swio_client_connected(v->client))
        swio_settings_restore(&v->node->settings, v->client, 0);
    v->node->raising = false;
    leave(v);
}

void swio_originator_keep_up(void *originator)
{
    swio_originator *o = originator;
    pthread_mutex_lock(&o->lock);
    double rate = o->rate;
    uint64_t limit = o->limit;
    bool running = o->counts.state == SWIO_ORIGINATOR_ORIGINATING;
    pthread_mutex_unlock(&o->lock);
    for (size_t i = 0; running && !o->keep_settings && i < o->node_count; i++) {
        swio_node *node = &o->nodes[i];
        if (node->raising || !swio_node_is_up(node) ||
            swio_settings_suffice(&node->settings, rate, limit))
            continue;
        node->raising = true;
        visit_node(o, node, false, raise_node);
    }
}
