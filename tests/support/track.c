#include "support/track.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/events.h"

unsigned model_slots_freed;

static void must(bool right, const char *what)
{
    if (!right) {
        fprintf(stderr, "model: %s\n", what);
        abort();
    }
}

static void lock(void *arg)
{
    model *m = arg;
    must(!m->locked, "the guard is taken twice");
    m->locked = true;
}

static void unlock(void *arg)
{
    model *m = arg;
    must(m->locked, "the guard is given back untaken");
    m->locked = false;
}

static void release(void *arg)
{
    model *m = arg;
    must(!m->locked, "the guard is released while it is held");
    m->released = true;
}

static void on_job(swio_job *job, void *arg)
{
    model *m = arg;
    must(!m->locked, "on_job is called with the guard held");
    must(swio_job_ready(job), "on_job is called for a job that has not ended");
    m->jobs_ended++;
    swio_job_unref(m->last_job);
    m->last_job = swio_job_ref(job);
}

static void on_var(swio_session *session, const char *key, void *arg)
{
    model *m = arg;
    must(!m->locked, "on_var is called with the guard held");
    must(session && key, "on_var is called without a session or key");
    m->vars_set++;
}

static void free_slot(void *slot)
{
    free(slot);
    model_slots_freed++;
}

void model_open(model *m, const swio_track_opts *opts)
{
    swio_track_opts all = opts ? *opts : (swio_track_opts){0};
    *m = (model){0};
    all.guard = (swio_guard){lock, unlock, release, m};
    all.hooks = (swio_track_hooks){on_job, on_var, free_slot, m};
    must(swio_track_new(&all, &m->track) == 0, "no memory");
}

void model_close(model *m)
{
    swio_track_free(m->track);
    swio_job_unref(m->last_job);
    must(m->released, "something of the model is still held");
}

unsigned model_feed(model *m, swio_event *event)
{
    swio_change change = {0};
    must(swio_track_feed(m->track, event, 1, &change) == 0, "an event failed");
    unsigned what = change.what;
    swio_change_clear(&change);
    swio_event_unref(event);
    return what;
}

swio_event *channel_event(const char *name, const char *uuid, int second, const char *header,
                          const char *value)
{
    char time[32];
    snprintf(time, sizeof time, "%d000000", second);
    return event_of("Event-Name", name, "Unique-ID", uuid, "Event-Date-Timestamp", time, header,
                    value, NULL);
}
