/* Streams of frames: read whole or in pieces, kept, compared; and memory that ends at a guard page.
 */
#ifndef SWIO_TESTS_STREAMS_H
#define SWIO_TESTS_STREAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "esl/reader.h"

/* The frames of a stream, and where each ends in it. */
typedef struct frames {
    swio_frame *at;
    size_t *ends;
    size_t count;
    int error; /* of the reader at the end, 0 if it went through */
    bool boundary;
} frames;

/* Reads a stream with a reader of its own, in pieces of `step` bytes (0: whole). */
frames read_frames(const char *bytes, size_t len, size_t step, const swio_reader_limits *limits);
void free_frames(frames *f);

/* The same kind, headers in order, values as they stand, and body. */
bool same_frame(const swio_frame *a, const swio_frame *b);
bool same_event(const swio_event *a, const swio_event *b);

/* A copy of the bytes whose end is the end of a page behind which nothing can be read. */
typedef struct guarded {
    char *bytes;
    void *map;
    size_t map_len;
} guarded;
guarded guard(const char *bytes, size_t len);
void unguard(guarded *g);

#endif
