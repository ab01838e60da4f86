/* The push reader: bytes in, frames out. No I/O, no clock, no thread. */
#ifndef SWIO_ESL_READER_H
#define SWIO_ESL_READER_H

#include <switchio/event.h>

/* What kind of frame came, told by its Content-Type. */
typedef enum swio_frame_kind {
    SWIO_FRAME_AUTH_REQUEST,
    SWIO_FRAME_COMMAND_REPLY,
    SWIO_FRAME_API_RESPONSE,
    SWIO_FRAME_EVENT,             /* plain, json or xml: decoded alike */
    SWIO_FRAME_LOG,               /* log/data: Log-Level, Text-Channel, … and the line as body */
    SWIO_FRAME_DISCONNECT_NOTICE, /* the body says why; Content-Disposition tells linger apart */
    SWIO_FRAME_RUDE_REJECTION,    /* the ACL of the switch refused us */
    SWIO_FRAME_OTHER, /* a Content-Type we do not know, or none (what a line break in the middle of
                         a raw value leaves behind) */
    SWIO_FRAME_UNDECODABLE, /* an event whose framing is whole and whose JSON or XML is not:
                               FreeSWITCH writes names into XML that are none. The frame's own
                               headers, the text as body; swio_errmsg() says what is wrong. The
                               stream goes on. */
} swio_frame_kind;

typedef struct swio_frame {
    swio_frame_kind kind;
    swio_event *event; /* the reader's caller owns this reference */
} swio_frame;

/* Every bound of the reader; 0 takes the default. Reaching one is SWIO_ELIMIT, final. */
typedef struct swio_reader_limits {
    size_t header_bytes; /* of one header block of a frame; 1 MiB */
    size_t headers;      /* lines in one block; 4096 */
    size_t body_bytes;   /* of one frame; 64 MiB */
} swio_reader_limits;

/*
 * What it takes and what it does not:
 *   - Lines end in a bare line feed, as FreeSWITCH writes them. A carriage return is part of a
 * value (of an SDP that getvar answered), so that "\r\n\r\n" ends no header block.
 *   - Empty lines between frames are skipped: a value that ends in a line break leaves one behind.
 *   - A line without a name in a reply or an event is kept as a header with an empty name, and no
 *     later header is lost: raw values have line breaks, and the command that asked must get what
 *     there is of its reply.
 *   - Content-Length is digits alone, once, and never more than the limit: anything else ends the
 *     stream, because nothing behind it could be trusted. In an event's own headers it only says
 *     where the inner body ends, and cannot break the stream.
 *   - The first frame has to look like an Event Socket, line by line: whatever else listens there
 *     (HTTP, SIP, SSH, TLS) is told by its first bytes.
 */
typedef struct swio_reader swio_reader;

int swio_reader_new(const swio_reader_limits *limits, swio_reader **out);
void swio_reader_free(swio_reader *reader);

/*
 * Gives the reader `len` bytes of the stream. Returns
 *   1  a frame is complete and stands in *frame; *used bytes were consumed: call again with the
 * rest; 0  all bytes were consumed (*used == len) and more are needed; <0  SWIO_EPROTO, SWIO_ELIMIT
 * or SWIO_ENOMEM with a sentence. Final: every later call gives the same error. What was seen is
 * never scanned again, so that a stream that comes in single bytes costs linear time.
 */
int swio_reader_feed(swio_reader *reader, const char *bytes, size_t len, size_t *used,
                     swio_frame *frame);

/* True between two frames: the stream may end here. */
int swio_reader_at_boundary(const swio_reader *reader);

#endif
