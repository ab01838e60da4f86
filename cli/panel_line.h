/* A line of the screen: text with attributes that knows how many columns it takes. */
#ifndef CLI_PANEL_LINE_H
#define CLI_PANEL_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    PANEL_LINE_BYTES = 2048,
    PANEL_COLUMNS_MAX = 240, /* wider terminals are used up to here: so the bytes suffice */
};

/* What may be used. */
typedef struct panel_style {
    bool utf8;   /* else plain ASCII */
    bool colour; /* else neither colours nor weights */
    int width;   /* columns, at least 1 */
    int height;  /* lines */
} panel_style;

typedef enum panel_look {
    LOOK_PLAIN,
    LOOK_DIM,
    LOOK_BOLD,
    LOOK_GOOD,
    LOOK_WARN,
    LOOK_BAD,
} panel_look;

typedef struct panel_line {
    char text[PANEL_LINE_BYTES]; /* attributes are switched off again at its end */
    size_t bytes;
    int columns;
    bool full; /* a piece did not fit: nothing more is added */
} panel_line;

/*
 * Adds a piece: all of it, or where it does not fit into the width nothing, and nothing behind it.
 * What comes from a switch may hold anything: all but printable ASCII is shown as '?', so one byte
 * is one column.
 */
void panel_add(panel_line *line, const panel_style *style, panel_look look, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds text of our own, which takes `columns`: glyphs, or plain text; as panel_add(). */
void panel_glyphs(panel_line *line, const panel_style *style, panel_look look, const char *text,
                  int columns);

/* Columns that are left. */
int panel_room(const panel_line *line, const panel_style *style);

/* Blanks up to this column, if the line is not beyond it. */
void panel_tab(panel_line *line, const panel_style *style, int column);

/* Adds as much of the text as fits, cut with "…" (".." in ASCII). */
void panel_cut(panel_line *line, const panel_style *style, panel_look look, const char *text);

#endif
