#include "track/counts.h"

#include <assert.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"

typedef struct entry {
    UT_hash_handle hh;
    int64_t n;
    char name[];
} entry;

struct swio_counts {
    size_t max;
    entry *entries; /* in the order of first appearance */
    int64_t other;  /* what found no place of its own */
};

static swio_counts *make(size_t max)
{
    swio_counts *counts = swio_calloc(1, sizeof *counts);
    if (counts)
        counts->max = max;
    return counts;
}

int swio_counts_new(size_t max, swio_counts **out)
{
    swio_counts *counts = make(max);
    if (!counts)
        return swio_err_nomem();
    *out = counts;
    return 0;
}

void swio_counts_clear(swio_counts *counts)
{
    entry *e = counts->entries;
    HASH_CLEAR(hh, counts->entries);
    while (e) {
        entry *next = e->hh.next;
        swio_free(e);
        e = next;
    }
    counts->other = 0;
}

void swio_counts_free(swio_counts *counts)
{
    if (!counts)
        return;
    swio_counts_clear(counts);
    swio_free(counts);
}

static entry *find(const swio_counts *counts, const char *name)
{
    entry *e;
    HASH_FIND_STR(counts->entries, name, e);
    return e;
}

static entry *add(swio_counts *counts, const char *name)
{
    size_t size = strlen(name) + 1;
    if (HASH_COUNT(counts->entries) >= counts->max || strcmp(name, SWIO_COUNTS_OTHER) == 0)
        return NULL;
    entry *e = swio_calloc(1, sizeof *e + size);
    if (!e)
        return NULL;
    memcpy(e->name, name, size);
    HASH_ADD_KEYPTR(hh, counts->entries, e->name, size - 1, e);
    if (SWIO_HASH_FAILED(e->hh)) {
        swio_free(e);
        return NULL;
    }
    return e;
}

void swio_counts_add(swio_counts *counts, const char *name, int64_t n)
{
    entry *e = find(counts, name);
    if (!e)
        e = add(counts, name);
    if (!e) {
        counts->other += n;
        return;
    }
    e->n += n;
    if (e->n == 0) {
        assert(counts->entries);
        HASH_DEL(counts->entries, e);
        swio_free(e);
    }
}

void swio_counts_merge(swio_counts *counts, const swio_counts *from)
{
    for (const entry *e = from->entries; e; e = e->hh.next)
        swio_counts_add(counts, e->name, e->n);
    counts->other += from->other;
}

int64_t swio_counts_get(const swio_counts *counts, const char *name)
{
    const entry *e = find(counts, name);
    return e ? e->n : strcmp(name, SWIO_COUNTS_OTHER) == 0 ? counts->other : 0;
}

int64_t swio_counts_sum(const swio_counts *counts)
{
    int64_t sum = counts->other;
    for (const entry *e = counts->entries; e; e = e->hh.next)
        sum += e->n;
    return sum;
}

size_t swio_counts_size(const swio_counts *counts)
{
    return HASH_COUNT(counts->entries) + (counts->other != 0);
}

const char *swio_counts_at(const swio_counts *counts, size_t index, int64_t *n)
{
    const entry *e = counts->entries;
    for (; e && index; index--)
        e = e->hh.next;
    if (e) {
        *n = e->n;
        return e->name;
    }
    if (index || !counts->other)
        return NULL;
    *n = counts->other;
    return SWIO_COUNTS_OTHER;
}

int swio_counts_copy(const swio_counts *counts, swio_counts **out)
{
    swio_counts *copy = make(counts->max);
    if (!copy)
        return swio_err_nomem();
    copy->other = counts->other;
    for (const entry *e = counts->entries; e; e = e->hh.next) {
        entry *mine = add(copy, e->name);
        if (!mine) {
            swio_counts_free(copy);
            return swio_err_nomem();
        }
        mine->n = e->n;
    }
    *out = copy;
    return 0;
}
