/* A node: its clock, its profiles, its counters. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "loop/loop.h"
#include "sim/client.h"
#include "sim/sim.h"

/* The clock of the switch ticks every 20 ms (switch_time.c, without 1ms-timer). */
enum { TICK_US = 20000, HEARTBEAT_SECONDS = 20 };

/* Those of the recorded switches: a switch that nobody configured has 30 and 1,000. */
enum { SPS = 10000, MAX_SESSIONS = 20000 };

static uint64_t wall_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void swio_sim_node_tick(sim_node *node)
{
    sim_clock *clock = &node->clock;
    uint64_t elapsed = swio_sim_elapsed_ns(node->sim) / 1000;
    uint64_t now = node->started + elapsed / TICK_US * TICK_US;
    if (now == clock->now)
        return;
    clock->now = now;
    time_t second = (time_t)(now / 1000000);
    if ((uint64_t)second == clock->second)
        return;
    clock->second = (uint64_t)second;
    struct tm parts;
    localtime_r(&second, &parts);
    strftime(clock->local, sizeof clock->local, "%Y-%m-%d %H:%M:%S", &parts);
    gmtime_r(&second, &parts);
    strftime(clock->gmt, sizeof clock->gmt, "%a, %d %b %Y %H:%M:%S GMT", &parts);
}

void swio_sim_node_roll(sim_node *node)
{
    uint64_t second = node->clock.second;
    if (node->cps_second == second)
        return;
    node->cps_last = node->cps_second + 1 == second ? node->cps_now : 0;
    node->cps_second = second;
    node->cps_now = 0;
}

/* switch_core_session.c: of `sps` sessions in a second the last is one too many already. */
bool swio_sim_node_admits(sim_node *node)
{
    swio_sim_node_roll(node);
    if (++node->cps_now > node->cps_peak)
        node->cps_peak = node->cps_now;
    return node->cps_now < node->sps && HASH_COUNT(node->channels) < node->max_sessions;
}

void swio_sim_node_count_session(sim_node *node)
{
    uint64_t live = HASH_COUNT(node->channels);
    if (live > node->peak)
        node->peak = live;
    atomic_fetch_add(&node->sim->counters.channels_created, 1);
    atomic_fetch_add(&node->sim->counters.channels_live, 1);
}

void swio_sim_node_count_gone(sim_node *node)
{
    atomic_fetch_sub(&node->sim->counters.channels_live, 1);
}

sim_profile *swio_sim_node_profile(sim_node *node, const char *name)
{
    if (strcmp(name, node->external.name) == 0)
        return &node->external;
    if (strcmp(name, node->internal.name) == 0)
        return &node->internal;
    return NULL;
}

static void count_of(swio_buf *out, uint64_t n, const char *unit, const char *behind)
{
    swio_buf_printf(out, "%llu %s%s%s", (unsigned long long)n, unit, n == 1 ? "" : "s", behind);
}

void swio_sim_node_uptime(const sim_node *node, swio_buf *out)
{
    uint64_t us = swio_sim_elapsed_ns(node->sim) / 1000;
    uint64_t seconds = us / 1000000;
    count_of(out, seconds / 31536000, "year", ", ");
    count_of(out, seconds / 86400 % 365, "day", ", ");
    count_of(out, seconds / 3600 % 24, "hour", ", ");
    count_of(out, seconds / 60 % 60, "minute", ", ");
    count_of(out, seconds % 60, "second", ", ");
    count_of(out, us / 1000 % 1000, "millisecond", ", ");
    count_of(out, us % 1000, "microsecond", "");
}

static void text_of(char to[24], uint64_t value)
{
    to[swio_sim_digits(to, value)] = '\0';
}

static void beat(void *arg)
{
    sim_node *node = arg;
    swio_sim_enter(node->sim);
    swio_sim_node_tick(node);
    swio_buf uptime = {0};
    swio_sim_node_uptime(node, &uptime);
    char numbers[7][24];
    const uint64_t values[] = {
        swio_sim_elapsed_ns(node->sim) / 1000000,
        HASH_COUNT(node->channels),
        node->max_sessions,
        node->sps,
        node->cps_last,
        node->peak,
        node->sessions,
    };
    sim_args args = {.v = {uptime.data}};
    for (int i = 0; i < 7; i++) {
        text_of(numbers[i], values[i]);
        args.v[i + 1] = numbers[i];
    }
    swio_sim_fire(node, SIM_FROM_HEARTBEAT, NULL, &args);
    char runtime[24];
    text_of(runtime, node->clock.now / 1000000 + HEARTBEAT_SECONDS);
    args = (sim_args){.v = {"1", "heartbeat", "core", runtime}};
    swio_sim_fire(node, SIM_FROM_RESCHEDULED, NULL, &args);
    swio_buf_free(&uptime);
    node->has_heartbeat = false;
    swio_sim_node_subscribed(node);
    swio_sim_leave(node->sim);
}

void swio_sim_node_subscribed(sim_node *node)
{
    bool wanted = node->subscribers[SIM_EV_HEARTBEAT] && !node->sim->stopping;
    if (wanted && !node->has_heartbeat) {
        node->has_heartbeat =
            swio_sim_after(node->sim, &node->heartbeat, HEARTBEAT_SECONDS, beat, node);
    } else if (!wanted && node->has_heartbeat) {
        swio_sim_timer_stop(&node->heartbeat);
        node->has_heartbeat = false;
    }
}

static void init_profile(sim_profile *profile, sim_node *node, const char *name, unsigned port)
{
    profile->node = node;
    profile->name = name;
    snprintf(profile->ip, sizeof profile->ip, "%s", node->ip);
    snprintf(profile->port, sizeof profile->port, "%u", port);
    bool v6 = strchr(node->ip, ':') != NULL;
    snprintf(profile->address, sizeof profile->address, v6 ? "[%s]:%s" : "%s:%s", profile->ip,
             profile->port);
}

void swio_sim_node_init(sim_node *node, swio_sim *sim, size_t index)
{
    node->sim = sim;
    node->index = index;
    node->ip = sim->address;
    node->started = wall_us();
    node->max_sessions = MAX_SESSIONS;
    node->sps = SPS;
    node->loglevel = -1;
    node->console_level = 4; /* WARNING */
    snprintf(node->name, sizeof node->name, "fs%zu", index + 1);
    swio_sim_random_uuid(sim, node->core_uuid);
    init_profile(&node->internal, node, "internal", 5060 + 10 * (unsigned)index);
    init_profile(&node->external, node, "external", 5080 + 10 * (unsigned)index);
    swio_sim_node_tick(node);
}
