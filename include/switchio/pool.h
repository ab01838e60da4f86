/* Pools: many switches, each with a client and a listener, driven as one. */
#ifndef SWITCHIO_POOL_H
#define SWITCHIO_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/app.h>
#include <switchio/client.h>
#include <switchio/counts.h>
#include <switchio/export.h>
#include <switchio/listener.h>
#include <switchio/loop.h>
#include <switchio/sim.h>

SWIO_BEGIN_DECLS

/*
 * The nodes of a pool are fixed from its making on, and have the numbers 0, 1, … in the order in
 * which they were named. Any thread may call any function.
 */
typedef struct swio_pool swio_pool;

/* Zero is the default of each. Strings are copied. */
typedef struct swio_pool_opts {
    swio_loop *loop;        /* of all nodes; the process's default loop */
    uint16_t port;          /* where a contact names none; 8021 */
    const char *password;   /* "ClueCon" */
    const char *user;       /* "user@domain": logs in with userauth instead of auth */
    double connect_timeout; /* seconds for resolving, connecting and logging in together; 10 */
    double timeout;         /* seconds for a reply, where a call gives none; 10 */
    size_t connections;     /* for commands, to each switch; 1 */
    bool no_reconnect; /* connections that are lost stay so; false, see swio_listener_connect() */
    swio_listener_lost_fn *on_lost; /* of every listener */
    void *arg;                      /* for the handler */
    /*
     * How the switches are simulated that are named "sim"; its nodes and loop are the pool's
     * affair, its password is that of the pool unless it says another.
     */
    swio_sim_opts sim;
} swio_pool_opts;

/*
 * Makes a client and a listener for each contact ("host", "host:port", "[::1]:port"), not yet
 * connected. A contact that is the word "sim" is a simulated FreeSWITCH, embedded in the pool; all
 * of them are the nodes of one simulated cluster. `opts` may be NULL. SWIO_EINVAL for no contact or
 * one that cannot be right, SWIO_EEXIST for one that is named twice, SWIO_ENOMEM, SWIO_EIO.
 */
SWIO_API int swio_pool_new(const char *const *contacts, size_t count, const swio_pool_opts *opts,
                           swio_pool **out);

SWIO_API swio_pool *swio_pool_ref(swio_pool *pool);
/*
 * Gives NULL, and is fine with it. The last reference closes all connections and ends the simulated
 * switches; clients and listeners that are held elsewhere live on without them.
 */
SWIO_API swio_pool *swio_pool_unref(swio_pool *pool);

/*
 * Connects clients and listeners and starts the listeners of all nodes at once, as far as they are
 * not up already: after a loss it brings back what was lost (which, unless `no_reconnect`
 * says otherwise, also comes back by itself: but for the nodes of an error). The errors are those
 * of swio_client_connect() and swio_listener_start(), of the first node that failed; then none of
 * the nodes that this call took in hand stays connected. Waits.
 */
SWIO_API int swio_pool_connect(swio_pool *pool);
SWIO_API void swio_pool_disconnect(swio_pool *pool);

SWIO_API size_t swio_pool_size(const swio_pool *pool);
/* Of a node; borrowed: they live as long as the pool is held. NULL past the last. */
SWIO_API swio_client *swio_pool_client(const swio_pool *pool, size_t node);
SWIO_API swio_listener *swio_pool_listener(const swio_pool *pool, size_t node);
/* All clients as an array of swio_pool_size(), as swio_originator_opts takes them. Borrowed. */
SWIO_API swio_client *const *swio_pool_clients(const swio_pool *pool);

/*
 * The client whose turn it is to place a call: one after the other, without those that are not
 * connected and those whose listener is full (swio_listener_set_max_limit()). NULL if none can.
 */
SWIO_API swio_client *swio_pool_next(swio_pool *pool);

/* Does something with one node. 0, or an error with its sentence. */
typedef int swio_pool_fn(swio_pool *pool, size_t node, void *arg);

/* Runs `fn` on each node, one after the other on the calling thread; the first error ends it and is
 * returned. */
SWIO_API int swio_pool_each(swio_pool *pool, swio_pool_fn *fn, void *arg);

/*
 * Runs `fn` on all nodes at once, as coroutines on the pool's loop (so `fn` needs no lock against
 * itself, and may wait), and waits for all of them to return. In a coroutine they run one after the
 * other, in that one. The error of the first node that failed; SWIO_EWOULDBLOCK in a plain
 * callback, SWIO_ENOMEM.
 */
SWIO_API int swio_pool_all(swio_pool *pool, swio_pool_fn *fn, void *arg);

/*
 * Loads an app on every node under one id, and takes it off all of them. As swio_client_load_app()
 * and swio_client_unload_app(); after an error no node has it. *id (may be NULL) lives as long as
 * the app is loaded.
 */
SWIO_API int swio_pool_load_app(swio_pool *pool, const swio_app *app, const swio_load_opts *opts,
                                const char **id);
SWIO_API int swio_pool_unload_app(swio_pool *pool, const char *name_or_id);

/* `hupall` on every node, all at once; see swio_client_hupall(). */
SWIO_API int swio_pool_hupall(swio_pool *pool, const char *app_id, double timeout);

/* The sums of what the listeners count; for one node ask its listener. A call between two nodes is
 * a call of both, as each sees its own legs of it. */
SWIO_API size_t swio_pool_count_sessions(swio_pool *pool);
SWIO_API size_t swio_pool_count_calls(swio_pool *pool);
SWIO_API size_t swio_pool_count_jobs(swio_pool *pool);
SWIO_API uint64_t swio_pool_count_failed(swio_pool *pool);
SWIO_API uint64_t swio_pool_count_answered(swio_pool *pool);
SWIO_API void swio_pool_totals(swio_pool *pool, swio_totals *out);
/* By name ("USER_BUSY"): to be released with swio_counts_free(). SWIO_ENOMEM. */
SWIO_API int swio_pool_counts(swio_pool *pool, swio_counter which, swio_counts **out);
/* Of every listener: see swio_listener_reset(). */
SWIO_API void swio_pool_reset(swio_pool *pool);

SWIO_END_DECLS

#endif
