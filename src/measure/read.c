/* Reading records back. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "measure/columns.h"
#include "measure/csv.h"
#include "measure/path.h"
#include "measure/read.h"

typedef struct reading {
    const char *path;
    swio_csv csv;
    size_t count;                /* of the columns in the file */
    const swio_column **columns; /* by their place in the file; NULL for one that is not ours */
} reading;

static int bad_line(const reading *r, const char *what)
{
    return swio_err(SWIO_EINVAL, "%s, line %zu: %s", r->path, r->csv.line, what);
}

static int failed(const reading *r, swio_csv_got got, const char *why)
{
    switch (got) {
    case SWIO_CSV_BAD:
        return bad_line(r, why);
    case SWIO_CSV_NOMEM:
        return swio_err_nomem();
    default:
        return swio_err(SWIO_EIO, "cannot read %s: %s", r->path, strerror(errno));
    }
}

/* ---- the header ---- */

static int check_names(const char *path, const swio_column *const *columns, size_t count)
{
    bool number = false, outcome = false;
    for (size_t i = 0; i < count; i++) {
        if (!columns[i])
            continue;
        for (size_t j = 0; j < i; j++)
            if (columns[j] == columns[i])
                return swio_err(SWIO_EINVAL, "%s: the column %s is there twice", path,
                                columns[i]->name);
        number |= strcmp(columns[i]->name, "number") == 0;
        outcome |= strcmp(columns[i]->name, "outcome") == 0;
    }
    if (!number || !outcome)
        return swio_err(SWIO_EINVAL,
                        "%s holds no call records: it does not name the columns number and outcome",
                        path);
    return 0;
}

int swio_columns_by_name(const char *path, size_t count, swio_name_at_fn *name_at, void *arg,
                         const swio_column ***out)
{
    size_t ignored;
    const swio_column **columns = swio_calloc(count + 1, sizeof *columns);
    if (!columns)
        return swio_err_nomem();
    for (size_t i = 0; i < count; i++)
        columns[i] = swio_column_find(name_at(arg, i), &ignored);
    int error = check_names(path, columns, count);
    if (error) {
        swio_free(columns);
        return error;
    }
    *out = columns;
    return 0;
}

/* Asked in their order. */
static const char *next_name(void *arg, size_t index)
{
    const char **at = arg;
    if (index > 0)
        *at += strlen(*at) + 1;
    return *at;
}

static int take_names(reading *r)
{
    const char *at = r->csv.text.data;
    r->count = r->csv.fields;
    return swio_columns_by_name(r->path, r->count, next_name, &at, &r->columns);
}

static int read_header(reading *r)
{
    const char *why = "";
    swio_csv_got got = swio_csv_next(&r->csv, &why);
    if (got == SWIO_CSV_RECORD)
        return take_names(r);
    if (got == SWIO_CSV_END || got == SWIO_CSV_TORN)
        return swio_err(SWIO_EINVAL,
                        "%s holds no call records: it has no line with the names of the columns",
                        r->path);
    return failed(r, got, why);
}

/* ---- the records ---- */

static int take_record(const reading *r, swio_cdr *cdr)
{
    const char *text = r->csv.text.data;
    if (r->csv.fields != r->count)
        return swio_err(SWIO_EINVAL, "%s, line %zu: has %zu fields, and the first line %zu",
                        r->path, r->csv.line, r->csv.fields, r->count);
    swio_cdr_init(cdr);
    for (size_t i = 0; i < r->count; i++, text += strlen(text) + 1) {
        const swio_column *column = r->columns[i];
        if (column && !swio_cell_parse(column, text, cdr))
            return swio_err(SWIO_EINVAL, "%s, line %zu, column %s: '%.60s' is not %s", r->path,
                            r->csv.line, column->name, text, swio_column_wants(column));
    }
    return 0;
}

static int read_records(reading *r, swio_cdr_read_fn *fn, void *arg)
{
    for (;;) {
        swio_cdr cdr;
        const char *why = "";
        swio_csv_got got = swio_csv_next(&r->csv, &why);
        if (got == SWIO_CSV_END)
            return 0;
        if (got == SWIO_CSV_TORN) {
            swio_warning("%s, line %zu: ends in the middle, and is left out", r->path, r->csv.line);
            return 0;
        }
        if (got != SWIO_CSV_RECORD)
            return failed(r, got, why);
        int error = take_record(r, &cdr);
        if (!error)
            error = fn(&cdr, arg);
        if (error)
            return error;
    }
}

/* A spreadsheet puts U+FEFF in front of UTF-8; no name of ours begins with its first byte. */
static void skip_byte_order_mark(FILE *in)
{
    int c = getc(in);
    if (c != 0xef)
        ungetc(c, in);
    else if (getc(in) == 0xbb)
        getc(in);
}

static int read_csv(const char *path, FILE *in, swio_cdr_read_fn *fn, void *arg)
{
    reading r = {.path = path, .csv.in = in};
    skip_byte_order_mark(in);
    int error = read_header(&r);
    if (!error)
        error = read_records(&r, fn, arg);
    swio_csv_end(&r.csv);
    swio_free(r.columns);
    return error;
}

/* As every database begins: https://www.sqlite.org/fileformat.html, 1.3. It is never read from a
 * pipe, whose first bytes are not to be had again. */
static bool is_sqlite(FILE *in)
{
    static const char magic[] = "SQLite format 3";
    char start[sizeof magic];
    struct stat file;
    if (fstat(fileno(in), &file) || !S_ISREG(file.st_mode))
        return false;
    bool is = fread(start, sizeof start, 1, in) == 1 && memcmp(start, magic, sizeof magic) == 0;
    rewind(in);
    return is;
}

static int read_file(const char *path, swio_cdr_read_fn *fn, void *arg)
{
    /* A database that this process writes must not be opened beside SQLite: closing it would let go
     * of its locks. https://www.sqlite.org/howtocorrupt.html, 2.2 */
    if (swio_store_kind(path) == &swio_sqlite_sink)
        return swio_read_sqlite(path, fn, arg);
    FILE *in = fopen(path, "re");
    if (!in)
        return swio_err(SWIO_EIO, "cannot read %s: %s", path, strerror(errno));
    bool database = is_sqlite(in);
    int error = database ? 0 : read_csv(path, in, fn, arg);
    fclose(in);
    return database ? swio_read_sqlite(path, fn, arg) : error;
}

static int missing(const char *path)
{
    return swio_err(errno == ENOENT ? SWIO_ENOENT : SWIO_EIO, "cannot read %s: %s", path,
                    strerror(errno));
}

static int read_directory(const char *path, swio_cdr_read_fn *fn, void *arg)
{
    struct stat there;
    swio_buf name = {0};
    swio_buf_printf(&name, "%s/" SWIO_STORE_CSV_NAME, path);
    int error = swio_buf_error(&name);
    if (!error)
        error = stat(name.data, &there) ? missing(name.data) : read_file(name.data, fn, arg);
    swio_buf_free(&name);
    return error;
}

int swio_cdr_read(const char *path, swio_cdr_read_fn *fn, void *arg)
{
    struct stat there;
    if (stat(path, &there))
        return missing(path);
    return S_ISDIR(there.st_mode) ? read_directory(path, fn, arg) : read_file(path, fn, arg);
}
