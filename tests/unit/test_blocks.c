#include "base/blocks.h"

#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "support/cmocka.h"

enum { COUNT = 2 * SWIO_BLOCKS_KEPT };

/* Every size, twice as many as are kept, each written to its last byte. */
static void take_and_give(void)
{
    for (size_t size = 1; size < (SWIO_BLOCK_MAX + 2) * 1024; size += 509) {
        void *blocks[COUNT];
        uint32_t kib[COUNT];
        for (int i = 0; i < COUNT; i++) {
            blocks[i] = swio_block_take(size, &kib[i]);
            assert_non_null(blocks[i]);
            memset(blocks[i], i, size);
        }
        for (int i = 0; i < COUNT; i++) {
            assert_int_equal(((unsigned char *)blocks[i])[size - 1], i);
            swio_block_give(blocks[i], kib[i]);
        }
    }
}

static void *keep(void *arg)
{
    (void)arg;
    swio_blocks_keep(true);
    take_and_give();
    take_and_give();
    swio_blocks_keep(false);
    take_and_give();
    return NULL;
}

static void blocks_are_taken_again(void **state)
{
    (void)state;
    pthread_t thread;
    take_and_give();
    assert_int_equal(pthread_create(&thread, NULL, keep, NULL), 0);
    take_and_give();
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* One that is kept counts as an allocation all the same. */
static void the_nth_allocation_fails(void **state)
{
    (void)state;
    uint32_t kib;
    swio_blocks_keep(true);
    void *first = swio_block_take(3000, &kib);
    swio_block_give(first, kib);
    swio_mem_fail_after(0, false);
    assert_null(swio_block_take(3000, &kib));
    assert_int_equal(swio_mem_fail_after(-1, false), 1);
    void *block = swio_block_take(3000, &kib);
    assert_non_null(block);
    swio_block_give(block, kib);
    swio_blocks_keep(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_taken_again),
        cmocka_unit_test(the_nth_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
