#include "control/client.h"

#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/originate.h"

static void destroy(void *obj)
{
    swio_client *client = obj;
    swio_obj_unref(client->originate);
    swio_obj_unref(client->lines);
    swio_loop_unref(client->loop);
    pthread_mutex_destroy(&client->lock);
}

/* A listener has the loop of its client, and observes the same switch. */
static int check_listener(const swio_client *client, const swio_listener *listener)
{
    if (strcmp(swio_listener_contact(listener), client->contact) != 0)
        return swio_err(SWIO_ECONFIG, "the client of %s cannot use the listener of %s",
                        client->contact, swio_listener_contact(listener));
    if (swio_listener_loop(listener) != client->loop)
        return swio_err(SWIO_ECONFIG, "the client of %s and its listener live on different loops",
                        client->contact);
    return 0;
}

static int make(swio_client *client, const char *contact, const swio_client_opts *opts)
{
    int error = 0;
    if (opts->loop)
        client->loop = swio_loop_ref(opts->loop);
    else if (opts->listener)
        client->loop = swio_loop_ref(swio_listener_loop(opts->listener));
    else
        error = swio_loop_default(&client->loop);
    swio_conn_opts conn = {
        .loop = client->loop,
        .port = opts->port,
        .password = opts->password,
        .user = opts->user,
        .connect_timeout = opts->connect_timeout,
        .timeout = opts->timeout,
        .reconnect = !opts->no_reconnect,
        .owner = "the client",
    };
    size_t count = opts->connections ? opts->connections : 1;
    if (!error && count > SWIO_CLIENT_CONNECTIONS)
        error = swio_err(SWIO_EINVAL, "a client of %zu connections: at most %d", count,
                         SWIO_CLIENT_CONNECTIONS);
    if (!error)
        error = swio_lines_new(contact, &conn, count, &client->lines);
    if (error)
        return error;
    client->contact = swio_conn_contact(swio_lines_pick(client->lines, ""));
    return opts->listener ? swio_client_set_listener(client, opts->listener) : 0;
}

int swio_client_new(const char *contact, const swio_client_opts *opts, swio_client **out)
{
    static const swio_client_opts none;
    if (!opts)
        opts = &none;
    swio_client *client = swio_obj_new(sizeof *client, destroy);
    if (!client)
        return swio_err_nomem();
    atomic_init(&client->users, 1);
    pthread_mutex_init(&client->lock, NULL);
    client->timeout = opts->timeout > 0 ? opts->timeout : 10;
    int error = make(client, contact, opts);
    if (error)
        swio_client_unref(client);
    else
        *out = client;
    return error;
}

swio_client *swio_client_ref(swio_client *client)
{
    /* From 0: one of its apps, which keeps its memory, while it is being closed. */
    if (client && atomic_fetch_add(&client->users, 1) == 0)
        swio_obj_ref(client);
    return client;
}

swio_client *swio_client_unref(swio_client *client)
{
    if (!client || atomic_fetch_sub(&client->users, 1) != 1)
        return NULL;
    swio_client_set_listener(client, NULL);
    if (swio_obj_refs(client) > 1) /* an app that still runs: it finds the connections closed */
        swio_lines_close(client->lines);
    return swio_obj_unref(client);
}

int swio_client_connect(swio_client *client)
{
    int error = swio_lines_connect(client->lines);
    if (!error)
        swio_debug("Connected client to '%s'", client->contact);
    return error;
}

void swio_client_disconnect(swio_client *client)
{
    swio_lines_close(client->lines);
}

bool swio_client_connected(const swio_client *client)
{
    return swio_lines_connected(client->lines);
}

int swio_client_connect_ahead(swio_client *client)
{
    return swio_lines_connect_ahead(client->lines);
}

swio_conn *swio_client_ahead(swio_client *client)
{
    return swio_lines_ahead(client->lines);
}

bool swio_client_returning(const swio_client *client)
{
    return swio_lines_returning(client->lines);
}

size_t swio_client_losses(const swio_client *client)
{
    return swio_lines_losses(client->lines);
}

const char *swio_client_contact(const swio_client *client)
{
    return client->contact;
}

const char *swio_client_host(const swio_client *client)
{
    return swio_conn_host(swio_lines_pick(client->lines, ""));
}

int swio_client_set_listener(swio_client *client, swio_listener *listener)
{
    int error = listener ? check_listener(client, listener) : 0;
    if (!error && listener)
        error = swio_listener_use_lines(listener, client->lines);
    if (error)
        return error;
    pthread_mutex_lock(&client->lock);
    swio_listener *before = client->listener;
    client->listener = swio_listener_ref(listener);
    pthread_mutex_unlock(&client->lock);
    if (before && before != listener) {
        swio_client_unload_all(client, before);
        swio_listener_drop_lines(before, client->lines);
    }
    swio_listener_unref(before);
    return 0;
}

swio_listener *swio_client_listener(swio_client *client)
{
    pthread_mutex_lock(&client->lock);
    swio_listener *listener = swio_listener_ref(client->listener);
    pthread_mutex_unlock(&client->lock);
    return listener;
}

int swio_client_need_listener(swio_client *client, swio_listener **out)
{
    swio_listener *listener = swio_client_listener(client);
    if (!listener)
        return swio_err(SWIO_ECONFIG, "No listener has been assigned for this client (%s)",
                        client->contact);
    *out = listener;
    return 0;
}

int swio_client_set_originate(swio_client *client, const swio_originate_opts *opts)
{
    swio_originate_opts *copy = opts ? swio_originate_copy(opts) : NULL;
    if (opts && !copy)
        return swio_err_nomem();
    pthread_mutex_lock(&client->lock);
    swio_originate_opts *before = client->originate;
    client->originate = copy;
    pthread_mutex_unlock(&client->lock);
    swio_obj_unref(before);
    return 0;
}
