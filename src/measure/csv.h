/* CSV: writing records, and taking lines apart. */
#ifndef SWIO_MEASURE_CSV_H
#define SWIO_MEASURE_CSV_H

#include <stdbool.h>
#include <stdio.h>
#include <switchio/cdr.h>

#include "base/buf.h"

/* Append a line; memory is asked about at the end, with swio_buf_error(). */
void swio_csv_header(swio_buf *buf);
void swio_csv_line(swio_buf *buf, const swio_cdr *cdr);

/* A reader of RFC 4180, whose lines may end with "\n" or "\r\n", and quoted fields have any text.
 * Zeroed but for `in`; swio_csv_end() releases its memory. */
typedef struct swio_csv {
    FILE *in;
    size_t line;     /* the one on which the record at hand begins, from 1 */
    size_t line_end; /* the one behind it */
    size_t fields;   /* of the record at hand */
    swio_buf text;   /* the fields, each with a NUL behind it */
} swio_csv;

typedef enum swio_csv_got {
    SWIO_CSV_RECORD,
    SWIO_CSV_END,
    SWIO_CSV_TORN, /* the file ends within a record, or behind one without a line end */
    SWIO_CSV_BAD,  /* a NUL, or text behind a closing quote; `why` says so */
    SWIO_CSV_NOMEM,
    SWIO_CSV_IO, /* errno */
} swio_csv_got;

swio_csv_got swio_csv_next(swio_csv *csv, const char **why);
void swio_csv_end(swio_csv *csv);

#endif
