#include "esl/plain.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "esl/event.h"
#include "esl/lines.h"

/* Events with more go the slow way. */
enum { MAX_ENDS = SWIO_MAX_HEADERS + 1 };

swio_plain swio_plain_make(size_t max_headers)
{
    return (swio_plain){.builder = swio_builder_make(max_headers)};
}

void swio_plain_free(swio_plain *p)
{
    swio_builder_free(&p->builder);
    swio_free(p->ends);
    p->ends = NULL;
}

const char *swio_line_separator(const char *line, size_t len)
{
    const char *separator = memmem(line, len, ": ", 2);
    return separator ? separator : memchr(line, ':', len);
}

/*
 * Any line. One without a separator is kept as the value of an empty name, so that nothing is lost
 * and no later header is: it is the rest of a value with a line break in it, in the reply to
 * getvar, or of a variable's name.
 */
static void add_line(swio_builder *b, const char *line, size_t len)
{
    const char *separator = swio_line_separator(line, len);
    size_t name_len = separator ? (size_t)(separator - line) : 0;
    size_t skip = separator ? name_len + 1 : 0;
    skip += separator && skip < len && line[skip] == ' ';
    swio_builder_header(b, line, name_len);
    swio_buf_add(&b->text, line + skip, len - skip);
}

/* The lines up to the empty one. Returns how many bytes that were, with the empty line. */
static size_t add_lines(swio_builder *b, const char *bytes, size_t len)
{
    size_t at = 0;
    while (at < len && !swio_builder_error(b)) {
        const char *end = memchr(bytes + at, '\n', len - at);
        size_t width = end ? (size_t)(end - bytes) - at : len - at;
        if (width)
            add_line(b, bytes + at, width);
        at += width + (end != NULL);
        if (width == 0)
            break;
    }
    return at;
}

int swio_plain_block(swio_plain *p, const char *bytes, size_t len, const char *body,
                     size_t body_len, bool encoded, swio_event **out)
{
    swio_builder_reset(&p->builder);
    add_lines(&p->builder, bytes, len);
    return swio_builder_finish(&p->builder, body, body_len, encoded, out);
}

/*
 * How many of the `rest` bytes behind the block are the inner body: what the last header says if it
 * is Content-Length, as far as it is there. The frame's own Content-Length has bounded them all, so
 * that nothing wrong here can break the stream: a sendevent leaves its own content-length in the
 * event, before the one that FreeSWITCH writes (read_packet in mod_event_socket.c,
 * switch_event_serialize), and that one may be anything.
 */
static size_t inner_length(const swio_builder *b, size_t rest)
{
    static const char name[] = "Content-Length";
    if (b->count == 0)
        return 0;
    const swio_entry *last = &b->entries[b->count - 1];
    size_t start = b->count > 1 ? last[-1].end + 1 : 0;
    if (last->colon - start != sizeof name - 1 || strcasecmp(b->text.data + start, name) != 0)
        return rest;
    size_t length = 0;
    for (const char *p = b->text.data + last->colon + 2; *p >= '0' && *p <= '9' && length < rest;
         p++)
        length = length * 10 + (size_t)(*p - '0');
    return length < rest ? length : rest;
}

static int slow_event(swio_plain *p, const char *bytes, size_t len, swio_event **out)
{
    swio_builder *b = &p->builder;
    swio_builder_reset(b);
    size_t at = add_lines(b, bytes, len);
    int error = swio_builder_error(b);
    if (error)
        return error;
    return swio_builder_finish(b, bytes + at, inner_length(b, len - at), true, out);
}

/*
 * The fast way, for the events that FreeSWITCH sends: without an inner body, and every line as it
 * writes them, so that each line end but that of the empty line is one of a header. Anything else
 * gives *out == NULL.
 */
static int usual_event(swio_plain *p, const char *bytes, size_t len, swio_event **out)
{
    const swio_lines *lines = swio_lines_best();
    *out = NULL;
    if (!p->ends)
        p->ends = swio_malloc((MAX_ENDS + SWIO_LINES_SLACK) * sizeof *p->ends);
    if (!p->ends)
        return swio_err_nomem();
    size_t ends = lines->ends(bytes, len, p->ends, MAX_ENDS), count = ends - 1;
    if (ends < 2 || ends > MAX_ENDS || count > p->builder.max || p->ends[count] != len - 1 ||
        p->ends[count - 1] != len - 2)
        return 0;
    swio_event *event;
    int error = swio_event_alloc(count, len, &event);
    if (error)
        return error;
    event->encoded = true;
    memcpy(event->text, bytes, len);
    if (lines->split(event->text, p->ends, count, event->entries, event->prints) == count)
        *out = event;
    else
        swio_event_unref(event);
    return 0;
}

int swio_plain_event(swio_plain *p, const char *bytes, size_t len, swio_event **out)
{
    if (len > SWIO_MAX_TEXT)
        return swio_err(SWIO_ELIMIT, "an event of %zu bytes: the largest is %u", len,
                        SWIO_MAX_TEXT);
    swio_event *event;
    int error = usual_event(p, bytes, len, &event);
    if (!error && !event)
        error = slow_event(p, bytes, len, &event);
    if (!error)
        *out = event;
    return error;
}

int swio_event_from_plain(const char *bytes, size_t len, size_t max_headers, swio_event **out)
{
    swio_plain p = swio_plain_make(max_headers);
    int error = swio_plain_event(&p, bytes, len, out);
    swio_plain_free(&p);
    return error;
}
