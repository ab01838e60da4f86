/*
 * Commands, jobs, calls and apps of a client, against the simulator.
 * labels: threaded valgrind
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "support/on_loop.h"
#include "support/rig.h"
#include "support/wait.h"

static rig r;

static int set_up(void **state)
{
    (void)state;
    rig_up(&r, NULL, true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_down(&r);
    return 0;
}

static void test_commands(void **state)
{
    (void)state;
    swio_client *c = r.clients[0];
    swio_event *reply = NULL;
    char *answer = NULL;
    assert_ok(swio_client_api(c, "status", 60, &reply));
    assert_non_null(strstr(swio_event_body(reply, NULL), "UP "));
    swio_event_unref(reply);
    assert_ok(swio_client_cmd(c, "global_getvar local_ip_v4", 0, &answer));
    assert_string_equal(answer, "127.0.0.1");
    swio_text_free(answer);
    assert_error(swio_client_cmd(c, "not a real command", 60, &answer), SWIO_EAPI,
                 "-ERR not Command not found!");
    assert_error(swio_client_cmd(c, "status\n\nexit", 5, &answer), SWIO_EINVAL, "line break");
    assert_ok(swio_client_api(c, "status", 0, NULL));
}

/* References keep it connected, and its listener. */
static void test_references(void **state)
{
    (void)state;
    swio_client *c = swio_client_ref(r.clients[0]);
    swio_listener *l = swio_listener_ref(r.listeners[0]);
    assert_ptr_equal(c, r.clients[0]);
    assert_null(swio_client_unref(c));
    assert_null(swio_listener_unref(l));
    assert_null(swio_client_ref(NULL));
    assert_null(swio_listener_ref(NULL));
    assert_true(swio_client_connected(r.clients[0]) && swio_listener_running(r.listeners[0]));
    assert_string_equal(swio_client_host(r.clients[0]), "127.0.0.1");
    assert_string_equal(swio_client_contact(r.clients[0]), swio_sim_contact(r.sim, 0));
    assert_string_equal(swio_listener_host(r.listeners[0]), "127.0.0.1");
    assert_ptr_equal(swio_listener_loop(r.listeners[0]), r.loop);
    swio_client_disconnect(r.clients[0]);
    assert_false(swio_client_connected(r.clients[0]));
    assert_ok(swio_client_connect(r.clients[0]));
}

static void test_sip_address(void **state)
{
    (void)state;
    char *address = NULL;
    assert_ok(swio_client_sip_address(r.clients[0], "external", &address));
    assert_string_equal(address, swio_sim_sip_address(r.sim, 0, "external"));
    swio_text_free(address);
    assert_error(swio_client_sip_address(r.clients[0], "nosuch", &address), SWIO_ENOENT,
                 "has no SIP profile 'nosuch'; there are: external, internal");
    assert_non_null(strstr(swio_errmsg(), swio_client_contact(r.clients[0])));
    assert_error(swio_client_sip_address(r.clients[0], "a\nb", &address), SWIO_EINVAL,
                 "line break");
}

static void test_without_listener(void **state)
{
    (void)state;
    swio_client *c = NULL;
    swio_listener *l = NULL;
    swio_job *job = NULL;
    const char *contact = swio_sim_contact(r.sim, 0);
    assert_ok(swio_client_new(contact, &(swio_client_opts){.loop = r.loop}, &c));
    assert_int_equal(swio_client_api(c, "status", 1, NULL), SWIO_ECONN);
    assert_ok(swio_client_connect(c));
    assert_error(swio_client_connect(c), SWIO_ECONFIG, "connected");
    assert_ok(swio_client_api(c, "status", 60, NULL));
    const char *none = "No listener has been assigned for this client";
    swio_originate_opts call = {.dest_url = r.url};
    assert_error(swio_client_originate(c, &call, &job), SWIO_ECONFIG, none);
    assert_error(swio_client_bgapi(c, "status", NULL, &job), SWIO_ECONFIG, none);
    assert_error(swio_client_load_app(c, &swio_app_tone_play, NULL, NULL), SWIO_ECONFIG, none);
    assert_error(swio_client_unload_app(c, "x"), SWIO_ECONFIG, none);
    assert_null(swio_client_app_id(c, "TonePlay"));
    assert_null(swio_client_listener(c));

    assert_ok(swio_listener_new(contact, &(swio_listener_opts){.loop = r.loop}, &l));
    assert_ok(swio_client_set_listener(c, l));
    const char *idle = "connect and start it before issuing bgapi";
    assert_error(swio_client_originate(c, &call, &job), SWIO_ECONFIG, idle);
    assert_ok(swio_listener_connect(l));
    assert_error(swio_client_bgapi(c, "status", NULL, &job), SWIO_ECONFIG, idle);
    assert_ok(swio_listener_start(l));
    assert_ok(swio_client_bgapi(c, "status", NULL, &job));
    assert_ok(swio_job_get(job, 60, NULL));
    swio_job_unref(job);

    assert_ok(swio_client_set_listener(c, NULL));
    assert_error(swio_client_originate(c, &call, &job), SWIO_ECONFIG, none);
    swio_listener_unref(l);
    swio_client_unref(c);
}

static void test_wrong_listener(void **state)
{
    (void)state;
    swio_client *c = NULL;
    swio_listener *l = NULL;
    assert_ok(swio_listener_new("127.0.0.1:1", &(swio_listener_opts){.loop = r.loop}, &l));
    assert_error(swio_client_set_listener(r.clients[0], l), SWIO_ECONFIG,
                 "cannot use the listener");
    swio_client_opts opts = {.listener = l};
    assert_int_equal(swio_client_new("127.0.0.1:2", &opts, &c), SWIO_ECONFIG);
    swio_listener_unref(l);

    assert_ok(swio_listener_new(swio_sim_contact(r.sim, 0), NULL, &l));
    assert_error(swio_client_set_listener(r.clients[0], l), SWIO_ECONFIG, "different loops");
    swio_listener_unref(l);
    swio_client_opts many = {.connections = SWIO_CLIENT_CONNECTIONS + 1};
    assert_error(swio_client_new("127.0.0.1", &many, &c), SWIO_EINVAL, "at most");
}

static void test_jobs(void **state)
{
    (void)state;
    swio_client *c = r.clients[0];
    swio_job *job = NULL;
    const char *result = NULL;
    assert_ok(swio_client_bgapi(c, "global_getvar local_ip_v4", NULL, &job));
    assert_ok(swio_job_wait(job, 60));
    assert_ok(swio_job_get(job, 0, &result));
    assert_string_equal(result, "127.0.0.1");
    assert_true(swio_job_ready(job) && swio_job_successful(job));
    assert_string_equal(swio_job_command(job), "global_getvar local_ip_v4");
    assert_true(swio_job_launch_time_us(job) > 0);
    swio_job_unref(job);

    assert_ok(swio_client_bgapi(c, "not a real command", NULL, &job));
    assert_error(swio_job_get(job, 60, NULL), SWIO_EJOB, "-ERR");
    assert_ok(swio_job_wait(job, 60));
    assert_false(swio_job_successful(job));
    swio_job_unref(job);
    assert_ok(swio_client_bgapi(c, "status", NULL, NULL));
    wait_until(swio_listener_count_jobs(r.listeners[0]) == 0);
}

static atomic_int done_count;

static void on_done(swio_job *job, void *arg)
{
    assert_true(swio_job_ready(job));
    assert_ptr_equal(arg, &done_count);
    atomic_fetch_add(&done_count, 1);
}

static void test_on_done(void **state)
{
    (void)state;
    swio_job *job = NULL;
    done_count = 0;
    assert_ok(swio_client_bgapi(r.clients[0], "status", NULL, &job));
    assert_ok(swio_job_on_done(job, on_done, &done_count));
    assert_ok(swio_job_wait(job, 60));
    assert_ok(swio_job_on_done(job, on_done, &done_count));
    wait_until(done_count == 2);
    swio_job_unref(job);
}

/* The tutorial's walk: originate, get the uuid, look the call up, hang up. */
static void test_call(void **state)
{
    (void)state;
    swio_client *c = r.clients[0];
    swio_listener *l = r.listeners[0];
    swio_job *job = NULL;
    const char *uuid = NULL, *id = NULL;
    char text[128], expected[128];
    assert_ok(swio_client_load_app(c, &swio_app_tone_play, NULL, &id));
    assert_string_equal(swio_client_app_id(c, "toneplay"), id);
    swio_originate_opts opts = {.dest_url = r.url, .app_id = id};
    assert_ok(swio_client_originate(c, &opts, &job));
    const char *sess_uuid = swio_job_sess_uuid(job);
    assert_ok(swio_job_get(job, 60, &uuid));
    assert_string_equal(uuid, sess_uuid);

    swio_call *call = NULL;
    wait_until((call = swio_listener_call(l, uuid)) != NULL);
    wait_until(swio_call_session_count(call) == 2);
    swio_call_format(call, text, sizeof text);
    snprintf(expected, sizeof expected, "<Call(%s, 2 sessions)>", uuid);
    assert_string_equal(text, expected);
    swio_session *first = swio_call_first(call);
    assert_string_equal(swio_session_uuid(first), uuid);
    assert_string_equal(swio_session_appname(first), id);
    wait_until(swio_listener_count_answered(l) == 2);
    assert_int_equal(swio_listener_count_calls(l), 1);
    assert_int_equal(swio_listener_count_sessions(l), 2);

    assert_ok(swio_session_hangup(first, NULL, 60));
    assert_true(swio_session_hungup(first));
    wait_until(swio_listener_count_sessions(l) == 0);
    assert_string_equal(swio_session_cause(first), "NORMAL_CLEARING");
    assert_int_equal(swio_listener_count_failed(l), 0);
    swio_listener_reset(l);
    assert_int_equal(swio_listener_count_answered(l), 0);
    swio_session_unref(first);
    swio_call_unref(call);
    swio_job_unref(job);
}

static void test_failed_call(void **state)
{
    (void)state;
    swio_job *job = NULL;
    swio_originate_opts opts = {.dest_url = "nobody@127.0.0.1:1"};
    assert_ok(swio_client_originate(r.clients[0], &opts, &job));
    assert_error(swio_job_get(job, 60, NULL), SWIO_EJOB, "-ERR ");
    swio_job_unref(job);
    opts.caller_name = "a\nb";
    assert_error(swio_client_originate(r.clients[0], &opts, &job), SWIO_EINVAL, "line break");
    opts = (swio_originate_opts){0};
    assert_error(swio_client_originate(r.clients[0], &opts, &job), SWIO_EINVAL, "no destination");
    assert_error(swio_client_originate(r.clients[0], NULL, &job), SWIO_EINVAL, "no destination");
}

static void test_template(void **state)
{
    (void)state;
    swio_client *c = r.clients[0];
    swio_job *job = NULL;
    swio_originate_opts opts = {.dest_url = r.url, .app_id = "t"};
    assert_ok(swio_client_load_app(c, &swio_app_tone_play, &(swio_load_opts){.id = "t"}, NULL));
    assert_ok(swio_client_set_originate(c, &opts));
    opts = (swio_originate_opts){.uuid = "b35deaea-e621-11f1-9058-02fc00000001"};
    assert_ok(swio_client_originate(c, &opts, &job));
    assert_ok(swio_job_get(job, 60, NULL));
    assert_string_equal(swio_job_sess_uuid(job), opts.uuid);
    swio_job_unref(job);
    assert_ok(swio_client_hupall(c, "other", 60));
    assert_int_not_equal(swio_listener_count_sessions(r.listeners[0]), 0);
    assert_ok(swio_client_hupall(c, "t", 60));
    wait_until(swio_listener_count_sessions(r.listeners[0]) == 0);
    assert_error(swio_client_hupall(c, "a b", 5), SWIO_EINVAL, "no app id");
    assert_ok(swio_client_hupall(c, NULL, 60));
    assert_ok(swio_client_set_originate(c, NULL));
    assert_int_equal(swio_client_originate(c, NULL, NULL), SWIO_EINVAL);
}

/* A template filled in for each call, as far as the switch. */
static void test_template_fields(void **state)
{
    (void)state;
    swio_client *c = r.clients[0];
    swio_job *job = NULL;
    char url[160];
    const swio_variable variables[] = {{"marked", "{app_id} {mark} {{mark}}"}};
    const swio_variable fields[] = {{"user", "bob"}, {"mark", "a b"}};
    snprintf(url, sizeof url, "{user}@%s", swio_sim_sip_address(r.sim, 0, "external"));
    swio_originate_opts template = {.dest_url = url,
                                    .caller_name = "{uuid_str}",
                                    .app_id = "t",
                                    .variables = variables,
                                    .variable_count = 1};
    assert_ok(swio_client_load_app(c, &swio_app_tone_play, &(swio_load_opts){.id = "t"}, NULL));
    assert_ok(swio_client_set_originate(c, &template));
    assert_error(swio_client_originate(c, NULL, &job), SWIO_EINVAL, "{user}");
    swio_originate_opts call = {.fields = fields, .field_count = 2};
    assert_ok(swio_client_originate(c, &call, &job));
    assert_ok(swio_job_get(job, 60, NULL));
    swio_session *s = swio_listener_session(r.listeners[0], swio_job_sess_uuid(job));
    assert_string_equal(swio_session_get(s, "variable_marked"), "t a b {mark}");
    assert_string_equal(swio_session_get(s, "Caller-Orig-Caller-ID-Name"), swio_session_uuid(s));
    assert_non_null(strstr(swio_session_get(s, "Channel-Name"), "external/bob@"));
    swio_session_unref(s);
    swio_job_unref(job);
}

static int refuse(swio_load *load, void *self)
{
    (void)load, (void)self;
    return SWIO_EINVAL;
}
static atomic_int ended;
static int begin(swio_load *load, void *self)
{
    assert_ptr_equal(self, &ended);
    assert_ptr_equal(swio_load_given(load), self);
    return 0;
}
static void end(void *self)
{
    assert_ptr_equal(self, &ended);
    atomic_fetch_add(&ended, 1);
}
static int nothing(swio_session *session, void *self)
{
    (void)session, (void)self;
    return 0;
}

static void test_apps(void **state)
{
    (void)state;
    swio_client *c = r.clients[0];
    static const swio_app refusing = {
        .name = "Refusing", .on = {SWIO_CALLBACK("CHANNEL_PARK", nothing)}, .setup = refuse};
    static const swio_app whole = {.name = "Whole",
                                   .on = {SWIO_CALLBACK("CHANNEL_HOLD", nothing)},
                                   .setup = begin,
                                   .teardown = end};
    static const swio_app empty = {.name = "Empty"};
    const char *id = NULL;
    assert_int_equal(swio_client_load_app(c, &empty, NULL, NULL), SWIO_EINVAL);
    assert_int_equal(swio_client_load_app(c, &refusing, NULL, NULL), SWIO_EINVAL);
    assert_null(swio_client_app_id(c, "Refusing"));
    swio_load_opts opts = {.id = "w", .self = &ended};
    assert_ok(swio_client_load_app(c, &whole, &opts, &id));
    assert_string_equal(id, "w");
    assert_error(swio_client_load_app(c, &whole, &opts, NULL), SWIO_EEXIST, "Whole is loaded");
    assert_ok(swio_client_unload_app(c, "Whole"));
    assert_int_equal(ended, 1);
    assert_error(swio_client_unload_app(c, "w"), SWIO_ENOENT, "no app 'w'");
    assert_ok(swio_client_load_app(c, &whole, &opts, NULL));
}

/* What waits is refused in a plain callback, before anything is sent. */
static void in_callback(void *arg)
{
    swio_job *job = NULL;
    char *answer = NULL;
    (void)arg;
    assert_int_equal(swio_client_api(r.clients[0], "status", 5, NULL), SWIO_EWOULDBLOCK);
    assert_int_equal(swio_client_cmd(r.clients[0], "status", 5, &answer), SWIO_EWOULDBLOCK);
    assert_int_equal(swio_client_connect(r.clients[0]), SWIO_EWOULDBLOCK);
    assert_ok(swio_client_api(r.clients[0], "status", 0, NULL));
    assert_ok(swio_client_bgapi(r.clients[0], "status", NULL, &job));
    assert_int_equal(swio_job_wait(job, 5), SWIO_EWOULDBLOCK);
    assert_int_equal(swio_job_get(job, 5, NULL), SWIO_EWOULDBLOCK);
    swio_job_unref(job);
}

static void test_no_waiting_in_callbacks(void **state)
{
    (void)state;
    on_loop(r.loop, in_callback, NULL);
}

enum { THREADS = 8, CALLS = 20 };

static void *caller(void *arg)
{
    (void)arg;
    for (int i = 0; i < CALLS; i++) {
        swio_job *job = NULL;
        swio_originate_opts opts = {.dest_url = r.url, .app_id = "many"};
        assert_ok(swio_client_originate(r.clients[0], &opts, &job));
        assert_ok(swio_job_get(job, 60, NULL));
        swio_session *s = swio_listener_session(r.listeners[0], swio_job_sess_uuid(job));
        assert_non_null(s);
        assert_ok(swio_session_hangup(s, "USER_BUSY", 60));
        swio_session_unref(s);
        swio_job_unref(job);
    }
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    assert_ok(swio_client_load_app(r.clients[0], &swio_app_tone_play,
                                   &(swio_load_opts){.id = "many"}, NULL));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, caller, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    wait_until(swio_listener_count_sessions(r.listeners[0]) == 0);
    assert_int_equal(swio_listener_count_answered(r.listeners[0]), 2 * THREADS * CALLS);
}

/* A connection lost in the middle of a call: its job ends, and says so. */
static void test_lost(void **state)
{
    (void)state;
    rig mine;
    swio_job *job = NULL;
    rig_up(&mine, NULL, true);
    swio_originate_opts opts = {.dest_url = mine.url}; /* no app: it rings */
    assert_ok(swio_client_originate(mine.clients[0], &opts, &job));
    assert_int_equal(swio_job_wait(job, 0), SWIO_ETIMEOUT);
    wait_until(swio_listener_count_sessions(mine.listeners[0]) == 2);
    mine.sim = swio_sim_stop(mine.sim);
    assert_error(swio_job_get(job, 10, NULL), SWIO_ECONN, "127.0.0.1:");
    swio_job_unref(job);
    rig_down(&mine);
}

/* The connection of the commands goes, that of the events stays: the job ends all the same. */
static void test_unsent(void **state)
{
    (void)state;
    rig mine;
    swio_job *job = NULL;
    rig_up(&mine, &(swio_sim_opts){.faults = {.reply_delay = 0.3}}, true);
    assert_ok(swio_client_bgapi(mine.clients[0], "status", NULL, &job));
    swio_client_disconnect(mine.clients[0]);
    assert_int_equal(swio_job_get(job, 10, NULL), SWIO_ECANCELED);
    swio_job_unref(job);
    assert_error(swio_client_bgapi(mine.clients[0], "status", NULL, &job), SWIO_ECONN, "");
    assert_int_equal(swio_listener_count_jobs(mine.listeners[0]), 0);
    rig_down(&mine);
}

/* Every order of letting go, with a call up. */
static void test_orders(void **state)
{
    (void)state;
    for (int order = 0; order < 4; order++) {
        rig mine;
        swio_job *job = NULL;
        rig_up(&mine, NULL, true);
        swio_originate_opts opts = {.dest_url = mine.url};
        assert_ok(swio_client_originate(mine.clients[0], &opts, &job));
        if (order & 1)
            mine.clients[0] = swio_client_unref(mine.clients[0]);
        mine.listeners[0] = swio_listener_unref(mine.listeners[0]);
        if (order & 2)
            mine.sim = swio_sim_stop(mine.sim);
        mine.clients[0] = swio_client_unref(mine.clients[0]);
        mine.loop = swio_loop_unref(mine.loop);
        assert_int_not_equal(swio_job_get(job, 10, NULL), 0);
        swio_job_unref(job);
        rig_down(&mine);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    int error = SWIO_ENOMEM;
    swio_originate_opts opts = {.dest_url = r.url, .app_id = "m"};
    for (long n = 0; error; n++) {
        swio_client *c = NULL;
        swio_job *job = NULL;
        swio_client_opts client = {.listener = r.listeners[0], .connections = 2};
        swio_mem_fail_after(n, false);
        error = swio_client_new(swio_sim_contact(r.sim, 0), &client, &c);
        if (!error)
            error = swio_client_set_originate(c, &opts);
        swio_mem_fail_after(-1, false);
        assert_true(error == 0 || error == SWIO_ENOMEM);
        assert_true(n < 300);
        swio_job_unref(job);
        swio_client_unref(c);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_commands),
        TEST(test_references),
        TEST(test_sip_address),
        TEST(test_without_listener),
        TEST(test_wrong_listener),
        TEST(test_jobs),
        TEST(test_on_done),
        TEST(test_call),
        TEST(test_failed_call),
        TEST(test_template),
        TEST(test_template_fields),
        TEST(test_apps),
        TEST(test_no_waiting_in_callbacks),
        TEST(test_threads),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_unsent),
        TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
