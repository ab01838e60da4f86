/* A sync caller from the inside: what the files of this room share. */
#ifndef SWIO_CONTROL_CALLER_H
#define SWIO_CONTROL_CALLER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <switchio/caller.h>
#include <switchio/pool.h>
#include <sys/queue.h>

/* A call that is being set up; in the memory of who waits for it. */
typedef struct swio_calling {
    LIST_ENTRY(swio_calling) link;
    const char *uuid;      /* that its session will have */
    swio_session *session; /* a reference, from its first event on */
} swio_calling;

/* What an app is loaded under. */
typedef struct swio_caller_id {
    char *name; /* NULL: calls without an app */
    char *id;
} swio_caller_id;

/* An object of swio_obj_new(): the user has a reference, and so has each call on its way. */
struct swio_caller {
    /* Fixed once it is open. */
    swio_pool *pool; /* of one node */
    size_t id_count;
    swio_caller_id ids[SWIO_CALLER_APPS + 1]; /* the first is that without an app */

    atomic_bool called; /* something was placed that may be up still */
    atomic_bool closed;

    pthread_mutex_t lock;
    LIST_HEAD(swio_callings, swio_calling) calling;
};

/* The id of an app's name, or NULL. */
const char *swio_caller_find_id(const swio_caller *caller, const char *name);

#endif
