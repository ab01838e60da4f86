/* Sending the commands of a session, and waiting for what completes them. */
#ifndef SWIO_CONTROL_SESSION_SEND_H
#define SWIO_CONTROL_SESSION_SEND_H

#include <stdbool.h>
#include <switchio/session.h>

#include "base/buf.h"
#include "control/wait.h"

/* The most arguments of a command. */
enum { SWIO_COMMAND_ARGS = 4 };

/* How a command is sent: one row each. */
typedef struct swio_session_command {
    const char *name; /* of the function, without "swio_session_": for sentences */
    /* An api command, in which $u stands for the session's uuid, $1 for the first argument as it
     * is, and %1 for the first argument as one of several words … */
    const char *api;
    const char *app;   /* … or an application, with the first argument as its own */
    const char *until; /* the event that completes it; NULL: the reply does */
    bool (*done)(const swio_session *session); /* whether it was seen already */
    bool gone_is_fine; /* that there is no such channel any more is no failure */
} swio_session_command;

/* One command on its way. Zero is the default of each but the first. */
typedef struct swio_sending {
    const swio_session_command *command;
    const char *args[SWIO_COMMAND_ARGS]; /* NULL: "" */
    double timeout;
    const char *event_uuid; /* comes back as Application-UUID of the application's end */
    /* Instead of `until`: what completes it, any of them; their events are for the caller, also
     * after an error. */
    swio_wait_item *items;
    size_t count;
    swio_wait_match_fn *match;
    void *arg;
    swio_event **reply; /* gets a reference to the reply, or NULL, also on an error */
} swio_sending;

/* As session_commands.h says. */
int swio_session_send(swio_session *session, const swio_sending *sending);

/* Whether that is what FreeSWITCH says of a channel that is not there any more, perhaps before its
 * events do (mod_event_socket.c, mod_commands.c). */
bool swio_says_gone(const char *sentence);

#endif
