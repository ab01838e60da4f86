/* What a listener tells about the switch that it observes: its model, counted and listed. */
#include "base/mem.h"
#include "control/listener.h"
#include "control/on_loop.h"

swio_session *swio_listener_session(swio_listener *listener, const char *uuid)
{
    return uuid ? swio_track_find_session(listener->track, uuid) : NULL;
}

swio_call *swio_listener_call(swio_listener *listener, const char *uuid)
{
    return uuid ? swio_track_find_call(listener->track, uuid) : NULL;
}

swio_job *swio_listener_job(swio_listener *listener, const char *uuid)
{
    return uuid ? swio_track_find_job(listener->track, uuid) : NULL;
}

int swio_listener_sessions(swio_listener *listener, swio_session ***out, size_t *count)
{
    return swio_track_list_sessions(listener->track, out, count);
}

int swio_listener_calls(swio_listener *listener, swio_call ***out, size_t *count)
{
    return swio_track_list_calls(listener->track, out, count);
}

int swio_listener_jobs(swio_listener *listener, swio_job ***out, size_t *count)
{
    return swio_track_list_jobs(listener->track, out, count);
}

int swio_listener_failed(swio_listener *listener, const char *cause, swio_session ***out,
                         size_t *count)
{
    return swio_track_list_failed(listener->track, cause, out, count);
}

void swio_sessions_free(swio_session **list)
{
    for (swio_session **s = list; s && *s; s++)
        swio_session_unref(*s);
    swio_free(list);
}

void swio_calls_free(swio_call **list)
{
    for (swio_call **c = list; c && *c; c++)
        swio_call_unref(*c);
    swio_free(list);
}

void swio_jobs_free(swio_job **list)
{
    for (swio_job **j = list; j && *j; j++)
        swio_job_unref(*j);
    swio_free(list);
}

size_t swio_listener_count_sessions(swio_listener *listener)
{
    return swio_track_count_sessions(listener->track);
}

size_t swio_listener_count_calls(swio_listener *listener)
{
    return swio_track_count_calls(listener->track);
}

size_t swio_listener_count_jobs(swio_listener *listener)
{
    return swio_track_count_jobs(listener->track);
}

uint64_t swio_listener_count_failed(swio_listener *listener)
{
    return swio_track_count_failed(listener->track);
}

uint64_t swio_listener_count_answered(swio_listener *listener)
{
    swio_totals totals;
    swio_track_totals(listener->track, &totals);
    return totals.answered;
}

void swio_listener_totals(swio_listener *listener, swio_totals *out)
{
    swio_track_totals(listener->track, out);
}

int swio_listener_counts(swio_listener *listener, swio_counter which, swio_counts **out)
{
    return swio_track_counts(listener->track, which, out);
}

static void reset(void *arg)
{
    swio_track_reset(((swio_listener *)arg)->track);
}

void swio_listener_reset(swio_listener *listener)
{
    swio_on_loop(listener->loop, reset, listener);
}

void swio_listener_set_max_limit(swio_listener *listener, size_t calls)
{
    atomic_store(&listener->max_limit, calls);
}

size_t swio_listener_max_limit(const swio_listener *listener)
{
    return atomic_load(&listener->max_limit);
}

bool swio_listener_full(swio_listener *listener)
{
    size_t most = swio_listener_max_limit(listener);
    return most && swio_track_count_active(listener->track) >= most;
}

int64_t swio_listener_epoch_us(swio_listener *listener)
{
    return swio_track_epoch_us(listener->track);
}

double swio_listener_uptime(swio_listener *listener)
{
    return swio_track_uptime(listener->track);
}
