/*
 * Where the calls of an originator go: apps by weight, nodes, templates and their fields.
 * labels: threaded
 */
#include "support/dial_rig.h"

static void test_templates(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char url[128];
        snprintf(url, sizeof url, "own@%s", swio_sim_sip_address(r.sim, i, "external"));
        swio_originate_opts opts = {.dest_url = url, RIG_RINGS_ON};
        assert_ok(swio_client_set_originate(r.clients[i], &opts));
        assert_ok(swio_client_load_app(r.clients[i], &swio_app_tone_play,
                                       &(swio_load_opts){.id = "own"}, NULL));
    }
    swio_originator *o;
    swio_originator_opts opts = {.clients = r.clients,
                                 .client_count = 2,
                                 .rate = 100,
                                 .limit = 10,
                                 .max_offered = 10,
                                 .duration = 1,
                                 .originate = {.app_id = "own", .timeout = RING_SECONDS}};
    assert_ok(swio_originator_new(&opts, &o));
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(swio_listener_count_answered(r.listeners[0]), 10);
    assert_int_equal(swio_listener_count_answered(r.listeners[1]), 10);
    swio_originator_unref(o);
}

/* A full switch is passed over; where all are full the arrival is blocked. */
static void test_full_nodes(void **state)
{
    (void)state;
    swio_originator *o;
    swio_originator_counts c;
    swio_listener_set_max_limit(r.listeners[0], 1);
    swio_listener_set_max_limit(r.listeners[1], 3);
    swio_originator_opts opts = {
        .clients = r.clients,
        .client_count = 2,
        .rate = 200,
        .limit = 100,
        /* nobody answers: it rings */
        .originate = {.dest_url = r.url, .timeout = RING_SECONDS, RIG_RINGS_ON}};
    assert_ok(swio_originator_new(&opts, &o));
    assert_ok(swio_originator_start(o));
    do {
        wait_a_little();
        swio_originator_count(o, &c);
    } while (c.blocked < 10);
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    swio_originator_count(o, &c);
    /* Calls of the second switch come up on the first as well: how many it took itself depends. */
    assert_true(c.offered >= 3 && c.offered <= 4);
    swio_originator_unref(o);
}

static const swio_originator_app thirds[] = {
    {.app_id = "a", .weight = 33}, {.app_id = "b", .name = "B", .weight = 33}, {"c", "C", 34}};

static swio_originator *make_weighted(void)
{
    swio_originator *o = NULL;
    record_count = 0;
    for (size_t i = 0; i < 2; i++)
        for (size_t a = 0; a < 3; a++)
            assert_ok(swio_client_load_app(r.clients[i], &swio_app_tone_play,
                                           &(swio_load_opts){.id = thirds[a].app_id}, NULL));
    swio_originator_opts opts = {
        .clients = r.clients,
        .client_count = 2,
        .apps = thirds,
        .app_count = 3,
        .rate = 200,
        .limit = 1000,
        .max_offered = 200,
        .duration = 1,
        .originate = {.dest_url = r.url, .timeout = RING_SECONDS, RIG_RINGS_ON},
        .on_cdr = keep_record,
        .arg = &record_count};
    assert_ok(swio_originator_new(&opts, &o));
    return o;
}

static void test_weights(void **state)
{
    (void)state;
    swio_originator *o = make_weighted();
    swio_originator_app_counts app;
    swio_originator_node_counts node;
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(counts(o).answered, 200);
    assert_int_equal(offered_to(o, 0), 66);
    assert_int_equal(offered_to(o, 1), 66);
    assert_int_equal(offered_to(o, 2), 68);
    assert_true(swio_originator_app_at(o, 1, &app));
    assert_string_equal(app.app_id, "b");
    assert_string_equal(app.name, "B");
    assert_false(swio_originator_app_at(o, 3, &app));
    size_t of_b = 0;
    for (size_t i = 0; i < record_count; i++)
        of_b += strcmp(records[i].app, "B") == 0;
    assert_int_equal(of_b, 66);
    for (size_t i = 0; i < 2; i++) {
        assert_true(swio_originator_node_at(o, i, &node));
        assert_string_equal(node.contact, swio_sim_contact(r.sim, i));
        assert_true(node.up && node.active == 0);
        assert_in_range(node.offered, 98, 102);
        assert_int_equal(node.answered, node.offered);
        assert_int_equal(node.failed + node.lost, 0);
    }
    assert_false(swio_originator_node_at(o, 2, &node));

    assert_int_equal(swio_originator_set_weight(o, "d", 1), SWIO_ENOENT);
    assert_int_equal(swio_originator_set_weight(o, "a", -1), SWIO_EINVAL);
    assert_ok(swio_originator_set_weight(o, "a", 0));
    assert_ok(swio_originator_set_weight(o, "b", 0));
    assert_int_equal(swio_originator_set_weight(o, "c", 0), SWIO_EINVAL);
    assert_ok(swio_originator_set_weight(o, "a", 102));
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(offered_to(o, 0), 150);
    assert_int_equal(offered_to(o, 1), 0);
    assert_int_equal(offered_to(o, 2), 50);
    swio_originator_unref(o);
}

static size_t own_fields(uint64_t number, swio_variable *fields, void *arg)
{
    static char user[32];
    assert_ptr_equal(arg, &record_count);
    snprintf(user, sizeof user, "user%llu", (unsigned long long)number);
    fields[0] = (swio_variable){"user", user};
    return 1;
}

static void test_fields(void **state)
{
    (void)state;
    char url[160];
    snprintf(url, sizeof url, "{user}-{number}@%s", strchr(r.url, '@') + 1);
    swio_originator_opts opts = {
        .rate = 100,
        .limit = 10,
        .max_offered = 3,
        .duration = 1000,
        .originate = {.dest_url = url, .timeout = RING_SECONDS, RIG_RINGS_ON}};
    swio_originator *o = NULL;
    opts.clients = r.clients;
    opts.client_count = 1;
    assert_error(swio_originator_new(&opts, &o), SWIO_EINVAL, "{user}");
    opts.fields = own_fields;
    swio_originator *with = make_recorded(1, opts);
    assert_ok(swio_originator_start(with));
    wait_until(counts(with).answered == 3);
    swio_session **sessions;
    size_t count, found = 0;
    assert_ok(swio_listener_sessions(r.listeners[0], &sessions, &count));
    for (size_t i = 0; i < count; i++) {
        const char *to = swio_session_get(sessions[i], "Caller-Destination-Number");
        found += to && strcmp(to, "user2-2") == 0;
    }
    swio_sessions_free(sessions);
    assert_true(found > 0);
    swio_originator_hupall(with);
    assert_ok(swio_originator_wait_done(with, WAIT_DEADLINE_SECONDS));
    swio_originator_unref(with);
}

/* A new app gets its share at once; its calls carry its id. */
static void test_add_app(void **state)
{
    (void)state;
    swio_originator *o =
        make_recorded(2, (swio_originator_opts){.rate = 100, .limit = 1000, .duration = 1000});
    swio_originator_app more = {.app_id = "more", .name = "More", .weight = 3};
    for (size_t i = 0; i < 2; i++)
        assert_ok(swio_client_load_app(r.clients[i], &swio_app_tone_play,
                                       &(swio_load_opts){.id = "more"}, NULL));
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered > 5);
    assert_error(swio_originator_add_app(o, &(swio_originator_app){.app_id = "dial"}), SWIO_EEXIST,
                 "'dial' already");
    assert_error(swio_originator_add_app(o, &(swio_originator_app){0}), SWIO_EINVAL, "app id");
    assert_error(swio_originator_add_app(o, &(swio_originator_app){.app_id = "x", .weight = -1}),
                 SWIO_EINVAL, "weight of -1");
    swio_originator_pause(o);
    uint64_t before = offered_to(o, 0);
    assert_ok(swio_originator_add_app(o, &more));
    swio_originator_resume(o);
    wait_until(offered_to(o, 1) >= 30);
    swio_originator_stop(o);
    uint64_t after = offered_to(o, 0) - before, of_more = offered_to(o, 1);
    assert_true(3 * after <= of_more + 4 && of_more <= 3 * after + 4);
    wait_until(counts(o).answered == counts(o).offered);
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(live_channels(), 0);
    size_t named = 0;
    for (size_t i = 0; i < record_count; i++)
        named += strcmp(records[i].app, "More") == 0;
    assert_int_equal(named, of_more);
    swio_originator_unref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIAL_TEST(test_templates), DIAL_TEST(test_full_nodes), DIAL_TEST(test_weights),
        DIAL_TEST(test_fields),    DIAL_TEST(test_add_app),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
