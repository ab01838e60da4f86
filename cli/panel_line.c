#include "cli/panel_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ECMA-48, "select graphic rendition". */
static const char *const looks[] = {
    [LOOK_PLAIN] = "",        [LOOK_DIM] = "\x1b[2m",   [LOOK_BOLD] = "\x1b[1m",
    [LOOK_GOOD] = "\x1b[32m", [LOOK_WARN] = "\x1b[33m", [LOOK_BAD] = "\x1b[1;31m",
};
static const char off[] = "\x1b[0m";

enum { ATTRIBUTES = 16 }; /* bytes that they take at most, on and off */

int panel_room(const panel_line *line, const panel_style *style)
{
    int width = style->width < PANEL_COLUMNS_MAX ? style->width : PANEL_COLUMNS_MAX;
    return line->full ? 0 : width - line->columns;
}

static void put(panel_line *line, const char *bytes, size_t count)
{
    memcpy(line->text + line->bytes, bytes, count);
    line->bytes += count;
    line->text[line->bytes] = '\0';
}

void panel_glyphs(panel_line *line, const panel_style *style, panel_look look, const char *text,
                  int columns)
{
    size_t bytes = strlen(text);
    if (columns > panel_room(line, style) ||
        line->bytes + bytes + ATTRIBUTES >= sizeof line->text) {
        line->full = true;
        return;
    }
    bool attributes = style->colour && look != LOOK_PLAIN && columns > 0;
    if (attributes)
        put(line, looks[look], strlen(looks[look]));
    put(line, text, bytes);
    if (attributes)
        put(line, off, sizeof off - 1);
    line->columns += columns;
}

static void make_printable(char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            *text = '?';
}

void panel_add(panel_line *line, const panel_style *style, panel_look look, const char *fmt, ...)
{
    char text[PANEL_COLUMNS_MAX + 2];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    make_printable(text);
    panel_glyphs(line, style, look, text, (int)strlen(text));
}

void panel_tab(panel_line *line, const panel_style *style, int column)
{
    if (column > line->columns)
        panel_add(line, style, LOOK_PLAIN, "%*s", column - line->columns, "");
}

void panel_cut(panel_line *line, const panel_style *style, panel_look look, const char *text)
{
    int left = panel_room(line, style), dots = style->utf8 ? 1 : 2;
    if ((size_t)left >= strlen(text)) {
        panel_add(line, style, look, "%s", text);
        return;
    }
    if (left > dots)
        panel_add(line, style, look, "%.*s", left - dots, text);
    panel_glyphs(line, style, look, style->utf8 ? "…" : "..", dots);
    line->full = true;
}
