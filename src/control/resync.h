/* A listener that is there again: what became meanwhile of the sessions that it knew. */
#ifndef SWIO_CONTROL_RESYNC_H
#define SWIO_CONTROL_RESYNC_H

#include <stdbool.h>
#include <switchio/event.h>
#include <switchio/listener.h>

/*
 * While no events came, sessions ended, and nothing will ever say so: they are found by asking, and
 * ended in the model as lost. All questions go over the listener's own connection, once its events
 * are subscribed to, and each about what the model had before that: so nobody is asked about who
 * came since, and of whoever a single event has come since then the CHANNEL_DESTROY comes as well.
 * The others:
 *
 *  1. `uuid_exists` (`uuid_dump` of who was not answered yet, which also tells whether it is now).
 *     Who exists is up, and its end is an event that has not happened yet: it will come. Who does
 *     not has hung up (switch_core_session_locate() finds nobody from CS_HANGUP on), and its
 *     CHANNEL_DESTROY came while nobody listened, or is under way, or is yet to come: seconds
 *     of reporting may lie between the two.
 *  2. `show channels as json`, for these. The rows are written by CHANNEL_CREATE and deleted by
 *     CHANNEL_DESTROY (switch_core_sqldb.c), behind the events: seen 0.1 to 0.4 s late on an idle
 *     switch, which is longer than a quick reconnect takes. So a row proves nothing about a life,
 *     which is why 1 comes first; but of who has hung up, no row means that CHANNEL_DESTROY was
 *     fired. Who still has a row is looked for again later.
 *  3. A fence: a bgapi of which only the end is wanted. A reply may overtake events, which are
 *     written when nothing is left to read (mod_event_socket.c, read_packet()); BACKGROUND_JOB
 *     cannot, it goes through the same queues. If CHANNEL_DESTROY was not before it, it was fired
 *     before the subscription, and the session is lost.
 *
 * Who is too young to be in the table for sure when 2 comes is listed again later: it may have hung
 * up before its row was written, and its CHANNEL_DESTROY, with its cause, be yet to come.
 */
typedef struct swio_resync swio_resync;

/*
 * Remembers who is in the model, to be called before the events are subscribed to; NULL if there
 * is nobody to ask about (or no memory, which is logged). Any thread. An object of swio_obj_new().
 */
swio_resync *swio_resync_new(swio_listener *listener);

/* The rest: on the loop's thread. */

/* Makes it the listener's, in the place of any other; takes the reference, NULL is fine. */
void swio_resync_set(swio_listener *listener, swio_resync *resync);

/* The events are subscribed to: asks, if there is one. */
void swio_resync_begin(swio_listener *listener);

/* Whether this event belongs to the questions, and to nobody else. */
bool swio_resync_takes(swio_listener *listener, const swio_event *event);

/* The connection ended, or the listener goes: nothing is asked any more. */
void swio_resync_drop(swio_listener *listener);

#endif
