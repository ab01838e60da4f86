/* What a call costs the dialer: originator, client and listener against the simulator. */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/apps.h>
#include <switchio/error.h>
#include <switchio/log.h>
#include <switchio/originator.h>
#include <switchio/sim.h>
#include <time.h>

#include "control/on_loop.h"

static const char usage[] =
    "usage: dial [--json] [--rate CPS] [--calls N] [--nodes N] [--connections N]\n"
    "\n"
    "Dials N calls (5000) of one second with the app TonePlay, at CPS calls a second (500), through\n"
    "simulated switches (2) of this process. Reports the rate that was achieved, how late calls\n"
    "were placed, and the processor time that the dialer's loop thread took for each call: two\n"
    "legs, their events, the commands of the app, and the record. The simulator has a thread of\n"
    "its own, which is not counted.\n"
    "\n"
    "  --connections N  for commands to each switch; 4\n"
    "  --json           one JSON object instead of a table\n";

enum { NODES_MAX = 16 };

typedef struct plan {
    bool json;
    double rate;
    uint64_t calls;
    size_t nodes;
    size_t connections;
} plan;

typedef struct node {
    swio_listener *listener;
    swio_client *client;
} node;

/* How late each call was placed, microseconds; the loop's thread writes. */
typedef struct lateness {
    int64_t *us;
    size_t count;
} lateness;

static void keep_lateness(const swio_cdr *cdr, void *arg)
{
    lateness *l = arg;
    if (cdr->launch_us)
        l->us[l->count++] = cdr->launch_us - cdr->due_us;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double percentile_ms(const lateness *l, double share)
{
    size_t at = (size_t)(share * (double)l->count);
    return l->count ? (double)l->us[at < l->count ? at : l->count - 1] / 1e3 : 0;
}

static void check(int error, const char *what)
{
    if (!error)
        return;
    fprintf(stderr, "dial: %s: %s\n", what, swio_errmsg());
    exit(1);
}

static void read_cpu(void *arg)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    *(double *)arg = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The processor time of the loop's thread so far, in seconds. */
static double cpu_of(swio_loop *loop)
{
    double seconds;
    swio_on_loop(loop, read_cpu, &seconds);
    return seconds;
}

static void open_node(node *n, const char *contact, swio_loop *loop, const plan *p)
{
    swio_listener_opts listener = {.loop = loop};
    check(swio_listener_new(contact, &listener, &n->listener), "the listener");
    swio_client_opts client = {
        .loop = loop, .listener = n->listener, .connections = p->connections};
    check(swio_client_new(contact, &client, &n->client), "the client");
    check(swio_client_connect(n->client), "connecting");
    check(swio_listener_connect(n->listener), "connecting");
    check(swio_listener_start(n->listener), "subscribing");
    check(swio_client_load_app(n->client, &swio_app_tone_play, &(swio_load_opts){.id = "bench"},
                               NULL),
          "the app");
}

static void report(const plan *p, const swio_originator_counts *c, const lateness *l, double cpu)
{
    double per_call = cpu / (double)c->offered;
    if (p->json) {
        printf("{\"benchmark\":\"dial\",\"calls\":%" PRIu64 ",\"answered\":%" PRIu64
               ",\"failed\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"blocked\":%" PRIu64
               ",\"late\":%" PRIu64 ",\"rate_asked\":%g,\"rate_achieved\":%.3f,"
               "\"lateness_p50_ms\":%.3f,\"lateness_p99_ms\":%.3f,\"latest_ms\":%.3f,"
               "\"loop_cpu_us_per_call\":%.2f,\"calls_per_cpu_second\":%.0f}\n",
               c->offered, c->answered, c->failed, c->lost, c->blocked, c->late, p->rate, c->rate,
               percentile_ms(l, 0.5), percentile_ms(l, 0.99), c->lateness * 1e3, per_call * 1e6,
               1 / per_call);
        return;
    }
    printf("calls               %" PRIu64 " (%" PRIu64 " answered, %" PRIu64 " failed, %" PRIu64
           " lost, %" PRIu64 " blocked)\n",
           c->offered, c->answered, c->failed, c->lost, c->blocked);
    printf("rate                %.2f calls/s of %g asked\n", c->rate, p->rate);
    printf("behind their time   %.3f ms half of the calls, %.3f ms 99 %%, %.3f ms the latest\n",
           percentile_ms(l, 0.5), percentile_ms(l, 0.99), c->lateness * 1e3);
    printf("late (over %g ms)   %" PRIu64 "\n", SWIO_LATE_SECONDS * 1e3, c->late);
    printf("loop thread         %.2f us of processor time a call: %.0f calls/s of one core\n",
           per_call * 1e6, 1 / per_call);
}

static int run(const plan *p)
{
    swio_sim *sim;
    swio_loop *loop;
    node nodes[NODES_MAX];
    swio_client *clients[NODES_MAX];
    char url[128];
    swio_log_set_level(SWIO_LOG_ERROR); /* what becomes of the calls is in the report */
    check(swio_sim_start(&(swio_sim_opts){.nodes = p->nodes}, &sim), "the simulator");
    check(swio_loop_new(&loop), "the loop");
    for (size_t i = 0; i < p->nodes; i++) {
        open_node(&nodes[i], swio_sim_contact(sim, i), loop, p);
        clients[i] = nodes[i].client;
    }
    snprintf(url, sizeof url, "bench@%s", swio_sim_sip_address(sim, 0, "external"));

    lateness late = {.us = calloc(p->calls, sizeof late.us[0])};
    if (!late.us) {
        fprintf(stderr, "dial: out of memory\n");
        return 1;
    }
    swio_originator *originator;
    swio_originator_opts opts = {
        .clients = clients,
        .client_count = p->nodes,
        .originate = {.dest_url = url, .app_id = "bench"},
        .rate = p->rate,
        .limit = p->calls,
        .max_offered = p->calls,
        .duration = 1,
        .keep_settings = true,
        .on_cdr = keep_lateness,
        .arg = &late,
    };
    swio_originator_counts counts;
    check(swio_originator_new(&opts, &originator), "the originator");
    double before = cpu_of(loop);
    check(swio_originator_start(originator), "starting");
    check(swio_originator_wait_done(originator, INFINITY), "waiting");
    double cpu = cpu_of(loop) - before;
    swio_originator_count(originator, &counts);
    qsort(late.us, late.count, sizeof late.us[0], by_size);
    report(p, &counts, &late, cpu);

    swio_originator_unref(originator);
    free(late.us);
    for (size_t i = 0; i < p->nodes; i++) {
        swio_client_unref(nodes[i].client);
        swio_listener_unref(nodes[i].listener);
    }
    swio_loop_unref(loop);
    swio_sim_stop(sim);
    if (counts.answered == counts.offered)
        return 0;
    fprintf(stderr,
            "dial: %" PRIu64 " of %" PRIu64 " calls were not answered: this machine does not carry "
            "%g calls a second now; give a lower --rate, or leave it more of its processors\n",
            counts.offered - counts.answered, counts.offered, p->rate);
    return 1;
}

static double number(const char *option, const char *text, double max)
{
    char *end = NULL;
    double n = text ? strtod(text, &end) : 0;
    if (!text || end == text || *end || !(n >= 1 && n <= max)) {
        fprintf(stderr, "dial: %s takes a number from 1 to %g\n%s", option, max, usage);
        exit(2);
    }
    return n;
}

int main(int argc, char **argv)
{
    plan p = {.rate = 500, .calls = 5000, .nodes = 2, .connections = 4};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            p.json = true;
        } else if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        } else if (strcmp(argv[i], "--rate") == 0) {
            p.rate = number("--rate", argv[++i], 1e6);
        } else if (strcmp(argv[i], "--calls") == 0) {
            p.calls = (uint64_t)number("--calls", argv[++i], 1e7);
        } else if (strcmp(argv[i], "--nodes") == 0) {
            p.nodes = (size_t)number("--nodes", argv[++i], NODES_MAX);
        } else if (strcmp(argv[i], "--connections") == 0) {
            p.connections = (size_t)number("--connections", argv[++i], SWIO_CLIENT_CONNECTIONS);
        } else {
            fprintf(stderr, "dial: '%s'?\n%s", argv[i], usage);
            return 2;
        }
    }
    return run(&p);
}
