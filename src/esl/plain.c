#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "esl/event.h"
#include "esl/event_impl.h"

/*
 * How many of the `rest` bytes behind the block are the inner body: what the last Content-Length
 * says, as far as it is there. The frame's own Content-Length has bounded them all, so that nothing
 * wrong here can break the stream: a sendevent leaves its own content-length in the event, before
 * the one that FreeSWITCH writes (mod_event_socket.c read_packet, switch_event_serialize), and that
 * one may be anything.
 */
static size_t inner_length(const swio_index *index, const char *bytes, size_t rest)
{
    static const char name[] = "Content-Length: ";
    const size_t name_len = sizeof name - 1;
    if (index->count == 0)
        return 0;
    const swio_entry *last = &index->at[index->count - 1];
    if (last->value - last->name != name_len ||
        strncasecmp(bytes + last->name, name, name_len) != 0)
        return rest;
    size_t length = 0;
    for (const char *p = bytes + last->value; *p >= '0' && *p <= '9' && length < rest; p++)
        length = length * 10 + (size_t)(*p - '0');
    return length < rest ? length : rest;
}

int swio_event_plain(swio_index *index, const char *bytes, size_t len, swio_event **out)
{
    size_t block, used;
    int error = swio_index_block(index, bytes, len, &block, &used);
    if (error)
        return error;
    size_t inner = used < len ? inner_length(index, bytes, len - used) : 0;
    swio_event_parts parts = {.bytes = bytes,
                              .len = used + inner,
                              .block = block,
                              .body_at = used,
                              .body_len = inner,
                              .encoded = true};
    return swio_event_make(index, &parts, out);
}

int swio_event_from_plain(const char *bytes, size_t len, size_t max_headers, swio_event **out)
{
    swio_index index = {.max = max_headers ? max_headers : SWIO_MAX_HEADERS};
    int error = swio_event_plain(&index, bytes, len, out);
    swio_index_free(&index);
    return error;
}
