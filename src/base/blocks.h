/* Memory of events, which come and go by the thousand and are all of much the same size. */
#ifndef SWIO_BASE_BLOCKS_H
#define SWIO_BASE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A thread that has said so keeps a few freed blocks of each size (in KiB, at most
 * SWIO_BLOCK_MAX of them) and takes them again; blocks may be taken by one thread and given back by
 * another. On every other thread, and for larger blocks, this is swio_malloc() and swio_free(), as
 * it is where a sanitizer watches. Of an event's way through reader and model the allocator took
 * a tenth.
 */
enum { SWIO_BLOCK_MAX = 16, SWIO_BLOCKS_KEPT = 8 };

/* Begins and ends the keeping, for the calling thread; the end frees what was kept. */
void swio_blocks_keep(bool keep);

/* NULL: no memory. *kib is for the giving back. */
void *swio_block_take(size_t size, uint32_t *kib);
void swio_block_give(void *block, uint32_t kib);

#endif
