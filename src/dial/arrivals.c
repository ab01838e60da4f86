/* The arrivals of an originator: each at its time, on the next node, or blocked. */
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/client.h"
#include "dial/dial.h"

/* Between two sweeps, each of some calls. */
static const uint64_t SWEEP_NS = 250000000;

/*
 * Calls are made this long before their time, so that they leave then whatever the loop is at; and
 * those of so long in one go.
 */
static const uint64_t LEAD_NS = 50000000, STEP_NS = 5000000;

/*
 * After so long the loop gets round to all else, whatever is due still: arrivals that come faster
 * than they are dealt with would keep it for ever, also from what is to stop them.
 */
static const uint64_t TURN_NS = 20000000;

static void stop(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool was = o->counts.state == SWIO_ORIGINATOR_ORIGINATING;
    if (was)
        o->counts.state = SWIO_ORIGINATOR_STOPPED;
    o->counts.paused = false;
    swio_completion *stopped = was ? swio_obj_ref(o->stopped) : NULL;
    pthread_mutex_unlock(&o->lock);
    swio_timer_stop(&o->timer);
    swio_arrivals_recall(o);
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

/* Nothing of it is in the way of what a switch does by itself: its scheduled hang-ups. */
void swio_arrivals_give_up(void *originator)
{
    swio_originator *o = originator;
    stop(o);
    for (size_t i = 0; i < o->node_count; i++)
        if (swio_client_connected(o->nodes[i].client))
            swio_settings_restore(&o->nodes[i].settings, o->nodes[i].client, 0);
    swio_calls_clear(o);
    swio_originator_check_done(o);
}

/*
 * The next node of the app whose switch is there and not full; `node_count` without one. *any: at
 * least one is there.
 */
static size_t next_node(swio_originator *o, swio_dial_app *app, bool *any)
{
    *any = false;
    for (size_t tried = 0; tried < o->node_count; tried++) {
        size_t at = app->turn++ % o->node_count;
        if (!swio_node_is_up(&o->nodes[at]) || swio_node_was_lost(&o->nodes[at]))
            continue;
        *any = true;
        if (!swio_listener_full(o->nodes[at].listener))
            return at;
    }
    return o->node_count;
}

static void block(swio_originator *o, swio_cdr *cdr)
{
    pthread_mutex_lock(&o->lock);
    o->counts.blocked++;
    pthread_mutex_unlock(&o->lock);
    swio_arrivals_pass(o);
    cdr->outcome = SWIO_OUTCOME_BLOCKED;
    cdr->end_us = cdr->due_us;
    swio_record_finish(o, cdr);
}

static bool below_limit(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool room = o->counts.active + o->ahead_count < o->limit;
    pthread_mutex_unlock(&o->lock);
    return room;
}

static void take_share(swio_originator *o, size_t app)
{
    pthread_mutex_lock(&o->lock);
    o->shares[app].taken++;
    pthread_mutex_unlock(&o->lock);
}

/* They may have begun anew meanwhile. */
static void give_share_back(swio_originator *o, size_t app)
{
    pthread_mutex_lock(&o->lock);
    o->shares[app].taken -= o->shares[app].taken > 0;
    pthread_mutex_unlock(&o->lock);
}

static void stop_all_lost(swio_originator *o)
{
    swio_error("the connections to all switches are lost: no more calls are offered");
    stop(o);
}

/*
 * Makes the call of an arrival, or blocks it; `again` is the record of one that was taken back.
 * What has no room yet is not decided before its time: false.
 */
static bool arrive(swio_originator *o, uint64_t due_ns, const swio_cdr *again)
{
    swio_cdr cdr;
    bool any = true, due = due_ns <= swio_now_ns();
    size_t app = swio_apps_next(o);
    size_t node = below_limit(o) ? next_node(o, o->apps[app], &any) : o->node_count;
    if (!any) {
        stop_all_lost(o);
        return false;
    }
    if (node == o->node_count && !due)
        return false;
    swio_pacer_take(&o->pacer);
    if (again) {
        cdr = *again;
        cdr.app[0] = cdr.node[0] = '\0';
    } else {
        swio_record_arrival(o, due_ns, &cdr);
    }
    if (node == o->node_count) {
        block(o, &cdr);
        return true;
    }
    take_share(o, app);
    swio_calls_make(o, app, node, due_ns, &cdr);
    if (due)
        swio_conn_fire_now(swio_client_ahead(o->nodes[node].client));
    return true;
}

/* Whether calls are offered now; stops where all of them were. */
static bool originating(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool all = o->max_offered && o->counts.offered >= o->max_offered;
    bool yes = o->counts.state == SWIO_ORIGINATOR_ORIGINATING;
    bool paused = o->counts.paused;
    pthread_mutex_unlock(&o->lock);
    if (yes && all)
        stop(o);
    return yes && !all && !paused;
}

static void on_due(void *arg);

/* Whether more calls may be made than those that were. */
static bool may_make(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool yes = !o->max_offered || o->counts.offered + o->ahead_count < o->max_offered;
    pthread_mutex_unlock(&o->lock);
    return yes;
}

/* When to come again: to make the next calls, to see which have left; UINT64_MAX when it is over.
 * `refused`: the next one had no room. */
static uint64_t next_time(swio_originator *o, bool refused)
{
    const swio_dialed *first = TAILQ_FIRST(&o->ahead);
    uint64_t due = may_make(o) ? swio_pacer_due(&o->pacer) : UINT64_MAX;
    uint64_t seen = UINT64_MAX, soon = swio_now_ns() + STEP_NS;
    if (due != UINT64_MAX && !refused)
        due -= LEAD_NS - STEP_NS;
    if (first) /* mostly its own events are first to tell that it has left */
        seen = first->due_ns + LEAD_NS / 2 > soon ? first->due_ns + LEAD_NS / 2 : soon;
    return due < seen ? due : seen;
}

static void wait_until(swio_originator *o, uint64_t next_ns)
{
    if (next_ns == UINT64_MAX) {
        stop(o);
    } else if (swio_timer_start(o->loop, &o->timer, next_ns, on_due, o)) {
        swio_error("no more calls are offered: %s", swio_errmsg());
        stop(o);
    }
}

/* Of all that is ahead what has left counts as placed. */
static void note_placed(swio_originator *o)
{
    uint64_t now = swio_now_ns();
    swio_dialed *call = TAILQ_FIRST(&o->ahead), *next;
    for (; call && call->due_ns <= now; call = next) {
        next = TAILQ_NEXT(call, link);
        swio_calls_note(call);
    }
}

/* Makes the calls that are due soon; after a delay, one behind the other that are due already. */
static void on_due(void *arg)
{
    swio_originator *o = arg;
    uint64_t due, woken = UINT64_MAX, end = swio_now_ns() + TURN_NS;
    bool refused = false;
    note_placed(o);
    while (!refused && originating(o) && may_make(o) &&
           (due = swio_pacer_due(&o->pacer)) <= swio_now_ns() + LEAD_NS && swio_now_ns() < end) {
        refused = !arrive(o, due, NULL);
        woken = !refused && due < woken ? due : woken;
    }
    if (woken != UINT64_MAX)
        swio_launchers_wake(o->launchers, woken);
    note_placed(o);
    if (originating(o))
        wait_until(o, next_time(o, refused));
    swio_originator_check_done(o);
}

void swio_arrivals_pass(swio_originator *o)
{
    swio_pacer_take(&o->behind);
}

/*
 * Those that have left stay, those that are not due yet are forgotten; the others, whose connection
 * was lost or takes nothing, into the list. Returns the time that divides them.
 */
static uint64_t take_back(swio_originator *o, struct swio_dialed_list *again)
{
    swio_dialed *call, *next;
    for (size_t i = 0; i < o->node_count; i++)
        swio_conn_recall(swio_client_ahead(o->nodes[i].client), o);
    uint64_t now = swio_now_ns(); /* not before: what has left is due by then */

    for (call = TAILQ_FIRST(&o->ahead); call; call = next) {
        next = TAILQ_NEXT(call, link);
        bool due = call->due_ns <= now;
        if (swio_calls_note(call))
            continue;
        swio_obj_ref(call);
        give_share_back(o, call->app);
        swio_calls_unmake(call);
        if (due) {
            TAILQ_INSERT_TAIL(again, call, link);
        } else {
            o->arrived--;
            swio_obj_unref(call);
        }
    }
    o->pacer = o->behind;
    swio_pacer_due(&o->pacer); /* in the piece that the next arrival is in */
    return now;
}

uint64_t swio_arrivals_recall(swio_originator *o)
{
    struct swio_dialed_list again = TAILQ_HEAD_INITIALIZER(again);
    swio_dialed *call;
    if (TAILQ_EMPTY(&o->ahead))
        return swio_now_ns();
    uint64_t now = take_back(o, &again);
    while ((call = TAILQ_FIRST(&again))) {
        TAILQ_REMOVE(&again, call, link);
        if (originating(o))
            arrive(o, call->due_ns, &call->cdr);
        swio_obj_unref(call);
    }
    if (originating(o)) /* soon, as this may be the middle of something */
        wait_until(o, now);
    return now;
}

/* For who reads the counts on another thread. */
static void show_rate(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    if (o->counts.state == SWIO_ORIGINATOR_ORIGINATING)
        o->counts.asked = swio_pacer_rate(&o->behind, swio_now_ns());
    pthread_mutex_unlock(&o->lock);
}

/*
 * A switch that is there again may have been started anew, with the settings of its files. A run
 * whose switches are all lost in one moment ends, whether they are coming back or not: it is no
 * measurement any more.
 */
static void look_at_nodes(swio_originator *o)
{
    bool back = false, any = false;
    for (size_t i = 0; i < o->node_count; i++) {
        swio_node *node = &o->nodes[i];
        bool down = !swio_node_is_up(node) || swio_node_was_lost(node);
        any = any || !down;
        node->losses = swio_node_losses(node);
        if (node->down && !down) {
            node->settings.rate = 0;
            back = true;
        }
        node->down = down;
    }
    if (!any && originating(o))
        stop_all_lost(o);
    if (back)
        swio_originator_keep_up(o);
}

static void on_sweep(void *arg)
{
    swio_originator *o = arg;
    uint64_t now = swio_now_ns();
    if (o->closed)
        return;
    if (swio_timer_start(o->loop, &o->sweep, now + SWEEP_NS, on_sweep, o))
        swio_error("calls are no longer watched: %s", swio_errmsg());
    show_rate(o);
    look_at_nodes(o);
    swio_calls_sweep(o, now);
}

static int64_t wall_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void start_pacer(swio_originator *o, uint64_t now_ns)
{
    swio_pacer_opts pacer = {
        .arrivals = o->arrivals,
        .seed = o->seed,
        .stages = o->stages,
        .stage_count = o->stage_count,
    };
    if (!pacer.seed && getentropy(&pacer.seed, sizeof pacer.seed))
        pacer.seed = now_ns;
    pthread_mutex_lock(&o->lock);
    pacer.rate = o->rate;
    pthread_mutex_unlock(&o->lock);
    swio_pacer_start(&o->pacer, now_ns, &pacer);
    o->behind = o->pacer;
}

void swio_arrivals_start(void *originator)
{
    swio_originator *o = originator;
    uint64_t now = swio_now_ns();
    o->hanging_up = false;
    o->first_ns = o->last_ns = 0;
    o->slowest = 0;
    o->sweep_ns = now;
    for (size_t i = 0; i < o->node_count; i++) {
        o->nodes[i].losses = swio_node_losses(&o->nodes[i]);
        o->nodes[i].down = false;
    }
    if (!o->wall_us)
        o->wall_us = wall_us() - (int64_t)(now / 1000);
    start_pacer(o, now);
    show_rate(o);
    if (swio_timer_start(o->loop, &o->sweep, now + SWEEP_NS, on_sweep, o) ||
        swio_timer_start(o->loop, &o->timer, now, on_due, o)) {
        swio_error("no calls are offered: %s", swio_errmsg());
        swio_arrivals_stop(o);
    }
}

/* What was due before the change goes, and nothing is made beyond it: when that is. */
static uint64_t settle_up(swio_originator *o)
{
    on_due(o);
    uint64_t now = swio_arrivals_recall(o), due;
    while (originating(o) && may_make(o) && (due = swio_pacer_due(&o->pacer)) <= now)
        arrive(o, due, NULL);
    note_placed(o);
    return now;
}

static bool is_running(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    bool running = o->counts.state == SWIO_ORIGINATOR_ORIGINATING;
    pthread_mutex_unlock(&o->lock);
    return running;
}

void swio_arrivals_set_rate(void *originator)
{
    swio_originator *o = originator;
    if (!is_running(o))
        return;
    uint64_t now = settle_up(o);
    pthread_mutex_lock(&o->lock);
    double rate = o->rate;
    pthread_mutex_unlock(&o->lock);
    swio_pacer_set_rate(&o->pacer, now, rate);
    swio_pacer_follow(&o->behind, &o->pacer);
    show_rate(o);
    on_due(o);
}

void swio_arrivals_renew(void *originator)
{
    swio_originator *o = originator;
    if (is_running(o))
        swio_arrivals_recall(o);
}

static void set_paused(swio_originator *o, bool paused)
{
    pthread_mutex_lock(&o->lock);
    o->counts.paused = paused && o->counts.state == SWIO_ORIGINATOR_ORIGINATING;
    pthread_mutex_unlock(&o->lock);
}

void swio_arrivals_pause(void *originator)
{
    swio_originator *o = originator;
    uint64_t now = settle_up(o);
    set_paused(o, true);
    swio_pacer_pause(&o->pacer, now);
    swio_pacer_follow(&o->behind, &o->pacer);
    swio_timer_stop(&o->timer);
}

void swio_arrivals_resume(void *originator)
{
    swio_originator *o = originator;
    swio_pacer_resume(&o->pacer, swio_now_ns());
    swio_pacer_follow(&o->behind, &o->pacer);
    set_paused(o, false);
    on_due(o);
}
