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
#define HELLO    "Content-Type: auth/request\n\n"

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
        cmocka_unit_test(frames_are_told_by_their_content_type),
        cmocka_unit_test(raw_line_breaks_in_a_reply_lose_nothing),
        cmocka_unit_test(values_of_replies_are_raw_and_those_of_connect_are_not),
        cmocka_unit_test(an_event_that_cannot_be_decoded_does_not_end_the_stream),
        cmocka_unit_test(boundaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
