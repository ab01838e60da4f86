/* The api command sofia: profiles and their addresses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/channel.h"
#include "sim/command.h"
#include "sim/request.h"
#include "sim/sim.h"

/* A line of `sofia status profile`, and the same fact's element in xmlstatus. */
typedef struct fact {
    const char *label, *element, *value;
} fact;

enum { FACTS = 40 };

static size_t facts_of(const sim_profile *profile, char (*texts)[160], fact *facts)
{
    const char *ip = profile->ip;
    bool external = strcmp(profile->name, "external") == 0;
    snprintf(texts[0], sizeof texts[0], "sip:mod_sofia@%s", profile->address);
    snprintf(texts[1], sizeof texts[1], "sip:mod_sofia@%s;maddr=%s;transport=udp,tcp",
             profile->address, ip);
    const fact list[] = {
        {"Name", "name", profile->name},
        {"Domain Name", "domain-name", "N/A"},
        {"Auto-NAT", "auto-nat", "false"},
        {"DBName", "db-name", external ? "sofia_reg_external" : "sofia_reg_internal"},
        {"Pres Hosts", "pres-hosts", ""},
        {"Dialplan", "dialplan", "XML"},
        {"Context", "context", "switchio"},
        {"Challenge Realm", "challenge-realm", "auto_to"},
        {"RTP-IP", "rtp-ip", ip},
        {"Ext-RTP-IP", "ext-rtp-ip", ip},
        {"SIP-IP", "sip-ip", ip},
        {"Ext-SIP-IP", "ext-sip-ip", ip},
        {"URL", "url", texts[0]},
        {"BIND-URL", "bind-url", texts[1]},
        {"HOLD-MUSIC", "hold-music", "N/A"},
        {"OUTBOUND-PROXY", "outbound-proxy", "N/A"},
        {"CODECS IN", "inbound-codecs", "PCMU,PCMA"},
        {"CODECS OUT", "outbound-codecs", "PCMU,PCMA"},
        {"TEL-EVENT", "tel-event", "101"},
        {"DTMF-MODE", "dtmf-mode", "rfc2833"},
        {"CNG", "cng", "13"},
        {"SESSION-TO", "session-to", "0"},
        {"MAX-DIALOG", "max-dialog", "0"},
        {"MAX-RECV-RPS", "max-recv-rps", "0"},
        {"NOMEDIA", "nomedia", "false"},
        {"LATE-NEG", "late-neg", "false"},
        {"PROXY-MEDIA", "proxy-media", "false"},
        {"AGGRESSIVENAT", "aggressive-nat", "false"},
    };
    memcpy(facts, list, sizeof list);
    return sizeof list / sizeof list[0];
}

static const char rule[] =
    "=================================================================================================\n";

static void status_of(const sim_profile *profile, swio_buf *out)
{
    typedef unsigned long long u;
    char texts[2][160];
    fact facts[FACTS];
    size_t count = facts_of(profile, texts, facts);
    swio_buf_puts(out, rule);
    for (size_t i = 0; i < count; i++)
        swio_buf_printf(out, "%-17s\t%s\n", facts[i].label, facts[i].value);
    swio_buf_printf(out,
                    "CALLS-IN         \t%llu\nFAILED-CALLS-IN  \t%llu\nCALLS-OUT        \t%llu\n"
                    "FAILED-CALLS-OUT \t%llu\nREGISTRATIONS    \t0\n",
                    (u)profile->calls_in, (u)profile->failed_in, (u)profile->calls_out,
                    (u)profile->failed_out);
}

static void xmlstatus_of(const sim_profile *profile, swio_buf *out)
{
    typedef unsigned long long u;
    char texts[2][160];
    fact facts[FACTS];
    size_t count = facts_of(profile, texts, facts);
    swio_buf_puts(out, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<profile>\n"
                       "  <profile-info>\n");
    for (size_t i = 0; i < count; i++)
        swio_buf_printf(out, "    <%s>%s</%s>\n", facts[i].element, facts[i].value,
                        facts[i].element);
    swio_buf_printf(out,
                    "    <calls-in>%llu</calls-in>\n    <calls-out>%llu</calls-out>\n"
                    "    <failed-calls-in>%llu</failed-calls-in>\n"
                    "    <failed-calls-out>%llu</failed-calls-out>\n"
                    "    <registrations>0</registrations>\n  </profile-info>\n</profile>\n",
                    (u)profile->calls_in, (u)profile->calls_out, (u)profile->failed_in,
                    (u)profile->failed_out);
}

static unsigned legs_of(const sim_profile *profile)
{
    unsigned count = 0;
    for (const sim_channel *c = profile->node->channels; c; c = c->hh.next)
        count += c->profile == profile;
    return count;
}

static void status_of_all(const sim_node *node, swio_buf *out)
{
    const sim_profile *const profiles[] = {&node->external, &node->internal};
    swio_buf_printf(out, "%25s\t%s\t  %40s\t%s\n", "Name", "   Type", "Data", "State");
    swio_buf_puts(out, rule);
    for (int i = 0; i < 2; i++) {
        char url[96];
        snprintf(url, sizeof url, "sip:mod_sofia@%s", profiles[i]->address);
        swio_buf_printf(out, "%25s\t%s\t  %40s\tRUNNING (%u)\n", profiles[i]->name, "profile", url,
                        legs_of(profiles[i]));
    }
    swio_buf_puts(out, rule);
    swio_buf_puts(out, "2 profiles 0 aliases\n");
}

static bool say(sim_request *request, const char *text)
{
    swio_buf_puts(&request->out, text);
    return true;
}

/* `sofia profile NAME rescan` and the like: nothing changes, and that is said. */
static bool profile_command(sim_request *request, const char *name, const char *action)
{
    if (!swio_sim_node_profile(request->node, name)) {
        swio_buf_printf(&request->out, "Invalid Profile [%s]", name);
        return true;
    }
    if (strcasecmp(action, "rescan") == 0)
        return say(request, "Reload XML [Success]\n+OK scan complete\n");
    return say(request, "+OK\n");
}

static bool status(sim_request *request, bool xml)
{
    char *kind = swio_sim_word(&request->arg);
    char *name = swio_sim_word(&request->arg);
    if (strcasecmp(kind, "profile") != 0 || !*name) {
        status_of_all(request->node, &request->out);
        return true;
    }
    const sim_profile *profile = swio_sim_node_profile(request->node, name);
    if (!profile)
        return say(request, "Invalid Profile!\n");
    if (xml)
        xmlstatus_of(profile, &request->out);
    else
        status_of(profile, &request->out);
    return true;
}

static bool sofia(sim_request *request)
{
    char *what = swio_sim_word(&request->arg);
    bool xml = strcasecmp(what, "xmlstatus") == 0;
    if (xml || strcasecmp(what, "status") == 0)
        return status(request, xml);
    char *name = swio_sim_word(&request->arg);
    char *action = swio_sim_word(&request->arg);
    if (strcasecmp(what, "profile") == 0)
        return profile_command(request, name, action);
    return say(request, "Unknown Command!\n");
}

const sim_api swio_sim_api_sofia[] = {
    {"sofia", sofia},
    {0},
};
