/* The columns of a record, and their values as text. */
#ifndef SWIO_MEASURE_COLUMNS_H
#define SWIO_MEASURE_COLUMNS_H

#include <stdbool.h>
#include <switchio/store.h>

#include "base/buf.h"

size_t swio_column_count(void);
const swio_column *swio_column_find(const char *name, size_t *index); /* NULL: no such one */

/*
 * The value of a column, as both kinds of store have it. A number that is a time or a count is in
 * `integer`; a text (also the name of an outcome) points into the record.
 */
typedef struct swio_cell {
    enum { SWIO_CELL_NULL, SWIO_CELL_INTEGER, SWIO_CELL_REAL, SWIO_CELL_TEXT } kind;
    int64_t integer;
    double real;
    const char *text;
} swio_cell;

swio_cell swio_cell_get(const swio_column *column, const swio_cdr *cdr);

/* Puts a value into a record: false where the column cannot have it (a text that is too long, a
 * negative count, an unknown outcome, another kind). NULL leaves the field as it is. */
bool swio_cell_set(const swio_column *column, swio_cell cell, swio_cdr *cdr);

/* Of a field of a CSV file, which is NULL where it is empty; false as above. */
bool swio_cell_parse(const swio_column *column, const char *text, swio_cdr *cdr);

/* Why swio_cell_set() would not: "a time in whole microseconds". */
const char *swio_column_wants(const swio_column *column);

#endif
