/* The list of loaded apps. */
#include "control/registry.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"

static void end_life(void *obj)
{
    swio_obj_unref(((swio_registry_life *)obj)->farewell);
}

int swio_registry_new(swio_track *track, swio_registry **out)
{
    swio_registry *registry = swio_calloc(1, sizeof *registry);
    if (registry)
        registry->life = swio_obj_new(sizeof *registry->life, end_life);
    if (!registry || !registry->life) {
        swio_free(registry);
        return swio_err_nomem();
    }
    TAILQ_INIT(&registry->list);
    registry->track = track;
    *out = registry;
    return 0;
}

/* The app header of one that is gone goes with it, unless another one needs it. */
static void drop_header(swio_registry *registry, const swio_load *load)
{
    const swio_load *l;
    if (!load->header || !registry->track)
        return;
    TAILQ_FOREACH (l, &registry->list, link)
        if (l->where != SWIO_LOAD_GONE && l->header && strcasecmp(l->header, load->header) == 0)
            return;
    swio_track_remove_app_header(registry->track, load->header);
}

/* Its entries run no more; it stays in the list until none of any app is running. */
static void mark_gone(swio_registry *registry, swio_load *l, void *farewell)
{
    l->where = SWIO_LOAD_GONE;
    l->farewell = swio_obj_ref(farewell);
    registry->handlers -= l->handles;
    registry->swept_later = true;
    drop_header(registry, l);
    swio_load_cancel(l);
}

static swio_load *first_gone(const swio_registry *registry)
{
    swio_load *l = TAILQ_FIRST(&registry->list);
    while (l && l->where != SWIO_LOAD_GONE)
        l = TAILQ_NEXT(l, link);
    return l;
}

static void take_out(swio_registry *registry, swio_load *l)
{
    TAILQ_REMOVE(&registry->list, l, link);
    swio_obj_unref(l);
}

static void sweep_if_idle(swio_registry *registry)
{
    swio_load *l;
    if (!registry->swept_later || registry->running)
        return;
    registry->swept_later = false;
    while ((l = first_gone(registry))) /* anew each time: a teardown may unload others */
        take_out(registry, l);
}

void swio_registry_free(swio_registry *registry, void *farewell)
{
    if (!registry)
        return;
    swio_load *l;
    registry->life->farewell = swio_obj_ref(farewell);
    while ((l = TAILQ_LAST(&registry->list, swio_load_list))) {
        if (l->where == SWIO_LOAD_LIVE)
            mark_gone(registry, l, NULL);
        take_out(registry, l);
    }
    swio_obj_unref(registry->life);
    swio_free(registry);
}

static const swio_load *find(const swio_registry *registry, const swio_app *app, const char *id)
{
    const swio_load *l;
    TAILQ_FOREACH (l, &registry->list, link)
        if (l->where != SWIO_LOAD_GONE && l->app == app && strcmp(l->id, id) == 0)
            return l;
    return NULL;
}

int swio_registry_reserve(swio_registry *registry, swio_load *load, bool prepend)
{
    if (find(registry, load->app, load->id))
        return swio_err(SWIO_EEXIST, "the app %s is loaded under the id %s already",
                        load->app->name, load->id);
    if (load->header && registry->track && swio_track_add_app_header(registry->track, load->header))
        return swio_err_nomem();
    load->life = swio_obj_ref(registry->life);
    swio_obj_ref(load);
    if (prepend)
        TAILQ_INSERT_HEAD(&registry->list, load, link);
    else
        TAILQ_INSERT_TAIL(&registry->list, load, link);
    return 0;
}

void swio_registry_start(swio_registry *registry, swio_load *load)
{
    load->where = SWIO_LOAD_LIVE;
    registry->handlers += load->handles;
}

void swio_registry_drop(swio_registry *registry, swio_load *load)
{
    load->where = SWIO_LOAD_GONE;
    registry->swept_later = true;
    drop_header(registry, load);
    sweep_if_idle(registry);
}

static bool matches(const swio_load *l, const swio_load_filter *f)
{
    return (!f->app || l->app == f->app) && (!f->client || l->client == f->client) &&
           (!f->id || strcmp(l->id, f->id) == 0) &&
           (!f->name_or_id || strcmp(l->id, f->name_or_id) == 0 ||
            strcasecmp(l->app->name, f->name_or_id) == 0);
}

size_t swio_registry_remove(swio_registry *registry, const swio_load_filter *filter, void *farewell)
{
    size_t count = 0;
    swio_load *l;
    TAILQ_FOREACH (l, &registry->list, link)
        if (l->where == SWIO_LOAD_LIVE && matches(l, filter)) {
            mark_gone(registry, l, farewell);
            count++;
        }
    sweep_if_idle(registry);
    return count;
}

const swio_load *swio_registry_find(const swio_registry *registry, const swio_load_filter *filter)
{
    const swio_load *l;
    TAILQ_FOREACH (l, &registry->list, link)
        if (l->where == SWIO_LOAD_LIVE && matches(l, filter))
            return l;
    return NULL;
}

const char *swio_registry_id(const swio_registry *registry, const char *name)
{
    const swio_load *l;
    TAILQ_FOREACH (l, &registry->list, link)
        if (l->where == SWIO_LOAD_LIVE && strcasecmp(l->app->name, name) == 0)
            return l->id;
    return NULL;
}

/* The variable of one parameter; false where it has none, or no value. */
static bool variable_of(const swio_load *l, const swio_param *param, swio_variable *out)
{
    const char *value = NULL;
    if (param->variable)
        memcpy(&value, (const char *)l->state + param->at, sizeof value);
    *out = (swio_variable){param->variable, value};
    return value;
}

void swio_registry_variables(swio_registry *registry, const char *id, swio_buf *out)
{
    const swio_load *l;
    swio_variable one;
    TAILQ_FOREACH (l, &registry->list, link) {
        if (l->where != SWIO_LOAD_LIVE || strcmp(l->id, id) != 0)
            continue;
        for (const swio_param *param = l->app->params; param && param->name; param++)
            if (variable_of(l, param, &one))
                swio_buf_add(out, &one, sizeof one);
    }
}

static void tell(const swio_load *l, const swio_news *news)
{
    const swio_app *app = l->app;
    if (news->what == SWIO_NEWS_RATE && app->on_rate)
        app->on_rate(news->number, l->self);
    else if (news->what == SWIO_NEWS_LIMIT && app->on_limit)
        app->on_limit(news->limit, l->self);
    else if (news->what == SWIO_NEWS_DURATION && app->on_duration)
        app->on_duration(news->number, l->self);
}

void swio_registry_tell(swio_registry *registry, const char *id, const swio_news *news)
{
    swio_load *l;
    registry->running++;
    TAILQ_FOREACH (l, &registry->list, link)
        if (l->where == SWIO_LOAD_LIVE && strcmp(l->id, id) == 0)
            tell(l, news);
    registry->running--;
    sweep_if_idle(registry);
}

void swio_registry_run(swio_registry *registry, const swio_occasion *o)
{
    swio_load *l;
    if (o->kind == SWIO_APP_HANDLER && !registry->handlers)
        return;
    registry->running++;
    TAILQ_FOREACH (l, &registry->list, link)
        if (!o->id || strcmp(l->id, o->id) == 0)
            swio_load_run(l, o);
    registry->running--;
    sweep_if_idle(registry);
}
