/*
 * The decoders of events: the first byte of the input says which format, the rest is the text. What
 * is decoded is read to the end, and an event made of its headers must be the same event.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "base/buf.h"
#include "base/mem.h"
#include "esl/event.h"
#include "esl/write.h"
#include "support/streams.h"

enum { MAX_HEADERS = 300 };

typedef int decode_fn(const char *bytes, size_t len, size_t max_headers, swio_event **out);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

static bool same_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
    return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* The event as plain text, with its decoded values encoded again, is the same to its reader. */
static void check_round_trip(const swio_event *event)
{
    swio_buf text = {0};
    size_t count = swio_event_header_count(event), len, again_len;
    bool comparable = count > 0;
    for (size_t i = 0; i < count; i++) {
        const char *name = swio_event_header_name(event, i);
        const char *value = swio_event_header_value(event, i, &len);
        check(value && value[len] == '\0');
        comparable = comparable && *name && !strpbrk(name, ":\n") && !memchr(value, '%', len);
        swio_buf_puts(&text, name);
        swio_buf_puts(&text, ": ");
        swio_write_encoded(&text, value, len);
        swio_buf_puts(&text, "\n");
    }
    swio_buf_puts(&text, "\n");
    swio_event *again = NULL;
    check(swio_event_from_plain(text.data, text.len, MAX_HEADERS, &again) == 0 || !comparable);
    for (size_t i = 0; comparable && i < count; i++) {
        const char *value = swio_event_header_value(event, i, &len);
        const char *other = swio_event_header_value(again, i, &again_len);
        check(strcmp(swio_event_header_name(event, i), swio_event_header_name(again, i)) == 0);
        check(same_text(value, len, other, again_len));
        check(swio_event_get(again, swio_event_header_name(event, i)) != NULL);
    }
    if (comparable)
        check(swio_event_header_count(again) == count);
    swio_event_unref(again);
    swio_buf_free(&text);
}

static void check_from_headers(const swio_event *event)
{
    swio_raw_header headers[MAX_HEADERS];
    size_t count = 0, body_len;
    while (swio_event_raw_header(event, count, &headers[count]) && count < MAX_HEADERS - 1)
        count++;
    const char *body = swio_event_body(event, &body_len);
    swio_event *copy;
    check(swio_event_from_headers(headers, count, body, body_len, &copy) == 0);
    check(same_event(event, copy) || count == MAX_HEADERS - 1);
    swio_event_unref(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static decode_fn *const decoders[] = {swio_event_from_plain, swio_event_from_json,
                                          swio_event_from_xml};
    if (size == 0)
        return 0;
    decode_fn *decode = decoders[data[0] % 3];
    /* a copy of its own size, so that reading past the text is seen */
    char *text = malloc(size - 1 ? size - 1 : 1);
    check(text != NULL);
    memcpy(text, data + 1, size - 1);
    swio_event *event, *starved;
    int error = decode(text, size - 1, MAX_HEADERS, &event);
    check(error == 0 || error == SWIO_ELIMIT || (error == SWIO_EPROTO && decode != decoders[0]));
    swio_mem_fail_after(data[size - 1] % 32, true);
    int hungry = decode(text, size - 1, MAX_HEADERS, &starved);
    swio_mem_fail_after(-1, false);
    check(hungry == SWIO_ENOMEM || hungry == error);
    free(text);
    if (hungry == 0)
        swio_event_unref(starved);
    if (error)
        return 0;
    check_round_trip(event);
    check_from_headers(event);
    swio_event_unref(event);
    return 0;
}
