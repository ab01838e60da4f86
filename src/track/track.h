/*
 * The model of one FreeSWITCH: its sessions, calls and background jobs, as events tell them.
 * No I/O, no clock, no thread: events and times in, changes out.
 */
#ifndef SWIO_TRACK_TRACK_H
#define SWIO_TRACK_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/call.h>
#include <switchio/event.h>
#include <switchio/job.h>
#include <switchio/session.h>

#include "track/counts.h"

/*
 * Threads. What changes the model (feed, job_add, fail_jobs, adopt, lost, reset, the app headers,
 * free) is called on one thread only, the loop's. Everything that reads (the find and list
 * functions below, and all of the public accessors of sessions, calls, jobs and vars) may be called
 * on any thread, if the maker of the model gave a guard: model and readers take it around each
 * access, never around a call-back. The guard needs not be recursive. Without one (tests, a
 * simulator) everything stays on one thread.
 */
typedef struct swio_guard {
    void (*lock)(void *arg);
    void (*unlock)(void *arg);
    void (*release)(void *arg); /* the last object of the model is gone; on any thread */
    void *arg;
} swio_guard;

/*
 * Called outside of the guard. `on_job` once for every job that ends, on the loop's thread, before
 * feed (or fail_jobs) returns. `on_var` after a variable of a session was set, on the thread that
 * set it (not for the vars of calls). `free_slot` with what hangs in the slot of a session, call or
 * job whose last reference went, on that thread. All may be NULL.
 */
typedef struct swio_track_hooks {
    void (*on_job)(swio_job *job, void *arg);
    void (*on_var)(swio_session *session, const char *key, void *arg);
    void (*free_slot)(void *slot);
    void *arg;
} swio_track_hooks;

/* Zero is the default of each. Strings are copied. */
typedef struct swio_track_opts {
    const char *host;        /* what swio_session_host() says; "" */
    const char *call_header; /* the call tracking header; "variable_call_uuid" */
    size_t max_failed;       /* failed sessions that are kept for each cause; 1000 */
    size_t max_keys;         /* distinct causes, error texts, apps counted by name; 1000, the rest
                                goes under "other" */
    swio_guard guard;
    swio_track_hooks hooks;
    void *owner; /* see swio_session_owner() */
} swio_track_opts;

typedef struct swio_track swio_track;

int swio_track_new(const swio_track_opts *opts, swio_track **out);

/*
 * Drops the tables. Sessions, calls and jobs that are held elsewhere stay readable; hooks are not
 * called any more, and pending jobs stay pending: fail them first. NULL is fine.
 */
void swio_track_free(swio_track *track);

/* What an event did to the model; several bits may be set. */
typedef enum swio_change_kind {
    SWIO_SESSION_CREATED = 1 << 0,
    SWIO_SESSION_ANSWERED = 1 << 1,
    SWIO_SESSION_HUNGUP = 1 << 2,
    SWIO_SESSION_DESTROYED = 1 << 3, /* out of the tables; `session` is still readable */
    SWIO_SESSION_UPDATED = 1 << 4,   /* an event of a known session: set with all of the above but
                                        CREATED */
    SWIO_CALL_CREATED = 1 << 5,
    SWIO_CALL_ENDED = 1 << 6,
    SWIO_JOB_COMPLETED = 1 << 7,
    SWIO_JOB_FAILED = 1 << 8,
    SWIO_JOB_UNTRACKED = 1 << 9, /* with COMPLETED or FAILED: a job that nobody here launched; a
                                    swio_job was made for it, to be reported */
    SWIO_UNKNOWN_UUID = 1 << 10, /* an event of a session that is not in the model: counted */
} swio_change_kind;

/*
 * The answer of swio_track_feed(): a zeroed struct before, released with swio_change_clear().
 * `what` is 0 for an event that concerns nothing in the model (HEARTBEAT, a LOG line).
 */
typedef struct swio_change {
    unsigned what;     /* swio_change_kind bits */
    const char *key;   /* swio_event_key(): what the event is dispatched under */
    const char *app;   /* the app id of the event; "default" where nothing names one */
    swio_event *event; /* references, NULL where none is concerned */
    swio_session *session;
    swio_call *call;
    swio_job *job;
} swio_change;

/*
 * Updates the model by one event, and says in *out what changed. `key` and `app` live as long as
 * the references in *out do. `now_us` is the local time at which the event was read,
 * in microseconds since 1970 (0: not known). Replies and log lines that are fed change nothing.
 *
 * SWIO_ENOMEM: the model is as right as memory allowed: marks, counts and tables are kept, the
 * event may be missing in the history, a new session may be missing altogether; *out is valid.
 */
int swio_track_feed(swio_track *track, swio_event *event, int64_t now_us, swio_change *out);

/* Gives up what a change holds; of an ended call the first and last session as well. */
void swio_change_clear(swio_change *change);

/*
 * After a reconnect. `adopt` updates a session by an event of it that tells all and is no step of
 * its life (the output of `uuid_dump`), with Answer-State for its mark; one that is not in the
 * model is made, so that one that ended must not be handed in. `lost` ends a session whose
 * CHANNEL_DESTROY was not heard and will not be: tables and counters are as after one, with that
 * cause unless a CHANNEL_HANGUP told one, and with no times, as they are not known. There was no
 * event, and so there is no `key`. SWIO_ENOENT without such a session (or without a Unique-ID);
 * *out is valid.
 */
int swio_track_adopt(swio_track *track, swio_event *event, int64_t now_us, swio_change *out);
int swio_track_lost(swio_track *track, const char *uuid, const char *cause, swio_change *out);

/* Jobs. All but `uuid` may be NULL or 0. */
typedef struct swio_job_opts {
    const char *command;    /* "originate ...", without bgapi; copied */
    const char *sess_uuid;  /* the origination_uuid that we chose */
    const char *app;        /* the app id under which its BACKGROUND_JOB is dispatched */
    int64_t launch_time_us; /* local clock */
    void *slot;             /* see swio_job_slot() */
} swio_job_opts;

/*
 * Registers a job, before its bgapi leaves. *out (may be NULL) gets a reference. SWIO_EEXIST,
 * SWIO_ENOMEM: then the slot was not taken over.
 */
int swio_track_job_add(swio_track *track, const char *uuid, const swio_job_opts *opts,
                       swio_job **out);

/* Ends one job as failed (its bgapi was refused, timed out, cancelled). SWIO_ENOENT. */
int swio_track_job_fail(swio_track *track, const char *uuid, int error, const char *sentence);

/* Ends all that are under way: the connection was lost. Returns how many. */
size_t swio_track_fail_jobs(swio_track *track, int error, const char *sentence);

/* By uuid; NULL where there is none. The caller owns the reference. Any thread. */
swio_session *swio_track_find_session(swio_track *track, const char *uuid);
swio_call *swio_track_find_call(swio_track *track, const char *uuid);
swio_job *swio_track_find_job(swio_track *track, const char *uuid);

/*
 * All of them, oldest first, as an array of references that ends in NULL and belongs to the caller:
 * unref each, and swio_free() the array. *count may be NULL. SWIO_ENOMEM. Any thread.
 */
int swio_track_list_sessions(swio_track *track, swio_session ***out, size_t *count);
int swio_track_list_calls(swio_track *track, swio_call ***out, size_t *count);
int swio_track_list_jobs(swio_track *track, swio_job ***out, size_t *count);

/* What is in the tables now; failed: all since the reset, also those not kept. Any thread. */
size_t swio_track_count_sessions(swio_track *track);
size_t swio_track_count_calls(swio_track *track);
size_t swio_track_count_jobs(swio_track *track);
uint64_t swio_track_count_failed(swio_track *track);

/* Calls that are up, and those that were launched and have no session yet. Any thread. */
size_t swio_track_count_active(swio_track *track);

/*
 * The kept failed sessions of a cause, oldest first: those that were never answered or ended with
 * another cause than NORMAL_CLEARING. An array as above. Any thread.
 */
int swio_track_list_failed(swio_track *track, const char *cause, swio_session ***out,
                           size_t *count);

void swio_track_totals(swio_track *track, swio_totals *out); /* any thread */

/* Counters by name: a copy, swio_counts_free() it. Any thread. SWIO_ENOMEM. */
int swio_track_counts(swio_track *track, swio_counter which, swio_counts **out);

/* Forgets all counters and failed sessions; sessions, calls and jobs stay (and SWIO_COUNT_APPS). */
void swio_track_reset(swio_track *track);

/* Of the first event since the start, in microseconds since 1970, by the clock of FreeSWITCH; and
 * the seconds from it to the newest event. 0 before any event. Any thread. */
int64_t swio_track_epoch_us(swio_track *track);
double swio_track_uptime(swio_track *track);

/* The call tracking header; for sessions that come from now on. */
int swio_track_set_call_header(swio_track *track, const char *name);

/*
 * The headers that carry an app id, in order: the first that an event has wins.
 * SWIO_APP_HEADER is always the first. Adding one that is there does nothing.
 */
#define SWIO_APP_HEADER  "variable_sip_h_X-switchio_app"
#define SWIO_CALL_HEADER "variable_sip_h_X-switchio_originating_session"
int swio_track_add_app_header(swio_track *track, const char *name);
void swio_track_remove_app_header(swio_track *track, const char *name);

/*
 * For the room above. The owner is what the model was made with (the listener), NULL after
 * swio_track_disown(): for session commands, which need the connection. Read it, and take a
 * reference of it, with the guard held. The slot is one pointer on each object for its use; setting
 * it gives back what was there before, which is the caller's affair. Any thread.
 */
void *swio_session_owner(const swio_session *session);
void *swio_call_owner(const swio_call *call);
void *swio_job_owner(const swio_job *job);
void swio_track_disown(swio_track *track);
void *swio_session_slot(const swio_session *session);
void *swio_session_set_slot(swio_session *session, void *slot);
void *swio_job_slot(const swio_job *job);
void *swio_job_set_slot(swio_job *job, void *slot);

#endif
