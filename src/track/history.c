#include "track/history.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "esl/event.h"
#include "track/record.h"

/* Records are made room for so many at a time, and `latest` for so many names. */
enum { FIRST_RECORDS = 8, LATEST_STEP = 32 };

/* A line of an event, as it stands in the history. */
typedef struct line {
    uint32_t number;
    uint16_t name;
    bool encoded;
    size_t len;
    const char *value;
} line;

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
        swio_free(history->records[i]);
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
}

size_t swio_history_count(const swio_history *history)
{
    return history->record_count;
}

/* The record in which a line was new: the last that begins at or before it and has new lines. */
static const swio_record *record_of(const swio_history *history, uint32_t number)
{
    uint32_t low = 0, high = history->record_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (history->records[middle]->first <= number)
            low = middle;
        else
            high = middle;
    }
    return history->records[low];
}

/* Walks the lines of one event in their order, a piece of a run at a time. */
typedef struct cursor {
    const swio_history *history;
    const swio_record *event;
    swio_run run;
    uint32_t next, left; /* of the run */
} cursor;

/* Gives the next lines, at most `max`, as many as were new in one record; 0 at the end. */
static size_t next_lines(cursor *c, line *out, size_t max)
{
    while (c->left == 0) {
        if (!swio_record_next_run(c->event, &c->run))
            return 0;
        c->next = c->run.first;
        c->left = c->run.count;
    }
    swio_record_view home = swio_record_look(record_of(c->history, c->next));
    uint32_t there = home.record->first + home.record->fresh - c->next;
    uint32_t count = there < c->left ? there : c->left;
    if (count > max)
        count = (uint32_t)max;
    uint32_t k = c->next - home.record->first;
    uint32_t start = swio_record_start(home.record, k);
    for (uint32_t i = 0; i < count; i++, k++) {
        uint32_t end = swio_record_end(home.record, k);
        out[i] = (line){
            .number = c->next + i,
            .name = home.names[k],
            .encoded = home.record->encoded,
            .len = end - start,
            .value = home.values + start,
        };
        start = end + 1;
    }
    c->next += count;
    c->left -= count;
    return count;
}

/* Appending */

/* A header of the event that is being appended. */
typedef struct taken {
    uint32_t number; /* of its line */
    uint16_t name, fold;
} taken;

typedef struct append {
    swio_history *history;
    swio_history_scratch *scratch;
    const line *reference;
    size_t reference_count, next; /* the line of the reference that is expected next */
    taken *taken;
    uint16_t *fresh;
    uint32_t *ends;
    uint32_t fresh_count;
    bool encoded;
} append;

/* Empties the buffer and makes room in it; NULL without memory. */
static void *room(swio_buf *buf, size_t size)
{
    swio_buf_clear(buf);
    return swio_buf_reserve(buf, size);
}

/*
 * The event to compare with: of the last few the one whose number of headers is nearest. Events of
 * a channel come in a few shapes (with its variables or without); the shape is what has to fit,
 * values that changed since are found through `latest`.
 */
static const swio_record *nearest(const swio_history *history, size_t headers)
{
    enum { FEW = 8 };
    const swio_record *best = NULL;
    size_t best_distance = SIZE_MAX;
    for (uint32_t i = 0; i < FEW && i < history->record_count; i++) {
        const swio_record *r = history->records[history->record_count - 1 - i];
        size_t distance = r->headers > headers ? r->headers - headers : headers - r->headers;
        if (distance < best_distance) {
            best = r;
            best_distance = distance;
        }
    }
    return best;
}

static int begin(append *a, size_t headers)
{
    const swio_record *event = nearest(a->history, headers);
    size_t count = event ? event->headers : 0;
    line *reference = room(&a->scratch->reference, (count + 1) * sizeof *reference);
    a->taken = room(&a->scratch->taken, (headers + 1) * sizeof *a->taken);
    a->fresh = room(&a->scratch->fresh, (headers + 1) * sizeof *a->fresh);
    a->ends = room(&a->scratch->ends, (headers + 1) * sizeof *a->ends);
    swio_buf_clear(&a->scratch->values);
    swio_buf_clear(&a->scratch->runs);
    if (!reference || !a->taken || !a->fresh || !a->ends)
        return swio_err_nomem();
    cursor c = {.history = a->history, .event = event};
    for (size_t i = 0; i < count;)
        i += next_lines(&c, reference + i, count - i);
    a->reference = reference;
    a->reference_count = count;
    return 0;
}

/* Looks for the name where it is expected in the reference, or a little behind. */
static const line *expected(append *a, const swio_raw_header *header, const swio_name **found)
{
    enum { AHEAD = 4 };
    size_t end = a->next + AHEAD < a->reference_count ? a->next + AHEAD : a->reference_count;
    for (size_t i = a->next; i < end; i++) {
        const swio_name *name = swio_names_at(a->history->names, a->reference[i].name);
        if (name->len == header->name_len &&
            memcmp(name->text, header->name, header->name_len) == 0) {
            a->next = i + 1;
            *found = name;
            return &a->reference[i];
        }
    }
    return NULL;
}

static bool same_value(const line *l, const swio_raw_header *header)
{
    return l->len == header->value_len && l->encoded == header->encoded &&
           memcmp(l->value, header->value, l->len) == 0;
}

/* The newest line of this fold; false if there is none. */
static bool latest_line(const swio_history *history, uint16_t fold, line *out)
{
    if (fold >= history->latest_cap || !history->latest[fold])
        return false;
    uint32_t number = history->latest[fold] - 1;
    swio_record_view home = swio_record_look(record_of(history, number));
    uint32_t k = number - home.record->first, start = swio_record_start(home.record, k);
    *out = (line){
        .number = number,
        .name = home.names[k],
        .encoded = home.record->encoded,
        .len = swio_record_end(home.record, k) - start,
        .value = home.values + start,
    };
    return true;
}

/* The number of the line of a header that is not what the reference has: an older one or a new. */
static uint32_t take_other(append *a, const swio_raw_header *header, uint16_t name, uint16_t fold)
{
    line latest;
    if (latest_line(a->history, fold, &latest) && latest.name == name &&
        same_value(&latest, header))
        return latest.number;
    swio_buf_add(&a->scratch->values, header->value, header->value_len);
    swio_buf_putc(&a->scratch->values, '\0');
    a->ends[a->fresh_count] = (uint32_t)a->scratch->values.len - 1;
    a->fresh[a->fresh_count] = name;
    return a->history->line_count + a->fresh_count++;
}

/* The header behind `before`, the name of the one that was taken last. */
static int take_header(append *a, const swio_raw_header *header, uint16_t before, taken *out)
{
    const swio_name *name;
    const line *known = expected(a, header, &name);
    if (known) {
        bool same = same_value(known, header);
        out->name = known->name;
        out->fold = name->fold;
        out->number = same ? known->number : take_other(a, header, out->name, out->fold);
        return 0;
    }
    int error = swio_names_intern_after(a->history->names, before, header->name, header->name_len,
                                        &out->name);
    if (error)
        return error;
    out->fold = swio_names_at(a->history->names, out->name)->fold;
    out->number = take_other(a, header, out->name, out->fold);
    return 0;
}

/* Makes room for one more record and for all names; keeps what is there. */
static int make_room(swio_history *history)
{
    if (history->record_count == history->record_cap) {
        uint32_t cap = history->record_cap ? history->record_cap * 2 : FIRST_RECORDS;
        swio_record **records = swio_realloc(history->records, cap * sizeof(swio_record *));
        if (!records)
            return swio_err_nomem();
        history->records = records;
        history->record_cap = cap;
    }
    size_t names = swio_names_count(history->names);
    if (names > history->latest_cap) {
        uint32_t cap = (uint32_t)((names + LATEST_STEP - 1) / LATEST_STEP * LATEST_STEP);
        uint32_t *latest = swio_realloc(history->latest, cap * sizeof *latest);
        if (!latest)
            return swio_err_nomem();
        memset(latest + history->latest_cap, 0, (cap - history->latest_cap) * sizeof *latest);
        history->latest = latest;
        history->latest_cap = cap;
    }
    return 0;
}

static int commit(append *a, const swio_event *event, size_t headers)
{
    swio_history *history = a->history;
    int error = make_room(history);
    if (error)
        return error;
    swio_run_writer writer = {.out = &a->scratch->runs};
    for (size_t i = 0; i < headers; i++)
        swio_run_add(&writer, a->taken[i].number);
    swio_run_finish(&writer);
    swio_record_parts parts = {
        .first = history->line_count,
        .fresh = a->fresh_count,
        .headers = (uint32_t)headers,
        .ends = a->ends,
        .names = a->fresh,
        .runs = &a->scratch->runs,
        .values = &a->scratch->values,
        .encoded = a->encoded,
    };
    parts.body = swio_event_body(event, &parts.body_len);
    if (a->scratch->runs.error || a->scratch->values.error)
        return swio_err_nomem();
    swio_record *record = swio_record_new(&parts);
    if (!record)
        return swio_err_nomem();
    history->records[history->record_count++] = record;
    history->line_count += a->fresh_count;
    for (size_t i = headers; i-- > 0;) /* backwards: of two of a name the first stays */
        history->latest[a->taken[i].fold] = a->taken[i].number + 1;
    return 0;
}

int swio_history_append(swio_history *history, swio_history_scratch *scratch,
                        const swio_event *event)
{
    append a = {.history = history, .scratch = scratch};
    size_t headers = swio_event_header_count(event);
    if (history->line_count > UINT32_MAX - 1 - headers || history->record_count == UINT32_MAX / 2)
        return swio_err(SWIO_ELIMIT, "a session with too many events to remember");
    int error = begin(&a, headers);
    swio_raw_header header;
    for (size_t i = 0; !error && i < headers; i++) {
        swio_event_raw_header(event, i, &header);
        a.encoded = header.encoded; /* the same for all of an event */
        error = take_header(&a, &header, i ? a.taken[i - 1].name : SWIO_NAME_NONE, &a.taken[i]);
    }
    return error ? error : commit(&a, event, headers);
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
    return latest_line(history, fold, &found) ? decoded(history, &found, len) : NULL;
}

static const swio_record *event_at(const swio_history *history, size_t index)
{
    return index < history->record_count ? history->records[history->record_count - 1 - index]
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
    for (size_t count; (count = next_lines(&c, lines, PIECE)) != 0;)
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
    line l;
    for (size_t i = 0; next_lines(&c, &l, 1); i++) {
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
