/* Events: from a place in the switch to the queues of the clients that want them. */
#include <string.h>

#include "sim/client.h"
#include "sim/render.h"
#include "sim/sim.h"

static const sim_args no_args;

/* Renders each format once, however many clients want it. */
static void deliver(const sim_view *view, const char *subclass)
{
    swio_sim *sim = view->node->sim;
    int have = -1;
    for (sim_client *client = view->node->clients; client; client = client->next) {
        if (!swio_sim_client_wants(client, view, subclass))
            continue;
        if (have != (int)client->format) {
            swio_buf_clear(&sim->rendered);
            have = (int)client->format;
            if (!swio_sim_render(view, client->format, &sim->rendered) || sim->rendered.error) {
                atomic_fetch_add(&sim->counters.events_lost, 1);
                have = -1;
                continue;
            }
        }
        swio_sim_client_event(client, client->format, sim->rendered.data, sim->rendered.len);
    }
}

void swio_sim_fire(sim_node *node, sim_source source, const sim_channel *channel,
                   const sim_args *args)
{
    if (!args)
        args = &no_args;
    uint64_t sequence = args->sequence ? args->sequence : ++node->sequence;
    sim_event_type type = swio_sim_sources[source].type;
    if (!node->subscribers[type])
        return;
    sim_view view = {
        .node = node,
        .channel = channel,
        .args = args,
        .source = &swio_sim_sources[source],
        .layers = &node->sim->sources[source],
        .clock = args->clock ? args->clock : &node->clock,
        .sequence = sequence,
    };
    deliver(&view, args->subclass);
}

void swio_sim_fire_with(sim_channel *channel, sim_source source, const char *const *v, size_t count)
{
    sim_args args = {0};
    memcpy(args.v, v, count * sizeof *v);
    swio_sim_fire(channel->node, source, channel, &args);
}

void swio_sim_fire_type(sim_node *node, sim_event_type type, const sim_args *args)
{
    sim_source_def def = swio_sim_sources[SIM_FROM_SENT];
    uint64_t sequence = ++node->sequence;
    if (!node->subscribers[type])
        return;
    def.type = (uint8_t)type;
    sim_view view = {.node = node,
                     .args = args,
                     .source = &def,
                     .layers = &node->sim->sources[SIM_FROM_SENT],
                     .clock = &node->clock,
                     .sequence = sequence};
    deliver(&view, args->subclass);
}
