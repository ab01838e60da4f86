/*
 * What is done on every node of a pool.
 * labels: threaded
 */
#include <stdatomic.h>
#include <string.h>
#include <switchio/pool.h>

#include "base/mem.h"
#include "support/gate.h"
#include "support/on_loop.h"
#include "support/rig.h"
#include "support/wait.h"

enum { NODES = 3 };
static const char *const contacts[NODES] = {"sim", "sim", "sim"};
static swio_loop *loop;
static swio_pool *pool;

static int set_up(void **state)
{
    (void)state;
    assert_ok(swio_loop_new(&loop));
    assert_ok(swio_pool_new(contacts, NODES, &(swio_pool_opts){.loop = loop}, &pool));
    return 0;
}

static int set_up_connected(void **state)
{
    set_up(state);
    assert_ok(swio_pool_connect(pool));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    swio_pool_unref(pool);
    swio_loop_unref(loop);
    return 0;
}

static size_t running(void)
{
    size_t count = 0;
    for (size_t i = 0; i < NODES; i++)
        count += swio_client_connected(swio_pool_client(pool, i)) &&
                 swio_listener_running(swio_pool_listener(pool, i));
    return count;
}

static void test_connect(void **state)
{
    (void)state;
    assert_int_equal(running(), 0);
    assert_ok(swio_pool_connect(pool));
    assert_int_equal(running(), NODES);
    assert_ok(swio_pool_connect(pool));
    swio_client_disconnect(swio_pool_client(pool, 1));
    swio_listener_disconnect(swio_pool_listener(pool, 2));
    assert_int_equal(running(), 1);
    assert_ok(swio_pool_connect(pool));
    assert_int_equal(running(), NODES);
    swio_pool_disconnect(pool);
    assert_int_equal(running(), 0);
}

/* One that cannot be reached: what was up before stays, what was connected along with it goes. */
static void test_connect_fails(void **state)
{
    (void)state;
    swio_sim *sim;
    assert_ok(swio_sim_start(NULL, &sim));
    char gone[64];
    snprintf(gone, sizeof gone, "%s", swio_sim_contact(sim, 0));
    swio_sim_stop(sim);
    const char *some[] = {"sim", gone, "sim"};
    swio_pool *mine = NULL;
    assert_ok(swio_pool_new(some, 3, NULL, &mine));
    swio_client *c = swio_pool_client(mine, 0);
    assert_error(swio_pool_connect(mine), SWIO_ECONN, gone);
    assert_false(swio_client_connected(c) || swio_client_connected(swio_pool_client(mine, 2)));
    assert_ok(swio_client_connect(c));
    assert_ok(swio_listener_connect(swio_pool_listener(mine, 0)));
    assert_ok(swio_listener_start(swio_pool_listener(mine, 0)));
    assert_error(swio_pool_connect(mine), SWIO_ECONN, gone);
    assert_true(swio_client_connected(c) && swio_listener_running(swio_pool_listener(mine, 0)));
    assert_false(swio_client_connected(swio_pool_client(mine, 2)));
    swio_pool_unref(mine);
}

typedef struct visits {
    int count;
    size_t nodes[NODES];
    int errors[NODES];
    bool in_coroutine;
} visits;

static int visit(swio_pool *p, size_t node, void *arg)
{
    visits *v = arg;
    assert_ptr_equal(p, pool);
    v->nodes[v->count++] = node;
    v->in_coroutine = swio_in_coroutine();
    if (!v->errors[node])
        return 0;
    return swio_client_cmd(swio_pool_client(p, node), node == 1 ? "nonsense" : "a\nb", 5, NULL);
}

static void test_each(void **state)
{
    (void)state;
    visits v = {0};
    assert_ok(swio_pool_each(pool, visit, &v));
    assert_int_equal(v.count, NODES);
    assert_int_equal(v.nodes[2], 2);
    assert_false(v.in_coroutine);
    v = (visits){.errors = {0, 1, 0}};
    assert_error(swio_pool_each(pool, visit, &v), SWIO_EAPI, "nonsense");
    assert_int_equal(v.count, 2);
}

/* All of them, whatever one says; the first by number counts. */
static void test_all(void **state)
{
    (void)state;
    visits v = {0};
    assert_ok(swio_pool_all(pool, visit, &v));
    assert_int_equal(v.count, NODES);
    assert_true(v.in_coroutine);
    v = (visits){.errors = {0, 1, 1}};
    assert_error(swio_pool_all(pool, visit, &v), SWIO_EAPI, "nonsense");
    assert_int_equal(v.count, NODES);
    v = (visits){.errors = {1, 1, 0}};
    assert_error(swio_pool_all(pool, visit, &v), SWIO_EINVAL, "line break");
}

static atomic_int arrived;

/* Returns when all of them are here. */
static int meet(swio_pool *p, size_t node, void *arg)
{
    (void)p, (void)node, (void)arg;
    atomic_fetch_add(&arrived, 1);
    while (arrived < NODES)
        if (swio_sleep(0.001))
            return SWIO_ECANCELED;
    return 0;
}

static void test_at_once(void **state)
{
    (void)state;
    arrived = 0;
    assert_ok(swio_pool_all(pool, meet, NULL));
}

static void in_callback(void *arg)
{
    (void)arg;
    assert_error(swio_pool_all(pool, meet, NULL), SWIO_EWOULDBLOCK, "swio_pool_all()");
    assert_error(swio_pool_connect(pool), SWIO_EWOULDBLOCK, "swio_pool_all()");
    assert_ok(swio_pool_hupall(pool, NULL, 0));
}

static void in_coroutine(void *arg)
{
    visits v = {.errors = {0, 1, 0}};
    assert_error(swio_pool_all(pool, visit, &v), SWIO_EAPI, "nonsense");
    assert_int_equal(v.count, NODES);
    swio_pool_disconnect(pool);
    assert_ok(swio_pool_connect(pool));
    gate_open(arg);
}

static void test_on_loop(void **state)
{
    (void)state;
    gate done;
    gate_init(&done);
    on_loop(loop, in_callback, NULL);
    assert_ok(swio_go(loop, in_coroutine, &done));
    assert_true(gate_pass(&done));
}

static int nothing(swio_session *session, void *self)
{
    (void)session, (void)self;
    return 0;
}
static const swio_app app = {.name = "App", .on = {SWIO_CALLBACK("CHANNEL_PARK", nothing)}};

static void test_apps(void **state)
{
    (void)state;
    const char *id = NULL;
    assert_ok(swio_pool_load_app(pool, &app, NULL, &id));
    for (size_t i = 0; i < NODES; i++)
        assert_string_equal(swio_client_app_id(swio_pool_client(pool, i), "App"), id);
    assert_ok(swio_pool_unload_app(pool, id));
    assert_error(swio_pool_unload_app(pool, "App"), SWIO_ENOENT, "no app 'App'");

    /* The last node has it already: the others do not keep it. */
    swio_load_opts opts = {.id = "x"};
    assert_ok(swio_client_load_app(swio_pool_client(pool, 2), &app, &opts, NULL));
    assert_error(swio_pool_load_app(pool, &app, &opts, NULL), SWIO_EEXIST, "under the id x");
    assert_null(swio_client_app_id(swio_pool_client(pool, 0), "App"));
    assert_null(swio_client_app_id(swio_pool_client(pool, 1), "App"));
    assert_string_equal(swio_client_app_id(swio_pool_client(pool, 2), "App"), "x");
}

static int call_itself(swio_pool *p, size_t node, void *arg)
{
    swio_client *client = swio_pool_client(p, node);
    char *address = NULL, url[128];
    int error = swio_client_sip_address(client, "external", &address);
    if (error)
        return error;
    snprintf(url, sizeof url, "pool@%s", address);
    swio_text_free(address);
    return swio_client_originate(client, &(swio_originate_opts){.dest_url = url, .app_id = arg},
                                 NULL);
}

static void test_hupall(void **state)
{
    (void)state;
    char mine[] = "mine";
    assert_ok(swio_pool_all(pool, call_itself, mine));
    wait_until(swio_pool_count_sessions(pool) == 2 * NODES);
    assert_ok(swio_pool_hupall(pool, "other", 60));
    assert_int_equal(swio_pool_count_sessions(pool), 2 * NODES);
    assert_ok(swio_pool_hupall(pool, "mine", 60));
    wait_until(swio_pool_count_sessions(pool) == 0);
}

static int ok(swio_pool *p, size_t node, void *arg)
{
    (void)p, (void)node, (void)arg;
    return 0;
}

static void test_no_memory(void **state)
{
    (void)state;
    int error = SWIO_ENOMEM;
    for (long n = 0; error; n++) {
        swio_mem_fail_after(n, false);
        error = swio_pool_all(pool, ok, NULL);
        swio_mem_fail_after(-1, false);
        assert_true(error == 0 || error == SWIO_ENOMEM);
        assert_true(n < 100);
    }
}

#define TEST(f)      cmocka_unit_test_setup_teardown(f, set_up_connected, tear_down)
#define TEST_DOWN(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_DOWN(test_connect),   cmocka_unit_test(test_connect_fails),
        TEST(test_each),           TEST(test_all),
        TEST_DOWN(test_at_once),   TEST(test_on_loop),
        TEST(test_apps),           TEST(test_hupall),
        TEST_DOWN(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
