/* What benchmarks of recorded streams share. */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/event.h>
#include <time.h>

#include "esl/reader.h"

static inline void stream_die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* The whole file, to be released with free(); the program ends without it. */
static inline char *stream_load(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0)
        stream_die(path, strerror(errno));
    *len = (size_t)ftell(f);
    rewind(f);
    char *bytes = malloc(*len + 1);
    if (!bytes || fread(bytes, 1, *len, f) != *len)
        stream_die(path, "cannot be read");
    fclose(f);
    return bytes;
}

/* Feeds a stream to a reader, and gives each event of it to `take`, which may keep a reference. */
typedef void stream_event_fn(swio_event *event, void *arg);
static inline void stream_read(const char *bytes, size_t len, stream_event_fn *take, void *arg)
{
    swio_reader *reader;
    if (swio_reader_new(NULL, &reader))
        stream_die("reader", swio_errmsg());
    for (size_t at = 0; at < len;) {
        size_t used;
        swio_frame frame;
        int got = swio_reader_feed(reader, bytes + at, len - at, &used, &frame);
        if (got < 0)
            stream_die("reader", swio_errmsg());
        at += used;
        if (got == 0)
            break;
        if (frame.kind == SWIO_FRAME_EVENT)
            take(frame.event, arg);
        swio_event_unref(frame.event);
    }
    swio_reader_free(reader);
}

/* Time of this thread on a core, so that a busy machine does not count. */
static inline double stream_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#endif
