/* What a store writes to: a CSV file or a database. Used by one thread at a time. */
#ifndef SWIO_MEASURE_SINK_H
#define SWIO_MEASURE_SINK_H

#include <stddef.h>
#include <switchio/cdr.h>

typedef struct swio_sink swio_sink;

typedef struct swio_sink_kind {
    /* Makes or takes over the file; SWIO_EEXIST where it has records. */
    int (*open)(const char *path, swio_sink **out);
    /* All of the rows or none. SWIO_EIO, SWIO_ENOMEM: may be tried again. SWIO_ENOENT: the file was
     * removed, and with it what had been put. */
    int (*put)(swio_sink *, const swio_cdr *rows, size_t n);
    /* Sees all that was put on the disk; fails as put does. */
    int (*sync)(swio_sink *);
    void (*close)(swio_sink *);
} swio_sink_kind;

extern const swio_sink_kind swio_csv_sink, swio_sqlite_sink;

/*
 * Opens the file, made where it is missing, and keeps other runs from writing it until the
 * descriptor is closed. SWIO_EEXIST where another does; SWIO_EINVAL where it is not a plain file;
 * SWIO_ENOENT, SWIO_EIO.
 */
int swio_file_claim(const char *path, int *fd);

/* SWIO_ENOENT where it has no name any more: what is written to it is gone when it is closed. */
int swio_file_check(const char *path, int fd);

/* SWIO_EEXIST: the file has records. */
int swio_file_has_records(const char *path);

#endif
