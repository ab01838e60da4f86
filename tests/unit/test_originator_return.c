/*
 * Switches that are lost while calls are offered to them, and come back by themselves.
 * labels: threaded
 */
#include <stdatomic.h>
#include <string.h>
#include <switchio/originator.h>

#include "control/client.h"
#include "support/relay.h"
#include "support/rig.h"
#include "support/wait.h"

enum { NODES = 2 };

typedef struct scene {
    swio_sim *sims[NODES];
    relay *relays[NODES];
    swio_loop *loop;
    swio_listener *listeners[NODES];
    swio_client *clients[NODES];
} scene;

static void tell(const scene *s, size_t node, const char *command)
{
    assert_ok(swio_client_api(s->clients[node], command, WAIT_DEADLINE_SECONDS, NULL));
}

static void open_scene(scene *s)
{
    *s = (scene){0};
    assert_ok(swio_loop_new(&s->loop));
    for (size_t i = 0; i < NODES; i++) {
        assert_ok(swio_sim_start(&(swio_sim_opts){.speed = 10}, &s->sims[i]));
        assert_non_null((s->relays[i] = relay_start(swio_sim_contact(s->sims[i], 0))));
        const char *contact = relay_contact(s->relays[i]);
        assert_ok(
            swio_listener_new(contact, &(swio_listener_opts){.loop = s->loop}, &s->listeners[i]));
        swio_client_opts client = {.listener = s->listeners[i]};
        assert_ok(swio_client_new(contact, &client, &s->clients[i]));
        assert_ok(swio_client_connect(s->clients[i]));
        assert_ok(swio_listener_connect(s->listeners[i]));
        assert_ok(swio_listener_start(s->listeners[i]));
        tell(s, i, "fsctl sps 30");
    }
}

static void close_scene(scene *s)
{
    for (size_t i = 0; i < NODES; i++) {
        swio_client_unref(s->clients[i]);
        swio_listener_unref(s->listeners[i]);
        relay_stop(s->relays[i]);
        swio_sim_stop(s->sims[i]);
    }
    swio_loop_unref(s->loop);
}

/* Each switch calls itself. */
static swio_originator *dial(scene *s, size_t nodes)
{
    static char urls[128];
    swio_originator *o;
    snprintf(urls, sizeof urls, "dial@%s", swio_sim_sip_address(s->sims[0], 0, "external"));
    for (size_t i = 0; i < nodes; i++)
        assert_ok(swio_client_load_app(s->clients[i], &swio_app_tone_play,
                                       &(swio_load_opts){.id = "dial"}, NULL));
    swio_originator_opts opts = {
        .clients = s->clients,
        .client_count = nodes,
        .originate = {.dest_url = urls,
                      .app_id = "dial",
                      .timeout = 10 * WAIT_DEADLINE_SECONDS,
                      RIG_RINGS_ON},
        .rate = 50,
        .limit = 100000,
        .duration = 1000,
    };
    assert_ok(swio_originator_new(&opts, &o));
    assert_ok(swio_originator_start(o));
    return o;
}

static swio_originator_counts counts(swio_originator *o)
{
    swio_originator_counts c;
    swio_originator_count(o, &c);
    return c;
}

static swio_originator_node_counts node_counts(swio_originator *o, size_t node)
{
    swio_originator_node_counts c;
    assert_true(swio_originator_node_at(o, node, &c));
    return c;
}

static bool sps_is(const scene *s, size_t node, const char *value)
{
    char *now = NULL;
    bool same = swio_client_cmd(s->clients[node], "fsctl sps", WAIT_DEADLINE_SECONDS, &now) == 0 &&
                strlen(now) > strlen(value) &&
                strcmp(now + strlen(now) - strlen(value), value) == 0;
    swio_text_free(now);
    return same;
}

/* A switch goes and is there again at once, started anew, while the other carries on: what it had
 * is lost, its settings are raised, and it takes calls again. */
static void test_node_comes_back(void **state)
{
    (void)state;
    scene s;
    swio_sim *anew;
    open_scene(&s);
    swio_originator *o = dial(&s, NODES);
    wait_until(sps_is(&s, 1, " 10000"));
    wait_until(node_counts(o, 1).active > 3);
    assert_ok(swio_sim_start(&(swio_sim_opts){.speed = 10}, &anew));
    relay_aim(s.relays[1], swio_sim_contact(anew, 0));
    relay_cut(s.relays[1], RELAY_OPEN);
    wait_until(counts(o).lost > 3);
    wait_until(node_counts(o, 1).up);
    wait_until(sps_is(&s, 1, " 10000"));
    uint64_t offered = node_counts(o, 1).offered;
    wait_until(node_counts(o, 1).offered > offered + 5);
    assert_int_equal(counts(o).state, SWIO_ORIGINATOR_ORIGINATING);
    assert_ok(swio_originator_shutdown(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(node_counts(o, 0).lost, 0);
    assert_int_equal(node_counts(o, 1).lost, counts(o).lost);
    assert_int_equal(node_counts(o, 0).answered + node_counts(o, 1).answered, counts(o).answered);
    assert_int_equal(node_counts(o, 0).failed + node_counts(o, 1).failed, counts(o).failed);
    swio_originator_unref(o);
    close_scene(&s);
    swio_sim_stop(anew);
}

/* The only one: the run ends, though it is there again, and its settings are put back. */
static void test_only_node_lost(void **state)
{
    (void)state;
    scene s;
    open_scene(&s);
    swio_originator *o = dial(&s, 1);
    wait_until(counts(o).answered > 3);
    relay_cut(s.relays[0], RELAY_OPEN);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(counts(o).state, SWIO_ORIGINATOR_STOPPED);
    assert_int_equal(counts(o).active, 0);
    assert_true(counts(o).lost > 3);
    wait_until(swio_listener_running(s.listeners[0]) && swio_client_connected(s.clients[0]));
    assert_true(sps_is(&s, 0, " 30"));

    /* As good as new. */
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 3);
    assert_int_equal(counts(o).lost, 0);
    assert_ok(swio_originator_shutdown(o, WAIT_DEADLINE_SECONDS));
    swio_originator_unref(o);
    close_scene(&s);
}

/* It is not there when the run ends: that waits for nothing, and the tries go on. */
static void test_only_node_gone(void **state)
{
    (void)state;
    scene s;
    open_scene(&s);
    swio_originator *o = dial(&s, 1);
    wait_until(counts(o).answered > 3);
    relay_cut(s.relays[0], RELAY_SHUT);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_false(swio_client_connected(s.clients[0]));
    assert_true(swio_client_returning(s.clients[0]));
    relay_set(s.relays[0], RELAY_OPEN);
    wait_until(swio_listener_running(s.listeners[0]) && swio_client_connected(s.clients[0]));
    swio_originator_unref(o);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_node_comes_back),
        cmocka_unit_test(test_only_node_lost),
        cmocka_unit_test(test_only_node_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
