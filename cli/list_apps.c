#include <string.h>
#include <switchio/apps.h>
#include <switchio/error.h>

#include "cli/commands.h"
#include "cli/wrap.h"

enum {
    INDENT = 4,     /* of the parameters */
    HELP_AT = 27,   /* where their descriptions begin */
    WIDTH = 80,     /* of a terminal */
    APPS_MAX = 128, /* for suggestions */
};

int no_such_app(const command *cmd, const char *name)
{
    const swio_app *app;
    const char *names[APPS_MAX + 1] = {0};
    for (size_t i = 0; (app = swio_app_builtin(i)) && i < APPS_MAX; i++)
        names[i] = app->name;
    const char *meant = suggestion(name, names);
    if (meant)
        return usage_error(cmd, "there is no app '%s': did you mean %s?", name, meant);
    return usage_error(cmd, "there is no app '%s': 'switchio list-apps' lists them", name);
}

/* "seconds", "yes or no", "low or high" */
static void describe_kind(const swio_param *param, char *text, size_t size)
{
    static const char *const names[] = {
        [SWIO_PARAM_STRING] = "text",       [SWIO_PARAM_INTEGER] = "whole number",
        [SWIO_PARAM_NUMBER] = "number",     [SWIO_PARAM_SECONDS] = "seconds",
        [SWIO_PARAM_BOOLEAN] = "yes or no",
    };
    if (param->kind != SWIO_PARAM_CHOICE) {
        snprintf(text, size, "%s", names[param->kind]);
        return;
    }
    size_t n = 0;
    for (const char *p = param->choices; *p && n + 5 < size; p++)
        n += (size_t)snprintf(text + n, size - n, *p == '|' ? " or " : "%c", *p);
}

static void show_param(const swio_param *param)
{
    char text[1024], kind[256];
    describe_kind(param, kind, sizeof kind);
    snprintf(text, sizeof text, "%s (%s%s%s)", param->help ? param->help : "", kind,
             param->standard ? "; default: " : "", param->standard ? param->standard : "");
    int n = printf("%*s%-*s", INDENT, "", HELP_AT - INDENT, param->name);
    if (n > HELP_AT || (size_t)n == INDENT + strlen(param->name))
        printf("\n%*s", HELP_AT, "");
    wrap(stdout, text, HELP_AT, WIDTH);
    putchar('\n');
}

static void describe_app(const swio_app *app)
{
    printf("%s\n  ", app->name);
    wrap(stdout, app->doc ? app->doc : "", 2, WIDTH);
    putchar('\n');
    for (const swio_param *param = app->params; param && param->name; param++)
        show_param(param);
}

int find_apps(const char *text, const swio_app *one[2], const swio_app *const **list)
{
    size_t file = 0, len = text ? swio_app_span(text, &file) : 0;
    if (!text || (file && len == file && !text[len]))
        return swio_app_open(text, list);
    one[1] = NULL;
    *list = one;
    return swio_app_parse(text, &one[0], NULL);
}

void describe_apps(const swio_app *const *list)
{
    for (size_t i = 0; list[i]; i++) {
        if (i > 0)
            putchar('\n');
        describe_app(list[i]);
    }
}

static int refused(const char *text, int error)
{
    size_t file;
    if (text)
        swio_app_span(text, &file);
    if (error == SWIO_ENOENT && text && !file)
        return no_such_app(&command_list_apps, text);
    return usage_error(&command_list_apps, "%s", swio_errmsg());
}

/* A mistake is said before all else. */
static int run(const void *given, int count, char **operands)
{
    int rounds = count ? count : 1, error = 0;
    const swio_app *one[2], *const *list;
    (void)given;
    for (int i = 0; i < rounds; i++)
        if ((error = find_apps(count ? operands[i] : NULL, one, &list)))
            return refused(count ? operands[i] : NULL, error);
    for (int i = 0; i < rounds; i++) {
        if (find_apps(count ? operands[i] : NULL, one, &list))
            continue; /* it was found a moment ago */
        if (i > 0)
            putchar('\n');
        describe_apps(list);
    }
    return STATUS_DONE;
}

const command command_list_apps = {
    .name = "list-apps",
    .operands = "[APP]…",
    .summary = "List the apps that calls can be given to, and their parameters",
    .description =
        "APP is a name, FILE.so:NAME for an app of a shared object, or FILE.so for all of them.\n"
        "Without one the apps that come with switchio are listed.\n",
    .example = "  switchio list-apps Bert\n"
               "  switchio list-apps ./my.so\n"
               "  switchio dial --sim --app Bert/pdd=1,bert_timeout_ms=5000 --max-offered 1\n",
    .settings_size = 1,
    .only_prints = 1,
    .run = run,
};
