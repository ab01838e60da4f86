/*
 * Making pools, and whose turn it is.
 * labels: threaded
 */
#include <string.h>
#include <switchio/pool.h>

#include "base/mem.h"
#include "support/rig.h"
#include "support/wait.h"

static const char *const two[] = {"sim", "sim"};

static void test_nodes(void **state)
{
    (void)state;
    swio_sim *sim;
    swio_pool *pool = NULL;
    assert_ok(swio_sim_start(NULL, &sim));
    const char *contacts[] = {"sim", swio_sim_contact(sim, 0), "sim"};
    assert_ok(swio_pool_new(contacts, 3, NULL, &pool));
    assert_int_equal(swio_pool_size(pool), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_ptr_equal(swio_pool_client(pool, i), swio_pool_clients(pool)[i]);
        assert_string_equal(swio_client_contact(swio_pool_client(pool, i)),
                            swio_listener_contact(swio_pool_listener(pool, i)));
        assert_false(swio_client_connected(swio_pool_client(pool, i)));
    }
    assert_string_equal(swio_client_contact(swio_pool_client(pool, 1)), contacts[1]);
    assert_null(swio_pool_client(pool, 3));
    assert_null(swio_pool_listener(pool, 3));
    assert_ptr_equal(swio_pool_ref(pool), pool);
    assert_null(swio_pool_unref(pool));
    assert_null(swio_pool_unref(pool));
    assert_null(swio_pool_unref(NULL));
    swio_sim_stop(sim);
}

static void test_refused(void **state)
{
    (void)state;
    swio_pool *pool = NULL;
    const char *twice[] = {"host", "other", "host:8021"};
    const char *bad[] = {"host:99999"};
    assert_error(swio_pool_new(two, 0, NULL, &pool), SWIO_EINVAL, "at least one host");
    assert_error(swio_pool_new(twice, 3, NULL, &pool), SWIO_EEXIST, "host:8021 is named twice");
    assert_error(swio_pool_new(bad, 1, NULL, &pool), SWIO_EINVAL, "99999");
    swio_pool_opts many = {.connections = SWIO_CLIENT_CONNECTIONS + 1};
    assert_error(swio_pool_new(twice, 1, &many, &pool), SWIO_EINVAL, "at most");
    assert_null(pool);
}

/* The password goes to the simulated switches as well, unless they have their own. */
static void test_options(void **state)
{
    (void)state;
    swio_pool *pool = NULL;
    swio_pool_opts opts = {.password = "one", .sim = {.proxy = "10.0.0.1:5060"}};
    assert_ok(swio_pool_new(two, 1, &opts, &pool));
    assert_ok(swio_pool_connect(pool));
    swio_pool_unref(pool);
    opts.sim.password = "two";
    assert_ok(swio_pool_new(two, 1, &opts, &pool));
    assert_ok(swio_pool_connect(pool));
    swio_pool_unref(pool);
}

static void test_turns(void **state)
{
    (void)state;
    const char *const three[] = {"sim", "sim", "sim"};
    swio_pool *pool = NULL;
    assert_ok(swio_pool_new(three, 3, NULL, &pool));
    assert_null(swio_pool_next(pool));
    assert_ok(swio_pool_connect(pool));
    swio_client *first = swio_pool_next(pool), *second = swio_pool_next(pool);
    swio_client *third = swio_pool_next(pool);
    assert_true(first != second && second != third && third != first);
    assert_ptr_equal(swio_pool_next(pool), first);

    /* Full is who has as many calls as its limit, from their launch on. */
    swio_listener *l = swio_client_listener(second);
    swio_listener_set_max_limit(l, 1);
    assert_ptr_equal(swio_pool_next(pool), second);
    char *address = NULL, url[128];
    assert_ok(swio_client_sip_address(second, "external", &address));
    snprintf(url, sizeof url, "a@%s", address);
    swio_text_free(address);
    assert_ok(swio_client_originate(second, &(swio_originate_opts){.dest_url = url}, NULL));
    assert_ptr_equal(swio_pool_next(pool), third);
    assert_ptr_equal(swio_pool_next(pool), first);
    assert_ptr_equal(swio_pool_next(pool), third);
    assert_ok(swio_client_hupall(second, NULL, 60));
    wait_until(!swio_listener_full(l));
    swio_listener_unref(l);

    swio_client_disconnect(first);
    for (int i = 0; i < 4; i++)
        assert_ptr_not_equal(swio_pool_next(pool), first);
    swio_pool_disconnect(pool);
    assert_null(swio_pool_next(pool));
    swio_pool_unref(pool);
}

static void test_no_memory(void **state)
{
    (void)state;
    const char *const contacts[] = {"127.0.0.1:1", "127.0.0.1:2"};
    swio_loop *loop;
    int error = SWIO_ENOMEM;
    assert_ok(swio_loop_new(&loop));
    swio_pool_opts opts = {.loop = loop};
    for (long n = 0; error; n++) {
        swio_pool *pool = NULL;
        swio_mem_fail_after(n, false);
        error = swio_pool_new(contacts, 2, &opts, &pool);
        swio_mem_fail_after(-1, false);
        assert_true(error == 0 || error == SWIO_ENOMEM);
        assert_true(n < 500);
        swio_pool_unref(pool);
    }
    swio_loop_unref(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes),     cmocka_unit_test(test_refused),
        cmocka_unit_test(test_options),   cmocka_unit_test(test_turns),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
