#include <switchio/apps.h>

#include "apps/media.h"

typedef struct tone_play {
    const char *tone;
    const char *rtp_timer_name;
} tone_play;

static const swio_param params[] = {
    SWIO_PARAM(STRING, tone_play, tone, .standard = "tone_stream://%(251,0,1004)", .required = true,
               .help = "what the caller plays, again and again"),
    MEDIA_TIMER_PARAM(tone_play),
    {0},
};

/* The caller plays once it is parked: what it was told to play between its answer and that, the
 * park would end. */
static int on_park(swio_session *session, void *self)
{
    const tone_play *t = self;
    static const swio_playback_opts endless = {.endless = true};
    if (swio_session_is_inbound(session))
        return swio_session_answer(session, 0);
    return swio_session_playback(session, t->tone, &endless, 0);
}

static int on_answer(swio_session *session, void *self)
{
    (void)self;
    return swio_session_is_inbound(session) ? swio_session_echo(session, 0) : 0;
}

const swio_app swio_app_tone_play = {
    .name = "TonePlay",
    .doc = "Play an endless 1004 Hz tone to the callee, who answers and echoes it.",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", on_park), SWIO_CALLBACK("CHANNEL_ANSWER", on_answer)},
    .params = params,
    .state_size = sizeof(tone_play),
};
