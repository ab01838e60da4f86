/* The simulator from the inside: what its files share. */
#ifndef SWIO_SIM_SIM_H
#define SWIO_SIM_SIM_H

#include <pthread.h>
#include <stdatomic.h>

#include "sim/field.h"
#include "sim/model.h"
#include "sim/tables.h"

/* A step of a flow that happens after what is being done now: a SIP message, a thread's turn. */
typedef void sim_work_fn(sim_channel *channel);
typedef struct sim_work {
    sim_work_fn *fn;
    sim_channel *channel; /* pinned */
} sim_work;

/* 5060 + 10 for each: the ports of further nodes would meet those of the first profiles' range. */
enum { SIM_NODES = 1000 };

/* Every table, parsed. */
typedef struct sim_source_layers {
    sim_layer before, after;
} sim_source_layers;

typedef struct sim_counters {
    atomic_uint_fast64_t connections, commands, events_sent, events_lost;
    atomic_uint_fast64_t channels_created, channels_live, calls_answered;
} sim_counters;

struct swio_sim {
    swio_loop *loop;
    sim_clockwork clockwork;
    swio_sim_opts opts; /* strings are ours */
    char *fail_causes, *password, *proxy, *address;
    size_t node_count;
    sim_node *nodes;
    sim_shapes *shapes;
    sim_stage stages[SIM_STAGE_COUNT];
    sim_layer basics, channel_rows, other_rows;
    sim_source_layers sources[SIM_SOURCE_COUNT];
    sim_client *dirty; /* clients with something to send, linked by next_dirty */
    sim_work *work;    /* a ring of steps to do */
    size_t work_first, work_count, work_room;
    swio_timer rest;              /* of the work, where there is much */
    unsigned depth;               /* of swio_sim_enter() */
    struct sim_request *requests; /* that have not ended */
    swio_buf rendered;            /* scratch of event.c */
    uint64_t random;
    uint64_t originates; /* for fail_share and fail_causes */
    size_t next_cause;
    size_t streams; /* open connections and listeners: stop waits for them */
    sim_counters counters;
    /* What start and stop wait for. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int status; /* of start; 1 while it runs */
    char sentence[512];
    bool stopping, stopped;
};

/* sim.c */
uint64_t swio_sim_random(swio_sim *sim);
double swio_sim_random_share(swio_sim *sim); /* 0 … <1 */
void swio_sim_random_uuid(swio_sim *sim, char to[40]);
/* The profile at "127.0.0.1:5080", of any node; or NULL. */
sim_profile *swio_sim_profile_at(swio_sim *sim, const char *address);

/*
 * Everything that comes from outside (bytes, timers) begins with swio_sim_enter() and ends with
 * swio_sim_leave(), which does the queued steps and sends what the clients are to get.
 */
void swio_sim_enter(swio_sim *sim);
void swio_sim_leave(swio_sim *sim);
void swio_sim_later(sim_channel *channel, sim_work_fn *fn);
/* A stream or listener was closed: stop waits for all. */
void swio_sim_stream_gone(swio_sim *sim);

/* node.c */
void swio_sim_node_init(sim_node *node, swio_sim *sim, size_t index);
void swio_sim_node_tick(sim_node *node); /* brings the clock up to now */
void swio_sim_node_roll(sim_node *node); /* begins the second that it is, for the counts */
/* Counts an attempt, and says whether a further session is within the limits (fsctl). */
bool swio_sim_node_admits(sim_node *node);
void swio_sim_node_count_session(sim_node *node);
void swio_sim_node_count_gone(sim_node *node);
sim_profile *swio_sim_node_profile(sim_node *node, const char *name);
void swio_sim_node_uptime(const sim_node *node, swio_buf *out);
void swio_sim_node_subscribed(sim_node *node); /* starts the heartbeat where somebody listens */

/* event.c */
void swio_sim_fire(sim_node *node, sim_source source, const sim_channel *channel,
                   const sim_args *args);
/* Fires an event that a client made (sendevent): its headers are args->more. */
void swio_sim_fire_type(sim_node *node, sim_event_type type, const sim_args *args);
/* Fires with only {1}…{8} given. */
void swio_sim_fire_with(sim_channel *channel, sim_source source, const char *const *v,
                        size_t count);

#endif
