/* A sync caller from its opening to its end. */
#include "control/caller.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "control/client.h"

/* The calls of this caller end with their letters, so many. */
enum { SUFFIX = 8 };

static void destroy(void *obj)
{
    swio_caller *caller = obj;
    swio_pool_unref(caller->pool);
    for (size_t i = 0; i < caller->id_count; i++) {
        swio_free(caller->ids[i].name);
        swio_free(caller->ids[i].id);
    }
    pthread_mutex_destroy(&caller->lock);
}

/* The session of a call on its way is held from its first event on: one that is answered and ends
 * in the same moment is still given to who waits for it. */
static int on_session(swio_session *session, void *self)
{
    swio_caller *caller = self;
    swio_calling *c;
    pthread_mutex_lock(&caller->lock);
    LIST_FOREACH (c, &caller->calling, link)
        if (!c->session && strcmp(c->uuid, swio_session_uuid(session)) == 0)
            c->session = swio_session_ref(session);
    pthread_mutex_unlock(&caller->lock);
    return 0;
}

static const swio_app hooks = {
    .name = "Caller",
    .doc = "Hold the sessions that a sync caller waits for.",
    .on = {SWIO_CALLBACK("CHANNEL_CREATE", on_session),
           SWIO_CALLBACK("CHANNEL_ORIGINATE", on_session)},
};

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

const char *swio_caller_find_id(const swio_caller *caller, const char *name)
{
    for (size_t i = 0; i < caller->id_count; i++)
        if (same(caller->ids[i].name, name))
            return caller->ids[i].id;
    return NULL;
}

static int load(swio_caller *caller, const swio_caller_app *row, const char *id)
{
    swio_load_opts opts = {.id = id, .params = row->params, .self = row->self};
    return swio_client_load_app(swio_caller_client(caller), row->app, &opts, NULL);
}

/* Makes the id of a name ("tone-1b9d6bcd"), under which our own hooks come first. */
static int add_id(swio_caller *caller, const char *name, const char *suffix)
{
    swio_buf text = {0};
    swio_caller_id *id = &caller->ids[caller->id_count];
    swio_buf_printf(&text, "%s-%.*s", name ? name : "call", SUFFIX, suffix);
    char *copy = name ? swio_strdup(name) : NULL;
    if (text.error || (name && !copy)) {
        swio_buf_free(&text);
        swio_free(copy);
        return swio_err_nomem();
    }
    *id = (swio_caller_id){copy, swio_buf_steal(&text, NULL)};
    caller->id_count++;
    return load(caller, &(swio_caller_app){.app = &hooks, .self = caller}, id->id);
}

static int load_apps(swio_caller *caller, const swio_caller_opts *opts)
{
    swio_uuid uuid = swio_uuid_new();
    int error = add_id(caller, NULL, uuid.text);
    for (size_t i = 0; !error && i < SWIO_CALLER_APPS && opts->apps[i].name; i++) {
        const swio_caller_app *row = &opts->apps[i];
        if (!row->app)
            error = swio_err(SWIO_EINVAL, "a caller of %s: the row '%s' has no app",
                             swio_client_contact(swio_caller_client(caller)), row->name);
        else if (!swio_caller_find_id(caller, row->name))
            error = add_id(caller, row->name, uuid.text);
        if (!error)
            error = load(caller, row, swio_caller_find_id(caller, row->name));
    }
    return error;
}

static int open_caller(swio_caller *caller, const char *contact, const swio_caller_opts *opts)
{
    swio_pool_opts pool = {
        .loop = opts->loop,
        .port = opts->port,
        .password = opts->password,
        .user = opts->user,
        .connect_timeout = opts->connect_timeout,
        .timeout = opts->timeout,
        .sim = opts->sim,
    };
    int error = swio_pool_new(&contact, 1, &pool, &caller->pool);
    if (!error)
        error = swio_pool_connect(caller->pool);
    return error ? error : load_apps(caller, opts);
}

int swio_caller_open(const char *contact, const swio_caller_opts *opts, swio_caller **out)
{
    static const swio_caller_opts none;
    swio_caller *caller = swio_obj_new(sizeof *caller, destroy);
    if (!caller)
        return swio_err_nomem();
    pthread_mutex_init(&caller->lock, NULL);
    LIST_INIT(&caller->calling);
    int error = open_caller(caller, contact, opts ? opts : &none);
    if (error) {
        swio_obj_unref(caller);
        return error;
    }
    *out = caller;
    return 0;
}

/* What is sent here leaves before the connection closes. */
static void hang_up(swio_caller *caller)
{
    swio_client *client = swio_caller_client(caller);
    if (!atomic_load(&caller->called) || !swio_client_connected(client))
        return;
    for (size_t i = 0; i < caller->id_count; i++)
        if (swio_client_hupall(client, caller->ids[i].id, 0))
            swio_warning("calls may be left over: %s", swio_errmsg());
}

/* The hooks are ours: they must be gone before we are, whoever else holds the listener. */
static void unload(swio_caller *caller)
{
    for (size_t i = 0; i < caller->id_count; i++)
        swio_client_unload_app(swio_caller_client(caller), caller->ids[i].id);
}

swio_caller *swio_caller_close(swio_caller *caller)
{
    if (!caller)
        return NULL;
    atomic_store(&caller->closed, true);
    hang_up(caller);
    unload(caller);
    swio_pool_disconnect(caller->pool);
    return swio_obj_unref(caller);
}

swio_client *swio_caller_client(const swio_caller *caller)
{
    return swio_pool_client(caller->pool, 0);
}

const char *swio_caller_app_id(const swio_caller *caller, const char *name)
{
    return swio_caller_find_id(caller, name);
}
