/* The switches of a command: a client and a listener each, connected. */
#ifndef CLI_CLUSTER_H
#define CLI_CLUSTER_H

#include <stddef.h>
#include <switchio/client.h>

#include "cli/options.h"

typedef struct cluster_node {
    swio_listener *listener;
    swio_client *client;
    char *sip_address; /* of the profile */
} cluster_node;

typedef struct cluster {
    size_t count;
    cluster_node *nodes;
} cluster;

typedef struct cluster_opts {
    const char *password;
    const char *user;
    double timeout;
    const char *profile;
    size_t connections; /* for commands, to each switch */
} cluster_opts;

/*
 * Connects to all contacts, one after the other; the first that fails ends it. Finds the SIP
 * address of the profile on each and says it. -1 to go on, else the exit status, with the sentence
 * said; cluster_close() in both cases.
 */
int cluster_open(cluster *c, const command *cmd, const char *const *contacts, size_t count,
                 const cluster_opts *opts);
void cluster_close(cluster *c);

#endif
