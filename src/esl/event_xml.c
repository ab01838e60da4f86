#include <expat.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "esl/builder.h"
#include "esl/event.h"

/*
 * switch_event_xmlize() writes <event>, in it <headers> with an element per header, and where there
 * is a body <Content-Length> and <body>. Values are percent-encoded as in the plain format. The
 * items of an array are elements of one name, one behind the other. Attributes, DTDs and entities
 * of its own it does not write: all of them are refused.
 */
/* A tag holds a header's name, which may be long. */
enum { MAX_TAG = 64 << 10 };

typedef enum place {
    OUTSIDE,
    IN_EVENT,
    IN_HEADERS,
    IN_HEADER, /* its text is a header's value */
    IN_LENGTH, /* likewise, and the body's length */
    IN_BODY,
} place;

typedef struct xml_state {
    swio_builder b;
    swio_buf body;
    XML_Parser parser;
    place at;
    bool in_array;       /* the last header has become an array */
    size_t header_at;    /* where the last header begins */
    size_t value_at;     /* where the value of the last header begins */
    size_t body_len;     /* as Content-Length says; SIZE_MAX without */
    const char *refused; /* what was found that FreeSWITCH does not write */
    int error;
} xml_state;

static void stop(xml_state *s, int error, const char *refused)
{
    s->error = error;
    s->refused = refused;
    XML_StopParser(s->parser, XML_FALSE);
}

/* True if `name` is that of the last header. */
static bool repeats(const xml_state *s, const char *name)
{
    return s->b.count && strcmp(s->b.text.data + s->header_at, name) == 0;
}

/* Goes on with the last header's value, as the next item of an array. */
static void next_item(xml_state *s)
{
    static const char mark[] = "ARRAY%3A%3A", gap[] = "%7C%3A"; /* "ARRAY::", "|:" */
    swio_buf *text = &s->b.text;
    if (!s->in_array) {
        size_t len = text->len - s->value_at;
        swio_buf_puts(text, mark);
        if (!text->error) {
            memmove(text->data + s->value_at + sizeof mark - 1, text->data + s->value_at, len);
            memcpy(text->data + s->value_at, mark, sizeof mark - 1);
        }
        s->in_array = true;
    }
    swio_buf_puts(text, gap);
}

static void begin_header(xml_state *s, const char *name, place at)
{
    if (at == IN_HEADER && repeats(s, name)) {
        next_item(s);
    } else {
        size_t len = strlen(name);
        swio_builder_header(&s->b, name, len);
        s->value_at = s->b.text.len;
        s->header_at = s->value_at - len - 2;
        s->in_array = false;
    }
    s->at = at;
    int error = swio_builder_error(&s->b);
    if (error)
        stop(s, error, NULL);
}

static void XMLCALL on_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
    xml_state *s = arg;
    if (attributes[0]) {
        stop(s, SWIO_EPROTO, "an attribute");
    } else if (s->at == OUTSIDE && strcmp(name, "event") == 0) {
        s->at = IN_EVENT;
    } else if (s->at == IN_EVENT && strcmp(name, "headers") == 0) {
        s->at = IN_HEADERS;
    } else if (s->at == IN_EVENT && strcmp(name, "body") == 0) {
        s->at = IN_BODY;
    } else if (s->at == IN_EVENT && strcasecmp(name, "Content-Length") == 0) {
        begin_header(s, name, IN_LENGTH);
    } else if (s->at == IN_HEADERS) {
        begin_header(s, name, IN_HEADER);
    } else {
        stop(s, SWIO_EPROTO, "an element in a place of its own");
    }
}

static void read_length(xml_state *s)
{
    size_t length = 0;
    const char *p = s->b.text.data + s->value_at;
    for (; *p >= '0' && *p <= '9' && length < SWIO_MAX_TEXT; p++)
        length = length * 10 + (size_t)(*p - '0');
    s->body_len = length;
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
    static const place outer[] = {
        [IN_EVENT] = OUTSIDE,   [IN_HEADERS] = IN_EVENT, [IN_HEADER] = IN_HEADERS,
        [IN_LENGTH] = IN_EVENT, [IN_BODY] = IN_EVENT,
    };
    xml_state *s = arg;
    (void)name;
    if (s->at == IN_LENGTH)
        read_length(s);
    s->at = outer[s->at];
}

/* A byte b >= 0x80 comes as U+F700+b (see on_encoding): EF 9E 80 … EF 9F BF. */
static void add_unmapped(swio_buf *out, const char *text, size_t len)
{
    size_t plain = 0;
    for (size_t i = 0; i + 2 < len; i++) {
        unsigned char middle = (unsigned char)text[i + 1];
        if ((unsigned char)text[i] != 0xef || (middle & 0xfe) != 0x9e)
            continue;
        swio_buf_add(out, text + plain, i - plain);
        swio_buf_putc(out, (char)(0x80 | (middle & 1) << 6 | (text[i + 2] & 0x3f)));
        i += 2;
        plain = i + 1;
    }
    swio_buf_add(out, text + plain, len - plain);
}

static void XMLCALL on_text(void *arg, const XML_Char *text, int len)
{
    xml_state *s = arg;
    swio_buf *to = s->at == IN_BODY ? &s->body : &s->b.text;
    if (s->at < IN_HEADER)
        return; /* indentation */
    add_unmapped(to, text, (size_t)len);
    if (to->error)
        stop(s, swio_buf_error(to), NULL);
}

static void XMLCALL on_doctype(void *arg, const XML_Char *name, const XML_Char *system_id,
                               const XML_Char *public_id, int internal)
{
    (void)name, (void)system_id, (void)public_id, (void)internal;
    stop(arg, SWIO_EPROTO, "a document type");
}

/*
 * The text is taken as single bytes, so that what is not UTF-8 comes through: those above ASCII get
 * code points of the private use area and are mapped back.
 */
static int XMLCALL on_encoding(void *arg, const XML_Char *name, XML_Encoding *encoding)
{
    (void)arg, (void)name;
    for (int i = 0; i < 256; i++)
        encoding->map[i] = i < 0x80 ? i : 0xf700 + i;
    encoding->data = NULL;
    encoding->convert = NULL;
    encoding->release = NULL;
    return XML_STATUS_OK;
}

/*
 * True if no tag is longer than any that FreeSWITCH writes: expat keeps every attribute of a tag
 * before it shows the first, so that one long tag could take ten times its size.
 */
static bool tags_are_short(const char *bytes, size_t len)
{
    const char *end = bytes + len;
    for (const char *at = bytes; (at = memchr(at, '<', (size_t)(end - at)));) {
        size_t left = (size_t)(end - at);
        size_t width = left < MAX_TAG ? left : MAX_TAG;
        at = memchr(at, '>', width);
        if (!at)
            return left <= MAX_TAG;
    }
    return true;
}

static int parse(xml_state *s, const char *bytes, size_t len)
{
    if (!tags_are_short(bytes, len))
        return swio_err(SWIO_EPROTO, "an event-xml with a tag of more than %d bytes in it",
                        MAX_TAG);
    XML_SetUserData(s->parser, s);
    XML_SetElementHandler(s->parser, on_start, on_end);
    XML_SetCharacterDataHandler(s->parser, on_text);
    XML_SetStartDoctypeDeclHandler(s->parser, on_doctype);
    XML_SetUnknownEncodingHandler(s->parser, on_encoding, NULL);
    if (XML_Parse(s->parser, bytes, (int)len, XML_TRUE) == XML_STATUS_OK)
        return 0;
    if (s->refused)
        return swio_err(SWIO_EPROTO, "an event-xml with %s in it", s->refused);
    if (s->error)
        return s->error;
    enum XML_Error error = XML_GetErrorCode(s->parser);
    if (error == XML_ERROR_NO_MEMORY)
        return swio_err_nomem();
    return swio_err(SWIO_EPROTO, "an event-xml that is none: line %lu: %s",
                    XML_GetCurrentLineNumber(s->parser), XML_ErrorString(error));
}

int swio_event_from_xml(const char *bytes, size_t len, size_t max_headers, swio_event **out)
{
    static const XML_Memory_Handling_Suite memory = {swio_malloc, swio_realloc, swio_free};
    if (len > SWIO_MAX_TEXT)
        return swio_err(SWIO_ELIMIT, "an event of %zu bytes: the largest is %u", len,
                        SWIO_MAX_TEXT);
    xml_state s = {.b = swio_builder_make(max_headers), .body_len = SIZE_MAX};
    s.parser = XML_ParserCreate_MM("bytes", &memory, NULL);
    if (!s.parser)
        return swio_err_nomem();
    int error = parse(&s, bytes, len);
    XML_ParserFree(s.parser);
    /* the line end and the indentation of </body> are no part of it */
    size_t body_len = s.body_len < s.body.len ? s.body_len : s.body.len;
    if (!error)
        error = swio_builder_finish(&s.b, s.body.data, body_len, true, out);
    swio_builder_free(&s.b);
    swio_buf_free(&s.body);
    return error;
}
