/*
 * Lost events of the simulator: how many, that replies are not lost, and that the seed decides
 * which. The other faults: tests/system/test_sim_faults.sh. labels: threaded
 */
#include <stdlib.h>
#include <string.h>

#include "support/cmocka.h"
#include "support/peer.h"
#include "switchio/sim.h"

enum { EVENTS = 400 };

/* Which of EVENTS events come, a letter each. */
static size_t run(double share, uint64_t seed, char came[EVENTS + 1])
{
    swio_sim *sim;
    swio_sim_counts counts;
    peer p;
    size_t count = 0;
    swio_sim_opts opts = {.seed = seed, .faults = {.lose_events = share}};
    assert_int_equal(swio_sim_start(&opts, &sim), 0);
    peer_login(&p, swio_sim_contact(sim, 0), "CUSTOM my::own");
    for (int i = 0; i < EVENTS; i++)
        peer_ask(&p, "sendevent CUSTOM\nEvent-Subclass: my::own\nnumber: %d", i);
    assert_string_equal(peer_ask(&p, "api echo all have come"), "all have come");
    memset(came, '-', EVENTS);
    came[EVENTS] = '\0';
    for (size_t i = 0; i < p.count; i++) {
        const char *number = swio_event_get(p.frames[i].event, "number");
        if (!number)
            continue;
        came[atoi(number)] = 'x';
        count++;
    }
    swio_sim_count(sim, &counts);
    assert_int_equal(counts.events_lost, EVENTS - count);
    peer_close(&p);
    swio_sim_stop(sim);
    return count;
}

static void a_share_of_events_is_lost(void **state)
{
    char came[EVENTS + 1];
    (void)state;
    assert_int_equal(run(0, 1, came), EVENTS);
    assert_int_equal(run(1, 1, came), 0);
    assert_in_range(run(0.25, 1, came), EVENTS / 2, EVENTS - 1);
}

static void the_seed_decides_which(void **state)
{
    char one[EVENTS + 1], again[EVENTS + 1], other[EVENTS + 1];
    (void)state;
    run(0.5, 7, one);
    run(0.5, 7, again);
    run(0.5, 8, other);
    assert_string_equal(one, again);
    assert_string_not_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_of_events_is_lost),
        cmocka_unit_test(the_seed_decides_which),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
