/* How an event gets into a history: the other half of history.c. */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "esl/event.h"
#include "track/history_impl.h"
#include "track/same.h"

/* Records are made room for so many at a time, and `latest` for so many names. */
enum { FIRST_RECORDS = 8, LATEST_STEP = 32 };

/* Values are copied so many bytes at a time: behind a text so many can be read. */
enum { COPY = 32 };

/* So far behind the place where it is expected a name is looked for. */
enum { AHEAD = 4 };

#define NO_LINE UINT32_MAX

typedef swio_history_line line;

/* A header of an event that was appended, or is being. */
typedef struct taken {
    uint32_t number; /* of its line */
    uint16_t name, fold;
} taken;

/* Where it stands in the event. */
typedef struct header {
    const char *name, *value;
    uint32_t name_len, value_len;
} header;

/* All arrays have room for every header of the event. */
typedef struct append {
    swio_history *history;
    const line *next, *end; /* of the reference: the line that is expected next */
    taken *taken;
    uint16_t *fresh;
    uint32_t *ends;
    char *values;
    uint32_t value_bytes;
    uint32_t fresh_count;
    uint16_t before; /* the name of the header that was taken last */
    bool encoded;
    bool like_recent; /* its names are some of the recent event's, which were unique */
    swio_run_writer runs;
} append;

/* Empties the buffer and makes room in it; NULL without memory. */
static void *room(swio_buf *buf, size_t size)
{
    swio_buf_clear(buf);
    return swio_buf_reserve(buf, size);
}

static size_t difference(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

/*
 * The event to compare with: of the last few the one whose number of headers is nearest. Events of
 * a channel come in a few shapes (with its variables or without); the shape is what has to fit,
 * values that changed since are found through `latest`.
 */
static const swio_record *nearest(const swio_history *history, size_t headers, size_t *distance)
{
    enum { FEW = 8 };
    const swio_record *best = NULL;
    *distance = SIZE_MAX;
    for (uint32_t i = 0; i < FEW && i<history->record_count && * distance> 0; i++) {
        const swio_record_slot *slot = &history->records[history->record_count - 1 - i];
        size_t off = difference(slot->headers, headers);
        if (off < *distance) {
            best = slot->record;
            *distance = off;
        }
    }
    return best;
}

static int begin(append *a, swio_history_scratch *scratch, const swio_event_text *event)
{
    size_t headers = event->count;
    size_t text = headers ? event->entries[headers - 1].end + (size_t)1 : 0;
    a->taken = room(&scratch->taken, (headers + 1) * sizeof *a->taken);
    a->fresh = room(&scratch->fresh, (headers + 1) * sizeof *a->fresh);
    a->ends = room(&scratch->ends, (headers + 1) * sizeof *a->ends);
    a->values = room(&scratch->values, text + COPY);
    a->runs.to = room(&scratch->runs, (headers + 1) * SWIO_RUN_BYTES);
    a->encoded = event->encoded;
    a->before = SWIO_NAME_NONE;
    if (!a->taken || !a->fresh || !a->ends || !a->values || !a->runs.to)
        return swio_err_nomem();
    return 0;
}

static inline bool same_value(const append *a, const line *l, const header *h)
{
    return l->len == h->value_len && l->encoded == a->encoded &&
           swio_same_before(l->value + h->value_len, h->value + h->value_len, h->value_len);
}

/* A new line. */
static inline uint32_t add_line(append *a, const header *h, uint16_t name)
{
    char *to = a->values + a->value_bytes;
    for (uint32_t i = 0; i < h->value_len; i += COPY)
        memcpy(to + i, h->value + i, COPY);
    to[h->value_len] = '\0';
    a->ends[a->fresh_count] = a->value_bytes + h->value_len;
    a->value_bytes += h->value_len + 1;
    a->fresh[a->fresh_count] = name;
    return a->history->line_count + a->fresh_count++;
}

/*
 * The line of a header that is not what the reference has: an older or a new one. `known` is the
 * line of the reference for this name, or NO_LINE.
 */
static uint32_t take_other(append *a, const header *h, uint16_t name, uint16_t fold, uint32_t known)
{
    const swio_history *history = a->history;
    line latest;
    bool looked_at =
        known != NO_LINE && fold < history->latest_cap && history->latest[fold] == known + 1;
    if (!looked_at && swio_history_latest(history, fold, &latest) && latest.name == name &&
        same_value(a, &latest, h))
        return latest.number;
    return add_line(a, h, name);
}

/* A header whose name the reference does not have here. */
static int take_unexpected(append *a, const header *h, taken *out)
{
    int error =
        swio_names_intern_after(a->history->names, a->before, h->name, h->name_len, &out->name);
    if (error)
        return error;
    out->fold = swio_names_at(a->history->names, out->name)->fold;
    out->number = take_other(a, h, out->name, out->fold, NO_LINE);
    return 0;
}

static inline header header_at(const swio_event_text *event, uint32_t start, swio_entry at)
{
    return (header){
        .name = event->text + start,
        .name_len = at.colon - start,
        .value = event->text + at.colon + 2,
        .value_len = at.end - at.colon - 2,
    };
}

/* ---- compared with an event in the records ---- */

static int lay_out(append *a, swio_buf *buf, const swio_record *record)
{
    size_t count = record ? record->headers : 0;
    line *reference = room(buf, (count + 1) * sizeof *reference);
    if (!reference)
        return swio_err_nomem();
    swio_history_cursor c = {.history = a->history, .event = record};
    for (size_t i = 0; i < count;)
        i += swio_history_next(&c, reference + i, count - i);
    a->next = reference;
    a->end = reference + count;
    return 0;
}

/* The line of this name that is expected next, or a little behind; NULL if there is none. */
static inline const line *expected(append *a, const header *h)
{
    const line *end = a->end - a->next > AHEAD ? a->next + AHEAD : a->end;
    for (const line *l = a->next; l < end; l++) {
        if (swio_name_is(swio_names_at(a->history->names, l->name), h->name, h->name_len)) {
            a->next = l + 1;
            return l;
        }
    }
    return NULL;
}

static inline int take_header(append *a, const header *h, taken *out)
{
    const line *l = expected(a, h);
    if (!l)
        return take_unexpected(a, h, out);
    out->name = l->name;
    out->fold = swio_names_at(a->history->names, l->name)->fold;
    out->number = same_value(a, l, h) ? l->number : take_other(a, h, l->name, out->fold, l->number);
    return 0;
}

static int take_from_records(append *a, swio_history_scratch *scratch, const swio_record *record,
                             const swio_event_text *event)
{
    uint32_t start = 0;
    int error = lay_out(a, &scratch->reference, record);
    for (size_t i = 0; !error && i < event->count; i++) {
        header h = header_at(event, start, event->entries[i]);
        error = take_header(a, &h, &a->taken[i]);
        if (error)
            break;
        a->before = a->taken[i].name;
        swio_run_add(&a->runs, a->taken[i].number);
        start = event->entries[i].end + 1;
    }
    swio_run_finish(&a->runs);
    return error;
}

/* ---- compared with the event before, which is still at hand ---- */

/* That event, and how far the two are the same. */
typedef struct like {
    swio_event_text event;
    const taken *taken;
    size_t next;
    uint32_t start; /* of the next line in the text */
} like;

/* How many lines, from these on, are the same in both events: texts as well as where they part. */
static size_t same_lines(const like *l, const swio_event_text *event, size_t i, uint32_t start)
{
    size_t left = l->event.count - l->next, most = event->count - i;
    most = left < most ? left : most;
    if (most == 0)
        return 0;
    const swio_entry *there = l->event.entries + l->next, *here = event->entries + i;
    uint32_t room = there[left - 1].end - l->start,
             len = event->entries[event->count - 1].end - start;
    size_t same =
        swio_same_bytes(l->event.text + l->start, event->text + start, room < len ? room : len);
    uint32_t shift = start - l->start;
    size_t n = 0;
    while (n < most && there[n].end - l->start <= same && here[n].end - there[n].end == shift &&
           here[n].colon - there[n].colon == shift)
        n++;
    return n;
}

static void take_same(append *a, like *l, size_t i, size_t count)
{
    swio_run_writer runs = a->runs;
    const taken *from = l->taken + l->next;
    memcpy(a->taken + i, from, count * sizeof *from);
    for (size_t k = 0; k < count; k++)
        swio_run_add(&runs, from[k].number);
    a->runs = runs;
    l->next += count;
    l->start = l->event.entries[l->next - 1].end + 1;
}

/* The line of this name, if that is the next one or a little behind. */
static bool find_ahead(const like *l, const swio_names *names, const header *h, size_t *at)
{
    size_t end = l->event.count - l->next > AHEAD ? l->next + AHEAD : l->event.count;
    for (size_t i = l->next; i < end; i++) {
        if (swio_name_is(swio_names_at(names, l->taken[i].name), h->name, h->name_len)) {
            *at = i;
            return true;
        }
    }
    return false;
}

/* A header that is not the line that is expected next. */
static int take_changed(append *a, like *l, const header *h, taken *out)
{
    size_t i;
    if (!find_ahead(l, a->history->names, h, &i)) {
        a->like_recent = false;
        return take_unexpected(a, h, out);
    }
    header there =
        header_at(&l->event, l->event.entries[(ptrdiff_t)i - 1].end + 1, l->event.entries[i]);
    bool same = there.value_len == h->value_len &&
                swio_same_before(there.value + h->value_len, h->value + h->value_len, h->value_len);
    *out = l->taken[i];
    if (!same)
        out->number = take_other(a, h, out->name, out->fold, out->number);
    l->next = i + 1;
    l->start = l->event.entries[i].end + 1;
    return 0;
}

static int take_from_recent(append *a, const swio_history_recent *recent,
                            const swio_event_text *event)
{
    like l = {.event = swio_event_text_of(recent->event),
              .taken = (const taken *)(const void *)recent->taken.data};
    uint32_t start = 0;
    a->like_recent = recent->unique;
    for (size_t i = 0; i < event->count;) {
        size_t same = same_lines(&l, event, i, start);
        if (same) {
            take_same(a, &l, i, same);
            i += same;
        } else {
            header h = header_at(event, start, event->entries[i]);
            a->before = i ? a->taken[i - 1].name : SWIO_NAME_NONE;
            int error = take_changed(a, &l, &h, &a->taken[i]);
            if (error)
                return error;
            swio_run_add(&a->runs, a->taken[i++].number);
        }
        start = event->entries[i - 1].end + 1;
    }
    swio_run_finish(&a->runs);
    return 0;
}

static swio_history_recent *recent_of(const swio_history *history, swio_history_scratch *scratch)
{
    return &scratch->recent[history->serial % SWIO_HISTORY_RECENT];
}

void swio_history_forget(const swio_history *history, swio_history_scratch *scratch)
{
    swio_history_recent *recent = recent_of(history, scratch);
    if (recent->serial != history->serial)
        return;
    recent->event = swio_event_unref(recent->event);
    recent->serial = 0;
}

/*
 * Whether that event is there, and of the same kind. One that has far fewer headers than it might
 * is not (before an event with the variables of the channel one without): the records have a
 * better.
 */
static bool recent_fits(const swio_history_recent *recent, const swio_history *history,
                        const swio_event_text *event, size_t nearest_distance)
{
    if (!recent->event || recent->serial != history->serial)
        return false;
    swio_event_text there = swio_event_text_of(recent->event);
    return there.encoded == event->encoded &&
           difference(there.count, event->count) <= nearest_distance + event->count / 4;
}

/* Of the event that was just appended. */
static void keep_recent(const append *a, swio_history_scratch *scratch, swio_event *event,
                        size_t text, bool unique)
{
    swio_history_recent *recent = recent_of(a->history, scratch);
    size_t body;
    swio_event_body(event, &body);
    swio_event_unref(recent->event);
    recent->event = text + body > SWIO_HISTORY_RECENT_BYTES ? NULL : swio_event_ref(event);
    recent->serial = a->history->serial;
    recent->unique = unique;
    swio_buf swap = recent->taken;
    recent->taken = scratch->taken;
    scratch->taken = swap;
}

/* ---- the new record ---- */

/* Makes room for one more record and for all names; keeps what is there. */
static int make_room(swio_history *history)
{
    if (history->record_count == history->record_cap) {
        uint32_t cap = history->record_cap ? history->record_cap * 2 : FIRST_RECORDS;
        swio_record_slot *records = swio_realloc(history->records, cap * sizeof *records);
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

/* Lets `latest` speak of the new event; true if no two of its headers have one name. */
static bool set_latest(const append *a, size_t headers)
{
    uint32_t *latest = a->history->latest;
    if (a->like_recent) { /* of lines that are not new it does so already */
        for (uint32_t i = 0; i < a->fresh_count; i++)
            latest[swio_names_at(a->history->names, a->fresh[i])->fold] =
                a->history->line_count + i + 1;
        return true;
    }
    for (size_t i = headers; i-- > 0;) /* backwards: of two of a name the first stays */
        latest[a->taken[i].fold] = a->taken[i].number + 1;
    size_t i = 0;
    while (i < headers && latest[a->taken[i].fold] == a->taken[i].number + 1)
        i++;
    return i == headers;
}

static int commit(append *a, swio_history_scratch *scratch, swio_event *event,
                  const swio_event_text *text)
{
    swio_history *history = a->history;
    int error = make_room(history);
    if (error)
        return error;
    swio_record_parts parts = {
        .first = history->line_count,
        .fresh = a->fresh_count,
        .headers = (uint32_t)text->count,
        .ends = a->ends,
        .names = a->fresh,
        .runs = scratch->runs.data,
        .run_bytes = (uint32_t)((const char *)a->runs.to - scratch->runs.data),
        .values = a->values,
        .value_bytes = a->value_bytes,
        .encoded = a->encoded,
    };
    parts.body = swio_event_body(event, &parts.body_len);
    swio_record *record = swio_record_new(&parts);
    if (!record)
        return swio_err_nomem();
    history->records[history->record_count++] =
        (swio_record_slot){.first = record->first, .headers = record->headers, .record = record};
    bool unique = set_latest(a, text->count);
    history->line_count += a->fresh_count;
    size_t len = text->count ? text->entries[text->count - 1].end : 0;
    keep_recent(a, scratch, event, len, unique);
    return 0;
}

int swio_history_append(swio_history *history, swio_history_scratch *scratch, swio_event *event)
{
    append a = {.history = history};
    swio_event_text text = swio_event_text_of(event);
    if (history->line_count > UINT32_MAX - 1 - text.count ||
        history->record_count == UINT32_MAX / 2)
        return swio_err(SWIO_ELIMIT, "a session with too many events to remember");
    if (!history->serial)
        history->serial = ++scratch->serials;
    int error = begin(&a, scratch, &text);
    if (error)
        return error;
    const swio_history_recent *recent = recent_of(history, scratch);
    size_t distance;
    const swio_record *record = nearest(history, text.count, &distance);
    if (recent_fits(recent, history, &text, distance))
        error = take_from_recent(&a, recent, &text);
    else
        error = take_from_records(&a, scratch, record, &text);
    return error ? error : commit(&a, scratch, event, &text);
}
