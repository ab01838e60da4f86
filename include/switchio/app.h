/* Apps: small call flows, written as functions on events. */
#ifndef SWITCHIO_APP_H
#define SWITCHIO_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <switchio/event.h>
#include <switchio/export.h>
#include <switchio/job.h>
#include <switchio/session.h>

SWIO_BEGIN_DECLS

typedef struct swio_client swio_client;

/*
 * What an app does on an event, on the loop's thread. `self` is what the app was loaded with.
 * Session, job and event are borrowed; a coroutine may keep its session as long as it runs.
 *
 * Each returns 0, or an error (SWIO_E…): "this failed". The failure is logged with the app, the
 * event, the session and the sentence of swio_errmsg(), and changes nothing else: the other entries
 * run. SWIO_ECANCELED is said at the debug level only: that a call ends while something waits is
 * everyday life. So a flow may end with `return swio_session_answer(session, 0);` and nothing gets
 * lost that an app does not care for itself.
 */
typedef int swio_app_session_fn(swio_session *session, void *self);
typedef int swio_app_job_fn(swio_job *job, void *self);
typedef int swio_app_event_fn(swio_event *event, void *self);

/* What an entry is; told by the macros below. */
typedef enum swio_app_kind {
    SWIO_APP_END, /* no entry: the end of the table */
    /* On an event of a session that carries the app's id. It must not wait: a call with a time-out
     * is refused there with SWIO_EWOULDBLOCK, so give it 0. */
    SWIO_APP_CALLBACK,
    /*
     * The same, as a coroutine of its own, which begins after the callbacks of the event: a call
     * with a time-out suspends it alone. It belongs to its session: when that has ended, all its
     * waits, sleeps too, end with SWIO_ECANCELED (but not those of one that began with
     * CHANNEL_DESTROY itself). So they do when the app is unloaded and the listener closed.
     */
    SWIO_APP_COROUTINE,
    SWIO_APP_JOB, /* on BACKGROUND_JOB, of a job that was launched under the app's id; no waits */
    SWIO_APP_HANDLER, /* on every event of this type, whatever its app id, before all else; no waits
                       */
} swio_app_kind;

typedef struct swio_app_entry {
    const char *event; /* "CHANNEL_PARK"; the subclass of a custom event: "mod_bert::lost_sync" */
    swio_app_kind kind;
    swio_app_session_fn *session; /* of a callback or a coroutine */
    swio_app_job_fn *job;
    swio_app_event_fn *handler;
} swio_app_entry;

#define SWIO_CALLBACK(name, fn)                                     \
    {                                                               \
        .event = (name), .kind = SWIO_APP_CALLBACK, .session = (fn) \
    }
#define SWIO_COROUTINE(name, fn)                                     \
    {                                                                \
        .event = (name), .kind = SWIO_APP_COROUTINE, .session = (fn) \
    }
#define SWIO_JOB_CALLBACK(fn)                                        \
    {                                                                \
        .event = "BACKGROUND_JOB", .kind = SWIO_APP_JOB, .job = (fn) \
    }
#define SWIO_HANDLER(name, fn)                                     \
    {                                                              \
        .event = (name), .kind = SWIO_APP_HANDLER, .handler = (fn) \
    }

/* The most entries of one app. */
#define SWIO_APP_ENTRIES 24

/*
 * An app: a constant, of which a name and one entry are all that is needed. Events that are not in
 * the default set of a listener are subscribed to when it is loaded.
 *
 *     const swio_app my_app = {
 *         .name = "Answerer",
 *         .doc  = "Answer every inbound call.",
 *         .on   = { SWIO_CALLBACK("CHANNEL_PARK", on_park) },
 *     };
 */
typedef struct swio_app {
    const char *name;
    const char *doc; /* one line */
    swio_app_entry on[SWIO_APP_ENTRIES];
    /*
     * Called once for each load, on the thread that loads, before any entry; may replace *self,
     * which is at first what the load was given. An error (with its sentence) ends the load.
     */
    int (*setup)(swio_client *client, void **self);
    /*
     * Called once for each load, when the app was unloaded or the listener goes and the last of its
     * coroutines has ended: nothing of the app runs any more. On the loop's thread.
     */
    void (*teardown)(void *self);
} swio_app;

/* The apps that come with the library. */
SWIO_API extern const swio_app swio_app_tone_play;

/* All of them by index, NULL past the end; and by name, in any case, or NULL. */
SWIO_API const swio_app *swio_app_builtin(size_t index);
SWIO_API const swio_app *swio_app_find(const char *name);

SWIO_END_DECLS

#endif
