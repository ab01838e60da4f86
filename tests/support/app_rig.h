/* Calls of an app through simulated switches, and what became of their legs. */
#ifndef SWIO_TESTS_APP_RIG_H
#define SWIO_TESTS_APP_RIG_H

#include <string.h>
#include <switchio/originator.h>

#include "support/rig.h"
#include "support/transcript.h"
#include "support/wait.h"

enum { APP_RIG_LEGS = 32, APP_RIG_SPEED = 8 };

typedef struct app_rig {
    rig r;
    transcript sent;
    /* In the order of their creation, on all nodes; held. The loops' threads write, and the test
     * reads when all calls have ended. */
    _Atomic size_t leg_count;
    swio_session *legs[APP_RIG_LEGS];
    swio_originator_counts counts; /* of the last run */
    char cause[100];               /* its first one */
} app_rig;

static inline int app_rig_keep(swio_session *session, void *self)
{
    app_rig *a = self;
    if (a->leg_count < APP_RIG_LEGS)
        a->legs[a->leg_count++] = swio_session_ref(session);
    return 0;
}
static const swio_app app_rig_keeper = {.name = "Keeper",
                                        .on = {SWIO_CALLBACK("CHANNEL_CREATE", app_rig_keep)}};

/* The simulator's clock runs `speed` times as fast. What is sent is written down. */
static inline void app_rig_up_at(app_rig *a, size_t nodes, unsigned speed)
{
    memset(a, 0, sizeof *a);
    transcript_listen(&a->sent);
    rig_up(&a->r, &(swio_sim_opts){.nodes = nodes, .speed = speed}, true);
    for (size_t i = 0; i < nodes; i++)
        assert_ok(swio_client_load_app(a->r.clients[i], &app_rig_keeper,
                                       &(swio_load_opts){.id = "app", .self = a}, NULL));
}

static inline void app_rig_up(app_rig *a, size_t nodes)
{
    app_rig_up_at(a, nodes, APP_RIG_SPEED);
}

static inline void app_rig_down(app_rig *a)
{
    while (a->leg_count)
        swio_session_unref(a->legs[--a->leg_count]);
    rig_down(&a->r);
    transcript_stop();
}

static inline void app_rig_load(app_rig *a, size_t node, const swio_app *app, const char *params)
{
    assert_ok(swio_client_load_app(a->r.clients[node], app,
                                   &(swio_load_opts){.id = "app", .params = params}, NULL));
}

/* What a call needs that is not the rig's affair; zero is the default of each. */
typedef struct app_rig_dial {
    size_t calls;         /* 1 */
    double duration;      /* 16: two seconds for the app to come so far */
    const char *dest_url; /* the first node */
    const char *proxy;
} app_rig_dial_opts;

/* Dials from the first node, until all calls have ended. */
static inline void app_rig_dial(app_rig *a, const app_rig_dial_opts *opts)
{
    swio_originator *o;
    swio_originator_opts dial = {
        .clients = a->r.clients,
        .client_count = 1,
        .originate = {.dest_url = opts->dest_url ? opts->dest_url : a->r.url,
                      .proxy = opts->proxy,
                      .app_id = "app",
                      RIG_RINGS_ON,
                      .timeout = APP_RIG_SPEED * WAIT_DEADLINE_SECONDS},
        .rate = 20,
        .limit = 100,
        .max_offered = opts->calls ? opts->calls : 1,
        .duration = opts->duration > 0 ? opts->duration : 16,
    };
    assert_ok(swio_originator_new(&dial, &o));
    assert_ok(swio_originator_start(o));
    assert_ok(swio_originator_wait_done(o, WAIT_DEADLINE_SECONDS));
    swio_originator_count(o, &a->counts);
    a->cause[0] = '\0';
    swio_originator_cause(o, 0, a->cause, sizeof a->cause);
    swio_originator_unref(o);
}

/* The value of a leg's variable; "" where there is none. */
static inline const char *app_rig_var(const app_rig *a, size_t leg, const char *name)
{
    const char *value = swio_vars_get(swio_session_vars(a->legs[leg]), name);
    return value ? value : "";
}

/* The first leg of a direction, from leg `from` on. */
static inline size_t app_rig_leg(const app_rig *a, bool inbound, size_t from)
{
    while (from < a->leg_count && swio_session_is_inbound(a->legs[from]) != inbound)
        from++;
    assert_true(from < a->leg_count);
    return from;
}

/* Each of these lines, in this order, among the steps of the first call. */
static inline void app_rig_expect(const app_rig *a, const char *const *lines)
{
    const char *steps = transcript_steps(&a->sent, 0), *at = steps;
    for (; *lines; lines++) {
        at = strstr(at, *lines);
        if (!at)
            fail_msg("'%s' is not among the steps, or not there:\n%s", *lines, steps);
        at += strlen(*lines);
    }
}

#endif
