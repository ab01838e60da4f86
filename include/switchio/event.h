/* Events: what FreeSWITCH sends, immutable and reference counted. */
#ifndef SWITCHIO_EVENT_H
#define SWITCHIO_EVENT_H

#include <stddef.h>
#include <switchio/export.h>

SWIO_BEGIN_DECLS

/*
 * A block of headers in their order, and a body. The replies of commands are events as well: their
 * headers are those of the frame (Content-Type, Reply-Text, Job-UUID) and their body is its body.
 *
 * Header names are compared without regard to case, as FreeSWITCH does (switch_event.c). A name
 * may occur more than once (Hangup-Cause does in CHANNEL_HANGUP_COMPLETE): a look-up by name gives
 * the first, the walk by index gives all. A line that had no name is a header with an empty name,
 * and the line its value: the rest of a value with a line break in it, as in a reply to getvar.
 *
 * An event never changes once it was made; any thread may read it, without a lock. What is got from
 * it (names, values, body) lives as long as the caller holds a reference. The three formats give
 * the same event; text that is not UTF-8 comes through all of them byte for byte.
 */
typedef struct swio_event swio_event;

/* The formats in which FreeSWITCH sends events (`event plain|json|xml`). */
typedef enum swio_event_format {
    SWIO_EVENT_PLAIN,
    SWIO_EVENT_JSON,
    SWIO_EVENT_XML,
} swio_event_format;

SWIO_API swio_event *swio_event_ref(swio_event *event);
/* Gives NULL, so that `event = swio_event_unref(event)`. NULL is fine. */
SWIO_API swio_event *swio_event_unref(swio_event *event);

/*
 * The value of Event-Name; for a custom event see swio_event_key(). NULL for a reply, but for the
 * one to `connect` on an outbound socket, which is the CHANNEL_DATA event itself.
 */
SWIO_API const char *swio_event_name(const swio_event *event);

/*
 * What the event is dispatched under: Event-Subclass of a CUSTOM event ("mod_bert::lost_sync"),
 * else Event-Name. NULL for a reply.
 */
SWIO_API const char *swio_event_key(const swio_event *event);

/*
 * The decoded value of the first header of this name, with a NUL behind it; NULL if there is none
 * (or no memory to decode it). It is decoded on first use, once: the pointer stays the same. Given
 * as sent are two defects of the plain format: an empty value is "_undef_", and a literal "%41"
 * looks like an 'A' (switch_url_encode does not escape what looks encoded).
 */
SWIO_API const char *swio_event_get(const swio_event *event, const char *name);

/* The same, with the length: a decoded value may contain NUL bytes. `len` may be NULL. */
SWIO_API const char *swio_event_get_len(const swio_event *event, const char *name, size_t *len);

/* The value as a whole decimal number, or `otherwise` where it is none or does not fit. */
SWIO_API long long swio_event_get_int(const swio_event *event, const char *name,
                                      long long otherwise);

/* The headers by index, in their order. Names and values end in a NUL. NULL past the end. */
SWIO_API size_t swio_event_header_count(const swio_event *event);
SWIO_API const char *swio_event_header_name(const swio_event *event, size_t index);
SWIO_API const char *swio_event_header_value(const swio_event *event, size_t index, size_t *len);

/*
 * Array values: "ARRAY::a|:b" in plain, a list in JSON, elements of one name in a row in XML; the
 * value of all of them is "ARRAY::a|:b" (so that an item with "|:" in it is two). A value that is
 * no array counts as an array of one, as does in XML an array of one item, which cannot be told
 * from a value. The item is not NUL-terminated: its length goes to `len`. NULL past the end or
 * without such a header.
 */
SWIO_API size_t swio_event_array_count(const swio_event *event, const char *name);
SWIO_API const char *swio_event_array_item(const swio_event *event, const char *name, size_t index,
                                           size_t *len);

/*
 * The body: of a reply the bytes behind its headers, of an event the inner body (the result of a
 * BACKGROUND_JOB, the text of a MESSAGE). With a NUL behind it; "" and length 0 where there is
 * none. `len` may be NULL.
 */
SWIO_API const char *swio_event_body(const swio_event *event, size_t *len);

SWIO_END_DECLS

#endif
