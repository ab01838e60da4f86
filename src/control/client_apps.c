/* Loading apps into the listener of a client. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "control/client.h"
#include "control/on_loop.h"
#include "control/originate.h"
#include "control/subscribe.h"

/* One visit of the registry, on the loop's thread. */
typedef struct visit {
    swio_registry *registry;
    swio_load *load;
    bool prepend;
    swio_load_filter filter;
    const swio_news *news;
    swio_visit_app_fn *read;
    void *arg;      /* for it */
    const char *id; /* or name; and what was found */
    void *farewell;
    size_t removed;
    int error;
    char sentence[SWIO_ERRMSG_MAX];
} visit;

/* The sentence belongs to the thread that failed: it is carried over. */
static void reserve_task(void *arg)
{
    visit *v = arg;
    v->error = swio_registry_reserve(v->registry, v->load, v->prepend);
    if (v->error)
        snprintf(v->sentence, sizeof v->sentence, "%s", swio_errmsg());
}

/* The loader's own reference goes on this thread too: it may be the last when it has begun. */
static void start_task(void *arg)
{
    visit *v = arg;
    swio_registry_start(v->registry, v->load);
    v->id = v->load->id;
    v->load = swio_obj_unref(v->load);
}

static void drop_task(void *arg)
{
    visit *v = arg;
    swio_registry_drop(v->registry, v->load);
    v->load = swio_obj_unref(v->load);
}

static void remove_task(void *arg)
{
    visit *v = arg;
    v->removed = swio_registry_remove(v->registry, &v->filter, v->farewell);
}

static void id_task(void *arg)
{
    visit *v = arg;
    v->id = swio_registry_id(v->registry, v->id);
}

static void tell_task(void *arg)
{
    visit *v = arg;
    swio_registry_tell(v->registry, v->id, v->news);
}

/* The events of its entries, and those that it names. */
static int subscribe(swio_listener *listener, const swio_app *app)
{
    swio_strings *names = NULL;
    int error = swio_strings_new(&names);
    for (size_t i = 0; !error && i < SWIO_APP_ENTRIES && app->on[i].kind != SWIO_APP_END; i++)
        if (strcmp(app->on[i].event, SWIO_SESSION_LOST) != 0) /* which is ours */
            error = swio_strings_add(names, app->on[i].event);
    for (size_t i = 0; !error && app->subscribe && app->subscribe[i]; i++)
        error = swio_strings_add(names, app->subscribe[i]);
    if (!error)
        error = swio_listener_subscribe_all(listener, names);
    swio_strings_free(names);
    return error;
}

/*
 * Its place is taken first, so that two threads that load the same do not meet; what can fail comes
 * before its entries run; and what was done is taken back from the end.
 */
static int load(swio_listener *listener, visit *v)
{
    const swio_app *app = v->load->app;
    swio_on_loop(listener->loop, reserve_task, v);
    if (v->error)
        return swio_err(v->error, "%s", v->sentence);
    int error = app->setup ? app->setup(v->load, v->load->self) : 0;
    v->load->set_up = !error;
    if (!error)
        error = subscribe(listener, app);
    if (!error) {
        swio_on_loop(listener->loop, start_task, v);
        return 0;
    }
    snprintf(v->sentence, sizeof v->sentence, "%s", swio_errmsg());
    swio_on_loop(listener->loop, drop_task, v);
    return swio_err(error, "%s", v->sentence);
}

static int check_options(const swio_load_opts *opts)
{
    if (opts->id && (!*opts->id || strpbrk(opts->id, "\r\n")))
        return swio_err(SWIO_EINVAL, "'%s' is no app id", opts->id);
    if (opts->app_header && (!*opts->app_header || strpbrk(opts->app_header, " :\r\n")))
        return swio_err(SWIO_EINVAL, "'%s' is no name of a header that carries app ids",
                        opts->app_header);
    return 0;
}

int swio_client_load_app(swio_client *client, const swio_app *app, const swio_load_opts *opts,
                         const char **id)
{
    static const swio_load_opts none;
    if (!opts)
        opts = &none;
    swio_uuid uuid = swio_uuid_new();
    swio_listener *listener = NULL;
    visit v = {.prepend = opts->prepend};
    int error = swio_app_check(app);
    if (!error)
        error = check_options(opts);
    if (!error)
        error = swio_client_need_listener(client, &listener);
    if (!error)
        error = swio_load_new(app, opts->id ? opts->id : uuid.text, opts, client, &v.load);
    if (!error) {
        v.registry = listener->registry;
        error = load(listener, &v);
    }
    if (!error) {
        swio_log_line(opts->quiet ? SWIO_LOG_DEBUG : SWIO_LOG_INFO, __FILE__, __LINE__,
                      "Loaded app '%s' with id '%s' into the listener of '%s'", app->name,
                      opts->id ? opts->id : uuid.text, client->contact);
        if (id)
            *id = v.id;
    }
    swio_obj_unref(v.load);
    swio_listener_unref(listener);
    return error;
}

/*
 * Removes, and waits until none of what was removed runs any more, where that may be waited for.
 * Without memory to wait with it is removed all the same: its coroutines are cancelled, and its
 * teardown comes after them in any case.
 */
static size_t unload(swio_listener *listener, const swio_load_filter *filter)
{
    visit v = {.registry = listener->registry, .filter = *filter};
    swio_completion *ended = NULL;
    bool may_wait = swio_in_coroutine() || !swio_loop_current(); /* if not, that is no error */
    if (may_wait && !swio_completion_new(listener->loop, &ended))
        v.farewell = swio_farewell_new(ended);
    bool waits = v.farewell;
    swio_on_loop(listener->loop, remove_task, &v);
    swio_obj_unref(v.farewell);
    if (waits)
        /* A coroutine of the app itself is cancelled by now, and so does not wait for itself. */
        swio_completion_wait(ended, INFINITY, "the end of the app");
    swio_obj_unref(ended);
    return v.removed;
}

int swio_client_unload_app(swio_client *client, const char *name_or_id)
{
    swio_listener *listener = NULL;
    int error = name_or_id ? 0 : swio_err(SWIO_EINVAL, "no app is named to be unloaded");
    if (!error)
        error = swio_client_need_listener(client, &listener);
    if (error)
        return error;
    size_t removed = unload(listener, &(swio_load_filter){.name_or_id = name_or_id});
    swio_listener_unref(listener);
    return removed
               ? 0
               : swio_err(SWIO_ENOENT, "no app '%s' is loaded for %s", name_or_id, client->contact);
}

void swio_client_unload_one(swio_client *client, const swio_app *app, const char *id)
{
    swio_listener *listener = swio_client_listener(client);
    if (listener)
        unload(listener, &(swio_load_filter){.app = app, .id = id});
    swio_listener_unref(listener);
}

void swio_client_unload_all(swio_client *client, swio_listener *listener)
{
    unload(listener, &(swio_load_filter){.client = client});
}

void swio_client_tell(swio_client *client, const char *id, const swio_news *news)
{
    swio_listener *listener = swio_client_listener(client);
    if (!listener)
        return;
    visit v = {.registry = listener->registry, .id = id, .news = news};
    swio_on_loop(listener->loop, tell_task, &v);
    swio_listener_unref(listener);
}

static void read_task(void *arg)
{
    visit *v = arg;
    const swio_load *load = swio_registry_find(v->registry, &v->filter);
    v->error = load ? 0 : SWIO_ENOENT;
    if (load)
        v->read(load->self, v->arg);
}

int swio_client_visit_app(swio_client *client, const swio_app *app, const char *id,
                          swio_visit_app_fn *read, void *arg)
{
    swio_listener *listener = NULL;
    int error = swio_client_need_listener(client, &listener);
    if (error)
        return error;
    visit v = {
        .registry = listener->registry, .filter = {.app = app, .id = id}, .read = read, .arg = arg};
    swio_on_loop(listener->loop, read_task, &v);
    swio_listener_unref(listener);
    return v.error ? swio_err(v.error, "the app %s is not loaded%s%s for %s", app->name,
                              id ? " under the id " : "", id ? id : "", client->contact)
                   : 0;
}

int swio_client_adapt_originate(swio_client *client, const char *id,
                                const swio_originate_opts *opts, swio_originate_opts **out)
{
    swio_listener *listener = swio_client_listener(client);
    swio_originate_opts adapted = *opts;
    swio_buf variables = {0};
    if (listener)
        swio_registry_variables(listener->registry, id, &variables);
    swio_listener_unref(listener);
    swio_buf_add(&variables, opts->variables, opts->variable_count * sizeof opts->variables[0]);
    int error = swio_buf_error(&variables);
    adapted.variables = (const swio_variable *)(const void *)variables.data;
    adapted.variable_count = variables.len / sizeof opts->variables[0];
    if (!error && !(*out = swio_originate_copy(&adapted)))
        error = swio_err_nomem();
    swio_buf_free(&variables);
    return error;
}

const char *swio_client_app_id(swio_client *client, const char *name)
{
    swio_listener *listener = name ? swio_client_listener(client) : NULL;
    if (!listener)
        return NULL;
    visit v = {.registry = listener->registry, .id = name};
    swio_on_loop(listener->loop, id_task, &v);
    swio_listener_unref(listener);
    return v.id;
}
