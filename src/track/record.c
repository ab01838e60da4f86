#include "track/record.h"

#include <string.h>

#include "base/mem.h"
#include "track/same.h"

/* A record with a line in it has its end and its name before it. */
_Static_assert(offsetof(swio_record, bytes) + 2 * sizeof(uint16_t) >= SWIO_SAME_BEFORE,
               "a value is compared with what stands before it");

static size_t names_at(const swio_record *record)
{
    return record->fresh * swio_record_end_size(record);
}

static size_t runs_at(const swio_record *record)
{
    return names_at(record) + record->fresh * sizeof(uint16_t);
}

static size_t values_at(const swio_record *record)
{
    return runs_at(record) + record->run_bytes;
}

static void write_ends(swio_record *record, const uint32_t *ends)
{
    if (record->wide && record->fresh) {
        memcpy(record->bytes, ends, names_at(record));
        return;
    }
    for (uint32_t i = 0; i < record->fresh; i++) {
        uint16_t end = (uint16_t)ends[i];
        memcpy(record->bytes + i * sizeof end, &end, sizeof end);
    }
}

swio_record *swio_record_new(const swio_record_parts *parts)
{
    swio_record head = {
        .first = parts->first,
        .fresh = parts->fresh,
        .headers = parts->headers,
        .run_bytes = parts->run_bytes,
        .value_bytes = parts->value_bytes,
        .body_len = (uint32_t)parts->body_len,
        .wide = parts->value_bytes > UINT16_MAX,
        .encoded = parts->encoded,
    };
    size_t body = parts->body_len ? parts->body_len + 1 : 0;
    swio_record *record =
        swio_malloc(sizeof *record + values_at(&head) + parts->value_bytes + body);
    if (!record)
        return NULL;
    memcpy(record, &head, sizeof head);
    write_ends(record, parts->ends);
    if (head.fresh)
        memcpy(record->bytes + names_at(record), parts->names, head.fresh * sizeof(uint16_t));
    if (head.run_bytes)
        memcpy(record->bytes + runs_at(record), parts->runs, head.run_bytes);
    unsigned char *values = record->bytes + values_at(record);
    if (head.value_bytes)
        memcpy(values, parts->values, head.value_bytes);
    if (body) {
        memcpy(values + head.value_bytes, parts->body, parts->body_len);
        values[head.value_bytes + parts->body_len] = '\0';
    }
    return record;
}

const char *swio_record_body(const swio_record *record)
{
    return (const char *)record->bytes + values_at(record) + record->value_bytes;
}
