/* One loading of an app, from the inside. On the loop's thread only, but for its making. */
#ifndef SWIO_CONTROL_LOAD_H
#define SWIO_CONTROL_LOAD_H

#include <stdbool.h>
#include <switchio/app.h>
#include <switchio/client.h>
#include <sys/queue.h>

#include "control/app_params.h"

/* A coroutine of an app, from its start to its end; entries.c's. */
typedef struct swio_running_coroutine swio_running_coroutine;

/* Where a load is in its life; its entries run while it is live. */
typedef enum swio_load_state {
    SWIO_LOAD_RESERVED, /* its place is taken, setup is under way */
    SWIO_LOAD_LIVE,
    SWIO_LOAD_GONE, /* unloaded: none of its entries runs any more */
} swio_load_state;

/*
 * An object of swio_obj_new(): held by the registry until it is unloaded, and by each of its
 * coroutines. With the last reference it is torn down, so that has to go on the loop's thread.
 */
struct swio_load {
    TAILQ_ENTRY(swio_load) link;
    const swio_app *app;
    swio_client *client; /* its memory alone: the load must not keep it open. NULL in tests */
    void *self;
    void *given;
    void *state; /* `self`, where it is ours */
    swio_param_texts *texts;
    char *header; /* that carries its id, or NULL */
    swio_load_state where;
    bool handles;   /* has a handler entry */
    bool set_up;    /* there is something to tear down */
    void *life;     /* objects that are held until it is torn down: the registry's, … */
    void *farewell; /* … and that of its unloading, or NULL */
    TAILQ_HEAD(, swio_running_coroutine) coroutines;
    char id[];
};

/*
 * Makes one of a checked app, with its state filled. `client` may be NULL. SWIO_EINVAL of the
 * parameters, SWIO_ENOMEM. Any thread.
 */
int swio_load_new(const swio_app *app, const char *id, const swio_load_opts *opts,
                  swio_client *client, swio_load **out);

#endif
