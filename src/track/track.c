#include "track/track.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "track/model.h"

enum { DEFAULT_MAX = 1000 };

/* Drops the tables; all references go outside of the guard. */
static void empty(swio_track *track)
{
    swio_home_lock(track->home);
    swio_session *sessions = track->sessions;
    swio_call *calls = track->calls;
    swio_job *jobs = track->jobs;
    swio_session *failed = swio_failed_take_all(track);
    HASH_CLEAR(hh, track->sessions);
    HASH_CLEAR(hh, track->calls);
    HASH_CLEAR(hh, track->jobs);
    HASH_CLEAR(hh_session, track->jobs_by_session);
    for (swio_call *call = calls; call; call = call->hh.next)
        while (call->legs)
            swio_call_leave(call, call->legs);
    swio_home_unlock(track->home);
    swio_failed_release(failed);
    while (calls) {
        swio_call *next = calls->hh.next;
        swio_call_close(calls);
        swio_call_unref(calls);
        calls = next;
    }
    while (sessions) {
        swio_session *next = sessions->hh.next;
        swio_session_unref(sessions);
        sessions = next;
    }
    while (jobs) {
        swio_job *next = jobs->hh.next;
        swio_job_unref(jobs);
        jobs = next;
    }
}

void swio_track_free(swio_track *track)
{
    if (!track)
        return;
    if (track->home)
        empty(track);
    for (size_t i = 0; i < sizeof track->counts / sizeof track->counts[0]; i++)
        swio_counts_free(track->counts[i]);
    for (size_t i = 0; i < track->app_header_count; i++)
        swio_free(track->app_headers[i]);
    swio_free(track->app_headers);
    swio_free(track->call_header);
    swio_names_unref(track->names);
    swio_history_scratch_free(&track->scratch);
    swio_obj_unref(track->home);
    swio_free(track);
}

static int set_up(swio_track *track, const swio_track_opts *opts)
{
    track->max_failed = opts->max_failed ? opts->max_failed : DEFAULT_MAX;
    track->max_keys = opts->max_keys ? opts->max_keys : DEFAULT_MAX;
    int error = swio_home_new(opts, &track->home);
    for (size_t i = 0; !error && i < sizeof track->counts / sizeof track->counts[0]; i++)
        error = swio_counts_new(track->max_keys, &track->counts[i]);
    if (!error)
        error = swio_names_new(&track->names);
    if (!error)
        error = swio_track_add_app_header(track, SWIO_APP_HEADER);
    if (!error)
        error = swio_track_set_call_header(track, opts->call_header ? opts->call_header
                                                                    : "variable_call_uuid");
    return error;
}

int swio_track_new(const swio_track_opts *opts, swio_track **out)
{
    static const swio_track_opts defaults;
    swio_track *track = swio_calloc(1, sizeof *track);
    if (!track)
        return swio_err_nomem();
    int error = set_up(track, opts ? opts : &defaults);
    if (error) {
        swio_track_free(track);
        return error;
    }
    track->home->released = true;
    *out = track;
    return 0;
}

int swio_track_set_call_header(swio_track *track, const char *name)
{
    char *copy = swio_strdup(name);
    if (!copy)
        return swio_err_nomem();
    swio_free(track->call_header);
    track->call_header = copy;
    return 0;
}

static size_t app_header_at(const swio_track *track, const char *name)
{
    size_t i = 0;
    while (i < track->app_header_count && strcasecmp(track->app_headers[i], name) != 0)
        i++;
    return i;
}

int swio_track_add_app_header(swio_track *track, const char *name)
{
    size_t n = track->app_header_count;
    if (app_header_at(track, name) < n)
        return 0;
    char *copy = swio_strdup(name);
    char **headers = copy ? swio_realloc(track->app_headers, (n + 1) * sizeof(char *)) : NULL;
    if (!headers) {
        swio_free(copy);
        return swio_err_nomem();
    }
    headers[n] = copy;
    track->app_headers = headers;
    track->app_header_count = n + 1;
    return 0;
}

void swio_track_remove_app_header(swio_track *track, const char *name)
{
    size_t i = app_header_at(track, name);
    if (i == 0 || i == track->app_header_count)
        return;
    swio_free(track->app_headers[i]);
    track->app_header_count--;
    memmove(track->app_headers + i, track->app_headers + i + 1,
            (track->app_header_count - i) * sizeof(char *));
}

const char *swio_track_said(const swio_event *event, const char *name)
{
    const char *value = swio_event_get(event, name);
    return value && *value && strcmp(value, "_undef_") != 0 ? value : NULL;
}

const char *swio_track_app_of(const swio_track *track, const swio_event *event, const char **header)
{
    const char *app = NULL;
    for (size_t i = 0; i < track->app_header_count && !app; i++) {
        *header = track->app_headers[i];
        app = swio_track_said(event, *header);
    }
    return app;
}

uint64_t swio_track_count_failed(swio_track *track)
{
    swio_totals totals;
    swio_track_totals(track, &totals);
    return totals.failed;
}

void swio_track_totals(swio_track *track, swio_totals *out)
{
    swio_home_lock(track->home);
    *out = track->totals;
    swio_home_unlock(track->home);
}

int swio_track_counts(swio_track *track, swio_counter which, swio_counts **out)
{
    if ((unsigned)which > SWIO_COUNT_APPS_TOTAL)
        return swio_err(SWIO_EINVAL, "no counter of the number %d", (int)which);
    swio_home_lock(track->home);
    int error = swio_counts_copy(track->counts[which], out);
    swio_home_unlock(track->home);
    return error;
}

void swio_track_reset(swio_track *track)
{
    swio_home_lock(track->home);
    swio_session *failed = swio_failed_take_all(track);
    for (size_t i = 0; i < sizeof track->counts / sizeof track->counts[0]; i++)
        if (i != SWIO_COUNT_APPS)
            swio_counts_clear(track->counts[i]);
    track->totals = (swio_totals){0};
    swio_home_unlock(track->home);
    swio_failed_release(failed);
}

int64_t swio_track_epoch_us(swio_track *track)
{
    swio_home_lock(track->home);
    int64_t epoch = track->first_event_us;
    swio_home_unlock(track->home);
    return epoch;
}

double swio_track_uptime(swio_track *track)
{
    swio_home_lock(track->home);
    int64_t us = track->last_event_us - track->first_event_us;
    swio_home_unlock(track->home);
    return us > 0 ? (double)us / 1e6 : 0;
}

void swio_track_disown(swio_track *track)
{
    swio_home_lock(track->home);
    track->home->owner = NULL;
    swio_home_unlock(track->home);
}
