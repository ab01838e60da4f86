/* Loading apps into the listener of a client. */
#include <math.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "control/client.h"
#include "control/on_loop.h"

/* One change of the registry, carried to the loop's thread and back. */
typedef struct change {
    swio_registry *registry;
    const swio_app *app;
    const char *id; /* or name */
    bool prepend;
    void *self;
    const char *kept;
    size_t removed;
    void *farewell;
    int error;
} change;

static void look_task(void *arg)
{
    change *c = arg;
    c->error = swio_registry_has(c->registry, c->app, c->id) ? SWIO_EEXIST : 0;
}

static void add_task(void *arg)
{
    change *c = arg;
    c->error = swio_registry_add(c->registry, c->app, c->id, c->prepend, c->self, &c->kept);
}

static void remove_task(void *arg)
{
    change *c = arg;
    c->removed = swio_registry_remove(c->registry, c->id, c->farewell);
}

static void id_task(void *arg)
{
    change *c = arg;
    c->kept = swio_registry_id(c->registry, c->id);
}

static int subscribe(swio_listener *listener, const swio_app *app)
{
    int error = 0;
    for (size_t i = 0; !error && i < SWIO_APP_ENTRIES && app->on[i].kind != SWIO_APP_END; i++)
        error = swio_listener_subscribe(listener, app->on[i].event);
    return error;
}

/* What can fail comes first, so that nothing has to be taken back but the setup. */
static int load(swio_client *client, swio_listener *listener, change *c)
{
    swio_on_loop(listener->loop, look_task, c);
    if (c->error)
        return swio_err(SWIO_EEXIST, "the app %s is loaded under the id %s already", c->app->name,
                        c->id);
    int error = subscribe(listener, c->app);
    if (!error && c->app->setup)
        error = c->app->setup(client, &c->self);
    if (error)
        return error;
    swio_on_loop(listener->loop, add_task, c);
    if (c->error && c->app->teardown)
        c->app->teardown(c->self);
    if (c->error == SWIO_ENOMEM)
        return swio_err_nomem();
    return c->error ? swio_err(c->error, "the app %s is loaded under the id %s already",
                               c->app->name, c->id)
                    : 0;
}

int swio_client_load_app(swio_client *client, const swio_app *app, const swio_load_opts *opts,
                         const char **id)
{
    static const swio_load_opts none;
    if (!opts)
        opts = &none;
    swio_uuid uuid = swio_uuid_new();
    swio_listener *listener = NULL;
    int error = swio_app_check(app);
    if (!error)
        error = swio_client_need_listener(client, &listener);
    if (!error) {
        change c = {
            .registry = listener->registry,
            .app = app,
            .id = opts->id ? opts->id : uuid.text,
            .prepend = opts->prepend,
            .self = opts->self,
        };
        error = load(client, listener, &c);
        if (!error) {
            swio_info("Loaded app '%s' with id '%s' into the listener of '%s'", app->name, c.id,
                      client->contact);
            if (id)
                *id = c.kept;
        }
    }
    swio_listener_unref(listener);
    return error;
}

static void remove_one_task(void *arg)
{
    change *c = arg;
    c->removed = swio_registry_remove_one(c->registry, c->app, c->id, c->farewell);
}

/*
 * Removes, and waits until none of what was removed runs any more, where that may be waited for.
 * Without memory to wait with it is removed all the same: its coroutines are cancelled, and its
 * teardown comes after them in any case.
 */
static void unload(swio_listener *listener, swio_task_fn *remove, change *c)
{
    swio_completion *ended = NULL;
    if (!swio_may_wait("unloading") && !swio_completion_new(listener->loop, &ended))
        c->farewell = swio_farewell_new(ended);
    bool waits = c->farewell;
    swio_on_loop(listener->loop, remove, c);
    c->farewell = swio_obj_unref(c->farewell);
    if (waits)
        /* A coroutine of the app itself is cancelled by now, and so does not wait for itself. */
        swio_completion_wait(ended, INFINITY, "the end of the app");
    swio_obj_unref(ended);
}

int swio_client_unload_app(swio_client *client, const char *name_or_id)
{
    swio_listener *listener = NULL;
    int error = swio_client_need_listener(client, &listener);
    if (error)
        return error;
    change c = {.registry = listener->registry, .id = name_or_id};
    unload(listener, remove_task, &c);
    swio_listener_unref(listener);
    return c.removed
               ? 0
               : swio_err(SWIO_ENOENT, "no app '%s' is loaded for %s", name_or_id, client->contact);
}

void swio_client_unload_one(swio_client *client, const swio_app *app, const char *id)
{
    swio_listener *listener = swio_client_listener(client);
    if (!listener)
        return;
    change c = {.registry = listener->registry, .app = app, .id = id};
    unload(listener, remove_one_task, &c);
    swio_listener_unref(listener);
}

const char *swio_client_app_id(swio_client *client, const char *name)
{
    swio_listener *listener = swio_client_listener(client);
    if (!listener)
        return NULL;
    change c = {.registry = listener->registry, .id = name};
    swio_on_loop(listener->loop, id_task, &c);
    swio_listener_unref(listener);
    return c.kept;
}
