/* Calls: sessions that belong together. */
#ifndef SWITCHIO_CALL_H
#define SWITCHIO_CALL_H

#include <stddef.h>
#include <switchio/export.h>
#include <switchio/session.h>
#include <switchio/vars.h>

SWIO_BEGIN_DECLS

/*
 * The sessions whose events name the same call in the call tracking header; a session without that
 * header is a call of its own. A call ends when its last session is destroyed.
 *
 * Any thread may call any function here and give up its reference on any thread. A function that
 * returns a session or a call gives a reference.
 */

SWIO_API swio_call *swio_call_ref(swio_call *call);
/* Gives NULL, and is fine with it. */
SWIO_API swio_call *swio_call_unref(swio_call *call);

/* The value of the tracking header, or the uuid of the session that is its own call. Never NULL. */
SWIO_API const char *swio_call_uuid(const swio_call *call);

/* The sessions that are up, in the order in which they joined. NULL past the end. */
SWIO_API size_t swio_call_session_count(const swio_call *call);
SWIO_API swio_session *swio_call_session(const swio_call *call, size_t index);

/*
 * The first and the last session that ever joined: the caller and the callee of a call of two legs.
 * They stay so after they were destroyed, until the call has ended and its end was told to the
 * apps; then NULL. The same session where only one joined.
 */
SWIO_API swio_session *swio_call_first(const swio_call *call);
SWIO_API swio_session *swio_call_last(const swio_call *call);

/* Of the first the last, of the last the first; NULL for any other session, and where only one
 * joined. */
SWIO_API swio_session *swio_call_get_peer(const swio_call *call, const swio_session *session);

/* What apps remember about it. Lives as long as the call is held. */
SWIO_API swio_vars *swio_call_vars(swio_call *call);

/*
 * Hangs up all sessions of the call that are up, with a cause as swio_session_hangup() takes it;
 * waits for the CHANNEL_HANGUP of each, `timeout` seconds in all. Fine when none is up any more. Of
 * several errors the first is returned; the others are tried all the same.
 */
SWIO_API int swio_call_hangup(swio_call *call, const char *cause, double timeout);

/*
 * Writes "<Call(UUID, 2 sessions)>" into `text`, cut to `size` bytes with the NUL, and returns the
 * whole length, as snprintf() does.
 */
SWIO_API int swio_call_format(const swio_call *call, char *text, size_t size);

SWIO_END_DECLS

#endif
