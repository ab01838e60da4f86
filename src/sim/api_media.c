/* api commands on the media of one channel: broadcast, record, dtmf, hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/apps.h"
#include "sim/bug.h"
#include "sim/channel.h"
#include "sim/command.h"
#include "sim/digits.h"
#include "sim/flow.h"
#include "sim/plan.h"
#include "sim/request.h"

static const char no_channel[] = "-ERR No such channel!\n";
static const char no_session[] = "-ERR Cannot locate session!\n";

static bool say(sim_request *request, const char *text)
{
    swio_buf_puts(&request->out, text);
    return true;
}

static sim_channel *take_channel(sim_request *request)
{
    return swio_sim_channel_find(request->node, swio_sim_word(&request->arg));
}

/* switch_ivr_broadcast() makes the message as an event: it has what every event starts with. */
enum { MESSAGE_HEADERS = 20 };

typedef struct message_text {
    char line[8], sequence[24], now[24];
    sim_header headers[MESSAGE_HEADERS];
    size_t count;
} message_text;

static void add(message_text *m, const char *name, const char *value)
{
    m->headers[m->count++] = (sim_header){name, value};
}

static void begin_message(message_text *m, sim_node *node)
{
    m->count = 0;
    snprintf(m->line, sizeof m->line, "5731");
    m->sequence[swio_sim_digits(m->sequence, ++node->sequence)] = '\0';
    m->now[swio_sim_digits(m->now, node->clock.now)] = '\0';
    add(m, "Event-Name", "COMMAND");
    add(m, "Core-UUID", node->core_uuid);
    add(m, "FreeSWITCH-Hostname", "sim");
    add(m, "FreeSWITCH-Switchname", node->name);
    add(m, "FreeSWITCH-IPv4", node->ip);
    add(m, "FreeSWITCH-IPv6", "::1");
    add(m, "Event-Date-Local", node->clock.local);
    add(m, "Event-Date-GMT", node->clock.gmt);
    add(m, "Event-Date-Timestamp", m->now);
    add(m, "Event-Calling-File", "switch_ivr_async.c");
    add(m, "Event-Calling-Function", "switch_ivr_broadcast");
    add(m, "Event-Calling-Line-Number", m->line);
    add(m, "Event-Sequence", m->sequence);
}

/* The leg behind the last blank: "aleg", "bleg", "both", "holdb"; "" where there is none. */
static const char *cut_leg(char *what)
{
    static const char *const legs[] = {"aleg", "bleg", "both", "holdb"};
    size_t len = strlen(what);
    while (len && what[len - 1] == ' ')
        what[--len] = '\0';
    char *last = strrchr(what, ' ');
    for (size_t i = 0; last && i < sizeof legs / sizeof legs[0]; i++)
        if (strcasecmp(last + 1, legs[i]) == 0) {
            *last = '\0';
            return legs[i];
        }
    return "";
}

static void broadcast_to(sim_channel *channel, const char *app, const char *data, bool hold)
{
    message_text m;
    begin_message(&m, channel->node);
    add(&m, "call-command", "execute");
    add(&m, "execute-app-name", app);
    if (*data)
        add(&m, "execute-app-arg", data);
    add(&m, "event-lock", "true");
    add(&m, "lead-frames", "5");
    if (hold)
        add(&m, "hold-bleg", "true");
    swio_sim_app_run(channel, app, data, NULL, swio_sim_message_new(m.headers, m.count, 1));
}

/* "app::data", "app!cause::data" or a file. */
static void broadcast(sim_channel *channel, char *what)
{
    const char *leg = cut_leg(what);
    const char *app = "playback", *data = what;
    char *colons = strstr(what, "::");
    if (colons) {
        *colons = '\0';
        app = what;
        data = colons + 2;
        what[strcspn(what, "!")] = '\0';
    }
    bool bleg = strcmp(leg, "bleg") == 0 || strcmp(leg, "both") == 0;
    if (bleg && channel->partner && !channel->partner->cause)
        broadcast_to(channel->partner, app, data, false);
    if (strcmp(leg, "bleg") != 0)
        broadcast_to(channel, app, data, !*leg || strcmp(leg, "holdb") == 0);
}

static bool uuid_broadcast(sim_request *request)
{
    char *uuid = swio_sim_word(&request->arg);
    if (!*uuid || !*request->arg)
        return say(request, "-USAGE: <uuid> <path> [aleg|bleg|holdb|both]\n");
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    if (!channel)
        return say(request, "-ERR invalid uuid\n");
    say(request, "+OK Message sent\n");
    if (!channel->cause)
        broadcast(channel, request->arg);
    return true;
}

static bool uuid_break(sim_request *request)
{
    char *uuid = swio_sim_word(&request->arg);
    if (!*uuid)
        return say(request, "-USAGE: <uuid> [all]\n");
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    if (!channel)
        return say(request, no_channel);
    swio_sim_apps_break(channel, strcasecmp(request->arg, "all") == 0);
    return say(request, "+OK\n");
}

static bool uuid_record(sim_request *request)
{
    static const char usage[] =
        "-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>] [<recording_vars>]\n";
    char *uuid = swio_sim_word(&request->arg);
    char *action = swio_sim_word(&request->arg);
    char *path = swio_sim_word(&request->arg);
    if (!*uuid)
        return say(request, usage);
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    if (!channel)
        return say(request, no_session);
    if (!*action || !*path)
        return say(request, usage);
    if (strcasecmp(action, "start") == 0) {
        if (!channel->cause && !swio_sim_recording(channel, path))
            swio_sim_record_start(channel, path);
    } else if (strcasecmp(action, "stop") == 0) {
        if (!swio_sim_record_stop(channel, path))
            return say(request, "-ERR Cannot stop record session!\n");
    } else if (strcasecmp(action, "mask") == 0 || strcasecmp(action, "unmask") == 0) {
        if (!swio_sim_recording(channel, path))
            return say(request, strcasecmp(action, "mask") == 0
                                    ? "-ERR Cannot mask recording session!\n"
                                    : "-ERR Cannot unmask recording session!\n");
    } else {
        return say(request, usage);
    }
    return say(request, "+OK Success\n");
}

static bool uuid_audio(sim_request *request)
{
    static const char usage[] = "-USAGE: <uuid> [start [read|write] [mute|level <level>]|stop]\n";
    char *uuid = swio_sim_word(&request->arg);
    char *action = swio_sim_word(&request->arg);
    char *direction = swio_sim_word(&request->arg);
    char *what = swio_sim_word(&request->arg);
    if (!*uuid || !*action)
        return say(request, usage);
    bool read = strcasecmp(direction, "read") == 0, write = strcasecmp(direction, "write") == 0;
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    if (!channel)
        return say(request, no_channel);
    if (strcasecmp(action, "stop") == 0)
        swio_sim_audio_stop(channel);
    else if (strcasecmp(action, "start") == 0 && (read || write) && *what && *request->arg)
        swio_sim_audio_start(channel, read ? SIM_READ : SIM_WRITE, what, atol(request->arg));
    else
        return say(request, usage);
    return say(request, "+OK\n");
}

static bool send_dtmf(sim_request *request, bool receive)
{
    char *uuid = swio_sim_word(&request->arg);
    if (!*uuid || !*request->arg)
        return say(request, "-USAGE: <uuid> <dtmf_data>\n");
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    if (!channel)
        return say(request, no_session);
    bool sent = receive ? swio_sim_digits_receive(channel, request->arg)
                        : swio_sim_digits_send(channel, request->arg);
    if (!sent)
        return say(request, "-ERR Operation failed\n");
    swio_buf_printf(&request->out, "+OK %s %s DTMF %s.\n", uuid, receive ? "received" : "sent",
                    request->arg);
    return true;
}

static bool uuid_send_dtmf(sim_request *request)
{
    return send_dtmf(request, false);
}

static bool uuid_recv_dtmf(sim_request *request)
{
    return send_dtmf(request, true);
}

/* "[off|toggle] <uuid>"; an unknown uuid is a success as well. */
static bool uuid_hold(sim_request *request)
{
    char *word = swio_sim_word(&request->arg);
    bool off = strcasecmp(word, "off") == 0, toggle = strcasecmp(word, "toggle") == 0;
    if (off || toggle)
        word = swio_sim_word(&request->arg);
    if (!*word)
        return say(request, "-USAGE: [off|toggle] <uuid> [<display>]\n-ERR Operation failed\n");
    sim_channel *channel = swio_sim_channel_find(request->node, word);
    if (channel)
        swio_sim_hold(channel, toggle ? channel->callstate != SIM_CCS_HELD : !off);
    return say(request, "+OK Success\n");
}

static bool uuid_park(sim_request *request)
{
    sim_channel *channel = take_channel(request);
    if (!channel)
        return say(request, no_channel);
    swio_sim_park(channel);
    return say(request, "+OK\n");
}

static bool uuid_transfer(sim_request *request)
{
    char *uuid = swio_sim_word(&request->arg);
    char *extension = swio_sim_word(&request->arg);
    bool bleg = strcasecmp(extension, "-bleg") == 0, both = strcasecmp(extension, "-both") == 0;
    if (bleg || both)
        extension = swio_sim_word(&request->arg);
    char *dialplan = swio_sim_word(&request->arg);
    if (!*extension)
        return say(request, "-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n");
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    sim_channel *partner = channel ? channel->partner : NULL;
    if (!channel || (bleg && !partner))
        return say(request, no_channel);
    if (!bleg)
        swio_sim_transfer(channel, extension, dialplan, request->arg);
    if ((bleg || both) && partner)
        swio_sim_transfer(partner, extension, dialplan, request->arg);
    return say(request, "+OK\n");
}

const sim_api swio_sim_api_media[] = {
    {"uuid_broadcast", uuid_broadcast}, {"uuid_break", uuid_break},
    {"uuid_record", uuid_record},       {"uuid_audio", uuid_audio},
    {"uuid_send_dtmf", uuid_send_dtmf}, {"uuid_recv_dtmf", uuid_recv_dtmf},
    {"uuid_hold", uuid_hold},           {"uuid_park", uuid_park},
    {"uuid_transfer", uuid_transfer},   {0},
};
