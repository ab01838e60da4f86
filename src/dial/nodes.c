/* The switches of an originator, and how calls are placed on them. */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "control/client.h"
#include "control/originate.h"
#include "dial/dial.h"

/*
 * The switch itself schedules the hang-up in the moment of the answer (switch_channel.c,
 * switch_channel_perform_mark_answered()), so that no call outlives a dialer that dies between its
 * originate and its answer; calls.c does it again, with the duration of then.
 */
static const swio_variable on_answer = {"api_on_answer", "sched_hangup +{" SWIO_DURATION_FIELD
                                                         "} {uuid_str} NORMAL_CLEARING"};

/*
 * And it ends what rings for longer than the dialer asked for: nobody may be left who answers.
 * ringing.c asks for more as long as the dialer lives. FreeSWITCH runs every variable whose name
 * begins with that of the occasion.
 */
static const swio_variable while_ringing[] = {
    {"api_on_originate", "sched_api +{" SWIO_RINGING_FIELD "} {" SWIO_GROUP_FIELD
                         "} uuid_kill {uuid_str} " SWIO_RINGING_CAUSE},
    {"api_on_answer_1", "sched_del {" SWIO_GROUP_FIELD "}"},
};
enum { WHILE_RINGING = sizeof while_ringing / sizeof while_ringing[0] };

static bool has_variable(const swio_originate_opts *opts, const char *name)
{
    for (size_t i = 0; i < opts->variable_count; i++)
        if (strcasecmp(opts->variables[i].name, name) == 0)
            return true;
    return false;
}

/* Whether calls can be placed by this template: fills it in once and builds the line. */
static int try_originate(const swio_originator *o, const swio_originate_opts *template)
{
    swio_uuid uuid = swio_uuid_new();
    swio_variable fields[SWIO_OWN_FIELDS + SWIO_ORIGINATOR_FIELDS] = {{SWIO_DURATION_FIELD, "1"},
                                                                      {SWIO_NUMBER_FIELD, "0"},
                                                                      {SWIO_RINGING_FIELD, "1"},
                                                                      {SWIO_GROUP_FIELD, "r"}};
    swio_originate_opts call = {
        .uuid = uuid.text, .fields = fields, .field_count = SWIO_OWN_FIELDS};
    if (o->fields)
        call.field_count += o->fields(0, fields + SWIO_OWN_FIELDS, o->arg);
    swio_originate_opts *filled = NULL;
    char *line = NULL;
    int error = swio_originate_fill(template, &call, &filled);
    if (!error)
        error = swio_originate_line(filled, &line);
    swio_text_free(line);
    swio_obj_unref(filled);
    return error;
}

/* The template of a node: as given, and behind its variables those of above that it has none of its
 * own of. */
static int keep_originate(swio_originator *o, swio_node *node, const swio_originate_opts *opts)
{
    swio_originate_opts mine = *opts;
    swio_variable *variables =
        swio_calloc(mine.variable_count + 1 + WHILE_RINGING, sizeof variables[0]);
    if (!variables)
        return swio_err_nomem();
    if (mine.variable_count)
        memcpy(variables, mine.variables, mine.variable_count * sizeof variables[0]);
    node->ends_answered = !has_variable(opts, on_answer.name);
    if (node->ends_answered)
        variables[mine.variable_count++] = on_answer;
    node->ends_ringing = true;
    for (size_t i = 0; i < WHILE_RINGING; i++)
        node->ends_ringing = node->ends_ringing && !has_variable(opts, while_ringing[i].name);
    for (size_t i = 0; node->ends_ringing && i < WHILE_RINGING; i++)
        variables[mine.variable_count++] = while_ringing[i];
    mine.variables = variables;
    int error = try_originate(o, &mine);
    if (!error && !(node->originate = swio_originate_copy(&mine)))
        error = swio_err_nomem();
    swio_free(variables);
    return error;
}

/* How the calls of a node are placed; refuses here what every call would be refused for. */
static int make_originate(swio_originator *o, swio_node *node, const swio_originate_opts *opts)
{
    swio_originate_opts *stored = opts->dest_url ? NULL : swio_client_template(node->client);
    swio_originate_opts mine = stored ? *stored : *opts;
    mine.app_id = o->apps[0]->id; /* that of each call takes its place */
    mine.uuid = NULL;
    int error = mine.dest_url
                    ? keep_originate(o, node, &mine)
                    : swio_err(SWIO_ECONFIG, "an originator without a destination: give a "
                                             "dest_url, or every client an originate command");
    swio_obj_unref(stored);
    return error;
}

static int make_node(swio_originator *o, swio_node *node, swio_client *client,
                     const swio_originate_opts *opts)
{
    node->originator = o;
    node->client = swio_client_ref(client);
    node->contact = swio_strdup(swio_client_contact(client));
    if (!node->contact)
        return swio_err_nomem();
    node->listener = swio_client_listener(client);
    if (!node->listener)
        return swio_err(SWIO_ECONFIG, "No listener has been assigned for this client (%s)",
                        swio_client_contact(client));
    swio_loop *loop = swio_listener_loop(node->listener);
    if (!o->loop)
        o->loop = swio_loop_ref(loop);
    if (o->loop != loop)
        return swio_err(SWIO_ECONFIG, "the clients of an originator live on different loops");
    return make_originate(o, node, opts);
}

int swio_nodes_make(swio_originator *o, const swio_originator_opts *opts)
{
    int error = 0;
    if (!opts->client_count)
        return swio_err(SWIO_ECONFIG, "an originator without a client: give at least one");
    o->nodes = swio_calloc(opts->client_count, sizeof o->nodes[0]);
    if (!o->nodes)
        return swio_err_nomem();
    while (!error && o->node_count < opts->client_count) {
        swio_node *node = &o->nodes[o->node_count];
        error = make_node(o, node, opts->clients[o->node_count], &opts->originate);
        o->node_count++;
    }
    return error;
}

void swio_nodes_drop(swio_originator *o)
{
    for (; o->node_count > 0; o->node_count--) {
        swio_node *node = &o->nodes[o->node_count - 1];
        swio_client_unref(node->client);
        swio_listener_unref(node->listener);
        swio_obj_unref(node->originate);
        swio_free(node->contact);
        for (size_t i = 0; i < o->app_count; i++)
            o->apps[i]->on[o->node_count - 1].adapted =
                swio_obj_unref(o->apps[i]->on[o->node_count - 1].adapted);
    }
}

bool swio_node_is_up(const swio_node *node)
{
    return swio_listener_running(node->listener) && swio_client_connected(node->client);
}

size_t swio_node_losses(const swio_node *node)
{
    return swio_listener_losses(node->listener) + swio_client_losses(node->client);
}

bool swio_node_was_lost(const swio_node *node)
{
    return node->losses != swio_node_losses(node);
}
