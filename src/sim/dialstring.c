/* Reading what an originate or bridge is given. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sim/cause.h"
#include "sim/originate.h"
#include "sim/sim.h"

size_t swio_sim_split(char *text, char **parts, size_t most)
{
    size_t count = 0;
    char *at = text;
    while (count < most) {
        at += strspn(at, " ");
        if (!*at)
            break;
        char *to = at;
        parts[count++] = at;
        if (count == most)
            break;
        bool quoted = false;
        for (; *at && (quoted || *at != ' '); at++) {
            if (*at == '\\' && at[1])
                *to++ = *at++; /* kept for who splits at commas */
            if (*at == '\'' && at[-1] != '\\') {
                quoted = !quoted;
                *to++ = '\'';
                continue;
            }
            *to++ = *at;
        }
        bool more = *at != '\0';
        *to = '\0';
        at += more;
    }
    return count;
}

/* The brace that closes the one at `open`, outside of quotes. */
static char *closing_brace(char *open)
{
    bool quoted = false;
    int depth = 0;
    for (char *at = open; *at; at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (*at == '\'')
            quoted = !quoted;
        else if (!quoted && *at == '{')
            depth++;
        else if (!quoted && *at == '}' && --depth == 0)
            return at;
    }
    return NULL;
}

/* Takes quotes and backslashes away. */
static void unquote(char *text)
{
    char *to = text;
    for (; *text; text++) {
        if (*text == '\\' && (text[1] == ',' || text[1] == '\'' || text[1] == '\\'))
            text++;
        else if (*text == '\'')
            continue;
        *to++ = *text;
    }
    *to = '\0';
}

/* The next separator outside of quotes, or the end. */
static char *next_part(char *at, char separator)
{
    bool quoted = false;
    for (; *at && (quoted || *at != separator); at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (*at == '\'')
            quoted = !quoted;
    }
    return at;
}

char *swio_sim_vars_take(char *dial, sim_vars *vars)
{
    vars->count = 0;
    while (*dial == '{') {
        char *close = closing_brace(dial);
        if (!close)
            return NULL;
        *close = '\0';
        char separator = ',';
        char *at = dial + 1;
        if (at[0] == '^' && at[1] == '^' && at[2]) {
            separator = at[2];
            at += 3;
        }
        while (*at) {
            char *stop = next_part(at, separator);
            bool more = *stop != '\0';
            *stop = '\0';
            char *equals = strchr(at, '=');
            if (equals && vars->count < SIM_VARS) {
                *equals = '\0';
                unquote(equals + 1);
                vars->list[vars->count++] = (sim_header){at + strspn(at, " "), equals + 1};
            }
            at = stop + more;
        }
        dial = close + 1;
    }
    return dial;
}

const char *swio_sim_vars_get(const sim_vars *vars, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < vars->count; i++)
        if (strcasecmp(vars->list[i].name, name) == 0)
            value = vars->list[i].value;
    return value && *value ? value : NULL;
}

static void copy_part(char *to, size_t room, const char *from, size_t len)
{
    snprintf(to, room, "%.*s", (int)(len < room ? len : room - 1), from);
}

/* "[::1]:5060" or "10.0.0.1:5060" in two. */
static void cut_host(sim_target *target)
{
    const char *colon = strrchr(target->hostport, ':');
    const char *bracket = strchr(target->hostport, ']');
    if (colon && colon < bracket)
        colon = NULL;
    size_t len = colon ? (size_t)(colon - target->hostport) : strlen(target->hostport);
    copy_part(target->host, sizeof target->host, target->hostport, len);
    copy_part(target->port, sizeof target->port, colon ? colon + 1 : "", colon ? 7 : 0);
}

/* The address of ";fs_path=sip:10.0.0.1:5060" without its parameters. */
static void take_route(sim_target *target, const char *params)
{
    const char *path = params ? strcasestr(params, "fs_path=") : NULL;
    if (!path)
        return;
    path += strlen("fs_path=");
    copy_part(target->route, sizeof target->route, path, strcspn(path, ";"));
}

static void parse_url(const char *url, sim_target *target)
{
    *target = (sim_target){.user = ""};
    if (strncasecmp(url, "sip:", 4) == 0)
        url += 4;
    copy_part(target->url, sizeof target->url, url, strlen(url));
    const char *params = strchr(url, ';');
    size_t len = params ? (size_t)(params - url) : strlen(url);
    const char *at = memchr(url, '@', len);
    if (at)
        copy_part(target->user, sizeof target->user, url, (size_t)(at - url));
    const char *host = at ? at + 1 : url;
    copy_part(target->hostport, sizeof target->hostport, host, len - (size_t)(host - url));
    cut_host(target);
    take_route(target, params);
}

/* Where the INVITE goes first: the route, else what the URI names; port 5060 where none is. */
static void next_hop(sim_target *target)
{
    const char *hop = *target->route ? target->route : target->hostport;
    if (strncasecmp(hop, "sip:", 4) == 0)
        hop += 4;
    const char *user_end = strchr(hop, '@');
    if (user_end)
        hop = user_end + 1;
    const char *colon = strrchr(hop, ':'), *bracket = strchr(hop, ']');
    bool has_port = colon && (!bracket || colon > bracket);
    snprintf(target->next, sizeof target->next, has_port ? "%.130s" : "%.130s:5060", hop);
}

static sim_profile *reach(sim_node *node, sim_dial *dial)
{
    swio_sim *sim = node->sim;
    sim_target *target = &dial->target;
    next_hop(target);
    if (!*sim->proxy || strcmp(target->next, sim->proxy) != 0)
        return swio_sim_profile_at(sim, target->next);
    char named[sizeof target->hostport + 8];
    snprintf(named, sizeof named, *target->port ? "%s" : "%s:5060", target->hostport);
    sim_profile *to = swio_sim_profile_at(sim, named);
    return to ? to : dial->from;
}

const char *swio_sim_dial_parse(sim_node *node, const char *dial, sim_dial *out)
{
    *out = (sim_dial){0};
    if (strncasecmp(dial, "error/", 6) == 0)
        return swio_sim_cause_find(dial + 6)->name;
    if (strncasecmp(dial, "user/", 5) == 0)
        return "SUBSCRIBER_ABSENT"; /* the directory is empty */
    if (strncasecmp(dial, "sofia/", 6) != 0)
        return "CHAN_NOT_IMPLEMENTED";
    const char *profile = dial + 6;
    const char *slash = strchr(profile, '/');
    if (!slash)
        return "INVALID_URL";
    char name[64];
    copy_part(name, sizeof name, profile, (size_t)(slash - profile));
    if (strcasecmp(name, "gateway") == 0) {
        const char *gateway_end = strchr(slash + 1, '/');
        if (!gateway_end || !*node->sim->proxy)
            return "INVALID_GATEWAY";
        /* Every gateway is the simulated proxy. */
        char url[256];
        const char *user = gateway_end + 1;
        snprintf(url, sizeof url, strchr(user, '@') ? "%.120s;fs_path=sip:%s" : "%.120s@%s", user,
                 node->sim->proxy);
        parse_url(url, &out->target);
        out->from = &node->external;
    } else {
        out->from = swio_sim_node_profile(node, name);
        if (!out->from)
            return "INVALID_PROFILE";
        parse_url(slash + 1, &out->target);
    }
    if (!*out->target.hostport)
        return "INVALID_URL";
    out->to = reach(node, out);
    return NULL;
}
