/* Header blocks: lines of name and value template, compiled into runs of bytes and fields. */
#ifndef SWIO_SIM_BLOCK_H
#define SWIO_SIM_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct sim_view;

/* A line of a table: "sip_to_uri", "{user}@{host}", and when it is there (tables.h; 0: always). */
typedef struct sim_row {
    const char *name;
    const char *value;
    uint32_t when;
} sim_row;

/* A piece of a value: literal text and the field behind it (-1: none). */
typedef struct sim_piece {
    const char *text;
    uint16_t len;
    int16_t field;
} sim_piece;

/* A parsed value template; the text stays in the table that it came from. */
typedef struct sim_value {
    size_t count;
    sim_piece pieces[];
} sim_value;

/* A name with a template, or (value NULL) with the text in a slot of the channel. */
typedef struct sim_line {
    const char *name;
    const sim_value *value;
    uint32_t slot;
} sim_line;

/* A run: literal bytes, then a field or a slot. */
typedef struct sim_seg {
    uint32_t at, len;
    int16_t field;       /* -1: none */
    bool is_slot, whole; /* whole: the value is this field alone, and "_undef_" where it is empty */
    bool safe;           /* the text of the field never needs encoding */
    uint32_t slot;
} sim_seg;

typedef struct sim_block {
    size_t line_count, seg_count;
    sim_line *lines;
    sim_seg *segs;  /* NULL until compiled */
    char *literals; /* with some bytes behind them that may be read */
    size_t literals_len;
} sim_block;

/* Parses a template; NULL without memory. Aborts on an unknown field: the tables are ours. */
sim_value *swio_sim_value_parse(const char *text);

/* Makes the runs of `block` from its lines; each name gets `prefix` in front. SWIO_ENOMEM. */
int swio_sim_block_compile(sim_block *block, const char *prefix);
void swio_sim_block_free(sim_block *block);

/* Appends the block as event-plain text. The block must be compiled. */
void swio_sim_block_render(const sim_block *block, const struct sim_view *view, swio_buf *out);

/* The raw (unencoded) value of a line, in `out`. */
void swio_sim_line_value(const sim_line *line, const struct sim_view *view, swio_buf *out);

/*
 * A table whose lines depend on conditions: one compiled block for each combination that was seen.
 */
typedef struct sim_layer_case {
    uint32_t mask;
    sim_block block;
} sim_layer_case;

typedef struct sim_layer {
    const sim_row *rows;
    size_t row_count;
    const char *prefix;
    sim_value **values; /* one per row */
    uint32_t relevant;  /* conditions that any row asks for */
    size_t case_count, case_room;
    sim_layer_case **cases;
} sim_layer;

/* `rows` ends with a NULL name; it may be NULL (an empty layer). SWIO_ENOMEM. */
int swio_sim_layer_init(sim_layer *layer, const sim_row *rows, const char *prefix);
void swio_sim_layer_free(sim_layer *layer);

/* The compiled block for these conditions; NULL without memory. */
const sim_block *swio_sim_layer_block(sim_layer *layer, uint32_t mask);

#endif
