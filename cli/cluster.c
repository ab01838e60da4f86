#include "cli/cluster.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/log.h>

int cluster_name(cluster *c, const command *cmd, uint64_t sim, int count, char **operands)
{
    if (sim && count)
        return usage_error(cmd, "--sim and %s: give hosts or simulated switches", operands[0]);
    if (!sim && !count)
        return usage_error(cmd, "no host: give HOST[:PORT], or --sim for simulated ones");
    if (count > CLUSTER_NODES_MAX)
        return usage_error(cmd, "%d hosts: at most %d", count, CLUSTER_NODES_MAX);
    c->count = sim ? sim : (size_t)count;
    c->contacts = calloc(c->count, sizeof c->contacts[0]);
    if (!c->contacts) {
        fprintf(stderr, "switchio %s: out of memory\n", cmd->name);
        return STATUS_FAILED;
    }
    for (size_t i = 0; i < c->count; i++)
        c->contacts[i] = sim ? "sim" : operands[i];
    return -1;
}

/* As it would be typed: without the port that goes without saying. */
static const char *shown(const swio_client *client)
{
    static const char usual[] = ":8021";
    const char *contact = swio_client_contact(client);
    size_t len = strlen(contact);
    bool plain = len > sizeof usual && strcmp(contact + len + 1 - sizeof usual, usual) == 0;
    return plain ? swio_client_host(client) : contact;
}

int cluster_find_addresses(cluster *c, const char *profile)
{
    int error = 0;
    for (size_t i = 0; !error && i < c->count; i++) {
        swio_client *client = swio_pool_client(c->pool, i);
        if (c->sip_addresses[i])
            continue;
        error = swio_client_sip_address(client, profile, &c->sip_addresses[i]);
        if (!error)
            swio_log_line(SWIO_LOG_INFO, __FILE__, __LINE__, "Slave %s SIP address is at %s",
                          shown(client), c->sip_addresses[i]);
    }
    return error;
}

int cluster_open(cluster *c, const command *cmd, const cluster_opts *opts)
{
    c->sip_addresses = calloc(c->count, sizeof c->sip_addresses[0]);
    if (!c->sip_addresses) {
        fprintf(stderr, "switchio %s: out of memory\n", cmd->name);
        return STATUS_FAILED;
    }
    int error = swio_pool_new(c->contacts, c->count,
                              &(swio_pool_opts){.password = opts->password,
                                                .user = opts->login->user,
                                                .connect_timeout = opts->login->timeout,
                                                .timeout = opts->login->timeout,
                                                .connections = opts->connections,
                                                .sim = {.proxy = opts->proxy}},
                              &c->pool);
    if (error == SWIO_EEXIST)
        return usage_error(cmd, "%s", swio_errmsg());
    if (!error)
        error = swio_pool_connect(c->pool);
    return error ? say_failed(cmd, login_status(error)) : -1;
}

void cluster_close(cluster *c)
{
    for (size_t i = 0; c->pool && i < c->count; i++)
        swio_text_free(c->sip_addresses[i]);
    swio_pool_unref(c->pool);
    free(c->sip_addresses);
    free(c->contacts);
    *c = (cluster){0};
}
