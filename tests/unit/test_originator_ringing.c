/*
 * What becomes of calls that ring when their dialer dies, and while it lives.
 * labels: threaded
 */
#include <switchio/session_commands.h>

#include "support/dial_rig.h"

/* A dialer that is gone: nothing of it reaches the switch any more. */
static void die(swio_originator *o)
{
    swio_client_disconnect(r.clients[0]);
    swio_listener_disconnect(r.listeners[0]);
    swio_originator_unref(o);
}

static swio_originator *make_ringing(double duration, size_t calls)
{
    static const swio_variable own = {"any", "variable"}; /* so that the rig puts in none of its */
    swio_originator *o =
        make(1, (swio_originator_opts){.rate = 100,
                                       .limit = 100,
                                       .max_offered = calls,
                                       .duration = duration,
                                       .originate = {.variables = &own, .variable_count = 1}});
    assert_ok(swio_client_unload_app(r.clients[0], "TonePlay")); /* nobody answers */
    assert_ok(swio_originator_start(o));
    return o;
}

static uint64_t channels_created(void)
{
    swio_sim_counts c;
    swio_sim_count(r.sim, &c);
    return c.channels_created;
}

/* The time-out of their originate is much farther. */
static void test_none_rings_on(void **state)
{
    (void)state;
    swio_originator *o = make_ringing(3, 4);
    wait_until(channels_created() == 8);
    die(o);
    wait_until(live_channels() == 0);
}

static swio_session *callee(void)
{
    swio_session **list = NULL, *found = NULL;
    size_t count = 0;
    assert_ok(swio_listener_sessions(r.listeners[0], &list, &count));
    for (size_t i = 0; i < count; i++)
        if (swio_session_is_inbound(list[i]))
            found = swio_session_ref(list[i]);
    swio_sessions_free(list);
    return found;
}

/* Longer than a dead dialer's would, in the time of the day; and then for its duration. */
static void test_rings_while_it_lives(void **state)
{
    enum { RINGS = 8, DURATION = 12 };
    (void)state;
    rig_down(&r);
    rig_up(&r, NULL, true);
    swio_originator *o = make_ringing(1, 1);
    wait_until(live_channels() == 2);
    assert_ok(swio_originator_set_duration(o, DURATION));
    double begun = wait_clock();
    wait_until(wait_clock() - begun > RINGS || live_channels() < 2);
    assert_int_equal(live_channels(), 2);
    swio_session *session = callee();
    begun = wait_clock();
    assert_ok(swio_session_answer(session, 0));
    swio_session_unref(session);
    wait_until(counts(o).answered == 1);
    wait_until(live_channels() == 0);
    assert_true(wait_clock() - begun > DURATION - 1.5);
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    assert_int_equal(counts(o).failed, 0);
    swio_originator_unref(o);
}

#define TEST(f) DIAL_TEST(f)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_none_rings_on), TEST(test_rings_while_it_lives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
