/* Memory: one door to the allocator, and reference-counted objects with one destructor each. */
#ifndef SWIO_BASE_MEM_H
#define SWIO_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The allocator. Everything in the library allocates through these, so that a test can let the
 * Nth allocation fail. swio_calloc() zeroes and checks the product; NULL on failure, without a
 * sentence (the caller returns swio_err_nomem()). swio_free(NULL) is fine.
 */
void *swio_malloc(size_t size);
void *swio_calloc(size_t count, size_t size);
void *swio_realloc(void *p, size_t size);
char *swio_strdup(const char *s);
char *swio_strndup(const char *s, size_t n);
void swio_free(void *p);

/*
 * For tests: lets the allocation that is `n` allocations ahead fail (0: the next one), in whichever
 * thread it happens; with `sticky` every one after it too. n < 0 turns it off. Returns how many
 * allocations happened since the last call.
 */
size_t swio_mem_fail_after(long n, bool sticky);

/* Whether that is on: then every allocation is to be one. */
bool swio_mem_failing(void);

/*
 * Reference-counted objects. swio_obj_new() gives zeroed memory with one reference, or NULL.
 * `destroy` gets the object when the last reference goes and releases what it holds; the memory of
 * the object itself is released after it. Counting is atomic; the object's content is not guarded.
 */
typedef void swio_obj_destroy_fn(void *obj);
void *swio_obj_new(size_t size, swio_obj_destroy_fn *destroy);
void *swio_obj_ref(void *obj);   /* returns obj; NULL stays NULL */
void *swio_obj_unref(void *obj); /* returns NULL, so that p = swio_obj_unref(p); NULL is fine */
size_t swio_obj_refs(const void *obj); /* for tests and assertions */

/* The same for events: the memory is not zeroed, and one of base/blocks.h. */
void *swio_obj_new_block(size_t size, swio_obj_destroy_fn *destroy);

#endif
