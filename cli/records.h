/* What is kept of the calls of a command: their numbers, and their records where those are wanted.
 */
#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H

#include <stdbool.h>
#include <switchio/metrics.h>
#include <switchio/store.h>

#include "cli/options.h"

/* Zeroed at first. */
typedef struct records {
    swio_metrics *metrics; /* of the records */
    swio_store *store;     /* NULL: they are not kept */
} records;

/* `path` as of --metrics-file; NULL: nowhere. -1 to go on, else the exit status, with the sentence
 * said; records_free() in both cases. */
int records_open(records *r, const command *cmd, const char *path);

/* Takes one more; on the loop's thread. One that could not be kept is told by records_close(). */
void records_add(records *r, const swio_cdr *cdr);

/* Writes what is not written yet; the numbers stay. False, with the sentence said, where records
 * are missing. */
bool records_close(records *r, const command *cmd);
void records_free(records *r);

#endif
