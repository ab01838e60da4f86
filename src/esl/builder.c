#include "esl/builder.h"

#include "base/err.h"

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
