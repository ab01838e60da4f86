#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "esl/event.h"
#include "support/cmocka.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static swio_event *parse(const char *text, size_t len)
{
    swio_event *event = NULL;
    int error = swio_event_from_xml(text, len, 0, &event);
    if (error)
        fail_msg("%s: %s", text, swio_errmsg());
    return event;
}

static swio_event *xml(const char *text)
{
    return parse(text, strlen(text));
}

#define EVENT(headers, rest) "<event>\n  <headers>\n" headers "  </headers>\n" rest "</event>\n"

static void an_event_as_freeswitch_writes_it(void **state)
{
    (void)state;
    swio_event *event =
        xml(EVENT("    <Event-Name>BACKGROUND_JOB</Event-Name>\n"
                  "    <Hangup-Cause>FIRST</Hangup-Cause>\n"
                  "    <Job-Command-Arg>%7Ba%3Db%7D%26%3Cpark()%0A</Job-Command-Arg>\n"
                  "    <empty></empty>\n"
                  "    <void/>\n"
                  "    <Hangup-Cause>SECOND</Hangup-Cause>\n",
                  "  <Content-Length>4</Content-Length>\n"
                  "  <body>+OK\n  </body>\n"));
    static const char *const headers[][2] = {
        {"Event-Name", "BACKGROUND_JOB"},
        {"Hangup-Cause", "FIRST"},
        {"Job-Command-Arg", "{a=b}&<park()\n"},
        {"empty", ""},
        {"void", ""},
        {"Hangup-Cause", "SECOND"},
        {"Content-Length", "4"},
    };
    assert_int_equal(swio_event_header_count(event), COUNT(headers));
    for (size_t i = 0; i < COUNT(headers); i++) {
        assert_string_equal(swio_event_header_name(event, i), headers[i][0]);
        assert_string_equal(swio_event_header_value(event, i, NULL), headers[i][1]);
    }
    assert_string_equal(swio_event_get(event, "hangup-cause"), "FIRST");
    size_t len;
    assert_string_equal(swio_event_body(event, &len), "+OK\n"); /* without the indentation */
    assert_int_equal(len, 4);
    swio_event_unref(event);
}

static void elements_of_one_name_in_a_row_are_an_array(void **state)
{
    (void)state;
    swio_event *event = xml(EVENT("<a>1</a><m>park</m><m>%7C</m><m></m><b>2</b><m>alone</m>", ""));
    assert_int_equal(swio_event_header_count(event), 4);
    assert_string_equal(swio_event_get(event, "m"), "ARRAY::park|:||:");
    assert_int_equal(swio_event_array_count(event, "m"), 3);
    assert_string_equal(swio_event_header_value(event, 3, NULL), "alone");
    swio_event_unref(event);
}

static void bodies_are_text(void **state)
{
    (void)state;
    static const struct {
        const char *xml, *body;
    } rows[] = {
        {"<body>a &lt;b&gt; &amp; &quot;c&quot;&#xD;\n%41</body>", "a <b> & \"c\"\r\n%41"},
        {"<body>&#xE9;&#x20AC;&#x1F600;</body>", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"<body><![CDATA[<raw> & more]]></body>", "<raw> & more"},
        {"<Content-Length>2</Content-Length><body>abc</body>", "ab"},
        {"<Content-Length>9</Content-Length><body>abc</body>", "abc"},
        {"<Content-Length>99999999999999999999</Content-Length><body>abc</body>", "abc"},
        {"<Content-Length>x</Content-Length><body>abc</body>", ""},
        {"<body></body>", ""},
        {"", ""},
        {"<!-- a comment --><body>x</body><?target data?>", "x"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        swio_buf text = {0};
        swio_buf_printf(&text, EVENT("<a>b</a>", "%s"), rows[i].xml);
        swio_event *event = xml(text.data);
        assert_string_equal(swio_event_body(event, NULL), rows[i].body);
        swio_event_unref(event);
        swio_buf_free(&text);
    }
}

static void bytes_that_are_no_utf8_come_through(void **state)
{
    (void)state;
    swio_buf text = {0}, value = {0};
    for (int c = 0x80; c < 256; c++)
        swio_buf_putc(&value, (char)c);
    swio_buf_puts(&value, " \xc3\xa9 \xe2\x82\xac \xef\x9e\x80 \xef\x9f\xbf");
    swio_buf_printf(&text, "<event><headers><v>%s</v><w>%s</w></headers><body>%s</body></event>",
                    value.data, value.data, value.data);
    swio_event *event = parse(text.data, text.len);
    assert_string_equal(swio_event_get(event, "v"), value.data);
    assert_string_equal(swio_event_get(event, "w"), value.data);
    assert_string_equal(swio_event_body(event, NULL), value.data);
    swio_event_unref(event);
    swio_buf_free(&text);
    swio_buf_free(&value);
}

static void what_is_no_event_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "an event-xml that is none: line 1: no element found"},
        {"<event>", "an event-xml that is none"},
        {"<event></event", "an event-xml that is none"},
        {"<event></events>", "mismatched tag"},
        {"<event/><event/>", "junk after document element"},
        {"<event><headers><a+b>1</a+b></headers></event>", "not well-formed"},
        {"<event><headers><a>&undefined;</a></headers></event>", "undefined entity"},
        {"<event><headers><a>\x01</a></headers></event>", "not well-formed"},
        {"<event><body>&#0;</body></event>", "character number"},
        {"<other/>", "with an element in a place of its own in it"},
        {"<event><other/></event>", "with an element in a place of its own in it"},
        {"<event><headers><a><b/></a></headers></event>", "an element in a place of its own"},
        {"<event><body><b/></body></event>", "an element in a place of its own"},
        {"<event><headers><headers/></headers><event/></event>",
         "an element in a place of its own"},
        {"<event a='b'/>", "with an attribute in it"},
        {"<event><headers><a b='c'>1</a></headers></event>", "with an attribute in it"},
        {"<!DOCTYPE event><event/>", "with a document type in it"},
        {"<!DOCTYPE event [<!ENTITY a 'b'>]><event/>", "with a document type in it"},
        {"<!DOCTYPE event SYSTEM \"file:///etc/passwd\"><event/>", "with a document type in it"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        swio_event *event = NULL;
        assert_int_equal(swio_event_from_xml(rows[i].text, strlen(rows[i].text), 0, &event),
                         SWIO_EPROTO);
        assert_null(event);
        if (!strstr(swio_errmsg(), rows[i].says))
            fail_msg("%s: '%s'", rows[i].text, swio_errmsg());
    }
}

static void bombs_are_refused(void **state)
{
    (void)state;
    /* the billion laughs */
    static const char laughs[] =
        "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY l \"lol\"><!ENTITY m \"&l;&l;&l;&l;&l;&l;\">"
        "<!ENTITY n \"&m;&m;&m;&m;&m;&m;&m;\">]><event><headers><a>&n;</a></headers></event>";
    swio_event *event;
    assert_int_equal(swio_event_from_xml(laughs, strlen(laughs), 0, &event), SWIO_EPROTO);
    assert_string_equal(swio_errmsg(), "an event-xml with a document type in it");

    swio_buf text = {0};
    swio_buf_puts(&text, "<event");
    for (int i = 0; i < 20000; i++)
        swio_buf_printf(&text, " a%d=''", i);
    swio_buf_puts(&text, "/>");
    assert_int_equal(swio_event_from_xml(text.data, text.len, 0, &event), SWIO_EPROTO);
    assert_string_equal(swio_errmsg(), "an event-xml with a tag of more than 65536 bytes in it");
    swio_buf_clear(&text);
    for (int i = 0; i < 100000; i++)
        swio_buf_puts(&text, "<event>");
    assert_int_equal(swio_event_from_xml(text.data, text.len, 0, &event), SWIO_EPROTO);
    swio_buf_clear(&text);
    swio_buf_puts(&text, "<event><headers>");
    for (int i = 0; i < 5000; i++)
        swio_buf_printf(&text, "<a%d/>", i);
    swio_buf_puts(&text, "</headers></event>");
    assert_int_equal(swio_event_from_xml(text.data, text.len, 0, &event), SWIO_ELIMIT);
    assert_string_equal(swio_errmsg(), "more than 4096 headers");
    assert_int_equal(swio_event_from_xml(text.data, text.len, 5000, &event), 0);
    assert_int_equal(swio_event_header_count(event), 5000);
    swio_event_unref(event);
    swio_buf_free(&text);
}

/* A name may be as long as a tag may be; a text with a '<' that is not closed is no tag. */
static void long_names_are_read(void **state)
{
    (void)state;
    swio_buf text = {0};
    swio_buf_puts(&text, "<event><headers><");
    for (int i = 0; i < 60000; i++)
        swio_buf_putc(&text, 'n');
    swio_buf_puts(&text, "/></headers></event>");
    swio_event *event = parse(text.data, text.len);
    assert_int_equal(strlen(swio_event_header_name(event, 0)), 60000);
    swio_event_unref(event);
    swio_buf_free(&text);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char text[] = EVENT("<a>1</a><m>x</m><m>y</m>", "<body>\xe9 text</body>");
    long n = 0;
    for (int error = SWIO_ENOMEM; error; n++) {
        swio_event *event = NULL;
        swio_mem_fail_after(n, false);
        error = swio_event_from_xml(text, strlen(text), 0, &event);
        swio_mem_fail_after(-1, false);
        assert_int_equal(error != 0, event == NULL);
        if (error) {
            assert_int_equal(error, SWIO_ENOMEM);
            assert_string_equal(swio_errmsg(), "out of memory");
        }
        swio_event_unref(event);
    }
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_as_freeswitch_writes_it),
        cmocka_unit_test(elements_of_one_name_in_a_row_are_an_array),
        cmocka_unit_test(bodies_are_text),
        cmocka_unit_test(bytes_that_are_no_utf8_come_through),
        cmocka_unit_test(what_is_no_event_is_refused),
        cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(long_names_are_read),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
