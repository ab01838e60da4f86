/*
 * A connection that is lost and made again by itself: the listener's and the client's, by a relay
 * that is cut and mended, so that switch and port stay.
 * labels: threaded
 */
#include <stdatomic.h>
#include <switchio/caller.h>
#include <switchio/pool.h>

#include "conn/conn.h"
#include "control/client.h"
#include "control/listener.h"
#include "support/mock_server.h"
#include "support/notes.h"
#include "support/on_loop.h"
#include "support/relay.h"
#include "support/rig.h"
#include "support/wait.h"

enum { LINES = 3 };

typedef struct scene {
    swio_sim *sim;
    relay *relay;
    swio_loop *loop;
    swio_listener *listener;
    swio_client *client;
    atomic_int losses;
    char url[128];
} scene;

static void on_lost(swio_listener *listener, const char *sentence, void *arg)
{
    scene *s = arg;
    assert_false(swio_listener_connected(listener));
    assert_non_null(strstr(sentence, relay_contact(s->relay)));
    atomic_fetch_add(&s->losses, 1);
}

static void open_scene(scene *s, bool no_reconnect)
{
    *s = (scene){0};
    notes_clear();
    notes_take_log(SWIO_LOG_DEBUG);
    assert_ok(swio_sim_start(NULL, &s->sim));
    assert_non_null((s->relay = relay_start(swio_sim_contact(s->sim, 0))));
    assert_ok(swio_loop_new(&s->loop));
    snprintf(s->url, sizeof s->url, "again@%s", swio_sim_sip_address(s->sim, 0, "external"));
    swio_listener_opts listener = {
        .loop = s->loop, .no_reconnect = no_reconnect, .on_lost = on_lost, .arg = s};
    assert_ok(swio_listener_new(relay_contact(s->relay), &listener, &s->listener));
    swio_client_opts client = {
        .listener = s->listener, .no_reconnect = no_reconnect, .connections = LINES};
    assert_ok(swio_client_new(relay_contact(s->relay), &client, &s->client));
    assert_ok(swio_client_connect(s->client));
    assert_ok(swio_listener_connect(s->listener));
}

static void close_scene(scene *s)
{
    swio_client_unref(s->client);
    swio_listener_unref(s->listener);
    swio_loop_unref(s->loop);
    relay_stop(s->relay);
    swio_sim_stop(s->sim);
    swio_log_set_handler(NULL, NULL);
}

static size_t times_logged(const char *words)
{
    size_t count = 0;
    pthread_mutex_lock(&notes.lock);
    for (const char *at = notes.log; (at = strstr(at, words)); at++)
        count++;
    pthread_mutex_unlock(&notes.lock);
    return count;
}

static bool is_up(const scene *s)
{
    return swio_listener_running(s->listener) && swio_client_connected(s->client);
}

/* Of the client's: one round of the turn. */
static bool none_connected(const scene *s)
{
    bool none = true;
    for (size_t i = 0; i < LINES; i++)
        none = !swio_conn_connected(swio_lines_pick(s->client->lines, NULL)) && none;
    return none;
}

/* Both are lost, and the listener has been told so. */
static void lose(scene *s, relay_mode mode)
{
    int before = atomic_load(&s->losses);
    size_t all = swio_client_losses(s->client) + LINES;
    relay_cut(s->relay, mode);
    wait_until(atomic_load(&s->losses) == before + 1);
    wait_until(swio_client_losses(s->client) == all);
    wait_until(none_connected(s) || mode == RELAY_OPEN);
}

/* The connections of the scene: LINES of the client, and that of the listener. */
static swio_conn *conn_of(const scene *s, size_t at)
{
    return at ? swio_lines_pick(s->client->lines, NULL) : s->listener->conn;
}

typedef struct look {
    const scene *scene;
    int timers, far, tries;
} look;

static void count_way_back(void *arg)
{
    look *l = arg;
    for (size_t i = 0; i <= LINES; i++) {
        const swio_conn *conn = conn_of(l->scene, i);
        bool waits = conn->back.timer.heap_at != 0;
        l->timers += waits;
        l->far += waits && conn->back.timer.due_ns > swio_deadline_ns(1000);
        l->tries += conn->back.trying;
    }
}

static look looked(const scene *s)
{
    look l = {.scene = s};
    on_loop(s->loop, count_way_back, &l);
    return l;
}

static bool is_over(const scene *s)
{
    look l = looked(s);
    return l.timers == 0 && l.tries == 0 && !swio_listener_returning(s->listener) &&
           !swio_client_returning(s->client);
}

static void delay_tries(void *arg)
{
    const scene *s = arg;
    for (size_t i = 0; i <= LINES; i++)
        conn_of(s, i)->back.delay = 1e6;
}

/* Until the next try is so far away that none disturbs: behind the one that is near. */
static void wait_far(const scene *s)
{
    on_loop(s->loop, delay_tries, (void *)s);
    wait_until(looked(s).far == LINES + 1);
}

/* ---- there again ---- */

static atomic_int answers, executions;

static int on_answer(swio_session *session, void *self)
{
    (void)session, (void)self;
    atomic_fetch_add(&answers, 1);
    return 0;
}

static int on_park(swio_session *session, void *self)
{
    (void)self;
    return swio_session_is_inbound(session) ? swio_session_answer(session, 0) : 0;
}

static int on_state(swio_session *session, void *self)
{
    (void)session, (void)self;
    atomic_fetch_add(&executions, 1);
    return 0;
}

static const swio_app early = {
    .name = "Early",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", on_park), SWIO_CALLBACK("CHANNEL_ANSWER", on_answer)},
};
static const swio_app late = {.name = "Late", .on = {SWIO_CALLBACK("CHANNEL_CALLSTATE", on_state)}};

static void load(scene *s, const swio_app *app)
{
    assert_ok(swio_client_load_app(s->client, app, &(swio_load_opts){.id = "again"}, NULL));
}

/* Refused at once, with the reason. */
static void assert_refused(scene *s)
{
    static const char words[] = "lost, and is being made again";
    char text[64];
    swio_job *job;
    assert_error(swio_client_api(s->client, "status", 10, NULL), SWIO_ECONN, words);
    assert_error(swio_client_bgapi(s->client, "status", NULL, &job), SWIO_ECONN, words);
    swio_listener_format(s->listener, text, sizeof text);
    assert_string_equal(text, "<EventListener [disconnected]>");
    assert_false(swio_listener_running(s->listener) || swio_client_connected(s->client));
}

static void test_comes_back(void **state)
{
    (void)state;
    scene s;
    swio_job *job = NULL;
    swio_originate_opts ringing = {.dest_url = "error/USER_BUSY"}, opts = {.app_id = "again"};
    open_scene(&s, false);
    ringing.dest_url = opts.dest_url = s.url;
    assert_ok(swio_listener_start(s.listener));
    load(&s, &early);
    assert_ok(swio_client_originate(s.client, &ringing, &job));

    lose(&s, RELAY_SHUT);
    assert_error(swio_job_get(job, WAIT_DEADLINE_SECONDS, NULL), SWIO_ECONN, "127.0.0.1:");
    swio_job_unref(job);
    assert_refused(&s);
    load(&s, &late);
    unsigned tries = relay_accepted(s.relay);
    wait_until(relay_accepted(s.relay) >= tries + 2 * (LINES + 1));
    assert_refused(&s);

    relay_set(s.relay, RELAY_OPEN);
    wait_until(is_up(&s));
    atomic_store(&answers, 0);
    atomic_store(&executions, 0);
    assert_ok(swio_client_originate(s.client, &opts, &job));
    assert_ok(swio_job_get(job, WAIT_DEADLINE_SECONDS, NULL));
    swio_job_unref(job);
    wait_until(atomic_load(&answers) == 2 && atomic_load(&executions) > 0);
    assert_int_equal(times_logged("1 the listener lost its connection: "), 1);
    assert_int_equal(times_logged("1 the client lost its connection: "), 1);
    assert_int_equal(times_logged("the listener is connected again, after "), 1);
    char words[128];
    snprintf(words, sizeof words, "2 %s: the client is connected", relay_contact(s.relay));
    assert_int_equal(times_logged(words), 1);
    assert_true(logged("3 not connected again: "));

    /* And once more. */
    lose(&s, RELAY_OPEN);
    wait_until(is_up(&s));
    assert_true(is_over(&s));
    close_scene(&s);
}

/* What was connected and not started is so again. */
static void test_not_started(void **state)
{
    (void)state;
    scene s;
    open_scene(&s, false);
    lose(&s, RELAY_OPEN);
    wait_until(swio_listener_connected(s.listener));
    assert_false(swio_listener_running(s.listener));
    assert_ok(swio_listener_start(s.listener));
    wait_until(is_up(&s));
    close_scene(&s);
}

/* ---- meanwhile ---- */

static void disconnect(void *arg)
{
    const scene *s = arg;
    swio_listener_disconnect(s->listener);
    swio_client_disconnect(s->client);
}

/* Waiting for the next try, or in the middle of one; on this thread, or on that of the loop. */
static void test_disconnected_meanwhile(void **state)
{
    (void)state;
    for (int way = 0; way < 4; way++) {
        scene s;
        open_scene(&s, false);
        assert_ok(swio_listener_start(s.listener));
        lose(&s, way & 1 ? RELAY_SILENT : RELAY_SHUT);
        if (way & 1)
            wait_until(looked(&s).tries == LINES + 1);
        else
            wait_far(&s);
        if (way & 2)
            on_loop(s.loop, disconnect, &s);
        else
            disconnect(&s);
        wait_until(is_over(&s));
        assert_error(swio_client_api(s.client, "status", 1, NULL), SWIO_ECONN, ": not connected");
        relay_set(s.relay, RELAY_OPEN);
        assert_ok(swio_client_connect(s.client));
        assert_ok(swio_listener_connect(s.listener));
        assert_ok(swio_listener_start(s.listener));
        assert_ok(swio_client_api(s.client, "status", WAIT_DEADLINE_SECONDS, NULL));
        assert_int_equal(times_logged("is connected again"), 0);
        close_scene(&s);
    }
}

/* In on_lost, before the first try. */
static void on_lost_disconnect(swio_listener *listener, const char *sentence, void *arg)
{
    (void)sentence;
    swio_listener_disconnect(listener);
    atomic_fetch_add((atomic_int *)arg, 1);
}

static void test_disconnected_at_once(void **state)
{
    (void)state;
    scene s;
    atomic_int losses = 0;
    open_scene(&s, false);
    swio_listener *listener;
    swio_listener_opts opts = {.loop = s.loop, .on_lost = on_lost_disconnect, .arg = &losses};
    assert_ok(swio_listener_new(relay_contact(s.relay), &opts, &listener));
    assert_ok(swio_listener_connect(listener));
    lose(&s, RELAY_OPEN);
    wait_until(atomic_load(&losses) == 1);
    wait_until(swio_listener_connected(s.listener)); /* as long as that takes */
    assert_false(swio_listener_connected(listener) || swio_listener_returning(listener));
    swio_listener_unref(listener);
    close_scene(&s);
}

/* By hand: where it fails, the tries go on; where a try goes on, it takes its place. */
static void test_connected_by_hand(void **state)
{
    (void)state;
    for (int silent = 0; silent < 2; silent++) {
        scene s;
        open_scene(&s, false);
        assert_ok(swio_listener_start(s.listener));
        lose(&s, RELAY_SHUT);
        assert_int_equal(swio_listener_connect(s.listener), SWIO_ECONN);
        assert_int_equal(swio_client_connect(s.client), SWIO_ECONN);
        assert_refused(&s);
        if (silent) {
            relay_set(s.relay, RELAY_SILENT);
            wait_until(looked(&s).tries == LINES + 1);
        } else {
            wait_far(&s);
        }
        relay_set(s.relay, RELAY_OPEN);
        assert_ok(swio_listener_connect(s.listener));
        assert_error(swio_listener_connect(s.listener), SWIO_ECONFIG, "connected already");
        assert_false(swio_listener_running(s.listener));
        assert_ok(swio_listener_start(s.listener));
        assert_ok(swio_client_connect(s.client));
        assert_error(swio_client_connect(s.client), SWIO_ECONFIG, "connected already");
        assert_true(is_up(&s) && is_over(&s));
        assert_ok(swio_client_api(s.client, "status", WAIT_DEADLINE_SECONDS, NULL));
        close_scene(&s);
    }
}

/* By hand, and by itself at the same time: whoever is first. */
static void test_both(void **state)
{
    (void)state;
    scene s;
    open_scene(&s, false);
    for (int i = 0; i < 20; i++) {
        if (!swio_listener_running(s.listener))
            assert_ok(swio_listener_start(s.listener));
        wait_until(is_up(&s));
        lose(&s, RELAY_OPEN);
        while (!swio_client_connected(s.client) || !swio_listener_connected(s.listener)) {
            int error = swio_listener_connect(s.listener);
            assert_true(!error || error == SWIO_ECONFIG);
            error = swio_client_connect(s.client);
            assert_true(!error || error == SWIO_ECONFIG);
        }
        wait_until(is_over(&s));
    }
    close_scene(&s);
}

static void drop(void *arg)
{
    scene *s = arg;
    s->client = swio_client_unref(s->client);
    s->listener = swio_listener_unref(s->listener);
}

static void test_closed_meanwhile(void **state)
{
    (void)state;
    for (int way = 0; way < 4; way++) {
        scene s;
        open_scene(&s, false);
        assert_ok(swio_listener_start(s.listener));
        lose(&s, way & 1 ? RELAY_SILENT : RELAY_SHUT);
        if (way & 1)
            wait_until(looked(&s).tries == LINES + 1);
        else
            wait_far(&s);
        if (way & 2)
            on_loop(s.loop, drop, &s);
        else
            drop(&s);
        close_scene(&s);
    }
}

/* ---- not again ---- */

static void test_wrong_password(void **state)
{
    (void)state;
    scene s;
    swio_sim *other;
    open_scene(&s, false);
    assert_ok(swio_listener_start(s.listener));
    assert_ok(swio_sim_start(&(swio_sim_opts){.password = "Changed"}, &other));
    relay_aim(s.relay, swio_sim_contact(other, 0));
    lose(&s, RELAY_OPEN);
    wait_until(is_over(&s));
    wait_until(times_logged("the lost connection is not tried again") == LINES + 1);
    assert_error(swio_client_api(s.client, "status", 1, NULL), SWIO_ECONN, ": not connected");
    assert_int_equal(swio_listener_connect(s.listener), SWIO_EAUTH);
    relay_aim(s.relay, swio_sim_contact(s.sim, 0));
    assert_ok(swio_listener_connect(s.listener));
    assert_ok(swio_client_connect(s.client));
    close_scene(&s);
    swio_sim_stop(other);
}

static void test_off(void **state)
{
    (void)state;
    scene s;
    open_scene(&s, true);
    assert_ok(swio_listener_start(s.listener));
    lose(&s, RELAY_SHUT);
    assert_true(is_over(&s));
    relay_set(s.relay, RELAY_OPEN);
    assert_error(swio_client_api(s.client, "status", 1, NULL), SWIO_ECONN, ": not connected");
    assert_int_equal(times_logged("the listener lost its connection: "), 1);
    assert_int_equal(times_logged("being made again"), 0);
    assert_ok(swio_client_connect(s.client));
    close_scene(&s);
}

/* Pools and callers pass the option on. */
static void test_off_above(void **state)
{
    (void)state;
    for (int off = 0; off < 2; off++) {
        scene s;
        swio_pool *pool;
        swio_caller *caller;
        open_scene(&s, false);
        const char *contact = relay_contact(s.relay);
        swio_pool_opts opts = {.loop = s.loop, .no_reconnect = off};
        assert_ok(swio_pool_new(&contact, 1, &opts, &pool));
        assert_ok(swio_pool_connect(pool));
        swio_caller_opts calling = {.loop = s.loop, .no_reconnect = off};
        assert_ok(swio_caller_open(contact, &calling, &caller));
        const swio_client *clients[] = {swio_pool_client(pool, 0), swio_caller_client(caller)};
        lose(&s, RELAY_SHUT);
        for (size_t i = 0; i < 2; i++) {
            wait_until(!swio_client_connected(clients[i]));
            wait_until(!swio_listener_connected(clients[i]->listener));
            assert_int_equal(swio_client_returning(clients[i]), !off);
            assert_int_equal(swio_listener_returning(clients[i]->listener), !off);
        }
        relay_set(s.relay, RELAY_OPEN);
        assert_ok(swio_pool_connect(pool)); /* whether it is on its way back or not */
        assert_true(swio_listener_running(swio_pool_listener(pool, 0)));
        swio_caller_close(caller);
        swio_pool_unref(pool);
        close_scene(&s);
    }
}

/* The first connecting is not tried again. */
static void test_first_fails(void **state)
{
    (void)state;
    scene s;
    open_scene(&s, false);
    disconnect(&s);
    relay_set(s.relay, RELAY_SHUT);
    assert_int_equal(swio_client_connect(s.client), SWIO_ECONN);
    assert_int_equal(swio_listener_connect(s.listener), SWIO_ECONN);
    assert_true(is_over(&s));
    close_scene(&s);
}

/* ---- a switch that does not take the subscription at once ---- */

/* The first connection is closed after its start; the second one refuses it; the third is fine. */
static void refuse_once(mock_peer *peer, void *arg)
{
    atomic_int *turn = arg;
    int now = atomic_fetch_add(turn, 1);
    if (!mock_login(peer))
        return;
    const char *command = mock_read(peer);
    if (!command || strncmp(command, "event plain ", strlen("event plain ")) != 0)
        mock_complain(peer, "no subscription came");
    mock_send_reply(peer, now == 1 ? "-ERR not yet" : "+OK event listener enabled plain");
    if (now == 1)
        mock_wait_close(peer);
    if (now < 2)
        return;
    mock_wait_close(peer);
}

static void test_subscription_refused(void **state)
{
    (void)state;
    atomic_int turn = 0;
    swio_loop *loop;
    swio_listener *listener;
    notes_clear();
    notes_take_log(SWIO_LOG_DEBUG);
    mock_server *server = mock_server_start("127.0.0.1", refuse_once, &turn);
    assert_non_null(server);
    assert_ok(swio_loop_new(&loop));
    assert_ok(swio_listener_new(mock_server_contact(server), &(swio_listener_opts){.loop = loop},
                                &listener));
    assert_ok(swio_listener_connect(listener));
    (void)swio_listener_start(listener); /* lost meanwhile or not: it is started again */
    wait_until(atomic_load(&turn) == 3 && swio_listener_running(listener));
    assert_true(logged("could not be subscribed to again"));
    swio_listener_unref(listener);
    swio_loop_unref(loop);
    assert_int_equal(mock_server_stop(server), 0);
    swio_log_set_handler(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comes_back),
        cmocka_unit_test(test_not_started),
        cmocka_unit_test(test_disconnected_meanwhile),
        cmocka_unit_test(test_disconnected_at_once),
        cmocka_unit_test(test_connected_by_hand),
        cmocka_unit_test(test_both),
        cmocka_unit_test(test_closed_meanwhile),
        cmocka_unit_test(test_wrong_password),
        cmocka_unit_test(test_off),
        cmocka_unit_test(test_off_above),
        cmocka_unit_test(test_first_fails),
        cmocka_unit_test(test_subscription_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
