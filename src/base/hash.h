/* uthash over our allocator. */
#ifndef SWIO_BASE_HASH_H
#define SWIO_BASE_HASH_H

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

/*
 * Eight bytes at a time. What is looked up for every event is a uuid, of 36: with uthash's own hash
 * the look-up took three times the instructions.
 */
static inline unsigned swio_hash(const void *key, size_t len)
{
    const char *at = key;
    uint64_t hash = len, word;
    for (; len >= sizeof word; len -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    word = 0;
    memcpy(&word, at, len);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return (unsigned)(hash ^ hash >> 32);
}

/*
 * Without memory an HASH_ADD leaves the element out and its handle empty: test with
 * SWIO_HASH_FAILED(element->hh) right after adding.
 */
#define HASH_NONFATAL_OOM             1
#define HASH_FUNCTION(key, len, hash) ((hash) = swio_hash(key, len))
#define uthash_malloc(size)           swio_malloc(size)
#define uthash_free(p, size)          swio_free(p)
#include <uthash.h>

#define SWIO_HASH_FAILED(handle) ((handle).tbl == NULL)

#endif
