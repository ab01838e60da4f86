/* The switches of a command: a pool, connected, and where each is called at. */
#ifndef CLI_CLUSTER_H
#define CLI_CLUSTER_H

#include <stddef.h>
#include <stdint.h>
#include <switchio/pool.h>

#include "cli/login.h"
#include "cli/options.h"

enum { CLUSTER_NODES_MAX = 64 };

/* Zeroed at first. */
typedef struct cluster {
    const char **contacts;
    size_t count;
    swio_pool *pool;
    char **sip_addresses; /* of the profile, by node; NULL where not asked for */
} cluster;

/* The rows of how the switches are reached, for a settings struct with members `sim` and
 * `connections`; `usual` is how many of these there are, as text or NULL, and `by` says so. */
#define CLUSTER_ROWS(settings, usual, by)                                                         \
    {.name = "sim",                                                                               \
     .kind = OPTION_COUNT_OPTIONAL,                                                               \
     .value = "NODES",                                                                            \
     .min = 1,                                                                                    \
     .max = CLUSTER_NODES_MAX,                                                                    \
     .at = offsetof(settings, sim),                                                               \
     .help = "simulated switches, embedded here, instead of hosts"},                              \
    {                                                                                             \
        .name = "connections", .kind = OPTION_COUNT, .value = "N", .standard = (usual), .min = 1, \
        .max = SWIO_CLIENT_CONNECTIONS, .at = offsetof(settings, connections),                    \
        .help = "for commands to each switch" by                                                  \
    }

/* The switches that the operands name, or `sim` simulated ones. -1 to go on, else the exit status,
 * with the sentence said. */
int cluster_name(cluster *c, const command *cmd, uint64_t sim, int count, char **operands);

/* How the switches are reached. */
typedef struct cluster_opts {
    const login *login;
    const char *password; /* as login_prepare() found it */
    const char *proxy;    /* of simulated switches; NULL */
    uint64_t connections; /* for commands, to each switch */
} cluster_opts;

/* Makes the pool and connects it. -1 to go on, else the exit status, with the sentence said;
 * cluster_close() in both cases. */
int cluster_open(cluster *c, const command *cmd, const cluster_opts *opts);

/* Finds the SIP address of the profile on each node, and says it. Once they are known it does
 * nothing. The errors of swio_client_sip_address(). */
int cluster_find_addresses(cluster *c, const char *profile);

void cluster_close(cluster *c);

#endif
