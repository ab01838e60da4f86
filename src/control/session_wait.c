/* Waiting for events and variables of a session. */
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "control/listener.h"
#include "control/wait.h"
#include "loop/coroutine.h"

/* Events that are waited for are delivered from now on. */
static int subscribe(swio_listener *listener, const char *const *events, size_t count)
{
    int error = 0;
    for (size_t i = 0; i < count && !error; i++)
        error = swio_listener_subscribe(listener, events[i]);
    return error;
}

/* "DTMF or CHANNEL_HANGUP of the session UUID", for the sentence of a time-out. */
static void describe(swio_buf *out, const swio_session *session, const char *const *events,
                     size_t count, bool all)
{
    for (size_t i = 0; i < count; i++)
        swio_buf_printf(out, "%s%s", i == 0 ? "" : all ? " and " : " or ", events[i]);
    swio_buf_printf(out, " of the session %s", swio_session_uuid(session));
}

static int wait_for(swio_session *session, swio_wait_item *items, const char *const *events,
                    size_t count, bool all, double timeout)
{
    swio_wait wait = {.session = session};
    int error = swio_wait_begin(&wait, items, count, all);
    if (error) { /* who closed the connection may have cancelled the coroutine before: that is why
                  */
        int cancelled = swio_coroutine_check();
        return cancelled ? cancelled : error;
    }
    swio_buf what = {.max = 512};
    describe(&what, session, events, count, all);
    error = swio_completion_wait(wait.completion, timeout, what.data);
    swio_buf_free(&what);
    swio_wait_end(&wait);
    return error == SWIO_ETIMEOUT && !wait.missing ? 0 : error; /* it came just then */
}

static int await(swio_session *session, swio_wait_item *items, const char *const *events,
                 size_t count, bool all, double timeout)
{
    for (size_t i = 0; i < count; i++)
        items[i] = (swio_wait_item){.name = events[i]};
    int error = timeout > 0 ? swio_may_wait("waiting for an event of a session") : 0;
    if (!error)
        error = subscribe(swio_session_owner(session), events, count);
    return error ? error : wait_for(session, items, events, count, all, timeout);
}

/* Hands over what came. */
static void give(swio_wait_item *items, size_t count, swio_event **out)
{
    for (size_t i = 0; i < count; i++) {
        if (out)
            out[i] = items[i].event;
        else
            swio_event_unref(items[i].event);
    }
}

int swio_session_recv(swio_session *session, const char *event, double timeout, swio_event **out)
{
    swio_wait_item item;
    swio_event *came = NULL;
    int error = await(session, &item, &event, 1, true, timeout);
    give(&item, 1, &came);
    if (!error && out)
        *out = came;
    else
        swio_event_unref(came);
    return error;
}

int swio_session_poll(swio_session *session, const char *const *events, size_t count,
                      double timeout, swio_poll_mode mode, swio_event **out)
{
    for (size_t i = 0; out && i < count; i++)
        out[i] = NULL;
    if (count == 0)
        return swio_err(SWIO_EINVAL, "polling the session %s for no event",
                        swio_session_uuid(session));
    swio_wait_item *items = swio_calloc(count, sizeof *items);
    if (!items)
        return swio_err_nomem();
    int error = await(session, items, events, count, mode == SWIO_POLL_ALL, timeout);
    give(items, count, out);
    swio_free(items);
    return error;
}

int swio_session_waitfor(swio_session *session, const char *variable, double timeout)
{
    swio_wait_item item = {.name = variable, .variable = true};
    swio_wait wait = {.session = session};
    swio_vars *vars = swio_session_vars(session);
    if (!variable || !*variable)
        return swio_err(SWIO_EINVAL, "waiting for a variable without a name");
    int error = timeout > 0 ? swio_may_wait("waiting for a variable of a session") : 0;
    if (error || swio_vars_has(vars, variable))
        return error;
    error = swio_wait_begin(&wait, &item, 1, true);
    if (error)
        return error;
    if (!swio_vars_has(vars, variable)) { /* else it was set meanwhile */
        char what[256];
        snprintf(what, sizeof what, "the variable %s of the session %s", variable,
                 swio_session_uuid(session));
        error = swio_completion_wait(wait.completion, timeout, what);
    }
    swio_wait_end(&wait);
    return error == SWIO_ETIMEOUT && swio_vars_has(vars, variable) ? 0 : error;
}
