/* api commands on one channel: its life and its variables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/bridge.h"
#include "sim/command.h"
#include "sim/flow.h"
#include "sim/render.h"
#include "sim/request.h"

static const char no_channel[] = "-ERR No such channel!\n";

static bool say(sim_request *request, const char *text)
{
    swio_buf_puts(&request->out, text);
    return true;
}

/* The channel whose uuid is the next word; NULL where it is not there. */
static sim_channel *take_channel(sim_request *request)
{
    return swio_sim_channel_find(request->node, swio_sim_word(&request->arg));
}

static bool uuid_exists(sim_request *request)
{
    return say(request, take_channel(request) ? "true" : "false");
}

static bool uuid_answer(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    if (!channel)
        return say(request, "-ERROR\n");
    swio_sim_answer(channel);
    return say(request, "+OK\n");
}

static bool uuid_pre_answer(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    if (!channel)
        return say(request, "-ERROR\n");
    swio_sim_early(channel);
    return say(request, "+OK\n");
}

static bool uuid_ring_ready(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    if (!channel)
        return say(request, "-ERROR\n");
    swio_sim_ring(channel);
    return say(request, "+OK\n");
}

static bool uuid_kill(sim_request *request)
{
    char *uuid = swio_sim_word(&request->arg);
    if (!*uuid)
        return say(request, "-USAGE: <uuid> [cause]\n");
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    if (!channel)
        return say(request, no_channel);
    swio_sim_hangup(channel, *request->arg ? request->arg : "NORMAL_CLEARING");
    return say(request, "+OK\n");
}

/* What is no variable may be a part of the caller profile (switch_channel_get_variable()). */
static bool profile_value(const sim_channel *channel, const char *name, swio_buf *out)
{
    const sim_caller *caller = &channel->caller;
    const struct {
        const char *name;
        sim_text text;
    } parts[] = {
        {"caller_id_name", caller->name},
        {"caller_id_number", caller->number},
        {"orig_caller_id_name", caller->orig_name},
        {"orig_caller_id_number", caller->orig_number},
        {"callee_id_name", caller->callee_name},
        {"callee_id_number", caller->callee_number},
        {"destination_number", caller->destination},
        {"network_addr", caller->network},
        {"username", caller->username},
        {"dialplan", caller->dialplan},
        {"context", caller->context},
        {"ani", caller->ani},
        {"chan_name", channel->name},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t len;
        const char *text = swio_sim_text(channel, parts[i].text, &len);
        if (strcasecmp(parts[i].name, name) != 0 || !text)
            continue;
        swio_buf_add(out, text, len);
        return true;
    }
    return false;
}

static bool uuid_getvar(sim_request *request)
{
    static const char usage[] = "-USAGE: <uuid> <var>\n";
    char *uuid = swio_sim_word(&request->arg);
    if (!*uuid)
        return say(request, usage);
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    if (!channel)
        return say(request, no_channel);
    if (!*request->arg)
        return say(request, usage);
    if (!swio_sim_channel_get(channel, request->arg, &request->out) &&
        !profile_value(channel, request->arg, &request->out))
        swio_buf_puts(&request->out, "_undef_");
    return true;
}

static bool uuid_setvar(sim_request *request)
{
    static const char usage[] = "-USAGE: <uuid> <var> [value]\n";
    char *uuid = swio_sim_word(&request->arg);
    char *name = swio_sim_word(&request->arg);
    if (!*uuid)
        return say(request, usage);
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    if (!channel)
        return say(request, no_channel);
    if (!*name)
        return say(request, usage);
    swio_sim_channel_set(channel, name, request->arg);
    return say(request, "+OK\n");
}

/* Sets one "name=value"; what has no '=' is skipped. */
static void set_one(sim_channel *channel, const char *part, size_t len)
{
    const char *equals = memchr(part, '=', len);
    if (equals)
        swio_sim_channel_set_len(channel, part, (size_t)(equals - part), equals + 1,
                                 len - (size_t)(equals + 1 - part));
}

static bool uuid_setvar_multi(sim_request *request)
{
    static const char usage[] = "-USAGE: <uuid> <var>=<value>;<var>=<value>...\n";
    char *uuid = swio_sim_word(&request->arg);
    if (!*uuid)
        return say(request, usage);
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    if (!channel) {
        say(request, no_channel);
        return say(request, usage);
    }
    if (!*request->arg)
        return true; /* "-ERR no reply" */
    for (const char *at = request->arg; *at;) {
        size_t len = strcspn(at, ";");
        set_one(channel, at, len);
        at += len + (at[len] == ';');
    }
    return say(request, "+OK\n");
}

static bool uuid_bridge(sim_request *request)
{
    char *first = swio_sim_word(&request->arg), *second = swio_sim_word(&request->arg);
    if (!*first || !*second)
        return say(request, "-USAGE: <uuid> <other_uuid>\n");
    sim_channel *a = swio_sim_channel_find(request->node, first);
    sim_channel *b = swio_sim_channel_find(request->node, second);
    if (!a || !b || a == b || a->cause || b->cause || !(a->answered || b->answered))
        return say(request, "-ERR Invalid uuid\n");
    swio_sim_bridge_two(a, b);
    swio_buf_printf(&request->out, "+OK %s\n", b->uuid);
    return true;
}

/* As an event, or in JSON or XML; "plain" shows the values as they are, in brackets. */
static bool uuid_dump(sim_request *request)
{
    char *uuid = swio_sim_word(&request->arg);
    if (!*uuid)
        return say(request, "-USAGE: <uuid> [format]\n");
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    if (!channel)
        return say(request, no_channel);
    static const sim_args none;
    sim_view view = {
        .node = request->node,
        .channel = channel,
        .args = &none,
        .source = &swio_sim_sources[SIM_FROM_DUMP],
        .layers = &request->node->sim->sources[SIM_FROM_DUMP],
        .clock = &request->node->clock,
        .sequence = ++request->node->sequence,
    };
    if (strcasecmp(request->arg, "plain") == 0) {
        swio_sim_render_text(&view, &request->out);
        return true;
    }
    bool json = strcasecmp(request->arg, "json") == 0, xml = strcasecmp(request->arg, "xml") == 0;
    swio_sim_render(&view,
                    json  ? SWIO_EVENT_JSON
                    : xml ? SWIO_EVENT_XML
                          : SWIO_EVENT_PLAIN,
                    &request->out);
    return true;
}

const sim_api swio_sim_api_channel[] = {
    {"uuid_exists", uuid_exists},
    {"uuid_answer", uuid_answer},
    {"uuid_pre_answer", uuid_pre_answer},
    {"uuid_ring_ready", uuid_ring_ready},
    {"uuid_kill", uuid_kill},
    {"uuid_getvar", uuid_getvar},
    {"uuid_setvar", uuid_setvar},
    {"uuid_setvar_multi", uuid_setvar_multi},
    {"uuid_bridge", uuid_bridge},
    {"uuid_dump", uuid_dump},
    {0},
};
