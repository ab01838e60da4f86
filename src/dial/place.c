/* The calls of an originator until they have left: made ahead of their time, placed, or taken back.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/uuid.h"
#include "control/client.h"
#include "dial/dial.h"

/* Seconds after the duration in which the switch hangs up by itself where the dialer does it: it
 * does so at whole ones of its clock, up to one too early. */
enum { SPARE = 1 };

static void destroy(void *obj)
{
    swio_dialed *call = obj;
    swio_obj_unref(call->shot);
    swio_obj_unref(call->originator);
}

/* The run's view of a call that was placed, or tried. */
static void count_offered(swio_originator *o, swio_dial_app *app, swio_node *node, uint64_t when_ns,
                          double late)
{
    if (!o->first_ns)
        o->first_ns = when_ns;
    if (o->last_ns < when_ns)
        o->last_ns = when_ns;
    pthread_mutex_lock(&o->lock);
    swio_originator_counts *c = &o->counts;
    c->offered++;
    c->active++;
    c->late += late > SWIO_LATE_SECONDS;
    app->offered++;
    node->offered++;
    node->active++;
    if (c->lateness < late)
        c->lateness = late;
    if (o->last_ns > o->first_ns)
        c->rate = (double)(c->offered - 1) / ((double)(o->last_ns - o->first_ns) / 1e9);
    pthread_mutex_unlock(&o->lock);
}

static void leave_ahead(swio_dialed *call)
{
    swio_originator *o = call->originator;
    call->shot = swio_obj_unref(call->shot);
    TAILQ_REMOVE(&o->ahead, call, link);
    o->ahead_count--;
}

void swio_calls_place(swio_dialed *call, uint64_t when_ns)
{
    swio_originator *o = call->originator;
    leave_ahead(call);
    swio_arrivals_pass(o);
    TAILQ_INSERT_TAIL(&o->placed, call, link);
    call->cdr.launch_us = swio_record_time(o, when_ns);
    count_offered(o, o->apps[call->app], call->node, when_ns,
                  (double)(call->cdr.launch_us - call->cdr.due_us) / 1e6);
}

bool swio_calls_note(swio_dialed *call)
{
    uint64_t sent_ns = call->shot ? atomic_load(&call->shot->sent_ns) : 0;
    if (sent_ns)
        swio_calls_place(call, sent_ns);
    return !call->shot;
}

void swio_calls_unmake(swio_dialed *call)
{
    leave_ahead(call);
    call->listed = false;
    HASH_DEL(call->originator->calls, call);
    swio_obj_unref(call);
}

uint64_t swio_calls_expiry(swio_originator *o, uint64_t now_ns, double more)
{
    return now_ns + (uint64_t)((swio_originator_duration(o) + SWIO_CALL_GRACE + more) * 1e9);
}

/* NULL without memory: nothing was counted then. */
static swio_dialed *make(swio_originator *o, size_t app, swio_node *node, const swio_cdr *cdr,
                         uint64_t due_ns)
{
    swio_dialed *call = swio_obj_new(sizeof *call, destroy);
    if (!call)
        return NULL;
    swio_uuid uuid = swio_uuid_new();
    memcpy(call->uuid, uuid.text, sizeof uuid.text);
    call->originator = swio_obj_ref(o);
    call->app = app;
    call->node = node;
    call->node_losses = swio_listener_losses(node->listener);
    call->run = o->run;
    call->cdr = *cdr;
    call->due_ns = due_ns;
    call->shot = swio_shot_new(due_ns, o);
    double timeout = node->originate->timeout;
    call->expires_ns = swio_calls_expiry(o, due_ns, timeout > 0 ? timeout : 60);
    if (call->shot)
        HASH_ADD_STR(o->calls, uuid, call);
    if (!call->shot || SWIO_HASH_FAILED(call->hh)) {
        swio_obj_unref(call);
        return NULL;
    }
    TAILQ_INSERT_TAIL(&o->ahead, call, link);
    o->ahead_count++;
    call->listed = true;
    return call;
}

bool swio_calls_hang_up_here(const swio_originator *o)
{
    return o->arrivals == SWIO_ARRIVALS_POISSON;
}

double swio_calls_seconds_for_switch(swio_originator *o)
{
    return ceil(swio_originator_duration(o)) + (swio_calls_hang_up_here(o) ? SPARE : 0);
}

static int send_originate(swio_dialed *call, size_t node)
{
    swio_originator *o = call->originator;
    char seconds[32], number[32], ringing[32], group[SWIO_GROUP];
    swio_variable fields[SWIO_OWN_FIELDS + SWIO_ORIGINATOR_FIELDS] = {
        {SWIO_DURATION_FIELD, seconds},
        {SWIO_NUMBER_FIELD, number},
        {SWIO_RINGING_FIELD, ringing},
        {SWIO_GROUP_FIELD, group}};
    call->told_seconds = swio_calls_seconds_for_switch(o);
    call->ring_seconds = swio_ringing_seconds(o, call->node);
    swio_ringing_group(call, group);
    snprintf(seconds, sizeof seconds, "%.0f", call->told_seconds);
    snprintf(ringing, sizeof ringing, "%.0f", call->ring_seconds);
    snprintf(number, sizeof number, "%llu", (unsigned long long)call->cdr.number);
    swio_originate_opts opts = {.uuid = call->uuid,
                                .app_id = o->apps[call->app]->id,
                                .fields = fields,
                                .field_count = SWIO_OWN_FIELDS};
    if (o->fields)
        opts.field_count += o->fields(call->cdr.number, fields + SWIO_OWN_FIELDS, o->arg);
    swio_job *job = NULL;
    int error = swio_client_originate_by(call->node->client, o->apps[call->app]->on[node].adapted,
                                         &opts, call->shot, &job);
    if (!error) {
        error = swio_job_on_done(job, swio_calls_job_done, swio_obj_ref(call));
        if (error)
            swio_obj_unref(call);
    }
    swio_job_unref(job);
    return error;
}

/* What cannot be placed ahead of its time counts as tried then. */
static uint64_t tried_at(uint64_t due_ns)
{
    uint64_t now = swio_now_ns();
    return now > due_ns ? now : due_ns;
}

/* An arrival that cannot even be remembered: it counts as a failed call all the same, so that the
 * books stay even. */
static void fail_unmade(swio_originator *o, swio_dial_app *app, swio_node *node, uint64_t due_ns,
                        swio_cdr *cdr)
{
    uint64_t when = tried_at(due_ns);
    swio_arrivals_pass(o);
    cdr->launch_us = cdr->end_us = swio_record_time(o, when);
    count_offered(o, app, node, when, (double)(cdr->launch_us - cdr->due_us) / 1e6);
    pthread_mutex_lock(&o->lock);
    o->counts.failed++;
    o->counts.active--;
    node->active--;
    node->failed++;
    swio_counts_add(o->causes, swio_strerror(SWIO_ENOMEM), 1);
    pthread_mutex_unlock(&o->lock);
    cdr->outcome = SWIO_OUTCOME_FAILED;
    swio_record_text(cdr->cause, sizeof cdr->cause, swio_strerror(SWIO_ENOMEM));
    swio_record_finish(o, cdr);
}

void swio_calls_make(swio_originator *o, size_t app, size_t node, uint64_t due_ns,
                     const swio_cdr *cdr)
{
    swio_node *n = &o->nodes[node];
    swio_cdr arrival = *cdr;
    swio_record_text(arrival.app, sizeof arrival.app, o->apps[app]->name);
    swio_record_text(arrival.node, sizeof arrival.node, n->contact);
    swio_dialed *call = make(o, app, n, &arrival, due_ns);
    int error = call ? send_originate(call, node) : swio_err_nomem();
    if (!error)
        return;
    swio_warning("a call was not placed: %s", swio_errmsg());
    if (call) {
        swio_calls_place(call, tried_at(due_ns));
        swio_calls_fail(call, swio_strerror(error));
    } else {
        fail_unmade(o, o->apps[app], n, due_ns, &arrival);
    }
}
