/* Stores: where the call records of a run are kept, and reading them back. */
#ifndef SWITCHIO_STORE_H
#define SWITCHIO_STORE_H

#include <stddef.h>
#include <stdint.h>
#include <switchio/cdr.h>
#include <switchio/export.h>

SWIO_BEGIN_DECLS

/*
 * A store takes one record for each arrival, and has a thread that writes them: whoever puts one
 * never waits for the disk. Both kinds have the same columns: swio_column_at() tells them.
 *
 * CSV is RFC 4180 with a header line, and "\n" at the ends of lines. In SQLite it is the table
 * `calls`. Times are whole microseconds; a time that is not known, an empty text and a quality that
 * was not measured are an empty field, and NULL.
 *
 * Records are written when they are at most a second old, or sooner when many have come, whole ones
 * only: after a kill -9 the file is readable up to the last batch. When the disk is full, what is
 * not written waits in memory and is tried again as often; the log says so.
 */
typedef struct swio_store swio_store;

typedef struct swio_store_opts {
    size_t memory;  /* bytes of records that may wait to be written; 64 MiB: 100,000 calls */
    double seconds; /* between two batches, so that a record waits no longer; 1 */
} swio_store_opts;

/*
 * Makes the file. The path says which kind: SQLite where it ends with .db, .sqlite or .sqlite3; CSV
 * where it ends with .csv; otherwise it is a directory, made where it is missing (its parents too),
 * and in it calls.csv. `opts` may be NULL.
 *
 * Records are never overwritten: SWIO_EEXIST where the file has some already, belongs to a store
 * that is open, or is a database with other tables. SWIO_EIO where it cannot be made or written,
 * SWIO_ENOMEM.
 */
SWIO_API int swio_store_open(const char *path, const swio_store_opts *opts, swio_store **out);

/* The file that is written ("out/calls.csv"); lives as long as the store. */
SWIO_API const char *swio_store_path(const swio_store *store);

/*
 * Takes a copy of the record. Any thread, also a loop's; costs about a microsecond and never waits
 * for the disk. SWIO_ELIMIT where the disk did not keep up and the memory for waiting records is
 * used up, SWIO_ENOMEM: the record is then dropped, and counted.
 */
SWIO_API int swio_store_put(swio_store *store, const swio_cdr *cdr);

typedef struct swio_store_counts {
    uint64_t put;     /* records that were given to it */
    uint64_t written; /* of them, in the file */
    uint64_t dropped; /* of them, lost: no memory to keep them waiting; the rest waits */
} swio_store_counts;

/* Any thread. */
SWIO_API swio_store_counts swio_store_count(swio_store *store);

/*
 * Writes what waits, sees it safely on the disk (fsync), ends the thread and frees the store,
 * whatever happens. Waits for the disk. SWIO_EIO, SWIO_ELIMIT or SWIO_ENOMEM where records are
 * missing: the sentence names the file, the cause, and how many of how many. NULL is fine.
 */
SWIO_API int swio_store_close(swio_store *store);

/* Gets each record in the order of the file; `cdr` is of this call alone. 0: go on; anything else
 * ends the reading, and is what swio_cdr_read() returns. */
typedef int swio_cdr_read_fn(const swio_cdr *cdr, void *arg);

/*
 * Reads the records of a CSV file, also through a pipe, of a database, or of the directory with
 * calls.csv: what the name of a file does not tell, its content does. Columns go by their names:
 * unknown ones are passed over, and missing ones are as swio_cdr_init() leaves them, but `number`
 * and `outcome` there must be. A last line without an end, as a kill -9 leaves it at worst, is left
 * out, and the log says so.
 *
 * SWIO_ENOENT where there is nothing; SWIO_EINVAL where it does not hold records, with file, line
 * and column; SWIO_EIO, SWIO_ENOMEM.
 */
SWIO_API int swio_cdr_read(const char *path, swio_cdr_read_fn *fn, void *arg);

typedef enum swio_column_type {
    SWIO_COLUMN_TEXT,
    SWIO_COLUMN_COUNT,   /* a whole number */
    SWIO_COLUMN_TIME,    /* microseconds since 1970 */
    SWIO_COLUMN_REAL,    /* in C's notation, whatever the locale */
    SWIO_COLUMN_OUTCOME, /* swio_outcome_name() */
} swio_column_type;

typedef struct swio_column {
    const char *name; /* "caller_answer_us" */
    swio_column_type type;
    const char *doc;
    size_t offset, size; /* of the field in swio_cdr */
} swio_column;

/* The columns in their order; NULL past the last. */
SWIO_API const swio_column *swio_column_at(size_t index);

SWIO_END_DECLS

#endif
