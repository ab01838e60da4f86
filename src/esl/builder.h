/* Makes events header by header. */
#ifndef SWIO_ESL_BUILDER_H
#define SWIO_ESL_BUILDER_H

#include "base/buf.h"
#include "esl/event_impl.h"

/*
 * The memory is kept from one event to the next. Errors stay: an add after one does nothing, and
 * swio_builder_finish() tells.
 */
typedef struct swio_builder {
    swio_buf text;
    swio_entry *entries;
    uint8_t *prints; /* in the same allocation */
    size_t count;
    size_t cap;
    size_t max; /* headers; more is SWIO_ELIMIT */
    int error;  /* the first; that of the text is in the text */
} swio_builder;

/* An empty one. `max_headers` 0: the default. */
swio_builder swio_builder_make(size_t max_headers);
void swio_builder_free(swio_builder *b);

/* Starts over, with the memory that it has. */
void swio_builder_reset(swio_builder *b);

/* Starts a header. Its value is what is added to `text` until the next header or the end. */
void swio_builder_header(swio_builder *b, const char *name, size_t len);

/* 0, or what went wrong so far. */
int swio_builder_error(const swio_builder *b);

/* Makes the event; `body` may be NULL. */
int swio_builder_finish(swio_builder *b, const char *body, size_t body_len, bool encoded,
                        swio_event **out);

#endif
