#include "sim/message.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/uuid.h"
#include "sim/apps.h"
#include "sim/channel.h"
#include "sim/flow.h"
#include "sim/tables.h"

static sim_message *message_of(const sim_command *command, int loops)
{
    sim_header headers[SIM_COMMAND_HEADERS + 1];
    headers[0] = (sim_header){"Command", command->line};
    memcpy(headers + 1, command->headers, command->header_count * sizeof headers[0]);
    return swio_sim_message_new(headers, command->header_count + 1, loops);
}

static void execute(sim_channel *channel, const sim_command *command)
{
    const char *app = swio_sim_command_header(command, "execute-app-name");
    const char *arg = swio_sim_command_header(command, "execute-app-arg");
    const char *loops = swio_sim_command_header(command, "loops");
    if (!app || channel->cause)
        return;
    if (!arg || !*arg)
        arg = command->body_len ? command->body : "";
    swio_sim_app_run(channel, app, arg, swio_sim_command_header(command, "Event-UUID"),
                     message_of(command, loops ? atoi(loops) : 1));
}

static void hang_up(sim_channel *channel, const sim_command *command)
{
    const char *cause = swio_sim_command_header(command, "hangup-cause");
    if (channel->cause)
        return;
    bool answered = channel->answered;
    swio_sim_hangup(channel, cause ? cause : "NORMAL_CLEARING");
    sim_message *message = message_of(command, 1);
    if (message && answered) {
        sim_args args = {.first = message->headers, .first_count = message->count};
        swio_sim_fire(channel->node, SIM_FROM_PRIVATE, channel, &args);
    }
    swio_sim_message_free(message);
}

void swio_sim_message_command(sim_command *command)
{
    sim_client *client = command->client;
    const char *uuid = !*command->arg && client->bound_to ? client->bound_to : command->arg;
    sim_channel *channel = swio_sim_channel_find(client->node, uuid);
    const char *what = swio_sim_command_header(command, "call-command");
    if (!channel) {
        swio_sim_client_say(client, "-ERR invalid session id [%s]", command->arg);
        return;
    }
    swio_sim_client_say(client, "+OK");
    if (!what)
        return;
    if (strcasecmp(what, "execute") == 0)
        execute(channel, command);
    else if (strcasecmp(what, "hangup") == 0)
        hang_up(channel, command);
}

/* A name that is no event's makes a CUSTOM one. What was given comes first, the subclass of CUSTOM
 * before all of it. */
void swio_sim_sendevent_command(sim_command *command)
{
    sim_client *client = command->client;
    int type = swio_sim_event_type_by_name(command->arg);
    swio_uuid made = swio_uuid_new();
    sim_header headers[SIM_COMMAND_HEADERS + 2];
    size_t count = 0;
    const char *subclass = NULL;
    if (type < 0)
        type = SIM_EV_CUSTOM;
    else if (type == SIM_EV_CUSTOM)
        subclass = swio_sim_command_header(command, "Event-Subclass");
    swio_sim_client_say(client, "+OK %s", made.text);
    if (subclass)
        headers[count++] = (sim_header){"Event-Subclass", subclass};
    headers[count++] = (sim_header){"Command", command->line};
    for (size_t i = 0; i < command->header_count; i++)
        if (!subclass || command->headers[i].value != subclass)
            headers[count++] = command->headers[i];
    headers[count++] = (sim_header){"Event-UUID", made.text};
    sim_args args = {
        .first = headers,
        .first_count = count,
        .subclass = subclass,
        .body = command->body_len ? command->body : NULL,
        .body_len = command->body_len,
    };
    swio_sim_fire_type(client->node, (sim_event_type)type, &args);
}
