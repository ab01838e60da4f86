/* The inside of an event, and the builder that every format shares. For src/esl alone. */
#ifndef SWIO_ESL_EVENT_IMPL_H
#define SWIO_ESL_EVENT_IMPL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <switchio/event.h>

#include "base/buf.h"

/* Default of the `max_headers` arguments and of swio_reader_limits.headers. */
enum { SWIO_MAX_HEADERS = 4096 };

/* Offsets are 32 bits wide: no text of an event may be longer. */
#define SWIO_MAX_TEXT (UINT32_MAX / 2)

/*
 * One header: where its name and its value begin in the text. Each header's bytes end where the
 * next one's begin, with a NUL as the last. A line that had no separator has name == value: its
 * name is empty and its value the line.
 */
typedef struct swio_entry {
    uint32_t name;
    uint32_t value;
} swio_entry;

/* A value after percent-decoding; published once, by compare-and-swap, and then never changed. */
typedef struct swio_decoded {
    struct swio_decoded *next;
    uint32_t index;
    uint32_t len;
    char text[];
} swio_decoded;

/*
 * One allocation: this, the buckets of decoded values, the entries with one more that marks the
 * end, the fingerprints (padded to a multiple of 16), the text with a NUL behind it.
 */
struct swio_event {
    uint32_t count;
    uint32_t buckets; /* a power of two */
    bool encoded;     /* values are percent-encoded */
    char *text;
    const swio_entry *entries;
    const uint8_t *prints;
    _Atomic(swio_decoded *) *decoded;
    const char *body;
    size_t body_len;
};

/* The entries of an event in the making; reused from one to the next. A zeroed struct is empty. */
typedef struct swio_index {
    swio_entry *at;
    size_t count;
    size_t cap;
    size_t max; /* headers; more is SWIO_ELIMIT */
} swio_index;

void swio_index_free(swio_index *index);

/* Appends one entry. SWIO_ELIMIT, SWIO_ENOMEM. */
int swio_index_add(swio_index *index, size_t name, size_t value);

/*
 * Finds the header lines of a block that starts at `bytes`, up to its empty line or the end of the
 * bytes. `index` is emptied first. *block gets the length of the lines (with their line ends, the
 * last of which may be missing), *used also counts the empty line. SWIO_ELIMIT, SWIO_ENOMEM.
 */
int swio_index_block(swio_index *index, const char *bytes, size_t len, size_t *block, size_t *used);

/*
 * Makes an event. Its text is a copy of the `len` bytes; the headers are those of `index` and end
 * at `block`; the body is what stands at `body_at`, of `body_len` bytes. Separators and line ends
 * become NULs.
 */
typedef struct swio_event_parts {
    const char *bytes;
    size_t len;
    size_t block;
    size_t body_at;
    size_t body_len;
    bool encoded;
} swio_event_parts;
int swio_event_make(const swio_index *index, const swio_event_parts *parts, swio_event **out);

/* Of a block with its inner body, into a reused index: see swio_event_from_plain(). */
int swio_event_plain(swio_index *index, const char *bytes, size_t len, swio_event **out);

/* The length of the name and of the value of a header as they stand in the text. */
static inline size_t swio_entry_name_len(const swio_event *event, size_t i)
{
    const swio_entry *e = &event->entries[i];
    if (e->value == e->name)
        return 0;
    /* "Name: value" has become "Name\0 value"; "Name:value", and what is no plain text,
     * "Name\0value" */
    return e->value - e->name - 1u - (event->text[e->value - 2] == '\0');
}

static inline size_t swio_entry_value_len(const swio_event *event, size_t i)
{
    return event->entries[i + 1].name - 1u - event->entries[i].value;
}

/* The first ": " of the line, or its first ':' if there is none; NULL without. */
const char *swio_line_separator(const char *line, size_t len);

/* Percent-decodes `len` bytes into `to` (which may be `from`); returns the new length. */
size_t swio_percent_decode(char *to, const char *from, size_t len);

#endif
