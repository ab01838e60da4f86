/*
 * Loading apps through a client: parameters, state, what else it subscribes to, and that a load
 * that fails leaves nothing behind.
 * labels: threaded valgrind
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <switchio/originator.h>

#include "base/err.h"
#include "base/mem.h"
#include "control/client.h"
#include "support/on_loop.h"
#include "support/rig.h"
#include "support/wait.h"

static rig r;
static atomic_int setups, teardowns, parks, states, seen;
static _Thread_local char last_id[64]; /* of the setup, which runs in the thread that loads */
static atomic_long last_rate, last_limit, last_duration; /* in thousandths */

static int set_up(void **state)
{
    (void)state;
    setups = teardowns = parks = states = seen = 0;
    rig_up(&r, NULL, true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_down(&r);
    return 0;
}

typedef struct counter {
    int64_t step;
    bool refuse;
    const char *label;
    swio_load *load;
    atomic_int parks;
} counter;

static const swio_param counter_params[] = {
    SWIO_PARAM(INTEGER, counter, step, .standard = "1", .min = 1, .help = "how many for each"),
    SWIO_PARAM(BOOLEAN, counter, refuse, .help = "whether its setup fails"),
    SWIO_PARAM(STRING, counter, label, .standard = "none"),
    {0},
};

static int counter_setup(swio_load *load, void *self)
{
    counter *c = self;
    atomic_fetch_add(&setups, 1);
    assert_ptr_equal(swio_load_client(load), r.clients[0]);
    snprintf(last_id, sizeof last_id, "%s", swio_load_id(load));
    assert_int_equal(c->parks, 0);
    if (c->refuse)
        return swio_err(SWIO_EIO, "the counter is out of order");
    c->load = load;
    return 0;
}

static void counter_teardown(void *self)
{
    counter *c = self;
    assert_non_null(c->load);
    atomic_fetch_add(&teardowns, 1);
}

static int on_park(swio_session *session, void *self)
{
    counter *c = self;
    (void)session;
    atomic_fetch_add(&parks, (int)c->step);
    return 0;
}

static int on_state(swio_session *session, void *self)
{
    (void)session, (void)self;
    atomic_fetch_add(&states, 1);
    return 0;
}

static void on_rate(double rate, void *self)
{
    assert_true(swio_loop_is_current(r.loop));
    assert_non_null(((counter *)self)->load);
    last_rate = (long)(1000 * rate);
}
static void on_limit(uint64_t limit, void *self)
{
    (void)self;
    last_limit = (long)(1000 * limit);
}
static void on_duration(double seconds, void *self)
{
    (void)self;
    last_duration = (long)(1000 * seconds);
}

static const char *const more_events[] = {"CHANNEL_HOLD", NULL};
static const swio_app app = {
    .name = "Counter",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", on_park), SWIO_CALLBACK("CHANNEL_CALLSTATE", on_state)},
    .subscribe = more_events,
    .params = counter_params,
    .state_size = sizeof(counter),
    .setup = counter_setup,
    .teardown = counter_teardown,
    .on_rate = on_rate,
    .on_limit = on_limit,
    .on_duration = on_duration,
};

/* The answering leg of every call, so that it is connected. */
static int answer(swio_session *session, void *self)
{
    (void)self;
    return swio_session_is_inbound(session) ? swio_session_answer(session, 0) : 0;
}
static const swio_app answerer = {.name = "Answerer",
                                  .on = {SWIO_CALLBACK("CHANNEL_PARK", answer)}};

static void call(const char *app_id)
{
    swio_job *job = NULL;
    swio_originate_opts opts = {.dest_url = r.url, .app_id = app_id};
    assert_ok(swio_client_originate(r.clients[0], &opts, &job));
    assert_ok(swio_job_get(job, 60, NULL));
    swio_job_unref(job);
}

static bool subscribed(const char *event)
{
    pthread_mutex_lock(&r.listeners[0]->lock);
    bool has = swio_strings_has(r.listeners[0]->events, event);
    pthread_mutex_unlock(&r.listeners[0]->lock);
    return has;
}

/* Parameters, a state of its own, and events that were not subscribed to before. */
static void test_whole(void **state)
{
    (void)state;
    const char *id = NULL;
    swio_load_opts opts = {.params = "step=5,label=x"};
    assert_ok(swio_client_load_app(r.clients[0], &app, &opts, &id));
    assert_int_equal(strlen(id), 36);
    assert_string_equal(id, last_id);
    assert_string_equal(swio_client_app_id(r.clients[0], "counter"), id);
    assert_true(subscribed("CHANNEL_CALLSTATE") && subscribed("CHANNEL_HOLD"));
    opts = (swio_load_opts){.id = id};
    assert_ok(swio_client_load_app(r.clients[0], &answerer, &opts, NULL));
    call(id);
    wait_until(parks == 10);
    wait_until(states > 0);
    assert_ok(swio_client_unload_app(r.clients[0], id));
    assert_int_equal(teardowns, 1);
    assert_null(swio_client_app_id(r.clients[0], "Answerer"));
}

/* The same app with other parameters under another id: each has its own state. */
static void test_two_ids(void **state)
{
    (void)state;
    const swio_variable values[] = {{"step", "100"}};
    swio_load_opts first = {.id = "first"};
    swio_load_opts second = {.id = "second", .values = values, .value_count = 1};
    assert_ok(swio_client_load_app(r.clients[0], &app, &first, NULL));
    assert_ok(swio_client_load_app(r.clients[0], &app, &second, NULL));
    assert_error(swio_client_load_app(r.clients[0], &app, &second, NULL), SWIO_EEXIST,
                 "the app Counter is loaded under the id second already");
    assert_int_equal(setups, 2);
    second.value_count = 0;
    assert_ok(swio_client_load_app(r.clients[0], &answerer, &first, NULL));
    assert_ok(swio_client_load_app(r.clients[0], &answerer, &second, NULL));
    call("first");
    wait_until(parks == 2);
    call("second");
    wait_until(parks == 202);
}

/* After each failure: no app, no event, no header, and the same id is free. */
static void nothing_left(void)
{
    assert_null(swio_client_app_id(r.clients[0], "Counter"));
    assert_false(subscribed("CHANNEL_CALLSTATE") || subscribed("CHANNEL_HOLD"));
    assert_error(swio_client_unload_app(r.clients[0], "id"), SWIO_ENOENT, "no app 'id'");
}

static void test_atomic(void **state)
{
    (void)state;
    swio_client *c = r.clients[0];
    swio_load_opts opts = {.id = "id", .params = "stop=1", .app_header = "variable_x"};
    assert_error(swio_client_load_app(c, &app, &opts, NULL), SWIO_EINVAL,
                 "no parameter 'stop': there are step, refuse and label");
    assert_int_equal(setups, 0);
    nothing_left();

    opts.params = "refuse=yes";
    assert_error(swio_client_load_app(c, &app, &opts, NULL), SWIO_EIO, "out of order");
    assert_int_equal(setups, 1);
    assert_int_equal(teardowns, 0);
    nothing_left();

    swio_app wrong = app;
    wrong.on[2] = (swio_app_entry)SWIO_CALLBACK("CHANNEL_ANSWER", NULL);
    opts.params = NULL;
    assert_error(swio_client_load_app(c, &wrong, &opts, NULL), SWIO_EINVAL, "entry 3");
    nothing_left();

    /* What fails last: the switch knows all of its events but one. */
    static const char *const unknown[] = {"CHANNEL_HOLD", "CHANNEL_HOLT", "NOTALK", NULL};
    swio_app holt = app;
    holt.subscribe = unknown;
    assert_error(swio_client_load_app(c, &holt, &opts, NULL), SWIO_EAPI, "CHANNEL_HOLT");
    assert_int_equal(setups, 2);
    assert_int_equal(teardowns, 1);
    nothing_left();

    opts.app_header = "a b";
    assert_error(swio_client_load_app(c, &app, &opts, NULL), SWIO_EINVAL, "no name of a header");
    opts = (swio_load_opts){.id = ""};
    assert_error(swio_client_load_app(c, &app, &opts, NULL), SWIO_EINVAL, "is no app id");
    nothing_left();
    opts.id = "id";
    assert_ok(swio_client_load_app(c, &app, &opts, NULL));
}

/* In a plain callback a load that must wait is refused; what needs no waiting is loaded. */
static void load_in_callback(void *arg)
{
    swio_load_opts opts = {.id = "id"};
    (void)arg;
    assert_error(swio_client_load_app(r.clients[0], &app, &opts, NULL), SWIO_EWOULDBLOCK, "");
    assert_ok(swio_client_load_app(r.clients[0], &answerer, &opts, NULL));
    assert_ok(swio_client_unload_app(r.clients[0], "id"));
}

static void test_in_callback(void **state)
{
    (void)state;
    on_loop(r.loop, load_in_callback, NULL);
    assert_int_equal(setups, 1);
    assert_int_equal(teardowns, 1);
    nothing_left();
}

/* Another header that names apps, as long as one is loaded with it. */
static void test_app_header(void **state)
{
    (void)state;
    swio_client *c = r.clients[0];
    swio_job *job = NULL;
    const swio_variable tenant = {"sip_h_X-tenant", "blue"};
    swio_originate_opts originate = {.dest_url = r.url, .variables = &tenant, .variable_count = 1};
    swio_load_opts opts = {.id = "blue", .app_header = "variable_sip_h_X-tenant"};
    assert_ok(swio_client_load_app(c, &app, &opts, NULL));
    assert_ok(swio_client_load_app(c, &answerer, &opts, NULL));
    for (int i = 0; i < 2; i++) {
        assert_ok(swio_client_originate(c, &originate, &job));
        assert_ok(swio_job_get(job, 60, NULL));
        wait_until(parks == 2);
        swio_session *s = swio_listener_session(r.listeners[0], swio_job_sess_uuid(job));
        assert_string_equal(swio_session_appname(s), "blue");
        swio_session_unref(s);
        job = swio_job_unref(job);
        /* The answerer still needs the header. */
        assert_int_equal(swio_client_unload_app(c, "Counter"), i == 0 ? 0 : SWIO_ENOENT);
    }
    assert_int_equal(parks, 2);
    assert_ok(swio_client_unload_app(c, "blue"));
    assert_ok(swio_client_load_app(c, &answerer, &(swio_load_opts){.id = "default"}, NULL));
    assert_ok(swio_client_originate(c, &originate, &job));
    assert_ok(swio_job_get(job, 60, NULL));
    swio_job_unref(job);
}

/* Unloaded in the middle of calls, by the client that goes. */
static void test_client_goes(void **state)
{
    (void)state;
    swio_load_opts opts = {.id = "id"};
    assert_ok(swio_client_load_app(r.clients[0], &app, &opts, NULL));
    assert_ok(swio_client_load_app(r.clients[0], &answerer, &opts, NULL));
    call("id");
    r.clients[0] = swio_client_unref(r.clients[0]);
    assert_int_equal(teardowns, 1);
    assert_int_equal(swio_listener_count_sessions(r.listeners[0]), 2);
}

static void test_tell(void **state)
{
    (void)state;
    swio_originator *o = NULL;
    swio_originator_opts opts = {
        .clients = r.clients,
        .client_count = 1,
        .originate = {.dest_url = r.url, .app_id = "id"},
        .rate = 2,
        .limit = 40,
        .max_offered = 1,
    };
    assert_ok(swio_client_load_app(r.clients[0], &app, &(swio_load_opts){.id = "id"}, NULL));
    assert_ok(swio_originator_new(&opts, &o));
    assert_ok(swio_originator_start(o));
    assert_int_equal(last_rate, 2000);
    assert_int_equal(last_limit, 40000);
    assert_int_equal(last_duration, 20000);
    last_limit = -1;
    assert_ok(swio_originator_set_rate(o, 4));
    assert_int_equal(last_rate, 4000);
    assert_int_equal(last_duration, 10000);
    assert_int_equal(last_limit, -1);
    last_rate = -1;
    assert_ok(swio_originator_set_limit(o, 80));
    assert_int_equal(last_limit, 80000);
    assert_int_equal(last_duration, 20000);
    assert_ok(swio_originator_set_duration(o, 1.5));
    assert_int_equal(last_duration, 1500);
    last_duration = -1;
    assert_ok(swio_originator_set_duration(o, 1.5));
    assert_int_equal(last_duration, -1);
    assert_int_equal(last_rate, -1);
    swio_originator_unref(o);
}

/* Each allocation of a load fails in turn; nothing is connected, so that nobody else allocates. */
static void test_no_memory(void **state)
{
    (void)state;
    const char *id = NULL;
    const swio_variable values[] = {{"label", "y"}};
    const swio_load_opts opts = {.id = "id",
                                 .params = "step=2",
                                 .values = values,
                                 .value_count = 1,
                                 .app_header = "variable_x"};
    rig_down(&r);
    rig_up(&r, NULL, false);
    int error = SWIO_ENOMEM;
    for (long n = 0; error; n++) {
        assert_in_range(n, 0, 100);
        swio_mem_fail_after(n, false);
        error = swio_client_load_app(r.clients[0], &app, &opts, &id);
        swio_mem_fail_after(-1, false);
        if (error) {
            assert_int_equal(error, SWIO_ENOMEM);
            nothing_left();
        }
    }
    assert_string_equal(id, "id");
    assert_ok(swio_client_unload_app(r.clients[0], "id"));
    assert_int_equal(setups, teardowns);
}

enum { THREADS = 4, ROUNDS = 25 };

static atomic_int loaded, refused;

/* Of those who load the same at the same time one succeeds. */
static void *loader(void *arg)
{
    (void)arg;
    swio_load_opts opts = {.id = "shared"};
    for (int i = 0; i < ROUNDS; i++) {
        int error = swio_client_load_app(r.clients[0], &app, &opts, NULL);
        if (error == SWIO_EEXIST) {
            atomic_fetch_add(&refused, 1);
            continue;
        }
        assert_ok(error);
        atomic_fetch_add(&loaded, 1);
        assert_ok(swio_client_unload_app(r.clients[0], "shared"));
    }
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, loader, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(loaded + refused, THREADS * ROUNDS);
    assert_int_equal(setups, loaded);
    assert_int_equal(teardowns, loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_ids, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_atomic, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_in_callback, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_app_header, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_client_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tell, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_threads, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
