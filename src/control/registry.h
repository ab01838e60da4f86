/* The apps that are loaded into a listener. On the loop's thread only. */
#ifndef SWIO_CONTROL_REGISTRY_H
#define SWIO_CONTROL_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <switchio/app.h>

#include "control/entries.h"
#include "track/track.h"

/* Held by all that is loaded, until it is torn down. */
typedef struct swio_registry_life {
    void *farewell;
} swio_registry_life;

/* Few apps are loaded at once, so one list in load order serves every look-up. */
typedef struct swio_registry {
    TAILQ_HEAD(swio_load_list, swio_load) list;
    swio_track *track;
    size_t handlers;  /* live loads with a handler entry */
    unsigned running; /* how deep we are in entries: nothing is taken out of the list */
    bool swept_later;
    swio_registry_life *life;
} swio_registry;

/* The model may be NULL (in tests): then app headers are nobody's affair. It outlives the registry.
 */
int swio_registry_new(swio_track *track, swio_registry **out);
/*
 * Unloads everything, as swio_registry_remove(); `farewell` (may be NULL) goes when nothing of what
 * was ever loaded runs any more. NULL is fine. Not while it dispatches.
 */
void swio_registry_free(swio_registry *registry, void *farewell);

/* 0, or SWIO_EINVAL with a sentence for an app that cannot be loaded whatever the registry holds.
 */
int swio_app_check(const swio_app *app);

/*
 * Takes the place of a load, without running anything of it yet, and makes its app header known to
 * the model. SWIO_EEXIST for the same app twice under one id, SWIO_ENOMEM. Legal while it
 * dispatches.
 */
int swio_registry_reserve(swio_registry *registry, swio_load *load, bool prepend);
/* Its entries run from the next event on. */
void swio_registry_start(swio_registry *registry, swio_load *load);
/* Takes a reserved one out again. Its teardown is not called. */
void swio_registry_drop(swio_registry *registry, swio_load *load);

/*
 * Unloads what the filter says, in which NULL is any; returns how many. Their coroutines are
 * cancelled, and each app is torn down when the last of them has ended. `farewell` (may be NULL) is
 * an object of which a reference is held until then by each: its end says that nothing of them runs
 * any more. Legal while it dispatches.
 */
typedef struct swio_load_filter {
    const char *name_or_id;
    const char *id;
    const swio_app *app;
    const swio_client *client;
} swio_load_filter;
size_t swio_registry_remove(swio_registry *registry, const swio_load_filter *filter,
                            void *farewell);

/* What is live and meets the filter, the first in load order; or NULL. */
const swio_load *swio_registry_find(const swio_registry *registry, const swio_load_filter *filter);

/* The id under which an app of this name is loaded, or NULL. */
const char *swio_registry_id(const swio_registry *registry, const char *name);

/* What an originator says; each to the apps of the id that have a function for it. */
typedef struct swio_news {
    enum { SWIO_NEWS_RATE, SWIO_NEWS_LIMIT, SWIO_NEWS_DURATION } what;
    double number; /* the rate, the duration */
    uint64_t limit;
} swio_news;
void swio_registry_tell(swio_registry *registry, const char *id, const swio_news *news);

/*
 * Appends the channel variables of the parameters of an id's apps, in load order: as many of
 * swio_variable. Their texts live as long as these are loaded.
 */
void swio_registry_variables(swio_registry *registry, const char *id, swio_buf *out);

/* Runs the entries that are meant, in load order. */
void swio_registry_run(swio_registry *registry, const swio_occasion *occasion);

#endif
