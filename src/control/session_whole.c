/* A session in a few words; a call as a whole. */
#include <stdio.h>
#include <switchio/call.h>
#include <switchio/session_commands.h>

#include "base/err.h"
#include "base/mem.h"
#include "loop/loop.h"

static const char *state_of(const swio_session *session)
{
    return swio_session_ended(session)      ? "ended"
           : swio_session_hungup(session)   ? "hungup"
           : swio_session_answered(session) ? "answered"
                                            : "new";
}

int swio_session_format(const swio_session *session, char *text, size_t size)
{
    const char *direction = swio_session_is_inbound(session)    ? ", inbound"
                            : swio_session_is_outbound(session) ? ", outbound"
                                                                : "";
    return snprintf(text, size, "<Session(%s%s, %s)>", swio_session_uuid(session), direction,
                    state_of(session));
}

/* Seconds that are left until then; a little when there are none, and 0 where nobody waits. */
static double left_until(uint64_t due_ns, double timeout)
{
    uint64_t now_ns = swio_now_ns();
    if (!(timeout > 0) || due_ns == UINT64_MAX)
        return timeout;
    return due_ns > now_ns ? (double)(due_ns - now_ns) / 1e9 : 1e-9;
}

/* The sessions that are up, with a reference each; they leave the call while it ends. */
static int list_legs(const swio_call *call, swio_session ***legs, size_t *count)
{
    size_t most = swio_call_session_count(call);
    *count = 0;
    *legs = swio_calloc(most + 1, sizeof(swio_session *));
    if (!*legs)
        return swio_err_nomem();
    while (*count < most && ((*legs)[*count] = swio_call_session(call, *count)))
        (*count)++;
    return 0;
}

int swio_call_hangup(swio_call *call, const char *cause, double timeout)
{
    uint64_t due_ns = swio_deadline_ns(timeout);
    swio_session **legs;
    size_t count;
    int first_error = list_legs(call, &legs, &count);
    if (first_error)
        return first_error;
    for (size_t i = 0; i < count; i++) {
        /* Of one that the end of another took along, this is a matter of course. */
        int error = swio_session_hungup(legs[i])
                        ? 0
                        : swio_session_hangup(legs[i], cause, left_until(due_ns, timeout));
        if (!first_error)
            first_error = error;
        swio_session_unref(legs[i]);
    }
    swio_free(legs);
    return first_error;
}
