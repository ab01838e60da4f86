/* Events for tests: made by hand, or taken from a recorded stream. */
#ifndef TESTS_SUPPORT_EVENTS_H
#define TESTS_SUPPORT_EVENTS_H

#include <stddef.h>
#include <switchio/event.h>

/*
 * An event of "Name", "value" pairs that end in NULL, none of it encoded. The test ends without
 * memory. The caller owns the reference.
 */
swio_event *event_of(const char *name, ...) __attribute__((sentinel));

/* The same with a body. */
swio_event *event_with_body(const char *body, const char *name, ...) __attribute__((sentinel));

/* All events of a stream, in their order. */
typedef struct dialogue {
    swio_event **events; /* references */
    size_t count;
} dialogue;
dialogue dialogue_of(const char *bytes, size_t len);
void dialogue_free(dialogue *d);

#endif
