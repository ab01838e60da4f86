/* What PlayRec and MutedPlayRec have in common: their parameters, and recording some of the calls.
 */
#ifndef SWIO_APPS_RECORDER_H
#define SWIO_APPS_RECORDER_H

#include <switchio/apps.h>

#include "apps/media.h"

typedef struct played_call played_call;

/* What makes an app: it plays the clips, until both sides have heard them, or gives an error. */
typedef int swio_play_fn(played_call *call);

/* The state of both apps. */
typedef struct recorder {
    const char *clip;
    double clip_length;
    int64_t iterations;
    double rec_period;
    bool rec_stereo;
    int64_t rec_rate;
    const char *rec_dir;
    const char *rtp_timer_name;

    const char *name; /* of the app, for the log */
    swio_play_fn *play;
    swio_recorded_handler handler;
    double duration;  /* of the originator, 0 without one */
    uint64_t last_ns; /* when the last recording began; 0: none */
    swio_record_counts counts;
} recorder;

#define RECORDER_PARAMS                                                                           \
    SWIO_PARAM(STRING, recorder, clip, .standard = "ivr/ivr-founder_of_freesource.wav",           \
               .required = true, .help = "what is played: a file of the switch, or a stream"),    \
        SWIO_PARAM(SECONDS, recorder, clip_length, .standard = "4.25", .min = 0.1,                \
                   .help = "how long that takes"),                                                \
        SWIO_PARAM(INTEGER, recorder, iterations, .min = 0,                                       \
                   .help = "how often it is played; 0: as often as the duration holds, or once"), \
        SWIO_PARAM(SECONDS, recorder, rec_period, .standard = "5",                                \
                   .help = "at most one call in this time is recorded; 0: every call"),           \
        SWIO_PARAM(BOOLEAN, recorder, rec_stereo, .standard = "no",                               \
                   .help = "record the two directions apart"),                                    \
        SWIO_PARAM(INTEGER, recorder, rec_rate, .standard = "16000", .min = 8000, .max = 48000,   \
                   .help = "samples a second of the recordings"),                                 \
        SWIO_PARAM(STRING, recorder, rec_dir, .standard = "${recordings_dir}", .required = true,  \
                   .help = "where they go, on the switch"),                                       \
        MEDIA_TIMER_PARAM(recorder)

/* One call while its coroutine runs. */
struct played_call {
    recorder *r;
    swio_call *call;
    swio_session *caller;
    swio_session *callee;
    bool recorded;
    char *caller_file; /* of the recordings, or NULL */
    char *callee_file;
};

/* The parts of both apps; a setup says what makes the difference. */
extern const char *const swio_recorder_events[];
int swio_recorder_setup(swio_load *load, recorder *r, const char *name, swio_play_fn *play);
void swio_recorder_teardown(void *self);
void swio_recorder_on_duration(double seconds, void *self);
int swio_recorder_answer(swio_session *session, void *self); /* the callee's leg */

/*
 * On a coroutine of the connected caller's leg: finds its peer, begins to record both if it is
 * time, plays, ends the recordings, tells, and hangs up. Returns the first error.
 */
int swio_recorder_run(swio_session *session, void *self);

#define RECORDER_PARTS                                                 \
    .on = {SWIO_CALLBACK("CHANNEL_PARK", swio_recorder_answer),        \
           SWIO_COROUTINE("CHANNEL_PARK", swio_recorder_run)},         \
    .subscribe = swio_recorder_events, .state_size = sizeof(recorder), \
    .teardown = swio_recorder_teardown, .on_duration = swio_recorder_on_duration

/* Seconds that a clip may take longer than it should. */
#define RECORDER_MARGIN 10.0

/* How often the clip is played. */
int64_t swio_recorder_iterations(const recorder *r);

#endif
