/* The same event in the three formats. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "captures.h"
#include "esl/event.h"
#include "esl/write.h"
#include "support/cmocka.h"
#include "support/streams.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/*
 * What differs between two calls that were made in the same way: times, numbers that count up,
 * uuids, ports, tags. Everything else is the same in the three recordings, name by name and byte by
 * byte.
 */
static const char *const of_the_call[] = {
    "Event-Date-Local",
    "Event-Date-GMT",
    "Event-Date-Timestamp",
    "Event-Sequence",
    "Unique-ID",
    "Channel-Call-UUID",
    "Application-UUID",
    "API-Command-Argument",
    "Job-UUID",
    "Job-Command-Arg",
    "Caller-Unique-ID",
    "Caller-Profile-Created-Time",
    "Caller-Channel-Created-Time",
    "Caller-Channel-Answered-Time",
    "Caller-Channel-Hangup-Time",
    "variable_uuid",
    "variable_call_uuid",
    "variable_session_id",
    "variable_sip_call_id",
    "variable_sip_cseq",
    "variable_sip_from_tag",
    "variable_sip_to_tag",
    "variable_sip_full_via",
    "variable_sip_full_from",
    "variable_sip_full_to",
    "variable_sip_recover_via",
    "variable_sip_invite_stamp",
    "variable_switch_r_sdp",
    "variable_rtp_local_sdp_str",
    "variable_rtp_use_ssrc",
    "variable_local_media_port",
    "variable_remote_media_port",
    "variable_start_stamp",
    "variable_profile_start_stamp",
    "variable_answer_stamp",
    "variable_end_stamp",
    "variable_start_epoch",
    "variable_start_uepoch",
    "variable_profile_start_epoch",
    "variable_profile_start_uepoch",
    "variable_answer_epoch",
    "variable_answer_uepoch",
    "variable_end_epoch",
    "variable_end_uepoch",
    "variable_duration",
    "variable_mduration",
    "variable_flow_billmsec",
    "variable_uduration",
    "variable_billsec",
    "variable_billmsec",
    "variable_billusec",
    "variable_flow_billsec",
    "variable_flow_billusec",
    "variable_answersec",
    "variable_answermsec",
    "variable_answerusec",
};

static bool is_of_the_call(const char *name)
{
    for (size_t i = 0; i < COUNT(of_the_call); i++) {
        if (strcmp(of_the_call[i], name) == 0)
            return true;
    }
    return false;
}

/* What tells the events of a call apart; equal ones correspond in their order. */
static const char *const identity[] = {
    "Event-Name",    "Event-Subclass", "Call-Direction",     "Caller-Direction", "Answer-State",
    "Channel-State", "Application",    "Channel-Call-State", "API-Command",
};

static bool same_place(const swio_event *a, const swio_event *b)
{
    for (size_t i = 0; i < COUNT(identity); i++) {
        const char *x = swio_event_get(a, identity[i]), *y = swio_event_get(b, identity[i]);
        if ((x != NULL) != (y != NULL) || (x && strcmp(x, y) != 0))
            return false;
    }
    return true;
}

/* The place of frame k among the frames like it, or the k-th frame like `event`. */
static size_t rank(const frames *f, size_t k)
{
    size_t n = 0;
    for (size_t i = 0; i < k; i++)
        n += f->at[i].kind == SWIO_FRAME_EVENT && same_place(f->at[i].event, f->at[k].event);
    return n;
}

static const swio_event *counterpart(const frames *f, const swio_event *event, size_t n)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->at[i].kind == SWIO_FRAME_EVENT && same_place(f->at[i].event, event) && n-- == 0)
            return f->at[i].event;
    }
    return NULL;
}

/* Compares names and decoded values in order. */
static void assert_equal(const swio_event *a, const swio_event *b, bool same_call)
{
    assert_int_equal(swio_event_header_count(a), swio_event_header_count(b));
    for (size_t i = 0; i < swio_event_header_count(a); i++) {
        const char *name = swio_event_header_name(a, i);
        assert_string_equal(name, swio_event_header_name(b, i));
        size_t a_len, b_len;
        const char *x = swio_event_header_value(a, i, &a_len);
        const char *y = swio_event_header_value(b, i, &b_len);
        if ((a_len != b_len || memcmp(x, y, a_len) != 0) && (same_call || !is_of_the_call(name)))
            fail_msg("%s, %s: '%s', '%s'", swio_event_name(a), name, x, y);
    }
    size_t a_len, b_len;
    const char *x = swio_event_body(a, &a_len), *y = swio_event_body(b, &b_len);
    assert_int_equal(a_len, b_len);
    assert_memory_equal(x, y, a_len);
}

/* Every event of the plain recording has one like it in the others, with all its headers. */
static void recordings_of_the_same_call_give_the_same_events(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t more; /* events of the switch's clock that fell into the recording */
    } others[] = {{"basic_call_json.bin", 2}, {"basic_call_xml.bin", 0}};
    size_t len;
    char *bytes = load_capture("basic_call.bin", &len);
    frames plain = read_frames(bytes, len, 0, NULL);
    for (size_t o = 0; o < COUNT(others); o++) {
        char *other_bytes = load_capture(others[o].name, &len);
        frames other = read_frames(other_bytes, len, 0, NULL);
        assert_int_equal(other.count, plain.count + others[o].more);
        for (size_t k = 0; k < plain.count; k++) {
            if (plain.at[k].kind != SWIO_FRAME_EVENT)
                continue;
            const swio_event *twin = counterpart(&other, plain.at[k].event, rank(&plain, k));
            assert_non_null(twin);
            assert_equal(plain.at[k].event, twin, false);
        }
        free_frames(&other);
        free(other_bytes);
    }
    free_frames(&plain);
    free(bytes);
}

/* cJSON's way with strings, which FreeSWITCH's event-json has. */
static void add_json_string(swio_buf *out, const char *text, size_t len)
{
    swio_buf_putc(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            swio_buf_printf(out, "\\%c", c);
        else if (c < ' ')
            swio_buf_printf(out, "\\u%04x", c);
        else
            swio_buf_putc(out, (char)c);
    }
    swio_buf_putc(out, '"');
}

static bool is_array(const swio_event *event, size_t i)
{
    return strncmp(swio_event_header_value(event, i, NULL), "ARRAY::", 7) == 0;
}

static void add_json_list(swio_buf *out, const swio_event *event, const char *name)
{
    const char *item;
    size_t len;
    for (size_t i = 0; (item = swio_event_array_item(event, name, i, &len)); i++) {
        swio_buf_puts(out, i ? "," : "[");
        add_json_string(out, item, len);
    }
    swio_buf_puts(out, "]");
}

/* As switch_event_serialize_json_obj() does. */
static void write_json(swio_buf *out, const swio_event *event)
{
    size_t len;
    for (size_t i = 0; i < swio_event_header_count(event); i++) {
        const char *name = swio_event_header_name(event, i);
        swio_buf_puts(out, i ? "," : "{");
        add_json_string(out, name, strlen(name));
        swio_buf_putc(out, ':');
        const char *value = swio_event_header_value(event, i, &len);
        if (is_array(event, i))
            add_json_list(out, event, name);
        else
            add_json_string(out, value, len);
    }
    const char *body = swio_event_body(event, &len);
    if (len) {
        swio_buf_puts(out, ",\"_body\":");
        add_json_string(out, body, len);
    }
    swio_buf_putc(out, '}');
}

static void add_xml_element(swio_buf *out, const char *name, const char *value, size_t len)
{
    swio_buf_printf(out, "    <%s>", name);
    swio_buf encoded = {0};
    swio_write_encoded(&encoded, value, len);
    for (size_t i = 0; i < encoded.len; i++) {
        char c = encoded.data[i];
        swio_buf_puts(out, c == '&'   ? "&amp;"
                           : c == '<' ? "&lt;"
                           : c == '>' ? "&gt;"
                                      : (char[]){c, 0});
    }
    swio_buf_printf(out, "</%s>\n", name);
    swio_buf_free(&encoded);
}

/* As switch_event_xmlize() does; an array is one element for each item. */
static void write_xml(swio_buf *out, const swio_event *event)
{
    size_t len, count = swio_event_header_count(event);
    const char *body = swio_event_body(event, &len);
    swio_buf_puts(out, "<event>\n  <headers>\n");
    for (size_t i = 0; i < count - (len > 0); i++) {
        const char *name = swio_event_header_name(event, i), *item;
        size_t value_len;
        const char *value = swio_event_header_value(event, i, &value_len);
        if (!is_array(event, i))
            add_xml_element(out, name, value, value_len);
        for (size_t k = 0; is_array(event, i); k++) {
            if (!(item = swio_event_array_item(event, name, k, &value_len)))
                break;
            add_xml_element(out, name, item, value_len);
        }
    }
    swio_buf_puts(out, "  </headers>\n");
    if (len)
        swio_buf_printf(out, "  <Content-Length>%zu</Content-Length>\n  <body>%s  </body>\n", len,
                        body);
    swio_buf_puts(out, "</event>\n");
}

/* Each recorded event, written in the other formats as FreeSWITCH would, is the same event again.
 */
static void every_recorded_event_is_the_same_in_each_format(void **state)
{
    (void)state;
    static const char *const names[] = {"call_control.bin", "dial_Bert.bin", "two_nodes.bin",
                                        "outbound_async_full.bin"};
    unsigned arrays = 0, bodies = 0;
    for (size_t c = 0; c < COUNT(names); c++) {
        size_t len;
        char *bytes = load_capture(names[c], &len);
        frames f = read_frames(bytes, len, 0, NULL);
        for (size_t k = 0; k < f.count; k++) {
            const swio_event *event = f.at[k].event;
            if (f.at[k].kind != SWIO_FRAME_EVENT)
                continue;
            swio_buf json = {0}, xml = {0};
            swio_event *from_json, *from_xml;
            write_json(&json, event);
            write_xml(&xml, event);
            assert_int_equal(swio_event_from_json(json.data, json.len, 0, &from_json), 0);
            assert_equal(event, from_json, true);
            assert_int_equal(swio_event_from_xml(xml.data, xml.len, 0, &from_xml), 0);
            assert_equal(event, from_xml, true);
            arrays += swio_event_array_count(from_xml, "variable_DP_MATCH") > 1;
            swio_event_body(event, &len);
            bodies += len > 0;
            swio_event_unref(from_json);
            swio_event_unref(from_xml);
            swio_buf_free(&json);
            swio_buf_free(&xml);
        }
        free_frames(&f);
        free(bytes);
    }
    assert_true(arrays > 10 && bodies > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recordings_of_the_same_call_give_the_same_events),
        cmocka_unit_test(every_recorded_event_is_the_same_in_each_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
