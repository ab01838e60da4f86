/* The apps that share the calls of an originator. */
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "control/client.h"
#include "control/on_loop.h"
#include "dial/dial.h"

static void app_free(swio_dial_app *app)
{
    swio_free(app->id);
    swio_free(app->name);
    swio_free(app);
}

static int app_new(size_t nodes, size_t at, const swio_originator_app *given, swio_dial_app **out)
{
    swio_dial_app *app = swio_calloc(1, sizeof *app + nodes * sizeof app->on[0]);
    if (!app)
        return swio_err_nomem();
    app->turn = at; /* so that the first calls of all do not meet on one node */
    app->id = swio_strdup(given->app_id);
    app->name = swio_strdup(given->name ? given->name : given->app_id);
    if (!app->id || !app->name) {
        app_free(app);
        return swio_err_nomem();
    }
    *out = app;
    return 0;
}

static int check(swio_originator *o, const swio_originator_app *given)
{
    if (!given->app_id || !*given->app_id)
        return swio_err(SWIO_EINVAL, "an originator's app without an app id");
    if (!(given->weight >= 0 && given->weight <= SWIO_WEIGHT_MAX))
        return swio_err(SWIO_EINVAL, "the app '%s' with a weight of %g: give 0 to %g",
                        given->app_id, given->weight, SWIO_WEIGHT_MAX);
    for (size_t i = 0; i < o->app_count; i++)
        if (strcmp(o->apps[i]->id, given->app_id) == 0)
            return swio_err(SWIO_EEXIST, "the originator has the app '%s' already", given->app_id);
    return 0;
}

int swio_apps_make(swio_originator *o, const swio_originator_opts *opts)
{
    swio_uuid fresh = swio_uuid_new();
    const char *id = opts->originate.app_id;
    swio_originator_app one = {.app_id = id ? id : fresh.text};
    const swio_originator_app *given = opts->app_count ? opts->apps : &one;
    size_t count = opts->app_count ? opts->app_count : 1;
    o->apps = swio_calloc(count, sizeof o->apps[0]);
    o->shares = swio_calloc(count, sizeof o->shares[0]);
    int error = o->apps && o->shares ? 0 : swio_err_nomem();
    for (size_t i = 0; !error && i < count; i++) {
        error = check(o, &given[i]);
        if (!error)
            error = app_new(opts->client_count, i, &given[i], &o->apps[i]);
        if (error)
            break;
        o->shares[i].weight = given[i].weight > 0 ? given[i].weight : 1;
        o->app_count++;
    }
    return error;
}

void swio_apps_free(swio_originator *o)
{
    for (size_t i = 0; i < o->app_count; i++)
        app_free(o->apps[i]);
    swio_free(o->apps);
    swio_free(o->shares);
}

/* The callbacks come after those of the apps of the same id: what an app does on an answer is
 * sent before the hang-up is scheduled. */
static int hook(swio_node *node, const swio_dial_app *app, swio_app_on_node *on)
{
    if (on->hooked)
        return 0;
    swio_load_opts opts = {.id = app->id, .quiet = true, .self = node};
    int error = swio_client_load_app(node->client, &swio_originator_hooks, &opts, NULL);
    on->hooked = !error;
    return error;
}

/* What is adapted on the loop's thread, for its thread alone. */
typedef struct adapting {
    swio_node *node;
    const char *id;
    swio_app_on_node *on;
    int error;
} adapting;

static void adapt(void *arg)
{
    adapting *a = arg;
    swio_originate_opts *adapted = NULL;
    a->error = swio_client_adapt_originate(a->node->client, a->id, a->node->originate, &adapted);
    if (a->error)
        return;
    swio_obj_unref(a->on->adapted);
    a->on->adapted = adapted;
}

int swio_apps_prepare(swio_originator *o, size_t node)
{
    int error = 0;
    for (size_t i = 0; !error && i < o->app_count; i++) {
        swio_dial_app *app = o->apps[i];
        adapting a = {.node = &o->nodes[node], .id = app->id, .on = &app->on[node]};
        error = hook(a.node, app, a.on);
        if (error)
            break;
        swio_on_loop(o->loop, adapt, &a);
        error = a.error ? swio_err_nomem() : 0;
    }
    return error;
}

void swio_apps_unhook(swio_originator *o, size_t node)
{
    for (size_t i = 0; i < o->app_count; i++) {
        swio_app_on_node *on = &o->apps[i]->on[node];
        if (on->hooked)
            swio_client_unload_one(o->nodes[node].client, &swio_originator_hooks, o->apps[i]->id);
        on->hooked = false;
    }
}

size_t swio_apps_next(swio_originator *o)
{
    pthread_mutex_lock(&o->lock);
    size_t next = swio_shares_next(o->shares, o->app_count);
    pthread_mutex_unlock(&o->lock);
    return next;
}

const char *swio_originator_app_id(const swio_originator *originator)
{
    return originator->apps[0]->id;
}

bool swio_originator_app_at(swio_originator *originator, size_t index,
                            swio_originator_app_counts *out)
{
    swio_originator *o = originator;
    pthread_mutex_lock(&o->lock);
    bool there = index < o->app_count;
    if (there) {
        const swio_dial_app *app = o->apps[index];
        *out =
            (swio_originator_app_counts){app->id, app->name, o->shares[index].weight, app->offered};
    }
    pthread_mutex_unlock(&o->lock);
    return there;
}

/* The shares begin anew: what was before does not count towards the new ones. */
static int set_weight(swio_originator *o, const char *app_id, double weight)
{
    size_t at = 0;
    double others = 0;
    for (size_t i = 0; i < o->app_count; i++) {
        if (strcmp(o->apps[i]->id, app_id) == 0)
            at = i + 1;
        else
            others += o->shares[i].weight;
    }
    if (!at)
        return swio_err(SWIO_ENOENT, "the originator has no app '%s'", app_id);
    if (!(others + weight > 0))
        return swio_err(SWIO_EINVAL, "the app '%s' with a weight of 0, and no other has any",
                        app_id);
    o->shares[at - 1].weight = weight;
    for (size_t i = 0; i < o->app_count; i++)
        o->shares[i].taken = 0;
    return 0;
}

int swio_originator_set_weight(swio_originator *originator, const char *app_id, double weight)
{
    if (!(weight >= 0 && weight <= SWIO_WEIGHT_MAX))
        return swio_err(SWIO_EINVAL, "a weight of %g: give 0 to %g", weight, SWIO_WEIGHT_MAX);
    pthread_mutex_lock(&originator->lock);
    int error = set_weight(originator, app_id, weight);
    pthread_mutex_unlock(&originator->lock);
    return error;
}
