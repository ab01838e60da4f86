/* What is changed and read while an originator runs, from any thread. */
#include <stdio.h>

#include "base/err.h"
#include "control/on_loop.h"
#include "dial/dial.h"

/* The shortest automatic duration, seconds. */
static const double SHORTEST = 5;

static const char *const state_names[] = {
    [SWIO_ORIGINATOR_INITIAL] = "INITIAL",
    [SWIO_ORIGINATOR_ORIGINATING] = "ORIGINATING",
    [SWIO_ORIGINATOR_STOPPED] = "STOPPED",
};

int swio_check_rate(double rate)
{
    if (!(rate > 0 && rate <= 1e6))
        return swio_err(SWIO_EINVAL, "a rate of %g calls a second: give more than 0, at most 1e6",
                        rate);
    return 0;
}

int swio_check_duration(double seconds)
{
    if (!(seconds >= 0 && seconds <= 1e7))
        return swio_err(SWIO_EINVAL, "a duration of %g s: give 0 (automatic) to 1e7", seconds);
    return 0;
}

static double duration_of(const swio_originator *o)
{
    double automatic = (double)o->limit / o->rate;
    return o->duration > 0 ? o->duration : automatic > SHORTEST ? automatic : SHORTEST;
}

double swio_originator_duration(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    double seconds = duration_of(o);
    pthread_mutex_unlock(&o->lock);
    return seconds;
}

/* The apps, and where that takes more than before, the switches. */
static void tell(swio_originator *o)
{
    swio_on_loop(o->loop, swio_arrivals_renew, o);
    swio_on_loop(o->loop, swio_originator_tell_change, o);
    swio_on_loop(o->loop, swio_originator_keep_up, o);
}

int swio_originator_set_rate(swio_originator *originator, double rate)
{
    int error = swio_check_rate(rate);
    if (error)
        return error;
    pthread_mutex_lock(&originator->lock);
    originator->rate = rate;
    pthread_mutex_unlock(&originator->lock);
    swio_on_loop(originator->loop, swio_arrivals_set_rate, originator);
    tell(originator);
    return 0;
}

int swio_originator_set_limit(swio_originator *originator, uint64_t limit)
{
    if (!limit)
        return swio_err(SWIO_EINVAL, "a limit of 0 concurrent calls: give at least 1");
    pthread_mutex_lock(&originator->lock);
    originator->limit = limit;
    pthread_mutex_unlock(&originator->lock);
    tell(originator);
    return 0;
}

int swio_originator_set_duration(swio_originator *originator, double seconds)
{
    int error = swio_check_duration(seconds);
    if (error)
        return error;
    pthread_mutex_lock(&originator->lock);
    originator->duration = seconds;
    pthread_mutex_unlock(&originator->lock);
    tell(originator);
    return 0;
}

void swio_originator_count(swio_originator *originator, swio_originator_counts *out)
{
    pthread_mutex_lock(&originator->lock);
    *out = originator->counts;
    pthread_mutex_unlock(&originator->lock);
}

bool swio_originator_node_at(swio_originator *originator, size_t index,
                             swio_originator_node_counts *out)
{
    if (index >= originator->node_count)
        return false;
    const swio_node *node = &originator->nodes[index];
    *out = (swio_originator_node_counts){
        .contact = node->contact,
        .up = swio_node_is_up(node),
    };
    pthread_mutex_lock(&originator->lock);
    out->offered = node->offered;
    out->answered = node->answered;
    out->failed = node->failed;
    out->lost = node->lost;
    out->active = node->active;
    pthread_mutex_unlock(&originator->lock);
    return true;
}

uint64_t swio_originator_cause(swio_originator *originator, size_t index, char *cause, size_t size)
{
    int64_t n = 0;
    pthread_mutex_lock(&originator->lock);
    const char *name = swio_counts_at(originator->causes, index, &n);
    if (name)
        snprintf(cause, size, "%s", name);
    pthread_mutex_unlock(&originator->lock);
    return name ? (uint64_t)n : 0;
}

int swio_originator_format(swio_originator *originator, char *text, size_t size)
{
    char max[32] = "inf";
    pthread_mutex_lock(&originator->lock);
    const swio_originator_counts *c = &originator->counts;
    double rate = c->state == SWIO_ORIGINATOR_ORIGINATING ? c->asked : originator->rate;
    if (originator->max_offered)
        snprintf(max, sizeof max, "%llu", (unsigned long long)originator->max_offered);
    int len = snprintf(text, size,
                       "<Originator: active-calls=%llu state=%s total-originated-sessions=%llu "
                       "rate=%g limit=%llu max-offered=%s duration=%g>",
                       (unsigned long long)c->active, state_names[c->state],
                       (unsigned long long)c->offered, rate, (unsigned long long)originator->limit,
                       max, duration_of(originator));
    pthread_mutex_unlock(&originator->lock);
    return len;
}
