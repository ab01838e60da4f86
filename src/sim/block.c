#include "sim/block.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "esl/write.h"
#include "sim/field.h"

static size_t count_fields(const char *text)
{
    size_t n = 0;
    for (const char *p = text; *p; p++)
        n += *p == '{';
    return n;
}

sim_value *swio_sim_value_parse(const char *text)
{
    sim_value *value = swio_calloc(1, sizeof *value + (count_fields(text) + 1) * sizeof(sim_piece));
    if (!value)
        return NULL;
    for (;;) {
        sim_piece *piece = &value->pieces[value->count];
        size_t len = strcspn(text, "{");
        piece->text = text;
        piece->len = (uint16_t)len;
        piece->field = -1;
        if (len || text[len])
            value->count++;
        if (!text[len])
            return value;
        const char *name = text + len + 1;
        size_t name_len = strcspn(name, "}");
        piece->field = (int16_t)swio_sim_field_by_name(name, name_len);
        if (piece->field < 0 || !name[name_len]) {
            fprintf(stderr, "simulator table: no field in '%s'\n", text);
            abort();
        }
        text = name + name_len + 1;
    }
}

/* Appends a run and gives it the literals gathered so far. */
static void cut(sim_seg *seg, const swio_buf *literals, size_t *from)
{
    seg->at = (uint32_t)*from;
    seg->len = (uint32_t)(literals->len - *from);
    *from = literals->len;
}

static void compile_line(const sim_line *line, sim_block *block, swio_buf *literals, size_t *from)
{
    if (!line->value) {
        sim_seg *seg = &block->segs[block->seg_count++];
        *seg = (sim_seg){.field = -1, .is_slot = true, .whole = true, .slot = line->slot};
        cut(seg, literals, from);
    }
    for (size_t i = 0; line->value && i < line->value->count; i++) {
        const sim_piece *piece = &line->value->pieces[i];
        swio_write_encoded(literals, piece->text, piece->len);
        if (piece->field < 0)
            continue;
        sim_seg *seg = &block->segs[block->seg_count++];
        *seg = (sim_seg){.field = piece->field,
                         .whole = line->value->count == 1 && !piece->len,
                         .safe = swio_sim_field_is_safe(piece->field)};
        cut(seg, literals, from);
    }
    if (line->value && line->value->count == 0)
        swio_buf_puts(literals, "_undef_");
    swio_buf_putc(literals, '\n');
}

/* Literals are copied in steps of this size, past their ends on both sides. */
enum { STEP = 32 };
static const char padding[STEP];

int swio_sim_block_compile(sim_block *block, const char *prefix)
{
    if (block->segs)
        return 0;
    size_t most = 1;
    for (size_t i = 0; i < block->line_count; i++)
        most += block->lines[i].value ? block->lines[i].value->count : 1;
    sim_seg *segs = swio_calloc(most, sizeof *segs);
    if (!segs)
        return swio_err_nomem();
    swio_buf literals = {0};
    size_t from = 0;
    block->segs = segs;
    block->seg_count = 0;
    for (size_t i = 0; i < block->line_count; i++) {
        swio_buf_puts(&literals, prefix);
        swio_buf_puts(&literals, block->lines[i].name);
        swio_buf_puts(&literals, ": ");
        compile_line(&block->lines[i], block, &literals, &from);
    }
    sim_seg *last = &segs[block->seg_count++];
    *last = (sim_seg){.field = -1};
    cut(last, &literals, &from);
    block->literals_len = literals.len;
    swio_buf_add(&literals, padding, sizeof padding);
    block->literals = swio_buf_steal(&literals, NULL);
    if (block->literals)
        return 0;
    swio_buf_free(&literals);
    swio_free(segs);
    block->segs = NULL;
    return swio_err_nomem();
}

void swio_sim_block_free(sim_block *block)
{
    swio_free(block->lines);
    swio_free(block->segs);
    swio_free(block->literals);
    *block = (sim_block){0};
}

/* Where a block is being written: there is room for `room` bytes and a step more. */
typedef struct pen {
    swio_buf *out;
    char *at;
    size_t room; /* of everything but the texts that are long, or encoded */
} pen;

static bool pen_down(pen *p)
{
    p->at = swio_buf_reserve(p->out, p->room + STEP);
    return p->at != NULL;
}

static void pen_up(pen *p)
{
    p->out->len = (size_t)(p->at - p->out->data);
    *p->at = '\0';
}

static void put_literal(pen *p, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i += STEP)
        memcpy(p->at + i, text + i, STEP);
    p->at += len;
}

/* A text that the room was not reckoned for. */
static bool put_long(pen *p, const char *text, size_t len, bool encode)
{
    pen_up(p);
    if (encode)
        swio_write_encoded(p->out, text, len);
    else
        swio_buf_add(p->out, text, len);
    return pen_down(p);
}

static const char *seg_text(const sim_seg *seg, const sim_view *view, char *scratch, size_t *len)
{
    if (seg->is_slot)
        return swio_sim_text(view->channel, view->channel->slots[seg->slot], len);
    return swio_sim_field_text(view, seg->field, scratch, len);
}

void swio_sim_block_render(const sim_block *block, const struct sim_view *view, swio_buf *out)
{
    char scratch[SIM_FIELD_ROOM];
    pen p = {.out = out, .room = block->literals_len + block->seg_count * SIM_FIELD_ROOM};
    if (!pen_down(&p))
        return;
    for (const sim_seg *seg = block->segs, *end = seg + block->seg_count; seg < end; seg++) {
        put_literal(&p, block->literals + seg->at, seg->len);
        if (seg->field < 0 && !seg->is_slot)
            continue;
        size_t len;
        const char *text = seg_text(seg, view, scratch, &len);
        if (!len && seg->whole) {
            text = "_undef_";
            len = 7;
        }
        bool encode = !seg->safe && !swio_write_is_plain(text, len);
        if (encode || len > SIM_FIELD_ROOM) {
            if (!put_long(&p, text, len, encode))
                return;
        } else {
            memcpy(p.at, text, len);
            p.at += len;
        }
    }
    pen_up(&p);
}

void swio_sim_line_value(const sim_line *line, const struct sim_view *view, swio_buf *out)
{
    char scratch[SIM_FIELD_ROOM];
    size_t len;
    if (!line->value) {
        const char *text = swio_sim_text(view->channel, view->channel->slots[line->slot], &len);
        swio_buf_add(out, text, len);
        return;
    }
    for (size_t i = 0; i < line->value->count; i++) {
        const sim_piece *piece = &line->value->pieces[i];
        swio_buf_add(out, piece->text, piece->len);
        if (piece->field < 0)
            continue;
        const char *text = swio_sim_field_text(view, piece->field, scratch, &len);
        swio_buf_add(out, text, len);
    }
}

int swio_sim_layer_init(sim_layer *layer, const sim_row *rows, const char *prefix)
{
    static const sim_row none[] = {{.name = NULL, .value = ""}};
    if (!rows)
        rows = none;
    *layer = (sim_layer){.rows = rows, .prefix = prefix};
    while (rows[layer->row_count].name)
        layer->row_count++;
    layer->values = swio_calloc(layer->row_count, sizeof(sim_value *));
    if (!layer->values)
        return swio_err_nomem();
    for (size_t i = 0; i < layer->row_count; i++) {
        layer->relevant |= rows[i].when;
        layer->values[i] = swio_sim_value_parse(rows[i].value);
        if (!layer->values[i])
            return swio_err_nomem();
    }
    return 0;
}

void swio_sim_layer_free(sim_layer *layer)
{
    for (size_t i = 0; i < layer->case_count; i++) {
        swio_sim_block_free(&layer->cases[i]->block);
        swio_free(layer->cases[i]);
    }
    for (size_t i = 0; layer->values && i < layer->row_count; i++)
        swio_free(layer->values[i]);
    swio_free(layer->cases);
    swio_free(layer->values);
    *layer = (sim_layer){0};
}

static const sim_block *new_case(sim_layer *layer, uint32_t mask)
{
    if (layer->case_count == layer->case_room) {
        size_t room = layer->case_room ? layer->case_room * 2 : 4;
        sim_layer_case **cases = swio_realloc(layer->cases, room * sizeof(sim_layer_case *));
        if (!cases)
            return NULL;
        layer->cases = cases;
        layer->case_room = room;
    }
    sim_layer_case *made = swio_calloc(1, sizeof *made);
    if (!made)
        return NULL;
    made->mask = mask;
    made->block.lines = swio_calloc(layer->row_count, sizeof(sim_line));
    for (size_t i = 0; made->block.lines && i < layer->row_count; i++)
        if ((layer->rows[i].when & mask) == layer->rows[i].when)
            made->block.lines[made->block.line_count++] =
                (sim_line){.name = layer->rows[i].name, .value = layer->values[i]};
    if (!made->block.lines || swio_sim_block_compile(&made->block, layer->prefix)) {
        swio_sim_block_free(&made->block);
        swio_free(made);
        return NULL;
    }
    layer->cases[layer->case_count++] = made;
    return &made->block;
}

const sim_block *swio_sim_layer_block(sim_layer *layer, uint32_t mask)
{
    mask &= layer->relevant;
    for (size_t i = 0; i < layer->case_count; i++)
        if (layer->cases[i]->mask == mask)
            return &layer->cases[i]->block;
    return new_case(layer, mask);
}
