#include "base/mem.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/blocks.h"

/* Counts down to the failing allocation; negative: never. */
static atomic_long fail_after = -1;
static atomic_bool fail_sticky;
static atomic_size_t allocations;

bool swio_mem_failing(void)
{
    return atomic_load_explicit(&fail_after, memory_order_relaxed) >= 0;
}

static bool must_fail(void)
{
    if (!swio_mem_failing())
        return false;
    atomic_fetch_add(&allocations, 1);
    long left = atomic_fetch_sub(&fail_after, 1);
    if (left > 0)
        return false;
    if (left == 0 && atomic_load(&fail_sticky))
        atomic_store(&fail_after, 0);
    return left == 0;
}

size_t swio_mem_fail_after(long n, bool sticky)
{
    atomic_store(&fail_sticky, sticky);
    atomic_store(&fail_after, n);
    return atomic_exchange(&allocations, 0);
}

void *swio_malloc(size_t size)
{
    return must_fail() ? NULL : malloc(size ? size : 1);
}

void *swio_calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : calloc(count ? count : 1, size ? size : 1);
}

void *swio_realloc(void *p, size_t size)
{
    return must_fail() ? NULL : realloc(p, size ? size : 1);
}

char *swio_strndup(const char *s, size_t n)
{
    size_t len = strnlen(s, n);
    char *copy = swio_malloc(len + 1);
    if (copy) {
        memcpy(copy, s, len);
        copy[len] = '\0';
    }
    return copy;
}

char *swio_strdup(const char *s)
{
    return swio_strndup(s, SIZE_MAX);
}

void swio_free(void *p)
{
    free(p);
}

/* Stands before every object; as wide as the strictest alignment. */
typedef struct header {
    _Alignas(max_align_t) atomic_uint refs;
    uint32_t block; /* its size in KiB, if it is one of base/blocks.h */
    swio_obj_destroy_fn *destroy;
} header;

static header *header_of(const void *obj)
{
    return (header *)(uintptr_t)obj - 1;
}

void *swio_obj_new(size_t size, swio_obj_destroy_fn *destroy)
{
    if (size > SIZE_MAX - sizeof(header))
        return NULL;
    header *h = swio_calloc(1, sizeof(header) + size);
    if (!h)
        return NULL;
    atomic_init(&h->refs, 1);
    h->destroy = destroy;
    return h + 1;
}

void *swio_obj_new_block(size_t size, swio_obj_destroy_fn *destroy)
{
    uint32_t kib;
    if (size > SIZE_MAX / 2)
        return NULL;
    header *h = swio_block_take(sizeof(header) + size, &kib);
    if (!h)
        return NULL;
    atomic_init(&h->refs, 1);
    h->block = kib;
    h->destroy = destroy;
    return h + 1;
}

void *swio_obj_ref(void *obj)
{
    if (obj)
        atomic_fetch_add_explicit(&header_of(obj)->refs, 1, memory_order_relaxed);
    return obj;
}

void *swio_obj_unref(void *obj)
{
    if (!obj)
        return NULL;
    header *h = header_of(obj);
    if (atomic_fetch_sub_explicit(&h->refs, 1, memory_order_acq_rel) == 1) {
        if (h->destroy)
            h->destroy(obj);
        if (h->block)
            swio_block_give(h, h->block);
        else
            swio_free(h);
    }
    return NULL;
}

size_t swio_obj_refs(const void *obj)
{
    return atomic_load(&header_of(obj)->refs);
}
