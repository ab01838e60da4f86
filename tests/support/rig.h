/* Simulated switches with a client and a listener each, for tests of what stands on them. */
#ifndef SWIO_TESTS_RIG_H
#define SWIO_TESTS_RIG_H

#include <stdio.h>
#include <string.h>
#include <switchio/apps.h>
#include <switchio/client.h>
#include <switchio/error.h>
#include <switchio/sim.h>

#include "support/cmocka.h"

enum { RIG_NODES_MAX = 4 };

typedef struct rig {
    swio_sim *sim;
    size_t nodes;
    swio_loop *loop;
    swio_listener *listeners[RIG_NODES_MAX];
    swio_client *clients[RIG_NODES_MAX];
    char url[128]; /* who parks inbound calls: at the first node */
} rig;

#define assert_ok(expression)                               \
    do {                                                    \
        if (expression)                                     \
            fail_msg("%s: %s", #expression, swio_errmsg()); \
    } while (0)

/* The call fails with this error, and its sentence has these words. */
#define assert_error(expression, error, words)                        \
    do {                                                              \
        assert_int_equal(expression, error);                          \
        if (!strstr(swio_errmsg(), words))                            \
            fail_msg("'%s' does not say '%s'", swio_errmsg(), words); \
    } while (0)

/*
 * Options of an originate: it rings until somebody does something about it. An originator has the
 * switch end what rings for long, and gives it more time by its own clock; to a simulator whose
 * clock is faster that comes too late. A template that names the variable itself is left as it is.
 */
static const swio_variable rig_rings_on = {"api_on_originate", "status"};
#define RIG_RINGS_ON .variables = &rig_rings_on, .variable_count = 1

/* Everything up, or as far as `connect` says. */
static inline void rig_up(rig *r, const swio_sim_opts *opts, bool connect)
{
    static const swio_sim_opts none;
    *r = (rig){0};
    assert_ok(swio_sim_start(opts ? opts : &none, &r->sim));
    assert_ok(swio_loop_new(&r->loop));
    r->nodes = swio_sim_nodes(r->sim);
    snprintf(r->url, sizeof r->url, "rig@%s", swio_sim_sip_address(r->sim, 0, "external"));
    for (size_t i = 0; i < r->nodes; i++) {
        const char *contact = swio_sim_contact(r->sim, i);
        swio_listener_opts listener = {.loop = r->loop};
        assert_ok(swio_listener_new(contact, &listener, &r->listeners[i]));
        swio_client_opts client = {.listener = r->listeners[i]};
        assert_ok(swio_client_new(contact, &client, &r->clients[i]));
        if (!connect)
            continue;
        assert_ok(swio_client_connect(r->clients[i]));
        assert_ok(swio_listener_connect(r->listeners[i]));
        assert_ok(swio_listener_start(r->listeners[i]));
    }
}

static inline void rig_down(rig *r)
{
    for (size_t i = 0; i < r->nodes; i++) {
        swio_client_unref(r->clients[i]);
        swio_listener_unref(r->listeners[i]);
    }
    swio_loop_unref(r->loop);
    swio_sim_stop(r->sim);
}

#endif
