#include "apps/recorder.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <switchio/apps.h>
#include <switchio/call.h>
#include <switchio/loop.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/client.h"
#include "control/session_send.h"
#include "loop/loop.h"

/* Seconds: for the switch to begin or end a recording; that a recording goes on behind the last
 * clip, at least; and after which a recorded call hangs up even if nobody is left to do it. */
static const double RECORDING = 5, TAIL = 1, ORPHANED = 60;

const char *const swio_recorder_events[] = {"PLAYBACK_STOP", "CHANNEL_EXECUTE_COMPLETE",
                                            "RECORD_START", "RECORD_STOP", NULL};

int swio_recorder_setup(swio_load *load, recorder *r, const char *name, swio_play_fn *play)
{
    const swio_recorded_handler *handler = swio_load_given(load);
    r->name = name;
    r->play = play;
    if (handler)
        r->handler = *handler;
    return 0;
}

void swio_recorder_teardown(void *self)
{
    const recorder *r = self;
    const swio_record_counts *n = &r->counts;
    swio_info("%s: %" PRIu64 " calls played, %" PRIu64 " of them recorded, %" PRIu64 " failed",
              r->name, n->calls, n->recorded, n->failed);
}

void swio_recorder_on_duration(double seconds, void *self)
{
    ((recorder *)self)->duration = seconds;
}

int swio_recorder_answer(swio_session *session, void *self)
{
    const recorder *r = self;
    int error = 0;
    if (!swio_session_is_inbound(session))
        return 0;
    if (r->rtp_timer_name)
        error = swio_session_setvar(session, "rtp_timer_name", r->rtp_timer_name, 0);
    return error ? error : swio_session_answer(session, 0);
}

int64_t swio_recorder_iterations(const recorder *r)
{
    if (r->iterations)
        return r->iterations;
    double fit = floor(r->duration / r->clip_length);
    return fit > 1 ? (int64_t)fit : 1;
}

/* How long a recording goes on behind the last clip: what is left of the duration. */
static double tail(const recorder *r)
{
    double left = r->duration - (double)swio_recorder_iterations(r) * r->clip_length;
    return left > TAIL ? left : TAIL;
}

/* Whether this call is to be recorded. */
static bool due(recorder *r)
{
    uint64_t now = swio_now_ns();
    if (r->last_ns && (double)(now - r->last_ns) < r->rec_period * 1e9)
        return false;
    r->last_ns = now;
    return true;
}

/* *file gets the name by which the switch calls it. */
static int record_leg(const recorder *r, swio_session *leg, const char *side, char **file)
{
    const swio_record_opts opts = {.stereo = r->rec_stereo, .rate = (unsigned)r->rec_rate};
    swio_event *started = NULL;
    swio_buf path = {0};
    swio_buf_printf(&path, "%s/%s_%s.wav", r->rec_dir, side, swio_session_uuid(leg));
    int error = swio_buf_error(&path);
    if (!error)
        error = swio_session_start_record(leg, path.data, &opts, 0);
    if (!error)
        error = swio_session_recv(leg, "RECORD_START", RECORDING, &started);
    swio_buf_free(&path);
    const char *name = started ? swio_event_get(started, "Record-File-Path") : NULL;
    if (!error && !(*file = swio_strdup(name ? name : "")))
        error = swio_err_nomem();
    swio_event_unref(started);
    return error;
}

/*
 * The hang-up that the originator has scheduled would cut the recording: another one, later, is for
 * the case that we are gone by then.
 */
static int begin_recording(played_call *c)
{
    const recorder *r = c->r;
    double length = (double)swio_recorder_iterations(r) * r->clip_length + tail(r);
    int error = swio_session_clear_tasks(c->caller, 0);
    if (!error)
        error = swio_session_sched_hangup(c->caller, length + ORPHANED, NULL, 0);
    if (!error)
        error = record_leg(r, c->callee, "callee", &c->callee_file);
    if (!error)
        error = record_leg(r, c->caller, "caller", &c->caller_file);
    return error;
}

static int stop_leg(swio_session *leg)
{
    int error = swio_session_stop_record(leg, NULL, 0);
    if (!error)
        error = swio_session_recv(leg, "RECORD_STOP", RECORDING, NULL);
    return error ? error : swio_vars_set(swio_session_vars(leg), SWIO_RECORDED, "true");
}

static int end_recording(played_call *c)
{
    int error = swio_sleep(tail(c->r));
    if (!error)
        error = stop_leg(c->callee);
    if (!error)
        error = stop_leg(c->caller);
    if (error)
        return error;
    c->r->counts.recorded++;
    const swio_recording recording = {.host = swio_session_host(c->caller),
                                      .call_uuid = swio_call_uuid(c->call),
                                      .caller = c->caller_file,
                                      .callee = c->callee_file};
    if (c->r->handler.fn)
        c->r->handler.fn(&recording, c->r->handler.arg);
    return 0;
}

static int run(played_call *c)
{
    if (!c->callee)
        return swio_err(SWIO_ENOENT, "its callee is not on this switch, which has to play as well");
    c->recorded = due(c->r);
    int error = c->recorded ? begin_recording(c) : 0;
    if (!error)
        error = c->r->play(c);
    if (!error && c->recorded)
        error = end_recording(c);
    return error;
}

int swio_recorder_run(swio_session *caller, void *self)
{
    if (!swio_session_is_outbound(caller))
        return 0;
    recorder *r = self;
    played_call c = {.r = r, .call = swio_session_call(caller), .caller = caller};
    if (c.call)
        c.callee = swio_call_get_peer(c.call, caller);
    r->counts.calls++;
    int error = run(&c);
    /* That the originator ends a call which is not recorded is no failure: a wait is cancelled by
     * it, or a command finds the channel gone. */
    if (error == SWIO_EAPI && !c.recorded && swio_says_gone(swio_errmsg()))
        error = SWIO_ECANCELED;
    r->counts.failed += error && (c.recorded || error != SWIO_ECANCELED);
    char sentence[SWIO_ERRMSG_MAX];
    snprintf(sentence, sizeof sentence, "%s", swio_errmsg());
    if (!swio_session_hungup(caller))
        swio_session_hangup(caller, NULL, 0);
    swio_session_unref(c.callee);
    swio_call_unref(c.call);
    swio_free(c.caller_file);
    swio_free(c.callee_file);
    return error ? swio_err(error, "%s", sentence) : 0;
}

static void read_counts(void *self, void *out)
{
    *(swio_record_counts *)out = ((const recorder *)self)->counts;
}

int swio_record_count(swio_client *client, const char *id, swio_record_counts *out)
{
    int error = swio_client_visit_app(client, &swio_app_play_rec, id, read_counts, out);
    if (error == SWIO_ENOENT)
        error = swio_client_visit_app(client, &swio_app_muted_play_rec, id, read_counts, out);
    return error;
}
