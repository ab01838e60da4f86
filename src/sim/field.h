/* The fields of the header templates: {uuid}, {dest}, {caller_rtp}… as values of a channel. */
#ifndef SWIO_SIM_FIELD_H
#define SWIO_SIM_FIELD_H

#include "sim/model.h"

enum { SIM_ARGS = 8, SIM_FIELD_ROOM = 64 };

typedef struct sim_header {
    const char *name;
    const char *value;
} sim_header;

/* What an event says besides what its channel says. Borrowed for the call that fires it. */
typedef struct sim_args {
    const char *v[SIM_ARGS]; /* {1} … {8}; NULL: its header is left out where it is conditional */
    const sim_header *first; /* headers ahead of Event-Name (PRIVATE_COMMAND) */
    const sim_header *more;  /* headers behind all others */
    size_t first_count, more_count;
    const char *subclass; /* of a CUSTOM event */
    const char *body;     /* inner body; NULL: none */
    size_t body_len;
    uint64_t sequence;      /* given early; 0: the next one */
    const sim_clock *clock; /* when the event was made, if that was earlier; NULL: now */
} sim_args;

/* What a template is filled from. `channel` and `args` may be NULL. */
typedef struct sim_view {
    const sim_node *node;
    const sim_channel *channel;
    const sim_args *args;
    const struct sim_source_def *source; /* NULL outside of events */
    struct sim_source_layers *layers;    /* its tables */
    const sim_clock *clock;
    uint64_t sequence;
} sim_view;

/* The number of the field of this name, or -1. */
int swio_sim_field_by_name(const char *name, size_t len);

/* True where the text never needs percent-encoding. */
bool swio_sim_field_is_safe(int field);

/* The raw text; it lives in `scratch` or as long as what it came from. */
const char *swio_sim_field_text(const sim_view *view, int field, char scratch[SIM_FIELD_ROOM],
                                size_t *len);

/* Decimal digits, as many as needed, without a NUL. Returns how many. */
size_t swio_sim_digits(char *to, uint64_t value);

/* The text of a sim_text; NULL with *len 0 where there is none. */
const char *swio_sim_text(const sim_channel *channel, sim_text text, size_t *len);

/* "2026-11-22 02:59:19" in local time, for a moment in microseconds. */
void swio_sim_stamp(uint64_t moment, char to[SIM_FIELD_ROOM]);

const char *swio_sim_state_name(unsigned state);
const char *swio_sim_callstate_name(unsigned callstate);

#endif
