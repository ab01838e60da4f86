/* What is done on every node of a pool. */
#include <math.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "control/client.h"
#include "control/pool.h"
#include "loop/completion.h"

int swio_pool_each(swio_pool *pool, swio_pool_fn *fn, void *arg)
{
    int error = 0;
    for (size_t i = 0; !error && i < pool->count; i++)
        error = fn(pool, i, arg);
    return error;
}

/* The error that counts, kept while others follow: that of the first node. */
typedef struct verdict {
    int error;
    char sentence[SWIO_ERRMSG_MAX];
} verdict;

static void note(verdict *v, int error)
{
    if (!error || v->error)
        return;
    v->error = error;
    snprintf(v->sentence, sizeof v->sentence, "%s", swio_errmsg());
}

static int result(const verdict *v)
{
    return v->error ? swio_err(v->error, "%s", v->sentence) : 0;
}

/* One node's share. The coroutine has a reference, and who waits another. */
typedef struct share {
    swio_pool *pool;
    size_t node;
    swio_pool_fn *fn;
    void *arg;
    swio_completion *done;
} share;

static void share_destroy(void *obj)
{
    swio_obj_unref(((share *)obj)->done);
}

static void run_share(void *arg)
{
    share *s = arg;
    int error = s->fn(s->pool, s->node, s->arg);
    swio_completion_set(s->done, error, NULL, NULL);
    swio_obj_unref(s);
}

static int share_new(swio_pool *pool, size_t node, swio_pool_fn *fn, void *arg, share **out)
{
    share *s = swio_obj_new(sizeof *s, share_destroy);
    if (!s)
        return swio_err_nomem();
    *s = (share){.pool = pool, .node = node, .fn = fn, .arg = arg};
    int error = swio_completion_new(pool->loop, &s->done);
    if (error)
        swio_obj_unref(s);
    else
        *out = s;
    return error;
}

static void start_share(share *s)
{
    int error = swio_go(s->pool->loop, run_share, swio_obj_ref(s));
    if (!error)
        return;
    swio_completion_set(s->done, error, NULL, NULL);
    swio_obj_unref(s);
}

/* On a thread, which nothing but the ends of all shares lets go on: what they use is its own. */
static int run_at_once(swio_pool *pool, swio_pool_fn *fn, void *arg)
{
    share **shares = swio_calloc(pool->count, sizeof shares[0]);
    int error = shares ? 0 : swio_err_nomem();
    size_t count = 0;
    while (!error && count < pool->count) {
        error = share_new(pool, count, fn, arg, &shares[count]);
        count += !error;
    }
    verdict v = {0};
    note(&v, error);
    for (size_t i = 0; !error && i < count; i++)
        start_share(shares[i]);
    for (size_t i = 0; i < count; i++) {
        if (!error)
            note(&v, swio_completion_wait(shares[i]->done, INFINITY, "a node of the pool"));
        swio_obj_unref(shares[i]);
    }
    swio_free(shares);
    return result(&v);
}

static int run_in_turn(swio_pool *pool, swio_pool_fn *fn, void *arg)
{
    verdict v = {0};
    for (size_t i = 0; i < pool->count; i++)
        note(&v, fn(pool, i, arg));
    return result(&v);
}

int swio_pool_all(swio_pool *pool, swio_pool_fn *fn, void *arg)
{
    int error = swio_may_wait("swio_pool_all()");
    if (error)
        return error;
    return swio_in_coroutine() ? run_in_turn(pool, fn, arg) : run_at_once(pool, fn, arg);
}

static int connect_node(swio_pool *pool, size_t node, void *arg)
{
    bool *taken = arg;
    swio_client *client = pool->clients[node];
    swio_listener *listener = pool->listeners[node];
    int error = 0;
    taken[node] = !swio_client_connected(client) || !swio_listener_running(listener);
    if (!swio_client_connected(client)) {
        swio_client_disconnect(client); /* some may be up still, others on their way back */
        error = swio_client_connect(client);
    }
    if (error || swio_listener_running(listener))
        return error;
    swio_listener_disconnect(listener); /* it may be on its way back */
    error = swio_listener_connect(listener);
    if (!error)
        error = swio_listener_start(listener);
    return error;
}

static int disconnect_node(swio_pool *pool, size_t node, void *arg)
{
    (void)arg;
    swio_client_disconnect(pool->clients[node]);
    swio_listener_disconnect(pool->listeners[node]);
    return 0;
}

int swio_pool_connect(swio_pool *pool)
{
    bool *taken = swio_calloc(pool->count, sizeof taken[0]);
    if (!taken)
        return swio_err_nomem();
    int error = swio_pool_all(pool, connect_node, taken);
    for (size_t i = 0; error && i < pool->count; i++)
        if (taken[i])
            disconnect_node(pool, i, NULL);
    swio_free(taken);
    return error;
}

void swio_pool_disconnect(swio_pool *pool)
{
    swio_pool_each(pool, disconnect_node, NULL);
}

/* An app on its way to all nodes. */
typedef struct loading {
    const swio_app *app;
    swio_load_opts opts;
    const char *kept; /* the id as the first node keeps it */
    size_t done;
} loading;

static int load_on(swio_pool *pool, size_t node, void *arg)
{
    loading *l = arg;
    const char *kept = NULL;
    int error = swio_client_load_app(pool->clients[node], l->app, &l->opts, &kept);
    if (!l->kept)
        l->kept = kept;
    l->done += !error;
    return error;
}

int swio_pool_load_app(swio_pool *pool, const swio_app *app, const swio_load_opts *opts,
                       const char **id)
{
    swio_uuid uuid = swio_uuid_new();
    loading l = {.app = app, .opts = opts ? *opts : (swio_load_opts){0}};
    if (!l.opts.id)
        l.opts.id = uuid.text;
    verdict v = {0};
    note(&v, swio_pool_each(pool, load_on, &l));
    while (v.error && l.done > 0)
        swio_client_unload_one(pool->clients[--l.done], app, l.opts.id);
    if (!v.error && id)
        *id = l.kept;
    return result(&v);
}

int swio_pool_unload_app(swio_pool *pool, const char *name_or_id)
{
    verdict v = {0};
    if (!name_or_id)
        return swio_err(SWIO_EINVAL, "no app is named to be unloaded");
    char *own = swio_strdup(name_or_id); /* perhaps that of a node, which goes with its app */
    if (!own)
        return swio_err_nomem();
    for (size_t i = 0; i < pool->count; i++)
        note(&v, swio_client_unload_app(pool->clients[i], own));
    swio_free(own);
    return result(&v);
}

typedef struct hanging_up {
    const char *app_id;
    double timeout;
} hanging_up;

static int hup_node(swio_pool *pool, size_t node, void *arg)
{
    const hanging_up *h = arg;
    return swio_client_hupall(pool->clients[node], h->app_id, h->timeout);
}

int swio_pool_hupall(swio_pool *pool, const char *app_id, double timeout)
{
    hanging_up h = {app_id, timeout};
    return timeout > 0 ? swio_pool_all(pool, hup_node, &h) : run_in_turn(pool, hup_node, &h);
}
