#include "cli/cluster.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/log.h>

#include "cli/login.h"

/* As it would be typed: without the port that goes without saying. */
static const char *shown(const swio_client *client)
{
    static const char usual[] = ":8021";
    const char *contact = swio_client_contact(client);
    size_t len = strlen(contact);
    bool plain = len > sizeof usual && strcmp(contact + len + 1 - sizeof usual, usual) == 0;
    return plain ? swio_client_host(client) : contact;
}

static int find_addresses(cluster *c, const char *profile)
{
    int error = 0;
    for (size_t i = 0; !error && i < swio_pool_size(c->pool); i++) {
        swio_client *client = swio_pool_client(c->pool, i);
        error = swio_client_sip_address(client, profile, &c->sip_addresses[i]);
        if (!error)
            swio_log_line(SWIO_LOG_INFO, __FILE__, __LINE__, "Slave %s SIP address is at %s",
                          shown(client), c->sip_addresses[i]);
    }
    return error;
}

int cluster_open(cluster *c, const command *cmd, const char *const *contacts, size_t count,
                 const swio_pool_opts *opts, const char *profile)
{
    *c = (cluster){.sip_addresses = calloc(count, sizeof c->sip_addresses[0])};
    if (!c->sip_addresses) {
        fprintf(stderr, "switchio %s: out of memory\n", cmd->name);
        return STATUS_FAILED;
    }
    int error = swio_pool_new(contacts, count, opts, &c->pool);
    if (error == SWIO_EEXIST)
        return usage_error(cmd, "%s", swio_errmsg());
    if (!error)
        error = swio_pool_connect(c->pool);
    if (!error)
        error = find_addresses(c, profile);
    return error ? say_failed(cmd, login_status(error)) : -1;
}

void cluster_close(cluster *c)
{
    for (size_t i = 0; c->pool && i < swio_pool_size(c->pool); i++)
        swio_text_free(c->sip_addresses[i]);
    swio_pool_unref(c->pool);
    free(c->sip_addresses);
    *c = (cluster){0};
}
