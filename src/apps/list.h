/* Lists of apps: that of the library, and those of shared objects. All end with NULL. */
#ifndef SWIO_APPS_LIST_H
#define SWIO_APPS_LIST_H

#include <stddef.h>
#include <switchio/app.h>

#include "base/buf.h"

/* Those that come with the library. */
extern const swio_app *const swio_apps_builtin[];

/* By the first `len` bytes of `name`, in any case; or NULL. */
const swio_app *swio_apps_find(const swio_app *const *list, const char *name, size_t len);

/* "TonePlay, Bert and Proxier" */
void swio_apps_name(const swio_app *const *list, swio_buf *out);

#endif
