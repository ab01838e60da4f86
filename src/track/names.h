/* The header names of many sessions, each kept once. */
#ifndef SWIO_TRACK_NAMES_H
#define SWIO_TRACK_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "track/same.h"

/*
 * Every channel of a FreeSWITCH shows the same few hundred header names, so that a history keeps
 * two bytes for a name. Names are told apart exactly, and found without regard to case: spellings
 * that differ in case only share a `fold` (the id of the first of them).
 *
 * Names come from the network (SIP headers become variables): a table that holds
 * SWIO_NAMES_FULL of them is left to the sessions that use it, and new sessions start a new
 * one. It lives as long as a history holds it. Not guarded.
 */
typedef struct swio_names swio_names;

enum {
    SWIO_NAMES_FULL = 4096,
    SWIO_NAMES_MAX = 65535, /* ids are 16 bits */
};

#define SWIO_NAME_NONE UINT16_MAX

int swio_names_new(swio_names **out);
swio_names *swio_names_ref(swio_names *names);
swio_names *swio_names_unref(swio_names *names);

size_t swio_names_count(const swio_names *names);

/* The id of this spelling, made if it is new. SWIO_ENOMEM; SWIO_ELIMIT past SWIO_NAMES_MAX. */
int swio_names_intern(swio_names *names, const char *text, size_t len, uint16_t *id);

/* The fold of a name in any spelling, or SWIO_NAME_NONE. */
uint16_t swio_names_find(const swio_names *names, const char *text, size_t len);

/* Of an id. Texts end in a NUL and live as long as the table. */
typedef struct swio_name {
    const char *text;
    uint32_t len;
    uint32_t hash; /* without regard to case */
    uint16_t fold;
    uint16_t next;  /* the next spelling of the same fold, or SWIO_NAME_NONE */
    uint16_t after; /* the name that followed it in an event, when last looked; or NONE */
} swio_name;

/* Names by id stand in chunks, so that none ever moves. */
enum {
    SWIO_NAMES_CHUNK = 256,
    SWIO_NAMES_CHUNKS = (SWIO_NAMES_MAX + SWIO_NAMES_CHUNK) / SWIO_NAMES_CHUNK,
};

/* The start of a swio_names: what the history looks at for every header of every event. */
typedef struct swio_names_head {
    swio_name *chunks[SWIO_NAMES_CHUNKS];
} swio_names_head;

static inline const swio_name *swio_names_at(const swio_names *names, uint16_t id)
{
    const swio_names_head *head = (const swio_names_head *)(const void *)names;
    return &head->chunks[id / SWIO_NAMES_CHUNK][id % SWIO_NAMES_CHUNK];
}

/* For a text that stands in an event: there is something before it to read. */
static inline bool swio_name_is(const swio_name *name, const char *text, size_t len)
{
    return name->len == len && swio_same_before(name->text + len, text + len, len);
}

/*
 * Interns a name of an event that stands behind `before` (SWIO_NAME_NONE: at the start): events of
 * every channel have their headers in much the same order, so that the one that followed last time
 * is tried first.
 */
int swio_names_intern_behind(swio_names *names, uint16_t before, const char *text, size_t len,
                             uint16_t *id);
static inline int swio_names_intern_after(swio_names *names, uint16_t before, const char *text,
                                          size_t len, uint16_t *id)
{
    *id = before == SWIO_NAME_NONE ? SWIO_NAME_NONE : swio_names_at(names, before)->after;
    if (*id != SWIO_NAME_NONE && swio_name_is(swio_names_at(names, *id), text, len))
        return 0;
    return swio_names_intern_behind(names, before, text, len, id);
}

#endif
