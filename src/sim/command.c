#include "sim/command.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/uuid.h"
#include "sim/bound.h"
#include "sim/message.h"
#include "sim/request.h"

typedef void command_fn(sim_command *command);

char *swio_sim_word(char **rest)
{
    char *word = *rest + strspn(*rest, " ");
    char *end = word + strcspn(word, " ");
    *rest = *end ? end + 1 : end;
    if (*end)
        *end = '\0';
    *rest += strspn(*rest, " ");
    return word;
}

const char *swio_sim_command_header(const sim_command *command, const char *name)
{
    for (size_t i = 0; i < command->header_count; i++)
        if (strcasecmp(command->headers[i].name, name) == 0)
            return command->headers[i].value;
    return NULL;
}

size_t swio_sim_command_body(const char *bytes, size_t len)
{
    static const char name[] = "\ncontent-length:";
    for (size_t i = 0; i + sizeof name < len; i++)
        if (bytes[i] == '\n' && strncasecmp(bytes + i, name, sizeof name - 1) == 0) {
            long n = strtol(bytes + i + sizeof name - 1, NULL, 10);
            return n > 0 && n < 16 * 1024 * 1024 ? (size_t)n : 0;
        }
    return 0;
}

/* Cuts the lines apart. A line without a colon or without a value is skipped, as the switch does.
 */
static void take_apart(sim_command *command, char *bytes, size_t len)
{
    bytes[len - 1] = '\0';
    char *next;
    for (char *line = bytes; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        line[strcspn(line, "\r")] = '\0';
        if (line == bytes) {
            command->line = line;
            continue;
        }
        char *colon = strchr(line, ':');
        if (!colon || command->header_count == SIM_COMMAND_HEADERS)
            continue;
        *colon = '\0';
        const char *value = colon + 1 + strspn(colon + 1, " ");
        if (*value)
            command->headers[command->header_count++] = (sim_header){line, value};
    }
}

static void auth(sim_command *command)
{
    sim_client *client = command->client;
    if (strcmp(command->arg, client->node->sim->password) == 0) {
        client->authed = true;
        swio_sim_client_say(client, "+OK accepted");
        return;
    }
    swio_sim_client_say(client, "-ERR invalid");
    swio_sim_client_goodbye(client);
}

/* `userauth user@domain:password`; any user of the simulator has its password. */
static void userauth(sim_command *command)
{
    sim_client *client = command->client;
    char *colon = strchr(command->arg, ':');
    if (client->authed) {
        swio_sim_client_say(client, "-ERR command not found");
    } else if (colon && strchr(command->arg, '@') &&
               strcmp(colon + 1, client->node->sim->password) == 0) {
        client->authed = true;
        swio_sim_client_say(client, "+OK accepted");
    } else {
        swio_sim_client_say(client, "-ERR invalid");
        swio_sim_client_goodbye(client);
    }
}

static void api(sim_command *command)
{
    if (!*command->arg) {
        swio_sim_client_say(command->client, "-ERR command not found");
        return;
    }
    swio_sim_request_api(command->client, command->arg);
}

static void bgapi(sim_command *command)
{
    const char *given = swio_sim_command_header(command, "Job-UUID");
    swio_uuid made;
    if (!*command->arg) {
        swio_sim_client_say(command->client, "-ERR command not found");
        return;
    }
    if (!given || !*given) {
        made = swio_uuid_new();
        given = made.text;
    }
    swio_sim_client_say(command->client, "+OK Job-UUID: %s\nJob-UUID: %s", given, given);
    swio_sim_request_bgapi(command->client->node, given, command->arg);
}

static bool take_format(sim_client *client, const char *word)
{
    static const char *const names[] = {"plain", "json", "xml"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(word, names[i]) != 0)
            continue;
        client->format = (swio_event_format)i;
        return true;
    }
    return false;
}

/* The words of `event` and `nixevent`. Everything behind CUSTOM is a subclass. Returns how many
 * were keywords. */
static size_t take_events(sim_client *client, char *rest, bool on)
{
    size_t keys = 0;
    bool custom = false;
    while (*rest) {
        char *word = swio_sim_word(&rest);
        if (keys == 0 && on && take_format(client, word))
            continue;
        int type = swio_sim_event_type_by_name(word);
        if (custom) {
            swio_sim_client_subscribe_subclass(client, word, on);
            keys++;
        } else if (strcasecmp(word, "all") == 0) {
            for (int i = 0; i < SIM_EVENT_COUNT; i++)
                swio_sim_client_subscribe(client, (sim_event_type)i, on);
            client->all_custom = on;
            keys++;
        } else if (type == SIM_EV_CUSTOM) {
            custom = true;
            keys++;
        } else if (type >= 0) {
            swio_sim_client_subscribe(client, (sim_event_type)type, on);
            keys++;
        }
    }
    return keys;
}

static void event(sim_command *command)
{
    static const char *const names[] = {"plain", "json", "xml"};
    if (take_events(command->client, command->arg, true))
        swio_sim_client_say(command->client, "+OK event listener enabled %s",
                            names[command->client->format]);
    else
        swio_sim_client_say(command->client, "-ERR no keywords supplied");
}

static void nixevent(sim_command *command)
{
    if (take_events(command->client, command->arg, false))
        swio_sim_client_say(command->client, "+OK events nixed");
    else
        swio_sim_client_say(command->client, "-ERR no keywords supplied");
}

static void noevents(sim_command *command)
{
    swio_sim_client_unsubscribe_all(command->client);
    swio_sim_client_say(command->client, "+OK no longer listening for events");
}

static void filter(sim_command *command)
{
    char *rest = command->arg;
    char *name = swio_sim_word(&rest);
    bool deletes = strcasecmp(name, "delete") == 0;
    if (deletes || strcasecmp(name, "add") == 0)
        name = swio_sim_word(&rest);
    if (!*name || (!deletes && !*rest)) {
        swio_sim_client_say(command->client, "-ERR %s",
                            *command->arg ? "invalid syntax" : "command not found");
    } else if (deletes) {
        swio_sim_client_filter_delete(command->client, name, rest);
        swio_sim_client_say(command->client, "+OK filter deleted. [%s][%s]", name, rest);
    } else if (swio_sim_client_filter_add(command->client, name, rest)) {
        swio_sim_client_say(command->client, "-ERR could not add filter");
    } else {
        swio_sim_client_say(command->client, "+OK filter added. [%s]=[%s]", name, rest);
    }
}

static void log_on(sim_command *command)
{
    static const char *const names[] = {"CONSOLE", "ALERT",  "CRIT", "ERR",
                                        "WARNING", "NOTICE", "INFO", "DEBUG"};
    int level = 7;
    if (*command->arg >= '0' && *command->arg <= '9')
        level = atoi(command->arg);
    for (int i = 0; i < 8; i++)
        if (strcasecmp(command->arg, names[i]) == 0)
            level = i;
    command->client->log_level = level;
    swio_sim_client_say(command->client, "+OK log level %s [%d]",
                        *command->arg ? command->arg : "DEBUG", level);
}

static void nolog(sim_command *command)
{
    command->client->log_level = -1;
    swio_sim_client_say(command->client, "+OK no longer logging");
}

void swio_sim_client_goodbye(sim_client *client)
{
    static const char notice[] =
        "Content-Type: text/disconnect-notice\nContent-Length: 67\n\n"
        "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n";
    swio_sim_client_reply(client, notice, sizeof notice - 1);
    swio_sim_client_finish(client);
}

static void leave(sim_command *command)
{
    swio_sim_client_say(command->client, "+OK bye");
    swio_sim_client_goodbye(command->client);
}

static const struct {
    const char *name;
    command_fn *run;
    bool before_auth;
} commands[] = {
    {"auth", auth, true},
    {"userauth", userauth, true},
    {"exit", leave, true},
    {"...", leave, true},
    {"api", api, false},
    {"bgapi", bgapi, false},
    {"event", event, false},
    {"nixevent", nixevent, false},
    {"noevents", noevents, false},
    {"filter", filter, false},
    {"log", log_on, false},
    {"nolog", nolog, false},
    {"linger", swio_sim_linger_command, false},
    {"nolinger", swio_sim_nolinger_command, false},
    {"divert_events", swio_sim_divert_command, false},
    {"getvar", swio_sim_getvar_command, false},
    {"myevents", swio_sim_myevents_command, false},
    {"sendmsg", swio_sim_message_command, false},
    {"sendevent", swio_sim_sendevent_command, false},
};

void swio_sim_command_run(sim_client *client, char *bytes, size_t len, size_t body_len)
{
    sim_command command = {.client = client, .body = bytes + len, .body_len = body_len};
    swio_sim_node_tick(client->node);
    take_apart(&command, bytes, len);
    /* The line stays whole for PRIVATE_COMMAND: words are split off a copy of it. */
    char *copy = swio_strdup(command.line);
    if (!copy) {
        swio_sim_client_close(client);
        return;
    }
    command.arg = copy;
    command.name = swio_sim_word(&command.arg);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcasecmp(commands[i].name, command.name) != 0)
            continue;
        if (!client->authed && !commands[i].before_auth)
            break;
        commands[i].run(&command);
        swio_free(copy);
        return;
    }
    swio_sim_client_say(client, "-ERR command not found");
    swio_free(copy);
}
