/* uthash over our allocator. */
#ifndef SWIO_BASE_HASH_H
#define SWIO_BASE_HASH_H

#include "base/mem.h"

/*
 * Without memory an HASH_ADD leaves the element out and its handle empty: test with
 * SWIO_HASH_FAILED(element->hh) right after adding.
 */
#define HASH_NONFATAL_OOM    1
#define uthash_malloc(size)  swio_malloc(size)
#define uthash_free(p, size) swio_free(p)
#include <uthash.h>

#define SWIO_HASH_FAILED(handle) ((handle).tbl == NULL)

#endif
