/* A picture of a run, made of its call records. */
#ifndef SWITCHIO_PLOT_H
#define SWITCHIO_PLOT_H

#include <switchio/export.h>

SWIO_BEGIN_DECLS

typedef struct swio_plot_opts {
    unsigned width, height; /* points, 400 to 10000; 0: 1200 and 900 */
    const char *title;      /* NULL: what was run, from the records */
} swio_plot_opts;

/*
 * Draws three panels over the time since the first arrival was due: latencies, load with failures,
 * call rate. `records` is what swio_cdr_read() takes; `out` ends with .png, .svg or .pdf and is
 * written anew. `opts` NULL: all defaults. Blocks, on any thread; as long as it takes to read the
 * records, and a part of a second.
 *
 * SWIO_EINVAL: another suffix, an impossible size; SWIO_ENOENT: no such file, or no record in it;
 * SWIO_EIO: a file could not be read or written; what swio_cdr_read() gives; SWIO_ENOMEM.
 */
SWIO_API int swio_plot(const char *records, const char *out, const swio_plot_opts *opts);

/* SWIO_EINVAL where swio_plot() would refuse the name of the picture or the options; else 0. */
SWIO_API int swio_plot_check(const char *out, const swio_plot_opts *opts);

SWIO_END_DECLS

#endif
