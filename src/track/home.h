/* What the objects of one model share and keep alive: the guard, the hooks, the host. */
#ifndef SWIO_TRACK_HOME_H
#define SWIO_TRACK_HOME_H

#include <stdbool.h>

#include "track/track.h"

/* Reference counted (swio_obj_ref, swio_obj_unref); held by the model and by each of its objects.
 */
typedef struct swio_home {
    swio_guard guard;
    swio_track_hooks hooks;
    char *host;
    void *owner;   /* guarded; NULL after swio_track_disown() */
    bool released; /* whether guard.release is to be called: not before the home stands */
} swio_home;

int swio_home_new(const swio_track_opts *opts, swio_home **out);

/* The guard, where there is one. Nothing that may be somebody's code runs between the two. */
static inline void swio_home_lock(const swio_home *home)
{
    if (home->guard.lock)
        home->guard.lock(home->guard.arg);
}

static inline void swio_home_unlock(const swio_home *home)
{
    if (home->guard.unlock)
        home->guard.unlock(home->guard.arg);
}

#endif
