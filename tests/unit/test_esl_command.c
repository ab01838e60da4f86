#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "esl/command.h"
#include "support/cmocka.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void commands_are_what_freeswitch_reads(void **state)
{
    (void)state;
    swio_buf out = {0};
    const swio_header headers[] = {{"call-command", "execute"},
                                   {"execute-app-name", "playback"},
                                   {"execute-app-arg", "a: b  c"},
                                   {"event-lock", ""}};
    assert_int_equal(swio_command_line(&out, "event plain ALL"), 0);
    assert_int_equal(swio_command_auth(&out, "Clue Con:"), 0);
    assert_int_equal(swio_command_userauth(&out, "fred@example.org", "se:cret"), 0);
    assert_int_equal(swio_command_api(&out, "status"), 0);
    assert_int_equal(swio_command_api(&out, ""), 0);
    assert_int_equal(swio_command_bgapi(&out, "1-2-3", "originate {a=b}sofia/x &park()"), 0);
    assert_int_equal(swio_command_sendmsg(&out, "7f4de4bc", headers, COUNT(headers), NULL), 0);
    assert_int_equal(swio_command_sendmsg(&out, NULL, headers, 1, "two\r\nlines\n\n"), 0);
    assert_int_equal(swio_command_sendevent(&out, "NOTIFY", headers, 1, ""), 0);
    assert_int_equal(swio_command_sendevent(&out, "NOTIFY", NULL, 0, NULL), 0);
    assert_string_equal(out.data, "event plain ALL\n\n"
                                  "auth Clue Con:\n\n"
                                  "userauth fred@example.org:se:cret\n\n"
                                  "api status\n\n"
                                  "api \n\n"
                                  "bgapi originate {a=b}sofia/x &park()\nJob-UUID: 1-2-3\n\n"
                                  "sendmsg 7f4de4bc\ncall-command: execute\n"
                                  "execute-app-name: playback\nexecute-app-arg: a: b  c\n"
                                  "event-lock: \n\n"
                                  "sendmsg\ncall-command: execute\nContent-Length: 12\n\n"
                                  "two\r\nlines\n\n"
                                  "sendevent NOTIFY\ncall-command: execute\nContent-Length: 0\n\n"
                                  "sendevent NOTIFY\n\n");
    swio_buf_free(&out);
}

static void standard_events_come_before_subclasses(void **state)
{
    (void)state;
    swio_buf out = {0};
    const char *const names[] = {"mod_bert::lost_sync", "CHANNEL_PARK", "a::b", "HEARTBEAT"};
    assert_int_equal(swio_command_event(&out, SWIO_EVENT_PLAIN, names, 4), 0);
    assert_int_equal(swio_command_event(&out, SWIO_EVENT_JSON, names, 1), 0);
    assert_int_equal(swio_command_event(&out, SWIO_EVENT_XML, names + 1, 1), 0);
    assert_int_equal(swio_command_nixevent(&out, names, 2), 0);
    assert_string_equal(out.data,
                        "event plain CHANNEL_PARK HEARTBEAT CUSTOM mod_bert::lost_sync a::b\n\n"
                        "event json CUSTOM mod_bert::lost_sync\n\n"
                        "event xml CHANNEL_PARK\n\n"
                        "nixevent CHANNEL_PARK CUSTOM mod_bert::lost_sync\n\n");
    swio_buf_free(&out);
}

/* One text in the place of each part of each command. */
typedef struct part {
    const char *what; /* as the sentence calls it */
    int (*make)(swio_buf *out, const char *text);
    int word; /* it may be neither empty nor have a blank in it */
    int name; /* nor a ':' */
} part;

static int line(swio_buf *out, const char *text)
{
    return swio_command_line(out, text);
}

static int user(swio_buf *out, const char *text)
{
    return swio_command_userauth(out, text, "p");
}

static int user_password(swio_buf *out, const char *text)
{
    return swio_command_userauth(out, "u", text);
}

static int bgapi_uuid(swio_buf *out, const char *text)
{
    return swio_command_bgapi(out, text, "status");
}

static int bgapi_text(swio_buf *out, const char *text)
{
    return swio_command_bgapi(out, "uuid", text);
}

static int sendmsg_uuid(swio_buf *out, const char *text)
{
    return swio_command_sendmsg(out, text, NULL, 0, NULL);
}

static int header_name(swio_buf *out, const char *text)
{
    const swio_header headers[] = {{"good", "good"}, {text, "value"}};
    return swio_command_sendmsg(out, "uuid", headers, 2, "body");
}

static int header_value(swio_buf *out, const char *text)
{
    const swio_header headers[] = {{"good", "good"}, {"Name", text}};
    return swio_command_sendevent(out, "X", headers, 2, "body");
}

static int event_name(swio_buf *out, const char *text)
{
    return swio_command_sendevent(out, text, NULL, 0, NULL);
}

static int subscription(swio_buf *out, const char *text)
{
    const char *const names[] = {"ALL", text};
    return swio_command_event(out, SWIO_EVENT_PLAIN, names, 2);
}

static int unsubscription(swio_buf *out, const char *text)
{
    return swio_command_nixevent(out, &text, 1);
}

static const part parts[] = {
    {"the command", line, 0, 0},
    {"the password", swio_command_auth, 0, 0},
    {"the user name", user, 1, 1},
    {"the password", user_password, 0, 0},
    {"the api command", swio_command_api, 0, 0},
    {"the Job-UUID", bgapi_uuid, 1, 0},
    {"the bgapi command", bgapi_text, 0, 0},
    {"the session's uuid", sendmsg_uuid, 1, 0},
    {"a header's name", header_name, 1, 1},
    {"the value of Name", header_value, 0, 0},
    {"the event's name", event_name, 1, 0},
    {"an event's name", subscription, 1, 0},
    {"an event's name", unsubscription, 1, 0},
};

/* Tries a text that must be refused, in a buffer with something in it, which must stay. */
static void refuse(const part *p, const char *text, const char *says)
{
    swio_buf out = {0};
    swio_buf_puts(&out, "before");
    if (p->make(&out, text) != SWIO_EINVAL)
        fail_msg("%s '%s' was taken: %s", p->what, text ? text : "NULL", out.data);
    if (strncmp(swio_errmsg(), p->what, strlen(p->what)) != 0 || !strstr(swio_errmsg(), says))
        fail_msg("%s '%s': '%s'", p->what, text ? text : "NULL", swio_errmsg());
    assert_string_equal(out.data, "before");
    assert_int_equal(out.len, 6);
    assert_int_equal(out.error, 0);
    assert_int_equal(out.max, 0);
    swio_buf_free(&out);
}

static void what_breaks_the_framing_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(parts); i++) {
        const part *p = &parts[i];
        bool secret = strcmp(p->what, "the password") == 0;
        refuse(p, "a\nb", secret ? "a line break in it: " : "a line break in it (behind 'a')");
        refuse(p, "\n", secret ? "a line break in it: " : "a line break in it (behind '')");
        refuse(p, "end\n", "a line break");
        refuse(p, "a\r\n\r\napi shutdown",
               secret ? "a line break in it: " : "a line break in it (behind 'a\r')");
        refuse(p, "a\rb",
               secret ? "a carriage return in it: " : "a carriage return in it (behind 'a')");
        if (p->make != sendmsg_uuid) /* without one it is the session's own socket */
            refuse(p, NULL, "is missing");
        if (p->word) {
            refuse(p, "", "is missing");
            refuse(p, "a b", "a blank in it");
        }
        if (p->name)
            refuse(p, "a:b", "a ':' in it");
    }
    refuse(&(part){"an empty command", line, 0, 0}, "", "would never answer");
    refuse(&(part){"Content-Length", header_name, 0, 0}, "content-LENGTH", "made of the body");
    refuse(&(part){"the command", line, 0, 0}, "0123456789012345678901234567890123456789abc\n",
           "(behind '0123456789012345678901234567890123456789')");
    refuse(&(part){"the command", line, 0, 0}, "auth secret\n", "a line break in it: ");
    swio_buf out = {0};
    assert_int_equal(swio_command_event(&out, SWIO_EVENT_PLAIN, NULL, 0), SWIO_EINVAL);
    assert_string_equal(swio_errmsg(), "event plain: no event is named");
    assert_int_equal(swio_command_event(&out, (swio_event_format)7, (const char *const[]){"A"}, 1),
                     SWIO_EINVAL);
    assert_int_equal(swio_command_nixevent(&out, NULL, 0), SWIO_EINVAL);
    assert_null(out.data);
}

static void what_is_good_is_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(parts); i++) {
        static const char *const texts[] = {"a", "\xc3\xa9%41{},'\"\\", "a b", "a:b", "", "\t"};
        for (size_t k = 0; k < COUNT(texts); k++) {
            const part *p = &parts[i];
            bool refused = (p->word && (!*texts[k] || strchr(texts[k], ' '))) ||
                           (p->name && strchr(texts[k], ':')) || (p->make == line && !*texts[k]);
            swio_buf out = {0};
            assert_int_equal(p->make(&out, texts[k]), refused ? SWIO_EINVAL : 0);
            if (!refused)
                assert_non_null(strstr(out.data, texts[k]));
            swio_buf_free(&out);
        }
    }
}

/* The switch cuts a command at 10 MiB and takes the rest for the next one. */
static void too_long_is_refused(void **state)
{
    (void)state;
    enum { MOST = 10485759 };
    char *text = malloc(MOST + 1);
    assert_non_null(text);
    memset(text, 'x', MOST);
    text[MOST - 6] = '\0'; /* "api " before it and "\n\n" behind */
    swio_buf out = {0};
    swio_buf_puts(&out, "before");
    assert_int_equal(swio_command_api(&out, text), 0);
    assert_int_equal(out.len, 6 + MOST);
    text[MOST - 6] = 'x';
    text[MOST - 5] = '\0';
    assert_int_equal(swio_command_api(&out, text), SWIO_ELIMIT);
    assert_string_equal(swio_errmsg(), "a command of more than 10485759 bytes");
    assert_int_equal(out.len, 6 + MOST);
    assert_int_equal(out.error, 0);
    swio_buf_free(&out);
    out.max = 20;
    assert_int_equal(swio_command_api(&out, "1234567890123"), 0);
    assert_int_equal(swio_command_api(&out, "1"), SWIO_ELIMIT);
    assert_int_equal(out.max, 20);
    assert_string_equal(out.data, "api 1234567890123\n\n");
    swio_buf_free(&out);
    free(text);
}

static void without_memory_nothing_is_written(void **state)
{
    (void)state;
    swio_buf out = {0};
    swio_mem_fail_after(0, true);
    int first = swio_command_api(&out, "status");
    swio_mem_fail_after(-1, false);
    assert_int_equal(first, SWIO_ENOMEM);
    assert_null(out.data);
    assert_int_equal(swio_command_api(&out, "status"), 0);
    char arg[300];
    memset(arg, 'x', sizeof arg);
    arg[sizeof arg - 1] = '\0';
    swio_mem_fail_after(0, true);
    int second = swio_command_sendmsg(&out, "u", &(swio_header){"a", arg}, 1, NULL);
    swio_mem_fail_after(-1, false);
    assert_int_equal(second, SWIO_ENOMEM);
    assert_string_equal(out.data, "api status\n\n");
    assert_int_equal(swio_command_api(&out, "again"), 0);
    assert_string_equal(out.data, "api status\n\napi again\n\n");
    swio_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_what_freeswitch_reads),
        cmocka_unit_test(standard_events_come_before_subclasses),
        cmocka_unit_test(what_breaks_the_framing_is_refused),
        cmocka_unit_test(what_is_good_is_taken),
        cmocka_unit_test(too_long_is_refused),
        cmocka_unit_test(without_memory_nothing_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
