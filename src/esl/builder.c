#include "esl/builder.h"

#include <stdint.h>

#include "base/err.h"
#include "esl/event.h"

/* Ends the value before. */
static void close_value(swio_builder *b)
{
    if (b->index.count)
        swio_buf_putc(&b->text, '\0');
}

void swio_builder_header(swio_builder *b, const char *name, size_t len)
{
    if (b->error || b->text.error)
        return;
    close_value(b);
    size_t at = b->text.len;
    if (len) { /* an empty name is told by having no place of its own */
        swio_buf_add(&b->text, name, len);
        swio_buf_putc(&b->text, '\0');
    }
    if (!b->text.error)
        b->error = swio_index_add(&b->index, at, b->text.len);
}

int swio_builder_finish(swio_builder *b, const char *body, size_t body_len, bool encoded,
                        swio_event **out)
{
    close_value(b);
    size_t block = b->text.len;
    swio_buf_add(&b->text, body ? body : "", body_len);
    if (b->error)
        return b->error;
    int error = swio_buf_error(&b->text);
    if (error)
        return error;
    swio_event_parts parts = {.bytes = b->text.data,
                              .len = b->text.len,
                              .block = block,
                              .body_at = block,
                              .body_len = body_len,
                              .encoded = encoded};
    return swio_event_make(&b->index, &parts, out);
}

void swio_builder_free(swio_builder *b)
{
    swio_buf_free(&b->text);
    swio_index_free(&b->index);
}

static void add_decoded(swio_buf *out, const char *value, size_t len)
{
    char *to = swio_buf_reserve(out, len);
    if (to)
        out->len += swio_percent_decode(to, value, len);
}

int swio_event_from_headers(const swio_raw_header *headers, size_t count, const char *body,
                            size_t body_len, swio_event **out)
{
    size_t encoded = 0;
    for (size_t i = 0; i < count; i++)
        encoded += headers[i].encoded;
    /* an event is encoded or not: of a mixture, what is encoded is decoded at once */
    bool mixed = encoded && encoded < count;
    swio_builder b = {.index.max = SIZE_MAX};
    for (size_t i = 0; i < count; i++) {
        swio_builder_header(&b, headers[i].name, headers[i].name_len);
        if (mixed && headers[i].encoded)
            add_decoded(&b.text, headers[i].value, headers[i].value_len);
        else
            swio_buf_add(&b.text, headers[i].value, headers[i].value_len);
    }
    int error = swio_builder_finish(&b, body, body_len, encoded && !mixed, out);
    swio_builder_free(&b);
    return error;
}
