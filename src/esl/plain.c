#include "esl/plain.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "esl/event.h"
#include "esl/lines.h"

/*
 * The fast way copies the text into the event before it knows how many headers there are, and so
 * has room for this many. The lines of recorded events are 31 to 49 bytes long on average: 6 events
 * of 1000 have more headers, and go the slow way; the others take 5 % more memory than they would
 * if their headers were counted first.
 */
enum { BYTES_PER_HEADER = 32 };

const char *swio_line_separator(const char *line, size_t len)
{
    const char *first = memchr(line, ':', len), *end = line + len;
    for (const char *at = first; at && at + 1 < end;
         at = memchr(at + 1, ':', (size_t)(end - at) - 1))
        if (at[1] == ' ')
            return at;
    return first;
}

/* Line by line: memmem() takes ten times as long. */
size_t swio_block_end(const char *bytes, size_t len)
{
    const char *end = bytes + len, *at = bytes;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) && ++at < end)
        if (*at == '\n')
            return (size_t)(at - bytes) + 1;
    return 0;
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

int swio_plain_block(swio_builder *b, const char *bytes, size_t len, const char *body,
                     size_t body_len, bool encoded, swio_event **out)
{
    swio_builder_reset(b);
    add_lines(b, bytes, len);
    return swio_builder_finish(b, body, body_len, encoded, out);
}

/*
 * How many of the `rest` bytes behind the block are the inner body: what the last header says if it
 * is Content-Length, as far as it is there. The frame's own Content-Length has bounded them all, so
 * that nothing wrong here can break the stream: a sendevent leaves its own content-length in the
 * event, before the one that FreeSWITCH writes (read_packet in mod_event_socket.c,
 * switch_event_serialize), and that one may be anything.
 */
static size_t inner_length(const char *text, const swio_entry *entries, size_t count, size_t rest)
{
    static const char name[] = "Content-Length";
    if (count == 0)
        return 0;
    const swio_entry *last = &entries[count - 1];
    size_t start = count > 1 ? last[-1].end + 1 : 0;
    if (last->colon - start != sizeof name - 1 || strcasecmp(text + start, name) != 0)
        return rest;
    size_t length = 0;
    for (const char *p = text + last->colon + 2; *p >= '0' && *p <= '9' && length < rest; p++)
        length = length * 10 + (size_t)(*p - '0');
    return length < rest ? length : rest;
}

static int slow_event(swio_builder *b, const char *bytes, size_t len, swio_event **out)
{
    swio_builder_reset(b);
    size_t at = add_lines(b, bytes, len);
    int error = swio_builder_error(b);
    if (error)
        return error;
    size_t inner = inner_length(b->text.data, b->entries, b->count, len - at);
    return swio_builder_finish(b, bytes + at, inner, true, out);
}

/* Most often the block is all there is. */
static bool ends_with_empty_line(const char *bytes, size_t len)
{
    return len > 1 && bytes[len - 1] == '\n' && bytes[len - 2] == '\n';
}

/*
 * The fast way, for the events that FreeSWITCH sends: every line as it writes them, and no ':' but
 * those behind the names. Anything else gives *out == NULL.
 */
static int usual_event(swio_builder *b, const char *bytes, size_t len, swio_event **out)
{
    *out = NULL;
    size_t block = ends_with_empty_line(bytes, len) ? len : swio_block_end(bytes, len);
    size_t rest = len - block;
    if (block <= SWIO_LINES_MIN)
        return 0;
    size_t room = block / BYTES_PER_HEADER, text_len = block - 1;
    if (room > b->max)
        room = b->max;
    swio_event *event;
    int error = swio_event_alloc(room, text_len + rest, &event);
    if (error)
        return error;
    event->encoded = true;
    const swio_lines *lines = swio_lines_best();
    size_t marks = lines->copy(event->text, bytes, text_len, &event->entries->colon, 2 * room);
    size_t count = marks / 2;
    if (marks > 2 * room || marks % 2 != 0 ||
        !lines->alternate(bytes, event->entries, count, swio_event_set_count(event, count))) {
        swio_event_unref(event);
        return 0;
    }
    if (rest) {
        event->body = memcpy(event->text + text_len, bytes + block, rest);
        event->body_len = inner_length(event->text, event->entries, count, rest);
        event->text[text_len + event->body_len] = '\0';
    }
    *out = event;
    return 0;
}

int swio_plain_event(swio_builder *b, const char *bytes, size_t len, swio_event **out)
{
    if (len > SWIO_MAX_TEXT)
        return swio_err(SWIO_ELIMIT, "an event of %zu bytes: the largest is %u", len,
                        SWIO_MAX_TEXT);
    swio_event *event;
    int error = usual_event(b, bytes, len, &event);
    if (!error && !event)
        error = slow_event(b, bytes, len, &event);
    if (!error)
        *out = event;
    return error;
}

int swio_event_from_plain(const char *bytes, size_t len, size_t max_headers, swio_event **out)
{
    swio_builder b = swio_builder_make(max_headers);
    int error = swio_plain_event(&b, bytes, len, out);
    swio_builder_free(&b);
    return error;
}
