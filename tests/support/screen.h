/* A terminal for tests: the bytes of a program go in, and there is a screen to look at. It knows
 * what the program uses, and counts everything else. */
#ifndef TESTS_SUPPORT_SCREEN_H
#define TESTS_SUPPORT_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

enum { SCREEN_ROWS_MAX = 60, SCREEN_COLUMNS_MAX = 200 };

typedef struct screen {
    int rows, columns;
    char cell[SCREEN_ROWS_MAX][SCREEN_COLUMNS_MAX][5]; /* one character in UTF-8; "" is a blank */
    int row, column;
    bool at_edge; /* the last column was written: the next character wraps */
    bool cursor_hidden;
    size_t attributes;        /* times that a look was set */
    size_t eight_bit;         /* bytes beyond ASCII */
    size_t unknown;           /* escape sequences that it does not know */
    size_t ups;               /* moves to the top of what was drawn before: redrawings */
    char scrolled[64 * 1024]; /* lines that have left at the top */
    /* What is not whole yet. */
    char pending[32];
    size_t pending_bytes;
} screen;

void screen_start(screen *s, int rows, int columns);
void screen_feed(screen *s, const char *bytes, size_t count);
/* As a terminal does that breaks no lines anew: cuts, or gives room at the right and below. */
void screen_resize(screen *s, int rows, int columns);

/* What stands there, without blanks at the ends of lines; and all that ever stood there, from the
 * first line on. Valid until the next call. */
const char *screen_text(const screen *s);
const char *screen_all(const screen *s);

#endif
