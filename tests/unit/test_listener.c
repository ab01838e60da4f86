/*
 * A listener from its making to its end, against the simulator.
 * labels: threaded valgrind
 */
#include <stdatomic.h>
#include <string.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "support/gate.h"
#include "support/rig.h"
#include "support/wait.h"

static swio_listener *make(swio_sim *sim, const swio_listener_opts *opts)
{
    swio_listener *l = NULL;
    assert_ok(swio_listener_new(swio_sim_contact(sim, 0), opts, &l));
    return l;
}

static const char *shown(const swio_listener *l)
{
    static char text[64];
    swio_listener_format(l, text, sizeof text);
    return text;
}

static void test_life(void **state)
{
    (void)state;
    swio_sim *sim;
    assert_ok(swio_sim_start(NULL, &sim));
    swio_listener *l = make(sim, NULL);
    assert_string_equal(shown(l), "<EventListener [disconnected]>");
    assert_string_equal(swio_listener_contact(l), swio_sim_contact(sim, 0));
    assert_string_equal(swio_listener_host(l), "127.0.0.1");

    assert_error(swio_listener_start(l), SWIO_ECONFIG, "connect it before starting it");
    assert_ok(swio_listener_connect(l));
    assert_string_equal(shown(l), "<EventListener [connected]>");
    assert_false(swio_listener_running(l));
    assert_error(swio_listener_connect(l), SWIO_ECONFIG, "connected already");
    assert_ok(swio_listener_start(l));
    assert_true(swio_listener_running(l));
    assert_error(swio_listener_start(l), SWIO_ECONFIG, "started already");
    assert_error(swio_listener_connect(l), SWIO_ECONFIG, "connected already");

    swio_listener_disconnect(l);
    swio_listener_disconnect(l);
    assert_string_equal(shown(l), "<EventListener [disconnected]>");
    assert_error(swio_listener_start(l), SWIO_ECONFIG, "connect it before starting it");
    assert_ok(swio_listener_connect(l));
    assert_ok(swio_listener_start(l));
    assert_ptr_equal(swio_listener_unref(l), NULL);
    swio_sim_stop(sim);
}

static void test_subscriptions(void **state)
{
    (void)state;
    swio_sim *sim;
    assert_ok(swio_sim_start(NULL, &sim));
    swio_listener *l = make(sim, NULL);
    assert_ok(swio_listener_unsubscribe(l, "CALL_UPDATE"));
    assert_error(swio_listener_unsubscribe(l, "CALL_UPDATE"), SWIO_ENOENT, "not subscribed");
    assert_error(swio_listener_subscribe(l, "A\nB"), SWIO_EINVAL, "no name of an event");
    assert_error(swio_listener_subscribe(l, ""), SWIO_EINVAL, "no name of an event");
    assert_ok(swio_listener_subscribe(l, "mod_bert::lost_sync"));
    assert_ok(swio_listener_connect(l));
    assert_error(swio_listener_unsubscribe(l, "LOG"), SWIO_ECONFIG, "before connecting it");
    assert_ok(swio_listener_start(l));
    assert_ok(swio_listener_subscribe(l, "HEARTBEAT"));
    assert_ok(swio_listener_subscribe(l, "HEARTBEAT"));
    swio_listener_unref(l);
    swio_sim_stop(sim);
}

static void test_bad_contact(void **state)
{
    (void)state;
    swio_listener *l = NULL;
    assert_int_equal(swio_listener_new("host:99999", NULL, &l), SWIO_EINVAL);
    assert_null(l);
    swio_listener_opts opts = {.password = "wrong"};
    swio_sim *sim;
    assert_ok(swio_sim_start(NULL, &sim));
    l = make(sim, &opts);
    assert_int_equal(swio_listener_connect(l), SWIO_EAUTH);
    assert_false(swio_listener_connected(l));
    swio_listener_unref(l);
    swio_sim_stop(sim);
}

typedef struct losses {
    atomic_int count;
    gate gate;
    char sentence[256];
} losses;

static void on_lost(swio_listener *l, const char *sentence, void *arg)
{
    losses *seen = arg;
    assert_false(swio_listener_connected(l));
    snprintf(seen->sentence, sizeof seen->sentence, "%s", sentence);
    atomic_fetch_add(&seen->count, 1);
    gate_open(&seen->gate);
}

static void test_lost(void **state)
{
    (void)state;
    swio_sim *sim;
    losses seen = {0};
    gate_init(&seen.gate);
    assert_ok(swio_sim_start(NULL, &sim));
    swio_listener_opts opts = {.on_lost = on_lost, .arg = &seen};
    swio_listener *l = make(sim, &opts);
    assert_ok(swio_listener_connect(l));
    assert_ok(swio_listener_start(l));
    swio_sim_stop(sim);
    assert_true(gate_pass(&seen.gate));
    assert_non_null(strstr(seen.sentence, swio_listener_contact(l)));
    assert_int_equal(swio_listener_connect(l), SWIO_ECONN);
    swio_listener_unref(l);
    assert_int_equal(seen.count, 1);
}

/* Closing it ourselves is no loss. */
static void test_not_lost(void **state)
{
    (void)state;
    swio_sim *sim;
    losses seen = {0};
    gate_init(&seen.gate);
    assert_ok(swio_sim_start(NULL, &sim));
    swio_listener_opts opts = {.on_lost = on_lost, .arg = &seen};
    swio_listener *l = make(sim, &opts);
    assert_ok(swio_listener_connect(l));
    swio_listener_disconnect(l);
    assert_ok(swio_listener_connect(l));
    swio_listener_unref(l);
    swio_sim_stop(sim);
    assert_int_equal(seen.count, 0);
}

/* The last reference goes in a callback of the listener itself. */
static int give_up(swio_session *session, void *self)
{
    rig *r = self;
    (void)session;
    if (r->listeners[0]) {
        swio_client_set_listener(r->clients[0], NULL);
        r->listeners[0] = swio_listener_unref(r->listeners[0]);
    }
    return 0;
}
static const swio_app giver = {.name = "Giver", .on = {SWIO_CALLBACK("CHANNEL_CREATE", give_up)}};

static void test_closed_in_callback(void **state)
{
    (void)state;
    rig r;
    swio_job *job;
    rig_up(&r, NULL, true);
    swio_load_opts load = {.id = "x", .self = &r};
    assert_ok(swio_client_load_app(r.clients[0], &giver, &load, NULL));
    swio_originate_opts call = {.dest_url = r.url, .app_id = "x"};
    assert_ok(swio_client_originate(r.clients[0], &call, &job));
    assert_error(swio_job_get(job, 10, NULL), SWIO_ECANCELED, "closed");
    swio_job_unref(job);
    rig_down(&r);
}

static int keep(swio_session *session, void *self)
{
    _Atomic(swio_session *) *kept = self;
    swio_session *none = NULL;
    if (atomic_compare_exchange_strong(kept, &none, session))
        swio_session_ref(session);
    return 0;
}
static const swio_app keeper = {.name = "Keeper", .on = {SWIO_CALLBACK("CHANNEL_CREATE", keep)}};

/* A session outlives its listener: readable, and its commands say why they cannot be sent. */
static void test_session_outlives(void **state)
{
    (void)state;
    rig r;
    _Atomic(swio_session *) kept = NULL;
    rig_up(&r, NULL, true);
    swio_load_opts load = {.id = "x", .self = &kept};
    assert_ok(swio_client_load_app(r.clients[0], &keeper, &load, NULL));
    swio_originate_opts call = {.dest_url = r.url, .app_id = "x"};
    assert_ok(swio_client_originate(r.clients[0], &call, NULL));
    wait_until(kept);
    rig_down(&r);
    assert_int_equal(strlen(swio_session_uuid(kept)), 36);
    assert_error(swio_session_hangup(kept, NULL, 0), SWIO_ECONN, "closed");
    assert_error(swio_session_hangup(kept, NULL, 1), SWIO_ECONN, "closed");
    swio_session_unref(kept);
}

static void test_no_memory(void **state)
{
    (void)state;
    swio_sim *sim;
    swio_loop *loop;
    assert_ok(swio_sim_start(NULL, &sim));
    assert_ok(swio_loop_new(&loop));
    swio_listener_opts opts = {.loop = loop};
    int error = SWIO_ENOMEM;
    for (long n = 0; error; n++) {
        swio_listener *l = NULL;
        swio_mem_fail_after(n, false);
        error = swio_listener_new(swio_sim_contact(sim, 0), &opts, &l);
        swio_mem_fail_after(-1, false);
        assert_true(error == 0 || error == SWIO_ENOMEM);
        assert_true(n < 200);
        swio_listener_unref(l);
    }
    swio_loop_unref(loop);
    swio_sim_stop(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),
        cmocka_unit_test(test_subscriptions),
        cmocka_unit_test(test_bad_contact),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_not_lost),
        cmocka_unit_test(test_closed_in_callback),
        cmocka_unit_test(test_session_outlives),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
