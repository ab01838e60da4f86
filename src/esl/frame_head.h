/* The header block of a frame: what it says about the bytes that follow. */
#ifndef SWIO_ESL_FRAME_HEAD_H
#define SWIO_ESL_FRAME_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "esl/reader.h"

typedef struct swio_frame_head {
    swio_frame_kind kind;
    swio_event_format format; /* of a SWIO_FRAME_EVENT */
    bool encoded; /* the values are percent-encoded: the reply to `connect`, which is an event */
    size_t len;   /* of the block with its empty line */
    size_t body_len;
} swio_frame_head;

/*
 * Reads a block that is whole. SWIO_EPROTO with a sentence: a Content-Length that is no number,
 * does not fit, comes twice, or is missing from an event.
 */
int swio_frame_head_read(const char *block, size_t len, swio_frame_head *head);

/*
 * Recognizes the header block that FreeSWITCH puts before every plain event, to the letter, and
 * reads it; false for any other, which swio_frame_head_read() is for. Nine of ten frames have it.
 */
bool swio_frame_head_usual(const char *bytes, size_t len, swio_frame_head *head);

/*
 * The first frame of a stream tells whether it is the Event Socket at all: FreeSWITCH greets with
 * lines of "Name: value" that end in a bare line feed. Anything else (HTTP, SIP, TLS, SSH) is
 * refused as soon as a line of it shows, instead of waiting for an empty line that never comes.
 * Later frames are read leniently: a raw value with line breaks in it may stand in any reply.
 */
typedef struct swio_greeting {
    bool passed; /* the first frame's header block is through */
    size_t seen; /* bytes of it */
    bool colon;  /* seen in this line */
    size_t len;  /* of this line, so far */
    char line[64];
} swio_greeting;

/*
 * Looks at the next bytes, up to `limit` of the block: behind it the reader ends anyway.
 * SWIO_EPROTO with a sentence that quotes the line.
 */
int swio_greeting_check(swio_greeting *greeting, const char *bytes, size_t len, size_t limit);

#endif
