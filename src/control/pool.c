#include "control/pool.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"

static const char SIMULATED[] = "sim";

static void destroy(void *obj)
{
    swio_pool *pool = obj;
    for (size_t i = 0; i < pool->count; i++) {
        swio_client_unref(pool->clients[i]);
        swio_listener_unref(pool->listeners[i]);
    }
    swio_free(pool->clients);
    swio_free(pool->listeners);
    swio_sim_stop(pool->sim);
    swio_loop_unref(pool->loop);
}

static bool is_simulated(const char *contact)
{
    return contact && strcmp(contact, SIMULATED) == 0;
}

/* As many simulated switches as are named. */
static int start_sim(swio_pool *pool, const char *const *contacts, size_t count,
                     const swio_pool_opts *opts)
{
    swio_sim_opts sim = opts->sim;
    sim.nodes = 0;
    sim.loop = NULL; /* its own, which goes on while ours waits for its end */
    if (!sim.password)
        sim.password = opts->password;
    for (size_t i = 0; i < count; i++)
        sim.nodes += is_simulated(contacts[i]);
    return sim.nodes ? swio_sim_start(&sim, &pool->sim) : 0;
}

static int make_node(swio_pool *pool, const char *contact, const char *password,
                     const swio_pool_opts *opts)
{
    size_t at = pool->count++;
    swio_listener_opts listener = {
        .loop = pool->loop,
        .port = opts->port,
        .password = password,
        .user = opts->user,
        .connect_timeout = opts->connect_timeout,
        .timeout = opts->timeout,
        .no_reconnect = opts->no_reconnect,
        .on_lost = opts->on_lost,
        .arg = opts->arg,
    };
    int error = swio_listener_new(contact, &listener, &pool->listeners[at]);
    if (error)
        return error;
    swio_client_opts client = {
        .port = opts->port,
        .password = password,
        .user = opts->user,
        .connect_timeout = opts->connect_timeout,
        .timeout = opts->timeout,
        .connections = opts->connections,
        .no_reconnect = opts->no_reconnect,
        .listener = pool->listeners[at],
    };
    return swio_client_new(contact, &client, &pool->clients[at]);
}

/* Two contacts of one switch would count and answer every call twice. */
static int check_distinct(const swio_pool *pool)
{
    const char *last = swio_client_contact(pool->clients[pool->count - 1]);
    for (size_t i = 0; i + 1 < pool->count; i++)
        if (strcmp(swio_client_contact(pool->clients[i]), last) == 0)
            return swio_err(SWIO_EEXIST, "%s is named twice", last);
    return 0;
}

static int make(swio_pool *pool, const char *const *contacts, size_t count,
                const swio_pool_opts *opts)
{
    if (!count)
        return swio_err(SWIO_EINVAL, "a pool without a contact: name at least one host");
    int error = 0;
    if (opts->loop)
        pool->loop = swio_loop_ref(opts->loop);
    else
        error = swio_loop_default(&pool->loop);
    if (error)
        return error;
    pool->clients = swio_calloc(count, sizeof pool->clients[0]);
    pool->listeners = swio_calloc(count, sizeof pool->listeners[0]);
    if (!pool->clients || !pool->listeners)
        return swio_err_nomem();
    error = start_sim(pool, contacts, count, opts);
    for (size_t i = 0, simulated = 0; !error && i < count; i++) {
        bool sim = is_simulated(contacts[i]);
        const char *contact = sim ? swio_sim_contact(pool->sim, simulated++) : contacts[i];
        const char *own = sim ? opts->sim.password : NULL;
        error = make_node(pool, contact, own ? own : opts->password, opts);
        if (!error)
            error = check_distinct(pool);
    }
    return error;
}

int swio_pool_new(const char *const *contacts, size_t count, const swio_pool_opts *opts,
                  swio_pool **out)
{
    static const swio_pool_opts none;
    swio_pool *pool = swio_obj_new(sizeof *pool, destroy);
    if (!pool)
        return swio_err_nomem();
    int error = make(pool, contacts, count, opts ? opts : &none);
    if (error) {
        swio_obj_unref(pool);
        return error;
    }
    *out = pool;
    return 0;
}

swio_pool *swio_pool_ref(swio_pool *pool)
{
    return swio_obj_ref(pool);
}

swio_pool *swio_pool_unref(swio_pool *pool)
{
    return swio_obj_unref(pool);
}

size_t swio_pool_size(const swio_pool *pool)
{
    return pool->count;
}

swio_client *swio_pool_client(const swio_pool *pool, size_t node)
{
    return node < pool->count ? pool->clients[node] : NULL;
}

swio_listener *swio_pool_listener(const swio_pool *pool, size_t node)
{
    return node < pool->count ? pool->listeners[node] : NULL;
}

swio_client *const *swio_pool_clients(const swio_pool *pool)
{
    return pool->clients;
}

swio_client *swio_pool_next(swio_pool *pool)
{
    for (size_t tried = 0; tried < pool->count; tried++) {
        size_t at = atomic_fetch_add(&pool->turn, 1) % pool->count;
        swio_listener *listener = pool->listeners[at];
        if (swio_listener_running(listener) && swio_client_connected(pool->clients[at]) &&
            !swio_listener_full(listener))
            return pool->clients[at];
    }
    return NULL;
}
