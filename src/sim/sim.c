/* Starting and stopping, and the turn of the simulator: work queued, clients flushed. */
#include "sim/sim.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/uuid.h"
#include "loop/loop.h"
#include "sim/channel.h"
#include "sim/client.h"
#include "sim/flow.h"
#include "sim/request.h"
#include "sim/task.h"

uint64_t swio_sim_random(swio_sim *sim)
{
    /* xorshift64*: small, seeded, good enough for tags and faults. */
    uint64_t x = sim->random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    sim->random = x;
    return (x * 2685821657736338717ull) >> 16;
}

double swio_sim_random_share(swio_sim *sim)
{
    return (double)(swio_sim_random(sim) & 0xffffff) / (double)0x1000000;
}

void swio_sim_random_uuid(swio_sim *sim, char to[40])
{
    (void)sim; /* uuids must differ between simulators, whatever their seeds */
    swio_uuid uuid = swio_uuid_new();
    memcpy(to, uuid.text, sizeof uuid.text);
}

void swio_sim_later(sim_channel *channel, sim_work_fn *fn)
{
    swio_sim *sim = channel->node->sim;
    if (sim->work_count == sim->work_room) {
        size_t room = sim->work_room ? sim->work_room * 2 : 64;
        sim_work *work = swio_malloc(room * sizeof *work);
        if (!work)
            return; /* the message is lost on the way */
        for (size_t i = 0; i < sim->work_count; i++)
            work[i] = sim->work[(sim->work_first + i) % sim->work_room];
        swio_free(sim->work);
        sim->work = work;
        sim->work_first = 0;
        sim->work_room = room;
    }
    swio_sim_channel_pin(channel);
    sim->work[(sim->work_first + sim->work_count++) % sim->work_room] = (sim_work){fn, channel};
}

/* The clients must get what was done before more is: this many steps at a time. */
enum { SLICE = 256, FRAMES_AHEAD = 10000, FULL_WAIT_NS = 20000000 };

static void do_work(swio_sim *sim)
{
    for (int n = 0; sim->work_count && n < SLICE; n++) {
        sim_work work = sim->work[sim->work_first];
        sim->work_first = (sim->work_first + 1) % sim->work_room;
        sim->work_count--;
        if (!work.channel->gone)
            work.fn(work.channel);
        swio_sim_channel_unpin(work.channel);
    }
}

static void go_on(void *arg)
{
    swio_sim_enter(arg);
    swio_sim_leave(arg);
}

/* Some client has more events before it than it should have. */
static bool some_client_is_behind(const swio_sim *sim)
{
    for (size_t i = 0; i < sim->node_count; i++)
        for (const sim_client *c = sim->nodes[i].clients; c; c = c->next)
            if (!c->closing && c->events.frames > FRAMES_AHEAD)
                return true;
    return false;
}

/*
 * Has the rest of the work done in a later turn of the loop. A real switch takes its time to end
 * thousands of calls: so that no client that reads loses events, a slice waits for those that are
 * behind, but not for ever (the loop's clock counts here, not the simulator's).
 */
static void do_the_rest_later(swio_sim *sim)
{
    uint64_t wait = some_client_is_behind(sim) ? FULL_WAIT_NS : 0;
    if (!sim->rest.heap_at || !wait)
        swio_timer_start(sim->loop, &sim->rest, swio_now_ns() + wait, go_on, sim);
}

void swio_sim_enter(swio_sim *sim)
{
    sim->depth++;
    for (size_t i = 0; sim->depth == 1 && i < sim->node_count; i++)
        swio_sim_node_tick(&sim->nodes[i]);
}

void swio_sim_leave(swio_sim *sim)
{
    if (sim->depth == 1)
        do_work(sim);
    if (--sim->depth)
        return;
    while (sim->dirty) {
        sim_client *client = sim->dirty;
        sim->dirty = client->next_dirty;
        client->next_dirty = NULL;
        client->dirty = false;
        swio_sim_client_flush(client);
    }
    if (sim->work_count)
        do_the_rest_later(sim);
}

sim_profile *swio_sim_profile_at(swio_sim *sim, const char *address)
{
    for (size_t i = 0; i < sim->node_count; i++) {
        sim_node *node = &sim->nodes[i];
        if (strcmp(node->external.address, address) == 0)
            return &node->external;
        if (strcmp(node->internal.address, address) == 0)
            return &node->internal;
    }
    return NULL;
}

static void tables_free(swio_sim *sim)
{
    for (size_t i = 0; i < SIM_STAGE_COUNT; i++)
        swio_sim_stage_free(&sim->stages[i]);
    for (size_t i = 0; i < SIM_SOURCE_COUNT; i++) {
        swio_sim_layer_free(&sim->sources[i].before);
        swio_sim_layer_free(&sim->sources[i].after);
    }
    swio_sim_layer_free(&sim->basics);
    swio_sim_layer_free(&sim->channel_rows);
    swio_sim_layer_free(&sim->other_rows);
    swio_sim_shapes_free(sim->shapes);
}

static int tables_init(swio_sim *sim)
{
    int error = swio_sim_shapes_new(&sim->shapes);
    for (size_t i = 0; !error && i < SIM_STAGE_COUNT; i++)
        error = swio_sim_stage_init(&sim->stages[i], sim->shapes, swio_sim_stage_rows[i]);
    for (size_t i = 0; !error && i < SIM_SOURCE_COUNT; i++) {
        error = swio_sim_layer_init(&sim->sources[i].before, swio_sim_sources[i].before, "");
        if (!error)
            error = swio_sim_layer_init(&sim->sources[i].after, swio_sim_sources[i].after, "");
    }
    if (!error)
        error = swio_sim_layer_init(&sim->basics, swio_sim_basic_rows, "");
    if (!error)
        error = swio_sim_layer_init(&sim->channel_rows, swio_sim_channel_rows, "");
    if (!error)
        error = swio_sim_layer_init(&sim->other_rows, swio_sim_other_rows, "");
    return error;
}

static void sim_free(swio_sim *sim)
{
    tables_free(sim);
    pthread_cond_destroy(&sim->changed);
    pthread_mutex_destroy(&sim->lock);
    swio_buf_free(&sim->rendered);
    swio_free(sim->work);
    swio_free(sim->nodes);
    swio_free(sim->address);
    swio_free(sim->password);
    swio_free(sim->proxy);
    swio_free(sim->fail_causes);
    swio_loop *loop = sim->loop;
    swio_free(sim);
    swio_loop_unref(loop);
}

static char *copy_or(const char *text, const char *otherwise)
{
    return swio_strdup(text && *text ? text : otherwise);
}

static int copy_opts(swio_sim *sim, const swio_sim_opts *opts)
{
    static const swio_sim_opts none;
    sim->opts = opts ? *opts : none;
    sim->random = (sim->opts.seed ? sim->opts.seed : 1) * 0x9e3779b97f4a7c15ull | 1;
    sim->clockwork.speed = sim->opts.speed > 0 ? sim->opts.speed : 1;
    sim->clockwork.started_ns = swio_now_ns();
    sim->node_count = sim->opts.nodes ? sim->opts.nodes : 1;
    sim->address = copy_or(sim->opts.address, "127.0.0.1");
    sim->password = copy_or(sim->opts.password, "ClueCon");
    sim->proxy = copy_or(sim->opts.proxy, "");
    sim->fail_causes = copy_or(sim->opts.faults.fail_causes, "USER_BUSY");
    sim->nodes = swio_calloc(sim->node_count, sizeof *sim->nodes);
    if (!sim->address || !sim->password || !sim->proxy || !sim->fail_causes || !sim->nodes)
        return swio_err_nomem();
    return 0;
}

static int check_opts(const swio_sim_opts *opts)
{
    if (!opts)
        return 0;
    if (opts->nodes > SIM_NODES)
        return swio_err(SWIO_EINVAL, "a simulator of %zu nodes: %d are the most", opts->nodes,
                        SIM_NODES);
    const struct {
        const char *name;
        double value;
    } shares[] = {{"lose_events", opts->faults.lose_events},
                  {"fail_share", opts->faults.fail_share}};
    for (size_t i = 0; i < 2; i++)
        if (!(shares[i].value >= 0 && shares[i].value <= 1))
            return swio_err(SWIO_EINVAL, "the simulator's fault %s is %g: give a share from 0 to 1",
                            shares[i].name, shares[i].value);
    if (!(opts->speed >= 0 && opts->speed <= 1000))
        return swio_err(SWIO_EINVAL, "a simulator of speed %g: give a factor up to 1000",
                        opts->speed);
    if (!(opts->faults.reply_delay >= 0 && opts->faults.reply_delay <= 3600))
        return swio_err(SWIO_EINVAL,
                        "the simulator's fault reply_delay is %g: give seconds from 0 to 3600",
                        opts->faults.reply_delay);
    return 0;
}

static void on_accepted(swio_tcp_listener *listener, swio_tcp *tcp, const char *peer, void *arg)
{
    (void)listener, (void)peer;
    swio_sim_client_accept(arg, tcp);
}

static int listen_all(swio_sim *sim)
{
    for (size_t i = 0; i < sim->node_count; i++) {
        sim_node *node = &sim->nodes[i];
        uint16_t port = sim->opts.ports ? sim->opts.ports[i] : 0;
        swio_sim_node_init(node, sim, i);
        int error =
            swio_tcp_listen(sim->loop, sim->address, port, on_accepted, node, &node->listener);
        if (error)
            return swio_err(error, "simulator, node %zu: %s", i + 1, swio_errmsg());
        bool v6 = strchr(sim->address, ':') != NULL;
        snprintf(node->contact, sizeof node->contact, v6 ? "[%s]:%u" : "%s:%u", sim->address,
                 swio_tcp_listener_port(node->listener));
    }
    return 0;
}

static void set_status(swio_sim *sim, int status)
{
    pthread_mutex_lock(&sim->lock);
    sim->status = status;
    if (status < 0)
        snprintf(sim->sentence, sizeof sim->sentence, "%s", swio_errmsg());
    pthread_cond_broadcast(&sim->changed);
    pthread_mutex_unlock(&sim->lock);
}

static void close_listeners(swio_sim *sim)
{
    for (size_t i = 0; i < sim->node_count; i++) {
        if (sim->nodes[i].listener)
            swio_tcp_listener_close(sim->nodes[i].listener);
        sim->nodes[i].listener = NULL;
    }
}

static void start_on_loop(void *arg)
{
    swio_sim *sim = arg;
    if (!sim->opts.loop)
        pthread_setname_np(pthread_self(), "switchio-sim");
    int error = listen_all(sim);
    if (error) {
        char sentence[SWIO_ERRMSG_MAX];
        snprintf(sentence, sizeof sentence, "%s", swio_errmsg());
        close_listeners(sim);
        swio_err(error, "%s", sentence);
    }
    set_status(sim, error);
}

/* Waits until the status is no longer 1. */
static int wait_status(swio_sim *sim)
{
    pthread_mutex_lock(&sim->lock);
    while (sim->status == 1)
        pthread_cond_wait(&sim->changed, &sim->lock);
    int status = sim->status;
    pthread_mutex_unlock(&sim->lock);
    return status < 0 ? swio_err(status, "%s", sim->sentence) : status;
}

int swio_sim_start(const swio_sim_opts *opts, swio_sim **out)
{
    int error = check_opts(opts);
    if (error)
        return error;
    swio_sim *sim = swio_calloc(1, sizeof *sim);
    if (!sim)
        return swio_err_nomem();
    pthread_mutex_init(&sim->lock, NULL);
    pthread_cond_init(&sim->changed, NULL);
    sim->status = 1;
    error = copy_opts(sim, opts);
    if (!error)
        error = tables_init(sim);
    if (!error && sim->opts.loop)
        sim->loop = swio_loop_ref(sim->opts.loop);
    else if (!error)
        error = swio_loop_new(&sim->loop);
    if (!error && swio_loop_is_current(sim->loop))
        error = swio_err(SWIO_EWOULDBLOCK,
                         "swio_sim_start() waits: call it from a thread that is no loop's");
    if (!error)
        error = swio_loop_post(sim->loop, start_on_loop, sim);
    if (!error)
        error = wait_status(sim);
    if (error) {
        sim_free(sim);
        return error;
    }
    *out = sim;
    return 0;
}

static void drop_work(swio_sim *sim)
{
    swio_timer_stop(&sim->rest);
    for (; sim->work_count; sim->work_count--) {
        swio_sim_channel_unpin(sim->work[sim->work_first].channel);
        sim->work_first = (sim->work_first + 1) % sim->work_room;
    }
}

static void drop_channels(sim_node *node)
{
    sim_channel *channel, *next;
    HASH_ITER (hh, node->channels, channel, next) {
        swio_sim_attempt_drop(channel);
        swio_sim_channel_free(channel);
    }
    swio_sim_tasks_drop(node);
    swio_sim_globals_drop(node);
    swio_sim_timer_stop(&node->heartbeat);
}

static void stopped_if_empty(swio_sim *sim)
{
    if (sim->stopping && !sim->streams && !sim->stopped) {
        sim->stopped = true;
        set_status(sim, 0);
    }
}

void swio_sim_stream_gone(swio_sim *sim)
{
    sim->streams--;
    stopped_if_empty(sim);
}

static void stop_on_loop(void *arg)
{
    swio_sim *sim = arg;
    sim->stopping = true;
    close_listeners(sim);
    drop_work(sim);
    swio_sim_requests_free(sim);
    for (size_t i = 0; i < sim->node_count; i++)
        drop_channels(&sim->nodes[i]);
    for (size_t i = 0; i < sim->node_count; i++)
        for (sim_client *client = sim->nodes[i].clients; client; client = client->next)
            swio_sim_client_close(client);
    stopped_if_empty(sim);
}

swio_sim *swio_sim_stop(swio_sim *sim)
{
    if (!sim)
        return NULL;
    pthread_mutex_lock(&sim->lock);
    sim->status = 1;
    pthread_mutex_unlock(&sim->lock);
    if (swio_loop_post(sim->loop, stop_on_loop, sim) == 0)
        wait_status(sim);
    sim_free(sim);
    return NULL;
}

size_t swio_sim_nodes(const swio_sim *sim)
{
    return sim->node_count;
}

const char *swio_sim_contact(const swio_sim *sim, size_t node)
{
    return node < sim->node_count ? sim->nodes[node].contact : NULL;
}

const char *swio_sim_sip_address(const swio_sim *sim, size_t node, const char *profile)
{
    if (node >= sim->node_count)
        return NULL;
    const sim_profile *found = swio_sim_node_profile(&sim->nodes[node], profile);
    return found ? found->address : NULL;
}

void swio_sim_count(swio_sim *sim, swio_sim_counts *out)
{
    sim_counters *c = &sim->counters;
    *out = (swio_sim_counts){
        .connections = atomic_load(&c->connections),
        .commands = atomic_load(&c->commands),
        .events_sent = atomic_load(&c->events_sent),
        .events_lost = atomic_load(&c->events_lost),
        .channels_created = atomic_load(&c->channels_created),
        .channels_live = atomic_load(&c->channels_live),
        .calls_answered = atomic_load(&c->calls_answered),
    };
}
