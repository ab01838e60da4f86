/* The apps that are loaded into a listener. On the loop's thread only. */
#ifndef SWIO_CONTROL_REGISTRY_H
#define SWIO_CONTROL_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <switchio/app.h>

#include "control/loaded.h"

typedef struct swio_registry swio_registry;

int swio_registry_new(swio_registry **out);
/*
 * Unloads everything, as swio_registry_remove(); `farewell` (may be NULL) goes when nothing of what
 * was ever loaded runs any more. NULL is fine. Not while it dispatches.
 */
void swio_registry_free(swio_registry *registry, void *farewell);

/* 0, or SWIO_EINVAL with a sentence for an app that cannot be loaded whatever the registry holds.
 */
int swio_app_check(const swio_app *app);

/*
 * Adds a checked app under an id; *kept (may be NULL) gets the registry's copy of the id.
 * SWIO_EEXIST for the same app twice under one id, SWIO_ENOMEM. Its teardown is the registry's
 * affair from now on. Legal while it dispatches: the app hears of the next event.
 */
int swio_registry_add(swio_registry *registry, const swio_app *app, const char *id, bool prepend,
                      void *self, const char **kept);

/* Whether this app is there under this id. */
bool swio_registry_has(const swio_registry *registry, const swio_app *app, const char *id);

/*
 * Unloads by id or by name; returns how many. Their coroutines are cancelled, and each app is torn
 * down when the last of them has ended. `farewell` (may be NULL) is an object of which a reference
 * is held until then by each: its end says that nothing of them runs any more. Legal while it
 * dispatches.
 */
size_t swio_registry_remove(swio_registry *registry, const char *name_or_id, void *farewell);

/* Unloads this app under this id alone; whether it was there. */
bool swio_registry_remove_one(swio_registry *registry, const swio_app *app, const char *id,
                              void *farewell);

/* The id under which an app of this name is loaded, or NULL. */
const char *swio_registry_id(const swio_registry *registry, const char *name);

/* Runs the entries that are meant, in load order. */
void swio_registry_run(swio_registry *registry, const swio_occasion *occasion);

#endif
