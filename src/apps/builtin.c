/* The apps that come with the library: a new one is a file of its own and a line here. */
#include <string.h>
#include <strings.h>
#include <switchio/apps.h>
#include <switchio/error.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "control/app_params.h"

static const swio_app *const apps[] = {
    &swio_app_tone_play,       &swio_app_play_rec,
    &swio_app_muted_play_rec,  &swio_app_bert,
    &swio_app_dtmf_checker,    &swio_app_callee_block_on_invite,
    &swio_app_callee_ringback, &swio_app_proxier,
    &swio_app_bridger,
};
enum { APPS = sizeof apps / sizeof apps[0] };

const swio_app *swio_app_builtin(size_t index)
{
    return index < APPS ? apps[index] : NULL;
}

/* By the first `len` bytes of `name`. */
static const swio_app *find(const char *name, size_t len)
{
    for (size_t i = 0; i < APPS; i++)
        if (strlen(apps[i]->name) == len && strncasecmp(apps[i]->name, name, len) == 0)
            return apps[i];
    return NULL;
}

const swio_app *swio_app_find(const char *name)
{
    return find(name, strlen(name));
}

static int no_such(const char *name, size_t len)
{
    swio_buf names = {0};
    for (size_t i = 0; i < APPS; i++)
        swio_buf_printf(&names, "%s%s",
                        i == 0          ? ""
                        : i + 1 == APPS ? " and "
                                        : ", ",
                        apps[i]->name);
    int error = swio_buf_error(&names);
    if (!error)
        error = swio_err(SWIO_ENOENT, "there is no app '%.*s': there are %s", (int)len, name,
                         names.data);
    swio_buf_free(&names);
    return error;
}

int swio_app_parse(const char *text, const swio_app **app, const char **params)
{
    size_t len = strcspn(text, "/");
    const swio_app *found = find(text, len);
    if (!found)
        return no_such(text, len);
    const char *given = text[len] ? text + len + 1 : NULL;
    int error = swio_params_try(found, &(swio_param_input){.text = given});
    if (error)
        return error;
    *app = found;
    if (params)
        *params = given;
    return 0;
}
