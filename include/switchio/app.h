/* Apps: small call flows, written as functions on events. */
#ifndef SWITCHIO_APP_H
#define SWITCHIO_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/event.h>
#include <switchio/export.h>
#include <switchio/job.h>
#include <switchio/session.h>
#include <switchio/session_commands.h>
#include <switchio/version.h>

SWIO_BEGIN_DECLS

/* See client.h. */
typedef struct swio_client swio_client;

/* One loading of an app: between its setup and its teardown. */
typedef struct swio_load swio_load;

/*
 * What an app does on an event, on the loop's thread. `self` is the state of the load.
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
     * CHANNEL_DESTROY or SWIO_SESSION_LOST itself). So they do when the app is unloaded and the
     * listener closed.
     */
    SWIO_APP_COROUTINE,
    SWIO_APP_JOB, /* on BACKGROUND_JOB, of a job that was launched under the app's id; no waits */
    SWIO_APP_HANDLER, /* on every event of this type, whatever its app id, before all else; no waits
                       */
} swio_app_kind;

/*
 * No event of FreeSWITCH: a callback or coroutine of this name runs when a session was lost, that
 * is ended while its listener was not connected (swio_listener_connect()), in the place of those of
 * CHANNEL_HANGUP and CHANNEL_DESTROY. For apps that count who is there.
 */
#define SWIO_SESSION_LOST "switchio::session_lost"

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

/* What a parameter is, and the type of the field that gets its value. */
typedef enum swio_param_kind {
    SWIO_PARAM_STRING,  /* const char *, NULL for none and for ""; lives as long as the load */
    SWIO_PARAM_INTEGER, /* int64_t */
    SWIO_PARAM_NUMBER,  /* double */
    SWIO_PARAM_SECONDS, /* double, 0 or more */
    SWIO_PARAM_BOOLEAN, /* bool: yes, no, on, off, true, false, 1, 0 */
    SWIO_PARAM_CHOICE,  /* const char *, one of the choices; as a string otherwise */
} swio_param_kind;

/*
 * A parameter: a field of the app's state that is filled in before setup. Written with SWIO_PARAM,
 * which takes the name from the field and checks its type:
 *
 *     static const swio_param params[] = {
 *         SWIO_PARAM(SECONDS, greeter, delay, .standard = "0.5", .help = "before the greeting"),
 *         SWIO_PARAM(CHOICE, greeter, voice, .choices = "low|high", .help = "which to take"),
 *         {0},
 *     };
 */
typedef struct swio_param {
    const char *name;
    swio_param_kind kind;
    const char *standard; /* the default, as it would be typed; NULL: the field stays zero */
    const char *choices;  /* of a choice: "low|high" */
    bool required;        /* a string may not be empty */
    double min, max;      /* of a number; max 0: no bound. Seconds are never less than 0 */
    size_t at;            /* offset of the field in the app's state */
    const char *help;     /* what it does, in a few words */
    /* A string or choice whose value, unless empty, the calls that an originator places for the app
     * carry as this channel variable ("rtp_timer_name"), as far as they have none of that name. */
    const char *variable;
} swio_param;

#define SWIO_PARAM(what, state, field, ...)                                                  \
    {                                                                                        \
        .name = #field, .kind = SWIO_PARAM_##what,                                           \
        .at = offsetof(state, field) +                                                       \
              0 * sizeof(char[_Generic(((state *)0)->field, SWIO_PARAM_##what##_TYPE : 1)]), \
        __VA_ARGS__                                                                          \
    }
#define SWIO_PARAM_STRING_TYPE  const char *
#define SWIO_PARAM_INTEGER_TYPE int64_t
#define SWIO_PARAM_NUMBER_TYPE  double
#define SWIO_PARAM_SECONDS_TYPE double
#define SWIO_PARAM_BOOLEAN_TYPE bool
#define SWIO_PARAM_CHOICE_TYPE  const char *

/*
 * An app: a constant, of which a name and one entry are all that is needed. The events of its
 * entries are subscribed to when it is loaded, if the listener does not get them already; they stay
 * subscribed after it was unloaded.
 *
 *     const swio_app my_app = {
 *         .name = "Answerer",
 *         .doc  = "Answer every inbound call.",
 *         .on   = { SWIO_CALLBACK("CHANNEL_PARK", on_park) },
 *     };
 */
typedef struct swio_app {
    const char *name; /* no number, without blanks, '/', ',' and ':', and not ending in ".so" */
    const char *doc;  /* one sentence */
    swio_app_entry on[SWIO_APP_ENTRIES];
    const char *const *subscribe; /* more events that it needs; ends with NULL. None */
    const swio_param *params;     /* ends with a row without a name. None */
    /*
     * Bytes of the state, which every load has of its own: zeroed, with the parameters filled in,
     * freed after the teardown. 0: `self` is what the load was given (swio_load_opts).
     */
    size_t state_size;
    /*
     * Called once for each load, before any event is subscribed to or any entry runs, on the thread
     * that loads, where it may wait as every call there. An error, with its sentence, ends the
     * load; the teardown is not called then.
     */
    int (*setup)(swio_load *load, void *self);
    /*
     * Called once for each load, when the app was unloaded or its client or listener goes and the
     * last of its coroutines has ended: nothing of the app runs any more. On the loop's thread. It
     * must not use the client.
     */
    void (*teardown)(void *self);
    /*
     * Called on the loop's thread by an originator whose calls carry the app's id: all three when
     * it starts, and whenever the value changes. Calls a second; concurrent calls; seconds from
     * the answer to the hang-up, also where these follow from rate and limit.
     */
    void (*on_rate)(double rate, void *self);
    void (*on_limit)(uint64_t limit, void *self);
    void (*on_duration)(double seconds, void *self);
} swio_app;

/*
 * The apps of a shared object: what swio_app_open() and swio_app_parse() look for, by the name of
 * `switchio_apps`. Written with SWIO_APPS, at the end of one file of the object:
 *
 *     SWIO_APPS(&greeter, &my_app);
 *
 *     cc -shared -fPIC my.c -o my.so $(pkg-config --cflags --libs switchio)
 */
typedef struct swio_app_table {
    /* These two stay first in every version, so that each can tell the other what is wrong. */
    uint32_t abi;        /* SWIO_APP_ABI, as it was when the object was compiled */
    const char *version; /* SWIO_VERSION of that time */
    /* Which libswitchio the object's calls go to: the process must not have two of them. */
    const char *(*library)(void);
    const swio_app *const *apps; /* ends with NULL */
} swio_app_table;

/* Raised when the layout of swio_app, of what it consists of, or of the table changes: an object of
 * another number is refused. */
#define SWIO_APP_ABI 1

#define SWIO_APPS(...)                                                              \
    static const swio_app *const switchio_apps_listed[] = {__VA_ARGS__, NULL};      \
    const swio_app_table switchio_apps = {SWIO_APP_ABI, SWIO_VERSION, swio_version, \
                                          switchio_apps_listed}

/* Declared for the sake of its visibility; the library has none. */
SWIO_API extern const swio_app_table switchio_apps;

/* For setup. The client through which the app is loaded; borrowed, for as long as it is loaded. */
SWIO_API swio_client *swio_load_client(const swio_load *load);
/* The id under which it hears of events. Lives as long as the app is loaded. */
SWIO_API const char *swio_load_id(const swio_load *load);
/* What the load was given as `self` in swio_load_opts: for apps with a state of their own. */
SWIO_API void *swio_load_given(const swio_load *load);

SWIO_END_DECLS

#endif
