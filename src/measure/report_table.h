/* A table of texts, written in columns or as Markdown. */
#ifndef SWIO_MEASURE_REPORT_TABLE_H
#define SWIO_MEASURE_REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { REPORT_COLUMNS_MAX = 12 };

/*
 * Cells are added in reading order. A zeroed one with `columns` set is empty. The first column and
 * `left` more are aligned to the left, the others to the right.
 */
typedef struct report_table {
    size_t columns, left;
    const char *headings[REPORT_COLUMNS_MAX]; /* "" where there is none */
    swio_buf cells;                           /* each ends with a NUL */
    size_t count;
} report_table;

void swio_report_cell(report_table *table, const char *fmt, ...) SWIO_PRINTF(2, 3);

/* Appends the table to `out`, unless it has no cell, and empties it. A missing memory shows in
 * `out`. */
void swio_report_table_end(report_table *table, bool markdown, swio_buf *out);

#endif
