/* The switches of a command: a pool, connected, and where each is called at. */
#ifndef CLI_CLUSTER_H
#define CLI_CLUSTER_H

#include <stddef.h>
#include <switchio/pool.h>

#include "cli/options.h"

typedef struct cluster {
    swio_pool *pool;
    char **sip_addresses; /* of the profile, by node */
} cluster;

/*
 * Makes the pool, connects it, finds the SIP address of the profile on each node and says it. -1 to
 * go on, else the exit status, with the sentence said; cluster_close() in both cases.
 */
int cluster_open(cluster *c, const command *cmd, const char *const *contacts, size_t count,
                 const swio_pool_opts *opts, const char *profile);
void cluster_close(cluster *c);

#endif
