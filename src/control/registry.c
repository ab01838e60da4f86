#include "control/registry.h"

#include <string.h>
#include <strings.h>
#include <sys/queue.h>

#include "base/err.h"
#include "base/mem.h"

/* Held by all that is loaded, until it is torn down. */
typedef struct life {
    void *farewell;
} life;

/* Few apps are loaded at once, so one list in load order serves every look-up. */
struct swio_registry {
    TAILQ_HEAD(loaded_list, swio_loaded) list;
    size_t handlers;
    unsigned running; /* how deep we are in entries */
    bool swept_later;
    life *life;
};

static void end_life(void *obj)
{
    swio_obj_unref(((life *)obj)->farewell);
}

int swio_registry_new(swio_registry **out)
{
    swio_registry *registry = swio_calloc(1, sizeof *registry);
    if (registry)
        registry->life = swio_obj_new(sizeof *registry->life, end_life);
    if (!registry || !registry->life) {
        swio_free(registry);
        return swio_err_nomem();
    }
    TAILQ_INIT(&registry->list);
    *out = registry;
    return 0;
}

/* Its entries run no more; it stays in the list until none of any app is running. */
static void mark_gone(swio_registry *registry, swio_loaded *l, void *farewell)
{
    l->gone = true;
    l->farewell = swio_obj_ref(farewell);
    registry->handlers -= l->handles;
    registry->swept_later = true;
    swio_loaded_cancel(l);
}

static swio_loaded *first_gone(swio_registry *registry)
{
    swio_loaded *l = TAILQ_FIRST(&registry->list);
    while (l && !l->gone)
        l = TAILQ_NEXT(l, link);
    return l;
}

static void sweep_if_idle(swio_registry *registry)
{
    swio_loaded *l;
    if (!registry->swept_later || registry->running)
        return;
    registry->swept_later = false;
    while ((l = first_gone(registry))) { /* anew each time: a teardown may unload others */
        TAILQ_REMOVE(&registry->list, l, link);
        swio_obj_unref(l);
    }
}

void swio_registry_free(swio_registry *registry, void *farewell)
{
    if (!registry)
        return;
    swio_loaded *l;
    registry->life->farewell = swio_obj_ref(farewell);
    while ((l = TAILQ_LAST(&registry->list, loaded_list))) {
        TAILQ_REMOVE(&registry->list, l, link);
        if (!l->gone)
            mark_gone(registry, l, NULL);
        swio_obj_unref(l);
    }
    swio_obj_unref(registry->life);
    swio_free(registry);
}

static bool has_function(const swio_app_entry *e)
{
    switch (e->kind) {
    case SWIO_APP_CALLBACK:
    case SWIO_APP_COROUTINE:
        return e->session;
    case SWIO_APP_JOB:
        return e->job;
    case SWIO_APP_HANDLER:
        return e->handler;
    case SWIO_APP_END:
        break;
    }
    return false;
}

static int check_entry(const swio_app *app, const swio_app_entry *e, size_t at)
{
    const char *wrong = NULL;
    if (!e->event || !*e->event || strpbrk(e->event, " \r\n"))
        wrong = "names no event";
    else if (!has_function(e))
        wrong = "has no function of its kind";
    if (wrong)
        return swio_err(SWIO_EINVAL, "the app %s: entry %zu (%s) %s", app->name, at + 1,
                        e->event ? e->event : "", wrong);
    return 0;
}

int swio_app_check(const swio_app *app)
{
    if (!app->name || !*app->name)
        return swio_err(SWIO_EINVAL, "an app without a name");
    size_t count = 0;
    while (count < SWIO_APP_ENTRIES && app->on[count].kind != SWIO_APP_END)
        count++;
    if (!count)
        return swio_err(SWIO_EINVAL, "the app %s has no entries", app->name);
    for (size_t i = 0; i < count; i++) {
        int error = check_entry(app, &app->on[i], i);
        if (error)
            return error;
    }
    for (size_t i = count; i < SWIO_APP_ENTRIES; i++)
        if (app->on[i].kind != SWIO_APP_END)
            return swio_err(SWIO_EINVAL, "the app %s: entry %zu is empty, and others follow it",
                            app->name, count + 1);
    return 0;
}

bool swio_registry_has(const swio_registry *registry, const swio_app *app, const char *id)
{
    const swio_loaded *l;
    TAILQ_FOREACH (l, &registry->list, link)
        if (!l->gone && l->app == app && strcmp(l->id, id) == 0)
            return true;
    return false;
}

int swio_registry_add(swio_registry *registry, const swio_app *app, const char *id, bool prepend,
                      void *self, const char **kept)
{
    if (swio_registry_has(registry, app, id))
        return swio_err(SWIO_EEXIST, "the app %s is loaded under the id %s already", app->name, id);
    swio_loaded *l = swio_loaded_new(app, id, self, registry->life);
    if (!l)
        return swio_err_nomem();
    registry->handlers += l->handles;
    if (prepend)
        TAILQ_INSERT_HEAD(&registry->list, l, link);
    else
        TAILQ_INSERT_TAIL(&registry->list, l, link);
    if (kept)
        *kept = l->id;
    return 0;
}

size_t swio_registry_remove(swio_registry *registry, const char *name_or_id, void *farewell)
{
    size_t count = 0;
    swio_loaded *l;
    TAILQ_FOREACH (l, &registry->list, link)
        if (!l->gone && (strcmp(l->id, name_or_id) == 0 || strcmp(l->app->name, name_or_id) == 0)) {
            mark_gone(registry, l, farewell);
            count++;
        }
    sweep_if_idle(registry);
    return count;
}

bool swio_registry_remove_one(swio_registry *registry, const swio_app *app, const char *id,
                              void *farewell)
{
    bool found = false;
    swio_loaded *l;
    TAILQ_FOREACH (l, &registry->list, link)
        if (!l->gone && l->app == app && strcmp(l->id, id) == 0) {
            mark_gone(registry, l, farewell);
            found = true;
        }
    sweep_if_idle(registry);
    return found;
}

const char *swio_registry_id(const swio_registry *registry, const char *name)
{
    const swio_loaded *l;
    TAILQ_FOREACH (l, &registry->list, link)
        if (!l->gone && strcasecmp(l->app->name, name) == 0)
            return l->id;
    return NULL;
}

void swio_registry_run(swio_registry *registry, const swio_occasion *o)
{
    swio_loaded *l;
    if (o->kind == SWIO_APP_HANDLER && !registry->handlers)
        return;
    registry->running++;
    TAILQ_FOREACH (l, &registry->list, link)
        if (!o->id || strcmp(l->id, o->id) == 0)
            swio_loaded_run(l, o);
    registry->running--;
    sweep_if_idle(registry);
}
