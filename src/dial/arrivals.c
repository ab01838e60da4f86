/* The arrivals of an originator: each at its time, on the next node, or blocked. */
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "dial/dial.h"

static const uint64_t SWEEP_NS = 1000000000;

static void stop(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool was = o->counts.state == SWIO_ORIGINATOR_ORIGINATING;
    if (was)
        o->counts.state = SWIO_ORIGINATOR_STOPPED;
    swio_completion *stopped = was ? swio_obj_ref(o->stopped) : NULL;
    pthread_mutex_unlock(&o->lock);
    swio_timer_stop(&o->timer);
    if (stopped)
        swio_completion_set(stopped, 0, NULL, NULL);
    swio_obj_unref(stopped);
}

void swio_arrivals_stop(void *originator)
{
    swio_originator *o = originator;
    stop(o);
    swio_originator_check_done(o);
}

/* The next node whose switch is there and not full, or NULL; *any: at least one is there. */
static swio_node *next_node(swio_originator *o, bool *any)
{
    *any = false;
    for (size_t tried = 0; tried < o->node_count; tried++) {
        swio_node *node = &o->nodes[o->turn++ % o->node_count];
        if (!swio_listener_running(node->listener) || !swio_client_connected(node->client))
            continue;
        *any = true;
        if (!swio_listener_full(node->listener))
            return node;
    }
    return NULL;
}

/* An arrival that cannot even be sent counts as a failed call, so that the books stay even. */
static void count_unsent(swio_originator *o, int error)
{
    swio_warning("a call was not placed: %s", swio_errmsg());
    pthread_mutex_lock(&o->lock);
    o->counts.failed++;
    swio_counts_add(o->causes, swio_strerror(error), 1);
    pthread_mutex_unlock(&o->lock);
}

static void count_blocked(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    o->counts.blocked++;
    pthread_mutex_unlock(&o->lock);
}

static bool below_limit(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool room = o->counts.active < o->limit;
    pthread_mutex_unlock(&o->lock);
    return room;
}

static void count_offered(swio_originator *o, uint64_t now_ns, uint64_t due_ns)
{
    double late = now_ns > due_ns ? (double)(now_ns - due_ns) / 1e9 : 0;
    if (!o->first_ns)
        o->first_ns = now_ns;
    o->last_ns = now_ns;
    pthread_mutex_lock(&o->lock);
    o->counts.offered++;
    if (o->counts.lateness < late)
        o->counts.lateness = late;
    if (o->last_ns > o->first_ns)
        o->counts.rate =
            (double)(o->counts.offered - 1) / ((double)(o->last_ns - o->first_ns) / 1e9);
    pthread_mutex_unlock(&o->lock);
}

static void arrive(swio_originator *o, uint64_t now_ns, uint64_t due_ns)
{
    bool any = true;
    swio_node *node = below_limit(o) ? next_node(o, &any) : NULL;
    if (!any) {
        swio_error("the connections to all switches are lost: no more calls are offered");
        stop(o);
        return;
    }
    if (!node) {
        count_blocked(o);
        return;
    }
    int error = swio_calls_place(o, node, now_ns);
    count_offered(o, now_ns, due_ns);
    if (error)
        count_unsent(o, error);
}

static bool originating(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool all = o->max_offered && o->counts.offered >= o->max_offered;
    bool yes = o->counts.state == SWIO_ORIGINATOR_ORIGINATING;
    pthread_mutex_unlock(&o->lock);
    if (yes && all)
        stop(o);
    return yes && !all;
}

/* Everything that is due by now: after a delay, all of it at once. */
static void on_due(void *arg)
{
    swio_originator *o = arg;
    uint64_t now = swio_now_ns(), due;
    while (originating(o) && (due = swio_pacer_due(&o->pacer)) <= now) {
        swio_pacer_take(&o->pacer);
        arrive(o, now, due);
        now = swio_now_ns();
    }
    if (originating(o) &&
        swio_timer_start(o->loop, &o->timer, swio_pacer_due(&o->pacer), on_due, o)) {
        swio_error("no more calls are offered: %s", swio_errmsg());
        stop(o);
    }
    swio_originator_check_done(o);
}

static void on_sweep(void *arg)
{
    swio_originator *o = arg;
    uint64_t now = swio_now_ns();
    if (o->closed)
        return;
    if (swio_timer_start(o->loop, &o->sweep, now + SWEEP_NS, on_sweep, o))
        swio_error("calls are no longer watched: %s", swio_errmsg());
    swio_calls_sweep(o, now);
}

void swio_arrivals_start(void *originator)
{
    swio_originator *o = originator;
    uint64_t now = swio_now_ns();
    pthread_mutex_lock(&o->lock);
    double rate = o->rate;
    pthread_mutex_unlock(&o->lock);
    o->hanging_up = false;
    o->first_ns = o->last_ns = 0;
    swio_pacer_start(&o->pacer, now, rate);
    if (swio_timer_start(o->loop, &o->sweep, now + SWEEP_NS, on_sweep, o) ||
        swio_timer_start(o->loop, &o->timer, now, on_due, o)) {
        swio_error("no calls are offered: %s", swio_errmsg());
        swio_arrivals_stop(o);
    }
}

void swio_arrivals_set_rate(void *originator)
{
    swio_originator *o = originator;
    pthread_mutex_lock(&o->lock);
    double rate = o->rate;
    bool running = o->counts.state == SWIO_ORIGINATOR_ORIGINATING;
    pthread_mutex_unlock(&o->lock);
    if (!running)
        return;
    swio_pacer_set_rate(&o->pacer, rate);
    if (swio_timer_start(o->loop, &o->timer, swio_pacer_due(&o->pacer), on_due, o))
        swio_error("the rate was not changed: %s", swio_errmsg());
}
