/* The inside of a history, for history.c and append.c. */
#ifndef SWIO_TRACK_HISTORY_IMPL_H
#define SWIO_TRACK_HISTORY_IMPL_H

#include "track/history.h"
#include "track/record.h"

/* A record, with what is looked at to find the right one beside the pointer to it. */
typedef struct swio_record_slot {
    uint32_t first;
    uint32_t headers;
    swio_record *record;
} swio_record_slot;

/* A line of an event, as it stands in the history. */
typedef struct swio_history_line {
    const char *value;
    uint32_t len;
    uint32_t number;
    uint16_t name;
    bool encoded;
} swio_history_line;

/* Walks the lines of one event in their order, a piece of a run at a time. */
typedef struct swio_history_cursor {
    const swio_history *history;
    const swio_record *event;
    swio_run run;
    uint32_t next, left; /* of the run */
} swio_history_cursor;

/* Gives the next lines, at most `max`, as many as were new in one record; 0 at the end. */
size_t swio_history_next(swio_history_cursor *cursor, swio_history_line *out, size_t max);

/* The newest line of this fold; false if there is none. */
bool swio_history_latest(const swio_history *history, uint16_t fold, swio_history_line *out);

#endif
