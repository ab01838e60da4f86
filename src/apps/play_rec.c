#include "apps/recorder.h"

static const char SILENCE[] = "silence_stream://-1";

/* One side plays the clip, and then the other; who listens plays silence, so that audio flows both
 * ways. */
static int play(played_call *c)
{
    const recorder *r = c->r;
    swio_session *sides[] = {c->caller, c->callee};
    int64_t times = swio_recorder_iterations(r);
    int error = 0;
    for (int64_t i = 0; !error && i < times; i++) {
        swio_session *speaker = sides[i % 2], *listener = sides[(i + 1) % 2];
        if (i > 0)
            error = swio_session_breakmedia(speaker, false, 0);
        if (!error)
            error = swio_session_playback(listener, SILENCE, NULL, 0);
        if (!error)
            error = swio_session_playback(speaker, r->clip, NULL, r->clip_length + RECORDER_MARGIN);
    }
    return error ? error : swio_session_breakmedia(sides[times % 2], false, 0);
}

static int setup(swio_load *load, void *self)
{
    return swio_recorder_setup(load, self, "PlayRec", play);
}

static const swio_param params[] = {RECORDER_PARAMS, {0}};

const swio_app swio_app_play_rec = {
    .name = "PlayRec",
    .doc = "Play a clip to each side in turn, and record both ends of some calls.",
    .params = params,
    .setup = setup,
    RECORDER_PARTS,
};
