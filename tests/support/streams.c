#include "support/streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "esl/event.h"

static void keep_frame(frames *f, const swio_frame *frame, size_t end)
{
    if ((f->count & (f->count - 1)) == 0) {
        size_t cap = f->count ? f->count * 2 : 1;
        f->at = realloc(f->at, cap * sizeof *f->at);
        f->ends = realloc(f->ends, cap * sizeof *f->ends);
        if (!f->at || !f->ends)
            abort();
    }
    f->at[f->count] = *frame;
    f->ends[f->count++] = end;
}

frames read_frames(const char *bytes, size_t len, size_t step, const swio_reader_limits *limits)
{
    frames f = {0};
    swio_reader *reader;
    f.error = swio_reader_new(limits, &reader);
    if (f.error)
        return f;
    for (size_t at = 0; at < len && !f.error;) {
        size_t end = step && len - at > step ? at + step : len;
        while (at < end) {
            size_t used;
            swio_frame frame;
            int got = swio_reader_feed(reader, bytes + at, end - at, &used, &frame);
            if (got < 0) {
                f.error = got;
                break;
            }
            at += used;
            if (got == 1)
                keep_frame(&f, &frame, at);
            else if (at != end)
                abort(); /* it needs more and has not taken all */
        }
    }
    f.boundary = swio_reader_at_boundary(reader);
    swio_reader_free(reader);
    return f;
}

void free_frames(frames *f)
{
    for (size_t i = 0; i < f->count; i++)
        swio_event_unref(f->at[i].event);
    free(f->at);
    free(f->ends);
    *f = (frames){0};
}

bool same_event(const swio_event *a, const swio_event *b)
{
    size_t a_len, b_len;
    const char *a_body = swio_event_body(a, &a_len), *b_body = swio_event_body(b, &b_len);
    if (a_len != b_len || memcmp(a_body, b_body, a_len) != 0)
        return false;
    swio_raw_header x, y;
    for (size_t i = 0;; i++) {
        bool more = swio_event_raw_header(a, i, &x);
        if (more != swio_event_raw_header(b, i, &y))
            return false;
        if (!more)
            return true;
        if (x.name_len != y.name_len || memcmp(x.name, y.name, x.name_len) != 0 ||
            x.value_len != y.value_len || memcmp(x.value, y.value, x.value_len) != 0 ||
            x.encoded != y.encoded)
            return false;
    }
}

bool same_frame(const swio_frame *a, const swio_frame *b)
{
    return a->kind == b->kind && same_event(a->event, b->event);
}

guarded guard(const char *bytes, size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t room = (len + page - 1) / page * page;
    guarded g = {.map_len = room + page};
    g.map = mmap(NULL, g.map_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (g.map == MAP_FAILED || mprotect((char *)g.map + room, page, PROT_NONE) != 0)
        abort();
    g.bytes = (char *)g.map + room - len;
    if (len)
        memcpy(g.bytes, bytes, len);
    return g;
}

void unguard(guarded *g)
{
    munmap(g->map, g->map_len);
}
