#include "track/names.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"

enum {
    CHUNK = SWIO_NAMES_CHUNK,
    BLOCK = 4096, /* of texts, which never move either */
    FIRST_SLOTS = 512,
    PAD = SWIO_SAME_BEFORE, /* before the first text of a block */
};

typedef struct block {
    struct block *older;
    size_t used, size;
    char bytes[];
} block;

struct swio_names {
    swio_names_head head;
    block *block;
    uint16_t *slots; /* open addressing over folds; SWIO_NAME_NONE is free */
    size_t slot_count;
    size_t folds, count;
};

static void destroy(void *obj)
{
    swio_names *names = obj;
    for (size_t i = 0; i < SWIO_NAMES_CHUNKS && names->head.chunks[i]; i++)
        swio_free(names->head.chunks[i]);
    while (names->block) {
        block *older = names->block->older;
        swio_free(names->block);
        names->block = older;
    }
    swio_free(names->slots);
}

static uint16_t *new_slots(size_t count)
{
    uint16_t *slots = swio_malloc(count * sizeof *slots);
    if (slots)
        memset(slots, 0xff, count * sizeof *slots);
    return slots;
}

int swio_names_new(swio_names **out)
{
    swio_names *names = swio_obj_new(sizeof *names, destroy);
    if (!names)
        return swio_err_nomem();
    names->slot_count = FIRST_SLOTS;
    names->slots = new_slots(FIRST_SLOTS);
    if (!names->slots) {
        swio_obj_unref(names);
        return swio_err_nomem();
    }
    *out = names;
    return 0;
}

swio_names *swio_names_ref(swio_names *names)
{
    return swio_obj_ref(names);
}

swio_names *swio_names_unref(swio_names *names)
{
    return swio_obj_unref(names);
}

size_t swio_names_count(const swio_names *names)
{
    return names->count;
}

/*
 * Eight bytes at a time, with bit 5 set in each: that folds letters, and folding a few other bytes
 * too costs nothing but a comparison.
 */
static uint32_t hash_of(const char *text, size_t len)
{
    uint64_t hash = len, word;
    for (size_t i = 0; i < len; i += sizeof word) {
        word = 0;
        memcpy(&word, text + i, len - i < sizeof word ? len - i : sizeof word);
        hash = (hash ^ (word | 0x2020202020202020u)) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    return (uint32_t)(hash ^ hash >> 32);
}

/* The slot of the name, or the free one where it belongs. */
static uint16_t *slot_of(const swio_names *names, const char *text, size_t len, uint32_t hash)
{
    size_t mask = names->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        if (names->slots[i] == SWIO_NAME_NONE)
            return &names->slots[i];
        const swio_name *name = swio_names_at(names, names->slots[i]);
        if (name->hash == hash && name->len == len && strncasecmp(name->text, text, len) == 0)
            return &names->slots[i];
    }
}

uint16_t swio_names_find(const swio_names *names, const char *text, size_t len)
{
    return *slot_of(names, text, len, hash_of(text, len));
}

static int grow_slots(swio_names *names)
{
    size_t count = names->slot_count * 2;
    uint16_t *slots = new_slots(count);
    if (!slots)
        return swio_err_nomem();
    for (size_t i = 0; i < names->slot_count; i++) {
        if (names->slots[i] == SWIO_NAME_NONE)
            continue;
        size_t to = swio_names_at(names, names->slots[i])->hash & (count - 1);
        while (slots[to] != SWIO_NAME_NONE)
            to = (to + 1) & (count - 1);
        slots[to] = names->slots[i];
    }
    swio_free(names->slots);
    names->slots = slots;
    names->slot_count = count;
    return 0;
}

static char *keep_text(swio_names *names, const char *text, size_t len)
{
    block *b = names->block;
    if (!b || b->size - b->used < len + 1) {
        size_t need = PAD + len + 1, size = need > BLOCK - sizeof *b ? need : BLOCK - sizeof *b;
        b = swio_malloc(sizeof *b + size);
        if (!b)
            return NULL;
        *b = (block){.older = names->block, .used = PAD, .size = size};
        names->block = b;
    }
    char *copy = b->bytes + b->used;
    memcpy(copy, text, len);
    copy[len] = '\0';
    b->used += len + 1;
    return copy;
}

/* Adds a spelling as the newest id; its fold is left to the caller. */
static int add_name(swio_names *names, const char *text, size_t len, uint32_t hash)
{
    if (names->count >= SWIO_NAMES_MAX)
        return swio_err(SWIO_ELIMIT, "more than %d different header names in one session",
                        SWIO_NAMES_MAX);
    swio_name **chunk = &names->head.chunks[names->count / CHUNK];
    if (!*chunk && !(*chunk = swio_malloc(CHUNK * sizeof **chunk)))
        return swio_err_nomem();
    const char *copy = keep_text(names, text, len);
    if (!copy)
        return swio_err_nomem();
    (*chunk)[names->count % CHUNK] = (swio_name){
        .text = copy,
        .len = (uint32_t)len,
        .hash = hash,
        .fold = (uint16_t)names->count,
        .next = SWIO_NAME_NONE,
        .after = SWIO_NAME_NONE,
    };
    names->count++;
    return 0;
}

int swio_names_intern(swio_names *names, const char *text, size_t len, uint16_t *id)
{
    uint32_t hash = hash_of(text, len);
    uint16_t first = *slot_of(names, text, len, hash), last = first;
    for (uint16_t i = first; i != SWIO_NAME_NONE; i = swio_names_at(names, i)->next) {
        if (memcmp(swio_names_at(names, i)->text, text, len) == 0) {
            *id = i;
            return 0;
        }
        last = i;
    }
    if (first == SWIO_NAME_NONE && (names->folds + 1) * 4 > names->slot_count * 3) {
        int error = grow_slots(names);
        if (error)
            return error;
    }
    int error = add_name(names, text, len, hash);
    if (error)
        return error;
    *id = (uint16_t)(names->count - 1);
    if (first == SWIO_NAME_NONE) {
        *slot_of(names, text, len, hash) = *id;
        names->folds++;
    } else {
        names->head.chunks[*id / CHUNK][*id % CHUNK].fold = first;
        names->head.chunks[last / CHUNK][last % CHUNK].next = *id;
    }
    return 0;
}

int swio_names_intern_behind(swio_names *names, uint16_t before, const char *text, size_t len,
                             uint16_t *id)
{
    int error = swio_names_intern(names, text, len, id);
    if (!error && before != SWIO_NAME_NONE)
        names->head.chunks[before / CHUNK][before % CHUNK].after = *id;
    return error;
}
