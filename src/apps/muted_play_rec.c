#include <string.h>

#include "apps/recorder.h"
#include "base/err.h"

/* An application that ends did not play, or plays no more. */
static int check_end(const swio_event *event)
{
    const char *app = swio_event_get(event, "Application");
    const char *response = swio_event_get(event, "Application-Response");
    if (!app || !strstr(app, "playback"))
        return 0;
    return swio_err(SWIO_EAPI, "the clip is not played any more: %s", response ? response : "");
}

/* Until the session has played the clip once. */
static int wait_played(const recorder *r, swio_session *session)
{
    static const char *const names[] = {"PLAYBACK_STOP", "CHANNEL_EXECUTE_COMPLETE"};
    swio_event *events[2] = {NULL, NULL};
    int error;
    bool played;
    do {
        error = swio_session_poll(session, names, 2, r->clip_length + RECORDER_MARGIN,
                                  SWIO_POLL_FIRST, events);
        played = events[0];
        if (!error && !played && events[1])
            error = check_end(events[1]);
        events[0] = swio_event_unref(events[0]);
        events[1] = swio_event_unref(events[1]);
    } while (!error && !played);
    return error;
}

/* Both play the clip all the time, and one of them is muted. Each time round is told by its own
 * PLAYBACK_STOP, which a clip that is repeated by the file parameter `loops` is not. */
static int play(played_call *c)
{
    const recorder *r = c->r;
    swio_session *heard = c->caller, *muted = c->callee;
    int64_t times = swio_recorder_iterations(r);
    int error = swio_session_mute(muted, SWIO_MEDIA_WRITE, 0);
    if (!error)
        error = swio_session_execute(c->callee, "endless_playback", r->clip, 0);
    if (!error)
        error = swio_session_execute(c->caller, "endless_playback", r->clip, 0);
    for (int64_t i = 0; !error && i < times; i++) {
        error = wait_played(r, c->caller);
        if (!error)
            error = swio_session_mute(heard, SWIO_MEDIA_WRITE, 0);
        if (!error && i + 1 < times)
            error = swio_session_unmute(muted, SWIO_MEDIA_WRITE, 0);
        swio_session *next = muted;
        muted = heard;
        heard = next;
    }
    return error;
}

static int setup(swio_load *load, void *self)
{
    return swio_recorder_setup(load, self, "MutedPlayRec", play);
}

static const swio_param params[] = {RECORDER_PARAMS, {0}};

const swio_app swio_app_muted_play_rec = {
    .name = "MutedPlayRec",
    .doc = "As PlayRec, but both sides play all the time, and one of them is muted.",
    .params = params,
    .setup = setup,
    RECORDER_PARTS,
};
