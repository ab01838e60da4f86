#include "esl/builder.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "esl/event.h"
#include "esl/fingerprint.h"

enum { FIRST_CAPACITY = 64 };

swio_builder swio_builder_make(size_t max_headers)
{
    return (swio_builder){.text.max = SWIO_MAX_TEXT,
                          .max = max_headers ? max_headers : SWIO_MAX_HEADERS};
}

void swio_builder_free(swio_builder *b)
{
    swio_buf_free(&b->text);
    swio_free(b->entries);
    *b = swio_builder_make(b->max);
}

void swio_builder_reset(swio_builder *b)
{
    swio_buf_clear(&b->text);
    b->count = 0;
    b->error = 0;
}

static int grow(swio_builder *b)
{
    size_t cap = b->cap ? b->cap * 2 : FIRST_CAPACITY;
    swio_entry *entries = swio_malloc(cap * (sizeof *entries + sizeof *b->prints));
    if (!entries)
        return swio_err_nomem();
    uint8_t *prints = (uint8_t *)(entries + cap);
    if (b->count) {
        memcpy(entries, b->entries, b->count * sizeof *entries);
        memcpy(prints, b->prints, b->count * sizeof *prints);
    }
    swio_free(b->entries);
    b->entries = entries;
    b->prints = prints;
    b->cap = cap;
    return 0;
}

static void end_value(swio_builder *b)
{
    if (b->count == 0)
        return;
    b->entries[b->count - 1].end = (uint32_t)b->text.len;
    swio_buf_putc(&b->text, '\0');
}

void swio_builder_header(swio_builder *b, const char *name, size_t len)
{
    if (b->error || b->text.error)
        return;
    end_value(b);
    if (b->count == b->max)
        b->error = swio_err(SWIO_ELIMIT, "more than %zu headers", b->max);
    else if (b->count == b->cap)
        b->error = grow(b);
    if (b->error)
        return;
    swio_buf_add(&b->text, name, len);
    b->entries[b->count].colon = (uint32_t)b->text.len;
    b->prints[b->count++] = swio_fingerprint(name, len);
    swio_buf_add(&b->text, "\0 ", 2);
}

int swio_builder_error(const swio_builder *b)
{
    return b->error ? b->error : swio_buf_error(&b->text);
}

int swio_builder_finish(swio_builder *b, const char *body, size_t body_len, bool encoded,
                        swio_event **out)
{
    end_value(b);
    int error = swio_builder_error(b);
    size_t block = b->text.len;
    if (!error && body_len > SWIO_MAX_TEXT - block)
        error = swio_err(SWIO_ELIMIT, "an event with a body of %zu bytes: the largest is %u",
                         body_len, SWIO_MAX_TEXT);
    swio_event *event;
    if (!error)
        error = swio_event_alloc(b->count, block + body_len, &event);
    if (error)
        return error;
    swio_event_set_count(event, b->count);
    event->encoded = encoded;
    if (b->count) {
        memcpy(event->entries, b->entries, b->count * sizeof *b->entries);
        memcpy(event->prints, b->prints, b->count);
        memcpy(event->text, b->text.data, block);
    }
    if (body_len)
        memcpy(event->text + block, body, body_len);
    event->body = event->text + block;
    event->body_len = body_len;
    *out = event;
    return 0;
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
    swio_builder b = swio_builder_make(count);
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
