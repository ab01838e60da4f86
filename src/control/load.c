#include "control/load.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"

static void destroy(void *obj)
{
    swio_load *load = obj;
    if (load->set_up && load->app->teardown)
        load->app->teardown(load->self);
    swio_free(load->state);
    swio_params_free(load->texts);
    swio_free(load->header);
    swio_obj_unref(load->client);
    swio_obj_unref(load->farewell);
    swio_obj_unref(load->life);
}

static bool has_handler(const swio_app *app)
{
    for (size_t i = 0; i < SWIO_APP_ENTRIES; i++)
        if (app->on[i].kind == SWIO_APP_HANDLER)
            return true;
    return false;
}

static int fill(swio_load *load, const swio_load_opts *opts)
{
    const swio_param_input input = {opts->params, opts->values, opts->value_count};
    if (opts->app_header && !(load->header = swio_strdup(opts->app_header)))
        return swio_err_nomem();
    if (load->app->state_size && !(load->state = swio_calloc(1, load->app->state_size)))
        return swio_err_nomem();
    load->self = load->state ? load->state : opts->self;
    return swio_params_fill(load->app, &input, load->state, &load->texts);
}

int swio_load_new(const swio_app *app, const char *id, const swio_load_opts *opts,
                  swio_client *client, swio_load **out)
{
    size_t size = strlen(id) + 1;
    swio_load *load = swio_obj_new(sizeof *load + size, destroy);
    if (!load)
        return swio_err_nomem();
    memcpy(load->id, id, size);
    load->app = app;
    load->client = swio_obj_ref(client);
    load->given = opts->self;
    load->handles = has_handler(app);
    TAILQ_INIT(&load->coroutines);
    int error = fill(load, opts);
    if (error)
        swio_obj_unref(load);
    else
        *out = load;
    return error;
}

swio_client *swio_load_client(const swio_load *load)
{
    return load->client;
}

const char *swio_load_id(const swio_load *load)
{
    return load->id;
}

void *swio_load_given(const swio_load *load)
{
    return load->given;
}
