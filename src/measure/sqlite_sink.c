/* Records as the table `calls` of an SQLite database. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "measure/columns.h"
#include "measure/sink.h"
#include "measure/sqlite.h"

/* Another program that writes the database holds a batch up for so long at most. */
#define BUSY_MS 5000

struct swio_sink {
    int fd; /* holds the claim. Closed behind the database: closing it lets go of all POSIX locks
             * that the process has on the file. */
    sqlite3 *db;
    sqlite3_stmt *insert;
    char path[];
};

static int failed(const swio_sink *sink, const char *doing)
{
    return swio_sqlite_failed(sink->db, doing, sink->path);
}

static int run(swio_sink *sink, const char *sql, const char *doing)
{
    return sqlite3_exec(sink->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(sink, doing);
}

/* ---- the table ---- */

static const char *type_of(const swio_column *column)
{
    static const char *const types[] = {
        [SWIO_COLUMN_TEXT] = "TEXT",    [SWIO_COLUMN_COUNT] = "INTEGER",
        [SWIO_COLUMN_TIME] = "INTEGER", [SWIO_COLUMN_REAL] = "REAL",
        [SWIO_COLUMN_OUTCOME] = "TEXT",
    };
    return types[column->type];
}

/* With what each column is, which the schema in the file then says too. Nothing is unique, lest a
 * batch be refused. */
static void put_schema(swio_buf *sql)
{
    size_t count = swio_column_count();
    swio_buf_puts(sql, "CREATE TABLE IF NOT EXISTS calls (\n");
    for (size_t i = 0; i < count; i++) {
        const swio_column *column = swio_column_at(i);
        swio_buf_printf(sql, "  %s %s%s -- %s\n", column->name, type_of(column),
                        i + 1 < count ? "," : "", column->doc);
    }
    swio_buf_puts(sql, ")");
}

static void put_insert(swio_buf *sql)
{
    swio_buf_puts(sql, "INSERT INTO calls (");
    for (size_t i = 0; i < swio_column_count(); i++)
        swio_buf_printf(sql, "%s%s", i ? ", " : "", swio_column_at(i)->name);
    swio_buf_puts(sql, ") VALUES (");
    for (size_t i = 0; i < swio_column_count(); i++)
        swio_buf_puts(sql, i ? ", ?" : "?");
    swio_buf_puts(sql, ")");
}

static int make_table(swio_sink *sink)
{
    swio_buf sql = {0};
    put_schema(&sql);
    int error = swio_buf_error(&sql);
    if (!error)
        error = run(sink, sql.data, "make the table calls in");
    swio_buf_clear(&sql);
    put_insert(&sql);
    if (!error)
        error = swio_buf_error(&sql);
    if (!error && sqlite3_prepare_v2(sink->db, sql.data, -1, &sink->insert, NULL) != SQLITE_OK)
        error = failed(sink, "write call records to");
    swio_buf_free(&sql);
    return error;
}

/* The database of another program is not ours to write to, even where `calls` is free in it. */
static int check_owner(swio_sink *sink)
{
    static const char sql[] = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> "
                              "'calls' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' LIMIT 1";
    sqlite3_stmt *other;
    if (sqlite3_prepare_v2(sink->db, sql, -1, &other, NULL) != SQLITE_OK)
        return failed(sink, "read");
    int got = sqlite3_step(other), error = 0;
    if (got == SQLITE_ROW)
        error = swio_err(SWIO_EEXIST,
                         "%s is a database of something else, with a table %s: give another file",
                         sink->path, (const char *)sqlite3_column_text(other, 0));
    sqlite3_finalize(other);
    return got == SQLITE_ROW || got == SQLITE_DONE ? error : failed(sink, "read");
}

static int check_empty(swio_sink *sink)
{
    sqlite3_stmt *any;
    if (sqlite3_prepare_v2(sink->db, "SELECT 1 FROM calls LIMIT 1", -1, &any, NULL) != SQLITE_OK)
        return failed(sink, "read");
    int got = sqlite3_step(any);
    sqlite3_finalize(any);
    if (got == SQLITE_ROW)
        return swio_file_has_records(sink->path);
    return got == SQLITE_DONE ? 0 : failed(sink, "read");
}

/* A write-ahead log, so that others may read while it is written, and a process that is killed
 * leaves whole batches. Where the file system has none, SQLite stays with its journal. */
static int prepare(swio_sink *sink)
{
    static const char settings[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL";
    sqlite3_busy_timeout(sink->db, BUSY_MS);
    int error = check_owner(sink);
    if (!error)
        error = make_table(sink);
    if (!error)
        error = check_empty(sink);
    return error ? error : run(sink, settings, "write to");
}

/* ---- the sink ---- */

static void sqlite_close(swio_sink *sink)
{
    sqlite3_finalize(sink->insert);
    sqlite3_close(sink->db);
    if (sink->fd >= 0)
        close(sink->fd);
    swio_free(sink);
}

static int take_file(swio_sink *sink)
{
    int error = swio_file_claim(sink->path, &sink->fd);
    if (error)
        return error;
    errno = 0;
    if (sqlite3_open_v2(sink->path, &sink->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return failed(sink, "open");
    return prepare(sink);
}

static int sqlite_open(const char *path, swio_sink **out)
{
    size_t size = strlen(path) + 1;
    swio_sink *sink = swio_calloc(1, sizeof *sink + size);
    if (!sink)
        return swio_err_nomem();
    memcpy(sink->path, path, size);
    sink->fd = -1;
    int error = take_file(sink);
    if (error) {
        sqlite_close(sink);
        return error;
    }
    *out = sink;
    return 0;
}

static void bind(sqlite3_stmt *insert, int at, swio_cell cell)
{
    switch (cell.kind) {
    case SWIO_CELL_NULL:
        sqlite3_bind_null(insert, at);
        break;
    case SWIO_CELL_INTEGER:
        sqlite3_bind_int64(insert, at, cell.integer);
        break;
    case SWIO_CELL_REAL:
        sqlite3_bind_double(insert, at, cell.real);
        break;
    case SWIO_CELL_TEXT: /* lives in the row until the statement has run */
        sqlite3_bind_text(insert, at, cell.text, -1, SQLITE_STATIC);
        break;
    }
}

static bool insert_row(swio_sink *sink, const swio_cdr *row)
{
    for (size_t i = 0; i < swio_column_count(); i++)
        bind(sink->insert, (int)i + 1, swio_cell_get(swio_column_at(i), row));
    bool done = sqlite3_step(sink->insert) == SQLITE_DONE;
    return sqlite3_reset(sink->insert) == SQLITE_OK && done;
}

static int insert_all(swio_sink *sink, const swio_cdr *rows, size_t n)
{
    errno = 0;
    int error = run(sink, "BEGIN IMMEDIATE", "write to");
    for (size_t i = 0; i < n && !error; i++)
        if (!insert_row(sink, &rows[i]))
            error = failed(sink, "write to");
    return error ? error : run(sink, "COMMIT", "write to");
}

static int sqlite_put(swio_sink *sink, const swio_cdr *rows, size_t n)
{
    int error = swio_file_check(sink->path, sink->fd);
    if (error)
        return error;
    error = insert_all(sink, rows, n);
    if (error && !sqlite3_get_autocommit(sink->db))
        sqlite3_exec(sink->db, "ROLLBACK", NULL, NULL,
                     NULL); /* the first error is the one to tell */
    return error;
}

/* Leaves one plain file. While others read it the log has to stay beside it, which is no error. */
static int sqlite_sync(swio_sink *sink)
{
    int error = swio_file_check(sink->path, sink->fd);
    if (error)
        return error;
    errno = 0;
    int code = sqlite3_wal_checkpoint_v2(sink->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED)
        return failed(sink, "bring to the disk");
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(sink->db, 0);
        sqlite3_exec(sink->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    }
    return 0;
}

const swio_sink_kind swio_sqlite_sink = {sqlite_open, sqlite_put, sqlite_sync, sqlite_close};
