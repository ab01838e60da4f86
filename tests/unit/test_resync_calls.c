/*
 * Calls of a simulated switch whose listener is cut off: some end meanwhile, some begin, some are
 * answered, and when it is there again its model is right and its limit has room.
 * labels: threaded
 */
#include <stdatomic.h>
#include <string.h>
#include <switchio/originator.h>

#include "control/client.h"
#include "support/relay.h"
#include "support/rig.h"
#include "support/wait.h"

enum { CALLS = 4, LEGS = 2 * CALLS };

typedef struct scene {
    swio_sim *sim;
    relay *relay;
    swio_loop *loop;
    swio_listener *listener;
    swio_client *client;
    swio_client *beside; /* past the relay */
    char url[128];
} scene;

static void open_scene(scene *s, bool answers)
{
    *s = (scene){0};
    assert_ok(swio_sim_start(&(swio_sim_opts){.answer = answers}, &s->sim));
    assert_non_null((s->relay = relay_start(swio_sim_contact(s->sim, 0))));
    assert_ok(swio_loop_new(&s->loop));
    snprintf(s->url, sizeof s->url, "cut@%s", swio_sim_sip_address(s->sim, 0, "external"));
    swio_listener_opts listener = {.loop = s->loop};
    assert_ok(swio_listener_new(relay_contact(s->relay), &listener, &s->listener));
    swio_client_opts client = {.listener = s->listener}, beside = {.loop = s->loop};
    assert_ok(swio_client_new(relay_contact(s->relay), &client, &s->client));
    assert_ok(swio_client_new(swio_sim_contact(s->sim, 0), &beside, &s->beside));
    assert_ok(swio_client_connect(s->client));
    assert_ok(swio_client_connect(s->beside));
    assert_ok(swio_listener_connect(s->listener));
    assert_ok(swio_listener_start(s->listener));
}

static void close_scene(scene *s)
{
    swio_client_unref(s->client);
    swio_client_unref(s->beside);
    swio_listener_unref(s->listener);
    swio_loop_unref(s->loop);
    relay_stop(s->relay);
    swio_sim_stop(s->sim);
}

static uint64_t live(const scene *s)
{
    swio_sim_counts c;
    swio_sim_count(s->sim, &c);
    return c.channels_live;
}

static void tell(const scene *s, const char *command)
{
    assert_ok(swio_client_api(s->beside, command, WAIT_DEADLINE_SECONDS, NULL));
}

static void cut(const scene *s)
{
    relay_cut(s->relay, RELAY_SHUT);
    wait_until(!swio_listener_connected(s->listener) && !swio_client_connected(s->client));
}

static void mend(const scene *s)
{
    relay_set(s->relay, RELAY_OPEN);
    wait_until(swio_listener_running(s->listener) && swio_client_connected(s->client));
}

static size_t sessions(const scene *s)
{
    return swio_listener_count_sessions(s->listener);
}

static size_t calls(const scene *s)
{
    return swio_listener_count_calls(s->listener);
}

static size_t lost(const scene *s)
{
    swio_session **list;
    size_t count;
    assert_ok(swio_listener_failed(s->listener, SWIO_CAUSE_LOST, &list, &count));
    swio_sessions_free(list);
    return count;
}

static void place(const scene *s)
{
    swio_job *job;
    swio_originate_opts opts = {.dest_url = s->url, .app_id = "cut"};
    assert_ok(swio_client_originate(s->client, &opts, &job));
    swio_job_unref(job);
}

/* ---- an app that follows them ---- */

static atomic_int ends, cancelled, losses, late;

static int on_destroy(swio_session *session, void *self)
{
    (void)session, (void)self;
    atomic_fetch_add(&ends, 1);
    return 0;
}

static int stay(swio_session *session, void *self)
{
    (void)session, (void)self;
    int error = swio_sleep(10 * WAIT_DEADLINE_SECONDS);
    atomic_fetch_add(&cancelled, error == SWIO_ECANCELED);
    return 0;
}

static int on_lost(swio_session *session, void *self)
{
    (void)self;
    assert_string_equal(swio_session_cause(session), SWIO_CAUSE_LOST);
    assert_true(swio_session_ended(session));
    atomic_fetch_add(&losses, 1);
    return 0;
}

/* It is not cut short by the end that it began with. */
static int after_loss(swio_session *session, void *self)
{
    (void)session, (void)self;
    int error = swio_sleep(0.01);
    atomic_fetch_add(&late, !error);
    return error;
}

static const swio_app follower = {
    .name = "Follower",
    .on = {SWIO_CALLBACK("CHANNEL_DESTROY", on_destroy), SWIO_COROUTINE("CHANNEL_ANSWER", stay),
           SWIO_CALLBACK(SWIO_SESSION_LOST, on_lost),
           SWIO_COROUTINE(SWIO_SESSION_LOST, after_loss)},
};

static void place_all(scene *s)
{
    atomic_store(&ends, 0);
    atomic_store(&cancelled, 0);
    atomic_store(&losses, 0);
    atomic_store(&late, 0);
    assert_ok(swio_client_load_app(s->client, &follower, &(swio_load_opts){.id = "cut"}, NULL));
    swio_listener_set_max_limit(s->listener, CALLS);
    for (int i = 0; i < CALLS; i++)
        place(s);
    wait_until(swio_listener_count_answered(s->listener) == LEGS);
    wait_until(swio_listener_full(s->listener));
}

/* Of the first of all calls both legs. */
static void hang_up_one(const scene *s, uint64_t left)
{
    char command[128];
    swio_session **list;
    assert_ok(swio_listener_sessions(s->listener, &list, NULL));
    snprintf(command, sizeof command, "uuid_kill %s", swio_session_uuid(list[0]));
    swio_sessions_free(list);
    tell(s, command);
    wait_until(live(s) == left);
}

static void test_some_end(void **state)
{
    (void)state;
    scene s;
    char command[256];
    open_scene(&s, true);
    place_all(&s);
    cut(&s);
    hang_up_one(&s, LEGS - 2);
    /* One that begins meanwhile was never known, as those from before the first start. */
    snprintf(command, sizeof command, "originate sofia/external/%s &park()", s.url);
    tell(&s, command);
    wait_until(live(&s) == LEGS);
    assert_int_equal(sessions(&s), LEGS);
    assert_true(swio_listener_full(s.listener));
    mend(&s);
    wait_until(sessions(&s) == LEGS - 2);
    assert_int_equal(calls(&s), CALLS - 1);
    assert_false(swio_listener_full(s.listener));
    wait_until(atomic_load(&cancelled) == 2);
    assert_int_equal(atomic_load(&ends), 0); /* no event, no callback but … */
    assert_int_equal(atomic_load(&losses), 2);
    wait_until(atomic_load(&late) == 2);

    place(&s);
    wait_until(calls(&s) == CALLS && sessions(&s) == LEGS);
    tell(&s, "hupall");
    wait_until(atomic_load(&ends) == LEGS);
    assert_int_equal(atomic_load(&losses), 2);
    assert_int_equal(sessions(&s), 0);
    assert_int_equal(calls(&s), 0);
    close_scene(&s);
}

/* And once more, and all. */
static void test_all_end(void **state)
{
    (void)state;
    scene s;
    open_scene(&s, true);
    place_all(&s);
    cut(&s);
    hang_up_one(&s, LEGS - 2);
    mend(&s);
    wait_until(sessions(&s) == LEGS - 2);
    cut(&s);
    tell(&s, "hupall");
    wait_until(live(&s) == 0);
    mend(&s);
    wait_until(sessions(&s) == 0);
    assert_int_equal(calls(&s), 0);
    assert_false(swio_listener_full(s.listener));
    assert_int_equal(lost(&s), LEGS);
    close_scene(&s);
}

/* Nobody ended: they are followed to their end. */
static void test_none_ends(void **state)
{
    (void)state;
    scene s;
    open_scene(&s, true);
    place_all(&s);
    cut(&s);
    mend(&s);
    tell(&s, "hupall");
    wait_until(sessions(&s) == 0);
    wait_until(atomic_load(&ends) == LEGS);
    assert_int_equal(lost(&s), 0);
    close_scene(&s);
}

static size_t answered(const scene *s)
{
    swio_session **list;
    size_t count = 0;
    assert_ok(swio_listener_sessions(s->listener, &list, NULL));
    for (swio_session **at = list; *at; at++)
        count += swio_session_answered(*at);
    swio_sessions_free(list);
    return count;
}

/* What was answered meanwhile is known to be. */
static void test_some_are_answered(void **state)
{
    (void)state;
    scene s;
    char command[128];
    open_scene(&s, false);
    place(&s);
    wait_until(sessions(&s) == 2);
    cut(&s);
    swio_session **list;
    assert_ok(swio_listener_sessions(s.listener, &list, NULL));
    for (swio_session **at = list; *at; at++)
        if (swio_session_is_inbound(*at)) {
            snprintf(command, sizeof command, "uuid_answer %s", swio_session_uuid(*at));
            tell(&s, command);
        }
    swio_sessions_free(list);
    swio_sim_counts c = {0};
    wait_until((swio_sim_count(s.sim, &c), c.calls_answered) > 0);
    mend(&s);
    wait_until(answered(&s) == 2);
    assert_int_equal(sessions(&s), 2);
    assert_int_equal(swio_listener_count_answered(s.listener), 2);
    close_scene(&s);
}

/* ---- an originator ---- */

static swio_originator_counts counts(swio_originator *o)
{
    swio_originator_counts c;
    swio_originator_count(o, &c);
    return c;
}

/* Whose only switch comes back: it loses its calls once, and there is room for as many again. */
static void test_originator(void **state)
{
    (void)state;
    scene s;
    swio_originator *o;
    open_scene(&s, true);
    swio_listener_set_max_limit(s.listener, CALLS);
    assert_ok(
        swio_client_load_app(s.client, &swio_app_tone_play, &(swio_load_opts){.id = "dial"}, NULL));
    swio_originator_opts opts = {
        .clients = (swio_client *[]){s.client},
        .client_count = 1,
        .originate = {.dest_url = s.url, .app_id = "dial", .timeout = 10 * WAIT_DEADLINE_SECONDS},
        .rate = 50,
        .limit = 1000,
        .duration = 1000,
    };
    assert_ok(swio_originator_new(&opts, &o));
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered == CALLS && sessions(&s) == LEGS);
    swio_originator_pause(o); /* else it is over when no switch is there */
    cut(&s);
    wait_until(counts(o).lost == CALLS);
    tell(&s, "hupall");
    wait_until(live(&s) == 0);
    mend(&s);
    wait_until(!swio_listener_full(s.listener));
    swio_originator_resume(o);
    wait_until(counts(o).answered == CALLS && counts(o).active == CALLS);
    wait_until(sessions(&s) == LEGS);
    assert_int_equal(counts(o).lost, CALLS);
    assert_int_equal(counts(o).offered, 2 * CALLS);
    swio_originator_unref(o);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_some_end),   cmocka_unit_test(test_all_end),
        cmocka_unit_test(test_none_ends),  cmocka_unit_test(test_some_are_answered),
        cmocka_unit_test(test_originator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
