#include "support/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void screen_start(screen *s, int rows, int columns)
{
    memset(s, 0, sizeof *s);
    s->rows = rows;
    s->columns = columns;
}

/* Appends a row without the blanks at its end. */
static char *row_text(const screen *s, int row, char *to)
{
    int end = s->columns;
    while (end > 0 && (!s->cell[row][end - 1][0] || strcmp(s->cell[row][end - 1], " ") == 0))
        end--;
    for (int i = 0; i < end; i++)
        to = stpcpy(to, s->cell[row][i][0] ? s->cell[row][i] : " ");
    return stpcpy(to, "\n");
}

static void scroll(screen *s)
{
    char line[5 * SCREEN_COLUMNS_MAX + 2];
    row_text(s, 0, line);
    size_t kept = strlen(s->scrolled), more = strlen(line);
    if (kept + more < sizeof s->scrolled)
        memcpy(s->scrolled + kept, line, more + 1);
    memmove(s->cell[0], s->cell[1], (size_t)(s->rows - 1) * sizeof s->cell[0]);
    memset(s->cell[s->rows - 1], 0, sizeof s->cell[0]);
}

static void line_feed(screen *s)
{
    if (s->row + 1 < s->rows)
        s->row++;
    else
        scroll(s);
}

static void put(screen *s, const char *character, size_t bytes)
{
    if (s->at_edge) {
        s->column = 0;
        line_feed(s);
        s->at_edge = false;
    }
    memcpy(s->cell[s->row][s->column], character, bytes);
    s->cell[s->row][s->column][bytes] = '\0';
    if (s->column + 1 < s->columns)
        s->column++;
    else
        s->at_edge = true;
}

static void erase_line_end(screen *s)
{
    for (int i = s->column; i < s->columns; i++)
        s->cell[s->row][i][0] = '\0';
}

static void erase_below(screen *s)
{
    erase_line_end(s);
    for (int i = s->row + 1; i < s->rows; i++)
        memset(s->cell[i], 0, sizeof s->cell[i]);
}

/* `text` is what stands behind "ESC [", its last byte included. */
static void control(screen *s, const char *text, size_t bytes)
{
    char last = text[bytes - 1];
    int n = atoi(text);
    s->at_edge = s->at_edge && last == 'm';
    if (last == 'm') {
        s->attributes++;
    } else if (last == 'A') {
        s->row = s->row > n ? s->row - n : 0;
        s->ups++;
    } else if (last == 'J' && bytes == 1) {
        erase_below(s);
    } else if (last == 'K' && bytes == 1) {
        erase_line_end(s);
    } else if (bytes == 4 && memcmp(text, "?25", 3) == 0) {
        s->cursor_hidden = last == 'l';
    } else {
        s->unknown++;
    }
}

/* Takes what is pending if it is whole. */
static void take(screen *s)
{
    unsigned char first = (unsigned char)s->pending[0];
    size_t bytes = s->pending_bytes;
    char last = s->pending[bytes - 1];
    if (first == '\x1b') {
        if (bytes == sizeof s->pending || (bytes == 2 && last != '['))
            s->unknown++;
        else if (bytes < 3 || last < '@' || last > '~')
            return;
        else
            control(s, s->pending + 2, bytes - 2);
    } else if (first >= 0x80) {
        size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        s->eight_bit++;
        if (bytes < wanted)
            return;
        put(s, s->pending, bytes);
    } else if (first == '\r') {
        s->column = 0;
        s->at_edge = false;
    } else if (first == '\n') {
        s->at_edge = false;
        line_feed(s);
    } else if (first >= ' ') {
        put(s, s->pending, 1);
    } else {
        s->unknown++;
    }
    s->pending_bytes = 0;
    memset(s->pending, 0, sizeof s->pending); /* so that numbers in it end */
}

void screen_feed(screen *s, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        s->pending[s->pending_bytes++] = bytes[i];
        take(s);
    }
}

void screen_resize(screen *s, int rows, int columns)
{
    while (s->row >= rows) {
        scroll(s);
        s->row--;
    }
    for (int i = 0; i < SCREEN_ROWS_MAX; i++)
        for (int j = i < rows ? columns : 0; j < SCREEN_COLUMNS_MAX; j++)
            s->cell[i][j][0] = '\0';
    s->rows = rows;
    s->columns = columns;
    s->column = s->column < columns ? s->column : columns - 1;
    s->at_edge = false;
}

static char text[sizeof((screen *)0)->scrolled + 5 * SCREEN_ROWS_MAX * SCREEN_COLUMNS_MAX];

static void add_rows(const screen *s, char *to)
{
    for (int i = 0; i < s->rows; i++)
        to = row_text(s, i, to);
}

const char *screen_text(const screen *s)
{
    add_rows(s, text);
    return text;
}

const char *screen_all(const screen *s)
{
    add_rows(s, stpcpy(text, s->scrolled));
    return text;
}
