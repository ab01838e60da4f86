#include "control/originate.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "control/escape.h"
#include "track/track.h"

/* The longest originate_timeout taken, in seconds: a day. */
enum { TIMEOUT_MAX = 86400 };

/* Events show a channel variable with this in front of its name. */
enum { VARIABLE = sizeof "variable_" - 1 };

/* The variables of every call, in the order in which they are sent. */
enum {
    TIMEOUT,
    CALLER_NAME,
    CALLER_NUMBER,
    CODEC,
    ONLY_CODEC,
    UUID,
    KEEP_DISPLAY,
    NO_EARLY_MEDIA,
    CALL,
    APP,
    DEFAULTS
};
static const char *const default_names[DEFAULTS] = {
    [TIMEOUT] = "originate_timeout",
    [CALLER_NAME] = "origination_caller_id_name",
    [CALLER_NUMBER] = "origination_caller_id_number",
    [CODEC] = "originator_codec",
    [ONLY_CODEC] = "absolute_codec_string",
    [UUID] = "origination_uuid",
    [KEEP_DISPLAY] = "ignore_display_updates",
    [NO_EARLY_MEDIA] = "ignore_early_media",
    [CALL] = &SWIO_CALL_HEADER[VARIABLE],
    [APP] = &SWIO_APP_HEADER[VARIABLE],
};

/* The options with every default filled in. A variable without a value is left out. */
typedef struct filled {
    const swio_originate_opts *opts;
    const char *profile, *dialplan, *context, *app;
    const char *values[DEFAULTS];
    char timeout_text[16];
} filled;

static const char *or_else(const char *given, const char *otherwise)
{
    return given ? given : otherwise;
}

/* Seconds; 0 where they are out of range. */
static double timeout_of(const swio_originate_opts *opts)
{
    if (opts->timeout == 0)
        return 60;
    return opts->timeout > 0 && opts->timeout <= TIMEOUT_MAX ? ceil(opts->timeout) : 0;
}

static void fill(const swio_originate_opts *opts, filled *f)
{
    *f = (filled){
        .opts = opts,
        .profile = or_else(opts->profile, "external"),
        .dialplan = or_else(opts->dialplan, "XML"),
        .context = or_else(opts->context, "default"),
        .app = or_else(opts->app, "park"),
        .values =
            {
                [TIMEOUT] = f->timeout_text,
                [CALLER_NAME] = or_else(opts->caller_name, "Mr_switchio"),
                [CALLER_NUMBER] = or_else(opts->caller_number, "1112223333"),
                [CODEC] = or_else(opts->codec, "PCMU"),
                [ONLY_CODEC] = or_else(opts->codec, ""),
                [UUID] = opts->uuid,
                [KEEP_DISPLAY] = "true",
                [NO_EARLY_MEDIA] = "true",
                [CALL] = opts->uuid,
                [APP] = opts->app_id,
            },
    };
    snprintf(f->timeout_text, sizeof f->timeout_text, "%.0f", timeout_of(opts));
}

int swio_originate_variable(swio_buf *out, const char *name, const char *value)
{
    swio_buf middle = {0};
    int error = swio_escape_value(&middle, "originate", name, value);
    if (!error)
        error = swio_check_literal("originate", name, value);
    if (error) {
        swio_buf_free(&middle);
        return error;
    }
    const char *quote = strchr(value, ' ') ? "'" : "";
    size_t before = out->len;
    swio_buf_puts(out, name);
    swio_buf_putc(out, '=');
    swio_buf_puts(out, quote);
    swio_escape(out, middle.data, middle.len, "\\'");
    swio_buf_puts(out, quote);
    error = swio_buf_error(out);
    if (error)
        out->len = before;
    swio_buf_free(&middle);
    return error;
}

/* The user's variable of this name, the latest; NULL if there is none. */
static const swio_variable *given(const swio_originate_opts *opts, const char *name)
{
    for (size_t i = opts->variable_count; i > 0; i--)
        if (strcasecmp(opts->variables[i - 1].name, name) == 0)
            return &opts->variables[i - 1];
    return NULL;
}

static bool is_default(const char *name)
{
    for (size_t i = 0; i < DEFAULTS; i++)
        if (strcasecmp(default_names[i], name) == 0)
            return true;
    return false;
}

static int put_variable(swio_buf *out, const char **separator, const char *name, const char *value)
{
    if (!value)
        return 0;
    swio_buf_puts(out, *separator);
    *separator = ",";
    return swio_originate_variable(out, name, value);
}

static int put_variables(const filled *f, swio_buf *out)
{
    const swio_originate_opts *opts = f->opts;
    const char *separator = "{";
    int error = 0;
    if (given(opts, "origination_uuid"))
        return swio_err(SWIO_EINVAL, "originate: give the uuid of the session as the option uuid, "
                                     "not as the variable origination_uuid");
    for (size_t i = 0; i < DEFAULTS && !error; i++) {
        const swio_variable *mine = given(opts, default_names[i]);
        const char *value = mine ? mine->value : f->values[i];
        error = put_variable(out, &separator, default_names[i], value);
    }
    for (size_t i = 0; i < opts->variable_count && !error; i++) {
        const swio_variable *v = &opts->variables[i];
        if (!is_default(v->name) && given(opts, v->name) == v)
            error = put_variable(out, &separator, v->name, v->value);
    }
    if (*separator == ',')
        swio_buf_putc(out, '}');
    return error;
}

static int put_dial_string(const filled *f, swio_buf *out)
{
    const swio_originate_opts *opts = f->opts;
    if (!opts->dest_url)
        return swio_err(SWIO_EINVAL, "originate: no destination: give a dest_url");
    return swio_dial_string(out, "originate",
                            &(swio_route){
                                .dest_url = opts->dest_url,
                                .profile = f->profile,
                                .gateway = opts->gateway,
                                .proxy = opts->proxy,
                            });
}

/* "&app(argument)". The argument ends at its first ')' (mod_commands.c originate_function()). */
static int put_app(const filled *f, swio_buf *out)
{
    const char *arg = f->opts->app_arg ? f->opts->app_arg : "";
    int error = swio_check_plain("originate", "application", f->app, " '\"\\,()&");
    if (error)
        return error;
    if (strpbrk(arg, "\r\n"))
        return swio_err(SWIO_EINVAL,
                        "originate: the argument of %s holds a line break, which would end the "
                        "command",
                        f->app);
    if (strchr(arg, ')'))
        return swio_err(SWIO_EINVAL,
                        "originate: the argument of %s holds a ')', at which FreeSWITCH would cut "
                        "it: park the call and execute %s on it: '%s'",
                        f->app, f->app, arg);
    bool quoted = strchr(arg, ' ');
    swio_buf_puts(out, quoted ? " '&" : " &");
    swio_buf_puts(out, f->app);
    swio_buf_putc(out, '(');
    swio_escape(out, arg, strlen(arg), "\\'");
    swio_buf_puts(out, quoted ? ")'" : ")");
    return 0;
}

static int put_extension(const filled *f, swio_buf *out)
{
    const struct {
        const char *what, *text;
    } parts[] = {{"extension", f->opts->exten}, {"dialplan", f->dialplan}, {"context", f->context}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        int error = swio_check_plain("originate", parts[i].what, parts[i].text, " '\"\\");
        if (error)
            return error;
        swio_buf_putc(out, ' ');
        swio_buf_puts(out, parts[i].text);
    }
    return 0;
}

int swio_originate_build(const swio_originate_opts *opts, swio_buf *out)
{
    filled f;
    size_t before = out->len;
    if (timeout_of(opts) <= 0)
        return swio_err(SWIO_EINVAL, "originate: a time-out of %g s: give 0 to %d", opts->timeout,
                        TIMEOUT_MAX);
    fill(opts, &f);
    swio_buf_puts(out, "originate ");
    int error = put_variables(&f, out);
    if (!error)
        error = put_dial_string(&f, out);
    if (!error)
        error = opts->exten ? put_extension(&f, out) : put_app(&f, out);
    if (!error)
        error = swio_buf_error(out);
    if (error)
        out->len = before;
    return error;
}

int swio_originate_line(const swio_originate_opts *opts, char **line)
{
    swio_originate_opts with_uuid = *opts;
    swio_uuid uuid;
    if (!opts->uuid) {
        uuid = swio_uuid_new();
        with_uuid.uuid = uuid.text;
    }
    swio_buf out = {0};
    int error = swio_originate_build(&with_uuid, &out);
    if (!error)
        *line = swio_buf_steal(&out, NULL);
    swio_buf_free(&out);
    return error;
}

void swio_text_free(char *text)
{
    swio_free(text);
}
