/* The apps that come with the library. `switchio list-apps` and docs/apps.md tell their parameters.
 */
#ifndef SWITCHIO_APPS_H
#define SWITCHIO_APPS_H

#include <switchio/app.h>

SWIO_BEGIN_DECLS

SWIO_API extern const swio_app swio_app_tone_play;

/* All of them by index, NULL past the end; and by name, in any case, or NULL. */
SWIO_API const swio_app *swio_app_builtin(size_t index);
SWIO_API const swio_app *swio_app_find(const char *name);

/*
 * Reads "NAME" or "NAME/key=value,key=value", as swio_load_opts takes it: *app gets the app, and
 * *params (may be NULL) what stands behind the '/', in `text`, or NULL. The parameters are checked.
 * SWIO_ENOENT with a sentence that names the apps there are, SWIO_EINVAL, SWIO_ENOMEM.
 */
SWIO_API int swio_app_parse(const char *text, const swio_app **app, const char **params);

SWIO_END_DECLS

#endif
