/* How events are made. Reading them is public: include/switchio/event.h. */
#ifndef SWIO_ESL_EVENT_H
#define SWIO_ESL_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/event.h>

/*
 * Makes an event of a block of header lines ("Name: value\n"), ended by an empty line or by the end
 * of the bytes, with an inner body behind it where a Content-Length header in the block says so.
 * Values are taken as percent-encoded. This is the body of a text/event-plain frame, and the bytes
 * are copied. SWIO_EPROTO with a sentence for a broken block, SWIO_ELIMIT past `max_headers` (0:
 * the default), SWIO_ENOMEM.
 */
int swio_event_from_plain(const char *bytes, size_t len, size_t max_headers, swio_event **out);

/* The same of the body of a text/event-json frame; text that is not UTF-8 is kept byte for byte. */
int swio_event_from_json(const char *bytes, size_t len, size_t max_headers, swio_event **out);

/* The same of the body of a text/event-xml frame. */
int swio_event_from_xml(const char *bytes, size_t len, size_t max_headers, swio_event **out);

/*
 * A header as it stands in the event's buffer. `encoded`: the value is percent-encoded and was not
 * decoded yet. Neither text needs to end in a NUL.
 */
typedef struct swio_raw_header {
    const char *name;
    size_t name_len;
    const char *value;
    size_t value_len;
    bool encoded;
} swio_raw_header;

/* The header at `index` without decoding or allocating anything. False past the end. */
bool swio_event_raw_header(const swio_event *event, size_t index, swio_raw_header *out);

/*
 * One header. In the text of every event, whatever format it came in, headers stand one behind the
 * other as "Name\0 value\0": the lines of a plain event with their ':' and their '\n' replaced. The
 * name begins where the header before it ends, the value two bytes behind the ':'.
 */
typedef struct swio_entry {
    uint32_t colon;
    uint32_t end; /* of the value, where its NUL is */
} swio_entry;

/*
 * All headers at once, for the history, which compares every header of every event with what it
 * has. Before the text and behind it 32 bytes more can be read.
 */
typedef struct swio_event_text {
    const char *text;
    const swio_entry *entries; /* entries[-1].end + 1 is 0 */
    size_t count;
    bool encoded; /* values are percent-encoded, and not decoded yet */
} swio_event_text;
swio_event_text swio_event_text_of(const swio_event *event);

/* Percent-decodes `len` bytes into `to` (which may be `from`); returns the new length. */
size_t swio_percent_decode(char *to, const char *from, size_t len);

/* Makes an event of headers in this order and a body (`body_len` 0: none); all is copied.
 * SWIO_ENOMEM. */
int swio_event_from_headers(const swio_raw_header *headers, size_t count, const char *body,
                            size_t body_len, swio_event **out);

#endif
