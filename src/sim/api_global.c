/* The global variables of a switch. */
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "sim/request.h"
#include "sim/sim.h"

/* One that was set; it hides one of the switch's own. */
struct sim_global {
    sim_global *next;
    char *value; /* NULL: it was taken away */
    char name[];
};

static sim_global *find(const sim_node *node, const char *name)
{
    sim_global *g = node->globals;
    while (g && strcasecmp(g->name, name) != 0)
        g = g->next;
    return g;
}

static void show(sim_request *request, const char *name, const char *value)
{
    if (!*request->arg)
        swio_buf_printf(&request->out, "%s=%s\n", name, value);
    else if (strcasecmp(request->arg, name) == 0)
        swio_buf_puts(&request->out, value);
}

static bool getvar(sim_request *request)
{
    const sim_node *node = request->node;
    const struct {
        const char *name, *value;
    } own[] = {
        {"hostname", "sim"},
        {"local_ip_v4", node->ip},
        {"local_mask_v4", "255.0.0.0"},
        {"local_ip_v6", "::1"},
        {"switch_serial", "0000000000000"},
        {"core_uuid", node->core_uuid},
        {"base_dir", "/usr/local/freeswitch"},
        {"sounds_dir", "/usr/local/freeswitch/sounds"},
        {"recordings_dir", "/usr/local/freeswitch/recordings"},
        {"domain", node->ip},
        {"sip_port", node->external.port},
    };
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (!find(node, own[i].name))
            show(request, own[i].name, own[i].value);
    for (const sim_global *g = node->globals; g; g = g->next)
        if (g->value)
            show(request, g->name, g->value);
    return true;
}

static void set(sim_node *node, const char *name, const char *value)
{
    sim_global *g = find(node, name);
    size_t len = strlen(name) + 1;
    if (!g && (g = swio_calloc(1, sizeof *g + len))) {
        memcpy(g->name, name, len);
        g->next = node->globals;
        node->globals = g;
    }
    if (!g)
        return;
    swio_free(g->value);
    g->value = *value ? swio_strdup(value) : NULL;
}

/* "name=value", "name=" to take it away, "name=value=now" where it is that now. */
static bool setvar(sim_request *request)
{
    char *name = request->arg, *value = strchr(name, '='), *now = NULL;
    if (value)
        *value++ = '\0';
    if (!*name) {
        swio_buf_puts(&request->out, "-USAGE: <var>=<value> [=<value2>]\n");
        return true;
    }
    if (value && (now = strchr(value, '=')))
        *now++ = '\0';
    const sim_global *g = find(request->node, name);
    if (!now || !*now || (g && g->value && strcmp(g->value, now) == 0))
        set(request->node, name, value ? value : "");
    swio_buf_puts(&request->out, "+OK");
    return true;
}

void swio_sim_globals_drop(sim_node *node)
{
    while (node->globals) {
        sim_global *g = node->globals;
        node->globals = g->next;
        swio_free(g->value);
        swio_free(g);
    }
}

const sim_api swio_sim_api_global[] = {
    {"global_getvar", getvar},
    {"global_setvar", setvar},
    {0},
};
