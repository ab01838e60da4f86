/* uthash, allocating through base/mem.h, and reporting that there is no memory. */
#ifndef SWIO_SIM_HASH_H
#define SWIO_SIM_HASH_H

#include "base/mem.h"

/* An addition that finds no memory leaves the element out, with hh.tbl NULL. */
#define HASH_NONFATAL_OOM    1
#define uthash_malloc(sz)    swio_malloc(sz)
#define uthash_free(ptr, sz) swio_free(ptr)

#include <uthash.h>

#endif
