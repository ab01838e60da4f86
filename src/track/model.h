/* The inside of sessions, calls, jobs and the model. For src/track alone. */
#ifndef SWIO_TRACK_MODEL_H
#define SWIO_TRACK_MODEL_H

#include "base/hash.h"
#include "track/history.h"
#include "track/home.h"
#include "track/track.h"
#include "track/vars.h"

/* How many times there are to remember; the last is that of the newest event. */
enum { SWIO_TIMES = SWIO_TIME_LAST_EVENT + 1 };

#define SWIO_DEFAULT_APP "default"

/* All but home and uuid is guarded. */
struct swio_session {
    swio_home *home;
    swio_call *call;   /* a reference */
    swio_job *job;     /* a reference, or NULL */
    const char *app;   /* a text of the history, or SWIO_DEFAULT_APP */
    const char *cause; /* a text of the history, or `lost_cause`, or NULL */
    char *lost_cause;
    int64_t times[SWIO_TIMES];
    bool answered, hungup, ended;
    swio_history history;
    struct swio_vars vars;
    void *slot;
    swio_session *leg_prev, *leg_next; /* in its call, while it is up (utlist) */
    UT_hash_handle hh;                 /* in the model, which holds a reference */
    char uuid[];
};

/*
 * A call holds its first and last session, and they hold it: the ring is broken by
 * swio_change_clear() after its end.
 */
struct swio_call {
    swio_home *home;
    swio_session *legs; /* those that are up; the model holds them */
    size_t leg_count;
    swio_session *first, *last; /* references */
    struct swio_vars vars;
    UT_hash_handle hh;
    char uuid[];
};

typedef enum swio_job_state {
    SWIO_JOB_PENDING,
    SWIO_JOB_DONE,
    SWIO_JOB_BROKEN,
} swio_job_state;

struct swio_job {
    swio_home *home;
    char *command, *app;   /* never change; app may be NULL */
    char *given_sess_uuid; /* with the launch; never changes */
    const char *sess_uuid; /* guarded; NULL until known */
    int64_t launch_time_us;
    swio_job_state state;
    int error;
    const char *result; /* `result_text`, given_sess_uuid, or a fixed text */
    char *result_text;
    void *slot;
    UT_hash_handle hh;         /* by uuid */
    UT_hash_handle hh_session; /* by given_sess_uuid */
    bool by_session;           /* in that table */
    bool starting;             /* counted among those whose session has not come yet */
    swio_job *next;            /* of those that are being failed together */
    char uuid[];
};

typedef struct swio_failed swio_failed;

struct swio_track {
    swio_home *home;
    swio_session *sessions;
    swio_call *calls;
    swio_job *jobs, *jobs_by_session;
    size_t starting;     /* jobs of originates whose session has not come yet */
    swio_failed *failed; /* by cause */
    swio_counts *counts[SWIO_COUNT_APPS_TOTAL + 1];
    swio_totals totals;
    int64_t first_event_us, last_event_us;
    char *call_header;
    char **app_headers; /* in order; the first is SWIO_APP_HEADER */
    size_t app_header_count;
    size_t max_failed, max_keys;
    swio_names *names; /* for new sessions */
    swio_history_scratch scratch;
};

/* Objects. Each is new with one reference, which belongs to the caller. NULL without memory. */
swio_session *swio_session_make(swio_home *home, const char *uuid, swio_names *names);
swio_call *swio_call_make(swio_home *home, const char *uuid);
swio_job *swio_job_make(swio_home *home, const char *uuid, const swio_job_opts *opts);

/* Lets go of the first and last session of a call that has ended. Without the guard. */
void swio_call_close(swio_call *call);

/* All that follows is called with the guard held. */

/*
 * The session joins (it is given a reference of the call), and leaves when it is no longer up.
 * Joining returns the session that was the last before, or NULL: its reference is to be given up
 * outside of the guard.
 */
swio_session *swio_call_join(swio_call *call, swio_session *session);
void swio_call_leave(swio_call *call, swio_session *session);

/*
 * Ends a job: by the body of its BACKGROUND_JOB, or with an error and a sentence. Always works;
 * without memory for the result the job fails with SWIO_ENOMEM.
 */
void swio_job_end(swio_job *job, const char *body, size_t len, bool originate);
void swio_job_break(swio_job *job, int error, const char *sentence);

/* Finds by uuid; borrowed. */
swio_session *swio_track_session_at(const swio_track *track, const char *uuid);
swio_call *swio_track_call_at(const swio_track *track, const char *uuid);
swio_job *swio_track_job_at(const swio_track *track, const char *uuid);
swio_job *swio_track_job_of_session(const swio_track *track, const char *sess_uuid);

/* The session of an originate has come, or will not. */
void swio_track_started(swio_track *track, swio_job *job);

/*
 * Into the tables, which take over the caller's reference, or nothing: false without memory. Out of
 * them: the reference is the caller's again.
 */
bool swio_track_put_session(swio_track *track, swio_session *session);
bool swio_track_put_call(swio_track *track, swio_call *call);
bool swio_track_put_job(swio_track *track, swio_job *job);
void swio_track_take_session(swio_track *track, swio_session *session);
void swio_track_take_call(swio_track *track, swio_call *call);
void swio_track_take_job(swio_track *track, swio_job *job);

/*
 * Keeps a failed session, memory permitting. Returns the one that had to give way, whose reference
 * the caller gives up outside of the guard; NULL for none.
 */
swio_session *swio_failed_keep(swio_track *track, const char *cause, swio_session *session);

/* Moves all kept sessions out: a NULL-terminated chain over leg_next, to be released outside. */
swio_session *swio_failed_take_all(swio_track *track);
void swio_failed_release(swio_session *chain);

/* The app id that an event carries, by which header; NULL for none. */
const char *swio_track_app_of(const swio_track *track, const swio_event *event,
                              const char **header);

/* A header's value that says something: not empty, and not FreeSWITCH's "_undef_". */
const char *swio_track_said(const swio_event *event, const char *name);

/*
 * One event (or the loss of a session) on its way through the model: what the rules of sessions and
 * of jobs share.
 */
typedef struct swio_feed {
    swio_track *track;
    swio_event *event; /* NULL for a loss */
    int64_t now_us;    /* local clock; 0: not known */
    int64_t time_us;   /* the event's, by the clock of FreeSWITCH; 0: none */
    swio_change *out;
    const char *app, *app_header; /* the app id that the event carries, and in which header */
    swio_job *ended;              /* a reference: hooks.on_job is due */
    swio_session *dropped;        /* a reference to give up outside of the guard */
    int error;
} swio_feed;

/* A BACKGROUND_JOB event. */
void swio_feed_job(swio_feed *feed);

/* Puts the session and its call into the answer. */
void swio_feed_say(swio_feed *feed, swio_session *session);

#endif
