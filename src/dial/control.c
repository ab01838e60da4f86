/* Starting, stopping and waiting for an originator, from any thread. */
#include <math.h>
#include <stdio.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/client.h"
#include "control/on_loop.h"
#include "dial/dial.h"

static int prepare_node(swio_originator *o, size_t at)
{
    swio_node *node = &o->nodes[at];
    const char *contact = swio_client_contact(node->client);
    if (!swio_client_connected(node->client))
        return swio_err(SWIO_ECONFIG, "the client of %s is not connected", contact);
    if (!swio_listener_running(node->listener))
        return swio_err(SWIO_ECONFIG,
                        "the listener of %s is not running: connect and start it before "
                        "originating",
                        contact);
    int error = swio_client_connect_ahead(node->client);
    if (!error)
        swio_ringing_prepare(node);
    if (!error)
        error = swio_apps_prepare(o, at);
    if (error || o->keep_settings)
        return error;
    pthread_mutex_lock(&o->lock);
    double rate = o->rate;
    uint64_t limit = o->limit;
    pthread_mutex_unlock(&o->lock);
    return swio_settings_raise(&node->settings, node->client, rate, limit);
}

int swio_originator_claim(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool busy = o->starting;
    o->starting = true;
    pthread_mutex_unlock(&o->lock);
    return busy ? swio_err(SWIO_ECONFIG, "the originator is being started, or given an app, by "
                                         "another thread")
                : 0;
}

void swio_originator_release(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    o->starting = false;
    pthread_mutex_unlock(&o->lock);
}

static int refuse_running(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool running = o->counts.state == SWIO_ORIGINATOR_ORIGINATING;
    pthread_mutex_unlock(&o->lock);
    return running ? swio_err(SWIO_ECONFIG, "the originator is originating already") : 0;
}

/* A new run. */
typedef struct beginning {
    swio_originator *originator;
    swio_completion *stopped, *done; /* of the new run; then those of the one before */
} beginning;

static void swap(swio_completion **a, swio_completion **b)
{
    swio_completion *c = *a;
    *a = *b;
    *b = c;
}

static void begin(void *arg)
{
    beginning *b = arg;
    swio_originator *o = b->originator;
    pthread_mutex_lock(&o->lock);
    uint64_t active = o->counts.active;
    o->counts = (swio_originator_counts){.state = SWIO_ORIGINATOR_ORIGINATING, .active = active};
    swio_counts_clear(o->causes);
    for (size_t i = 0; i < o->app_count; i++)
        o->apps[i]->offered = o->shares[i].taken = 0;
    for (size_t i = 0; i < o->node_count; i++) {
        swio_node *node = &o->nodes[i];
        node->offered = node->answered = node->failed = node->lost = 0;
    }
    o->run++;
    o->finishing = false;
    swap(&o->stopped, &b->stopped);
    swap(&o->done, &b->done);
    pthread_mutex_unlock(&o->lock);
    swio_originator_tell_start(o);
    swio_arrivals_start(o);
}

static bool has_calls(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool has = o->counts.active > 0;
    pthread_mutex_unlock(&o->lock);
    return has;
}

/* Takes back what was prepared, keeping the sentence of why. Where calls of a run before are still
 * up, their end does. */
static void unprepare(swio_originator *o, int error)
{
    char sentence[SWIO_ERRMSG_MAX];
    if (has_calls(o))
        return;
    int length = snprintf(sentence, sizeof sentence, "%s", swio_errmsg());
    for (size_t i = 0; i < o->node_count; i++) {
        swio_settings_restore(&o->nodes[i].settings, o->nodes[i].client, 0);
        swio_apps_unhook(o, i);
    }
    if (length >= 0)
        swio_err(error, "%s", sentence);
}

/* They stay for the next run. */
static int start_launchers(swio_originator *o)
{
    if (o->launchers)
        return 0;
    swio_conn **conns = swio_calloc(o->node_count, sizeof conns[0]);
    if (!conns)
        return swio_err_nomem();
    for (size_t i = 0; i < o->node_count; i++)
        conns[i] = swio_client_ahead(o->nodes[i].client);
    int error = swio_launchers_start(conns, o->node_count, &o->launchers);
    swio_free(conns);
    return error;
}

static int start(swio_originator *o)
{
    beginning b = {.originator = o};
    int error = swio_completion_new(o->loop, &b.stopped);
    if (!error)
        error = swio_completion_new(o->loop, &b.done);
    if (!error)
        error = start_launchers(o);
    for (size_t i = 0; !error && i < o->node_count; i++)
        error = prepare_node(o, i);
    if (error)
        unprepare(o, error);
    else
        swio_on_loop(o->loop, begin, &b);
    swio_obj_unref(b.stopped);
    swio_obj_unref(b.done);
    return error;
}

/* The settings of the run before are put back first. */
static int wait_finished(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    swio_completion *done = o->finishing ? swio_obj_ref(o->done) : NULL;
    pthread_mutex_unlock(&o->lock);
    int error = done ? swio_completion_wait(done, INFINITY, "the end of the run before") : 0;
    swio_obj_unref(done);
    return error;
}

int swio_originator_start(swio_originator *originator)
{
    int error = swio_originator_claim(originator);
    if (error)
        return error;
    error = refuse_running(originator);
    if (!error)
        error = wait_finished(originator);
    if (!error)
        error = start(originator);
    swio_originator_release(originator);
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

void swio_originator_hard_hupall(swio_originator *originator)
{
    swio_on_loop(originator->loop, swio_arrivals_stop, originator);
    swio_on_loop(originator->loop, swio_calls_hard_hupall, originator);
}

void swio_originator_pause(swio_originator *originator)
{
    swio_on_loop(originator->loop, swio_arrivals_pause, originator);
}

void swio_originator_resume(swio_originator *originator)
{
    swio_on_loop(originator->loop, swio_arrivals_resume, originator);
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

static void give_up_now(void *originator)
{
    swio_arrivals_stop(originator);
    swio_calls_hupall(originator);
    if (has_calls(originator))
        swio_arrivals_give_up(originator);
}

int swio_originator_shutdown(swio_originator *originator, double timeout)
{
    int error = timeout > 0 ? swio_may_wait("swio_originator_shutdown()") : 0;
    if (error)
        return error;
    bool up = has_calls(originator);
    if (!(timeout > 0)) {
        swio_on_loop(originator->loop, give_up_now, originator);
        return up ? swio_err(SWIO_ETIMEOUT, "calls were up: they were given up") : 0;
    }
    swio_originator_hupall(originator);
    error = swio_originator_wait_done(originator, timeout);
    if (error == SWIO_ECONFIG) /* it was never started */
        return 0;
    if (error)
        swio_on_loop(originator->loop, swio_arrivals_give_up, originator);
    return error;
}
