/* Sessions: one leg (channel) of a call in FreeSWITCH, as its events tell it. */
#ifndef SWITCHIO_SESSION_H
#define SWITCHIO_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/event.h>
#include <switchio/export.h>
#include <switchio/job.h>
#include <switchio/vars.h>

SWIO_BEGIN_DECLS

/*
 * A session begins with its CHANNEL_CREATE or CHANNEL_ORIGINATE, whichever comes first, and ends
 * with its CHANNEL_DESTROY; every event of it in between is remembered and stays readable until the
 * last reference is given up, also after its end.
 *
 * Any thread may call any function here and give up its reference on any thread. Texts live as long
 * as the session is held.
 */
typedef struct swio_session swio_session;

/* See call.h. */
typedef struct swio_call swio_call;

SWIO_API swio_session *swio_session_ref(swio_session *session);
/* Gives NULL, and is fine with it. */
SWIO_API swio_session *swio_session_unref(swio_session *session);

/* The Unique-ID. Never NULL, never changes. */
SWIO_API const char *swio_session_uuid(const swio_session *session);

/* The host of the FreeSWITCH that it lives on, as it was given to connect to. */
SWIO_API const char *swio_session_host(const swio_session *session);

/*
 * The value of a header by its name, in any case: the newest event that has it wins. NULL where
 * none has. Of a name that stands twice in one event the first is given, as swio_event_get() does.
 */
SWIO_API const char *swio_session_get(const swio_session *session, const char *name);

/* The same as a whole decimal number, or `otherwise` where it is none or does not fit. */
SWIO_API long long swio_session_get_int(const swio_session *session, const char *name,
                                        long long otherwise);

/*
 * The remembered events: 0 is the newest, count - 1 the one that made the session. A header of one
 * of them; NULL where it has none of that name, or past the end.
 */
SWIO_API size_t swio_session_event_count(const swio_session *session);
SWIO_API const char *swio_session_event_get(const swio_session *session, size_t index,
                                            const char *name);

/*
 * One of them as an event again, with all its headers in their order and its body. It is made anew
 * (the history keeps what changed from event to event), so for one header the above is cheaper. The
 * caller owns the reference. SWIO_ENOENT past the end, SWIO_ENOMEM.
 */
SWIO_API int swio_session_event(const swio_session *session, size_t index, swio_event **out);

/*
 * The call that it is a leg of; never NULL while the session is up. The caller owns the reference.
 */
SWIO_API swio_call *swio_session_call(const swio_session *session);

/* The job of the originate that made it, or NULL. The caller owns the reference. */
SWIO_API swio_job *swio_session_job(const swio_session *session);

/* The app id: under which its events reach apps; "default" where it names none. */
SWIO_API const char *swio_session_appname(const swio_session *session);

/* Whether CHANNEL_ANSWER, CHANNEL_HANGUP and CHANNEL_DESTROY were seen. */
SWIO_API bool swio_session_answered(const swio_session *session);
SWIO_API bool swio_session_hungup(const swio_session *session);
SWIO_API bool swio_session_ended(const swio_session *session);

/* Call-Direction, seen from FreeSWITCH: inbound was offered to it, outbound was made by it. */
SWIO_API bool swio_session_is_inbound(const swio_session *session);
SWIO_API bool swio_session_is_outbound(const swio_session *session);

/*
 * The Hangup-Cause, or NULL before the end. Of a session that ended while its listener was not
 * connected, so that nobody heard of it, SWIO_CAUSE_LOST.
 */
#define SWIO_CAUSE_LOST "LOST"
SWIO_API const char *swio_session_cause(const swio_session *session);

/*
 * Times are microseconds since 1970. They come from Event-Date-Timestamp, the clock of FreeSWITCH,
 * which ticks every 20 ms; only SWIO_TIME_REQ_ORIGINATE is of the local clock, as the launch time
 * of a job is. Never subtract one clock from the other.
 */
typedef enum swio_session_time {
    SWIO_TIME_CREATE,        /* CHANNEL_CREATE (or CHANNEL_ORIGINATE where that came first) */
    SWIO_TIME_ANSWER,        /* CHANNEL_ANSWER */
    SWIO_TIME_REQ_ORIGINATE, /* when CHANNEL_ORIGINATE reached us, by the local clock */
    SWIO_TIME_ORIGINATE,     /* CHANNEL_ORIGINATE */
    SWIO_TIME_HANGUP,        /* CHANNEL_HANGUP */
    SWIO_TIME_DESTROY,       /* CHANNEL_DESTROY */
    SWIO_TIME_LAST_EVENT,    /* the newest event */
} swio_session_time;

/* 0 where it has not happened (or is not known). */
SWIO_API int64_t swio_session_time_us(const swio_session *session, swio_session_time which);

/* Seconds from its creation to its newest event. */
SWIO_API double swio_session_uptime(const swio_session *session);

/* What apps remember about it. Lives as long as the session is held. */
SWIO_API swio_vars *swio_session_vars(swio_session *session);

/*
 * Waiting for what becomes of it, as the rule of waiting says: a thread is blocked, a coroutine
 * suspended, and in a callback it is refused with SWIO_EWOULDBLOCK. `timeout` in seconds, more than
 * 0; INFINITY waits as long as the session lasts. Errors of all: SWIO_ETIMEOUT; SWIO_ECANCELED when
 * the session ended (also before), the listener was closed or disconnected, or the coroutine's own
 * session ended; SWIO_ECONN when the listener is not connected, or loses its connection (not of
 * swio_session_waitfor() before the wait); SWIO_ENOMEM.
 *
 * What is waited for is the next such event from the call on. In a coroutine nothing gets lost
 * between two calls; in a thread, what comes in between them does: where a command causes the
 * event, use the command's own time-out.
 *
 * An event that the listener does not receive yet is subscribed to first, which waits for a reply.
 */

/*
 * Waits for the next event of this name ("DTMF"; of a custom event the subclass,
 * "mod_bert::lost_sync"). *out (may be NULL) gets it: the caller owns the reference. SWIO_EINVAL
 * for what is no name of an event.
 */
SWIO_API int swio_session_recv(swio_session *session, const char *event, double timeout,
                               swio_event **out);

typedef enum swio_poll_mode {
    SWIO_POLL_FIRST, /* until any of them came */
    SWIO_POLL_ALL,   /* until each of them came once */
} swio_poll_mode;

/*
 * Waits for several. `out` (may be NULL) is an array of `count`: out[i] gets the event that came
 * for events[i], whose reference the caller owns, or NULL; also on an error, with those that came
 * in time. SWIO_EINVAL for no event at all.
 */
SWIO_API int swio_session_poll(swio_session *session, const char *const *events, size_t count,
                               double timeout, swio_poll_mode mode, swio_event **out);

/*
 * Waits until a variable of swio_session_vars() is set, by an app or whoever else; 0 at once where
 * it is. What an app sets while an event is dispatched is noticed when all apps are through with
 * the event.
 */
SWIO_API int swio_session_waitfor(swio_session *session, const char *variable, double timeout);

/* What is done to it: session_commands.h. */

/*
 * Writes "<Session(UUID, inbound, answered)>" into `text`, cut to `size` bytes with the NUL, and
 * returns the whole length, as snprintf() does. The direction is left out where no event told it;
 * the state is one of new, answered, hungup, ended.
 */
SWIO_API int swio_session_format(const swio_session *session, char *text, size_t size);

SWIO_END_DECLS

#endif
