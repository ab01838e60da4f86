#include "control/registry.h"

#include <string.h>
#include <strings.h>
#include <sys/queue.h>

#include "base/err.h"
#include "base/mem.h"

/* One app under one id. */
typedef struct loaded {
    TAILQ_ENTRY(loaded) link;
    const swio_app *app;
    void *self;
    bool handles; /* has a handler entry */
    bool gone;    /* unloaded while entries ran: swept when they are through */
    char id[];
} loaded;

/* Few apps are loaded at once, so one list in load order serves every look-up. */
struct swio_registry {
    TAILQ_HEAD(loaded_list, loaded) list;
    size_t handlers;
    unsigned running; /* how deep we are in entries */
    bool swept_later;
};

int swio_registry_new(swio_registry **out)
{
    swio_registry *registry = swio_calloc(1, sizeof *registry);
    if (!registry)
        return swio_err_nomem();
    TAILQ_INIT(&registry->list);
    *out = registry;
    return 0;
}

static void discard(swio_registry *registry, loaded *l)
{
    TAILQ_REMOVE(&registry->list, l, link);
    if (l->app->teardown)
        l->app->teardown(l->self);
    swio_free(l);
}

void swio_registry_free(swio_registry *registry)
{
    if (!registry)
        return;
    loaded *l;
    while ((l = TAILQ_LAST(&registry->list, loaded_list)))
        discard(registry, l);
    swio_free(registry);
}

static int check_entry(const swio_app *app, const swio_app_entry *e, size_t at)
{
    const char *wrong = NULL;
    if (!e->event || !*e->event || strpbrk(e->event, " \r\n"))
        wrong = "names no event";
    else if (e->kind == SWIO_APP_CALLBACK  ? !e->session
             : e->kind == SWIO_APP_JOB     ? !e->job
             : e->kind == SWIO_APP_HANDLER ? !e->handler
                                           : true)
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
    const loaded *l;
    TAILQ_FOREACH (l, &registry->list, link)
        if (!l->gone && l->app == app && strcmp(l->id, id) == 0)
            return true;
    return false;
}

static bool has_handler(const swio_app *app)
{
    for (size_t i = 0; i < SWIO_APP_ENTRIES; i++)
        if (app->on[i].kind == SWIO_APP_HANDLER)
            return true;
    return false;
}

int swio_registry_add(swio_registry *registry, const swio_app *app, const char *id, bool prepend,
                      void *self, const char **kept)
{
    if (swio_registry_has(registry, app, id))
        return swio_err(SWIO_EEXIST, "the app %s is loaded under the id %s already", app->name, id);
    size_t size = strlen(id) + 1;
    loaded *l = swio_calloc(1, sizeof *l + size);
    if (!l)
        return swio_err_nomem();
    l->app = app;
    l->self = self;
    l->handles = has_handler(app);
    memcpy(l->id, id, size);
    registry->handlers += l->handles;
    if (prepend)
        TAILQ_INSERT_HEAD(&registry->list, l, link);
    else
        TAILQ_INSERT_TAIL(&registry->list, l, link);
    if (kept)
        *kept = l->id;
    return 0;
}

static void sweep(swio_registry *registry)
{
    loaded *l = TAILQ_FIRST(&registry->list);
    registry->swept_later = false;
    while (l) {
        loaded *next = TAILQ_NEXT(l, link);
        if (l->gone)
            discard(registry, l);
        l = next;
    }
}

/* Its entries run no more; its memory goes once none of any app is running. */
static void mark_gone(swio_registry *registry, loaded *l)
{
    l->gone = true;
    registry->handlers -= l->handles;
    registry->swept_later = true;
}

static void sweep_if_idle(swio_registry *registry)
{
    if (registry->swept_later && !registry->running)
        sweep(registry);
}

size_t swio_registry_remove(swio_registry *registry, const char *name_or_id)
{
    size_t count = 0;
    loaded *l;
    TAILQ_FOREACH (l, &registry->list, link)
        if (!l->gone && (strcmp(l->id, name_or_id) == 0 || strcmp(l->app->name, name_or_id) == 0)) {
            mark_gone(registry, l);
            count++;
        }
    sweep_if_idle(registry);
    return count;
}

bool swio_registry_remove_one(swio_registry *registry, const swio_app *app, const char *id)
{
    bool found = false;
    loaded *l;
    TAILQ_FOREACH (l, &registry->list, link)
        if (!l->gone && l->app == app && strcmp(l->id, id) == 0) {
            mark_gone(registry, l);
            found = true;
        }
    sweep_if_idle(registry);
    return found;
}

const char *swio_registry_id(const swio_registry *registry, const char *name)
{
    const loaded *l;
    TAILQ_FOREACH (l, &registry->list, link)
        if (!l->gone && strcasecmp(l->app->name, name) == 0)
            return l->id;
    return NULL;
}

/* What the entries of one kind are run with; the others are NULL. */
typedef struct occasion {
    swio_app_kind kind;
    const char *id; /* NULL: of every id */
    const char *key;
    swio_event *event;
    swio_session *session;
    swio_job *job;
} occasion;

static void run_entry(const loaded *l, const swio_app_entry *e, const occasion *o)
{
    switch (e->kind) {
    case SWIO_APP_CALLBACK:
        e->session(o->session, l->self);
        break;
    case SWIO_APP_JOB:
        e->job(o->job, l->self);
        break;
    case SWIO_APP_HANDLER:
        e->handler(o->event, l->self);
        break;
    case SWIO_APP_END:
        break;
    }
}

static void run(swio_registry *registry, const occasion *o)
{
    loaded *l;
    registry->running++;
    TAILQ_FOREACH (l, &registry->list, link) {
        if (o->id && strcmp(l->id, o->id) != 0)
            continue;
        for (size_t i = 0; i < SWIO_APP_ENTRIES && l->app->on[i].kind != SWIO_APP_END; i++) {
            const swio_app_entry *e = &l->app->on[i];
            if (!l->gone && e->kind == o->kind && strcmp(e->event, o->key) == 0)
                run_entry(l, e, o);
        }
    }
    registry->running--;
    sweep_if_idle(registry);
}

void swio_registry_event(swio_registry *registry, const char *key, swio_event *event)
{
    if (registry->handlers)
        run(registry, &(occasion){.kind = SWIO_APP_HANDLER, .key = key, .event = event});
}

void swio_registry_session(swio_registry *registry, const char *id, const char *key,
                           swio_session *session)
{
    run(registry, &(occasion){.kind = SWIO_APP_CALLBACK, .id = id, .key = key, .session = session});
}

void swio_registry_job(swio_registry *registry, const char *id, swio_job *job)
{
    run(registry, &(occasion){.kind = SWIO_APP_JOB, .id = id, .key = "BACKGROUND_JOB", .job = job});
}
