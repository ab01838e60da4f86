/*
 * A call whose callee's leg, on another switch, is heard of when the call has ended already.
 * labels: threaded
 */
#include <stdatomic.h>
#include <string.h>
#include <switchio/originator.h>

#include "support/relay.h"
#include "support/rig.h"
#include "support/wait.h"

enum { NODES = 2 };

/* Calls from the first switch to the second, of which a relay holds back what it says. */
typedef struct scene {
    swio_sim *sim;
    relay *relay;
    swio_loop *loop;
    swio_listener *listeners[NODES];
    swio_client *clients[NODES];
    swio_originator *originator;
    swio_cdr record;
    atomic_size_t records;
} scene;

static void keep(const swio_cdr *cdr, void *arg)
{
    scene *s = arg;
    s->record = *cdr;
    atomic_fetch_add(&s->records, 1);
}

/* From the moment in which the call is made, before it can be heard of; 0 is a trial. */
static size_t hold_back(uint64_t number, swio_variable *fields, void *arg)
{
    (void)fields;
    if (number)
        relay_hold(((scene *)arg)->relay, true);
    return 0;
}

static void connect_node(scene *s, size_t i, const char *contact)
{
    swio_listener_opts listener = {.loop = s->loop};
    assert_ok(swio_listener_new(contact, &listener, &s->listeners[i]));
    swio_client_opts client = {.listener = s->listeners[i]};
    assert_ok(swio_client_new(contact, &client, &s->clients[i]));
    assert_ok(swio_client_connect(s->clients[i]));
    assert_ok(swio_listener_connect(s->listeners[i]));
    assert_ok(swio_listener_start(s->listeners[i]));
}

static void open_scene(scene *s)
{
    char url[128];
    *s = (scene){0};
    assert_ok(swio_loop_new(&s->loop));
    assert_ok(swio_sim_start(&(swio_sim_opts){.nodes = NODES}, &s->sim));
    assert_non_null((s->relay = relay_start(swio_sim_contact(s->sim, 1))));
    connect_node(s, 0, swio_sim_contact(s->sim, 0));
    connect_node(s, 1, relay_contact(s->relay));
    snprintf(url, sizeof url, "late@%s", swio_sim_sip_address(s->sim, 1, "external"));
    swio_originator_opts opts = {
        .clients = s->clients,
        .client_count = NODES,
        .originate = {.dest_url = url, .app_id = "late", .timeout = 1},
        .limit = 10,
        .max_offered = 1,
        .keep_settings = true,
        .fields = hold_back,
        .on_cdr = keep,
        .arg = s,
    };
    assert_ok(swio_originator_new(&opts, &s->originator));
    assert_ok(swio_originator_start(s->originator));
}

static void close_scene(scene *s)
{
    swio_originator_unref(s->originator);
    for (size_t i = 0; i < NODES; i++) {
        swio_client_unref(s->clients[i]);
        swio_listener_unref(s->listeners[i]);
    }
    relay_stop(s->relay);
    swio_sim_stop(s->sim);
    swio_loop_unref(s->loop);
}

static bool is_over(const scene *s)
{
    swio_originator_counts c;
    swio_originator_count(s->originator, &c);
    return c.offered == 1 && !c.active;
}

static void finish(scene *s)
{
    assert_ok(swio_originator_wait_done(s->originator, WAIT_DEADLINE_SECONDS));
    assert_int_equal(atomic_load(&s->records), 1);
    assert_int_equal(s->record.outcome, SWIO_OUTCOME_FAILED);
    assert_string_equal(s->record.cause, "NO_ANSWER");
    assert_true(*s->record.caller.uuid);
}

/* It rings until it is given up; what the second switch says of that comes later. */
static void the_record_waits_for_it(void **state)
{
    (void)state;
    scene s;
    open_scene(&s);
    wait_until(is_over(&s));
    assert_int_equal(atomic_load(&s.records), 0);
    relay_hold(s.relay, false);
    finish(&s);
    assert_true(*s.record.callee.uuid);
    assert_string_equal(s.record.callee.cause, "ORIGINATOR_CANCEL");
    assert_true(s.record.callee.create_us && s.record.callee.hangup_us);
    close_scene(&s);
}

/* Nothing comes: not for ever. */
static void it_does_not_wait_for_ever(void **state)
{
    (void)state;
    scene s;
    open_scene(&s);
    finish(&s);
    assert_string_equal(s.record.callee.uuid, "");
    close_scene(&s);
}

/* Its originator goes meanwhile. */
static void what_waits_is_given_at_the_end(void **state)
{
    (void)state;
    scene s;
    open_scene(&s);
    wait_until(is_over(&s));
    relay_hold(s.relay, false);
    s.originator = swio_originator_unref(s.originator);
    assert_int_equal(atomic_load(&s.records), 1);
    assert_int_equal(s.record.outcome, SWIO_OUTCOME_FAILED);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_record_waits_for_it),
        cmocka_unit_test(it_does_not_wait_for_ever),
        cmocka_unit_test(what_waits_is_given_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
