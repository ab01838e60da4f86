#include "control/entries.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "loop/coroutine.h"
#include "track/track.h"

struct swio_running_coroutine {
    TAILQ_ENTRY(swio_running_coroutine) of_app;
    TAILQ_ENTRY(swio_running_coroutine) of_session;
    swio_load *load; /* a reference, as the session */
    swio_session *session;
    const swio_app_entry *entry;
    swio_coroutine *co; /* while it runs */
    bool bound;         /* in the list of its session */
};

/* ---- ends ---- */

typedef struct farewell {
    swio_completion *ended;
} farewell;

static void say_farewell(void *obj)
{
    farewell *f = obj;
    swio_completion_set(f->ended, 0, NULL, NULL);
    swio_obj_unref(f->ended);
}

void *swio_farewell_new(swio_completion *ended)
{
    farewell *f = swio_obj_new(sizeof *f, say_farewell);
    if (f)
        f->ended = swio_obj_ref(ended);
    return f;
}

/* ---- failures ---- */

/* An entry returned an error. */
static void say_failure(const swio_load *load, const swio_app_entry *entry,
                        const swio_session *session, const swio_job *job, int error)
{
    const char *what = session ? "session" : "job";
    const char *uuid = session ? swio_session_uuid(session) : job ? swio_job_uuid(job) : NULL;
    const char *words = *swio_errmsg() ? swio_errmsg() : swio_strerror(error);
    char whose[128] = "";
    if (uuid)
        snprintf(whose, sizeof whose, " of the %s %s", what, uuid);
    swio_log(error == SWIO_ECANCELED ? SWIO_LOG_DEBUG : SWIO_LOG_ERROR,
             "the app %s (%s) failed on %s%s: %s", load->app->name, load->id, entry->event, whose,
             words);
}

/* ---- coroutines ---- */

static void coroutine(void *arg)
{
    swio_running_coroutine *running = arg;
    running->co = swio_coroutine_current();
    swio_err_clear(); /* so that no failure is told with the words of an older one */
    int error = running->entry->session(running->session, running->load->self);
    if (error)
        say_failure(running->load, running->entry, running->session, NULL, error);
    running->co = NULL;
}

static void coroutine_ended(void *arg)
{
    swio_running_coroutine *running = arg;
    TAILQ_REMOVE(&running->load->coroutines, running, of_app);
    if (running->bound) {
        swio_session_extra *extra = swio_session_slot(running->session);
        TAILQ_REMOVE(&extra->coroutines, running, of_session);
    }
    swio_session_unref(running->session);
    swio_obj_unref(running->load);
    swio_free(running);
}

/* What begins with the end of the session is not cut short by it. */
static int bind(swio_running_coroutine *running, swio_waits *waits)
{
    if (swio_session_ended(running->session))
        return 0;
    swio_session_extra *extra = swio_session_extra_of(waits, running->session);
    if (!extra)
        return swio_err_nomem();
    TAILQ_INSERT_TAIL(&extra->coroutines, running, of_session);
    running->bound = true;
    return 0;
}

static int start(swio_load *load, const swio_app_entry *entry, const swio_occasion *o)
{
    swio_running_coroutine *running = swio_malloc(sizeof *running);
    if (!running)
        return swio_err_nomem();
    *running = (swio_running_coroutine){
        .load = swio_obj_ref(load),
        .session = swio_session_ref(o->session),
        .entry = entry,
    };
    TAILQ_INSERT_TAIL(&load->coroutines, running, of_app);
    int error = bind(running, o->waits);
    if (!error)
        error = swio_coroutine_start(o->loop, coroutine, running, coroutine_ended, running, NULL);
    if (error)
        coroutine_ended(running);
    return error;
}

static void cancel(swio_running_coroutine *running, const char *sentence)
{
    if (running->co)
        swio_coroutine_cancel(running->co, sentence);
}

void swio_load_cancel(swio_load *load)
{
    char sentence[128];
    snprintf(sentence, sizeof sentence, "the app %s was unloaded", load->app->name);
    swio_running_coroutine *running;
    TAILQ_FOREACH (running, &load->coroutines, of_app)
        cancel(running, sentence);
}

void swio_session_cancel_coroutines(swio_session *session, const char *sentence)
{
    swio_session_extra *extra = swio_session_slot(session);
    swio_running_coroutine *running;
    if (!extra)
        return;
    TAILQ_FOREACH (running, &extra->coroutines, of_session)
        cancel(running, sentence);
}

/* ---- entries ---- */

static int run_entry(swio_load *load, const swio_app_entry *entry, const swio_occasion *o)
{
    switch (entry->kind) {
    case SWIO_APP_CALLBACK:
        return entry->session(o->session, load->self);
    case SWIO_APP_COROUTINE:
        return start(load, entry, o);
    case SWIO_APP_JOB:
        return entry->job(o->job, load->self);
    case SWIO_APP_HANDLER:
        return entry->handler(o->event, load->self);
    case SWIO_APP_END:
        break;
    }
    return 0;
}

void swio_load_run(swio_load *load, const swio_occasion *o)
{
    for (size_t i = 0; i < SWIO_APP_ENTRIES && load->app->on[i].kind != SWIO_APP_END; i++) {
        const swio_app_entry *entry = &load->app->on[i];
        if (load->where != SWIO_LOAD_LIVE || entry->kind != o->kind ||
            strcmp(entry->event, o->key) != 0)
            continue;
        swio_err_clear();
        int error = run_entry(load, entry, o);
        if (error)
            say_failure(load, entry, o->session, o->job, error);
    }
}
