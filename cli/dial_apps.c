#include "cli/dial_apps.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/apps.h>
#include <switchio/error.h>

#include "cli/commands.h"
#include "cli/target.h"

static const double WEIGHT_MAX = 1e6;

static int out_of_memory(const command *cmd)
{
    fprintf(stderr, "switchio %s: out of memory\n", cmd->name);
    return STATUS_FAILED;
}

/* A weight, from `text` to its end. */
static bool is_number(const char *text)
{
    return *text && strspn(text, "0123456789.") == strlen(text) &&
           strcspn(text, "0123456789") < strlen(text);
}

static int set_weight(const command *cmd, const char *given, const char *text, dial_app *app)
{
    char *end;
    app->weight = strtod(text, &end);
    if (!is_number(text) || *end)
        return usage_error(cmd, "--app %s: the weight '%s' is not a number", given, text);
    if (!(app->weight > 0 && app->weight <= WEIGHT_MAX))
        return usage_error(cmd, "--app %s: the weight must be more than 0 and at most %g", given,
                           WEIGHT_MAX);
    return -1;
}

/* APP[/params]; keeps the parameters. SWIO_E… */
static int parse(const char *text, dial_app *app)
{
    const char *params = NULL;
    int error = swio_app_parse(text, &app->app, &params);
    free(app->params);
    app->params = NULL;
    if (!error && params && !(app->params = strdup(params)))
        error = SWIO_ENOMEM;
    return error;
}

static int refused(const command *cmd, const char *given, const char *text, int error)
{
    size_t file, len = swio_app_span(text, &file);
    char name[64];
    if (error == SWIO_ENOMEM)
        return out_of_memory(cmd);
    if (error != SWIO_ENOENT || file)
        return usage_error(cmd, "--app %s: %s", given, swio_errmsg());
    snprintf(name, sizeof name, "%.*s", (int)len, text);
    return no_such_app(cmd, name);
}

/*
 * "APP/k=v:34": a weight, or the end of a value (a port, say)? What can only be one is that;
 * what can be both is refused, with both ways to write it. `slash` and `colon` are in `text`.
 */
static int read_tail(const command *cmd, const char *given, char *text, size_t slash, char *colon,
                     dial_app *app)
{
    int whole = parse(text, app);
    *colon = '\0';
    int cut = parse(text, app);
    if (!whole && !cut) {
        const char *values = text + slash + 1;
        int len = (int)slash;
        return usage_error(cmd,
                           "--app %s: is '%s' the weight, or the end of a value? Write %.*s:%s/%s "
                           "for the weight, %.*s:1/%s:%s for the value",
                           given, colon + 1, len, text, colon + 1, values, len, text, values,
                           colon + 1);
    }
    if (!cut)
        return set_weight(cmd, given, colon + 1, app);
    *colon = ':';
    whole = parse(text, app);
    return whole ? refused(cmd, given, text, whole) : -1;
}

/* `text` is a copy of `given` that may be changed. */
static int read_app(const command *cmd, const char *given, char *text, dial_app *app)
{
    size_t file, name = swio_app_span(text, &file);
    char *colon = strrchr(text + name, ':');
    int status = -1;
    app->weight = 1;
    if (text[name] == ':') {
        /* Behind the name; what is behind the '/' then is the parameters and nothing else. */
        size_t end = name + strcspn(text + name, "/");
        char slash = text[end];
        text[end] = '\0';
        status = set_weight(cmd, given, text + name + 1, app);
        if (status >= 0)
            return status;
        text[end] = slash;
        memmove(text + name, text + end, strlen(text + end) + 1);
    } else if (colon && is_number(colon + 1)) {
        return read_tail(cmd, given, text, name, colon, app);
    }
    int error = parse(text, app);
    return error ? refused(cmd, given, text, error) : -1;
}

int dial_apps_read(const command *cmd, const option_texts *given, const char *standard,
                   dial_apps *out)
{
    size_t count = given->count ? given->count : 1;
    int status = -1;
    *out = (dial_apps){.app = calloc(count, sizeof out->app[0])};
    if (!out->app)
        return out_of_memory(cmd);
    for (size_t i = 0; status < 0 && i < count; i++) {
        const char *one = given->count ? given->text[i] : standard;
        char *text = strdup(one);
        out->count++;
        status = text ? read_app(cmd, one, text, &out->app[i]) : out_of_memory(cmd);
        free(text);
        if (status < 0)
            make_app_id(out->app[i].app->name, out->app[i].id, sizeof out->app[i].id);
    }
    return status;
}

void dial_apps_free(dial_apps *apps)
{
    for (size_t i = 0; i < apps->count; i++)
        free(apps->app[i].params);
    free(apps->app);
    *apps = (dial_apps){0};
}

void dial_apps_format(const dial_apps *apps, char *text, size_t size)
{
    double sum = 0;
    size_t at = 0;
    for (size_t i = 0; i < apps->count; i++)
        sum += apps->app[i].weight;
    for (size_t i = 0; i < apps->count && at < size; i++) {
        const dial_app *app = &apps->app[i];
        int n = apps->count == 1 ? snprintf(text, size, "%s", app->app->name)
                                 : snprintf(text + at, size - at, "%s%s %.3g %%", i ? ", " : "",
                                            app->app->name, app->weight / sum * 100);
        at += n > 0 ? (size_t)n : 0;
    }
}
