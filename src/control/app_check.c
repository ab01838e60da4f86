/* Whether an app can be loaded at all. */
#include <string.h>

#include "base/err.h"
#include "control/registry.h"

static int check_event(const swio_app *app, const char *event)
{
    if (!*event || strpbrk(event, " \r\n"))
        return swio_err(SWIO_EINVAL, "the app %s subscribes to '%s', which names no event",
                        app->name, event);
    return 0;
}

static bool has_function(const swio_app_entry *e)
{
    switch (e->kind) {
    case SWIO_APP_CALLBACK:
    case SWIO_APP_COROUTINE:
        return e->session;
    case SWIO_APP_JOB:
        return e->job;
    case SWIO_APP_HANDLER:
        return e->handler;
    case SWIO_APP_END:
        break;
    }
    return false;
}

/* What it waits for never comes: the end of a job is told to job callbacks and handlers alone. */
static const char *wrong_kind(const swio_app_entry *e)
{
    bool of_job = strcmp(e->event, "BACKGROUND_JOB") == 0;
    if (e->kind == SWIO_APP_JOB && !of_job)
        return "is for a job, which has no event but BACKGROUND_JOB";
    if (e->kind != SWIO_APP_JOB && e->kind != SWIO_APP_HANDLER && of_job)
        return "is for a session, but the event is that of a job: take SWIO_JOB_CALLBACK";
    return NULL;
}

static int check_entry(const swio_app *app, const swio_app_entry *e, size_t at)
{
    const char *wrong = NULL;
    if (!e->event || !*e->event || strpbrk(e->event, " \r\n"))
        wrong = "names no event";
    else if (!has_function(e))
        wrong = "has no function of its kind";
    else
        wrong = wrong_kind(e);
    if (wrong)
        return swio_err(SWIO_EINVAL, "the app %s: entry %zu (%s) %s", app->name, at + 1,
                        e->event ? e->event : "", wrong);
    return 0;
}

/* What could be taken for something else in "FILE.so:NAME:WEIGHT/params" is no name. */
static bool is_name(const char *name)
{
    size_t len = strlen(name);
    return !strpbrk(name, " /,:\r\n") && strspn(name, "0123456789.") < len &&
           (len < 3 || strcmp(name + len - 3, ".so") != 0);
}

int swio_app_check(const swio_app *app)
{
    if (!app)
        return swio_err(SWIO_EINVAL, "no app is given");
    if (!app->name || !*app->name)
        return swio_err(SWIO_EINVAL, "an app without a name");
    if (!is_name(app->name))
        return swio_err(SWIO_EINVAL, "'%s' is no name of an app", app->name);
    size_t count = 0;
    while (count < SWIO_APP_ENTRIES && app->on[count].kind != SWIO_APP_END)
        count++;
    if (!count)
        return swio_err(SWIO_EINVAL, "the app %s has no entries", app->name);
    int error = 0;
    for (size_t i = 0; !error && i < count; i++)
        error = check_entry(app, &app->on[i], i);
    for (size_t i = 0; !error && app->subscribe && app->subscribe[i]; i++)
        error = check_event(app, app->subscribe[i]);
    if (error)
        return error;
    for (size_t i = count; i < SWIO_APP_ENTRIES; i++)
        if (app->on[i].kind != SWIO_APP_END)
            return swio_err(SWIO_EINVAL, "the app %s: entry %zu is empty, and others follow it",
                            app->name, count + 1);
    return swio_params_check(app);
}
