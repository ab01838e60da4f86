#include "track/record.h"

#include <string.h>

#include "base/mem.h"

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
        .run_bytes = (uint32_t)parts->runs->len,
        .value_bytes = (uint32_t)parts->values->len,
        .body_len = (uint32_t)parts->body_len,
        .wide = parts->values->len > UINT16_MAX,
        .encoded = parts->encoded,
    };
    size_t body = parts->body_len ? parts->body_len + 1 : 0;
    swio_record *record =
        swio_malloc(sizeof *record + values_at(&head) + parts->values->len + body);
    if (!record)
        return NULL;
    memcpy(record, &head, sizeof head);
    write_ends(record, parts->ends);
    if (head.fresh)
        memcpy(record->bytes + names_at(record), parts->names, head.fresh * sizeof(uint16_t));
    if (head.run_bytes)
        memcpy(record->bytes + runs_at(record), parts->runs->data, head.run_bytes);
    unsigned char *values = record->bytes + values_at(record);
    if (head.value_bytes)
        memcpy(values, parts->values->data, head.value_bytes);
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

static uint32_t read_number(const unsigned char *bytes, uint32_t *at)
{
    uint32_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte = bytes[(*at)++];
        number |= (uint32_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return number;
    }
}

static void write_number(swio_buf *out, uint32_t number)
{
    char *to = swio_buf_reserve(out, 5);
    if (!to)
        return;
    size_t len = 0;
    for (; number >= 0x80; number >>= 7)
        to[len++] = (char)(number | 0x80);
    to[len++] = (char)number;
    out->len += len;
}

bool swio_record_next_run(const swio_record *record, swio_run *run)
{
    if (run->at >= record->run_bytes)
        return false;
    const unsigned char *runs = record->bytes + runs_at(record);
    uint32_t zigzag = read_number(runs, &run->at);
    run->first = run->end + ((zigzag >> 1) ^ (0u - (zigzag & 1)));
    run->count = read_number(runs, &run->at);
    run->end = run->first + run->count;
    return true;
}

void swio_run_finish(swio_run_writer *writer)
{
    if (!writer->count)
        return;
    uint32_t step = writer->first - writer->end; /* modulo 2^32, as is the reading of it */
    write_number(writer->out, (step << 1) ^ (0u - (step >> 31)));
    write_number(writer->out, writer->count);
    writer->end = writer->first + writer->count;
    writer->count = 0;
}
