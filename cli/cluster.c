#include "cli/cluster.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/log.h>

#include "cli/login.h"

/* As it would be typed: without the port that goes without saying. */
static const char *shown(const cluster_node *node)
{
    static const char usual[] = ":8021";
    const char *contact = swio_client_contact(node->client);
    size_t len = strlen(contact);
    bool plain = len > sizeof usual && strcmp(contact + len + 1 - sizeof usual, usual) == 0;
    return plain ? swio_client_host(node->client) : contact;
}

static int make_node(cluster_node *node, const char *contact, const cluster_opts *opts)
{
    swio_listener_opts listener = {
        .password = opts->password,
        .user = opts->user,
        .connect_timeout = opts->timeout,
        .timeout = opts->timeout,
    };
    int error = swio_listener_new(contact, &listener, &node->listener);
    if (error)
        return error;
    swio_client_opts client = {
        .password = opts->password,
        .user = opts->user,
        .connect_timeout = opts->timeout,
        .timeout = opts->timeout,
        .connections = opts->connections,
        .listener = node->listener,
    };
    return swio_client_new(contact, &client, &node->client);
}

static int connect_node(cluster_node *node, const cluster_opts *opts)
{
    int error = swio_client_connect(node->client);
    if (!error)
        error = swio_listener_connect(node->listener);
    if (!error)
        error = swio_listener_start(node->listener);
    if (!error)
        error = swio_client_sip_address(node->client, opts->profile, &node->sip_address);
    if (!error)
        swio_log_line(SWIO_LOG_INFO, __FILE__, __LINE__, "Slave %s SIP address is at %s",
                      shown(node), node->sip_address);
    return error;
}

/* Two contacts of one switch would count and answer every call twice. */
static int check_distinct(const cluster *c, const command *cmd)
{
    const cluster_node *last = &c->nodes[c->count - 1];
    for (size_t i = 0; i + 1 < c->count; i++) {
        const char *contact = swio_client_contact(last->client);
        if (strcmp(swio_client_contact(c->nodes[i].client), contact) == 0)
            return usage_error(cmd, "%s is named twice", contact);
    }
    return -1;
}

int cluster_open(cluster *c, const command *cmd, const char *const *contacts, size_t count,
                 const cluster_opts *opts)
{
    c->nodes = calloc(count, sizeof c->nodes[0]);
    c->count = 0;
    if (!c->nodes) {
        fprintf(stderr, "switchio %s: out of memory\n", cmd->name);
        return STATUS_FAILED;
    }
    int error = 0, status = -1;
    for (size_t i = 0; !error && status < 0 && i < count; i++) {
        error = make_node(&c->nodes[c->count++], contacts[i], opts);
        status = error ? -1 : check_distinct(c, cmd);
    }
    for (size_t i = 0; !error && status < 0 && i < count; i++)
        error = connect_node(&c->nodes[i], opts);
    return error ? say_failed(cmd, login_status(error)) : status;
}

void cluster_close(cluster *c)
{
    for (size_t i = 0; i < c->count; i++) {
        cluster_node *node = &c->nodes[i];
        swio_text_free(node->sip_address);
        swio_client_unref(node->client);
        swio_listener_unref(node->listener);
    }
    free(c->nodes);
    *c = (cluster){0};
}
