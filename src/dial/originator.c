#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "control/client.h"
#include "control/on_loop.h"
#include "control/originate.h"
#include "dial/dial.h"

enum { CAUSES_MAX = 1000 };

/* The shortest automatic duration, seconds. */
static const double SHORTEST = 5;

static const char *const state_names[] = {
    [SWIO_ORIGINATOR_INITIAL] = "INITIAL",
    [SWIO_ORIGINATOR_ORIGINATING] = "ORIGINATING",
    [SWIO_ORIGINATOR_STOPPED] = "STOPPED",
};

/* The memory goes: its calls and callbacks are gone before. */
static void destroy(void *obj)
{
    swio_originator *o = obj;
    swio_free(o->nodes);
    swio_free(o->app_id);
    swio_counts_free(o->causes);
    swio_obj_unref(o->stopped);
    swio_obj_unref(o->done);
    pthread_mutex_destroy(&o->lock);
}

static int check_rate(double rate)
{
    if (!(rate > 0 && rate <= 1e6))
        return swio_err(SWIO_EINVAL, "a rate of %g calls a second: give more than 0, at most 1e6",
                        rate);
    return 0;
}

static int check_duration(double seconds)
{
    if (!(seconds >= 0 && seconds <= 1e7))
        return swio_err(SWIO_EINVAL, "a duration of %g s: give 0 (automatic) to 1e7", seconds);
    return 0;
}

/*
 * The switch itself schedules the hang-up in the moment of the answer (switch_channel.c,
 * switch_channel_perform_mark_answered()), so that no call outlives a dialer that dies between its
 * originate and its answer; calls.c does it again, with the duration of then.
 */
static const swio_variable on_answer = {"api_on_answer", "sched_hangup +{" SWIO_DURATION_FIELD
                                                         "} {uuid_str} NORMAL_CLEARING"};

static bool has_variable(const swio_originate_opts *opts, const char *name)
{
    for (size_t i = 0; i < opts->variable_count; i++)
        if (strcasecmp(opts->variables[i].name, name) == 0)
            return true;
    return false;
}

/* Whether calls can be placed by this template: fills it in once and builds the line. */
static int try_originate(const swio_originate_opts *template)
{
    swio_uuid uuid = swio_uuid_new();
    swio_variable duration = {SWIO_DURATION_FIELD, "1"};
    swio_originate_opts call = {.uuid = uuid.text, .fields = &duration, .field_count = 1};
    swio_originate_opts *filled = NULL;
    char *line = NULL;
    int error = swio_originate_fill(template, &call, &filled);
    if (!error)
        error = swio_originate_line(filled, &line);
    swio_text_free(line);
    swio_obj_unref(filled);
    return error;
}

/* The template of a node: as given, and on_answer behind its variables if it has none of its own.
 */
static int keep_originate(swio_node *node, const swio_originate_opts *opts)
{
    swio_originate_opts mine = *opts;
    swio_variable *variables = swio_calloc(mine.variable_count + 1, sizeof variables[0]);
    if (!variables)
        return swio_err_nomem();
    if (mine.variable_count)
        memcpy(variables, mine.variables, mine.variable_count * sizeof variables[0]);
    if (!has_variable(opts, on_answer.name))
        variables[mine.variable_count++] = on_answer;
    mine.variables = variables;
    int error = try_originate(&mine);
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
    mine.app_id = o->app_id;
    mine.uuid = NULL;
    int error = mine.dest_url
                    ? keep_originate(node, &mine)
                    : swio_err(SWIO_ECONFIG, "an originator without a destination: give a "
                                             "dest_url, or every client an originate command");
    swio_obj_unref(stored);
    return error;
}

static int make_node(swio_originator *o, swio_node *node, swio_client *client,
                     const swio_originate_opts *opts)
{
    node->client = swio_client_ref(client);
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

static int make_nodes(swio_originator *o, const swio_originator_opts *opts)
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

static void drop_nodes(swio_originator *o)
{
    for (; o->node_count > 0; o->node_count--) {
        swio_node *node = &o->nodes[o->node_count - 1];
        swio_client_unref(node->client);
        swio_listener_unref(node->listener);
        swio_obj_unref(node->originate);
        swio_obj_unref(node->adapted);
    }
}

static int make_app_id(swio_originator *o, const char *given)
{
    swio_uuid fresh = swio_uuid_new();
    o->app_id = swio_strdup(given ? given : fresh.text);
    return o->app_id ? 0 : swio_err_nomem();
}

int swio_originator_new(const swio_originator_opts *opts, swio_originator **out)
{
    swio_originator *o = swio_obj_new(sizeof *o, destroy);
    if (!o)
        return swio_err_nomem();
    atomic_init(&o->users, 1);
    pthread_mutex_init(&o->lock, NULL);
    TAILQ_INIT(&o->placed);
    o->keep_settings = opts->keep_settings;
    o->rate = opts->rate != 0 ? opts->rate : 1;
    o->limit = opts->limit ? opts->limit : 1;
    o->max_offered = opts->max_offered;
    o->duration = opts->duration;
    int error = check_rate(o->rate);
    if (!error)
        error = check_duration(o->duration);
    if (!error)
        error = swio_counts_new(CAUSES_MAX, &o->causes);
    if (!error)
        error = make_app_id(o, opts->originate.app_id);
    if (!error)
        error = make_nodes(o, opts);
    if (error) {
        drop_nodes(o);
        swio_loop_unref(o->loop);
        swio_obj_unref(o);
        return error;
    }
    *out = o;
    return 0;
}

swio_originator *swio_originator_ref(swio_originator *originator)
{
    if (originator)
        atomic_fetch_add(&originator->users, 1);
    return originator;
}

static void tear_down(void *arg)
{
    swio_originator *o = arg;
    o->closed = true;
    swio_arrivals_stop(o);
    swio_timer_stop(&o->sweep);
    for (size_t i = 0; i < o->node_count; i++) {
        swio_node *node = &o->nodes[i];
        if (swio_client_connected(node->client))
            swio_settings_restore(&node->settings, node->client, 0);
        swio_originator_unhook(o, node);
    }
    swio_calls_clear(o);
    drop_nodes(o);
}

static void tear_down_later(void *arg)
{
    swio_originator *o = arg;
    swio_loop *loop = o->loop;
    tear_down(o);
    swio_obj_unref(o);
    swio_loop_unref(loop);
}

swio_originator *swio_originator_unref(swio_originator *originator)
{
    if (!originator || atomic_fetch_sub(&originator->users, 1) != 1)
        return NULL;
    swio_loop *loop = originator->loop;
    if (swio_loop_is_current(loop)) {
        /* Later: perhaps one of its own callbacks is running. */
        originator->closing = (swio_task){.fn = tear_down_later, .arg = originator};
        swio_loop_submit(loop, &originator->closing);
        return NULL;
    }
    swio_on_loop(loop, tear_down, originator);
    swio_obj_unref(originator);
    swio_loop_unref(loop);
    return NULL;
}

const char *swio_originator_app_id(const swio_originator *originator)
{
    return originator->app_id;
}

static double duration_of(const swio_originator *o)
{
    double automatic = (double)o->limit / o->rate;
    return o->duration > 0 ? o->duration : automatic > SHORTEST ? automatic : SHORTEST;
}

double swio_originator_duration(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    double seconds = duration_of(o);
    pthread_mutex_unlock(&o->lock);
    return seconds;
}

int swio_originator_set_rate(swio_originator *originator, double rate)
{
    int error = check_rate(rate);
    if (error)
        return error;
    pthread_mutex_lock(&originator->lock);
    originator->rate = rate;
    pthread_mutex_unlock(&originator->lock);
    swio_on_loop(originator->loop, swio_arrivals_set_rate, originator);
    swio_on_loop(originator->loop, swio_originator_tell_change, originator);
    return 0;
}

int swio_originator_set_limit(swio_originator *originator, uint64_t limit)
{
    if (!limit)
        return swio_err(SWIO_EINVAL, "a limit of 0 concurrent calls: give at least 1");
    pthread_mutex_lock(&originator->lock);
    originator->limit = limit;
    pthread_mutex_unlock(&originator->lock);
    swio_on_loop(originator->loop, swio_originator_tell_change, originator);
    return 0;
}

int swio_originator_set_duration(swio_originator *originator, double seconds)
{
    int error = check_duration(seconds);
    if (error)
        return error;
    pthread_mutex_lock(&originator->lock);
    originator->duration = seconds;
    pthread_mutex_unlock(&originator->lock);
    swio_on_loop(originator->loop, swio_originator_tell_change, originator);
    return 0;
}

void swio_originator_count(swio_originator *originator, swio_originator_counts *out)
{
    pthread_mutex_lock(&originator->lock);
    *out = originator->counts;
    pthread_mutex_unlock(&originator->lock);
}

uint64_t swio_originator_cause(swio_originator *originator, size_t index, char *cause, size_t size)
{
    int64_t n = 0;
    pthread_mutex_lock(&originator->lock);
    const char *name = swio_counts_at(originator->causes, index, &n);
    if (name)
        snprintf(cause, size, "%s", name);
    pthread_mutex_unlock(&originator->lock);
    return name ? (uint64_t)n : 0;
}

int swio_originator_format(swio_originator *originator, char *text, size_t size)
{
    char max[32] = "inf";
    pthread_mutex_lock(&originator->lock);
    const swio_originator_counts *c = &originator->counts;
    if (originator->max_offered)
        snprintf(max, sizeof max, "%llu", (unsigned long long)originator->max_offered);
    int len = snprintf(text, size,
                       "<Originator: active-calls=%llu state=%s total-originated-sessions=%llu "
                       "rate=%g limit=%llu max-offered=%s duration=%g>",
                       (unsigned long long)c->active, state_names[c->state],
                       (unsigned long long)c->offered, originator->rate,
                       (unsigned long long)originator->limit, max, duration_of(originator));
    pthread_mutex_unlock(&originator->lock);
    return len;
}
