#include "track/home.h"

#include "base/err.h"
#include "base/mem.h"

static void destroy(void *obj)
{
    swio_home *home = obj;
    swio_free(home->host);
    if (home->guard.release && home->released)
        home->guard.release(home->guard.arg);
}

int swio_home_new(const swio_track_opts *opts, swio_home **out)
{
    swio_home *home = swio_obj_new(sizeof *home, destroy);
    if (!home)
        return swio_err_nomem();
    home->guard = opts->guard;
    home->hooks = opts->hooks;
    home->owner = opts->owner;
    home->host = swio_strdup(opts->host ? opts->host : "");
    if (!home->host) {
        swio_obj_unref(home);
        return swio_err_nomem();
    }
    *out = home;
    return 0;
}
