/* The words for an app: NAME, FILE or FILE:NAME, with or without parameters. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <switchio/apps.h>
#include <switchio/error.h>

#include "apps/list.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "control/app_params.h"

static const char suffix[] = ".so";
enum { SUFFIX = sizeof suffix - 1 };

static bool ends_file(const char *p)
{
    return strncmp(p, suffix, SUFFIX) == 0 && (!p[SUFFIX] || strchr(":/", p[SUFFIX]));
}

/* What can be no name of an app, and is a file even where no suffix says so. */
static bool is_path(const char *text)
{
    return *text == '/' || strncmp(text, "./", 2) == 0 || strncmp(text, "../", 3) == 0;
}

/* The rule is that of swio_app_parse(). */
static size_t span_file(const char *text)
{
    size_t equals = strcspn(text, "="), found = 0;
    for (const char *p = text; (p = strstr(p, suffix)); p++) {
        size_t end = (size_t)(p - text) + SUFFIX;
        if (ends_file(p) && (end <= equals || (!found && is_path(text))))
            found = end;
    }
    return found || !is_path(text) ? found : strcspn(text, ":=");
}

/* A weight stands where a name could. */
static bool is_number(const char *text, size_t len)
{
    return len > 0 && strspn(text, "0123456789.") >= len;
}

size_t swio_app_span(const char *text, size_t *file)
{
    *file = span_file(text);
    if (!*file)
        return strcspn(text, ":/");
    if (text[*file] != ':')
        return *file;
    size_t name = strcspn(text + *file + 1, ":/");
    return is_number(text + *file + 1, name) ? *file : *file + 1 + name;
}

/* `wrong` goes before the names of those that there are. */
static int name_them(const swio_app *const *list, int error, const char *wrong)
{
    swio_buf names = {0};
    swio_apps_name(list, &names);
    int failed = swio_buf_error(&names);
    if (!failed)
        failed = swio_err(error, "%s: there %s %s", wrong, list[1] ? "are" : "is", names.data);
    swio_buf_free(&names);
    return failed;
}

static int no_such(const swio_app *const *list, const char *file, const char *name, size_t len)
{
    char wrong[SWIO_ERRMSG_MAX / 2];
    if (file)
        snprintf(wrong, sizeof wrong, "'%s' has no app '%.*s'", file, (int)len, name);
    else
        snprintf(wrong, sizeof wrong, "there is no app '%.*s'", (int)len, name);
    return name_them(list, SWIO_ENOENT, wrong);
}

static int find(const char *file, const char *name, size_t len, const swio_app **app)
{
    const swio_app *const *list;
    int error = swio_app_open(file, &list);
    if (error)
        return error;
    *app = swio_apps_find(list, name, len);
    return *app ? 0 : no_such(list, file, name, len);
}

static int find_only(const char *file, const swio_app **app)
{
    char wrong[SWIO_ERRMSG_MAX / 2];
    const swio_app *const *list;
    int error = swio_app_open(file, &list);
    if (error)
        return error;
    *app = list[0];
    if (!list[1])
        return 0;
    snprintf(wrong, sizeof wrong, "'%s' has several apps, name one as %s:%s", file, file,
             list[0]->name);
    return name_them(list, SWIO_EINVAL, wrong);
}

static int find_in_text(const char *text, const swio_app **app)
{
    size_t len, name = swio_app_span(text, &len);
    if (!len)
        return find(NULL, text, name, app);
    if (len < SUFFIX || !ends_file(text + len - SUFFIX))
        return swio_err(SWIO_EINVAL, "'%.*s' is no app: a file of apps ends in .so", (int)len,
                        text);
    char *file = swio_strndup(text, len);
    if (!file)
        return swio_err_nomem();
    int error = len < name ? find(file, text + len + 1, name - len - 1, app) : find_only(file, app);
    swio_free(file);
    return error;
}

int swio_app_parse(const char *text, const swio_app **app, const char **params)
{
    size_t file, len = swio_app_span(text, &file);
    const swio_app *found = NULL;
    int error = find_in_text(text, &found);
    if (error)
        return error;
    if (text[len] == ':')
        return swio_err(SWIO_EINVAL, "'%s': behind the app %.*s may stand /key=value,… and no '%s'",
                        text, (int)len, text, text + len);
    const char *given = text[len] ? text + len + 1 : NULL;
    error = swio_params_try(found, &(swio_param_input){.text = given});
    if (error)
        return error;
    *app = found;
    if (params)
        *params = given;
    return 0;
}
