#include "base/blocks.h"

#include "base/mem.h"

/* What sanitizers are to see is each block's own end. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WATCHED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WATCHED true
#endif
#endif
#ifndef WATCHED
#define WATCHED false
#endif

typedef struct free_block {
    struct free_block *next;
} free_block;

static _Thread_local bool keeping;
static _Thread_local struct {
    free_block *first;
    unsigned count;
} kept[SWIO_BLOCK_MAX + 1]; /* by KiB */

void swio_blocks_keep(bool keep)
{
    keeping = keep && !WATCHED;
    for (size_t kib = 0; !keep && kib <= SWIO_BLOCK_MAX; kib++) {
        while (kept[kib].first) {
            free_block *block = kept[kib].first;
            kept[kib].first = block->next;
            swio_free(block);
        }
        kept[kib].count = 0;
    }
}

void *swio_block_take(size_t size, uint32_t *kib)
{
    size_t wanted = (size + 1023) / 1024;
    *kib = 0;
    if (WATCHED || wanted > SWIO_BLOCK_MAX || wanted == 0)
        return swio_malloc(size);
    free_block *block = kept[wanted].first;
    if (block && !swio_mem_failing()) {
        kept[wanted].first = block->next;
        kept[wanted].count--;
    } else {
        block = swio_malloc(wanted * 1024);
    }
    *kib = (uint32_t)wanted;
    return block;
}

void swio_block_give(void *block, uint32_t kib)
{
    if (!keeping || kib == 0 || kept[kib].count == SWIO_BLOCKS_KEPT) {
        swio_free(block);
        return;
    }
    free_block *f = block;
    f->next = kept[kib].first;
    kept[kib].first = f;
    kept[kib].count++;
}
