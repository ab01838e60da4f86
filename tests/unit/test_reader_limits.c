/* What a reader refuses, and what it takes: bad streams, limits, large and slow ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "esl/event.h"
#include "esl/reader.h"
#include "support/cmocka.h"
#include "support/streams.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

#define HELLO "Content-Type: auth/request\n\n"

typedef struct bad {
    const char *bytes;
    size_t len; /* 0: up to the NUL */
    int error;
    const char *says;
} bad;

static const bad bad_streams[] = {
    {HELLO "Content-Length: 12x\nContent-Type: api/response\n\n", 0, SWIO_EPROTO,
     "Content-Length '12x' is not a number (in the frame at byte 28 of the stream)"},
    {HELLO "Content-Length: \n\n", 0, SWIO_EPROTO, "Content-Length '' is not a number"},
    {HELLO "Content-Length: \nContent-Type: text/event-plain\n\nsome more", 0, SWIO_EPROTO,
     "Content-Length '' is not a number"},
    {HELLO "Content-Length:\n\n", 0, SWIO_EPROTO, "Content-Length '' is not a number"},
    {HELLO "Content-Length: -1\n\n", 0, SWIO_EPROTO, "'-1' is not a number"},
    {HELLO "Content-Length: +1\n\n", 0, SWIO_EPROTO, "'+1' is not a number"},
    {HELLO "Content-Length:  1\n\n", 0, SWIO_EPROTO, "' 1' is not a number"},
    {HELLO "Content-Length: 1\r\n\n", 0, SWIO_EPROTO, "is not a number"},
    {HELLO "Content-Length: 0x10\n\n", 0, SWIO_EPROTO, "'0x10' is not a number"},
    {HELLO "Content-Length: 18446744073709551616\n\n", 0, SWIO_EPROTO, "is beyond all bounds"},
    {HELLO "content-length: 99999999999999999999999999999999999999999999999\n\n", 0, SWIO_EPROTO,
     "is beyond all bounds"},
    {HELLO "Content-Length: 9999999999999999999\n\n", 0, SWIO_ELIMIT, "max_body_bytes is 67108864"},
    {HELLO "Content-Length: 67108865\n\n", 0, SWIO_ELIMIT, "a body of 67108865 bytes"},
    {HELLO "Content-Length: 67108865\nContent-Type: text/event-plain\n\n", 0, SWIO_ELIMIT,
     "a body of 67108865 bytes"},
    {HELLO "Content-Length: 2\nContent-Length: 2\n\nab", 0, SWIO_EPROTO,
     "two Content-Length headers"},
    {HELLO "Content-Length: 2\ncontent-LENGTH: 3\n\nab", 0, SWIO_EPROTO,
     "two Content-Length headers"},
    {HELLO "Content-Type: text/event-plain\n\n", 0, SWIO_EPROTO,
     "an event without a Content-Length"},
    /* what is no Event Socket shows it in its first line */
    {"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n", 0, SWIO_EPROTO,
     "not an Event Socket: it greets with 'HTTP/1.1 400 Bad Request.'"},
    {"HTTP/1.0 400 Bad Request\n", 0, SWIO_EPROTO, "greets with 'HTTP/1.0 400 Bad Request'"},
    {"SSH-2.0-OpenSSH_9.2p1\r\n", 0, SWIO_EPROTO, "greets with 'SSH-2.0-OpenSSH_9.2p1.'"},
    {"220 mail.example.org ESMTP\r\n", 0, SWIO_EPROTO, "greets with '220 mail.example.org ESMTP.'"},
    {"SIP/2.0 400 Bad Request\r\nVia: SIP/2.0/TCP\r\n\r\n", 0, SWIO_EPROTO, "greets with 'SIP/2.0"},
    {"\x15\x03\x01\x00\x02\x02\x46", 7, SWIO_EPROTO, "greets with '.'"},
    {"Content-Type: auth/request\r\n\r\n", 0, SWIO_EPROTO,
     "greets with 'Content-Type: auth/request.'"},
    {"Content-Type: auth/request\ngarbage\n\n", 0, SWIO_EPROTO, "greets with 'garbage'"},
    {"A very long line that says nothing of what an Event Socket would say when it greets\n", 0,
     SWIO_EPROTO, "'A very long line that says nothing of what an Event Socket would'"},
};

static void bad_streams_end_with_a_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_streams); i++) {
        const bad *b = &bad_streams[i];
        size_t len = b->len ? b->len : strlen(b->bytes);
        for (size_t step = 0; step < 3; step++) {
            frames f = read_frames(b->bytes, len, step, NULL);
            if (f.error != b->error || !strstr(swio_errmsg(), b->says))
                fail_msg("stream %zu in pieces of %zu: %d '%s', wanted '%s'", i, step, f.error,
                         swio_errmsg(), b->says);
            assert_int_equal(f.count, strncmp(b->bytes, HELLO, strlen(HELLO)) == 0);
            assert_false(f.boundary);
            free_frames(&f);
        }
    }
}

static void an_error_is_final(void **state)
{
    (void)state;
    swio_reader *reader;
    swio_frame frame;
    size_t used;
    assert_int_equal(swio_reader_new(NULL, &reader), 0);
    static const char garbage[] = "Content-Length: x\n\n";
    assert_int_equal(swio_reader_feed(reader, garbage, strlen(garbage), &used, &frame),
                     SWIO_EPROTO);
    char sentence[200];
    snprintf(sentence, sizeof sentence, "%s", swio_errmsg());
    swio_err(SWIO_EINVAL, "something else");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(swio_reader_feed(reader, HELLO, strlen(HELLO), &used, &frame),
                         SWIO_EPROTO);
        assert_string_equal(swio_errmsg(), sentence);
        assert_int_equal(used, 0);
    }
    assert_int_equal(swio_reader_feed(reader, "", 0, &used, &frame), SWIO_EPROTO);
    swio_reader_free(reader);
}

static int read_with(const swio_reader_limits *limits, const char *bytes, size_t step)
{
    frames f = read_frames(bytes, strlen(bytes), step, limits);
    int error = f.error;
    assert_true(error || (f.boundary && f.count));
    free_frames(&f);
    return error;
}

static void limits_are_kept_to_the_byte(void **state)
{
    (void)state;
    static const char reply[] = "Content-Type: command/reply\nReply-Text: +OK\n\n";
    static const char event[] =
        "Content-Length: 12\nContent-Type: text/event-plain\n\na: 1\nb: 22\n\n";
    static const char json[] = "Content-Length: 18\nContent-Type: text/event-json\n\n"
                               "{\"a\":\"1\",\"b\":\"2\"} ";
    static const char xml[] = "Content-Length: 59\nContent-Type: text/event-xml\n\n"
                              "<event><headers><a>1</a><b>2</b></headers></event>         ";
    const size_t reply_len = strlen(reply);
    for (size_t step = 0; step < 9; step++) {
        assert_int_equal(read_with(&(swio_reader_limits){.header_bytes = reply_len}, reply, step),
                         0);
        assert_int_equal(
            read_with(&(swio_reader_limits){.header_bytes = reply_len - 1}, reply, step),
            SWIO_ELIMIT);
        assert_non_null(strstr(swio_errmsg(), "max_header_bytes"));
        assert_int_equal(read_with(&(swio_reader_limits){.body_bytes = 12}, event, step), 0);
        assert_int_equal(read_with(&(swio_reader_limits){.body_bytes = 11}, event, step),
                         SWIO_ELIMIT);
        assert_non_null(strstr(swio_errmsg(), "max_body_bytes"));
        const char *const two_headers[] = {reply, event, json, xml};
        for (size_t i = 0; i < COUNT(two_headers); i++) {
            assert_int_equal(read_with(&(swio_reader_limits){.headers = 2}, two_headers[i], step),
                             0);
            assert_int_equal(read_with(&(swio_reader_limits){.headers = 1}, two_headers[i], step),
                             SWIO_ELIMIT);
            assert_non_null(strstr(swio_errmsg(), "more than 1 headers"));
        }
    }
    /* a header block that never ends is refused when it passes the limit, not when memory ends */
    frames f = read_frames("Content-Type: api/response\nX-Y: 78901234567890", 46, 1,
                           &(swio_reader_limits){.header_bytes = 40});
    assert_int_equal(f.error, SWIO_ELIMIT);
    free_frames(&f);
    swio_reader *reader;
    assert_int_equal(swio_reader_new(&(swio_reader_limits){.body_bytes = SIZE_MAX}, &reader),
                     SWIO_EINVAL);
    assert_int_equal(swio_reader_new(&(swio_reader_limits){.header_bytes = 1ULL << 32}, &reader),
                     SWIO_EINVAL);
}

/* Quadratic cost would take many minutes here. */
static void single_bytes_cost_linear_time(void **state)
{
    (void)state;
    enum { HEADER = 900000, BODY = 3000000 };
    char *bytes = malloc(HEADER + BODY + 200);
    assert_non_null(bytes);
    size_t len =
        (size_t)sprintf(bytes, "Content-Type: api/response\nContent-Length: %d\nX-Long: ", BODY);
    memset(bytes + len, 'x', HEADER);
    len += HEADER;
    len += (size_t)sprintf(bytes + len, "\n\n");
    memset(bytes + len, '\n', BODY);
    len += BODY;
    frames f = read_frames(bytes, len, 1, NULL);
    assert_int_equal(f.error, 0);
    assert_int_equal(f.count, 1);
    size_t body_len;
    swio_event_body(f.at[0].event, &body_len);
    assert_int_equal(body_len, BODY);
    free_frames(&f);
    free(bytes);
}

static void header_blocks_beyond_64_kib_and_bodies_beyond_16_mib(void **state)
{
    (void)state;
    enum { BODY = 20 << 20, HEADER = 200 << 10 };
    char *bytes = malloc(HEADER + BODY + 200);
    assert_non_null(bytes);
    size_t len = (size_t)sprintf(bytes, "Content-Type: api/response\nX: ");
    memset(bytes + len, 'v', HEADER);
    len += HEADER;
    len += (size_t)sprintf(bytes + len, "\nContent-Length: %d\n\n", BODY);
    memset(bytes + len, 'b', BODY);
    len += BODY;
    frames f = read_frames(bytes, len, 65536, NULL);
    assert_int_equal(f.error, 0);
    assert_int_equal(f.count, 1);
    size_t got;
    swio_event_get_len(f.at[0].event, "X", &got);
    assert_int_equal(got, HEADER);
    const char *body = swio_event_body(f.at[0].event, &got);
    assert_int_equal(got, BODY);
    assert_int_equal(body[BODY - 1], 'b');
    assert_int_equal(body[BODY], '\0');
    free_frames(&f);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_streams_end_with_a_sentence),
        cmocka_unit_test(an_error_is_final),
        cmocka_unit_test(limits_are_kept_to_the_byte),
        cmocka_unit_test(single_bytes_cost_linear_time),
        cmocka_unit_test(header_blocks_beyond_64_kib_and_bodies_beyond_16_mib),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
