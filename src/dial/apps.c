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

static int prepare(swio_originator *o, swio_dial_app *app, size_t node)
{
    adapting a = {.node = &o->nodes[node], .id = app->id, .on = &app->on[node]};
    int error = hook(a.node, app, a.on);
    if (error)
        return error;
    swio_on_loop(o->loop, adapt, &a);
    return a.error ? swio_err_nomem() : 0;
}

int swio_apps_prepare(swio_originator *o, size_t node)
{
    int error = 0;
    for (size_t i = 0; !error && i < o->app_count; i++)
        error = prepare(o, o->apps[i], node);
    return error;
}

static void unhook(swio_originator *o, swio_dial_app *app, size_t node)
{
    if (app->on[node].hooked)
        swio_client_unload_one(o->nodes[node].client, &swio_originator_hooks, app->id);
    app->on[node].hooked = false;
}

void swio_apps_unhook(swio_originator *o, size_t node)
{
    for (size_t i = 0; i < o->app_count; i++)
        unhook(o, o->apps[i], node);
}

/* An app on its way into the table. */
typedef struct adding {
    swio_originator *originator;
    swio_dial_app *app;
    double weight;
    int error;
} adding;

/* The shares begin anew, as with a new weight. */
static void add(void *arg)
{
    adding *a = arg;
    swio_originator *o = a->originator;
    size_t count = o->app_count;
    swio_arrivals_renew(o);
    pthread_mutex_lock(&o->lock);
    swio_dial_app **apps = swio_realloc(o->apps, (count + 1) * sizeof apps[0]);
    if (apps)
        o->apps = apps;
    swio_share *shares = swio_realloc(o->shares, (count + 1) * sizeof shares[0]);
    if (shares)
        o->shares = shares;
    if (apps && shares) {
        apps[count] = a->app;
        shares[count].weight = a->weight;
        o->app_count++;
        for (size_t i = 0; i <= count; i++)
            shares[i].taken = 0;
    } else {
        a->error = SWIO_ENOMEM;
    }
    pthread_mutex_unlock(&o->lock);
    if (!a->error)
        swio_originator_tell_start(o);
}

/* An app that comes later runs where the first one does. */
static int add_app(swio_originator *o, const swio_originator_app *given)
{
    adding a = {.originator = o, .weight = given->weight > 0 ? given->weight : 1};
    int error = check(o, given);
    if (!error)
        error = app_new(o->node_count, o->app_count, given, &a.app);
    if (error)
        return error;
    for (size_t i = 0; !error && i < o->node_count; i++)
        if (o->apps[0]->on[i].hooked)
            error = prepare(o, a.app, i);
    if (!error) {
        swio_on_loop(o->loop, add, &a);
        error = a.error ? swio_err_nomem() : 0;
    }
    if (!error)
        return 0;
    for (size_t i = 0; i < o->node_count; i++) {
        unhook(o, a.app, i);
        swio_obj_unref(a.app->on[i].adapted);
    }
    app_free(a.app);
    return error;
}

int swio_originator_add_app(swio_originator *originator, const swio_originator_app *app)
{
    int error = swio_originator_claim(originator);
    if (error)
        return error;
    error = add_app(originator, app);
    swio_originator_release(originator);
    return error;
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
    swio_originator *o = (swio_originator *)originator; /* for its lock */
    pthread_mutex_lock(&o->lock);
    const char *id = o->apps[0]->id;
    pthread_mutex_unlock(&o->lock);
    return id;
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
    if (!error)
        swio_on_loop(originator->loop, swio_arrivals_renew, originator);
    return error;
}
