/* The numbers of a run, for people and for machines. */
#ifndef SWITCHIO_REPORT_H
#define SWITCHIO_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <switchio/expect.h>
#include <switchio/export.h>
#include <switchio/metrics.h>

SWIO_BEGIN_DECLS

typedef enum swio_report_format {
    SWIO_REPORT_TEXT,     /* columns, for a terminal */
    SWIO_REPORT_MARKDOWN, /* tables of GitHub's kind */
    SWIO_REPORT_JSON,     /* one object: docs/measurement.md */
    SWIO_REPORT_FORMATS,
} swio_report_format;

typedef struct swio_report_opts {
    const char *records;                    /* where the call records are, for the reader; NULL */
    const swio_expect *const *expectations; /* checked, and told with what was measured */
    size_t expectation_count;
    const char *end; /* how the run ended, for JSON: "completed"; NULL */
    bool brief;      /* text and Markdown: what matters most, as at the end of a run */
} swio_report_opts;

/*
 * Writes the report of what was added to the metrics so far. `opts` may be NULL. Everything in it
 * comes from the tables of <switchio/metrics.h>. Blocks while the file does. SWIO_EIO, also where
 * something before the report could not be written to the file; SWIO_ENOMEM, SWIO_EINVAL for
 * another format.
 */
SWIO_API int swio_report_write(swio_metrics *, swio_report_format, const swio_report_opts *opts,
                               FILE *to);

/* The format of that name: "text", "markdown", "json". */
SWIO_API bool swio_report_find(const char *name, swio_report_format *out);

SWIO_END_DECLS

#endif
