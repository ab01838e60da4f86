/* The calls of an originator that were placed: what their events mean. */
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "control/client.h"
#include "dial/dial.h"
#include "track/track.h"

/* For so long the record of a call that has ended waits for the leg of its callee, and then for the
 * end of that. */
static const uint64_t CALLEE_COMES_NS = 1000000000, CALLEE_ENDS_NS = 5000000000;

/* Calls that one sweep looks at, so that no arrival waits for long. */
enum { SWEPT = 1000 };

/*
 * With so long between two sweeps the loop was held up, or the process stopped (Ctrl-Z): ends that
 * were told meanwhile are still to be read, for which there is so much time before a call is
 * overdue.
 */
static const uint64_t AWAY_NS = 1000000000, CATCH_UP_NS = 5000000000;

/* Counts the outcome of a call, once. Without a cause it was answered. */
static void settle(swio_dialed *call, const char *cause)
{
    swio_originator *o = call->originator;
    if (call->settled)
        return;
    call->settled = true;
    call->cdr.outcome = cause ? SWIO_OUTCOME_FAILED : SWIO_OUTCOME_ANSWERED;
    swio_record_text(call->cdr.cause, sizeof call->cdr.cause, cause ? cause : "");
    pthread_mutex_lock(&o->lock);
    if (call->run == o->run) {
        o->counts.answered += !cause;
        o->counts.failed += cause != NULL;
        call->node->answered += !cause;
        call->node->failed += cause != NULL;
        if (cause)
            swio_counts_add(o->causes, cause, 1);
    }
    pthread_mutex_unlock(&o->lock);
}

/* It counts no longer. */
static void end(swio_dialed *call)
{
    swio_originator *o = call->originator;
    call->ended = true;
    swio_timer_stop(&call->timer);
    if (o->swept == call)
        o->swept = TAILQ_NEXT(call, link);
    TAILQ_REMOVE(&o->placed, call, link);
    pthread_mutex_lock(&o->lock);
    o->counts.active--;
    call->node->active--;
    pthread_mutex_unlock(&o->lock);
    int64_t now_us = swio_record_time(o, swio_now_ns()), launch_us = call->cdr.launch_us;
    call->cdr.end_us = now_us > launch_us ? now_us : launch_us; /* where it was made ahead */
    swio_record_end(o, &call->cdr);
}

/* Out of the table, and its record out of the house. */
static void let_go(swio_dialed *call)
{
    call->listed = false;
    HASH_DEL(call->originator->calls, call);
    swio_record_give(call->originator, &call->cdr);
    swio_obj_unref(call);
}

static void take_out(swio_dialed *call)
{
    if (!call->listed || call->ended)
        return;
    end(call);
    let_go(call);
}

void swio_calls_fail(swio_dialed *call, const char *cause)
{
    settle(call, cause);
    take_out(call);
}

/*
 * Of a call that has ended the leg of the callee may be on another switch, and not be heard of yet:
 * each switch has a connection of its own. Its record waits for that, and then for the end of it.
 */
static bool misses_callee(const swio_dialed *call)
{
    return call->originator->node_count > 1 && !*call->cdr.callee.uuid;
}

static void wait_for_callee(swio_dialed *call, uint64_t for_ns)
{
    call->expires_ns = swio_now_ns() + for_ns;
}

static void stop_waiting(swio_dialed *call)
{
    TAILQ_REMOVE(&call->originator->ended, call, link);
    let_go(call);
}

static bool is_up(const swio_dialed *call)
{
    return call->listed && !call->ended;
}

/* A call is over when no leg of it is up and nothing more can come: the caller's leg ended, or the
 * originate failed without one. */
static void check_over(swio_dialed *call)
{
    swio_originator *o = call->originator;
    bool answered = call->cdr.outcome == SWIO_OUTCOME_ANSWERED;
    if (!is_up(call) || call->legs || !(answered ? call->caller_ended : call->job_ended))
        return;
    if (misses_callee(call)) {
        end(call);
        TAILQ_INSERT_TAIL(&o->ended, call, link);
        wait_for_callee(call, CALLEE_COMES_NS);
    } else {
        take_out(call);
    }
    swio_originator_check_done(o);
}

/* The callee's leg, of which was not heard before the call had ended, has ended as well. */
static void end_late(swio_dialed *call)
{
    swio_originator *o = call->originator;
    if (call->legs)
        return;
    call->cdr.end_us = swio_record_time(o, swio_now_ns());
    stop_waiting(call);
    swio_originator_check_done(o);
}

/* The end of a call will not be seen any more. */
static void lose(swio_dialed *call)
{
    swio_originator *o = call->originator;
    bool answered = call->cdr.outcome == SWIO_OUTCOME_ANSWERED;
    pthread_mutex_lock(&o->lock);
    if (call->run == o->run && (answered || !call->settled)) {
        o->counts.answered -= answered;
        o->counts.lost++;
        call->node->answered -= answered;
        call->node->lost++;
    }
    pthread_mutex_unlock(&o->lock);
    call->settled = true;
    if (call->cdr.outcome != SWIO_OUTCOME_FAILED)
        call->cdr.outcome = SWIO_OUTCOME_LOST;
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

/* A reply that is late tells nothing: the call may come all the same, and its legs say what became
 * of it. Where none is seen soon, it is lost. */
static void wait_for_legs(swio_dialed *call)
{
    uint64_t soon = swio_now_ns() + SWIO_CALL_GRACE * (uint64_t)1000000000;
    if (!call->legs && soon < call->expires_ns)
        call->expires_ns = soon;
}

/*
 * The originate of a call that has not left fails: with its connection, then another takes it; or
 * for want of a reply, where the switch takes no bytes, then it counts from now.
 */
static void on_unsent(swio_dialed *call, int error)
{
    if (error == SWIO_ETIMEOUT)
        swio_calls_place(call, swio_now_ns());
    else
        swio_arrivals_recall(call->originator);
}

void swio_calls_job_done(swio_job *job, void *arg)
{
    swio_dialed *call = arg;
    int error = swio_job_error(job);
    if (call->listed && !swio_calls_note(call))
        on_unsent(call, error);
    call->job_ended = true;
    if (is_up(call) && (error == SWIO_ECONN || error == SWIO_ECANCELED)) {
        lose(call);
        swio_originator_check_done(call->originator);
    } else if (is_up(call) && error == SWIO_ETIMEOUT && !call->caller_ended) {
        wait_for_legs(call);
    } else if (is_up(call)) {
        settle(call, error ? cause_of(job) : NULL);
        check_over(call);
    }
    swio_obj_unref(call);
}

/* The call that a session is a leg of, or NULL. */
static swio_dialed *call_of(swio_originator *o, const swio_session *session)
{
    const char *uuid = swio_session_get(session, SWIO_CALL_HEADER);
    swio_dialed *call = NULL;
    if (!uuid)
        uuid = swio_session_uuid(session);
    HASH_FIND_STR(o->calls, uuid, call);
    if (call)
        swio_calls_note(call);
    return call;
}

static bool is_caller(const swio_dialed *call, const swio_session *session)
{
    return strcmp(call->uuid, swio_session_uuid(session)) == 0;
}

/* Where the record of this leg stands. Of several that were called it keeps the one that began
 * last, the far end: NULL for the others. */
static swio_cdr_leg *leg_of(swio_dialed *call, const swio_session *session)
{
    if (is_caller(call, session))
        return &call->cdr.caller;
    bool last = strcmp(call->cdr.callee.uuid, swio_session_uuid(session)) == 0;
    return last ? &call->cdr.callee : NULL;
}

static int on_create(swio_session *session, void *self)
{
    swio_node *node = self;
    swio_originator *o = node->originator;
    swio_dialed *call = call_of(o, session);
    if (!call)
        return 0;
    bool caller = is_caller(call, session);
    swio_cdr_leg *leg = caller ? &call->cdr.caller : &call->cdr.callee;
    *leg = (swio_cdr_leg){.mos = NAN, .jitter_ms = NAN, .packet_loss = NAN};
    leg->create_us = swio_session_time_us(session, SWIO_TIME_CREATE);
    swio_record_text(leg->uuid, sizeof leg->uuid, swio_session_uuid(session));
    if (!caller) {
        call->callee_node = node;
        call->callee_losses = swio_listener_losses(node->listener);
    }
    call->legs++;
    if (call->ended)
        wait_for_callee(call, CALLEE_ENDS_NS);
    return o->hanging_up ? swio_session_hangup(session, NULL, 0) : 0;
}

static int on_originate(swio_session *session, void *self)
{
    swio_originator *o = ((swio_node *)self)->originator;
    swio_dialed *call = call_of(o, session);
    if (!call || !is_caller(call, session))
        return 0;
    call->cdr.req_originate_us = swio_record_time(o, swio_now_ns());
    call->cdr.originate_us = swio_session_time_us(session, SWIO_TIME_ORIGINATE);
    if (!swio_session_answered(session))
        swio_ringing_begin(call);
    return 0;
}

/* Should it fail, the switch hangs up a little later. */
static void hang_up(void *arg)
{
    swio_dialed *call = arg;
    swio_session *session = swio_listener_session(call->node->listener, call->uuid);
    if (session && swio_session_hangup(session, NULL, 0))
        swio_debug("%s: hanging up after the duration: %s", call->node->contact, swio_errmsg());
    swio_session_unref(session);
}

/* What the switch was told with the originate is taken back where the duration is another by now:
 * of two schedules the earlier one would hang up. */
static int tell_duration(const swio_dialed *call, swio_session *session)
{
    double seconds = swio_calls_seconds_for_switch(call->originator);
    bool other =
        call->node->ends_answered && (seconds < call->told_seconds || seconds > call->told_seconds);
    int error = other ? swio_session_clear_tasks(session, 0) : 0;
    return error ? error : swio_session_sched_hangup(session, seconds, NULL, 0);
}

static int on_answer(swio_session *session, void *self)
{
    swio_originator *o = ((swio_node *)self)->originator;
    swio_dialed *call = call_of(o, session);
    swio_cdr_leg *leg = call ? leg_of(call, session) : NULL;
    if (leg)
        leg->answer_us = swio_session_time_us(session, SWIO_TIME_ANSWER);
    if (!call || leg != &call->cdr.caller)
        return 0;
    uint64_t now = swio_now_ns();
    call->cdr.answer_seen_us = swio_record_time(o, now);
    call->expires_ns = swio_calls_expiry(o, now, 0);
    settle(call, NULL);
    if (o->on_answer)
        o->on_answer(&call->cdr, o->arg);
    swio_ringing_end(call, session);
    if (o->hanging_up)
        return swio_session_hangup(session, NULL, 0);
    int error = tell_duration(call, session);
    uint64_t due = now + (uint64_t)(swio_originator_duration(o) * 1e9);
    if (!error && swio_calls_hang_up_here(o))
        error = swio_timer_start(o->loop, &call->timer, due, hang_up, call);
    return error;
}

static int on_destroy(swio_session *session, void *self)
{
    swio_dialed *call = call_of(((swio_node *)self)->originator, session);
    if (!call)
        return 0;
    swio_cdr_leg *leg = leg_of(call, session);
    if (leg)
        swio_record_leg(leg, session);
    if (call->legs)
        call->legs--;
    if (is_caller(call, session)) {
        call->caller_ended = true;
        if (call->job_ended) /* without a word of how, else it is settled */
            settle(call, swio_session_cause(session));
    }
    if (call->ended)
        end_late(call);
    else
        check_over(call);
    return 0;
}

const swio_app swio_originator_hooks = {
    .name = "Originator",
    .doc = "Follow the calls of an originator.",
    .on = {SWIO_CALLBACK("CHANNEL_CREATE", on_create),
           SWIO_CALLBACK("CHANNEL_ORIGINATE", on_originate),
           SWIO_CALLBACK("CHANNEL_ANSWER", on_answer),
           SWIO_CALLBACK("CHANNEL_DESTROY", on_destroy)},
};

void swio_calls_hupall(void *originator)
{
    swio_originator *o = originator;
    o->hanging_up = true;
    for (size_t i = 0; i < o->node_count; i++)
        for (size_t a = 0; a < o->app_count; a++)
            if (swio_client_hupall(o->nodes[i].client, o->apps[a]->id, 0))
                swio_warning("%s", swio_errmsg());
}

void swio_calls_hard_hupall(void *originator)
{
    swio_originator *o = originator;
    o->hanging_up = true;
    for (size_t i = 0; i < o->node_count; i++)
        if (swio_client_hupall(o->nodes[i].client, NULL, 0))
            swio_warning("%s", swio_errmsg());
}

/* And has been since. */
static bool is_there(const swio_node *node, size_t losses)
{
    return swio_listener_running(node->listener) && swio_listener_losses(node->listener) == losses;
}

/* Whether what becomes of the call is heard of. */
static bool is_followed(const swio_dialed *call)
{
    return is_there(call->node, call->node_losses) &&
           (!call->callee_node || is_there(call->callee_node, call->callee_losses));
}

static bool is_catching_up(swio_originator *o, uint64_t now_ns)
{
    if (now_ns > o->sweep_ns + AWAY_NS)
        o->caught_up_ns = now_ns + CATCH_UP_NS;
    o->sweep_ns = now_ns;
    return now_ns < o->caught_up_ns;
}

void swio_calls_sweep(swio_originator *o, uint64_t now_ns)
{
    bool catching_up = is_catching_up(o, now_ns);
    if (!o->swept)
        o->swept = TAILQ_FIRST(&o->placed);
    for (int n = 0; o->swept && n < SWEPT; n++) {
        swio_dialed *call = o->swept;
        o->swept = TAILQ_NEXT(call, link);
        bool overdue = call->expires_ns <= now_ns && !catching_up;
        if (!overdue && is_followed(call))
            continue;
        if (overdue)
            swio_warning("%s: the end of the call %s was not seen: it is given up",
                         call->node->contact, call->uuid);
        lose(call);
    }
    swio_dialed *call, *next;
    for (call = TAILQ_FIRST(&o->ended); call; call = next) {
        next = TAILQ_NEXT(call, link);
        if (call->expires_ns <= now_ns && !catching_up)
            stop_waiting(call);
    }
    swio_originator_check_done(o);
}

void swio_calls_clear(swio_originator *o)
{
    while (!TAILQ_EMPTY(&o->placed))
        lose(TAILQ_FIRST(&o->placed));
    while (!TAILQ_EMPTY(&o->ended))
        stop_waiting(TAILQ_FIRST(&o->ended));
}
