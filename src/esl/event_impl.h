/* The inside of an event. For src/esl alone. */
#ifndef SWIO_ESL_EVENT_IMPL_H
#define SWIO_ESL_EVENT_IMPL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <switchio/event.h>

#include "esl/event.h"

/* Default of the `max_headers` arguments and of swio_reader_limits.headers. */
enum { SWIO_MAX_HEADERS = 4096 };

/* Offsets are 32 bits wide: the text of an event is never longer. */
#define SWIO_MAX_TEXT (UINT32_MAX / 2)

/* A value after percent-decoding; published once, by compare-and-swap, and then never changed. */
typedef struct swio_decoded {
    struct swio_decoded *next;
    uint32_t index;
    uint32_t len;
    char text[];
} swio_decoded;

/* Lists of them, by the lowest bits of the index. */
typedef struct swio_decoded_lists {
    uint32_t count;    /* a power of two */
    _Atomic(bool) any; /* one is not empty */
    _Atomic(swio_decoded *) first[];
} swio_decoded_lists;

/* So many bytes behind the text belong to it, so that it can be looked at 32 bytes at a time. */
enum { SWIO_TEXT_SLACK = 32 };

/*
 * One allocation: this, the lists of decoded values, the text with a NUL and the slack behind it,
 * an entry before the first and the entries, and the fingerprints of the names (padded, see
 * fingerprint.h).
 */
struct swio_event {
    uint32_t count;
    bool encoded; /* values are percent-encoded */
    char *text;
    swio_entry *entries; /* entries[-1].end + 1 is 0 */
    uint8_t *prints;
    swio_decoded_lists *decoded;
    const char *body;
    size_t body_len;
};

/*
 * Gives an event with room for `room` headers and `text_len` bytes of text (at most SWIO_MAX_TEXT),
 * with no header yet, and everything set but text and body. SWIO_ENOMEM.
 */
int swio_event_alloc(size_t room, size_t text_len, swio_event **out);

/* Says how many headers it has, at most `room`. Returns the place for their fingerprints. */
uint8_t *swio_event_set_count(swio_event *event, size_t count);

static inline uint32_t swio_entry_start(const swio_event *event, size_t i)
{
    return event->entries[(ptrdiff_t)i - 1].end + 1;
}

static inline size_t swio_entry_name_len(const swio_event *event, size_t i)
{
    return event->entries[i].colon - swio_entry_start(event, i);
}

static inline const char *swio_entry_value(const swio_event *event, size_t i)
{
    return event->text + event->entries[i].colon + 2;
}

static inline size_t swio_entry_value_len(const swio_event *event, size_t i)
{
    return event->entries[i].end - event->entries[i].colon - 2u;
}

#endif
