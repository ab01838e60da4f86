/* Reading records: what the kinds of file have in common. */
#ifndef SWIO_MEASURE_READ_H
#define SWIO_MEASURE_READ_H

#include <stddef.h>
#include <switchio/store.h>

int swio_read_sqlite(const char *path, swio_cdr_read_fn *fn, void *arg);

/*
 * Finds our columns by the names that a file has, in its order: NULL for one that is not ours.
 * SWIO_EINVAL where one is there twice, or number or outcome are not. swio_free().
 */
typedef const char *swio_name_at_fn(void *arg, size_t index);
int swio_columns_by_name(const char *path, size_t count, swio_name_at_fn *name_at, void *arg,
                         const swio_column ***out);

#endif
