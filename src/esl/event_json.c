#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "esl/builder.h"
#include "esl/event.h"

/*
 * jansson wants UTF-8 and one member of a name; FreeSWITCH promises neither. So the text is
 * rewritten before, in one pass, and the rewriting is undone on every string after:
 *   - a byte b >= 0x80 becomes U+0100+b (two bytes of UTF-8, U+0180…U+01FF), and an escape of one
 * of these code points is written as the bytes of its UTF-8, so that nothing else maps to them;
 *   - the name of each member gets its number in front, so that all names differ.
 * jansson keeps members in their order, and checks all the rest.
 */
enum { NUMBER_WIDTH = 8 };

static void map_byte(swio_buf *out, unsigned char b)
{
    swio_buf_add(out, (char[]){(char)(b < 0xc0 ? 0xc6 : 0xc7), (char)(0x80 | (b & 0x3f))}, 2);
}

static bool hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static unsigned hex_value(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* What stands behind a backslash; returns how many bytes of it were taken. */
static size_t map_escape(swio_buf *out, const char *at, size_t left)
{
    if (left >= 5 && at[0] == 'u' && at[1] == '0' && at[2] == '1' && hex(at[3]) &&
        hex_value(at[3]) >= 8 && hex(at[4])) {
        unsigned code = 0x100 | hex_value(at[3]) << 4 | hex_value(at[4]);
        map_byte(out, (unsigned char)(0xc0 | code >> 6));
        map_byte(out, (unsigned char)(0x80 | (code & 0x3f)));
        return 5;
    }
    swio_buf_putc(out, '\\');
    if (left == 0)
        return 0;
    if ((unsigned char)at[0] >= 0x80)
        map_byte(out, (unsigned char)at[0]);
    else
        swio_buf_putc(out, at[0]);
    return 1;
}

/*
 * An array of many items is legal; millions of empty ones would blow 64 MiB of text up to gigabytes
 * of jansson's values.
 */
enum { VALUES_PER_HEADER = 16 };

/* Where in the text we are. */
typedef struct place {
    bool in_string;
    bool name_next; /* a string that begins here is a member's name */
    unsigned depth;
    unsigned members;
    size_t values;
} place;

/* Follows a byte that means something; true where a name begins behind it. */
static bool follow(place *p, char c)
{
    if (c == '"') {
        p->in_string = !p->in_string;
        bool begins = p->in_string && p->name_next;
        p->name_next = false;
        return begins;
    }
    if (p->in_string)
        return false;
    if (c == '{' || c == '[') {
        p->name_next = p->depth++ == 0 && c == '{';
        p->values++;
    } else if (c == '}' || c == ']') {
        p->depth -= p->depth > 0;
    } else if (c == ',') {
        p->name_next = p->depth == 1;
        p->values++;
    }
    return false;
}

static int rewrite(swio_buf *out, const char *bytes, size_t len, size_t max_headers)
{
    place p = {0};
    size_t plain = 0; /* from here on nothing was written yet */
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (p.in_string && c == '\\') {
            swio_buf_add(out, bytes + plain, i - plain);
            i += map_escape(out, bytes + i + 1, len - i - 1);
            plain = i + 1;
        } else if (c >= 0x80) {
            swio_buf_add(out, bytes + plain, i - plain);
            map_byte(out, c);
            plain = i + 1;
        } else if (follow(&p, (char)c)) {
            swio_buf_add(out, bytes + plain, i + 1 - plain);
            swio_buf_printf(out, "%0*x", NUMBER_WIDTH, p.members++);
            plain = i + 1;
        }
    }
    swio_buf_add(out, bytes + plain, len - plain);
    if (p.values / VALUES_PER_HEADER > max_headers)
        return swio_err(SWIO_ELIMIT,
                        "an event-json of %zu values: the limit is %u for each of %zu headers",
                        p.values, VALUES_PER_HEADER, max_headers);
    return swio_buf_error(out);
}

/* Adds the bytes that `text` stood for. */
static void add_unmapped(swio_buf *out, const char *text, size_t len)
{
    size_t plain = 0;
    for (size_t i = 0; i + 1 < len; i++) {
        unsigned char lead = (unsigned char)text[i];
        if (lead != 0xc6 && lead != 0xc7)
            continue;
        swio_buf_add(out, text + plain, i - plain);
        swio_buf_putc(out, (char)((lead & 1) << 6 | 0x80 | (text[i + 1] & 0x3f)));
        plain = ++i + 1;
    }
    swio_buf_add(out, text + plain, len - plain);
}

static int add_piece(const char *text, size_t len, void *out)
{
    add_unmapped(out, text, len);
    return 0;
}

/* The text of a value; of what FreeSWITCH never sends (numbers, objects) its JSON. */
static int add_value(swio_buf *out, const json_t *value)
{
    if (json_is_string(value))
        return add_piece(json_string_value(value), json_string_length(value), out);
    int failed = json_dump_callback(value, add_piece, out, JSON_ENCODE_ANY | JSON_COMPACT);
    return failed ? swio_err_nomem() : 0;
}

static int add_array(swio_buf *out, const json_t *array)
{
    swio_buf_puts(out, "ARRAY::");
    int error = 0;
    for (size_t i = 0; i < json_array_size(array) && !error; i++) {
        if (i)
            swio_buf_puts(out, "|:");
        error = add_value(out, json_array_get(array, i));
    }
    return error;
}

/* What the members go to. */
typedef struct target {
    swio_builder b;
    swio_buf body;
    swio_buf name; /* of the current member */
} target;

static int add_header(target *t, const char *key, const json_t *value)
{
    swio_buf_clear(&t->name);
    add_unmapped(&t->name, key, strlen(key));
    int error = swio_buf_error(&t->name);
    if (error)
        return error;
    swio_builder_header(&t->b, t->name.data, t->name.len);
    error = json_is_array(value) ? add_array(&t->b.text, value) : add_value(&t->b.text, value);
    return error ? error : swio_builder_error(&t->b);
}

static int add_members(target *t, json_t *object)
{
    const char *numbered;
    json_t *value;
    json_object_foreach(object, numbered, value)
    {
        const char *key = numbered + NUMBER_WIDTH;
        int error;
        if (strcmp(key, "_body") == 0 && json_is_string(value)) {
            swio_buf_clear(&t->body);
            error = add_value(&t->body, value);
        } else {
            error = add_header(t, key, value);
        }
        if (error)
            return error;
    }
    return swio_buf_error(&t->body);
}

static int parse(const swio_buf *text, json_t **out)
{
    json_error_t error;
    json_t *root = json_loadb(text->data, text->len, JSON_ALLOW_NUL, &error);
    if (!root && json_error_code(&error) == json_error_out_of_memory)
        return swio_err_nomem();
    if (!root)
        return swio_err(SWIO_EPROTO, "an event-json that is none: %s", error.text);
    if (!json_is_object(root)) {
        json_decref(root);
        return swio_err(SWIO_EPROTO, "an event-json that is no object");
    }
    *out = root;
    return 0;
}

int swio_event_from_json(const char *bytes, size_t len, size_t max_headers, swio_event **out)
{
    target t = {.b = swio_builder_make(max_headers)};
    swio_buf text = {0};
    json_t *root = NULL;
    int error = rewrite(&text, bytes, len, t.b.max);
    if (!error)
        error = parse(&text, &root);
    if (!error)
        error = add_members(&t, root);
    if (!error)
        error = swio_builder_finish(&t.b, t.body.data, t.body.len, false, out);
    json_decref(root);
    swio_builder_free(&t.b);
    swio_buf_free(&t.body);
    swio_buf_free(&t.name);
    swio_buf_free(&text);
    return error;
}
