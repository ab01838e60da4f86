/*
 * The threads that send commands at their times.
 * labels: threaded
 */
#include "dial/launchers.h"

#include <stdatomic.h>
#include <switchio/connection.h>
#include <switchio/loop.h>

#include "base/mem.h"
#include "conn/ahead.h"
#include "support/on_loop.h"
#include "support/rig.h"
#include "support/wait.h"

enum { CONNS = 2, SHOTS = 50 };

typedef struct scene {
    rig r;
    swio_conn *conns[CONNS];
    swio_launchers *launchers;
    swio_shot *shots[SHOTS];
    uint64_t first_ns, step_ns;
    atomic_int answered;
    int errors;
} scene;

static void open_scene(scene *s)
{
    *s = (scene){0};
    rig_up(&s->r, &(swio_sim_opts){.nodes = CONNS}, false);
    for (size_t i = 0; i < CONNS; i++) {
        swio_conn_opts opts = {.loop = s->r.loop};
        assert_ok(swio_conn_new(swio_sim_contact(s->r.sim, i), &opts, &s->conns[i]));
        assert_ok(swio_conn_connect(s->conns[i]));
    }
    assert_ok(swio_launchers_start(s->conns, CONNS, &s->launchers));
}

static void close_scene(scene *s)
{
    swio_launchers_stop(s->launchers);
    for (size_t i = 0; i < CONNS; i++)
        swio_conn_unref(s->conns[i]);
    for (size_t i = 0; i < SHOTS; i++)
        swio_obj_unref(s->shots[i]);
    rig_down(&s->r);
}

static void on_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    (void)conn, (void)sentence, (void)reply;
    scene *s = arg;
    s->errors += error != 0;
    atomic_fetch_add(&s->answered, 1);
}

/* By turns on the connections. */
static void load(void *arg)
{
    static const char command[] = "api status\n\n";
    scene *s = arg;
    for (size_t i = 0; i < SHOTS; i++) {
        s->shots[i] = swio_shot_new(s->first_ns + i * s->step_ns, NULL);
        assert_ok(swio_conn_send_at(s->conns[i % CONNS], command, sizeof command - 1, 0,
                                    s->shots[i], on_reply, s));
    }
}

static void test_each_at_its_time(void **state)
{
    (void)state;
    scene s;
    open_scene(&s);
    s.first_ns = swio_now_ns() + 20000000;
    s.step_ns = 1000000;
    on_loop(s.r.loop, load, &s);
    swio_launchers_wake(s.launchers, s.first_ns);
    wait_until(atomic_load(&s.answered) == SHOTS);
    assert_int_equal(s.errors, 0);
    for (size_t i = 0; i < SHOTS; i++) {
        uint64_t sent = atomic_load(&s.shots[i]->sent_ns);
        assert_true(sent >= s.shots[i]->due_ns);
        if (i >= CONNS)
            assert_true(sent >= atomic_load(&s.shots[i - CONNS]->sent_ns));
    }
    close_scene(&s);
}

/* They sleep for what is far off, and are woken for what is near. */
static void test_woken_for_something_sooner(void **state)
{
    (void)state;
    scene s;
    open_scene(&s);
    swio_launchers_wake(s.launchers, swio_now_ns() + (uint64_t)3600 * 1000000000);
    s.first_ns = 1;
    on_loop(s.r.loop, load, &s);
    swio_launchers_wake(s.launchers, s.first_ns);
    wait_until(atomic_load(&s.answered) == SHOTS);
    assert_int_equal(s.errors, 0);
    close_scene(&s);
}

/* What is left when they end is the connection's to end. */
static void test_stopped_before(void **state)
{
    (void)state;
    scene s;
    open_scene(&s);
    s.first_ns = swio_now_ns() + (uint64_t)3600 * 1000000000;
    on_loop(s.r.loop, load, &s);
    swio_launchers_wake(s.launchers, s.first_ns);
    swio_launchers_stop(s.launchers);
    s.launchers = NULL;
    assert_int_equal(atomic_load(&s.answered), 0);
    for (size_t i = 0; i < CONNS; i++)
        swio_conn_close(s.conns[i]);
    wait_until(atomic_load(&s.answered) == SHOTS);
    assert_int_equal(s.errors, SHOTS);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_at_its_time),
        cmocka_unit_test(test_woken_for_something_sooner),
        cmocka_unit_test(test_stopped_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
