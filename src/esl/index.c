#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "esl/event_impl.h"
#include "esl/marks.h"

enum { FIRST_CAPACITY = 256 };

void swio_index_free(swio_index *index)
{
    swio_free(index->at);
    *index = (swio_index){.max = index->max};
}

int swio_index_add(swio_index *index, size_t name, size_t value)
{
    if (index->count == index->cap) {
        size_t cap = index->cap ? index->cap * 2 : FIRST_CAPACITY;
        swio_entry *at = swio_realloc(index->at, cap * sizeof *at);
        if (!at)
            return swio_err_nomem();
        index->at = at;
        index->cap = cap;
    }
    if (index->count == index->max)
        return swio_err(
            SWIO_ELIMIT,
            "a block of more than %zu headers: raise the limit if the peer is to be trusted",
            index->max);
    index->at[index->count++] = (swio_entry){(uint32_t)name, (uint32_t)value};
    return 0;
}

/*
 * FreeSWITCH writes "%s: %s\n", and encodes both ':' and ' ' in values but nothing in names: so the
 * first ": " is the separator, and a name may have a ':' in it (a variable of that name).
 */
const char *swio_line_separator(const char *line, size_t len)
{
    const char *separator = memmem(line, len, ": ", 2);
    return separator ? separator : memchr(line, ':', len);
}

/* Any line, slowly. One without a separator is kept under an empty name, so that nothing is lost:
 * it is the rest of a value with a line break in it, in the reply to getvar. */
static int add_line(swio_index *index, const char *bytes, size_t start, size_t end)
{
    const char *separator = swio_line_separator(bytes + start, end - start);
    if (!separator || (separator == bytes + start && separator[1] != ' '))
        return swio_index_add(index, start, start);
    size_t at = (size_t)(separator - bytes);
    bool spaced = at + 1 < end && bytes[at + 1] == ' ';
    return swio_index_add(index, start, at + 1 + spaced);
}

/* Lines are found a window at a time: as much as has its marks in 16 KiB of stack. */
enum { WINDOW = 4096 };

typedef struct scan {
    const char *bytes;
    size_t len;
    size_t line; /* where the current line starts */
    bool ended;  /* the empty line was found, at `line` */
} scan;

/*
 * Takes the lines that end in the window. The usual line has one ':' with a space behind it and
 * then its '\n', so that marks come in pairs; what is unusual goes through add_line().
 */
static int take_lines(swio_index *index, scan *s, const uint32_t *marks, size_t count)
{
    const char *bytes = s->bytes;
    size_t i = 0;
    while (i < count) {
        size_t mark = marks[i];
        if (i + 1 < count && bytes[mark] == ':' && bytes[mark + 1] == ' ' &&
            bytes[marks[i + 1]] == '\n') {
            if (index->count < index->cap && index->count < index->max) {
                index->at[index->count++] = (swio_entry){(uint32_t)s->line, (uint32_t)mark + 2};
            } else {
                int error = swio_index_add(index, s->line, mark + 2);
                if (error)
                    return error;
            }
            s->line = marks[i + 1] + 1u;
            i += 2;
            continue;
        }
        while (i < count && bytes[marks[i]] != '\n')
            i++;
        if (i == count)
            return 0; /* the line goes on behind the window */
        if (marks[i] == s->line) {
            s->ended = true;
            return 0;
        }
        int error = add_line(index, bytes, s->line, marks[i]);
        if (error)
            return error;
        s->line = marks[i] + 1u;
        i++;
    }
    return 0;
}

int swio_index_block(swio_index *index, const char *bytes, size_t len, size_t *block, size_t *used)
{
    uint32_t marks[WINDOW + SWIO_MARKS_SLACK];
    scan s = {.bytes = bytes, .len = len};
    index->count = 0;
    if (len > SWIO_MAX_TEXT)
        return swio_err(SWIO_ELIMIT, "an event of %zu bytes: the largest is %u", len,
                        SWIO_MAX_TEXT);
    for (size_t at = 0; at < len && !s.ended;) {
        size_t width = len - at < WINDOW ? len - at : WINDOW;
        size_t count = swio_marks_find(bytes + at, width, (uint32_t)at, marks);
        int error = take_lines(index, &s, marks, count);
        if (error)
            return error;
        at += width;
        if (s.ended || s.line >= at)
            continue;
        /* the line goes on behind the window: its end is sought for itself, and never twice */
        const char *end = at < len ? memchr(bytes + at, '\n', len - at) : NULL;
        size_t line_end = end ? (size_t)(end - bytes) : len;
        error = add_line(index, bytes, s.line, line_end);
        if (error)
            return error;
        at = s.line = line_end + 1;
    }
    *block = s.line < len ? s.line : len;
    *used = s.ended ? s.line + 1 : len;
    return 0;
}
