/* An originator with simulated switches, for tests: include it once in a program. */
#ifndef SWIO_TESTS_DIAL_RIG_H
#define SWIO_TESTS_DIAL_RIG_H

#include <stdatomic.h>
#include <string.h>
#include <switchio/originator.h>

#include "support/rig.h"
#include "support/wait.h"

static rig r;

/* Seconds of the simulator's clock, which runs ten times as fast as a slow machine is given time.
 */
enum { RING_SECONDS = 10 * WAIT_DEADLINE_SECONDS };

/* Answers on every node, under the app id of the calls. */
static inline swio_originator *make(size_t nodes, swio_originator_opts opts)
{
    swio_originator *o = NULL;
    opts.clients = r.clients;
    opts.client_count = nodes;
    opts.originate.app_id = "dial";
    if (!opts.originate.dest_url)
        opts.originate.dest_url = r.url;
    if (!(opts.originate.timeout > 0))
        opts.originate.timeout = RING_SECONDS;
    if (!opts.originate.variables) {
        opts.originate.variables = &rig_rings_on;
        opts.originate.variable_count = 1;
    }
    for (size_t i = 0; i < nodes; i++)
        assert_ok(swio_client_load_app(r.clients[i], &swio_app_tone_play,
                                       &(swio_load_opts){.id = "dial"}, NULL));
    assert_ok(swio_originator_new(&opts, &o));
    assert_string_equal(swio_originator_app_id(o), "dial");
    return o;
}

static inline swio_originator_counts counts(swio_originator *o)
{
    swio_originator_counts c;
    swio_originator_count(o, &c);
    return c;
}

static inline const char *shown(swio_originator *o)
{
    static char text[256];
    swio_originator_format(o, text, sizeof text);
    return text;
}

static inline uint64_t live_channels(void)
{
    swio_sim_counts c;
    swio_sim_count(r.sim, &c);
    return c.channels_live;
}

static inline int set_up(void **state)
{
    (void)state;
    rig_up(&r, &(swio_sim_opts){.nodes = 2, .speed = 10}, true);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    rig_down(&r);
    return 0;
}

/* The records of a run; only the loop's thread writes, until the run is done. */
enum { RECORDS_MAX = 4000 };
static swio_cdr records[RECORDS_MAX];
static atomic_size_t record_count;

static inline void keep_record(const swio_cdr *cdr, void *arg)
{
    assert_ptr_equal(arg, &record_count);
    assert_in_range(record_count, 0, RECORDS_MAX - 1);
    records[record_count++] = *cdr;
}

static inline swio_originator *make_recorded(size_t nodes, swio_originator_opts opts)
{
    record_count = 0;
    opts.on_cdr = keep_record;
    opts.arg = &record_count;
    return make(nodes, opts);
}

static inline size_t records_of(swio_outcome outcome)
{
    size_t n = 0;
    for (size_t i = 0; i < record_count; i++)
        n += records[i].outcome == outcome;
    return n;
}

static inline uint64_t offered_to(swio_originator *o, size_t app)
{
    swio_originator_app_counts c;
    assert_true(swio_originator_app_at(o, app, &c));
    return c.offered;
}

#define DIAL_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
