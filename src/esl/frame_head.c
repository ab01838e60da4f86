#include "esl/frame_head.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "esl/plain.h"

typedef struct content_type {
    const char *name;
    swio_frame_kind kind;
    swio_event_format format;
} content_type;

/* mod_event_socket.c */
static const content_type content_types[] = {
    {"text/event-plain", SWIO_FRAME_EVENT, SWIO_EVENT_PLAIN},
    {"text/event-json", SWIO_FRAME_EVENT, SWIO_EVENT_JSON},
    {"text/event-xml", SWIO_FRAME_EVENT, SWIO_EVENT_XML},
    {"command/reply", SWIO_FRAME_COMMAND_REPLY, SWIO_EVENT_PLAIN},
    {"api/response", SWIO_FRAME_API_RESPONSE, SWIO_EVENT_PLAIN},
    {"log/data", SWIO_FRAME_LOG, SWIO_EVENT_PLAIN},
    {"auth/request", SWIO_FRAME_AUTH_REQUEST, SWIO_EVENT_PLAIN},
    {"text/disconnect-notice", SWIO_FRAME_DISCONNECT_NOTICE, SWIO_EVENT_PLAIN},
    {"text/rude-rejection", SWIO_FRAME_RUDE_REJECTION, SWIO_EVENT_PLAIN},
};

/* A piece of the block. */
typedef struct span {
    const char *at;
    size_t len;
} span;

static bool is(span s, const char *text)
{
    return s.len == strlen(text) && strncasecmp(s.at, text, s.len) == 0;
}

/* Digits and nothing else: a length that two readers could understand differently ends the stream.
 */
static int read_length(span value, size_t *out)
{
    size_t length = 0;
    bool digits = value.len > 0;
    for (size_t i = 0; i < value.len && digits; i++) {
        digits = value.at[i] >= '0' && value.at[i] <= '9';
        if (!digits)
            break;
        if (length > (SIZE_MAX - 9) / 10)
            return swio_err(SWIO_EPROTO, "Content-Length '%.*s' is beyond all bounds",
                            value.len > 40 ? 40 : (int)value.len, value.at);
        length = length * 10 + (size_t)(value.at[i] - '0');
    }
    if (!digits)
        return swio_err(SWIO_EPROTO, "Content-Length '%.*s' is not a number",
                        value.len > 40 ? 40 : (int)value.len, value.at);
    *out = length;
    return 0;
}

static void read_type(span value, swio_frame_head *head)
{
    for (size_t i = 0; i < sizeof content_types / sizeof *content_types; i++) {
        if (is(value, content_types[i].name)) {
            head->kind = content_types[i].kind;
            head->format = content_types[i].format;
            return;
        }
    }
}

/* Splits off the next line; its name is empty if it has no separator. */
static bool next_line(span *rest, span *name, span *value)
{
    const char *end = memchr(rest->at, '\n', rest->len);
    size_t len = end ? (size_t)(end - rest->at) : rest->len;
    if (len == 0)
        return false;
    const char *separator = swio_line_separator(rest->at, len);
    *name = (span){rest->at, separator ? (size_t)(separator - rest->at) : 0};
    size_t skip = name->len + 1;
    if (skip < len && rest->at[skip] == ' ')
        skip++;
    *value = (span){rest->at + skip, separator ? len - skip : 0};
    rest->at += len + (end != NULL);
    rest->len -= len + (end != NULL);
    return true;
}

int swio_frame_head_read(const char *block, size_t len, swio_frame_head *head)
{
    bool has_length = false, has_type = false;
    span rest = {block, len}, name, value;
    *head = (swio_frame_head){.kind = SWIO_FRAME_OTHER, .len = len};
    while (next_line(&rest, &name, &value)) {
        if (is(name, "Content-Length")) {
            if (has_length)
                return swio_err(SWIO_EPROTO, "two Content-Length headers in one frame");
            has_length = true;
            int error = read_length(value, &head->body_len);
            if (error)
                return error;
        } else if (is(name, "Content-Type") && !has_type) {
            has_type = true;
            read_type(value, head);
        } else if (name.at == block && is(name, "Event-Name")) {
            head->encoded =
                true; /* an event in the place of a header block: switch_event_serialize */
        }
    }
    if (head->kind == SWIO_FRAME_EVENT && !has_length)
        return swio_err(SWIO_EPROTO, "an event without a Content-Length");
    return 0;
}

bool swio_frame_head_usual(const char *bytes, size_t len, swio_frame_head *head)
{
    static const char before[] = "Content-Length: ";
    static const char after[] = "\nContent-Type: text/event-plain\n\n";
    enum { BEFORE = sizeof before - 1, AFTER = sizeof after - 1, MAX_DIGITS = 9 };
    if (len < BEFORE + MAX_DIGITS + AFTER || memcmp(bytes, before, BEFORE) != 0)
        return false;
    size_t length = 0, at = BEFORE;
    for (; at < BEFORE + MAX_DIGITS && bytes[at] >= '0' && bytes[at] <= '9'; at++)
        length = length * 10 + (size_t)(bytes[at] - '0');
    if (at == BEFORE || memcmp(bytes + at, after, AFTER) != 0)
        return false;
    *head = (swio_frame_head){.kind = SWIO_FRAME_EVENT,
                              .format = SWIO_EVENT_PLAIN,
                              .len = at + AFTER,
                              .body_len = length};
    return true;
}

static int refuse(const swio_greeting *greeting)
{
    size_t len = greeting->len < sizeof greeting->line ? greeting->len : sizeof greeting->line;
    char text[sizeof greeting->line + 1];
    for (size_t i = 0; i < len; i++)
        text[i] = greeting->line[i] >= ' ' && greeting->line[i] <= '~' ? greeting->line[i] : '.';
    text[len] = '\0';
    return swio_err(SWIO_EPROTO, "not an Event Socket: it greets with '%s'", text);
}

int swio_greeting_check(swio_greeting *greeting, const char *bytes, size_t len, size_t limit)
{
    for (size_t i = 0; i < len && !greeting->passed && greeting->seen < limit; i++) {
        unsigned char c = (unsigned char)bytes[i];
        greeting->seen += greeting->seen || c != '\n'; /* empty lines before it do not count */
        if (c == '\n') {
            if (greeting->len && !greeting->colon)
                return refuse(greeting);
            greeting->passed = greeting->len == 0 && greeting->colon;
            greeting->len = 0;
            continue;
        }
        if (greeting->len < sizeof greeting->line)
            greeting->line[greeting->len] = (char)c;
        if (greeting->len++ == 0)
            greeting->colon = false;
        greeting->colon |= c == ':';
        if (c < ' ' && c != '\t')
            return refuse(greeting);
    }
    return 0;
}
