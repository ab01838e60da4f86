/* The originate line: defaults, overriding, and that FreeSWITCH would read back what was meant. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "base/buf.h"
#include "base/mem.h"
#include "control/originate.h"
#include "support/cmocka.h"

#define UUID "b35deaea-e621-11f1-9058-02fc00000001"

static char *build(const swio_originate_opts *opts, int *error)
{
    swio_buf out = {0};
    *error = swio_originate_build(opts, &out);
    char *line = swio_buf_steal(&out, NULL);
    swio_buf_free(&out);
    return line;
}

static void expect_line(const swio_originate_opts *opts, const char *expected)
{
    int error;
    char *line = build(opts, &error);
    assert_int_equal(error, 0);
    assert_string_equal(line, expected);
    swio_free(line);
}

/* dial_TonePlay.sent.bin, first call, byte for byte. */
static void test_recorded(void **state)
{
    (void)state;
    expect_line(&(swio_originate_opts){.dest_url = "switchio@127.0.0.1:5090",
                                       .proxy = "127.0.0.1:5090",
                                       .app_id = "TonePlay",
                                       .uuid = UUID},
                "originate {originate_timeout=60,origination_caller_id_name=Mr_switchio,"
                "origination_caller_id_number=1112223333,originator_codec=PCMU,"
                "absolute_codec_string=,origination_uuid=" UUID ",ignore_display_updates=true,"
                "ignore_early_media=true,sip_h_X-switchio_originating_session=" UUID ","
                "sip_h_X-switchio_app=TonePlay}sofia/external/switchio@127.0.0.1:5090;"
                "fs_path=sip:127.0.0.1:5090 &park()");
}

static const char *const all_defaults[] = {
    "originate_timeout",
    "origination_caller_id_name",
    "origination_caller_id_number",
    "originator_codec",
    "absolute_codec_string",
    "ignore_display_updates",
    "ignore_early_media",
    "sip_h_X-switchio_originating_session",
    "sip_h_X-switchio_app",
};
enum { ALL = sizeof all_defaults / sizeof all_defaults[0] };

/* Options without any default variable but the uuid, so that the rest of the line is seen. */
static swio_originate_opts bare(swio_variable *vars)
{
    for (size_t i = 0; i < ALL; i++)
        vars[i] = (swio_variable){all_defaults[i], NULL};
    return (swio_originate_opts){
        .dest_url = "a@b", .uuid = UUID, .variables = vars, .variable_count = ALL};
}

static void test_endings(void **state)
{
    (void)state;
    static const struct {
        swio_originate_opts opts;
        const char *tail;
    } rows[] = {
        {{0}, "}sofia/external/a@b &park()"},
        {{.profile = "internal"}, "}sofia/internal/a@b &park()"},
        {{.gateway = "carrier", .profile = "internal"}, "}sofia/gateway/carrier/a@b &park()"},
        {{.dest_url = "sip:a@b:5080"}, "}sofia/external/a@b:5080 &park()"},
        {{.dest_url = "a@[::1]:5080"}, "}sofia/external/a@[::1]:5080 &park()"},
        {{.proxy = "sip:p:5060"}, "}sofia/external/a@b;fs_path=sip:p:5060 &park()"},
        {{.proxy = "p;transport=tcp"}, "}sofia/external/a@b;fs_path=sip:p%3Btransport=tcp &park()"},
        {{.app = "echo"}, "}sofia/external/a@b &echo()"},
        {{.app = "playback", .app_arg = "a.wav"}, "}sofia/external/a@b &playback(a.wav)"},
        {{.app = "playback", .app_arg = "it's a.wav"},
         "}sofia/external/a@b '&playback(it\\'s a.wav)'"},
        {{.exten = "9197"}, "}sofia/external/a@b 9197 XML default"},
        {{.exten = "9197", .dialplan = "lua", .context = "public"},
         "}sofia/external/a@b 9197 lua public"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        swio_variable vars[ALL];
        swio_originate_opts opts = rows[i].opts, base = bare(vars);
        opts.dest_url = opts.dest_url ? opts.dest_url : base.dest_url;
        opts.uuid = base.uuid;
        opts.variables = base.variables;
        opts.variable_count = base.variable_count;
        char expected[256];
        snprintf(expected, sizeof expected, "originate {origination_uuid=" UUID "%s", rows[i].tail);
        expect_line(&opts, expected);
    }
}

static void test_overriding(void **state)
{
    (void)state;
    swio_variable vars[] = {
        {"ignore_early_media", "false"},
        {"my_var", "1"},
        {"ABSOLUTE_codec_string", NULL},
        {"my_var", "2"},
        {"other", "x=y"},
        {"gone", NULL},
    };
    expect_line(&(swio_originate_opts){.dest_url = "a@b",
                                       .uuid = UUID,
                                       .codec = "PCMA",
                                       .timeout = 9.2,
                                       .caller_name = "A B",
                                       .caller_number = "7",
                                       .variables = vars,
                                       .variable_count = sizeof vars / sizeof vars[0]},
                "originate {originate_timeout=10,origination_caller_id_name='A B',"
                "origination_caller_id_number=7,originator_codec=PCMA,origination_uuid=" UUID
                ",ignore_display_updates=true,ignore_early_media=false,"
                "sip_h_X-switchio_originating_session=" UUID ",my_var=2,other=x=y}"
                "sofia/external/a@b &park()");
}

static void test_refused(void **state)
{
    (void)state;
    swio_variable bad_name = {"a b", "1"}, bad_value = {"v", "1\n2"}, open = {"v", "a}{b"},
                  uuid = {"origination_uuid", UUID}, calls = {"v", "a:_:b"},
                  dropped = {"v", "a${b}"};
    const struct {
        swio_originate_opts opts;
        const char *says;
    } rows[] = {
        {{.dest_url = NULL}, "no destination"},
        {{.dest_url = ""}, "destination is empty"},
        {{.dest_url = "a@b\nevent ALL"}, "destination holds a line break"},
        {{.dest_url = "a@b\r"}, "destination holds a line break"},
        {{.dest_url = "a b@c"}, "holds a ' '"},
        {{.dest_url = "a@b,sofia/external/c@d"}, "holds a ','"},
        {{.dest_url = "a@b|c"}, "holds a '|'"},
        {{.dest_url = "{x=1}a@b"}, "holds a '{'"},
        {{.dest_url = "a@b:_:c"}, "holds ':_:'"},
        {{.dest_url = "a@b", .proxy = "p\n"}, "proxy holds a line break"},
        {{.dest_url = "a@b", .proxy = ""}, "proxy is empty"},
        {{.dest_url = "a@b", .profile = "ex/ternal"}, "profile 'ex/ternal' holds a '/'"},
        {{.dest_url = "a@b", .gateway = "g\n"}, "gateway holds a line break"},
        {{.dest_url = "a@b", .app = "park()"}, "application 'park()' holds a '('"},
        {{.dest_url = "a@b", .app = "playback", .app_arg = "tone_stream://%(251,0,1004)"},
         "holds a ')'"},
        {{.dest_url = "a@b", .app = "playback", .app_arg = "a\nb"}, "line break"},
        {{.dest_url = "a@b", .exten = "1 2"}, "extension '1 2' holds a ' '"},
        {{.dest_url = "a@b", .caller_name = "a\nb"}, "origination_caller_id_name holds a line"},
        {{.dest_url = "a@b", .app_id = "a\rb"}, "sip_h_X-switchio_app holds a line break"},
        {{.dest_url = "a@b", .timeout = -1}, "time-out"},
        {{.dest_url = "a@b", .timeout = 1e9}, "time-out"},
        {{.dest_url = "a@b", .variables = &bad_name, .variable_count = 1}, "'a b' is no name"},
        {{.dest_url = "a@b", .variables = &bad_value, .variable_count = 1}, "v holds a line break"},
        {{.dest_url = "a@b", .variables = &open, .variable_count = 1}, "without its partner"},
        {{.dest_url = "a@b", .variables = &uuid, .variable_count = 1}, "as the option uuid"},
        {{.dest_url = "a@b", .variables = &calls, .variable_count = 1}, "separate calls"},
        {{.dest_url = "a@b", .variables = &dropped, .variable_count = 1}, "drops such values"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        swio_originate_opts opts = rows[i].opts;
        opts.uuid = UUID;
        swio_buf out = {0};
        swio_buf_puts(&out, "before");
        assert_int_equal(swio_originate_build(&opts, &out), SWIO_EINVAL);
        if (!strstr(swio_errmsg(), rows[i].says))
            fail_msg("row %zu: '%s' does not say '%s'", i, swio_errmsg(), rows[i].says);
        assert_int_equal(out.len, 6);
        swio_buf_free(&out);
    }
}

/*
 * What FreeSWITCH does with a value, written down from the facts in control/originate.h: `delim`
 * 0 is the reader that splits at blanks. One pass over the text: what ends the item, and the item
 * itself with its quotes, blanks at its ends and one level of backslashes taken away.
 */
static size_t item_end(const char *text, char split)
{
    bool quoted = false;
    size_t i = 0;
    for (; text[i]; i++) {
        if (text[i] == '\\' && text[i + 1])
            i++;
        else if (text[i] == '\'')
            quoted = !quoted;
        else if (text[i] == split && !quoted)
            break;
    }
    return i;
}

static char unescaped(char c, char delim)
{
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 's':
        return ' ';
    default:
        return c == '\'' || c == '"' || c == '\\' || (delim && c == delim) ? c : '\0';
    }
}

static char *clean(const char *text, size_t len, char delim)
{
    char *out = malloc(len + 1);
    size_t n = 0, keep = 0, i = 0;
    bool quoted = false;
    assert_non_null(out);
    while (i < len && text[i] == ' ')
        i++;
    for (; i < len; i++) {
        if (text[i] == '\\' && i + 1 < len && unescaped(text[i + 1], delim)) {
            out[n++] = unescaped(text[++i], delim);
            keep = n;
        } else if (text[i] == '\'' && (quoted || memchr(text + i + 1, '\'', len - i - 1))) {
            quoted = !quoted;
            if (quoted)
                keep = n;
        } else {
            out[n++] = text[i];
            if (text[i] != ' ' || quoted)
                keep = n;
        }
    }
    out[keep] = '\0';
    return out;
}

/* The value of the first variable of "{name=value,…}…", as the switch would set it. */
static char *as_read(const char *argument)
{
    char *arg = clean(argument, item_end(argument, ' '), 0);
    assert_int_equal(arg[0], '{');
    size_t end = 1;
    for (int depth = 1; arg[end]; end++) {
        depth += arg[end] == '{' ? 1 : arg[end] == '}' ? -1 : 0;
        if (!depth)
            break;
    }
    assert_string_equal(arg + end, "}rest");
    arg[end] = '\0';
    char *item = clean(arg + 1, item_end(arg + 1, ','), ',');
    size_t name = item_end(item, '=');
    char *value = item[name] ? clean(item + name + 1, strlen(item + name + 1), '=') : NULL;
    free(item);
    free(arg);
    return value;
}

static void test_read_back(void **state)
{
    (void)state;
    static const char *const values[] = {
        "plain",
        "two words",
        " ends ",
        "  ",
        "a,b,c",
        "it's",
        "'quoted'",
        "\"double\"",
        "back\\slash",
        "trailing\\",
        "\\n stays",
        "\\s",
        "a=b=c",
        "{loops=-1}tone_stream://%(251,0,1004)",
        "{a{b}c}",
        "<sip:x@y>",
        "$var {}",
        "100%",
        "a|b",
        "[x]",
        "^^:a",
        "'",
        "''",
        "\\'",
        ",",
        "tab\there",
        "caf\xc3\xa9",
        "\xff\xfe",
        "everything: ,'\"\\ {=} at once",
        "' ,",
        "\\\\ \\\\\\",
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        swio_buf out = {0};
        swio_buf_putc(&out, '{');
        assert_int_equal(swio_originate_variable(&out, "v", values[i]), 0);
        swio_buf_puts(&out, ",next=1}rest &park()");
        char *value = as_read(out.data);
        assert_non_null(value);
        if (strcmp(value, values[i]) != 0)
            fail_msg("'%s' went out as %s and was read as '%s'", values[i], out.data, value);
        free(value);
        swio_buf_free(&out);
    }
}

/* Random texts over the characters that mean something. */
static void test_read_back_random(void **state)
{
    (void)state;
    static const char alphabet[] = "ab \\',=\"nst^<";
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        char text[12];
        size_t len = 0;
        for (; len < sizeof text - 1; len++) {
            seed = seed * 1664525u + 1013904223u;
            size_t pick = (seed >> 16) % (sizeof alphabet + 1);
            if (pick >= sizeof alphabet - 1)
                break;
            text[len] = alphabet[pick];
        }
        text[len] = '\0';
        if (!len)
            continue;
        swio_buf out = {0};
        swio_buf_putc(&out, '{');
        assert_int_equal(swio_originate_variable(&out, "v", text), 0);
        swio_buf_puts(&out, ",next=1}rest &park()");
        char *value = as_read(out.data);
        if (!value || strcmp(value, text) != 0)
            fail_msg("'%s' went out as %s and was read as '%s'", text, out.data,
                     value ? value : "(none)");
        free(value);
        swio_buf_free(&out);
    }
}

static void test_line(void **state)
{
    (void)state;
    char *line = NULL;
    assert_int_equal(swio_originate_line(&(swio_originate_opts){.dest_url = "a@b"}, &line), 0);
    assert_non_null(strstr(line, "origination_uuid="));
    assert_null(strstr(line, "switchio_app"));
    swio_text_free(line);
}

static void test_copy(void **state)
{
    (void)state;
    char dest[] = "a@b", value[] = "1";
    swio_variable vars[] = {{"x", value}, {"absolute_codec_string", NULL}};
    swio_originate_opts opts = {
        .dest_url = dest, .uuid = UUID, .timeout = 3, .variables = vars, .variable_count = 2};
    int error;
    char *before = build(&opts, &error);
    swio_originate_opts *copy = swio_originate_copy(&opts);
    dest[0] = value[0] = 'z';
    char *after = build(copy, &error);
    assert_int_equal(error, 0);
    assert_string_equal(before, after);
    swio_free(before);
    swio_free(after);
    swio_obj_unref(copy);
}

static void test_no_memory(void **state)
{
    (void)state;
    swio_variable var = {"v", "a, 'b'"};
    swio_originate_opts opts = {
        .dest_url = "a@b", .uuid = UUID, .variables = &var, .variable_count = 1};
    int error = SWIO_ENOMEM;
    for (long n = 0; error; n++) {
        char *line = NULL;
        swio_mem_fail_after(n, false);
        error = swio_originate_line(&opts, &line);
        swio_mem_fail_after(-1, false);
        assert_true(error == 0 || error == SWIO_ENOMEM);
        assert_true(n < 200);
        swio_text_free(line);
    }
    swio_mem_fail_after(0, false);
    assert_null(swio_originate_copy(&opts));
    swio_mem_fail_after(-1, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),   cmocka_unit_test(test_endings),
        cmocka_unit_test(test_overriding), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_read_back),  cmocka_unit_test(test_read_back_random),
        cmocka_unit_test(test_line),       cmocka_unit_test(test_copy),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
