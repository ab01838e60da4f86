#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/on_loop.h"
#include "dial/dial.h"

enum { CAUSES_MAX = 1000 };

/* The memory goes: its calls and callbacks are gone before. */
static void destroy(void *obj)
{
    swio_originator *o = obj;
    swio_apps_free(o);
    swio_free(o->nodes);
    swio_free(o->stages);
    swio_counts_free(o->causes);
    swio_obj_unref(o->stopped);
    swio_obj_unref(o->done);
    pthread_mutex_destroy(&o->lock);
}

static int check_stage(const swio_stage *stage)
{
    if (!(stage->seconds >= 0 && stage->seconds <= 1e7))
        return swio_err(SWIO_EINVAL, "a stage of %g s: give 0 to 1e7", stage->seconds);
    return stage->rate == 0 ? 0 : swio_check_rate(stage->rate);
}

/* The rate is that of the stages at their highest. */
static int make_stages(swio_originator *o, const swio_originator_opts *opts)
{
    double highest = 0;
    int error = 0;
    for (size_t i = 0; !error && i < opts->stage_count; i++) {
        error = check_stage(&opts->stages[i]);
        highest = fmax(highest, opts->stages[i].rate);
    }
    if (error || !opts->stage_count)
        return error;
    if (!(highest > 0))
        return swio_err(SWIO_EINVAL, "stages without a rate: give one more than 0");
    o->stages = swio_calloc(opts->stage_count, sizeof o->stages[0]);
    if (!o->stages)
        return swio_err_nomem();
    memcpy(o->stages, opts->stages, opts->stage_count * sizeof o->stages[0]);
    o->stage_count = opts->stage_count;
    o->rate = highest;
    return 0;
}

static void take_options(swio_originator *o, const swio_originator_opts *opts)
{
    o->keep_settings = opts->keep_settings;
    o->rate = opts->rate != 0 ? opts->rate : 1;
    o->limit = opts->limit ? opts->limit : 1;
    o->max_offered = opts->max_offered;
    o->duration = opts->duration;
    o->arrivals = opts->arrivals;
    o->seed = opts->seed;
    o->fields = opts->fields;
    o->on_cdr = opts->on_cdr;
    o->on_answer = opts->on_answer;
    o->arg = opts->arg;
}

static int make(swio_originator *o, const swio_originator_opts *opts)
{
    int error = swio_check_rate(o->rate);
    if (!error)
        error = swio_check_duration(o->duration);
    if (!error)
        error = make_stages(o, opts);
    if (!error)
        error = swio_counts_new(CAUSES_MAX, &o->causes);
    if (!error)
        error = swio_apps_make(o, opts);
    return error ? error : swio_nodes_make(o, opts);
}

int swio_originator_new(const swio_originator_opts *opts, swio_originator **out)
{
    swio_originator *o = swio_obj_new(sizeof *o, destroy);
    if (!o)
        return swio_err_nomem();
    atomic_init(&o->users, 1);
    pthread_mutex_init(&o->lock, NULL);
    TAILQ_INIT(&o->ahead);
    TAILQ_INIT(&o->placed);
    TAILQ_INIT(&o->ended);
    take_options(o, opts);
    int error = make(o, opts);
    if (error) {
        swio_nodes_drop(o);
        swio_loop_unref(o->loop);
        swio_obj_unref(o);
        return error;
    }
    *out = o;
    return 0;
}

swio_originator *swio_originator_ref(swio_originator *originator)
{
    if (originator)
        atomic_fetch_add(&originator->users, 1);
    return originator;
}

static void tear_down(void *arg)
{
    swio_originator *o = arg;
    o->closed = true;
    swio_arrivals_stop(o);
    swio_launchers_stop(o->launchers);
    o->launchers = NULL;
    swio_timer_stop(&o->sweep);
    for (size_t i = 0; i < o->node_count; i++) {
        swio_node *node = &o->nodes[i];
        if (swio_client_connected(node->client))
            swio_settings_restore(&node->settings, node->client, 0);
        if (!o->finishing) /* else it was said already */
            swio_settings_mourn(&node->settings, node->contact);
        swio_apps_unhook(o, i);
    }
    swio_calls_clear(o);
    swio_nodes_drop(o);
}

static void tear_down_later(void *arg)
{
    swio_originator *o = arg;
    swio_loop *loop = o->loop;
    tear_down(o);
    swio_obj_unref(o);
    swio_loop_unref(loop);
}

swio_originator *swio_originator_unref(swio_originator *originator)
{
    if (!originator || atomic_fetch_sub(&originator->users, 1) != 1)
        return NULL;
    swio_loop *loop = originator->loop;
    if (swio_loop_is_current(loop)) {
        /* Later: perhaps one of its own callbacks is running. */
        originator->closing = (swio_task){.fn = tear_down_later, .arg = originator};
        swio_loop_submit(loop, &originator->closing);
        return NULL;
    }
    swio_on_loop(loop, tear_down, originator);
    swio_obj_unref(originator);
    swio_loop_unref(loop);
    return NULL;
}
