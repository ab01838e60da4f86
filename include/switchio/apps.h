/*
 * Where apps are found: those that come with the library, of which `switchio list-apps` and
 * docs/apps.md tell the parameters, and those of shared objects.
 */
#ifndef SWITCHIO_APPS_H
#define SWITCHIO_APPS_H

#include <stddef.h>
#include <stdint.h>
#include <switchio/app.h>
#include <switchio/export.h>

SWIO_BEGIN_DECLS

/* Those that come with the library by index, NULL past the end; and by name, in any case, or NULL.
 */
SWIO_API const swio_app *swio_app_builtin(size_t index);
SWIO_API const swio_app *swio_app_find(const char *name);

/*
 * The apps of a shared object (SWIO_APPS in app.h), or with NULL those that come with the library.
 * *apps gets a list that ends with NULL. What it names lives as long as the process: an object is
 * never closed, as nobody could tell when the last of its functions has returned.
 *
 * `file` is relative to the working directory, and nothing else is searched. Opening it runs code
 * of it, and may read from the disk. It is opened once, however often this is called; a file that
 * has taken its place meanwhile is another object, which is opened beside it.
 *
 * SWIO_EIO for a file that cannot be read; SWIO_EINVAL for one that is no shared object, lacks a
 * symbol, has no apps or wrong ones, was compiled for another SWIO_APP_ABI, or calls a libswitchio
 * that is not ours (a program that opens objects has to link the shared one); SWIO_ECONFIG for one
 * that was written over since it was opened; SWIO_ENOMEM.
 */
SWIO_API int swio_app_open(const char *file, const swio_app *const **apps);

/*
 * Reads the words for an app, with or without parameters as swio_load_opts takes them:
 *
 *     NAME                      one that comes with the library, in any case
 *     FILE:NAME                 one of a shared object
 *     FILE                      the only one of a shared object
 *     …/key=value,key=value     one of these with parameters
 *
 * A FILE ends in ".so": it is the longest beginning of the text that ends so before a ':', a '/' or
 * the end, and holds no '=' (so that a parameter may name a file). Where the text begins with '/',
 * './' or '../' and there is none without a '=', it is the shortest with one.
 *
 * *app gets the app, and *params (may be NULL) what stands behind its '/', in `text`, or NULL. The
 * parameters are checked. SWIO_ENOENT with a sentence that names the apps there are, the errors of
 * swio_app_open(), SWIO_EINVAL, SWIO_ENOMEM.
 */
SWIO_API int swio_app_parse(const char *text, const swio_app **app, const char **params);

/*
 * How many bytes of such a text are the app, without parameters, and how many of them the file (0:
 * none); opens nothing. Behind the app stands "", "/…", or a ':' that begins something else: what
 * is a number, as the weights of `switchio dial --app ./my.so:33`, is not taken for a name.
 */
SWIO_API size_t swio_app_span(const char *text, size_t *file);

/* An endless tone to the callee, who answers and echoes it. */
SWIO_API extern const swio_app swio_app_tone_play;

/* The callee rejects every call at once. */
SWIO_API extern const swio_app swio_app_callee_block_on_invite;

/* The callee rings and never answers. */
SWIO_API extern const swio_app swio_app_callee_ringback;

/* Bridges every inbound call to the URI that it was sent to. */
SWIO_API extern const swio_app swio_app_proxier;

/* Bridges a call on and on. */
SWIO_API extern const swio_app swio_app_bridger;

/*
 * Bit error rate test. It says what it saw in swio_session_vars() of each leg: SWIO_BERT_SYNC is
 * set to "true" when the leg gets into sync and to "false" when it loses it, SWIO_BERT_TIMEOUT to
 * "true" when it never got there, and SWIO_BERT_LOST_SYNC counts how often it was lost; then the
 * channel variable bert_stats_sync_lost is "true" on both legs.
 */
SWIO_API extern const swio_app swio_app_bert;
#define SWIO_BERT_SYNC      "bert_sync"
#define SWIO_BERT_TIMEOUT   "bert_timeout"
#define SWIO_BERT_LOST_SYNC "bert_lost_sync_cnt"

/* Since it was loaded. */
typedef struct swio_bert_counts {
    uint64_t calls; /* connected */
    /* Legs, each at most once. */
    uint64_t in_sync;
    uint64_t lost_sync;
    uint64_t timed_out;
} swio_bert_counts;

/* Of the app under this id (NULL: any). SWIO_ENOENT, SWIO_ECONFIG without a listener. */
SWIO_API int swio_bert_count(swio_client *client, const char *id, swio_bert_counts *out);

/*
 * Sends digits and verifies them where they arrive. In swio_session_vars() of the callee's leg
 * SWIO_DTMF_RECEIVED is what has arrived, and SWIO_DTMF_CHECKED is set once the outcome is known:
 * "true", or "false" after a wrong digit, or when the call ended before all were there.
 */
SWIO_API extern const swio_app swio_app_dtmf_checker;
#define SWIO_DTMF_CHECKED  "dtmf_checked"
#define SWIO_DTMF_RECEIVED "dtmf_received"

/* Since it was loaded. */
typedef struct swio_dtmf_counts {
    uint64_t calls; /* that reached the callee */
    uint64_t matched;
    uint64_t wrong;
    uint64_t incomplete;
    uint64_t lost; /* ended while the listener was not connected */
} swio_dtmf_counts;

/* As swio_bert_count(). */
SWIO_API int swio_dtmf_count(swio_client *client, const char *id, swio_dtmf_counts *out);

/*
 * Play a clip to each side in turn, and record both ends of some calls. In swio_session_vars() of
 * both legs of a recorded call SWIO_RECORDED is set to "true" when its file is whole.
 */
SWIO_API extern const swio_app swio_app_play_rec;
SWIO_API extern const swio_app swio_app_muted_play_rec;
#define SWIO_RECORDED "recorded"

/* The two files of a recorded call, by the names that the switch knows them by. */
typedef struct swio_recording {
    const char *host; /* of the switch, see swio_session_host() */
    const char *call_uuid;
    const char *caller;
    const char *callee;
} swio_recording;

/*
 * Who hears of them: given as `self` in swio_load_opts, from which it is copied. Called on the
 * loop's thread, in the coroutine of the call; all strings live for the call of the handler.
 */
typedef void swio_recorded_fn(const swio_recording *recording, void *arg);
typedef struct swio_recorded_handler {
    swio_recorded_fn *fn;
    void *arg;
} swio_recorded_handler;

/* Since it was loaded. */
typedef struct swio_record_counts {
    uint64_t calls; /* connected */
    uint64_t recorded;
    uint64_t failed; /* cut short: the clip is not there, the callee is on another switch, … */
} swio_record_counts;

/* As swio_bert_count(), of either app. */
SWIO_API int swio_record_count(swio_client *client, const char *id, swio_record_counts *out);

SWIO_END_DECLS

#endif
