/* Waiting for an event of a session. */
#ifndef SWIO_CONTROL_WAIT_H
#define SWIO_CONTROL_WAIT_H

#include <switchio/session.h>

#include "loop/completion.h"

/*
 * Registers a wait for the next event of this key (swio_event_key()), before what causes it is
 * sent. *out gets the completion, whose value will be the event; hand it to swio_wait_end() in any
 * case. SWIO_ECANCELED if the session has ended, SWIO_ENOMEM. Any thread.
 */
int swio_wait_begin(swio_session *session, swio_loop *loop, const char *key, swio_completion **out);

/* No longer waits, and gives up the completion. */
void swio_wait_end(swio_session *session, swio_completion *c);

/* Sets what waits for this event; and, when the session ended, everything with SWIO_ECANCELED. On
 * the loop's thread. */
void swio_wait_event(swio_session *session, const char *key, swio_event *event);
void swio_wait_cancel(swio_session *session);

#endif
