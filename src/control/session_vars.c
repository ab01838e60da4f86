/* The variables of a session's channel. */
#include <stdlib.h>
#include <string.h>
#include <switchio/session_commands.h>

#include "base/err.h"
#include "base/mem.h"
#include "control/escape.h"
#include "control/listener.h"
#include "control/session_send.h"
#include "esl/event.h"
#include "track/track.h"

static const swio_session_command getvar = {.name = "getvar", .api = "uuid_getvar $u $1"};
static const swio_session_command setvar = {.name = "setvar", .api = "uuid_setvar $u $1 %2"};
static const swio_session_command unsetvar = {.name = "unsetvar", .api = "uuid_setvar $u $1"};
static const swio_session_command setvars = {.name = "setvars", .api = "uuid_setvar_multi $u $1"};
static const swio_session_command dump = {.name = "dump", .api = "uuid_dump $u json"};

/* What mod_event_socket.c sends in the place of an empty output. */
static const char NO_OUTPUT[] = "-ERR no reply\n";

/* For what makes no sense without its answer. */
static double time_for(const swio_session *session, double timeout)
{
    const swio_listener *listener = swio_session_owner(session);
    return timeout > 0 ? timeout : listener->timeout;
}

/* A value may look like an error; but FreeSWITCH ends its own words with a line, and no value. */
static bool is_value(const swio_event *reply, const char *body, size_t len)
{
    const char *type = swio_event_get(reply, "Content-Type");
    return type && strcmp(type, "api/response") == 0 &&
           (len == 0 || body[len - 1] != '\n' || strcmp(body, NO_OUTPUT) == 0);
}

int swio_session_getvar(swio_session *session, const char *name, double timeout, char **value)
{
    swio_event *reply = NULL;
    int error = swio_check_plain("getvar", "name", name, " '\\");
    if (!error)
        error = swio_session_send(session, &(swio_sending){.command = &getvar,
                                                           .args = {name},
                                                           .timeout = time_for(session, timeout),
                                                           .reply = &reply});
    size_t len = 0;
    const char *body = reply ? swio_event_body(reply, &len) : "";
    if (reply && is_value(reply, body, len)) {
        error = 0;
        if (strcmp(body, "_undef_") == 0)
            error = swio_err(SWIO_ENOENT, "the session %s has no variable %s",
                             swio_session_uuid(session), name);
        else if (!(*value = swio_strdup(strcmp(body, NO_OUTPUT) == 0 ? "" : body)))
            error = swio_err_nomem();
    }
    swio_event_unref(reply);
    return error;
}

int swio_session_setvar(swio_session *session, const char *name, const char *value, double timeout)
{
    int error = swio_check_name("setvar", name);
    if (!error && (!value || !*value))
        return swio_session_unsetvar(session, name, timeout);
    if (!error)
        error = swio_check_line("setvar", "value", value);
    return error ? error
                 : swio_session_send(session, &(swio_sending){.command = &setvar,
                                                              .args = {name, value},
                                                              .timeout = timeout});
}

int swio_session_unsetvar(swio_session *session, const char *name, double timeout)
{
    int error = swio_check_name("unsetvar", name);
    return error ? error
                 : swio_session_send(
                       session,
                       &(swio_sending){.command = &unsetvar, .args = {name}, .timeout = timeout});
}

static int put_variable(swio_buf *out, const swio_variable *v)
{
    const char *value = v->value ? v->value : "";
    int error = swio_check_name("setvars", v->name);
    if (!error)
        error = swio_check_line("setvars", "value", value);
    if (!error)
        error = swio_check_literal("setvars", v->name, value);
    if (error)
        return error;
    if (out->len)
        swio_buf_putc(out, ';');
    swio_buf_puts(out, v->name);
    swio_buf_putc(out, '=');
    swio_escape_part(out, value, ';');
    return 0;
}

int swio_session_setvars(swio_session *session, const swio_variable *variables, size_t count,
                         double timeout)
{
    if (count == 0 || count > SWIO_SETVARS_MAX)
        return swio_err(SWIO_EINVAL, "setvars: %zu variables: give 1 to %d", count,
                        SWIO_SETVARS_MAX);
    swio_buf text = {0};
    int error = 0;
    for (size_t i = 0; i < count && !error; i++)
        error = put_variable(&text, &variables[i]);
    if (!error)
        error = swio_buf_error(&text);
    if (!error)
        error = swio_session_send(
            session, &(swio_sending){.command = &setvars, .args = {text.data}, .timeout = timeout});
    swio_buf_free(&text);
    return error;
}

int swio_session_dump(swio_session *session, double timeout, swio_event **out)
{
    swio_event *reply = NULL;
    int error = swio_session_send(
        session,
        &(swio_sending){.command = &dump, .timeout = time_for(session, timeout), .reply = &reply});
    if (!error) {
        size_t len = 0;
        const char *body = swio_event_body(reply, &len);
        error = swio_event_from_json(body, len, 0, out);
    }
    swio_event_unref(reply);
    return error;
}
