/* Listeners: what observes one FreeSWITCH and keeps a model of it. */
#ifndef SWITCHIO_LISTENER_H
#define SWITCHIO_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/call.h>
#include <switchio/counts.h>
#include <switchio/export.h>
#include <switchio/job.h>
#include <switchio/loop.h>
#include <switchio/session.h>

SWIO_BEGIN_DECLS

/*
 * A listener has a connection of its own, on which it receives the events of one FreeSWITCH. Its
 * life: new (disconnected, so that event types can be taken out of the default set) → connect →
 * start → disconnect, from where it can be connected again. Any thread may call any function.
 *
 * Every event is dispatched on the loop's thread, in this order: the model is updated, and the
 * handlers of the event's type run; coroutines that wait on this session for this event go on;
 * callbacks of the event's app id run, in load order; coroutines of that app id begin; who waits
 * for a variable of a session wakes; and when the session has ended, whatever still waits on it is
 * cancelled, with SWIO_ECANCELED. One event is done with before the next one is looked at.
 */
typedef struct swio_listener swio_listener;

/*
 * The connection of a running listener was lost; every job under way and every wait on a session
 * has failed by then, with SWIO_ECONN. Once for each loss, on the loop's thread. The sentence names
 * host, port and cause, and lives for the call.
 */
typedef void swio_listener_lost_fn(swio_listener *listener, const char *sentence, void *arg);

/* Zero is the default of each. Strings are copied. */
typedef struct swio_listener_opts {
    swio_loop *loop;         /* the process's default loop */
    uint16_t port;           /* where the contact names none; 8021 */
    const char *password;    /* "ClueCon" */
    const char *user;        /* "user@domain": logs in with userauth instead of auth */
    double connect_timeout;  /* seconds for resolving, connecting and logging in together; 10 */
    double timeout;          /* seconds for a reply; 10 */
    const char *call_header; /* the call tracking header; "variable_call_uuid", and
                                "variable_sip_h_X-switchio_originating_session" with a client */
    bool no_reconnect;       /* a connection that is lost stays so; false, see below */
    swio_listener_lost_fn *on_lost;
    void *arg; /* for the handler */
} swio_listener_opts;

/*
 * Makes a listener, not yet connected, of a contact as swio_conn_new() takes it: "host",
 * "host:port", "[::1]:port". `opts` may be NULL. SWIO_EINVAL, SWIO_ENOMEM, SWIO_EIO.
 */
SWIO_API int swio_listener_new(const char *contact, const swio_listener_opts *opts,
                               swio_listener **out);

SWIO_API swio_listener *swio_listener_ref(swio_listener *listener);
/*
 * Gives NULL. The last reference disconnects; when it is given up outside of the loop's thread,
 * nothing of the listener runs any more once this returns: waits on its sessions end with
 * SWIO_ECANCELED, the coroutines of its apps are cancelled and waited for. Sessions, calls and jobs
 * that are held stay readable.
 */
SWIO_API swio_listener *swio_listener_unref(swio_listener *listener);

/*
 * Adds event types to the set, or takes them out; a name with a ':' is a custom subclass. The set
 * at first: CHANNEL_CREATE, CHANNEL_ORIGINATE, CHANNEL_ANSWER, CHANNEL_PARK, CHANNEL_HANGUP,
 * CHANNEL_DESTROY, CALL_UPDATE, BACKGROUND_JOB, LOG.
 *
 * Taking out is refused with SWIO_ECONFIG once connected. Adding is legal at any time; while the
 * listener runs it waits for the reply, as the rule of waiting says. SWIO_EINVAL for a name with a
 * blank or a line break, SWIO_ENOENT for one that is not in the set, and the errors of a command.
 */
SWIO_API int swio_listener_subscribe(swio_listener *listener, const char *event);
SWIO_API int swio_listener_unsubscribe(swio_listener *listener, const char *event);

/* Connects and logs in; the errors are those of swio_conn_connect(). SWIO_ECONFIG when it is
 * connected already. */
SWIO_API int swio_listener_connect(swio_listener *listener);

/*
 * A connection that was lost is made again in the background, unless `no_reconnect` says otherwise;
 * when and how often it is tried says swio_conn_connect(). A listener that was running (or was
 * being started) is started again, with all event types of its set, those included that were added
 * meanwhile. Until then it is disconnected: on_lost has been called, what was under way has failed,
 * and what needs it is refused at once with SWIO_ECONN. swio_listener_connect() may be called then
 * as well, and takes the place of the next try (it starts nothing, and where it fails the tries go
 * on); swio_listener_disconnect() ends it, and so does a password that is refused.
 *
 * Sessions that ended meanwhile are found out: once the events are subscribed to again, also by
 * swio_listener_start() after connecting by hand, the switch is asked in the background about all
 * that are in the model (uuid_exists, uuid_dump, show channels as json). Who ended is ended here
 * too, with SWIO_CAUSE_LOST where no other cause was told before: it counts no longer, waits on it
 * and its coroutines end with SWIO_ECANCELED, and of the callbacks those of SWIO_SESSION_LOST run,
 * not that of CHANNEL_DESTROY, as there was no event. Who was answered meanwhile is marked so, by a
 * CHANNEL_DATA event in its history, without a callback as well. All others are followed on; of
 * what began meanwhile nothing is known, as of what was there before the first start.
 */

/*
 * Subscribes to the events of the set: the model follows from now on. SWIO_ECONFIG when it is not
 * connected, or started already; the errors of a command.
 */
SWIO_API int swio_listener_start(swio_listener *listener);

/* Closes the connection. Jobs under way, and waits on its sessions, fail with SWIO_ECANCELED.
 * Idempotent, waits for nothing. */
SWIO_API void swio_listener_disconnect(swio_listener *listener);

SWIO_API bool swio_listener_connected(const swio_listener *listener);
/* Connected and started. */
SWIO_API bool swio_listener_running(const swio_listener *listener);

/* "host:port", and the host alone. */
SWIO_API const char *swio_listener_contact(const swio_listener *listener);
SWIO_API const char *swio_listener_host(const swio_listener *listener);
SWIO_API swio_loop *swio_listener_loop(const swio_listener *listener);

/* Writes "<EventListener [connected]>" or "[disconnected]" as snprintf() does. */
SWIO_API int swio_listener_format(const swio_listener *listener, char *text, size_t size);

/* From the model by uuid; NULL where there is none. The caller owns the reference. */
SWIO_API swio_session *swio_listener_session(swio_listener *listener, const char *uuid);
SWIO_API swio_call *swio_listener_call(swio_listener *listener, const char *uuid);
SWIO_API swio_job *swio_listener_job(swio_listener *listener, const char *uuid);

/*
 * All that are up, oldest first (swio_listener_jobs(): under way, or completed with a session that
 * is up): an array that ends in NULL, to be released with the function below; *count may be NULL.
 * SWIO_ENOMEM.
 */
SWIO_API int swio_listener_sessions(swio_listener *listener, swio_session ***out, size_t *count);
SWIO_API int swio_listener_calls(swio_listener *listener, swio_call ***out, size_t *count);
SWIO_API int swio_listener_jobs(swio_listener *listener, swio_job ***out, size_t *count);

/*
 * The last 1000 sessions that failed with this cause ("USER_BUSY"), oldest first: those that were
 * never answered, or ended with another cause than NORMAL_CLEARING. An array as above.
 */
SWIO_API int swio_listener_failed(swio_listener *listener, const char *cause, swio_session ***out,
                                  size_t *count);

/* Give up the references of a list, and the list itself. NULL is fine. */
SWIO_API void swio_sessions_free(swio_session **list);
SWIO_API void swio_calls_free(swio_call **list);
SWIO_API void swio_jobs_free(swio_job **list);

/* What is up now. */
SWIO_API size_t swio_listener_count_sessions(swio_listener *listener);
SWIO_API size_t swio_listener_count_calls(swio_listener *listener);
SWIO_API size_t swio_listener_count_jobs(swio_listener *listener);
/* Of swio_totals, since the start or the last reset. */
SWIO_API uint64_t swio_listener_count_failed(swio_listener *listener);
SWIO_API uint64_t swio_listener_count_answered(swio_listener *listener);

/* All of its counters; and those by name, a copy to be released with swio_counts_free():
 * SWIO_ENOMEM. */
SWIO_API void swio_listener_totals(swio_listener *listener, swio_totals *out);
SWIO_API int swio_listener_counts(swio_listener *listener, swio_counter which, swio_counts **out);

/* Sets the counters to zero and forgets the failed sessions; what is up stays. */
SWIO_API void swio_listener_reset(swio_listener *listener);

/*
 * The most calls that a pool or an originator places through this listener's switch at once; 0, as
 * at first: no bound. It is full when so many are up or being set up.
 */
SWIO_API void swio_listener_set_max_limit(swio_listener *listener, size_t calls);
SWIO_API size_t swio_listener_max_limit(const swio_listener *listener);
SWIO_API bool swio_listener_full(swio_listener *listener);

/* When its first event happened, in microseconds since 1970, and the seconds from then to the
 * newest one, by the clock of FreeSWITCH (Event-Date-Timestamp). 0 before any event. */
SWIO_API int64_t swio_listener_epoch_us(swio_listener *listener);
SWIO_API double swio_listener_uptime(swio_listener *listener);

SWIO_END_DECLS

#endif
