/* One event in a history: see history.h for the idea. */
#ifndef SWIO_TRACK_RECORD_H
#define SWIO_TRACK_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Behind the struct stand, for the new lines: where each value ends (16 bits, or 32 where the
 * values together are longer), and each name's id; then the runs, the values with a NUL behind
 * each, and the body with a NUL. What stands before the first value is at least as long as
 * swio_same_before() wants.
 *
 * A run is two variable-length numbers (7 bits a byte, the lowest first): how far its first line is
 * from the one behind the run before (zigzag), and its length.
 */
typedef struct swio_record {
    uint32_t first; /* the number of its first new line */
    uint32_t fresh; /* how many new lines */
    uint32_t headers;
    uint32_t run_bytes;
    uint32_t value_bytes;
    uint32_t body_len;
    bool wide;
    bool encoded; /* its values are percent-encoded */
    _Alignas(uint32_t) unsigned char bytes[];
} swio_record;

/* What goes into a record; all is copied. */
typedef struct swio_record_parts {
    uint32_t first, fresh, headers;
    const uint32_t *ends;  /* `fresh` of them */
    const uint16_t *names; /* likewise */
    const char *runs;
    const char *values;
    uint32_t run_bytes, value_bytes;
    const char *body;
    size_t body_len;
    bool encoded;
} swio_record_parts;

/* NULL without memory. Ends with swio_free(). */
swio_record *swio_record_new(const swio_record_parts *parts);

/* Where the parts of a record stand. */
typedef struct swio_record_view {
    const swio_record *record;
    const uint16_t *names; /* the id of each new line's name */
    const char *values;
} swio_record_view;

static inline size_t swio_record_end_size(const swio_record *record)
{
    return record->wide ? sizeof(uint32_t) : sizeof(uint16_t);
}

static inline swio_record_view swio_record_look(const swio_record *record)
{
    const unsigned char *names = record->bytes + record->fresh * swio_record_end_size(record);
    const unsigned char *runs = names + record->fresh * sizeof(uint16_t);
    return (swio_record_view){
        .record = record,
        .names = (const uint16_t *)(const void *)names,
        .values = (const char *)runs + record->run_bytes,
    };
}

/* Where the value of new line `k` ends; its NUL stands there. */
static inline uint32_t swio_record_end(const swio_record *record, uint32_t k)
{
    const void *ends = record->bytes;
    return record->wide ? ((const uint32_t *)ends)[k] : ((const uint16_t *)ends)[k];
}

/* Where it begins. */
static inline uint32_t swio_record_start(const swio_record *record, uint32_t k)
{
    return k ? swio_record_end(record, k - 1) + 1 : 0;
}

const char *swio_record_body(const swio_record *record);

/* The runs, one after the other. Start with a zeroed struct. */
typedef struct swio_run {
    uint32_t at;  /* bytes read */
    uint32_t end; /* the number behind this run */
    uint32_t first, count;
} swio_run;

static inline uint32_t swio_run_number(const unsigned char *bytes, uint32_t *at)
{
    uint32_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte = bytes[(*at)++];
        number |= (uint32_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return number;
    }
}

static inline bool swio_record_next_run(const swio_record *record, swio_run *run)
{
    if (run->at >= record->run_bytes)
        return false;
    const unsigned char *runs =
        record->bytes + record->fresh * (swio_record_end_size(record) + sizeof(uint16_t));
    uint32_t zigzag = swio_run_number(runs, &run->at);
    run->first = run->end + ((zigzag >> 1) ^ (0u - (zigzag & 1)));
    run->count = swio_run_number(runs, &run->at);
    run->end = run->first + run->count;
    return true;
}

/* Two numbers of 32 bits. */
enum { SWIO_RUN_BYTES = 10 };

/* Writes the runs of a list of line numbers, one number after the other. */
typedef struct swio_run_writer {
    unsigned char *to; /* with SWIO_RUN_BYTES of room for every run */
    uint32_t end;      /* of the run before */
    uint32_t first, count;
} swio_run_writer;

static inline unsigned char *swio_run_put(unsigned char *to, uint32_t number)
{
    for (; number >= 0x80; number >>= 7)
        *to++ = (unsigned char)(number | 0x80);
    *to++ = (unsigned char)number;
    return to;
}

/* To be called once more at the end. */
static inline void swio_run_finish(swio_run_writer *writer)
{
    if (!writer->count)
        return;
    uint32_t step = writer->first - writer->end; /* modulo 2^32, as is the reading of it */
    writer->to = swio_run_put(writer->to, (step << 1) ^ (0u - (step >> 31)));
    writer->to = swio_run_put(writer->to, writer->count);
    writer->end = writer->first + writer->count;
    writer->count = 0;
}

static inline void swio_run_add(swio_run_writer *writer, uint32_t line)
{
    if (writer->count && line == writer->first + writer->count) {
        writer->count++;
        return;
    }
    swio_run_finish(writer);
    writer->first = line;
    writer->count = 1;
}

#endif
