/* api commands about the switch itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/uuid.h"
#include "loop/loop.h"
#include "sim/command.h"
#include "sim/request.h"

#define VERSION "1.10.12-release"
#define GIT     "git a88d069 2024-08-02 21:02:27Z 64bit"

static bool status(sim_request *request)
{
    sim_node *node = request->node;
    swio_buf *out = &request->out;
    typedef unsigned long long u;
    swio_sim_node_roll(node);
    swio_buf_puts(out, "UP ");
    swio_sim_node_uptime(node, out);
    swio_buf_printf(out, "\nFreeSWITCH (Version " VERSION " " GIT ") is ready\n");
    swio_buf_printf(out, "%llu session(s) since startup\n", (u)node->sessions);
    swio_buf_printf(out, "%u session(s) - peak %llu, last 5min %llu \n", HASH_COUNT(node->channels),
                    (u)node->peak, (u)node->peak);
    swio_buf_printf(out, "%llu session(s) per Sec out of max %llu, peak %llu, last 5min %llu \n",
                    (u)node->cps_last, (u)node->sps, (u)node->cps_peak, (u)node->cps_peak);
    swio_buf_printf(out, "%llu session(s) max\n", (u)node->max_sessions);
    swio_buf_puts(out, "min idle cpu 0.00/95.00\nCurrent Stack Size/Max 240K/240K\n");
    return true;
}

static bool version(sim_request *request)
{
    if (strcasecmp(request->arg, "short") == 0)
        swio_buf_puts(&request->out, VERSION "\n");
    else
        swio_buf_puts(&request->out, "FreeSWITCH Version " VERSION
                                     "+git~20240802T210227Z~a88d069d6f~64bit (" GIT ")\n");
    return true;
}

static bool hostname(sim_request *request)
{
    swio_buf_puts(&request->out, "sim");
    return true;
}

static bool uptime(sim_request *request)
{
    static const struct {
        const char *unit;
        uint64_t ns;
    } units[] = {{"us", 1000},       {"ms", 1000000},      {"s", 1000000000},
                 {"m", 60000000000}, {"h", 3600000000000}, {"d", 86400000000000}};
    uint64_t ns = swio_sim_elapsed_ns(request->node->sim), unit = 1000000000;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcasecmp(request->arg, units[i].unit) == 0)
            unit = units[i].ns;
    swio_buf_printf(&request->out, "%llu\n", (unsigned long long)(ns / unit));
    return true;
}

static bool echo(sim_request *request)
{
    swio_buf_puts(&request->out, request->arg);
    return true;
}

static bool switchname(sim_request *request)
{
    swio_buf_puts(&request->out, request->node->name);
    return true;
}

static bool create_uuid(sim_request *request)
{
    swio_buf_puts(&request->out, swio_uuid_new().text);
    return true;
}

static const char *const levels[] = {"CONSOLE", "ALERT",  "CRIT", "ERR",
                                     "WARNING", "NOTICE", "INFO", "DEBUG"};

/* The number of a log level by name or number; -1: DISABLE. */
static int level_of(const char *word)
{
    if (*word >= '0' && *word <= '9')
        return atoi(word) % 8;
    for (int i = 0; i < 8; i++)
        if (strcasecmp(word, levels[i]) == 0)
            return i;
    return -1;
}

static const char *level_name(int level)
{
    return level < 0 ? "DISABLE" : levels[level];
}

static void fsctl_sps(sim_request *request, const char *arg)
{
    if (atoi(arg) > 0)
        request->node->sps = strtoull(arg, NULL, 10);
    swio_buf_printf(&request->out, "+OK sessions per second: %llu\n",
                    (unsigned long long)request->node->sps);
}

static void fsctl_max_sessions(sim_request *request, const char *arg)
{
    if (atoi(arg) > 0)
        request->node->max_sessions = strtoull(arg, NULL, 10);
    swio_buf_printf(&request->out, "+OK max sessions: %llu\n",
                    (unsigned long long)request->node->max_sessions);
}

static bool is_true(const char *word)
{
    static const char *const words[] = {"yes", "on", "true", "t", "enabled", "active", "allow"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(word, words[i]) == 0)
            return true;
    return atoi(word) != 0;
}

static void fsctl_verbose_events(sim_request *request, const char *arg)
{
    if (*arg)
        request->node->verbose = is_true(arg);
    swio_buf_printf(&request->out, "+OK verbose_events is %s \n",
                    request->node->verbose ? "on" : "off");
}

static void fsctl_loglevel(sim_request *request, const char *arg)
{
    if (*arg)
        request->node->loglevel = level_of(arg);
    int level = request->node->loglevel;
    swio_buf_printf(&request->out, "+OK log level: %s [%d]\n", level_name(level), level);
}

static void fsctl_last_sps(sim_request *request, const char *arg)
{
    (void)arg;
    swio_buf_printf(&request->out, "+OK last sessions per second: %llu\n",
                    (unsigned long long)request->node->cps_last);
}

static void fsctl_ok(sim_request *request, const char *arg)
{
    (void)arg;
    swio_buf_puts(&request->out, "+OK\n");
}

#define FSCTL_SYNTAX                                                                           \
    "[api_expansion [on|off]|recover|send_sighup|hupall|pause [inbound|outbound]|"             \
    "resume [inbound|outbound]|shutdown [cancel|elegant|asap|now|restart]|sps|sps_peak_reset|" \
    "sync_clock|sync_clock_when_idle|reclaim_mem|max_sessions|min_dtmf_duration [num]|"        \
    "max_dtmf_duration [num]|default_dtmf_duration [num]|min_idle_cpu|loglevel [level]|"       \
    "debug_level [level]|mdns_resolve [enable|disable]]"

static bool fsctl(sim_request *request)
{
    static const struct {
        const char *name;
        void (*run)(sim_request *, const char *);
    } actions[] = {
        {"sps", fsctl_sps},
        {"max_sessions", fsctl_max_sessions},
        {"verbose_events", fsctl_verbose_events},
        {"loglevel", fsctl_loglevel},
        {"last_sps", fsctl_last_sps},
        {"sps_peak_reset", fsctl_ok},
        {"sync_clock", fsctl_ok},
        {"reclaim_mem", fsctl_ok},
        {"send_sighup", fsctl_ok},
        {"pause", fsctl_ok},
        {"resume", fsctl_ok},
    };
    char *action = swio_sim_word(&request->arg);
    if (!*action) {
        swio_buf_puts(&request->out, "-USAGE: " FSCTL_SYNTAX "\n");
        return true;
    }
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (strcasecmp(actions[i].name, action) == 0) {
            actions[i].run(request, request->arg);
            return true;
        }
    swio_buf_puts(&request->out, "-ERR Invalid command\nUSAGE: fsctl " FSCTL_SYNTAX "\n");
    return true;
}

#define RULE "--------------------------------------------------------------------------------\n"

static bool console(sim_request *request)
{
    char *word = swio_sim_word(&request->arg);
    if (strcasecmp(word, "loglevel") != 0) {
        swio_buf_puts(&request->out, "USAGE:\n" RULE "console help\n"
                                     "console loglevel [[0-7] | <loglevel_string>]\n"
                                     "console uuid [on|off|toggle]\n"
                                     "console json [on|off|toggle]\n"
                                     "console colorize [on|off|toggle]\n" RULE);
        return true;
    }
    int level = level_of(request->arg);
    if (*request->arg && level < 0 && strcasecmp(request->arg, "disable") != 0) {
        swio_buf_printf(&request->out, "-ERR Invalid console loglevel (%s)!\n\n", request->arg);
        return true;
    }
    if (*request->arg)
        request->node->console_level = level;
    swio_buf_printf(&request->out, "+OK console log level set to %s\n",
                    level_name(request->node->console_level));
    return true;
}

/* Modules that are there, as far as anybody asks. */
static bool has_module(const char *name)
{
    static const char *const modules[] = {"mod_bert",     "mod_sofia",       "mod_event_socket",
                                          "mod_commands", "mod_dptools",     "mod_dialplan_xml",
                                          "mod_loopback", "mod_tone_stream", "mod_sndfile"};
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++)
        if (strcmp(modules[i], name) == 0)
            return true;
    return false;
}

static bool module_exists(sim_request *request)
{
    if (!*request->arg)
        return true;
    swio_buf_puts(&request->out, has_module(request->arg) ? "true" : "false");
    return true;
}

/* Everybody is sent away, and may come back. */
static void drop_clients(sim_node *node)
{
    static const char notice[] = "Content-Type: text/disconnect-notice\nContent-Length: 31\n\n"
                                 "The system is being shut down.\n";
    for (sim_client *client = node->clients; client; client = client->next) {
        swio_sim_client_reply(client, notice, sizeof notice - 1);
        swio_sim_client_finish(client);
    }
}

static bool reload(sim_request *request)
{
    const char *name = request->arg;
    if (strcmp(name, "mod_event_socket") == 0) {
        /* It cannot unload under the one who asks: it answers first, and goes then. */
        swio_buf_printf(&request->out, "+OK Job-UUID: %s\n", swio_uuid_new().text);
        sim_node *node = request->node;
        swio_sim_request_done(request);
        drop_clients(node);
        return false;
    }
    swio_buf_puts(&request->out, "+OK Reloading XML\n");
    if (has_module(name))
        swio_buf_puts(&request->out, "+OK module unloaded\n+OK module loaded\n");
    else
        swio_buf_puts(&request->out,
                      "-ERR unloading module [No such module!]\n"
                      "-ERR loading module [module load file routine returned an error]\n");
    return true;
}

static bool reloadxml(sim_request *request)
{
    swio_buf_puts(&request->out, "+OK [Success]\n");
    return true;
}

const sim_api swio_sim_api_switch[] = {
    {"status", status},
    {"version", version},
    {"hostname", hostname},
    {"uptime", uptime},
    {"switchname", switchname},
    {"echo", echo},
    {"create_uuid", create_uuid},
    {"fsctl", fsctl},
    {"console", console},
    {"module_exists", module_exists},
    {"reload", reload},
    {"reloadxml", reloadxml},
    {0},
};
