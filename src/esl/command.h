/* Commands to bytes. A value that would break the framing is refused, never sent. */
#ifndef SWIO_ESL_COMMAND_H
#define SWIO_ESL_COMMAND_H

#include <stddef.h>
#include <switchio/event.h>
#include <switchio/variable.h>

#include "base/buf.h"

/*
 * Each appends one whole command with its ending empty line to `out`, or fails and leaves `out`
 * as it was: SWIO_EINVAL with a sentence that names the part that holds a line break or a NUL,
 * SWIO_ELIMIT, SWIO_ENOMEM.
 */

/* One line, any command: "auth ClueCon", "event plain ALL", "exit", "api status". */
int swio_command_line(swio_buf *out, const char *line);

int swio_command_auth(swio_buf *out, const char *password);
/* `userauth user@domain:password` */
int swio_command_userauth(swio_buf *out, const char *user, const char *password);
int swio_command_api(swio_buf *out, const char *text);
/* With our own Job-UUID, so that the job is known before the command leaves. */
int swio_command_bgapi(swio_buf *out, const char *job_uuid, const char *text);

typedef swio_variable swio_header;

/*
 * `sendmsg UUID` (uuid may be NULL on an outbound socket) and `sendevent NAME`, with headers, and a
 * body with its Content-Length where `body` is not NULL.
 */
int swio_command_sendmsg(swio_buf *out, const char *uuid, const swio_header *headers, size_t count,
                         const char *body);
int swio_command_sendevent(swio_buf *out, const char *name, const swio_header *headers,
                           size_t count, const char *body);

/*
 * `event FORMAT names…`: the standard names first and then `CUSTOM` and the subclasses, because
 * everything after CUSTOM is taken for a subclass (mod_event_socket.c). A name with a ':' is a
 * subclass.
 */
int swio_command_event(swio_buf *out, swio_event_format format, const char *const *names,
                       size_t count);
int swio_command_nixevent(swio_buf *out, const char *const *names, size_t count);

#endif
