#include <switchio/apps.h>

static int on_park(swio_session *session, void *self)
{
    (void)self;
    return swio_session_is_inbound(session) ? swio_session_answer(session, 0) : 0;
}

static int on_answer(swio_session *session, void *self)
{
    (void)self;
    if (swio_session_is_inbound(session))
        return swio_session_echo(session, 0);
    return swio_session_playback(session, "tone_stream://%(251,0,1004)",
                                 &(swio_playback_opts){.endless = true}, 0);
}

const swio_app swio_app_tone_play = {
    .name = "TonePlay",
    .doc = "Play an endless 1004 Hz tone to the callee, who answers and echoes it.",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", on_park), SWIO_CALLBACK("CHANNEL_ANSWER", on_answer)},
};
