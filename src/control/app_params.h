/* The parameters of an app: from text or a table into the fields of its state. */
#ifndef SWIO_CONTROL_APP_PARAMS_H
#define SWIO_CONTROL_APP_PARAMS_H

#include <switchio/app.h>
#include <switchio/variable.h>

#include "base/buf.h"

/* What was given for a load. All may be NULL or 0; a NULL value in the table leaves the default. */
typedef struct swio_param_input {
    const char *text; /* "key=value,key=value" */
    const swio_variable *table;
    size_t count;
} swio_param_input;

/* 0, or SWIO_EINVAL with a sentence for a table that is wrong in itself (also in its defaults). */
int swio_params_check(const swio_app *app);

/*
 * Fills the fields of `state` (zeroed, of app->state_size bytes): defaults, then what was given.
 * *texts gets what the strings among them point to, to be released with swio_params_free() when
 * the state is. SWIO_EINVAL with a sentence that lists what is there, SWIO_ENOMEM.
 */
typedef struct swio_param_texts swio_param_texts;
int swio_params_fill(const swio_app *app, const swio_param_input *input, void *state,
                     swio_param_texts **texts);
void swio_params_free(swio_param_texts *texts); /* NULL is fine */

/* The same for its errors alone. */
int swio_params_try(const swio_app *app, const swio_param_input *input);

#endif
