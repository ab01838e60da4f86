#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "esl/builder.h"
#include "esl/event.h"

/*
 * event-json is one flat object of strings and lists of strings (switch_event_serialize_json_obj),
 * with the body under "_body". It is decoded here and not by jansson, which cannot give what was
 * sent: it refuses bytes that are no UTF-8, of two members of one name it keeps the last, and when
 * memory runs out in the middle of a string (2.14) it drops a byte and goes on. This one copies
 * bytes >= 0x80 as they are and needs no memory but the event's; jansson is the oracle of its
 * tests.
 */
typedef struct cursor {
    const char *start, *at, *end;
} cursor;

static int expected(const cursor *c, const char *what)
{
    return swio_err(SWIO_EPROTO, "an event-json that is none: %s expected at byte %zu", what,
                    (size_t)(c->at - c->start));
}

static void skip_blanks(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\t' || *c->at == '\r'))
        c->at++;
}

/* Takes a punctuation mark, with the blanks before it. */
static bool take(cursor *c, char mark)
{
    skip_blanks(c);
    if (c->at == c->end || *c->at != mark)
        return false;
    c->at++;
    return true;
}

/* Four hexadecimal digits; -1 if there are none. */
static long hex4(cursor *c)
{
    long code = 0;
    if (c->end - c->at < 4)
        return -1;
    for (int i = 0; i < 4; i++, c->at++) {
        char digit = *c->at, letter = (char)(digit | 0x20);
        if (digit >= '0' && digit <= '9')
            code = code << 4 | (digit - '0');
        else if (letter >= 'a' && letter <= 'f')
            code = code << 4 | (letter - 'a' + 10);
        else
            return -1;
    }
    return code;
}

static void add_utf8(swio_buf *out, unsigned long code)
{
    char bytes[4];
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len; i-- > 1; code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3f));
    bytes[0] = (char)(leads[len] | code);
    swio_buf_add(out, bytes, len);
}

/* What follows "\u", with the second half of a surrogate pair (RFC 8259, section 7). */
static int unicode_escape(cursor *c, swio_buf *out)
{
    long code = hex4(c);
    if (code < 0)
        return expected(c, "a hexadecimal digit");
    if (code >= 0xd800 && code < 0xe000) {
        bool pair = code < 0xdc00 && c->end - c->at >= 2 && memcmp(c->at, "\\u", 2) == 0;
        c->at += pair ? 2 : 0;
        long low = pair ? hex4(c) : -1;
        if (low < 0xdc00 || low >= 0xe000)
            return expected(c, "the other half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    add_utf8(out, (unsigned long)code);
    return 0;
}

static int escape(cursor *c, swio_buf *out)
{
    static const char letters[] = "\"\\/bfnrt", stand_for[] = "\"\\/\b\f\n\r\t";
    char letter = c->at < c->end ? *c->at : '\0';
    const char *known = letter ? strchr(letters, letter) : NULL;
    if (!known && letter != 'u')
        return expected(c, "a character that may be escaped");
    c->at++;
    if (!known)
        return unicode_escape(c, out);
    swio_buf_putc(out, stand_for[known - letters]);
    return 0;
}

/* A string, behind its opening quote; what it stands for is added to `out`. */
static int string(cursor *c, swio_buf *out)
{
    for (;;) {
        const char *run = c->at;
        while (c->at < c->end && *c->at != '"' && *c->at != '\\' && (unsigned char)*c->at >= ' ')
            c->at++;
        swio_buf_add(out, run, (size_t)(c->at - run));
        if (c->at == c->end || (unsigned char)*c->at < ' ')
            return expected(c, "the end of a string");
        if (*c->at++ == '"')
            return 0;
        int error = escape(c, out);
        if (error)
            return error;
    }
}

static size_t digits(cursor *c)
{
    size_t count = 0;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++)
        count++;
    return count;
}

static bool number(cursor *c)
{
    c->at += c->at < c->end && *c->at == '-';
    bool zero = c->at < c->end && *c->at == '0';
    size_t whole = digits(c);
    bool good = zero ? whole == 1 : whole > 0;
    if (good && c->at < c->end && *c->at == '.') {
        c->at++;
        good = digits(c) > 0;
    }
    if (good && c->at < c->end && (*c->at | 0x20) == 'e') {
        c->at++;
        c->at += c->at < c->end && (*c->at == '+' || *c->at == '-');
        good = digits(c) > 0;
    }
    return good;
}

/* A string, or what FreeSWITCH never sends: a number, true, false, null, which stand for their
 * text. */
static int scalar(cursor *c, swio_buf *out)
{
    static const char *const words[] = {"true", "false", "null"};
    if (take(c, '"'))
        return string(c, out);
    const char *start = c->at;
    for (size_t i = 0; i < sizeof words / sizeof *words && c->at == start; i++) {
        size_t len = strlen(words[i]);
        if ((size_t)(c->end - c->at) >= len && memcmp(c->at, words[i], len) == 0)
            c->at += len;
    }
    if (c->at == start && !number(c)) {
        c->at = start;
        return expected(c, "a string, a number or a list of them");
    }
    swio_buf_add(out, start, (size_t)(c->at - start));
    return 0;
}

static int value(cursor *c, swio_buf *out)
{
    if (!take(c, '['))
        return scalar(c, out);
    swio_buf_puts(out, "ARRAY::");
    if (take(c, ']'))
        return 0;
    for (;;) {
        int error = scalar(c, out);
        if (error)
            return error;
        if (take(c, ']'))
            return 0;
        if (!take(c, ','))
            return expected(c, "',' or ']'");
        swio_buf_puts(out, "|:");
    }
}

/* What the members go to. */
typedef struct target {
    swio_builder b;
    swio_buf body;
    swio_buf name; /* of the current member */
} target;

static int member(cursor *c, target *t)
{
    static const char body[] = "_body";
    swio_buf_clear(&t->name);
    if (!take(c, '"'))
        return expected(c, "a name");
    int error = string(c, &t->name);
    if (error || (error = swio_buf_error(&t->name)))
        return error;
    if (memchr(t->name.data, '\0', t->name.len))
        return expected(c, "a name without a NUL");
    if (!take(c, ':'))
        return expected(c, "':'");
    skip_blanks(c);
    if (strcmp(t->name.data, body) == 0 && c->at < c->end && *c->at == '"') {
        swio_buf_clear(&t->body);
        return value(c, &t->body);
    }
    swio_builder_header(&t->b, t->name.data, t->name.len);
    error = swio_builder_error(&t->b);
    return error ? error : value(c, &t->b.text);
}

static int object(cursor *c, target *t)
{
    if (!take(c, '{'))
        return expected(c, "'{'");
    bool ended = take(c, '}');
    while (!ended) {
        int error = member(c, t);
        if (error)
            return error;
        ended = take(c, '}');
        if (!ended && !take(c, ','))
            return expected(c, "',' or '}'");
    }
    skip_blanks(c);
    return c->at == c->end ? 0 : expected(c, "the end");
}

int swio_event_from_json(const char *bytes, size_t len, size_t max_headers, swio_event **out)
{
    target t = {.b = swio_builder_make(max_headers)};
    cursor c = {bytes, bytes, bytes + len};
    int error = object(&c, &t);
    if (!error)
        error = swio_buf_error(&t.body);
    if (!error)
        error = swio_builder_finish(&t.b, t.body.data, t.body.len, false, out);
    swio_builder_free(&t.b);
    swio_buf_free(&t.body);
    swio_buf_free(&t.name);
    return error;
}
