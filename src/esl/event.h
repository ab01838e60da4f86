/* How events are made. Reading them is public: include/switchio/event.h. */
#ifndef SWIO_ESL_EVENT_H
#define SWIO_ESL_EVENT_H

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

#endif
