#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "captures.h"
#include "esl/event.h"
#include "esl/reader.h"
#include "support/cmocka.h"
#include "support/streams.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* A sanitizer makes everything slow: it gets fewer of the places where a stream is split. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { FEWER = 11 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { FEWER = 11 };
#else
enum { FEWER = 1 };
#endif
#else
enum { FEWER = 1 };
#endif

static frames whole(const char *bytes, size_t len)
{
    frames f = read_frames(bytes, len, 0, NULL);
    assert_int_equal(f.error, 0);
    return f;
}

static void assert_same(const frames *a, const frames *b)
{
    assert_int_equal(b->error, 0);
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        if (!same_frame(&a->at[i], &b->at[i]))
            fail_msg("frame %zu differs", i);
    }
}

static void captures_parse_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAPTURES; i++) {
        size_t len;
        char *bytes = load_capture(captures[i].name, &len);
        frames f = whole(bytes, len);
        assert_int_equal(f.count, captures[i].frames);
        assert_true(f.boundary);
        for (size_t k = 0; k < f.count; k++) {
            assert_true(f.at[k].kind <= SWIO_FRAME_RUDE_REJECTION);
            const char *name = swio_event_name(f.at[k].event);
            bool connected = name && strcmp(name, "CHANNEL_DATA") == 0; /* reply to `connect` */
            assert_int_equal(name != NULL, f.at[k].kind == SWIO_FRAME_EVENT || connected);
        }
        free_frames(&f);
        free(bytes);
    }
}

static void captures_parse_byte_by_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAPTURES; i++) {
        size_t len;
        char *bytes = load_capture(captures[i].name, &len);
        frames f = whole(bytes, len), single = read_frames(bytes, len, 1, NULL);
        assert_same(&f, &single);
        assert_true(single.boundary);
        for (size_t k = 0; k < f.count; k++) /* a frame comes with its last byte, not later */
            assert_int_equal(f.ends[k], single.ends[k]);
        free_frames(&f);
        free_frames(&single);
        free(bytes);
    }
}

/* Feeds a frame in two pieces and compares. The reader stands between two frames before and after.
 */
static void feed_split(swio_reader *reader, const char *bytes, size_t len, size_t at,
                       const swio_frame *expected)
{
    size_t used;
    swio_frame frame;
    assert_int_equal(swio_reader_feed(reader, bytes, at, &used, &frame), 0);
    assert_int_equal(used, at);
    assert_int_equal(swio_reader_at_boundary(reader),
                     at == 0 || bytes[at - 1] == '\n' ? at == 0 : 0);
    assert_int_equal(swio_reader_feed(reader, bytes + at, len - at, &used, &frame), 1);
    assert_int_equal(used, len - at);
    assert_true(same_frame(&frame, expected));
    assert_true(swio_reader_at_boundary(reader));
    swio_event_unref(frame.event);
}

/* So many places of a frame's body are skipped: parsing a large capture once for each takes long.
 */
static size_t stride(const char *name, size_t len)
{
    if (strstr(name, "json") || strstr(name, "xml"))
        return 173;
    return len < 10000 ? 1 : len < 90000 ? 5 : len < 1000000 ? 53 : 397;
}

/*
 * Before each frame the reader is where a fresh one would be, so that splitting each frame at each
 * of its bytes is splitting the stream at each byte.
 */
static void captures_parse_split_in_two_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAPTURES; i++) {
        size_t len;
        char *bytes = load_capture(captures[i].name, &len);
        frames f = whole(bytes, len);
        swio_reader *reader;
        assert_int_equal(swio_reader_new(NULL, &reader), 0);
        size_t step = FEWER * stride(captures[i].name, len);
        for (size_t k = 0, start = 0; k < f.count; start = f.ends[k++]) {
            size_t frame_len = f.ends[k] - start;
            for (size_t at = 0; at < frame_len; at += at < 64 && FEWER == 1 ? 1 : step)
                feed_split(reader, bytes + start, frame_len, at, &f.at[k]);
        }
        swio_reader_free(reader);
        free_frames(&f);
        free(bytes);
    }
}

static void a_stream_splits_in_two_anywhere(void **state)
{
    (void)state;
    size_t len;
    char *bytes = load_capture("outbound_sync.bin", &len);
    frames f = whole(bytes, len);
    for (size_t at = 1; at < len; at += FEWER) {
        frames two = read_frames(bytes, len, at, NULL);
        assert_same(&f, &two);
        free_frames(&two);
    }
    free_frames(&f);
    free(bytes);
}

static void nothing_behind_the_input_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAPTURES; i++) {
        size_t len;
        char *bytes = load_capture(captures[i].name, &len);
        frames f = whole(bytes, len);
        guarded all = guard(bytes, len);
        frames at_end = whole(all.bytes, len);
        assert_same(&f, &at_end);
        free_frames(&at_end);
        unguard(&all);
        for (size_t k = 0, start = 0; k < f.count && k < 60; start = f.ends[k++]) {
            size_t frame_len = f.ends[k] - start;
            for (size_t cut = 0; cut < 70 && cut < frame_len; cut++) { /* at all alignments */
                guarded g = guard(bytes + start, frame_len - cut);
                frames part = read_frames(g.bytes, frame_len - cut, 0, NULL);
                assert_int_equal(part.error, 0);
                assert_int_equal(part.count, cut == 0);
                free_frames(&part);
                unguard(&g);
            }
        }
        free_frames(&f);
        free(bytes);
    }
}

/* Reads one frame with allocation after allocation failing. Returns how many there were. */
static long sweep(const char *bytes, size_t len, size_t split)
{
    for (long n = 0;; n++) {
        swio_reader *reader;
        swio_frame frame = {0};
        size_t used;
        assert_int_equal(swio_reader_new(NULL, &reader), 0);
        swio_mem_fail_after(n, false);
        int got = swio_reader_feed(reader, bytes, split, &used, &frame);
        if (got == 0)
            got = swio_reader_feed(reader, bytes + split, len - split, &used, &frame);
        swio_mem_fail_after(-1, false);
        if (got == 1) {
            swio_event_unref(frame.event);
            swio_reader_free(reader);
            return n;
        }
        assert_int_equal(got, SWIO_ENOMEM);
        assert_non_null(strstr(swio_errmsg(), "out of memory"));
        assert_int_equal(swio_reader_feed(reader, bytes, len, &used, &frame), SWIO_ENOMEM);
        assert_false(swio_reader_at_boundary(reader));
        swio_reader_free(reader);
    }
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const names[] = {"basic_call.bin", "outbound_sync.bin",
                                        "basic_call_xml.bin"};
    for (size_t i = 0; i < COUNT(names); i++) {
        size_t len;
        char *bytes = load_capture(names[i], &len);
        frames f = whole(bytes, len);
        for (size_t k = 0, start = 0; k < f.count; start = f.ends[k++]) {
            size_t frame_len = f.ends[k] - start;
            assert_true(sweep(bytes + start, frame_len, frame_len) >= 1);
            assert_true(sweep(bytes + start, frame_len, frame_len / 2) >= 2);
        }
        free_frames(&f);
        free(bytes);
    }
    for (long n = 0; n < 1; n++) {
        swio_reader *reader = NULL;
        swio_mem_fail_after(n, false);
        int error = swio_reader_new(NULL, &reader);
        swio_mem_fail_after(-1, false);
        assert_int_equal(error, SWIO_ENOMEM);
        assert_null(reader);
    }
}

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

typedef struct kind_of {
    const char *frame;
    swio_frame_kind kind;
} kind_of;

static const kind_of kinds[] = {
    {"Content-Type: auth/request\n\n", SWIO_FRAME_AUTH_REQUEST},
    {"Content-Type: command/reply\nReply-Text: +OK accepted\n\n", SWIO_FRAME_COMMAND_REPLY},
    {"Content-Type: api/response\nContent-Length: 3\n\nUP\n", SWIO_FRAME_API_RESPONSE},
    {"Content-Length: 15\nContent-Type: text/event-plain\n\nEvent-Name: A\n\n", SWIO_FRAME_EVENT},
    {"Content-Type: text/event-plain\nContent-Length: 15\n\nEvent-Name: A\n\n", SWIO_FRAME_EVENT},
    {"content-type: TEXT/event-plain\ncontent-length:15\n\nEvent-Name: A\n\n", SWIO_FRAME_EVENT},
    {"Content-Length: 18\nContent-Type: text/event-json\n\n{\"Event-Name\":\"A\"}",
     SWIO_FRAME_EVENT},
    {"Content-Length: 62\nContent-Type: text/event-xml\n\n<event><headers><Event-Name>A</Event-Name>"
     "</headers></event>   ",
     SWIO_FRAME_EVENT},
    {"Content-Type: log/data\nContent-Length: 2\nLog-Level: 7\n\nx\n", SWIO_FRAME_LOG},
    {"Content-Type: text/disconnect-notice\nContent-Length: 4\n\nbye\n",
     SWIO_FRAME_DISCONNECT_NOTICE},
    {"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n",
     SWIO_FRAME_RUDE_REJECTION},
    {"Content-Type: text/html\nContent-Length: 0\n\n", SWIO_FRAME_OTHER},
    {"X: y\n\n", SWIO_FRAME_OTHER},
    {"Content-Length: 2\nContent-Type: text/event-json\n\n{]", SWIO_FRAME_UNDECODABLE},
    {"Content-Length: 7\nContent-Type: text/event-xml\n\n<event>", SWIO_FRAME_UNDECODABLE},
};

static void frames_are_told_by_their_content_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        for (size_t step = 0; step < 2; step++) {
            frames f = read_frames(kinds[i].frame, strlen(kinds[i].frame), step, NULL);
            assert_int_equal(f.error, 0);
            assert_int_equal(f.count, 1);
            assert_int_equal(f.at[0].kind, kinds[i].kind);
            const char *name = swio_event_name(f.at[0].event);
            assert_int_equal(name && strcmp(name, "A") == 0, kinds[i].kind == SWIO_FRAME_EVENT);
            free_frames(&f);
        }
    }
}

static void assert_header(const swio_event *event, size_t i, const char *name, const char *value)
{
    assert_string_equal(swio_event_header_name(event, i), name);
    assert_string_equal(swio_event_header_value(event, i, NULL), value);
}

/* `getvar` of a value with line breaks: the reply falls apart, and nothing of it is lost. */
static void raw_line_breaks_in_a_reply_lose_nothing(void **state)
{
    (void)state;
    static const char stream[] = HELLO "Content-Type: command/reply\n"
                                       "Reply-Text: v=0\r\n"
                                       "o=FreeSWITCH 1 2 IN IP4 127.0.0.1\r\n"
                                       "a=rtpmap:0 PCMU/8000\r\n"
                                       "\r\n"
                                       "X-After: still: here\n"
                                       ": nameless\n"
                                       ":\n"
                                       "\n"
                                       "\n\n"
                                       "what stood behind an empty line\n\n"
                                       "Content-Type: command/reply\nReply-Text: +OK\n\n";
    for (size_t step = 0; step < 20; step++) {
        frames f = read_frames(stream, strlen(stream), step, NULL);
        assert_int_equal(f.error, 0);
        assert_int_equal(f.count, 4);
        const swio_event *reply = f.at[1].event;
        assert_int_equal(f.at[1].kind, SWIO_FRAME_COMMAND_REPLY);
        assert_int_equal(swio_event_header_count(reply), 8);
        assert_header(reply, 1, "Reply-Text", "v=0\r");
        assert_header(reply, 2, "", "o=FreeSWITCH 1 2 IN IP4 127.0.0.1\r");
        assert_header(reply, 3, "a=rtpmap", "0 PCMU/8000\r");
        assert_header(reply, 4, "", "\r");
        assert_header(reply, 5, "X-After", "still: here");
        assert_header(reply, 6, "", "nameless");
        assert_header(reply, 7, "", "");
        assert_string_equal(swio_event_get(reply, "x-after"), "still: here");
        assert_int_equal(f.at[2].kind, SWIO_FRAME_OTHER);
        assert_header(f.at[2].event, 0, "", "what stood behind an empty line");
        assert_int_equal(f.at[3].kind, SWIO_FRAME_COMMAND_REPLY);
        free_frames(&f);
    }
}

static void values_of_replies_are_raw_and_those_of_connect_are_not(void **state)
{
    (void)state;
    static const char stream[] = "Event-Name: CHANNEL_DATA\nCaller-ANI: %2B49\n"
                                 "Content-Type: command/reply\nReply-Text: %2BOK%0A\n\n"
                                 "Content-Type: command/reply\nReply-Text: 100%25 raw\n\n"
                                 "Content-Type: text/disconnect-notice\nContent-Length: 4\n"
                                 "Channel-Name: a%40b\n\n%41\n";
    frames f = read_frames(stream, strlen(stream), 0, NULL);
    assert_int_equal(f.count, 3);
    assert_int_equal(f.at[0].kind, SWIO_FRAME_COMMAND_REPLY);
    assert_string_equal(swio_event_name(f.at[0].event), "CHANNEL_DATA");
    assert_string_equal(swio_event_get(f.at[0].event, "Reply-Text"), "+OK\n");
    assert_string_equal(swio_event_get(f.at[0].event, "Caller-ANI"), "+49");
    assert_string_equal(swio_event_get(f.at[1].event, "Reply-Text"), "100%25 raw");
    assert_null(swio_event_name(f.at[1].event));
    assert_null(swio_event_key(f.at[1].event));
    assert_string_equal(swio_event_get(f.at[2].event, "Channel-Name"), "a%40b");
    assert_string_equal(swio_event_body(f.at[2].event, NULL), "%41\n");
    free_frames(&f);
}

static void an_event_that_cannot_be_decoded_does_not_end_the_stream(void **state)
{
    (void)state;
    static const char stream[] = HELLO "Content-Length: 39\nContent-Type: text/event-xml\nX: 1\n\n"
                                       "<event><headers><a+b>1</a+b></headers>\n"
                                       "Content-Type: command/reply\nReply-Text: +OK\n\n";
    swio_reader *reader;
    swio_frame frame;
    size_t used, at = strlen(HELLO);
    assert_int_equal(swio_reader_new(NULL, &reader), 0);
    assert_int_equal(swio_reader_feed(reader, stream, at, &used, &frame), 1);
    swio_event_unref(frame.event);
    assert_int_equal(swio_reader_feed(reader, stream + at, strlen(stream + at), &used, &frame), 1);
    assert_int_equal(frame.kind, SWIO_FRAME_UNDECODABLE);
    assert_non_null(strstr(swio_errmsg(), "an event-xml that is none: line 1"));
    assert_string_equal(swio_event_get(frame.event, "Content-Type"), "text/event-xml");
    size_t len;
    assert_memory_equal(swio_event_body(frame.event, &len), "<event><headers><a+b>", 21);
    assert_int_equal(len, 39);
    swio_event_unref(frame.event);
    at += used;
    assert_int_equal(swio_reader_feed(reader, stream + at, strlen(stream + at), &used, &frame), 1);
    assert_int_equal(frame.kind, SWIO_FRAME_COMMAND_REPLY);
    swio_event_unref(frame.event);
    swio_reader_free(reader);
}

static void boundaries(void **state)
{
    (void)state;
    swio_reader *reader;
    swio_frame frame;
    size_t used;
    assert_int_equal(swio_reader_new(NULL, &reader), 0);
    assert_true(swio_reader_at_boundary(reader));
    assert_int_equal(swio_reader_feed(reader, "", 0, &used, &frame), 0);
    assert_int_equal(swio_reader_feed(reader, "\n\n", 2, &used, &frame), 0);
    assert_int_equal(used, 2);
    assert_true(swio_reader_at_boundary(reader));
    static const char head[] = "Content-Length: 1\n\n";
    assert_int_equal(swio_reader_feed(reader, head, strlen(head), &used, &frame), 0);
    assert_false(swio_reader_at_boundary(reader));
    assert_int_equal(swio_reader_feed(reader, "xC", 2, &used, &frame), 1);
    assert_int_equal(used, 1);
    assert_true(swio_reader_at_boundary(reader));
    swio_event_unref(frame.event);
    swio_reader_free(reader);
    swio_reader_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captures_parse_whole),
        cmocka_unit_test(captures_parse_byte_by_byte),
        cmocka_unit_test(captures_parse_split_in_two_anywhere),
        cmocka_unit_test(a_stream_splits_in_two_anywhere),
        cmocka_unit_test(nothing_behind_the_input_is_read),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(bad_streams_end_with_a_sentence),
        cmocka_unit_test(an_error_is_final),
        cmocka_unit_test(limits_are_kept_to_the_byte),
        cmocka_unit_test(single_bytes_cost_linear_time),
        cmocka_unit_test(header_blocks_beyond_64_kib_and_bodies_beyond_16_mib),
        cmocka_unit_test(frames_are_told_by_their_content_type),
        cmocka_unit_test(raw_line_breaks_in_a_reply_lose_nothing),
        cmocka_unit_test(values_of_replies_are_raw_and_those_of_connect_are_not),
        cmocka_unit_test(an_event_that_cannot_be_decoded_does_not_end_the_stream),
        cmocka_unit_test(boundaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
