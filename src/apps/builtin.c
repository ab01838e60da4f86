/* The apps that come with the library: a new one is a file of its own and a line here. */
#include <string.h>
#include <strings.h>
#include <switchio/apps.h>

#include "apps/list.h"

const swio_app *const swio_apps_builtin[] = {
    &swio_app_tone_play,       &swio_app_play_rec,
    &swio_app_muted_play_rec,  &swio_app_bert,
    &swio_app_dtmf_checker,    &swio_app_callee_block_on_invite,
    &swio_app_callee_ringback, &swio_app_proxier,
    &swio_app_bridger,         NULL,
};
enum { APPS = sizeof swio_apps_builtin / sizeof swio_apps_builtin[0] - 1 };

const swio_app *swio_app_builtin(size_t index)
{
    return index < APPS ? swio_apps_builtin[index] : NULL;
}

const swio_app *swio_app_find(const char *name)
{
    return swio_apps_find(swio_apps_builtin, name, strlen(name));
}

const swio_app *swio_apps_find(const swio_app *const *list, const char *name, size_t len)
{
    for (; *list; list++)
        if (strlen((*list)->name) == len && strncasecmp((*list)->name, name, len) == 0)
            return *list;
    return NULL;
}

void swio_apps_name(const swio_app *const *list, swio_buf *out)
{
    for (size_t i = 0; list[i]; i++)
        swio_buf_printf(out, "%s%s", i == 0 ? "" : !list[i + 1] ? " and " : ", ", list[i]->name);
}
