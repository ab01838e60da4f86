/* Background jobs: registered before they leave, ended by an event or by a loss. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "track/model.h"

/* Counts a failure under its text: the first line, without the "-ERR ". */
static void count_failed(swio_track *track, const swio_job *job)
{
    char key[128];
    const char *text = job->result;
    if (strncmp(text, "-ERR ", 5) == 0)
        text += 5;
    snprintf(key, sizeof key, "%.*s", (int)strcspn(text, "\r\n"), text);
    swio_counts_add(track->counts[SWIO_COUNT_FAILED_JOBS], key, 1);
    track->totals.failed_jobs++;
}

/* A job that nobody here launched, to be reported; not in the tables. */
static swio_job *make_untracked(swio_feed *feed, const char *uuid)
{
    const char *command = swio_event_get(feed->event, "Job-Command");
    const char *arg = swio_event_get(feed->event, "Job-Command-Arg");
    swio_buf text = {0};
    swio_buf_printf(&text, "%s%s%s", command ? command : "", arg ? " " : "", arg ? arg : "");
    swio_job *job = NULL;
    if (!text.error)
        job = swio_job_make(feed->track->home, uuid, &(swio_job_opts){.command = text.data});
    swio_buf_free(&text);
    feed->out->what |= SWIO_JOB_UNTRACKED;
    feed->track->totals.untracked_jobs++;
    return job;
}

static void end_job(swio_feed *feed, swio_job *job)
{
    const char *command = swio_event_get(feed->event, "Job-Command");
    size_t len;
    const char *body = swio_event_body(feed->event, &len);
    bool originate = job->sess_uuid || (command && strcmp(command, "originate") == 0);
    swio_job_end(job, body, len, originate);
    feed->out->what |= job->error ? SWIO_JOB_FAILED : SWIO_JOB_COMPLETED;
    if (job->error == SWIO_ENOMEM)
        feed->error = swio_err_nomem();
}

/*
 * The session of an originate and its job find each other here, or, where the uuid was known with
 * the launch, already when the session came. Where the session is gone (DESTROY came first), or
 * never was, the job has nothing to wait for.
 */
void swio_feed_job(swio_feed *feed)
{
    swio_track *track = feed->track;
    const char *uuid = swio_event_get(feed->event, "Job-UUID");
    if (!uuid)
        return;
    swio_job *tracked = swio_track_job_at(track, uuid);
    if (tracked && tracked->state != SWIO_JOB_PENDING)
        return;
    swio_job *job = tracked ? swio_obj_ref(tracked) : make_untracked(feed, uuid);
    if (!job) {
        feed->error = swio_err_nomem();
        return;
    }
    feed->out->job = job;
    end_job(feed, job);
    swio_session *session = job->sess_uuid ? swio_track_session_at(track, job->sess_uuid) : NULL;
    if (session) {
        if (!job->error && !session->job)
            session->job = swio_obj_ref(job);
        swio_feed_say(feed, session);
    }
    if (job->app)
        feed->out->app = job->app;
    if (!tracked)
        return;
    if (job->error)
        count_failed(track, job);
    if (job->error || !session || session->job != job) {
        swio_track_take_job(track, job);
        swio_obj_unref(job); /* not the last: the answer has one */
    }
    feed->ended = swio_obj_ref(job);
}

int swio_track_job_add(swio_track *track, const char *uuid, const swio_job_opts *opts,
                       swio_job **out)
{
    static const swio_job_opts none;
    swio_home_lock(track->home);
    int error = 0;
    swio_job *job = NULL;
    if (swio_track_job_at(track, uuid)) {
        error = swio_err(SWIO_EEXIST, "a job %s is under way already", uuid);
    } else if (!(job = swio_job_make(track->home, uuid, opts ? opts : &none))) {
        error = swio_err_nomem();
    } else if (!swio_track_put_job(track, job)) {
        job->slot = NULL;
        swio_obj_unref(job);
        error = swio_err_nomem();
    } else {
        track->totals.jobs++;
        if (out)
            *out = swio_obj_ref(job);
    }
    swio_home_unlock(track->home);
    return error;
}

/* Fails a job that is under way and takes it out of the tables; its reference is the caller's. */
static void fail(swio_track *track, swio_job *job, int error, const char *sentence)
{
    swio_job_break(job, error, sentence);
    count_failed(track, job);
    swio_track_take_job(track, job);
}

static void tell(const swio_track *track, swio_job *job)
{
    const swio_track_hooks *hooks = &track->home->hooks;
    if (hooks->on_job)
        hooks->on_job(job, hooks->arg);
    swio_job_unref(job);
}

int swio_track_job_fail(swio_track *track, const char *uuid, int error, const char *sentence)
{
    swio_home_lock(track->home);
    swio_job *job = swio_track_job_at(track, uuid);
    if (job && job->state != SWIO_JOB_PENDING)
        job = NULL;
    if (job)
        fail(track, job, error, sentence);
    swio_home_unlock(track->home);
    if (!job)
        return swio_err(SWIO_ENOENT, "no job %s is under way", uuid);
    tell(track, job);
    return 0;
}

size_t swio_track_fail_jobs(swio_track *track, int error, const char *sentence)
{
    swio_job *first = NULL, **last = &first, *job, *next;
    size_t count = 0;
    swio_home_lock(track->home);
    for (job = track->jobs; job; job = next) {
        next = job->hh.next;
        if (job->state != SWIO_JOB_PENDING)
            continue;
        fail(track, job, error, sentence);
        *last = job;
        last = &job->next;
        count++;
    }
    *last = NULL;
    swio_home_unlock(track->home);
    for (job = first; job; job = next) {
        next = job->next;
        tell(track, job);
    }
    return count;
}
