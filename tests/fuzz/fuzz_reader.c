/*
 * The reader, on any bytes: whole, in single bytes and in pieces cut where the bytes say, the
 * frames and the error must be the same; and with memory running out it must fail cleanly. Every
 * frame is read to the last header.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "base/mem.h"
#include "esl/event.h"
#include "esl/reader.h"
#include "support/streams.h"

/* Small, so that they are reached. */
static const swio_reader_limits limits = {
    .header_bytes = 4096, .headers = 200, .body_bytes = 1 << 20};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

/* Reads all there is to an event. */
static void read_event(const swio_event *event)
{
    size_t len;
    for (size_t i = 0; i < swio_event_header_count(event); i++) {
        swio_raw_header raw;
        check(swio_event_raw_header(event, i, &raw));
        const char *name = swio_event_header_name(event, i);
        const char *value = swio_event_header_value(event, i, &len);
        check(value && value[len] == '\0');
        check(name[raw.name_len] == '\0');
        check(swio_event_get(event, name) || memchr(name, '\0', raw.name_len));
        swio_event_array_count(event, name);
    }
    const char *body = swio_event_body(event, &len);
    check(body[len] == '\0');
    swio_event_key(event);
}

static void check_same(const frames *a, const frames *b)
{
    check(a->error == b->error && a->boundary == b->boundary);
    check(a->count == b->count);
    for (size_t i = 0; i < a->count; i++)
        check(same_frame(&a->at[i], &b->at[i]) && a->ends[i] == b->ends[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    frames whole = read_frames(bytes, size, 0, &limits);
    for (size_t i = 0; i < whole.count; i++)
        read_event(whole.at[i].event);
    const size_t steps[] = {1, size ? 2 + data[size / 2] : 2};
    for (size_t i = 0; i < 2; i++) {
        frames pieces = read_frames(bytes, size, steps[i], &limits);
        check_same(&whole, &pieces);
        free_frames(&pieces);
    }
    swio_mem_fail_after(size ? data[size - 1] % 64 : 0, true);
    frames starved = read_frames(bytes, size, steps[1], &limits);
    swio_mem_fail_after(-1, false);
    check(starved.count <= whole.count);
    check(starved.error == SWIO_ENOMEM || starved.error == whole.error);
    free_frames(&starved);
    free_frames(&whole);
    return 0;
}
