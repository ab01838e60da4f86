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

/* What the apps of a name are loaded under. */
typedef struct swio_caller_id {
    STAILQ_ENTRY(swio_caller_id) link;
    bool ready; /* at least one is; under the lock */
    char *name; /* NULL: calls without an app */
    char *id;
} swio_caller_id;

/* An object of swio_obj_new(): the user has a reference, and so has each call on its way. */
struct swio_caller {
    swio_pool *pool;    /* of one node */
    char suffix[9];     /* of all its ids */
    atomic_bool called; /* something was placed that may be up still */
    atomic_bool closed;

    pthread_mutex_t lock;
    STAILQ_HEAD(swio_caller_ids, swio_caller_id) ids; /* none ever goes */
    LIST_HEAD(swio_callings, swio_calling) calling;
};

#endif
