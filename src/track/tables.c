/* The tables of a model: what is in them, in the order in which it came. */
#include <string.h>

#include "base/err.h"
#include "track/model.h"

swio_session *swio_track_session_at(const swio_track *track, const char *uuid)
{
    swio_session *session;
    HASH_FIND_STR(track->sessions, uuid, session);
    return session;
}

swio_call *swio_track_call_at(const swio_track *track, const char *uuid)
{
    swio_call *call;
    HASH_FIND_STR(track->calls, uuid, call);
    return call;
}

swio_job *swio_track_job_at(const swio_track *track, const char *uuid)
{
    swio_job *job;
    HASH_FIND_STR(track->jobs, uuid, job);
    return job;
}

swio_job *swio_track_job_of_session(const swio_track *track, const char *sess_uuid)
{
    swio_job *job;
    HASH_FIND(hh_session, track->jobs_by_session, sess_uuid, strlen(sess_uuid), job);
    return job;
}

bool swio_track_put_session(swio_track *track, swio_session *session)
{
    HASH_ADD_KEYPTR(hh, track->sessions, session->uuid, strlen(session->uuid), session);
    return !SWIO_HASH_FAILED(session->hh);
}

bool swio_track_put_call(swio_track *track, swio_call *call)
{
    HASH_ADD_KEYPTR(hh, track->calls, call->uuid, strlen(call->uuid), call);
    return !SWIO_HASH_FAILED(call->hh);
}

bool swio_track_put_job(swio_track *track, swio_job *job)
{
    HASH_ADD_KEYPTR(hh, track->jobs, job->uuid, strlen(job->uuid), job);
    if (SWIO_HASH_FAILED(job->hh))
        return false;
    const char *session = job->given_sess_uuid;
    if (!session || swio_track_job_of_session(track, session))
        return true;
    HASH_ADD_KEYPTR(hh_session, track->jobs_by_session, session, strlen(session), job);
    job->by_session = !SWIO_HASH_FAILED(job->hh_session);
    if (!job->by_session) {
        HASH_DELETE(hh, track->jobs, job);
        return false;
    }
    job->starting = !swio_track_session_at(track, session);
    track->starting += job->starting;
    return true;
}

void swio_track_started(swio_track *track, swio_job *job)
{
    track->starting -= job->starting;
    job->starting = false;
}

void swio_track_take_session(swio_track *track, swio_session *session)
{
    HASH_DELETE(hh, track->sessions, session);
}

void swio_track_take_call(swio_track *track, swio_call *call)
{
    HASH_DELETE(hh, track->calls, call);
}

void swio_track_take_job(swio_track *track, swio_job *job)
{
    swio_track_started(track, job);
    HASH_DELETE(hh, track->jobs, job);
    if (job->by_session)
        HASH_DELETE(hh_session, track->jobs_by_session, job);
    job->by_session = false;
}

swio_session *swio_track_find_session(swio_track *track, const char *uuid)
{
    swio_home_lock(track->home);
    swio_session *session = swio_obj_ref(swio_track_session_at(track, uuid));
    swio_home_unlock(track->home);
    return session;
}

swio_call *swio_track_find_call(swio_track *track, const char *uuid)
{
    swio_home_lock(track->home);
    swio_call *call = swio_obj_ref(swio_track_call_at(track, uuid));
    swio_home_unlock(track->home);
    return call;
}

swio_job *swio_track_find_job(swio_track *track, const char *uuid)
{
    swio_home_lock(track->home);
    swio_job *job = swio_obj_ref(swio_track_job_at(track, uuid));
    swio_home_unlock(track->home);
    return job;
}

int swio_track_list_sessions(swio_track *track, swio_session ***out, size_t *count)
{
    swio_home_lock(track->home);
    size_t n = HASH_COUNT(track->sessions), i = 0;
    swio_session **list = swio_calloc(n + 1, sizeof(swio_session *));
    for (swio_session *s = track->sessions; list && s; s = s->hh.next)
        list[i++] = swio_obj_ref(s);
    swio_home_unlock(track->home);
    if (!list)
        return swio_err_nomem();
    *out = list;
    if (count)
        *count = n;
    return 0;
}

int swio_track_list_calls(swio_track *track, swio_call ***out, size_t *count)
{
    swio_home_lock(track->home);
    size_t n = HASH_COUNT(track->calls), i = 0;
    swio_call **list = swio_calloc(n + 1, sizeof(swio_call *));
    for (swio_call *c = track->calls; list && c; c = c->hh.next)
        list[i++] = swio_obj_ref(c);
    swio_home_unlock(track->home);
    if (!list)
        return swio_err_nomem();
    *out = list;
    if (count)
        *count = n;
    return 0;
}

int swio_track_list_jobs(swio_track *track, swio_job ***out, size_t *count)
{
    swio_home_lock(track->home);
    size_t n = HASH_COUNT(track->jobs), i = 0;
    swio_job **list = swio_calloc(n + 1, sizeof(swio_job *));
    for (swio_job *j = track->jobs; list && j; j = j->hh.next)
        list[i++] = swio_obj_ref(j);
    swio_home_unlock(track->home);
    if (!list)
        return swio_err_nomem();
    *out = list;
    if (count)
        *count = n;
    return 0;
}

size_t swio_track_count_sessions(swio_track *track)
{
    swio_home_lock(track->home);
    size_t n = HASH_COUNT(track->sessions);
    swio_home_unlock(track->home);
    return n;
}

size_t swio_track_count_calls(swio_track *track)
{
    swio_home_lock(track->home);
    size_t n = HASH_COUNT(track->calls);
    swio_home_unlock(track->home);
    return n;
}

size_t swio_track_count_jobs(swio_track *track)
{
    swio_home_lock(track->home);
    size_t n = HASH_COUNT(track->jobs);
    swio_home_unlock(track->home);
    return n;
}

size_t swio_track_count_active(swio_track *track)
{
    swio_home_lock(track->home);
    size_t n = HASH_COUNT(track->calls) + track->starting;
    swio_home_unlock(track->home);
    return n;
}
