/* A pool from the inside: what the files of this room share. */
#ifndef SWIO_CONTROL_POOL_H
#define SWIO_CONTROL_POOL_H

#include <stdatomic.h>
#include <switchio/pool.h>

/* An object of swio_obj_new(). Nothing but the turn changes after its making. */
struct swio_pool {
    swio_loop *loop;
    swio_sim *sim; /* or NULL */
    size_t count;
    swio_client **clients;
    swio_listener **listeners;
    atomic_size_t turn;
};

#endif
