/* A sync caller from its opening to its end. */
#include "control/caller.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "control/client.h"

static void id_free(swio_caller_id *id)
{
    swio_free(id->name);
    swio_free(id->id);
    swio_free(id);
}

static void destroy(void *obj)
{
    swio_caller *caller = obj;
    swio_caller_id *id;
    swio_pool_unref(caller->pool);
    while ((id = STAILQ_FIRST(&caller->ids))) {
        STAILQ_REMOVE_HEAD(&caller->ids, link);
        id_free(id);
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

/* With the id "tone-1b9d6bcd". NULL without memory. */
static swio_caller_id *id_new(const swio_caller *caller, const char *name)
{
    swio_buf text = {0};
    swio_caller_id *id = swio_calloc(1, sizeof *id);
    if (!id)
        return NULL;
    swio_buf_printf(&text, "%s-%s", name ? name : "call", caller->suffix);
    id->id = swio_buf_steal(&text, NULL);
    id->name = name ? swio_strdup(name) : NULL;
    if (id->id && (id->name || !name))
        return id;
    swio_buf_free(&text);
    id_free(id);
    return NULL;
}

/* That of a name, made if there is none yet; NULL without memory. */
static swio_caller_id *id_of(swio_caller *caller, const char *name)
{
    swio_caller_id *id;
    pthread_mutex_lock(&caller->lock);
    STAILQ_FOREACH (id, &caller->ids, link)
        if (same(id->name, name))
            break;
    if (!id && (id = id_new(caller, name)))
        STAILQ_INSERT_TAIL(&caller->ids, id, link);
    pthread_mutex_unlock(&caller->lock);
    return id;
}

/* Under every id our own hooks come first; `app` may be NULL. */
static int load(swio_caller *caller, const char *name, const swio_app *app,
                const swio_load_opts *opts)
{
    swio_client *client = swio_caller_client(caller);
    swio_caller_id *id = id_of(caller, name);
    if (!id)
        return swio_err_nomem();
    swio_load_opts mine = opts ? *opts : (swio_load_opts){0};
    mine.id = id->id;
    swio_load_opts own = {.id = id->id, .self = caller, .prepend = true};
    int error = swio_client_load_app(client, &hooks, &own, NULL);
    if (error == SWIO_EEXIST) /* by an app of this name before */
        error = 0;
    if (!error && app)
        error = swio_client_load_app(client, app, &mine, NULL);
    pthread_mutex_lock(&caller->lock);
    id->ready = id->ready || !error;
    pthread_mutex_unlock(&caller->lock);
    return error;
}

int swio_caller_load_app(swio_caller *caller, const char *name, const swio_app *app,
                         const swio_load_opts *opts)
{
    if (!name || !*name || !app)
        return swio_err(SWIO_EINVAL, "a caller of %s: give an app and the name for it",
                        swio_client_contact(swio_caller_client(caller)));
    return load(caller, name, app, opts);
}

static int load_apps(swio_caller *caller, const swio_caller_opts *opts)
{
    swio_uuid uuid = swio_uuid_new();
    memcpy(caller->suffix, uuid.text, sizeof caller->suffix - 1);
    int error = load(caller, NULL, NULL, NULL);
    for (size_t i = 0; !error && i < SWIO_CALLER_APPS && opts->apps[i].name; i++)
        error = swio_caller_load_app(caller, opts->apps[i].name, opts->apps[i].app, NULL);
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
        .no_reconnect = opts->no_reconnect,
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
    STAILQ_INIT(&caller->ids);
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
    swio_caller_id *id;
    if (!atomic_load(&caller->called) || !swio_client_connected(client))
        return;
    STAILQ_FOREACH (id, &caller->ids, link)
        if (swio_client_hupall(client, id->id, 0))
            swio_warning("calls may be left over: %s", swio_errmsg());
}

/* The hooks are ours: they must be gone before we are, whoever else holds the listener. */
static void unload(swio_caller *caller)
{
    swio_caller_id *id;
    STAILQ_FOREACH (id, &caller->ids, link)
        swio_client_unload_app(swio_caller_client(caller), id->id);
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
    swio_caller *c = (swio_caller *)caller; /* for its lock */
    const swio_caller_id *id;
    pthread_mutex_lock(&c->lock);
    STAILQ_FOREACH (id, &c->ids, link)
        if (same(id->name, name))
            break;
    const char *text = id && id->ready ? id->id : NULL;
    pthread_mutex_unlock(&c->lock);
    return text;
}
