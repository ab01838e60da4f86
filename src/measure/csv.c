#include "measure/csv.h"

#include <switchio/error.h>

/* Past this there is a quote too many. */
#define RECORD_MAX (1 << 20)

static void end_field(swio_csv *csv)
{
    swio_buf_putc(&csv->text, '\0');
    csv->fields++;
}

/* Within a quoted field: up to its closing quote. False at the end of the file. */
static bool quoted(swio_csv *csv, int *after)
{
    int c;
    while ((c = getc_unlocked(csv->in)) != EOF) {
        if (c == '\n')
            csv->line_end++;
        if (c == '\0') {
            *after = c;
            return true;
        }
        if (c == '"') {
            c = getc_unlocked(csv->in);
            if (c != '"') {
                *after = c;
                return true;
            }
        }
        swio_buf_putc(&csv->text, (char)c);
    }
    return false;
}

static swio_csv_got bad(const char **why, const char *what)
{
    *why = what;
    return SWIO_CSV_BAD;
}

/* What the memory of the fields came to. */
static swio_csv_got whole(const swio_csv *csv, swio_csv_got got, const char **why)
{
    switch (swio_buf_error(&csv->text)) {
    case 0:
        return got;
    case SWIO_ELIMIT:
        return bad(why, "a record longer than 1 MiB: a quote too many?");
    default:
        return SWIO_CSV_NOMEM;
    }
}

static swio_csv_got at_end_of_file(const swio_csv *csv, const char **why, bool empty)
{
    if (ferror(csv->in))
        return SWIO_CSV_IO;
    return whole(csv, empty ? SWIO_CSV_END : SWIO_CSV_TORN, why);
}

/* One record, whose first character is c. */
static swio_csv_got read_record(swio_csv *csv, int c, const char **why)
{
    bool starts = true; /* of a field */
    for (;; c = getc_unlocked(csv->in)) {
        bool closed = false;
        if (c == '"' && starts) {
            closed = true;
            if (!quoted(csv, &c))
                return at_end_of_file(csv, why, false);
        }
        if (c == '\r') {
            c = getc_unlocked(csv->in);
            if (c != '\n')
                return c == EOF ? at_end_of_file(csv, why, false)
                                : bad(why, "a carriage return within a field that is not quoted");
        }
        starts = c == ',';
        if (c == EOF)
            return at_end_of_file(csv, why, false);
        if (c == '\n' || c == ',')
            end_field(csv);
        else if (c == '\0')
            return bad(why, "a NUL");
        else if (closed)
            return bad(why, "text behind the closing quote of a field");
        else
            swio_buf_putc(&csv->text, (char)c);
        if (c == '\n') {
            csv->line_end++;
            return whole(csv, SWIO_CSV_RECORD, why);
        }
    }
}

swio_csv_got swio_csv_next(swio_csv *csv, const char **why)
{
    swio_buf_clear(&csv->text);
    csv->text.max = RECORD_MAX;
    csv->fields = 0;
    if (csv->line_end == 0)
        csv->line_end = 1;
    csv->line = csv->line_end;
    int c = getc_unlocked(csv->in);
    return c == EOF ? at_end_of_file(csv, why, true) : read_record(csv, c, why);
}

void swio_csv_end(swio_csv *csv)
{
    swio_buf_free(&csv->text);
}
