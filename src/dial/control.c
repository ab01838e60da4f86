/* Starting, stopping and waiting for an originator, from any thread. */
#include <stdio.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/client.h"
#include "control/on_loop.h"
#include "dial/dial.h"

/* The callbacks come after those of the apps of the same id: what an app does on an answer is
 * sent before the hang-up is scheduled. */
static int hook(swio_originator *o, swio_node *node)
{
    if (node->hooked)
        return 0;
    swio_load_opts opts = {.id = o->app_id, .quiet = true, .self = o};
    int error = swio_client_load_app(node->client, &swio_originator_hooks, &opts, NULL);
    node->hooked = !error;
    return error;
}

void swio_originator_unhook(swio_originator *o, swio_node *node)
{
    if (node->hooked)
        swio_client_unload_one(node->client, &swio_originator_hooks, o->app_id);
    node->hooked = false;
}

/* What is adapted on the loop's thread, for its thread alone. */
typedef struct adapting {
    swio_originator *originator;
    swio_node *node;
    int error;
} adapting;

static void adapt_task(void *arg)
{
    adapting *a = arg;
    swio_originate_opts *adapted = NULL;
    a->error = swio_client_adapt_originate(a->node->client, a->originator->app_id,
                                           a->node->originate, &adapted);
    if (a->error)
        return;
    swio_obj_unref(a->node->adapted);
    a->node->adapted = adapted;
}

static int adapt(swio_originator *o, swio_node *node)
{
    adapting a = {.originator = o, .node = node};
    swio_on_loop(o->loop, adapt_task, &a);
    return a.error ? swio_err_nomem() : 0;
}

static int prepare_node(swio_originator *o, swio_node *node)
{
    const char *contact = swio_client_contact(node->client);
    if (!swio_client_connected(node->client))
        return swio_err(SWIO_ECONFIG, "the client of %s is not connected", contact);
    if (!swio_listener_running(node->listener))
        return swio_err(SWIO_ECONFIG,
                        "the listener of %s is not running: connect and start it before "
                        "originating",
                        contact);
    int error = hook(o, node);
    if (!error)
        error = adapt(o, node);
    if (error || o->keep_settings)
        return error;
    pthread_mutex_lock(&o->lock);
    double rate = o->rate;
    uint64_t limit = o->limit;
    pthread_mutex_unlock(&o->lock);
    return swio_settings_raise(&node->settings, node->client, rate, limit);
}

/* A new run: its counters and its completions. */
static int begin(swio_originator *o)
{
    swio_completion *stopped = NULL, *done = NULL;
    int error = swio_completion_new(o->loop, &stopped);
    if (!error)
        error = swio_completion_new(o->loop, &done);
    pthread_mutex_lock(&o->lock);
    if (!error && o->counts.state == SWIO_ORIGINATOR_ORIGINATING)
        error = swio_err(SWIO_ECONFIG, "the originator is originating already");
    if (!error) {
        uint64_t active = o->counts.active;
        o->counts =
            (swio_originator_counts){.state = SWIO_ORIGINATOR_ORIGINATING, .active = active};
        swio_counts_clear(o->causes);
        o->finishing = false;
        swio_completion *before = o->stopped;
        o->stopped = stopped;
        stopped = before;
        before = o->done;
        o->done = done;
        done = before;
    }
    pthread_mutex_unlock(&o->lock);
    swio_obj_unref(stopped);
    swio_obj_unref(done);
    return error;
}

/* Takes back what was prepared, keeping the sentence of why. */
static void unprepare(swio_originator *o, int error)
{
    char sentence[SWIO_ERRMSG_MAX];
    int length = snprintf(sentence, sizeof sentence, "%s", swio_errmsg());
    for (size_t i = 0; i < o->node_count; i++) {
        swio_settings_restore(&o->nodes[i].settings, o->nodes[i].client, 0);
        swio_originator_unhook(o, &o->nodes[i]);
    }
    if (length >= 0)
        swio_err(error, "%s", sentence);
}

int swio_originator_start(swio_originator *originator)
{
    int error = 0;
    for (size_t i = 0; !error && i < originator->node_count; i++)
        error = prepare_node(originator, &originator->nodes[i]);
    if (error)
        unprepare(originator, error);
    else
        error = begin(originator);
    if (!error)
        swio_on_loop(originator->loop, swio_originator_tell_start, originator);
    if (!error)
        swio_on_loop(originator->loop, swio_arrivals_start, originator);
    return error;
}

void swio_originator_stop(swio_originator *originator)
{
    swio_on_loop(originator->loop, swio_arrivals_stop, originator);
}

void swio_originator_hupall(swio_originator *originator)
{
    swio_on_loop(originator->loop, swio_arrivals_stop, originator);
    swio_on_loop(originator->loop, swio_calls_hupall, originator);
}

static int wait_for(swio_originator *o, swio_completion *const *which, double timeout,
                    const char *what)
{
    pthread_mutex_lock(&o->lock);
    swio_completion *c = swio_obj_ref(*which);
    pthread_mutex_unlock(&o->lock);
    if (!c)
        return swio_err(SWIO_ECONFIG, "the originator was not started");
    int error = swio_completion_wait(c, timeout, what);
    swio_obj_unref(c);
    return error;
}

int swio_originator_wait_stopped(swio_originator *originator, double timeout)
{
    return wait_for(originator, &originator->stopped, timeout, "the last call to be offered");
}

int swio_originator_wait_done(swio_originator *originator, double timeout)
{
    return wait_for(originator, &originator->done, timeout, "the last call to end");
}
