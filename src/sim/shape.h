/*
 * Which variables a channel has, in which order. Channels that went the same way share one shape:
 * setting a variable moves a channel to another shape, as objects change hidden classes in a
 * script engine. Values that differ from channel to channel are fields of its templates, or stand
 * in numbered slots of the channel. So a channel costs its own texts, not 150 strings.
 */
#ifndef SWIO_SIM_SHAPE_H
#define SWIO_SIM_SHAPE_H

#include "base/hash.h"
#include "sim/block.h"

typedef struct sim_shapes sim_shapes;
typedef struct sim_shape sim_shape;

/* A list of variables that are set together: a table (tables.h), with its names interned. */
typedef struct sim_stage {
    const sim_row *rows; /* a row without value takes the variable away */
    size_t count;
    const char **names;
    sim_value **values;
    uint32_t relevant;
} sim_stage;

typedef struct sim_step {
    const void *key;
    uint32_t what;
    uint32_t slot;
    sim_shape *to;
} sim_step;

struct sim_shape {
    UT_hash_handle hh; /* by the bytes of its lines */
    sim_shapes *all;
    sim_block block;
    uint32_t refs;  /* channels that have it */
    uint32_t slots; /* one more than the highest slot used */
    uint32_t step_count, step_room;
    sim_step *steps;
    const char *asked; /* the last name looked for, and where it was */
    long found;
};

int swio_sim_shapes_new(sim_shapes **out);
void swio_sim_shapes_free(sim_shapes *shapes);

/* The shape without variables. */
sim_shape *swio_sim_shapes_root(sim_shapes *shapes);
size_t swio_sim_shapes_count(const sim_shapes *shapes);

/* The one copy of a name, alive as long as the shapes. NULL without memory. */
const char *swio_sim_shapes_name(sim_shapes *shapes, const char *name, size_t len);

/* Readies a table for swio_sim_shape_stage(). SWIO_ENOMEM. */
int swio_sim_stage_init(sim_stage *stage, sim_shapes *shapes, const sim_row *rows);
void swio_sim_stage_free(sim_stage *stage);

/*
 * The shape after a step; NULL without memory. No reference is taken. `name` is interned. *slot is
 * where the value of the variable goes.
 */
sim_shape *swio_sim_shape_set(sim_shape *shape, const char *name, uint32_t *slot);
sim_shape *swio_sim_shape_unset(sim_shape *shape, const char *name);
sim_shape *swio_sim_shape_stage(sim_shape *shape, const sim_stage *stage, uint32_t mask);

/* The line of a variable, its name in any case; NULL if there is none. */
const sim_line *swio_sim_shape_find(sim_shape *shape, const char *name);

/* The block, compiled; NULL without memory. */
const sim_block *swio_sim_shape_block(sim_shape *shape);

/* Counts channels; unused shapes go when there are many. */
sim_shape *swio_sim_shape_ref(sim_shape *shape);
void swio_sim_shape_unref(sim_shape *shape);

#endif
