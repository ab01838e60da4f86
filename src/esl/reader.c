#include "esl/reader.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "esl/event.h"
#include "esl/frame_head.h"
#include "esl/plain.h"

enum { DEFAULT_HEADER_BYTES = 1 << 20, DEFAULT_BODY_BYTES = 64 << 20 };

/* A buffer that one huge frame has blown up is not kept. */
enum { KEEP_BYTES = 1 << 20 };

struct swio_reader {
    swio_reader_limits limits;
    swio_buf pending; /* what came of a frame that is not whole yet */
    swio_frame_head head;
    bool in_body; /* the header block is whole, `head` holds */
    swio_greeting greeting;
    swio_builder builder; /* kept from one event to the next */
    uint64_t consumed;    /* bytes of the stream, before the current call */
    uint64_t frame_at;    /* where in the stream the current frame begins */
    int error;
    char sentence[512];
};

int swio_reader_new(const swio_reader_limits *limits, swio_reader **out)
{
    swio_reader_limits l = limits ? *limits : (swio_reader_limits){0};
    if (!l.header_bytes)
        l.header_bytes = DEFAULT_HEADER_BYTES;
    if (!l.body_bytes)
        l.body_bytes = DEFAULT_BODY_BYTES;
    if (!l.headers)
        l.headers = SWIO_MAX_HEADERS;
    if (l.header_bytes > SWIO_MAX_TEXT / 2 || l.body_bytes > SWIO_MAX_TEXT / 2)
        return swio_err(SWIO_EINVAL, "reader limits of %zu and %zu bytes: the largest is %u",
                        l.header_bytes, l.body_bytes, SWIO_MAX_TEXT / 2);
    swio_reader *reader = swio_calloc(1, sizeof *reader);
    if (!reader)
        return swio_err_nomem();
    reader->limits = l;
    reader->builder = swio_builder_make(l.headers);
    *out = reader;
    return 0;
}

void swio_reader_free(swio_reader *reader)
{
    if (!reader)
        return;
    swio_buf_free(&reader->pending);
    swio_builder_free(&reader->builder);
    swio_free(reader);
}

int swio_reader_at_boundary(const swio_reader *reader)
{
    return !reader->error && !reader->in_body && reader->pending.len == 0;
}

/* Ends the reader with the error that was just said, and says where. */
static int fail(swio_reader *reader, int error)
{
    reader->error = error;
    snprintf(reader->sentence, sizeof reader->sentence,
             "%s (in the frame at byte %" PRIu64 " of the stream)", swio_errmsg(),
             reader->frame_at);
    swio_err(error, "%s", reader->sentence);
    swio_buf_free(&reader->pending);
    swio_builder_free(&reader->builder);
    return error;
}

/* The frame's headers and its body, as they stand. */
static int make_raw(swio_reader *reader, const char *frame, swio_event **out)
{
    const swio_frame_head *head = &reader->head;
    return swio_plain_block(&reader->builder, frame, head->len, frame + head->len, head->body_len,
                            head->encoded, out);
}

static int make_event(swio_reader *reader, const char *body, swio_event **out)
{
    size_t len = reader->head.body_len, max = reader->limits.headers;
    switch (reader->head.format) {
    case SWIO_EVENT_JSON:
        return swio_event_from_json(body, len, max, out);
    case SWIO_EVENT_XML:
        return swio_event_from_xml(body, len, max, out);
    case SWIO_EVENT_PLAIN:
    default:
        return swio_plain_event(&reader->builder, body, len, out);
    }
}

/* Makes the frame of its bytes, which are all there. */
static int complete(swio_reader *reader, const char *bytes, swio_frame *frame)
{
    swio_frame made = {.kind = reader->head.kind};
    int error;
    if (made.kind == SWIO_FRAME_EVENT) {
        error = make_event(reader, bytes + reader->head.len, &made.event);
        if (error == SWIO_EPROTO) {
            made.kind = SWIO_FRAME_UNDECODABLE;
            error = make_raw(reader, bytes, &made.event);
        }
    } else {
        error = make_raw(reader, bytes, &made.event);
    }
    if (error)
        return fail(reader, error);
    reader->in_body = false;
    *frame = made;
    return 1;
}

static int too_long(const swio_reader *reader)
{
    return swio_err(SWIO_ELIMIT, "a header block of more than %zu bytes, which is max_header_bytes",
                    reader->limits.header_bytes);
}

/* The header block is whole: reads it, if that is not done. */
static int take_head(swio_reader *reader, const char *bytes, size_t len, bool read)
{
    int error = len > reader->limits.header_bytes ? too_long(reader) : 0;
    if (!error && !read)
        error = swio_frame_head_read(bytes, len, &reader->head);
    if (!error && reader->head.body_len > reader->limits.body_bytes)
        error = swio_err(SWIO_ELIMIT, "a frame with a body of %zu bytes: max_body_bytes is %zu",
                         reader->head.body_len, reader->limits.body_bytes);
    if (error)
        return fail(reader, error);
    reader->in_body = true;
    return 0;
}

/* Keeps bytes of a frame that is not whole. */
static int keep(swio_reader *reader, const char *bytes, size_t len)
{
    swio_buf *pending = &reader->pending;
    if (reader->in_body) /* room for all of it, at once */
        swio_buf_reserve(pending, reader->head.len + reader->head.body_len - pending->len);
    else if (len > reader->limits.header_bytes - pending->len)
        return fail(reader, too_long(reader));
    swio_buf_add(pending, bytes, len);
    int error = swio_buf_error(pending);
    return error ? fail(reader, error) : 0;
}

/* Goes on with a frame whose start is in `pending`. */
static int feed_pending(swio_reader *reader, const char *bytes, size_t len, size_t *used,
                        swio_frame *frame)
{
    swio_buf *pending = &reader->pending;
    int error;
    if (!reader->in_body) {
        /* the end may be split between the pieces; what was seen is not looked at again */
        bool split = len && bytes[0] == '\n' && pending->data[pending->len - 1] == '\n';
        size_t end = split ? 1 : swio_block_end(bytes, len);
        size_t take = end ? end : len;
        *used += take;
        error = keep(reader, bytes, take);
        if (!error && end)
            error = take_head(reader, pending->data, pending->len, false);
        if (error || !end)
            return error;
        bytes += take;
        len -= take;
    }
    size_t missing = reader->head.len + reader->head.body_len - pending->len;
    size_t take = missing < len ? missing : len;
    error = keep(reader, bytes, take);
    if (error)
        return error;
    *used += take;
    if (take < missing)
        return 0;
    int result = complete(reader, pending->data, frame);
    if (pending->cap > KEEP_BYTES)
        swio_buf_free(pending);
    else
        swio_buf_clear(pending);
    return result;
}

/* Starts with a frame, after the empty lines before it. */
static int feed_new(swio_reader *reader, const char *bytes, size_t len, size_t *used,
                    swio_frame *frame)
{
    size_t at = 0;
    while (at < len && bytes[at] == '\n')
        at++;
    *used = at;
    if (at == len)
        return 0;
    reader->frame_at = reader->consumed + at;
    bool usual = swio_frame_head_usual(bytes + at, len - at, &reader->head);
    size_t head_len = usual ? reader->head.len : swio_block_end(bytes + at, len - at);
    if (head_len) {
        int error = take_head(reader, bytes + at, head_len, usual);
        if (error)
            return error;
        size_t whole = head_len + reader->head.body_len;
        if (whole <= len - at) {
            *used = at + whole;
            return complete(reader, bytes + at, frame);
        }
    }
    *used = len;
    return keep(reader, bytes + at, len - at);
}

int swio_reader_feed(swio_reader *reader, const char *bytes, size_t len, size_t *used,
                     swio_frame *frame)
{
    *used = 0;
    if (reader->error)
        return swio_err(reader->error, "%s", reader->sentence);
    int result = swio_greeting_check(&reader->greeting, bytes, len, reader->limits.header_bytes);
    if (result)
        return fail(reader, result);
    result = reader->pending.len ? feed_pending(reader, bytes, len, used, frame)
                                 : feed_new(reader, bytes, len, used, frame);
    reader->consumed += *used;
    return result;
}
