/* Blocks of header lines: the body of a plain event, and the header block of a frame. */
#ifndef SWIO_ESL_PLAIN_H
#define SWIO_ESL_PLAIN_H

#include "esl/builder.h"

/* See swio_event_from_plain(). The builder, and with it its memory, is for those made slowly. */
int swio_plain_event(swio_builder *b, const char *bytes, size_t len, swio_event **out);

/*
 * Makes an event of the lines of a header block, which ends with its empty line or with the bytes,
 * and of a body that stands somewhere else. `encoded` tells of the values.
 */
int swio_plain_block(swio_builder *b, const char *bytes, size_t len, const char *body,
                     size_t body_len, bool encoded, swio_event **out);

/* Where the header block at `bytes` ends, behind its empty line; 0 if it does not end there. */
size_t swio_block_end(const char *bytes, size_t len);

/*
 * The first ": " of the line, or its first ':' if there is none; NULL without. FreeSWITCH writes
 * "%s: %s\n", and encodes both ':' and ' ' in values but nothing in names: so a name may have a ':'
 * in it (a variable of that name).
 */
const char *swio_line_separator(const char *line, size_t len);

#endif
