/* Which file a path means. */
#ifndef SWIO_MEASURE_PATH_H
#define SWIO_MEASURE_PATH_H

#include "measure/sink.h"

/* For a store: the file (swio_free()) and its kind; makes directories where they are missing. */
int swio_store_file(const char *path, char **file, const swio_sink_kind **kind);

/* By the end of the name; NULL: a directory. */
const swio_sink_kind *swio_store_kind(const char *path);

#define SWIO_STORE_CSV_NAME "calls.csv"

#endif
