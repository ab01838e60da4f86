/* api commands on one channel: uuid_*. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/apps.h"
#include "sim/command.h"
#include "sim/flow.h"
#include "sim/request.h"

static const char no_channel[] = "-ERR No such channel!\n";
static const char no_session[] = "-ERR Cannot locate session!\n";

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

static bool uuid_kill(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    if (!channel)
        return say(request, no_channel);
    swio_sim_hangup(channel, *request->arg ? request->arg : "NORMAL_CLEARING");
    return say(request, "+OK\n");
}

static bool uuid_getvar(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    if (!channel)
        return say(request, no_channel);
    if (!swio_sim_channel_get(channel, request->arg, &request->out))
        swio_buf_puts(&request->out, "_undef_");
    return true;
}

static bool uuid_setvar(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    if (!channel)
        return say(request, no_channel);
    char *name = swio_sim_word(&request->arg);
    if (!*name)
        return say(request, "-USAGE: <uuid> <var> [value]\n");
    swio_sim_channel_set(channel, name, request->arg);
    return say(request, "+OK\n");
}

static bool uuid_setvar_multi(sim_request *request)
{
    static const char usage[] = "-USAGE: <uuid> <var>=<value>;<var>=<value>...\n";
    sim_channel *channel = take_channel(request);
    if (!channel) {
        say(request, no_channel);
        return say(request, usage);
    }
    if (!*request->arg)
        return say(request, usage);
    char *save = NULL;
    for (char *part = strtok_r(request->arg, ";", &save); part; part = strtok_r(NULL, ";", &save)) {
        char *equals = strchr(part, '=');
        if (equals)
            swio_sim_channel_set_len(channel, part, (size_t)(equals - part), equals + 1,
                                     strlen(equals + 1));
    }
    return say(request, "+OK\n");
}

/* "app::data" or a file; with 'aleg', 'bleg' or 'both' behind it. */
static void broadcast(sim_channel *channel, char *what)
{
    char *leg = strrchr(what, ' ');
    if (leg && (strcasecmp(leg + 1, "aleg") == 0 || strcasecmp(leg + 1, "bleg") == 0 ||
                strcasecmp(leg + 1, "both") == 0))
        *leg = '\0';
    size_t len = strlen(what);
    while (len && what[len - 1] == ' ')
        what[--len] = '\0';
    const char *app = "playback", *data = what;
    char *colons = strstr(what, "::");
    if (colons) {
        *colons = '\0';
        app = what;
        data = colons + 2;
    }
    const sim_header headers[] = {{"call-command", "execute"},
                                  {"execute-app-name", app},
                                  {"execute-app-arg", data},
                                  {"lead-frames", "5"}};
    swio_sim_app_run(channel, app, data, NULL,
                     swio_sim_message_new(headers, sizeof headers / sizeof headers[0], 1));
}

static bool uuid_broadcast(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    if (!channel)
        return say(request, "-ERR invalid uuid\n");
    if (!*request->arg)
        return say(request, "-USAGE: <uuid> <path> [aleg|bleg|holdb|both]\n");
    say(request, "+OK Message sent\n");
    if (!channel->cause)
        broadcast(channel, request->arg);
    return true;
}

static bool uuid_break(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    if (!channel)
        return say(request, no_channel);
    swio_sim_apps_break(channel, strcasecmp(request->arg, "all") == 0);
    return say(request, "+OK\n");
}

static bool uuid_send_dtmf(sim_request *request)
{
    char *uuid = swio_sim_word(&request->arg);
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    if (!channel)
        return say(request, no_session);
    swio_buf_printf(&request->out, "+OK %s sent DTMF %s.\n", uuid, request->arg);
    return true;
}

static bool uuid_park(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    return say(request, channel ? "+OK\n" : no_channel);
}

static bool uuid_transfer(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    return say(request, channel ? "+OK\n" : no_channel);
}

static bool uuid_record(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    return say(request, channel ? "+OK Success\n" : no_session);
}

static bool uuid_dump(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    return say(request, channel ? "" : no_channel);
}

const sim_api swio_sim_api_channel[] = {
    {"uuid_exists", uuid_exists},
    {"uuid_answer", uuid_answer},
    {"uuid_pre_answer", uuid_pre_answer},
    {"uuid_kill", uuid_kill},
    {"uuid_getvar", uuid_getvar},
    {"uuid_setvar", uuid_setvar},
    {"uuid_setvar_multi", uuid_setvar_multi},
    {"uuid_broadcast", uuid_broadcast},
    {"uuid_break", uuid_break},
    {"uuid_send_dtmf", uuid_send_dtmf},
    {"uuid_park", uuid_park},
    {"uuid_transfer", uuid_transfer},
    {"uuid_record", uuid_record},
    {"uuid_dump", uuid_dump},
    {0},
};
