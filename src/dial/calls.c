/* The calls of an originator: placing one, and what its events mean. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/uuid.h"
#include "control/client.h"
#include "dial/dial.h"
#include "track/track.h"

/* Seconds beyond time-out and duration after which a call whose end was not seen is given up. */
enum { GRACE = 30 };

/* Counts the outcome of a call, once. Without a cause it was answered. */
static void settle(swio_dialed *call, const char *cause)
{
    swio_originator *o = call->originator;
    if (call->settled)
        return;
    call->settled = true;
    pthread_mutex_lock(&o->lock);
    o->counts.answered += !cause;
    o->counts.failed += cause != NULL;
    if (cause)
        swio_counts_add(o->causes, cause, 1);
    pthread_mutex_unlock(&o->lock);
}

static void destroy(void *obj)
{
    swio_dialed *call = obj;
    swio_obj_unref(call->originator);
}

static void take_out(swio_dialed *call)
{
    swio_originator *o = call->originator;
    if (!call->listed)
        return;
    call->listed = false;
    HASH_DEL(o->calls, call);
    TAILQ_REMOVE(&o->placed, call, link);
    pthread_mutex_lock(&o->lock);
    o->counts.active--;
    pthread_mutex_unlock(&o->lock);
    swio_obj_unref(call);
}

/* A call is over when no leg of it is up and nothing more can come: the caller's leg ended, or the
 * originate failed without one. */
static void check_over(swio_dialed *call)
{
    swio_originator *o = call->originator;
    bool settled = call->answered ? call->caller_ended : call->job_ended;
    if (!call->listed || call->legs || !settled)
        return;
    take_out(call);
    swio_originator_check_done(o);
}

/* The end of a call will not be seen any more. */
static void lose(swio_dialed *call)
{
    swio_originator *o = call->originator;
    call->settled = true;
    pthread_mutex_lock(&o->lock);
    o->counts.lost++;
    pthread_mutex_unlock(&o->lock);
    take_out(call);
}

/* "USER_BUSY" of "-ERR USER_BUSY". */
static const char *cause_of(const swio_job *job)
{
    const char *words = swio_job_result(job);
    if (swio_job_error(job) != SWIO_EJOB)
        return swio_strerror(swio_job_error(job));
    return strncmp(words, "-ERR ", 5) == 0 ? words + 5 : words;
}

static void on_job_done(swio_job *job, void *arg)
{
    swio_dialed *call = arg;
    int error = swio_job_error(job);
    call->job_ended = true;
    if (call->listed && error == SWIO_ECONN) {
        lose(call);
        swio_originator_check_done(call->originator);
    } else if (call->listed) {
        call->answered = call->answered || !error;
        settle(call, error ? cause_of(job) : NULL);
        check_over(call);
    }
    swio_obj_unref(call);
}

/* When the end of a call is overdue, if it begins (or is answered) now. */
static uint64_t expiry(swio_originator *o, uint64_t now_ns, double more)
{
    return now_ns + (uint64_t)((swio_originator_duration(o) + GRACE + more) * 1e9);
}

static swio_dialed *make(swio_originator *o, swio_node *node, uint64_t now_ns)
{
    swio_dialed *call = swio_obj_new(sizeof *call, destroy);
    if (!call)
        return NULL;
    swio_uuid uuid = swio_uuid_new();
    memcpy(call->uuid, uuid.text, sizeof uuid.text);
    call->originator = swio_obj_ref(o);
    call->node = node;
    double timeout = node->originate->timeout;
    call->expires_ns = expiry(o, now_ns, timeout > 0 ? timeout : 60);
    HASH_ADD_STR(o->calls, uuid, call);
    if (SWIO_HASH_FAILED(call->hh)) {
        swio_obj_unref(call);
        return NULL;
    }
    TAILQ_INSERT_TAIL(&o->placed, call, link);
    call->listed = true;
    return call;
}

int swio_calls_place(swio_originator *o, swio_node *node, uint64_t now_ns)
{
    swio_dialed *call = make(o, node, now_ns);
    if (!call)
        return swio_err_nomem();
    pthread_mutex_lock(&o->lock);
    o->counts.active++;
    pthread_mutex_unlock(&o->lock);

    char seconds[32];
    swio_variable duration = {SWIO_DURATION_FIELD, seconds};
    swio_originate_opts opts = {.uuid = call->uuid, .fields = &duration, .field_count = 1};
    snprintf(seconds, sizeof seconds, "%.0f", ceil(swio_originator_duration(o)));
    swio_job *job = NULL;
    int error = swio_client_originate_by(node->client, node->adapted, &opts, &job);
    if (!error) {
        error = swio_job_on_done(job, on_job_done, swio_obj_ref(call));
        if (error)
            swio_obj_unref(call);
    }
    swio_job_unref(job);
    if (error)
        take_out(call);
    return error;
}

/* The call that a session is a leg of, or NULL. */
static swio_dialed *call_of(swio_originator *o, const swio_session *session)
{
    const char *uuid = swio_session_get(session, SWIO_CALL_HEADER);
    swio_dialed *call = NULL;
    if (!uuid)
        uuid = swio_session_uuid(session);
    HASH_FIND_STR(o->calls, uuid, call);
    return call;
}

static bool is_caller(const swio_dialed *call, const swio_session *session)
{
    return strcmp(call->uuid, swio_session_uuid(session)) == 0;
}

static int on_create(swio_session *session, void *self)
{
    swio_originator *o = self;
    swio_dialed *call = call_of(o, session);
    if (call)
        call->legs++;
    return call && o->hanging_up ? swio_session_hangup(session, NULL, 0) : 0;
}

static int on_answer(swio_session *session, void *self)
{
    swio_originator *o = self;
    swio_dialed *call = call_of(o, session);
    if (!call || !is_caller(call, session))
        return 0;
    call->answered = true;
    call->expires_ns = expiry(o, swio_now_ns(), 0);
    settle(call, NULL);
    if (o->hanging_up)
        return swio_session_hangup(session, NULL, 0);
    return swio_session_sched_hangup(session, swio_originator_duration(o), NULL, 0);
}

static int on_destroy(swio_session *session, void *self)
{
    swio_dialed *call = call_of(self, session);
    if (!call)
        return 0;
    if (call->legs)
        call->legs--;
    if (is_caller(call, session))
        call->caller_ended = true;
    check_over(call);
    return 0;
}

const swio_app swio_originator_hooks = {
    .name = "Originator",
    .doc = "Follow the calls of an originator.",
    .on = {SWIO_CALLBACK("CHANNEL_CREATE", on_create), SWIO_CALLBACK("CHANNEL_ANSWER", on_answer),
           SWIO_CALLBACK("CHANNEL_DESTROY", on_destroy)},
};

void swio_calls_hupall(void *originator)
{
    swio_originator *o = originator;
    o->hanging_up = true;
    for (size_t i = 0; i < o->node_count; i++)
        if (swio_client_hupall(o->nodes[i].client, o->app_id, 0))
            swio_warning("%s", swio_errmsg());
}

void swio_calls_sweep(swio_originator *o, uint64_t now_ns)
{
    swio_dialed *next;
    for (swio_dialed *call = TAILQ_FIRST(&o->placed); call; call = next) {
        next = TAILQ_NEXT(call, link);
        bool overdue = call->expires_ns <= now_ns;
        if (!overdue && swio_listener_running(call->node->listener))
            continue;
        if (overdue)
            swio_warning("%s: the end of the call %s was not seen: it is given up",
                         swio_client_contact(call->node->client), call->uuid);
        lose(call);
    }
    swio_originator_check_done(o);
}

void swio_calls_clear(swio_originator *o)
{
    while (!TAILQ_EMPTY(&o->placed))
        take_out(TAILQ_FIRST(&o->placed));
}
