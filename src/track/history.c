#include "track/history.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "esl/event.h"
#include "track/history_impl.h"

typedef swio_history_line line;
typedef swio_history_cursor cursor;

/* A value after percent-decoding. */
typedef struct swio_decoded_line {
    struct swio_decoded_line *next;
    uint32_t number;
    size_t len;
    char text[];
} swio_decoded_line;

void swio_history_init(swio_history *history, swio_names *names)
{
    *history = (swio_history){.names = swio_names_ref(names)};
}

void swio_history_free(swio_history *history)
{
    for (uint32_t i = 0; i < history->record_count; i++)
        swio_free(history->records[i].record);
    while (history->decoded) {
        swio_decoded_line *next = history->decoded->next;
        swio_free(history->decoded);
        history->decoded = next;
    }
    swio_free(history->records);
    swio_free(history->latest);
    swio_names_unref(history->names);
    *history = (swio_history){0};
}

void swio_history_scratch_free(swio_history_scratch *scratch)
{
    swio_buf *const all[] = {&scratch->taken, &scratch->reference, &scratch->fresh,
                             &scratch->ends,  &scratch->values,    &scratch->runs};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        swio_buf_free(all[i]);
    for (size_t i = 0; i < SWIO_HISTORY_RECENT; i++) {
        scratch->recent[i].event = swio_event_unref(scratch->recent[i].event);
        swio_buf_free(&scratch->recent[i].taken);
    }
}

size_t swio_history_count(const swio_history *history)
{
    return history->record_count;
}

/* The record in which a line was new: the last that begins at or before it and has new lines. */
static const swio_record *record_of(const swio_history *history, uint32_t number)
{
    const swio_record_slot *low = history->records;
    for (uint32_t left = history->record_count; left > 1;) {
        uint32_t half = left / 2;
        low += low[half].first <= number ? half : 0; /* no branch: it would be guessed wrong */
        left -= half;
    }
    return low->record;
}

/* Line k of a record's new ones and those behind it. */
static inline __attribute__((always_inline)) void lay_out(const swio_record *home, bool wide,
                                                          uint32_t k, uint32_t count, line *out)
{
    const uint16_t *names =
        (const uint16_t *)(const void *)(home->bytes + home->fresh * swio_record_end_size(home));
    const char *values = (const char *)(names + home->fresh) + home->run_bytes;
    const uint32_t *ends = (const void *)home->bytes;
    const uint16_t *narrow_ends = (const void *)home->bytes;
    uint32_t start = swio_record_start(home, k), number = home->first + k;
    bool encoded = home->encoded;
    for (const uint16_t *name = names + k, *last = name + count; name < last; name++, out++) {
        uint32_t end = wide ? ends[k] : narrow_ends[k];
        *out = (line){
            .value = values + start,
            .len = end - start,
            .number = number++,
            .name = *name,
            .encoded = encoded,
        };
        start = end + 1;
        k++;
    }
}

size_t swio_history_next(cursor *c, line *out, size_t max)
{
    while (c->left == 0) {
        if (!swio_record_next_run(c->event, &c->run))
            return 0;
        c->next = c->run.first;
        c->left = c->run.count;
    }
    const swio_record *home = record_of(c->history, c->next);
    uint32_t k = c->next - home->first, there = home->fresh - k;
    uint32_t count = there < c->left ? there : c->left;
    if (count > max)
        count = (uint32_t)max;
    if (home->wide)
        lay_out(home, true, k, count, out);
    else
        lay_out(home, false, k, count, out);
    c->next += count;
    c->left -= count;
    return count;
}

bool swio_history_latest(const swio_history *history, uint16_t fold, line *out)
{
    if (fold >= history->latest_cap || !history->latest[fold])
        return false;
    uint32_t number = history->latest[fold] - 1;
    const swio_record *home = record_of(history, number);
    lay_out(home, home->wide, number - home->first, 1, out);
    return true;
}

/* Reading */

/* Those that were decoded before stand in a list, the newest first: it is they that are asked for.
 */
static const char *decoded(swio_history *history, const line *l, size_t *len)
{
    size_t unused;
    len = len ? len : &unused;
    *len = l->len;
    if (!l->encoded || !memchr(l->value, '%', l->len))
        return l->value;
    swio_decoded_line **at = &history->decoded;
    while (*at && (*at)->number > l->number)
        at = &(*at)->next;
    swio_decoded_line *d = *at;
    if (!d || d->number != l->number) {
        d = swio_malloc(sizeof *d + l->len + 1);
        if (!d)
            return NULL;
        d->number = l->number;
        d->len = swio_percent_decode(d->text, l->value, l->len);
        d->text[d->len] = '\0';
        d->next = *at;
        *at = d;
    }
    *len = d->len;
    return d->text;
}

const char *swio_history_get(swio_history *history, const char *name, size_t *len)
{
    line found;
    uint16_t fold = swio_names_find(history->names, name, strlen(name));
    return swio_history_latest(history, fold, &found) ? decoded(history, &found, len) : NULL;
}

static const swio_record *event_at(const swio_history *history, size_t index)
{
    return index < history->record_count
               ? history->records[history->record_count - 1 - index].record
               : NULL;
}

const char *swio_history_get_at(swio_history *history, size_t index, const char *name, size_t *len)
{
    enum { PIECE = 32 };
    cursor c = {.history = history, .event = event_at(history, index)};
    uint16_t fold = swio_names_find(history->names, name, strlen(name));
    if (!c.event || fold == SWIO_NAME_NONE)
        return NULL;
    line lines[PIECE];
    for (size_t count; (count = swio_history_next(&c, lines, PIECE)) != 0;)
        for (size_t i = 0; i < count; i++)
            if (swio_names_at(history->names, lines[i].name)->fold == fold)
                return decoded(history, &lines[i], len);
    return NULL;
}

int swio_history_event(const swio_history *history, size_t index, swio_event **out)
{
    cursor c = {.history = history, .event = event_at(history, index)};
    if (!c.event)
        return swio_err(SWIO_ENOENT, "no event %zu: the session has %zu", index,
                        swio_history_count(history));
    swio_raw_header *headers = swio_calloc(c.event->headers + 1, sizeof *headers);
    if (!headers)
        return swio_err_nomem();
    line l = {0};
    for (size_t i = 0; swio_history_next(&c, &l, 1); i++) {
        const swio_name *name = swio_names_at(history->names, l.name);
        headers[i] = (swio_raw_header){
            .name = name->text,
            .name_len = name->len,
            .value = l.value,
            .value_len = l.len,
            .encoded = l.encoded,
        };
    }
    int error = swio_event_from_headers(headers, c.event->headers, swio_record_body(c.event),
                                        c.event->body_len, out);
    swio_free(headers);
    return error;
}
