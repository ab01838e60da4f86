#include "sim/bound.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "loop/loop.h"
#include "sim/channel.h"
#include "sim/tables.h"

enum { LINGER_FOR_EVER = -1, NO_LINGER = -2 };

/* parse_command(): what a session has to tell. Neither its call state nor what is played to it. */
static const sim_event_type session_events[] = {
    SIM_EV_CHANNEL_ANSWER,
    SIM_EV_CHANNEL_APPLICATION,
    SIM_EV_CHANNEL_BRIDGE,
    SIM_EV_CHANNEL_CREATE,
    SIM_EV_CHANNEL_DESTROY,
    SIM_EV_CHANNEL_EXECUTE,
    SIM_EV_CHANNEL_EXECUTE_COMPLETE,
    SIM_EV_CHANNEL_HANGUP,
    SIM_EV_CHANNEL_HANGUP_COMPLETE,
    SIM_EV_CHANNEL_ORIGINATE,
    SIM_EV_CHANNEL_OUTGOING,
    SIM_EV_CHANNEL_PARK,
    SIM_EV_CHANNEL_PROGRESS,
    SIM_EV_CHANNEL_PROGRESS_MEDIA,
    SIM_EV_CHANNEL_STATE,
    SIM_EV_CHANNEL_UNBRIDGE,
    SIM_EV_CHANNEL_UNPARK,
    SIM_EV_DETECTED_TONE,
    SIM_EV_DTMF,
    SIM_EV_MESSAGE,
    SIM_EV_TALK,
    SIM_EV_NOTALK,
};

/* A session that is not there binds nothing, and the events of all sessions come: as recorded. */
static bool bind_to(sim_client *client, const char *uuid)
{
    client->linger = NO_LINGER;
    if (!swio_sim_channel_find(client->node, uuid))
        return true;
    client->bound_to = swio_strdup(uuid);
    return client->bound_to != NULL;
}

void swio_sim_myevents_command(sim_command *command)
{
    sim_client *client = command->client;
    char *rest = command->arg;
    const char *uuid = swio_sim_word(&rest);
    if (client->bound_to) {
        swio_sim_client_say(client, "-ERR aready enabled."); /* spelt so */
        return;
    }
    if (!*uuid) {
        swio_sim_client_say(client, "-ERR command not found");
        return;
    }
    if (!bind_to(client, uuid)) {
        swio_sim_client_close(client);
        return;
    }
    for (size_t i = 0; i < sizeof session_events / sizeof session_events[0]; i++)
        swio_sim_client_subscribe(client, session_events[i], true);
    swio_sim_client_say(client, "+OK Events Enabled");
}

void swio_sim_getvar_command(sim_command *command)
{
    sim_client *client = command->client;
    swio_buf value = {0};
    sim_channel *channel =
        client->bound_to ? swio_sim_channel_find(client->node, client->bound_to) : NULL;
    if (channel && swio_sim_channel_get(channel, command->arg, &value) && value.data)
        swio_sim_client_say(client, "%s", value.data);
    else
        swio_sim_client_say(client, "-ERR command not found");
    swio_buf_free(&value);
}

void swio_sim_linger_command(sim_command *command)
{
    sim_client *client = command->client;
    if (!client->bound_to) {
        swio_sim_client_say(client, "-ERR not controlling a session");
    } else if (*command->arg) {
        int seconds = atoi(command->arg);
        client->linger = seconds > 0 ? seconds : 0;
        swio_sim_client_say(client, "+OK will linger %d seconds", client->linger);
    } else {
        client->linger = LINGER_FOR_EVER;
        swio_sim_client_say(client, "+OK will linger");
    }
}

void swio_sim_nolinger_command(sim_command *command)
{
    sim_client *client = command->client;
    client->linger = NO_LINGER;
    swio_sim_client_say(client, client->bound_to ? "+OK will not linger"
                                                 : "-ERR not controlling a session");
}

void swio_sim_divert_command(sim_command *command)
{
    sim_client *client = command->client;
    if (!client->bound_to)
        swio_sim_client_say(client, "-ERR not controlling a session.");
    else if (!*command->arg)
        swio_sim_client_say(client, "-ERR missing value.");
    else
        swio_sim_client_say(client, "+OK events%s diverted",
                            strcasecmp(command->arg, "on") == 0 ? "" : " not");
}

static void say_goodbye(sim_client *client)
{
    static const char words[] =
        "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n";
    swio_buf head = {0};
    swio_buf_printf(&head,
                    "Content-Type: text/disconnect-notice\nControlled-Session-UUID: %s\n"
                    "Content-Disposition: disconnect\nContent-Length: %zu\n\n",
                    client->bound_to, sizeof words - 1);
    swio_sim_client_notice(client, head.data, head.len, words, sizeof words - 1);
    swio_buf_free(&head);
    swio_sim_client_finish(client);
}

static void has_lingered(void *arg)
{
    sim_client *client = arg;
    swio_sim *sim = client->node->sim;
    swio_sim_enter(sim);
    say_goodbye(client);
    swio_sim_leave(sim);
}

static void linger(sim_client *client, const sim_channel *channel)
{
    size_t len;
    const char *name = swio_sim_text(channel, channel->name, &len);
    swio_buf head = {0};
    swio_buf_printf(&head,
                    "Content-Type: text/disconnect-notice\nControlled-Session-UUID: %s\n"
                    "Content-Disposition: linger\nChannel-Name: %.*s\nLinger-Time: %d\n"
                    "Content-Length: 0\n\n",
                    client->bound_to, (int)len, name ? name : "", client->linger);
    swio_sim_client_notice(client, head.data, head.len, "", 0);
    swio_buf_free(&head);
    if (client->linger >= 0)
        swio_sim_after(client->node->sim, &client->lingering, client->linger, has_lingered, client);
}

void swio_sim_bound_ended(const sim_channel *channel)
{
    for (sim_client *client = channel->node->clients; client; client = client->next) {
        if (!client->bound_to || strcmp(client->bound_to, channel->uuid) != 0)
            continue;
        if (client->linger == NO_LINGER)
            say_goodbye(client);
        else
            linger(client, channel);
        client->ended = true;
    }
}
