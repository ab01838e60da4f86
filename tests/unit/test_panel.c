/* The panel as text: what it shows, in every size, in colour and without, in UTF-8 and ASCII. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/panel.h"
#include "support/cmocka.h"

static panel_numbers some_numbers(void)
{
    panel_numbers n = {
        .state = PANEL_ORIGINATING,
        .what = "TonePlay",
        .to = "127.0.0.1:5080",
        .elapsed = 83,
        .done = 0.525,
        .left = 77,
        .offered = 5250,
        .max_offered = 10000,
        .answered = 4900,
        .failed = 12,
        .blocked = 3,
        .active = 338,
        .limit = 1000,
        .rate_asked = 60,
        .rate_now = 59.98,
        .rate_mean = 60.01,
        .duration = 5,
        .asr = 0.99756,
        .latency_name = "Set-up",
        .latency_count = 4900,
        .p50 = 0.0214,
        .p90 = 0.0253,
        .p99 = 0.141,
        .max = 1.204,
        .cause_count = 2,
        .causes = {{"USER_BUSY", 10}, {"NO_ROUTE_DESTINATION", 2}},
        .node_count = 2,
        .nodes = {{"127.0.0.1:8021", 2625, 340, false}, {"127.0.0.1:8022", 2625, 336, false}},
        .keys = "+/- rate  [/] limit  p pause  s stop  h hang up  q quit",
    };
    for (size_t i = 0; i < 24; i++) {
        n.rates.value[n.rates.count++] = i < 8 ? 7.5 * (double)(i + 1) : 60;
        n.actives.value[n.actives.count++] = (double)i;
    }
    return n;
}

static const char *joined(const panel_lines *lines)
{
    static char text[PANEL_LINES_MAX * PANEL_LINE_BYTES];
    char *to = text;
    *to = '\0';
    for (size_t i = 0; i < lines->count; i++)
        to = stpcpy(stpcpy(to, lines->line[i].text), "\n");
    return text;
}

static void expect_text(const panel_numbers *n, const panel_style *style, const char *wanted)
{
    panel_lines lines;
    panel_draw(n, style, &lines);
    const char *text = joined(&lines);
    if (strcmp(text, wanted) != 0)
        fail_msg("drawn:\n%s\nwanted:\n%s", text, wanted);
}

static void test_whole(void **state)
{
    (void)state;
    panel_numbers n = some_numbers();
    expect_text(&n, &(panel_style){.utf8 = true, .width = 80, .height = 23},
                "ORIGINATING 0:01:23  TonePlay → 127.0.0.1:5080\n"
                "Offered   ██████████████▋░░░░░░░░░░░░░  52 %  5,250 of 10,000  0:01:17 left\n"
                "Rate      59.98 of 60 a second, mean 60.01        ▂▃▄▅▅▆▇█████████████████\n"
                "Calls     338 up of 1,000, 5 s each               ▁▁▂▂▂▃▃▃▃▄▄▄▅▅▅▆▆▆▆▇▇▇██\n"
                "Answered  4,900  ASR 99.76 %  failed 12  lost 0  blocked 3  late 0\n"
                "Set-up    p50 21.4 ms  p90 25.3 ms  p99 141 ms  max 1.20 s\n"
                "Causes    USER_BUSY 10  NO_ROUTE_DESTINATION 2\n"
                "Nodes     127.0.0.1:8021         2,625 placed, 340 up\n"
                "          127.0.0.1:8022         2,625 placed, 336 up\n"
                "+/- rate  [/] limit  p pause  s stop  h hang up  q quit\n");
}

static void test_ascii(void **state)
{
    (void)state;
    panel_numbers n = some_numbers();
    n.actives.count = 0;
    n.cause_count = 9; /* one more than are given */
    expect_text(&n, &(panel_style){.width = 60, .height = 6},
                "ORIGINATING 0:01:23  TonePlay to 127.0.0.1:5080\n"
                "Offered   ####....  52 %  5,250 of 10,000  0:01:17 left\n"
                "Rate      59.98 of 60 a second, mean 60.01        ##########\n"
                "Calls     338 up of 1,000, 5 s each\n"
                "Answered  4,900  ASR 99.76 %  failed 12  lost 0  blocked 3\n"
                "Set-up    p50 21.4 ms  p90 25.3 ms  p99 141 ms  max 1.20 s\n");
}

/* The columns that a line takes: what is no attribute, in characters. */
static int columns_of(const char *text)
{
    int columns = 0;
    while (*text) {
        if (*text == '\x1b') {
            text += strcspn(text, "m") + 1;
            continue;
        }
        assert_true((unsigned char)*text >= 0x20);
        columns += ((unsigned char)*text++ & 0xc0) != 0x80;
    }
    return columns;
}

/* Never wider nor higher than asked, whatever the numbers. */
static void test_sizes(void **state)
{
    (void)state;
    static panel_lines lines;
    panel_numbers n = some_numbers();
    n.offered = n.max_offered = n.answered = n.failed = n.lost = n.blocked = n.late = UINT64_MAX;
    n.active = n.limit = UINT64_MAX;
    n.rate_asked = n.rate_now = n.rate_mean = n.duration = n.left = n.p50 = n.p90 = 1e18;
    n.node_count = PANEL_NODES;
    n.cause_count = 1000;
    n.rates.count = n.actives.count = PANEL_HISTORY;
    for (size_t i = 0; i < PANEL_NODES; i++)
        memset(n.nodes[i].name, 'n', sizeof n.nodes[i].name - 1);
    for (size_t i = 0; i < PANEL_CAUSES; i++)
        memset(n.causes[i].name, 'c', sizeof n.causes[i].name - 1);
    memset(n.what, 'w', sizeof n.what - 1);
    memset(n.to, 't', sizeof n.to - 1);
    for (int width = 1; width <= 300; width++)
        for (int style_bits = 0; style_bits < 4; style_bits++) {
            panel_style style = {.utf8 = style_bits & 1,
                                 .colour = style_bits & 2,
                                 .width = width,
                                 .height = width % 25};
            n.done = (width % 11) / 10.0;
            panel_draw(&n, &style, &lines);
            assert_true(lines.count <= (size_t)style.height);
            for (size_t i = 0; i < lines.count; i++) {
                assert_int_equal(columns_of(lines.line[i].text), lines.line[i].columns);
                assert_true(lines.line[i].columns <= width);
            }
        }
}

/* What matters less goes first. */
static void test_low(void **state)
{
    (void)state;
    panel_numbers n = some_numbers();
    static panel_lines lines;
    static const char *const first[] = {"ORIGINATING", "Offered", "Answered", "Rate",
                                        "Calls",       "Set-up",  "+/- rate", "Causes"};
    for (int height = 1; height <= 8; height++) {
        panel_draw(&n, &(panel_style){.width = 80, .height = height}, &lines);
        assert_int_equal(lines.count, height);
        for (int i = 0; i < height; i++)
            assert_non_null(strstr(joined(&lines), first[i]));
    }
    panel_draw(&n, &(panel_style){.width = 80, .height = 0}, &lines);
    assert_int_equal(lines.count, 0);
}

/* Names come from the network. */
static void test_hostile(void **state)
{
    (void)state;
    panel_numbers n = some_numbers();
    snprintf(n.causes[0].name, sizeof n.causes[0].name, "\x1b[2J\x07\r\n\xff%%s");
    static panel_lines lines;
    panel_draw(&n, &(panel_style){.width = 80, .height = 20}, &lines);
    assert_non_null(strstr(joined(&lines), "Causes    ?[2J????%s 10"));
}

static void test_states(void **state)
{
    (void)state;
    static panel_lines lines;
    panel_numbers n = some_numbers();
    panel_style style = {.utf8 = true, .colour = true, .width = 80, .height = 20};
    n.nodes[1].lost = true;
    n.active = n.limit;
    panel_draw(&n, &style, &lines);
    assert_non_null(strstr(joined(&lines), "\x1b[32mORIGINATING\x1b[0m"));
    assert_non_null(strstr(joined(&lines), "\x1b[1;31m connection lost"));
    assert_non_null(strstr(joined(&lines), "\x1b[33m1,000"));
    assert_non_null(strstr(joined(&lines), "\x1b[1;31m  failed 12"));
    assert_non_null(strstr(joined(&lines), "\x1b[2m  late 0"));
    n.state = PANEL_PAUSED;
    n.message = "paused";
    n.asr = NAN;
    n.latency_count = n.node_count = n.cause_count = 0;
    n.done = n.left = -1;
    n.max_offered = 0;
    style.colour = false;
    panel_draw(&n, &style, &lines);
    const char *text = joined(&lines);
    assert_non_null(strstr(text, "PAUSED"));
    assert_non_null(strstr(text, "\npaused\n"));
    assert_non_null(strstr(text, "Offered   5,250\n"));
    assert_null(strstr(text, "ASR"));
    assert_null(strstr(text, "Set-up"));
    assert_null(strstr(text, "Node"));
    assert_null(strchr(text, '\x1b'));
}

static void test_many_nodes(void **state)
{
    (void)state;
    static panel_lines lines;
    panel_numbers n = some_numbers();
    n.node_count = 40;
    n.nodes[30].lost = true;
    panel_draw(&n, &(panel_style){.width = 80, .height = 40}, &lines);
    assert_non_null(strstr(joined(&lines), "and 35 more, 1 of them lost"));
}

static void test_words(void **state)
{
    (void)state;
    char text[PANEL_WORD];
    assert_string_equal(panel_clock(-1, text), "0:00:00");
    assert_string_equal(panel_clock(3599.6, text), "1:00:00");
    assert_string_equal(panel_clock(360000, text), "100:00:00");
    assert_string_equal(panel_number(0, text), "0");
    assert_string_equal(panel_number(999, text), "999");
    assert_string_equal(panel_number(1000, text), "1,000");
    assert_string_equal(panel_number(UINT64_MAX, text), "18,446,744,073,709,551,615");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),      cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_sizes),      cmocka_unit_test(test_low),
        cmocka_unit_test(test_hostile),    cmocka_unit_test(test_states),
        cmocka_unit_test(test_many_nodes), cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
