/* Makes an event of names and values, for the formats that are no header lines. */
#ifndef SWIO_ESL_BUILDER_H
#define SWIO_ESL_BUILDER_H

#include "base/buf.h"
#include "esl/event_impl.h"

/* Zeroed but for index.max. Errors stay: an add after one does nothing, and finish tells. */
typedef struct swio_builder {
    swio_buf text;
    swio_index index;
    int error; /* of the index; that of the text is in the text */
} swio_builder;

/* Starts a header. Its value is what is added to `text` until the next header or the end. */
void swio_builder_header(swio_builder *b, const char *name, size_t len);

/* Makes the event; the body may be NULL. The builder is to be freed all the same. */
int swio_builder_finish(swio_builder *b, const char *body, size_t body_len, bool encoded,
                        swio_event **out);

void swio_builder_free(swio_builder *b);

#endif
