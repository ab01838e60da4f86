#include "sim/shape.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"

enum {
    SWEEP_AT = 2000, /* shapes; a run of every recorded dialogue makes under 400 */
    STEP_SET = 0,
    STEP_UNSET = 1,
    STEP_STAGE = 2,
};

typedef struct sim_name {
    UT_hash_handle hh;
    char text[];
} sim_name;

struct sim_shapes {
    sim_shape *by_lines;
    sim_shape *root;
    sim_name *names;
    size_t count, sweep_at;
};

static void shape_free(sim_shape *shape)
{
    swio_sim_block_free(&shape->block);
    swio_free(shape->steps);
    swio_free(shape);
}

int swio_sim_shapes_new(sim_shapes **out)
{
    sim_shapes *shapes = swio_calloc(1, sizeof *shapes);
    if (!shapes)
        return swio_err_nomem();
    shapes->sweep_at = SWEEP_AT;
    shapes->root = swio_calloc(1, sizeof *shapes->root);
    if (!shapes->root) {
        swio_free(shapes);
        return swio_err_nomem();
    }
    shapes->root->all = shapes;
    *out = shapes;
    return 0;
}

void swio_sim_shapes_free(sim_shapes *shapes)
{
    if (!shapes)
        return;
    sim_shape *shape, *next;
    HASH_ITER (hh, shapes->by_lines, shape, next) {
        HASH_DEL(shapes->by_lines, shape);
        shape_free(shape);
    }
    sim_name *name, *next_name;
    HASH_ITER (hh, shapes->names, name, next_name) {
        HASH_DEL(shapes->names, name);
        swio_free(name);
    }
    shape_free(shapes->root);
    swio_free(shapes);
}

sim_shape *swio_sim_shapes_root(sim_shapes *shapes)
{
    return shapes->root;
}

size_t swio_sim_shapes_count(const sim_shapes *shapes)
{
    return shapes->count;
}

const char *swio_sim_shapes_name(sim_shapes *shapes, const char *text, size_t len)
{
    sim_name *name;
    HASH_FIND(hh, shapes->names, text, len, name);
    if (name)
        return name->text;
    name = swio_calloc(1, sizeof *name + len + 1);
    if (!name)
        return NULL;
    memcpy(name->text, text, len);
    HASH_ADD_KEYPTR(hh, shapes->names, name->text, len, name);
    if (SWIO_HASH_FAILED(name->hh)) {
        swio_free(name);
        return NULL;
    }
    return name->text;
}

int swio_sim_stage_init(sim_stage *stage, sim_shapes *shapes, const sim_row *rows)
{
    *stage = (sim_stage){.rows = rows};
    while (rows[stage->count].name)
        stage->count++;
    stage->names = swio_calloc(stage->count, sizeof *stage->names);
    stage->values = swio_calloc(stage->count, sizeof(sim_value *));
    if (!stage->names || !stage->values)
        return swio_err_nomem();
    for (size_t i = 0; i < stage->count; i++) {
        stage->relevant |= rows[i].when;
        stage->names[i] = swio_sim_shapes_name(shapes, rows[i].name, strlen(rows[i].name));
        if (rows[i].value)
            stage->values[i] = swio_sim_value_parse(rows[i].value);
        if (!stage->names[i] || (rows[i].value && !stage->values[i]))
            return swio_err_nomem();
    }
    return 0;
}

void swio_sim_stage_free(sim_stage *stage)
{
    for (size_t i = 0; stage->values && i < stage->count; i++)
        swio_free(stage->values[i]);
    swio_free(stage->values);
    swio_free(stage->names);
    *stage = (sim_stage){0};
}

/* Lines under construction. */
typedef struct sketch {
    sim_line *lines;
    size_t count;
} sketch;

/* A copy of the lines with room for `more`. */
static bool sketch_begin(sketch *s, const sim_shape *shape, size_t more)
{
    s->count = shape->block.line_count;
    s->lines = swio_calloc(s->count + more + 1, sizeof *s->lines);
    if (s->lines && s->count)
        memcpy(s->lines, shape->block.lines, s->count * sizeof *s->lines);
    return s->lines != NULL;
}

/* Names are compared without case, as channel variables are. */
static void sketch_drop(sketch *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->lines[i].name != name && strcasecmp(s->lines[i].name, name) != 0)
            continue;
        memmove(&s->lines[i], &s->lines[i + 1], (s->count - i - 1) * sizeof *s->lines);
        memset(&s->lines[--s->count], 0, sizeof *s->lines);
        return;
    }
}

static void sketch_add(sketch *s, const char *name, const sim_value *value, uint32_t slot)
{
    sim_line *line = &s->lines[s->count++];
    line->name = name;
    line->value = value;
    line->slot = slot;
}

/* The shape with these lines: a known one, or a new one that owns them. */
static sim_shape *sketch_end(sketch *s, sim_shapes *all)
{
    if (!s->count) {
        swio_free(s->lines);
        return all->root;
    }
    sim_shape *shape;
    size_t bytes = s->count * sizeof *s->lines;
    HASH_FIND(hh, all->by_lines, s->lines, bytes, shape);
    if (shape) {
        swio_free(s->lines);
        return shape;
    }
    shape = swio_calloc(1, sizeof *shape);
    if (!shape) {
        swio_free(s->lines);
        return NULL;
    }
    shape->all = all;
    shape->block.lines = s->lines;
    shape->block.line_count = s->count;
    for (size_t i = 0; i < s->count; i++)
        if (!s->lines[i].value && s->lines[i].slot >= shape->slots)
            shape->slots = s->lines[i].slot + 1;
    HASH_ADD_KEYPTR(hh, all->by_lines, shape->block.lines, bytes, shape);
    if (SWIO_HASH_FAILED(shape->hh)) {
        shape_free(shape);
        return NULL;
    }
    all->count++;
    return shape;
}

static const sim_step *known_step(const sim_shape *shape, const void *key, uint32_t what)
{
    for (uint32_t i = 0; i < shape->step_count; i++)
        if (shape->steps[i].key == key && shape->steps[i].what == what)
            return &shape->steps[i];
    return NULL;
}

/* Remembers where a step leads. Without memory it is found again the slow way. */
static sim_shape *learn_step(sim_shape *shape, sim_step step)
{
    if (!step.to)
        return NULL;
    if (shape->step_count == shape->step_room) {
        uint32_t room = shape->step_room ? shape->step_room * 2 : 2;
        sim_step *steps = swio_realloc(shape->steps, room * sizeof *steps);
        if (!steps)
            return step.to;
        shape->steps = steps;
        shape->step_room = room;
    }
    shape->steps[shape->step_count++] = step;
    return step.to;
}

/* The slot of the variable if it has one, else the lowest that is free. */
static uint32_t choose_slot(const sim_shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->block.line_count; i++) {
        const sim_line *line = &shape->block.lines[i];
        if (!line->value && (line->name == name || strcasecmp(line->name, name) == 0))
            return line->slot;
    }
    for (uint32_t slot = 0;; slot++) {
        bool used = false;
        for (size_t i = 0; i < shape->block.line_count && !used; i++)
            used = !shape->block.lines[i].value && shape->block.lines[i].slot == slot;
        if (!used)
            return slot;
    }
}

sim_shape *swio_sim_shape_set(sim_shape *shape, const char *name, uint32_t *slot)
{
    const sim_step *known = known_step(shape, name, STEP_SET);
    if (known) {
        *slot = known->slot;
        return known->to;
    }
    sketch s;
    if (!sketch_begin(&s, shape, 1))
        return NULL;
    *slot = choose_slot(shape, name);
    sketch_drop(&s, name);
    sketch_add(&s, name, NULL, *slot);
    sim_step step = {.key = name, .what = STEP_SET, .slot = *slot};
    step.to = sketch_end(&s, shape->all);
    return learn_step(shape, step);
}

sim_shape *swio_sim_shape_unset(sim_shape *shape, const char *name)
{
    const sim_step *known = known_step(shape, name, STEP_UNSET);
    if (known)
        return known->to;
    sketch s;
    if (!sketch_begin(&s, shape, 0))
        return NULL;
    sketch_drop(&s, name);
    sim_step step = {.key = name, .what = STEP_UNSET};
    step.to = sketch_end(&s, shape->all);
    return learn_step(shape, step);
}

sim_shape *swio_sim_shape_stage(sim_shape *shape, const sim_stage *stage, uint32_t mask)
{
    uint32_t what = STEP_STAGE + (mask & stage->relevant);
    const sim_step *known = known_step(shape, stage, what);
    if (known)
        return known->to;
    sketch s;
    if (!sketch_begin(&s, shape, stage->count))
        return NULL;
    for (size_t i = 0; i < stage->count; i++) {
        if ((stage->rows[i].when & mask) != stage->rows[i].when)
            continue;
        sketch_drop(&s, stage->names[i]);
        if (stage->values[i])
            sketch_add(&s, stage->names[i], stage->values[i], 0);
    }
    sim_step step = {.key = stage, .what = what};
    step.to = sketch_end(&s, shape->all);
    return learn_step(shape, step);
}

const sim_line *swio_sim_shape_find(sim_shape *shape, const char *name)
{
    /* `asked` is only a hint that the same question comes for channel after channel (hupall). */
    if (shape->asked && strcasecmp(shape->asked, name) == 0)
        return shape->found < 0 ? NULL : &shape->block.lines[shape->found];
    long found = -1;
    for (size_t i = 0; i < shape->block.line_count && found < 0; i++)
        if (strcasecmp(shape->block.lines[i].name, name) == 0)
            found = (long)i;
    const char *interned = swio_sim_shapes_name(shape->all, name, strlen(name));
    if (interned) {
        shape->asked = interned;
        shape->found = found;
    }
    return found < 0 ? NULL : &shape->block.lines[found];
}

const sim_block *swio_sim_shape_block(sim_shape *shape)
{
    if (!shape->block.segs && swio_sim_block_compile(&shape->block, "variable_"))
        return NULL;
    return &shape->block;
}

sim_shape *swio_sim_shape_ref(sim_shape *shape)
{
    shape->refs++;
    return shape;
}

static void forget_steps_to_unused(sim_shape *shape)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < shape->step_count; i++)
        if (shape->steps[i].to->refs || shape->steps[i].to == shape->all->root)
            shape->steps[kept++] = shape->steps[i];
    shape->step_count = kept;
}

/* Frees what no channel has: programs may set variables with ever new names. */
static void sweep(sim_shapes *all)
{
    sim_shape *shape, *next;
    forget_steps_to_unused(all->root);
    HASH_ITER (hh, all->by_lines, shape, next) {
        if (shape->refs)
            forget_steps_to_unused(shape);
    }
    HASH_ITER (hh, all->by_lines, shape, next) {
        if (shape->refs)
            continue;
        HASH_DEL(all->by_lines, shape);
        shape_free(shape);
        all->count--;
    }
    all->sweep_at = all->count * 2 > SWEEP_AT ? all->count * 2 : SWEEP_AT;
}

void swio_sim_shape_unref(sim_shape *shape)
{
    sim_shapes *all = shape->all;
    if (--shape->refs == 0 && all->count > all->sweep_at)
        sweep(all);
}
