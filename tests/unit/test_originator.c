/*
 * The auto-dialer against the simulator, whose clock runs ten times as fast as ours: exact counts,
 * steady pacing, every way to end.
 * labels: threaded
 */
#include <stdatomic.h>
#include <string.h>
#include <switchio/originator.h>

#include "support/on_loop.h"
#include "support/rig.h"
#include "support/wait.h"

static rig r;

/* Answers on every node, under the app id of the calls. */
static swio_originator *make(size_t nodes, swio_originator_opts opts)
{
    swio_originator *o = NULL;
    opts.clients = r.clients;
    opts.client_count = nodes;
    opts.originate.app_id = "dial";
    if (!opts.originate.dest_url)
        opts.originate.dest_url = r.url;
    for (size_t i = 0; i < nodes; i++)
        assert_ok(swio_client_load_app(r.clients[i], &swio_app_tone_play,
                                       &(swio_load_opts){.id = "dial"}, NULL));
    assert_ok(swio_originator_new(&opts, &o));
    assert_string_equal(swio_originator_app_id(o), "dial");
    return o;
}

static swio_originator_counts counts(swio_originator *o)
{
    swio_originator_counts c;
    swio_originator_count(o, &c);
    return c;
}

static const char *shown(swio_originator *o)
{
    static char text[256];
    swio_originator_format(o, text, sizeof text);
    return text;
}

static uint64_t live_channels(void)
{
    swio_sim_counts c;
    swio_sim_count(r.sim, &c);
    return c.channels_live;
}

static int set_up(void **state)
{
    (void)state;
    rig_up(&r, &(swio_sim_opts){.nodes = 2, .speed = 10}, true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_down(&r);
    return 0;
}

static void test_run(void **state)
{
    (void)state;
    swio_originator *o = make(
        2, (swio_originator_opts){.rate = 200, .limit = 1000, .max_offered = 100, .duration = 1});
    assert_string_equal(shown(o), "<Originator: active-calls=0 state=INITIAL "
                                  "total-originated-sessions=0 rate=200 limit=1000 max-offered=100 "
                                  "duration=1>");
    assert_error(swio_originator_wait_done(o, 1), SWIO_ECONFIG, "not started");
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_stopped(o, 20));
    assert_int_equal(counts(o).state, SWIO_ORIGINATOR_STOPPED);
    assert_int_equal(counts(o).offered, 100);
    assert_ok(swio_originator_wait_done(o, 20));
    swio_originator_counts c = counts(o);
    assert_int_equal(c.answered, 100);
    assert_int_equal(c.failed + c.lost + c.blocked + c.active, 0);
    assert_true(c.rate > 150 && c.rate < 250);
    assert_int_equal(live_channels(), 0);
    /* In turn: half of the callers on each node, all callees on the first. */
    assert_int_equal(swio_listener_count_answered(r.listeners[0]), 150);
    assert_int_equal(swio_listener_count_answered(r.listeners[1]), 50);
    swio_originator_unref(o);
}

/* Without a bound on the calls: it is originating still, however slow the machine is. */
static void test_twice(void **state)
{
    (void)state;
    swio_originator *o = make(1, (swio_originator_opts){.rate = 10, .limit = 5, .duration = 1});
    assert_ok(swio_originator_start(o));
    assert_error(swio_originator_start(o), SWIO_ECONFIG, "originating already");
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, 20));
    swio_originator_unref(o);
}

static void test_again(void **state)
{
    (void)state;
    swio_originator *o =
        make(1, (swio_originator_opts){.rate = 100, .limit = 10, .max_offered = 5, .duration = 1});
    for (int i = 0; i < 2; i++) {
        assert_ok(swio_originator_start(o));
        assert_ok(swio_originator_wait_done(o, 20));
        assert_int_equal(counts(o).offered, 5);
        assert_int_equal(counts(o).answered, 5);
    }
    swio_originator_unref(o);
}

/* Calls that last into room for 5: what comes meanwhile is blocked, and not postponed. */
static void test_blocked(void **state)
{
    (void)state;
    swio_originator *o = make(
        1, (swio_originator_opts){.rate = 100, .limit = 5, .max_offered = 10, .duration = 1000});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).blocked >= 5);
    assert_int_equal(counts(o).offered, 5);
    assert_int_equal(counts(o).active, 5);
    assert_ok(swio_originator_set_limit(o, 10));
    assert_ok(swio_originator_wait_stopped(o, 20));
    assert_int_equal(counts(o).offered, 10);
    wait_until(counts(o).answered == 10);
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, 20));
    swio_originator_unref(o);
}

static void test_failures(void **state)
{
    (void)state;
    rig_down(&r);
    rig_up(&r, &(swio_sim_opts){.faults = {.fail_share = 1, .fail_causes = "USER_BUSY,NO_ANSWER"}},
           true);
    swio_originator *o =
        make(1, (swio_originator_opts){.rate = 100, .limit = 10, .max_offered = 10, .duration = 1});
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, 20));
    assert_int_equal(counts(o).failed, 10);
    assert_int_equal(counts(o).answered, 0);
    char first[32], second[32];
    assert_int_equal(swio_originator_cause(o, 0, first, sizeof first), 5);
    assert_int_equal(swio_originator_cause(o, 1, second, sizeof second), 5);
    assert_string_equal(first, "USER_BUSY");
    assert_string_equal(second, "NO_ANSWER");
    assert_int_equal(swio_originator_cause(o, 2, first, sizeof first), 0);
    swio_originator_unref(o);
}

static void test_stop(void **state)
{
    (void)state;
    swio_originator *o = make(1, (swio_originator_opts){.rate = 50, .limit = 100, .duration = 1});
    assert_non_null(strstr(shown(o), "max-offered=inf"));
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 3);
    swio_originator_stop(o);
    uint64_t offered = counts(o).offered;
    assert_ok(swio_originator_wait_stopped(o, 0));
    assert_ok(swio_originator_wait_done(o, 20));
    assert_int_equal(counts(o).offered, offered);
    assert_int_equal(counts(o).answered, offered);
    swio_originator_unref(o);
}

/* Long calls, and calls that ring for ever: hung up alike. */
static void test_hupall(void **state)
{
    (void)state;
    for (int ringing = 0; ringing < 2; ringing++) {
        swio_originator *o =
            make(2, (swio_originator_opts){.rate = 100, .limit = 100, .duration = 1000});
        if (ringing)
            for (size_t i = 0; i < 2; i++)
                assert_ok(swio_client_unload_app(r.clients[i], "TonePlay"));
        assert_ok(swio_originator_start(o));
        wait_until(counts(o).offered > 20);
        swio_originator_hupall(o);
        assert_ok(swio_originator_wait_done(o, 20));
        assert_int_equal(live_channels(), 0);
        assert_int_equal(counts(o).active, 0);
        assert_int_equal(counts(o).answered + counts(o).failed, counts(o).offered);
        swio_originator_unref(o);
        swio_client_unload_app(r.clients[0], "dial");
        swio_client_unload_app(r.clients[1], "dial");
    }
}

/* The same with calls on several connections, which the switch reads each in its own time: a
 * hang-up of all may come before the originate of some. */
static void test_hupall_connections(void **state)
{
    (void)state;
    rig_down(&r);
    rig_up(&r, &(swio_sim_opts){.faults = {.reply_delay = 0.03}}, false);
    swio_client_unref(r.clients[0]);
    swio_client_opts many = {.listener = r.listeners[0], .connections = 4};
    assert_ok(swio_client_new(swio_sim_contact(r.sim, 0), &many, &r.clients[0]));
    assert_ok(swio_client_connect(r.clients[0]));
    assert_ok(swio_listener_connect(r.listeners[0]));
    assert_ok(swio_listener_start(r.listeners[0]));
    swio_originator *o = make(1, (swio_originator_opts){.rate = 1000,
                                                        .limit = 1000,
                                                        .duration = 1000,
                                                        .max_offered = 80,
                                                        .keep_settings = true});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered == 80);
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, 20));
    assert_int_equal(live_channels(), 0);
    swio_originator_unref(o);
}

static void test_connection_lost(void **state)
{
    (void)state;
    swio_originator *o =
        make(2, (swio_originator_opts){.rate = 100, .limit = 1000, .duration = 1000});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 10);
    r.sim = swio_sim_stop(r.sim);
    assert_ok(swio_originator_wait_stopped(o, 20));
    assert_ok(swio_originator_wait_done(o, 20));
    assert_true(counts(o).lost > 10);
    assert_int_equal(counts(o).active, 0);
    swio_originator_unref(o);
}

static char *setting(const char *command)
{
    char *answer = NULL;
    assert_ok(swio_client_cmd(r.clients[0], command, 5, &answer));
    return answer;
}

static bool setting_is(const char *command, const char *expected)
{
    char *now = setting(command);
    bool same = strcmp(now, expected) == 0;
    swio_text_free(now);
    return same;
}

static const char *const settings[] = {"fsctl sps", "fsctl max_sessions", "fsctl verbose_events"};

/* Raised while it runs, put back when it is done. */
static void test_settings(void **state)
{
    (void)state;
    char *before[3];
    assert_ok(swio_client_api(r.clients[0], "fsctl sps 30", 5, NULL));
    assert_ok(swio_client_api(r.clients[0], "fsctl max_sessions 1000", 5, NULL));
    assert_ok(swio_client_api(r.clients[0], "fsctl verbose_events off", 5, NULL));
    for (size_t i = 0; i < 3; i++)
        before[i] = setting(settings[i]);
    swio_originator *o =
        make(1, (swio_originator_opts){.rate = 10, .limit = 10, .max_offered = 1, .duration = 1});
    assert_ok(swio_originator_start(o));
    static const char *const raised[] = {"10000", "10000", "on"};
    for (size_t i = 0; i < 3; i++) {
        char *now = setting(settings[i]);
        assert_non_null(strstr(now, raised[i]));
        swio_text_free(now);
    }
    assert_ok(swio_originator_wait_done(o, 20));
    for (size_t i = 0; i < 3; i++) {
        char *now = setting(settings[i]);
        assert_string_equal(now, before[i]);
        swio_text_free(now);
    }

    /* Also when it is dropped in the middle. */
    assert_ok(swio_originator_start(o));
    swio_originator_unref(o);
    for (size_t i = 0; i < 3; i++) {
        wait_until(setting_is(settings[i], before[i]));
        swio_text_free(before[i]);
    }
}

static void test_changes(void **state)
{
    (void)state;
    swio_originator *o = make(1, (swio_originator_opts){.rate = 0.001, .limit = 1, .duration = 1});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered == 1);
    assert_int_equal(swio_originator_set_rate(o, 0), SWIO_EINVAL);
    assert_int_equal(swio_originator_set_limit(o, 0), SWIO_EINVAL);
    assert_int_equal(swio_originator_set_duration(o, -1), SWIO_EINVAL);
    assert_ok(swio_originator_set_limit(o, 500));
    assert_ok(swio_originator_set_rate(o, 100));
    wait_until(counts(o).offered > 20);
    assert_ok(swio_originator_set_duration(o, 0));
    assert_non_null(strstr(shown(o), "rate=100 limit=500 max-offered=inf duration=5>"));
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, 20));
    swio_originator_unref(o);
}

static void test_wrong_use(void **state)
{
    (void)state;
    swio_originator *o = NULL;
    swio_originator_opts opts = {0};
    assert_error(swio_originator_new(&opts, &o), SWIO_ECONFIG, "without a client");
    opts.clients = r.clients;
    opts.client_count = 1;
    assert_error(swio_originator_new(&opts, &o), SWIO_ECONFIG, "without a destination");
    opts.originate.dest_url = "a b@c";
    assert_error(swio_originator_new(&opts, &o), SWIO_EINVAL, "holds a ' '");
    opts.originate.dest_url = r.url;
    opts.rate = -1;
    assert_error(swio_originator_new(&opts, &o), SWIO_EINVAL, "a rate of -1");
    opts.rate = 0;
    opts.duration = -1;
    assert_error(swio_originator_new(&opts, &o), SWIO_EINVAL, "a duration of -1");
    opts.duration = 0;
    assert_ok(swio_originator_new(&opts, &o));
    assert_non_null(strstr(shown(o), "rate=1 limit=1 max-offered=inf duration=5>"));
    swio_listener_disconnect(r.listeners[0]);
    assert_error(swio_originator_start(o), SWIO_ECONFIG, "is not running");
    swio_client_disconnect(r.clients[0]);
    assert_error(swio_originator_start(o), SWIO_ECONFIG, "is not connected");
    swio_originator_unref(o);

    assert_ok(swio_client_set_listener(r.clients[0], NULL));
    assert_error(swio_originator_new(&opts, &o), SWIO_ECONFIG, "No listener has been assigned");
}

static void start_in_callback(void *arg)
{
    assert_int_equal(swio_originator_start(arg), SWIO_EWOULDBLOCK);
    assert_int_equal(counts(arg).state, SWIO_ORIGINATOR_INITIAL);
}

static void test_in_callback(void **state)
{
    (void)state;
    swio_originator *o = make(1, (swio_originator_opts){0});
    on_loop(r.loop, start_in_callback, o);
    swio_originator_unref(o);
}

static void test_templates(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char url[128];
        snprintf(url, sizeof url, "own@%s", swio_sim_sip_address(r.sim, i, "external"));
        swio_originate_opts opts = {.dest_url = url};
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
                                 .originate = {.app_id = "own"}};
    assert_ok(swio_originator_new(&opts, &o));
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, 20));
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
    swio_originator_opts opts = {.clients = r.clients,
                                 .client_count = 2,
                                 .rate = 200,
                                 .limit = 100,
                                 .originate = {.dest_url = r.url}}; /* nobody answers: it rings */
    assert_ok(swio_originator_new(&opts, &o));
    assert_ok(swio_originator_start(o));
    do {
        wait_a_little();
        swio_originator_count(o, &c);
    } while (c.blocked < 10);
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, 20));
    swio_originator_count(o, &c);
    /* Calls of the second switch come up on the first as well: how many it took itself depends. */
    assert_true(c.offered >= 3 && c.offered <= 4);
    swio_originator_unref(o);
}

/* The records of a run; only the loop's thread writes, until the run is done. */
enum { RECORDS_MAX = 4000 };
static swio_cdr records[RECORDS_MAX];
static atomic_size_t record_count;

static void keep_record(const swio_cdr *cdr, void *arg)
{
    assert_ptr_equal(arg, &record_count);
    assert_in_range(record_count, 0, RECORDS_MAX - 1);
    records[record_count++] = *cdr;
}

static swio_originator *make_recorded(size_t nodes, swio_originator_opts opts)
{
    record_count = 0;
    opts.on_cdr = keep_record;
    opts.arg = &record_count;
    return make(nodes, opts);
}

static size_t records_of(swio_outcome outcome)
{
    size_t n = 0;
    for (size_t i = 0; i < record_count; i++)
        n += records[i].outcome == outcome;
    return n;
}

/* In this order, or not at all. */
static void assert_order(const int64_t *times, size_t count)
{
    int64_t before = 0;
    for (size_t i = 0; i < count; i++) {
        if (!times[i])
            continue;
        assert_true(times[i] >= before);
        before = times[i];
    }
}

#define IN_ORDER(...)                            \
    assert_order((const int64_t[]){__VA_ARGS__}, \
                 sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

/* Of a call that was answered and ended by itself, everything is known. */
static void assert_complete(const swio_cdr *c)
{
    assert_int_equal(c->outcome, SWIO_OUTCOME_ANSWERED);
    assert_string_equal(c->app, "dial");
    assert_string_equal(c->cause, "");
    assert_true(strlen(c->caller.uuid) == 36 && strlen(c->callee.uuid) == 36);
    assert_string_not_equal(c->caller.uuid, c->callee.uuid);
    assert_string_equal(c->caller.cause, "NORMAL_CLEARING");
    assert_string_equal(c->callee.cause, "NORMAL_CLEARING");
    assert_true(c->due_us && c->req_originate_us && c->originate_us && c->callee.create_us &&
                c->caller.answer_us && c->callee.answer_us && c->callee.hangup_us);
    IN_ORDER(c->due_us, c->launch_us, c->req_originate_us, c->answer_seen_us, c->end_us);
    IN_ORDER(c->originate_us, c->caller.answer_us, c->caller.hangup_us);
    IN_ORDER(c->caller.create_us, c->caller.answer_us, c->caller.hangup_us);
    IN_ORDER(c->callee.create_us, c->callee.answer_us, c->callee.hangup_us);
}

static void test_records(void **state)
{
    (void)state;
    swio_originator *o = make_recorded(
        2, (swio_originator_opts){.rate = 100, .limit = 10, .max_offered = 20, .duration = 1});
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, 20));
    swio_originator_counts c = counts(o);
    assert_int_equal(record_count, c.offered + c.blocked);
    assert_int_equal(records_of(SWIO_OUTCOME_ANSWERED), 20);
    assert_int_equal(records_of(SWIO_OUTCOME_BLOCKED), c.blocked);
    assert_true(c.blocked > 0);
    uint64_t numbers = 0, on_first = 0;
    for (size_t i = 0; i < record_count; i++) {
        const swio_cdr *r0 = &records[i];
        numbers += r0->number;
        assert_true(r0->limit == 10 && r0->rate > 99 && r0->rate < 101 && r0->duration < 1.1);
        assert_in_range(r0->erlangs, 0, 10);
        if (r0->outcome == SWIO_OUTCOME_BLOCKED) {
            assert_string_equal(r0->node, "");
            assert_string_equal(r0->app, "");
            assert_true(r0->end_us == r0->due_us && !r0->launch_us);
            continue;
        }
        assert_complete(r0);
        on_first += strcmp(r0->node, swio_sim_contact(r.sim, 0)) == 0;
    }
    assert_int_equal(numbers, record_count * (record_count + 1) / 2);
    assert_int_equal(on_first, 10);
    swio_originator_unref(o);
}

static void test_record_failures(void **state)
{
    (void)state;
    rig_down(&r);
    rig_up(&r, &(swio_sim_opts){.faults = {.fail_share = 1, .fail_causes = "USER_BUSY"}}, true);
    swio_originator *o = make_recorded(
        1, (swio_originator_opts){.rate = 100, .limit = 10, .max_offered = 5, .duration = 1});
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, 20));
    assert_int_equal(record_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(records[i].outcome, SWIO_OUTCOME_FAILED);
        assert_string_equal(records[i].cause, "USER_BUSY");
        assert_int_equal(records[i].failed_calls, i + 1);
        assert_int_equal(records[i].answer_seen_us, 0);
        assert_true(records[i].end_us >= records[i].launch_us);
    }
    swio_originator_unref(o);
}

static void test_record_losses(void **state)
{
    (void)state;
    swio_originator *o =
        make_recorded(2, (swio_originator_opts){.rate = 100, .limit = 1000, .duration = 1000});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered > 10);
    r.sim = swio_sim_stop(r.sim);
    assert_ok(swio_originator_wait_done(o, 20));
    swio_originator_counts c = counts(o);
    assert_int_equal(record_count, c.offered);
    assert_int_equal(records_of(SWIO_OUTCOME_LOST), c.lost);
    assert_int_equal(records_of(SWIO_OUTCOME_ANSWERED), c.answered);
    assert_int_equal(c.answered + c.failed + c.lost, c.offered);
    size_t answered = 0; /* what was seen before is in the records */
    for (size_t i = 0; i < record_count; i++)
        answered += records[i].answer_seen_us && records[i].caller.answer_us;
    assert_true(answered > 10);
    swio_originator_unref(o);
}

/* Who lets go of the originator gets the records of what is up all the same. */
static void test_record_dropped(void **state)
{
    (void)state;
    swio_originator *o = make_recorded(
        1, (swio_originator_opts){.rate = 100, .limit = 5, .max_offered = 5, .duration = 1000});
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).answered == 5);
    size_t before = record_count; /* the blocked ones */
    swio_originator_unref(o);
    assert_int_equal(record_count, before + 5);
    assert_int_equal(records_of(SWIO_OUTCOME_LOST), 5);
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
    swio_originator_opts opts = {.clients = r.clients,
                                 .client_count = 2,
                                 .apps = thirds,
                                 .app_count = 3,
                                 .rate = 500,
                                 .limit = 1000,
                                 .max_offered = 200,
                                 .duration = 1,
                                 .originate = {.dest_url = r.url},
                                 .on_cdr = keep_record,
                                 .arg = &record_count};
    assert_ok(swio_originator_new(&opts, &o));
    return o;
}

static uint64_t offered_to(swio_originator *o, size_t app)
{
    swio_originator_app_counts c;
    assert_true(swio_originator_app_at(o, app, &c));
    return c.offered;
}

static void test_weights(void **state)
{
    (void)state;
    swio_originator *o = make_weighted();
    swio_originator_app_counts app;
    swio_originator_node_counts node;
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, 20));
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
    }
    assert_false(swio_originator_node_at(o, 2, &node));

    assert_int_equal(swio_originator_set_weight(o, "d", 1), SWIO_ENOENT);
    assert_int_equal(swio_originator_set_weight(o, "a", -1), SWIO_EINVAL);
    assert_ok(swio_originator_set_weight(o, "a", 0));
    assert_ok(swio_originator_set_weight(o, "b", 0));
    assert_int_equal(swio_originator_set_weight(o, "c", 0), SWIO_EINVAL);
    assert_ok(swio_originator_set_weight(o, "a", 102));
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, 20));
    assert_int_equal(offered_to(o, 0), 150);
    assert_int_equal(offered_to(o, 1), 0);
    assert_int_equal(offered_to(o, 2), 50);
    swio_originator_unref(o);
}

static void test_stages(void **state)
{
    (void)state;
    static const swio_stage stages[] = {{0.2, 100}, {0.2, 100}, {0.2, 0}};
    swio_originator *o =
        make_recorded(1, (swio_originator_opts){.stages = stages, .stage_count = 3, .limit = 100});
    assert_non_null(strstr(shown(o), "rate=100 limit=100 max-offered=inf duration=5>"));
    assert_ok(swio_originator_set_duration(o, 1));
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, 20));
    assert_int_equal(counts(o).offered, 40);
    assert_int_equal(counts(o).answered, 40);
    assert_true(records[0].rate < records[20].rate);
    swio_originator_unref(o);
}

static void test_pause(void **state)
{
    (void)state;
    swio_originator *o =
        make(1, (swio_originator_opts){.rate = 100, .limit = 1000, .duration = 1000});
    swio_originator_pause(o); /* not while it does not run */
    assert_ok(swio_originator_start(o));
    wait_until(counts(o).offered > 3);
    swio_originator_pause(o);
    assert_true(counts(o).paused);
    uint64_t offered = counts(o).offered;
    assert_int_equal(swio_originator_wait_stopped(o, 0.1), SWIO_ETIMEOUT);
    assert_int_equal(counts(o).offered, offered);
    assert_ok(swio_originator_set_rate(o, 200)); /* does not end the pause */
    assert_int_equal(counts(o).offered, offered);
    swio_originator_resume(o);
    wait_until(counts(o).offered > offered + 3);
    assert_false(counts(o).paused);
    swio_originator_pause(o);
    swio_originator_hupall(o);
    assert_ok(swio_originator_wait_done(o, 20));
    assert_false(counts(o).paused);
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
        .rate = 100, .limit = 10, .max_offered = 3, .duration = 1, .originate = {.dest_url = url}};
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
    assert_ok(swio_originator_wait_done(with, 20));
    swio_originator_unref(with);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_run),
        TEST(test_twice),
        TEST(test_again),
        TEST(test_blocked),
        TEST(test_failures),
        TEST(test_stop),
        TEST(test_hupall),
        TEST(test_hupall_connections),
        TEST(test_connection_lost),
        TEST(test_settings),
        TEST(test_changes),
        TEST(test_wrong_use),
        TEST(test_in_callback),
        TEST(test_templates),
        TEST(test_full_nodes),
        TEST(test_records),
        TEST(test_record_failures),
        TEST(test_record_losses),
        TEST(test_record_dropped),
        TEST(test_weights),
        TEST(test_stages),
        TEST(test_pause),
        TEST(test_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
