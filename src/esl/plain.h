/* Blocks of header lines: the body of a plain event, and the header block of a frame. */
#ifndef SWIO_ESL_PLAIN_H
#define SWIO_ESL_PLAIN_H

#include "esl/builder.h"

/* What is kept from one event to the next. */
typedef struct swio_plain {
    swio_builder builder;
    uint32_t *ends; /* of lines; made on first use */
} swio_plain;

swio_plain swio_plain_make(size_t max_headers);
void swio_plain_free(swio_plain *p);

/* See swio_event_from_plain(). */
int swio_plain_event(swio_plain *p, const char *bytes, size_t len, swio_event **out);

/*
 * Makes an event of the lines of a header block, which ends with its empty line or with the bytes,
 * and of a body that stands somewhere else. `encoded` tells of the values.
 */
int swio_plain_block(swio_plain *p, const char *bytes, size_t len, const char *body,
                     size_t body_len, bool encoded, swio_event **out);

/*
 * The first ": " of the line, or its first ':' if there is none; NULL without. FreeSWITCH writes
 * "%s: %s\n", and encodes both ':' and ' ' in values but nothing in names: so a name may have a ':'
 * in it (a variable of that name).
 */
const char *swio_line_separator(const char *line, size_t len);

#endif
