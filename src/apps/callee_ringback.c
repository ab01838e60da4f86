#include <string.h>
#include <switchio/apps.h>

#include "apps/media.h"

typedef struct ringback {
    const char *ring_response;
    const char *ringback;
    double callee_hup_after;
    double caller_hup_after;
    const char *rtp_timer_name;
    double duration; /* of the originator, 0 without one */
} ringback;

static const swio_param params[] = {
    SWIO_PARAM(CHOICE, ringback, ring_response, .standard = "ring_ready",
               .choices = "ring_ready|pre_answer",
               .help = "how the callee rings: 180 without, or 183 with early media"),
    SWIO_PARAM(STRING, ringback, ringback, .standard = "tone_stream://%(2000, 4000, 440, 480)",
               .help = "what the callee plays meanwhile, as early media; empty: nothing"),
    SWIO_PARAM(SECONDS, ringback, callee_hup_after,
               .help = "after which the callee hangs up; 0: the duration of the originator"),
    SWIO_PARAM(SECONDS, ringback, caller_hup_after, .standard = "2",
               .help = "after which the caller hangs up; 0: it leaves that to the callee"),
    MEDIA_TIMER_PARAM(ringback),
    {0},
};

static int ring(swio_session *session, const ringback *r)
{
    double after = r->callee_hup_after > 0 ? r->callee_hup_after : r->duration;
    int error = swio_session_broadcast(session, r->ring_response, NULL, NULL, 0);
    if (!error && r->ringback)
        error = swio_session_playback(session, r->ringback, NULL, 0);
    if (!error && after > 0)
        error = swio_session_sched_hangup(session, after, NULL, 0);
    return error;
}

/* The caller gives up, counted from the first sign of ringing: 180 makes it RINGING, 183 EARLY. */
static int give_up(swio_session *session, const ringback *r)
{
    static const char once[] = "ringback_gives_up";
    swio_vars *vars = swio_session_vars(session);
    if (!(r->caller_hup_after > 0) || swio_vars_has(vars, once))
        return 0;
    int error = swio_vars_set(vars, once, "true");
    return error ? error : swio_session_sched_hangup(session, r->caller_hup_after, NULL, 0);
}

static int on_state(swio_session *session, void *self)
{
    const char *state = swio_session_get(session, "Channel-Call-State");
    bool ringing = state && strcmp(state, "RINGING") == 0;
    bool early = state && strcmp(state, "EARLY") == 0;
    if (swio_session_is_inbound(session))
        return ringing ? ring(session, self) : 0;
    return ringing || early ? give_up(session, self) : 0;
}

static void on_duration(double seconds, void *self)
{
    ((ringback *)self)->duration = seconds;
}

const swio_app swio_app_callee_ringback = {
    .name = "CalleeRingback",
    .doc = "The callee rings, with early media, and never answers.",
    .on = {SWIO_CALLBACK("CHANNEL_CALLSTATE", on_state)},
    .params = params,
    .state_size = sizeof(ringback),
    .on_duration = on_duration,
};
