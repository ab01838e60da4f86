/* What a session remembers of its events: what changed, not what repeats. */
#ifndef SWIO_TRACK_HISTORY_H
#define SWIO_TRACK_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/event.h>

#include "base/buf.h"
#include "track/names.h"

/*
 * A *line* is a name with a value as it was sent, numbered in the order of first appearance. Each
 * event is one record: the lines that were new with it, and its own lines, in their order, as runs
 * of successive numbers; most of an event are a few long runs over lines that came before. A record
 * is one allocation and never changes or moves. Values are decoded when they are asked for, once,
 * and so live as long as the history. `latest` gives for a name the line of the newest event that
 * has it (of a name that stands there twice the first).
 *
 * Not guarded; but the texts that it gave may be read on any thread.
 */
typedef struct swio_history {
    swio_names *names;
    uint64_t serial;                  /* of those that share a scratch; 0 before the first event */
    struct swio_record_slot *records; /* oldest first */
    uint32_t record_count, record_cap;
    uint32_t line_count;
    uint32_t latest_cap;
    uint32_t *latest; /* by the fold of a name: line number + 1, 0 for none */
    struct swio_decoded_line *decoded;
} swio_history;

/*
 * The newest event of a history that was appended to a moment ago, as it came, with the line of
 * each of its headers: the next one is compared with it in a fraction of the time that the records
 * take. Events come in bursts, at the start and at the end of a call, so that few are enough.
 */
enum { SWIO_HISTORY_RECENT = 32, SWIO_HISTORY_RECENT_BYTES = 64 << 10 };
typedef struct swio_history_recent {
    uint64_t serial;
    swio_event *event; /* a reference, to one of at most SWIO_HISTORY_RECENT_BYTES; or NULL */
    swio_buf taken;
    bool unique; /* no two headers of one name */
} swio_history_recent;

/*
 * Working memory for appending, for any number of histories, one after the other; a history always
 * uses the same. Zero is empty.
 */
typedef struct swio_history_scratch {
    uint64_t serials;
    swio_history_recent recent[SWIO_HISTORY_RECENT]; /* by serial, modulo their number */
    swio_buf taken;                                  /* the headers of the event being appended */
    swio_buf reference; /* the lines of the event that it is compared with */
    swio_buf fresh;     /* of its new lines the names, */
    swio_buf ends;      /* where their values end, */
    swio_buf values;    /* and the values */
    swio_buf runs;      /* how the record will name its lines */
} swio_history_scratch;
void swio_history_scratch_free(swio_history_scratch *scratch);

/* Takes a reference of the names. */
void swio_history_init(swio_history *history, swio_names *names);
void swio_history_free(swio_history *history);

/* Remembers an event. On an error (SWIO_ENOMEM, SWIO_ELIMIT) the history is as before. */
int swio_history_append(swio_history *history, swio_history_scratch *scratch, swio_event *event);

/* No event is expected any more; one that comes is remembered all the same. */
void swio_history_forget(const swio_history *history, swio_history_scratch *scratch);

size_t swio_history_count(const swio_history *history);

/* The decoded value of the newest event that has this header, with a NUL behind it. NULL without
 * such a header, or without memory to decode it. `len` may be NULL. */
const char *swio_history_get(swio_history *history, const char *name, size_t *len);

/* The same of one event, 0 being the newest; NULL also past the end. */
const char *swio_history_get_at(swio_history *history, size_t index, const char *name, size_t *len);

/* Makes an event again. SWIO_ENOENT past the end, SWIO_ENOMEM. */
int swio_history_event(const swio_history *history, size_t index, swio_event **out);

#endif
