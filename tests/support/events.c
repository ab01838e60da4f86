#include "support/events.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "esl/event.h"
#include "esl/reader.h"

enum { MAX_PAIRS = 64 };

static swio_event *make(const char *body, const char *name, va_list args)
{
    swio_raw_header headers[MAX_PAIRS];
    size_t count = 0;
    for (; name && count < MAX_PAIRS; name = va_arg(args, const char *)) {
        const char *value = va_arg(args, const char *);
        headers[count++] = (swio_raw_header){
            .name = name, .name_len = strlen(name), .value = value, .value_len = strlen(value)};
    }
    swio_event *event;
    if (swio_event_from_headers(headers, count, body, body ? strlen(body) : 0, &event))
        abort();
    return event;
}

swio_event *event_of(const char *name, ...)
{
    va_list args;
    va_start(args, name);
    swio_event *event = make(NULL, name, args);
    va_end(args);
    return event;
}

swio_event *event_with_body(const char *body, const char *name, ...)
{
    va_list args;
    va_start(args, name);
    swio_event *event = make(body, name, args);
    va_end(args);
    return event;
}

static void keep(dialogue *d, swio_event *event)
{
    d->events = realloc(d->events, (d->count + 1) * sizeof(swio_event *));
    if (!d->events)
        abort();
    d->events[d->count++] = event;
}

dialogue dialogue_of(const char *bytes, size_t len)
{
    dialogue d = {0};
    swio_reader *reader;
    if (swio_reader_new(NULL, &reader))
        abort();
    for (size_t at = 0; at < len;) {
        size_t used;
        swio_frame frame;
        int got = swio_reader_feed(reader, bytes + at, len - at, &used, &frame);
        if (got < 0)
            abort();
        at += used;
        if (got == 0)
            break;
        if (frame.kind == SWIO_FRAME_EVENT)
            keep(&d, frame.event);
        else
            swio_event_unref(frame.event);
    }
    swio_reader_free(reader);
    return d;
}

void dialogue_free(dialogue *d)
{
    for (size_t i = 0; i < d->count; i++)
        swio_event_unref(d->events[i]);
    free(d->events);
    *d = (dialogue){0};
}
