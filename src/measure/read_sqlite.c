/* Reading records back from an SQLite database. */
#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "measure/columns.h"
#include "measure/read.h"
#include "measure/sqlite.h"

typedef struct table {
    const char *path;
    sqlite3 *db;
    sqlite3_stmt *select;
    size_t count;
    const swio_column **columns; /* by their place in the table; NULL for one that is not ours */
} table;

static int failed(const table *t)
{
    return swio_sqlite_failed(t->db, "read", t->path);
}

static const char *name_at(void *arg, size_t i)
{
    const table *t = arg;
    const char *name = sqlite3_column_name(t->select, (int)i);
    return name ? name : "";
}

static int open_table(table *t)
{
    errno = 0;
    if (sqlite3_open_v2(t->path, &t->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        return failed(t);
    sqlite3_busy_timeout(t->db, 5000);
    sqlite3_prepare_v2(t->db, "SELECT * FROM calls ORDER BY rowid", -1, &t->select, NULL);
    if (sqlite3_errcode(t->db) == SQLITE_ERROR)
        return swio_err(SWIO_EINVAL, "%s holds no call records: %s", t->path,
                        sqlite3_errmsg(t->db));
    if (!t->select)
        return failed(t);
    t->count = (size_t)sqlite3_column_count(t->select);
    return swio_columns_by_name(t->path, t->count, name_at, t, &t->columns);
}

static swio_cell cell_at(sqlite3_stmt *select, int i)
{
    swio_cell cell = {0};
    switch (sqlite3_column_type(select, i)) {
    case SQLITE_INTEGER:
        cell.kind = SWIO_CELL_INTEGER;
        cell.integer = sqlite3_column_int64(select, i);
        break;
    case SQLITE_FLOAT:
        cell.kind = SWIO_CELL_REAL;
        cell.real = sqlite3_column_double(select, i);
        break;
    case SQLITE_NULL:
        break;
    default: /* a blob too */
        cell.text = (const char *)sqlite3_column_text(select, i);
        cell.kind = cell.text ? SWIO_CELL_TEXT : SWIO_CELL_NULL;
        break;
    }
    return cell;
}

static int wrong_cell(const table *t, uint64_t row, size_t i)
{
    const char *text = (const char *)sqlite3_column_text(t->select, (int)i);
    return swio_err(SWIO_EINVAL, "%s, row %llu of the table calls, column %s: '%.60s' is not %s",
                    t->path, (unsigned long long)row, t->columns[i]->name, text ? text : "",
                    swio_column_wants(t->columns[i]));
}

/* A table into which sqlite3 has imported a CSV file has texts in all of its columns. */
static bool take_cell(const swio_column *column, swio_cell cell, swio_cdr *cdr)
{
    return cell.kind == SWIO_CELL_TEXT ? swio_cell_parse(column, cell.text, cdr)
                                       : swio_cell_set(column, cell, cdr);
}

static int take_row(const table *t, uint64_t row, swio_cdr *cdr)
{
    swio_cdr_init(cdr);
    for (size_t i = 0; i < t->count; i++)
        if (t->columns[i] && !take_cell(t->columns[i], cell_at(t->select, (int)i), cdr))
            return wrong_cell(t, row, i);
    return 0;
}

static int read_rows(const table *t, swio_cdr_read_fn *fn, void *arg)
{
    int got;
    for (uint64_t row = 1; (got = sqlite3_step(t->select)) == SQLITE_ROW; row++) {
        swio_cdr cdr;
        int error = take_row(t, row, &cdr);
        if (!error)
            error = fn(&cdr, arg);
        if (error)
            return error;
        errno = 0;
    }
    return got == SQLITE_DONE ? 0 : failed(t);
}

int swio_read_sqlite(const char *path, swio_cdr_read_fn *fn, void *arg)
{
    table t = {.path = path};
    int error = open_table(&t);
    if (!error)
        error = read_rows(&t, fn, arg);
    sqlite3_finalize(t.select);
    sqlite3_close(t.db);
    swio_free(t.columns);
    return error;
}
