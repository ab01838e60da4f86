#include "esl/event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "esl/event_impl.h"
#include "esl/fingerprint.h"

static void destroy(void *obj)
{
    swio_decoded_lists *lists = ((swio_event *)obj)->decoded;
    if (!atomic_load_explicit(&lists->any, memory_order_relaxed))
        return;
    for (uint32_t i = 0; i < lists->count; i++) {
        swio_decoded *d = atomic_load_explicit(&lists->first[i], memory_order_acquire);
        while (d) {
            swio_decoded *next = d->next;
            swio_free(d);
            d = next;
        }
    }
}

swio_event *swio_event_ref(swio_event *event)
{
    return swio_obj_ref(event);
}

swio_event *swio_event_unref(swio_event *event)
{
    return swio_obj_unref(event);
}

/* A list for about 16 headers: few values of an event are ever asked for in decoded form. */
static uint32_t list_count(size_t headers)
{
    uint32_t n = 8;
    while (n * 16 < headers)
        n *= 2;
    return n;
}

int swio_event_alloc(size_t room, size_t text_len, swio_event **out)
{
    uint32_t lists = list_count(room);
    size_t text_at =
        sizeof(swio_event) + sizeof(swio_decoded_lists) + lists * sizeof(_Atomic(swio_decoded *));
    size_t entries_at = text_at + text_len + SWIO_TEXT_SLACK;
    entries_at = (entries_at + sizeof(swio_entry) - 1) / sizeof(swio_entry) * sizeof(swio_entry);
    size_t size = entries_at + (1 + room) * sizeof(swio_entry) + swio_fingerprints_padded(room);
    swio_event *event = swio_obj_new_block(size, destroy);
    if (!event)
        return swio_err_nomem();
    char *base = (char *)event;
    *event = (swio_event){
        .text = base + text_at,
        .entries = (swio_entry *)(void *)(base + entries_at) + 1,
        .decoded = (swio_decoded_lists *)(void *)(event + 1),
    };
    event->decoded->count = lists;
    atomic_init(&event->decoded->any, false);
    for (uint32_t i = 0; i < lists; i++)
        atomic_init(&event->decoded->first[i], NULL);
    event->entries[-1] = (swio_entry){0, UINT32_MAX};
    memset(event->text + text_len, 0, SWIO_TEXT_SLACK);
    *out = event;
    return 0;
}

uint8_t *swio_event_set_count(swio_event *event, size_t count)
{
    event->count = (uint32_t)count;
    event->prints = (uint8_t *)(event->entries + count);
    if (count)
        memset(event->prints + swio_fingerprints_padded(count) - SWIO_FINGERPRINTS, 0,
               SWIO_FINGERPRINTS);
    return event->prints;
}

const char *swio_event_header_name(const swio_event *event, size_t index)
{
    return index < event->count ? event->text + swio_entry_start(event, index) : NULL;
}

static const swio_decoded *find_decoded(const swio_decoded *d, const swio_decoded *end,
                                        uint32_t index)
{
    for (; d != end; d = d->next)
        if (d->index == index)
            return d;
    return NULL;
}

/*
 * Decodes a value and publishes it. Of several threads that do so at once one wins; the others free
 * their copy and use the winner's, so that a pointer given once stays the only one.
 */
static const swio_decoded *decode(const swio_event *event, uint32_t index)
{
    swio_decoded_lists *lists = event->decoded;
    _Atomic(swio_decoded *) *head = &lists->first[index & (lists->count - 1)];
    swio_decoded *first = atomic_load_explicit(head, memory_order_acquire);
    const swio_decoded *found = find_decoded(first, NULL, index);
    if (found)
        return found;
    size_t len = swio_entry_value_len(event, index);
    swio_decoded *mine = swio_malloc(sizeof *mine + len + 1);
    if (!mine)
        return NULL;
    mine->index = index;
    mine->len = (uint32_t)swio_percent_decode(mine->text, swio_entry_value(event, index), len);
    mine->text[mine->len] = '\0';
    mine->next = first;
    while (!atomic_compare_exchange_weak_explicit(head, &first, mine, memory_order_acq_rel,
                                                  memory_order_acquire)) {
        found = find_decoded(first, mine->next, index);
        if (found) {
            swio_free(mine);
            return found;
        }
        mine->next = first;
    }
    atomic_store_explicit(&lists->any, true, memory_order_relaxed);
    return mine;
}

#ifdef __SSE2__
/* Bit i is set where byte i of 32 is '%'. */
static inline uint32_t percents(const char *bytes)
{
    const __m128i percent = _mm_set1_epi8('%');
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16));
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(low, percent)) |
           (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(high, percent)) << 16;
}
#endif

/* Most values are short, and looked at in less time than a call to memchr() takes. */
static inline bool has_percent(const char *value, size_t len)
{
#ifdef __SSE2__
    for (; len > SWIO_TEXT_SLACK; value += SWIO_TEXT_SLACK, len -= SWIO_TEXT_SLACK)
        if (percents(value))
            return true;
    return percents(value) & ((UINT64_C(1) << len) - 1);
#else
    return memchr(value, '%', len);
#endif
}

static inline const char *value_at(const swio_event *event, size_t index, size_t *len)
{
    *len = 0;
    if (index >= event->count)
        return NULL;
    const char *value = swio_entry_value(event, index);
    *len = swio_entry_value_len(event, index);
    if (!event->encoded || !has_percent(value, *len))
        return value;
    const swio_decoded *d = decode(event, (uint32_t)index);
    *len = d ? d->len : 0;
    return d ? d->text : NULL;
}

const char *swio_event_header_value(const swio_event *event, size_t index, size_t *len)
{
    size_t unused;
    return value_at(event, index, len ? len : &unused);
}

bool swio_event_raw_header(const swio_event *event, size_t index, swio_raw_header *out)
{
    if (index >= event->count)
        return false;
    *out = (swio_raw_header){
        .name = event->text + swio_entry_start(event, index),
        .name_len = swio_entry_name_len(event, index),
        .value = swio_entry_value(event, index),
        .value_len = swio_entry_value_len(event, index),
        .encoded = event->encoded,
    };
    return true;
}

_Static_assert(sizeof(swio_event) >= 32 && SWIO_TEXT_SLACK >= 32, "as event.h says");

swio_event_text swio_event_text_of(const swio_event *event)
{
    return (swio_event_text){
        .text = event->text,
        .entries = event->entries,
        .count = event->count,
        .encoded = event->encoded,
    };
}

size_t swio_event_header_count(const swio_event *event)
{
    return event->count;
}

static inline unsigned fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned)c | 0x20 : (unsigned char)c;
}

/* The rare cases: short names, and names that are not equal to the letter. ASCII, in any locale. */
static __attribute__((noinline)) bool same_folded(const char *a, const char *b, size_t len)
{
    size_t i = 0;
    while (i < len && fold(a[i]) == fold(b[i]))
        i++;
    return i == len;
}

/* Mostly names are equal to the letter, and compared in less time than a call to memcmp() takes. */
static inline bool same_text(const char *a, const char *b, size_t len)
{
    uint64_t x, y;
    if (len < sizeof x)
        return same_folded(a, b, len);
    for (size_t i = 0; i < len - sizeof x; i += sizeof x) {
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        if (x != y)
            return same_folded(a, b, len);
    }
    memcpy(&x, a + len - sizeof x, sizeof x);
    memcpy(&y, b + len - sizeof y, sizeof y);
    return x == y || same_folded(a, b, len);
}

static inline bool same_name(const swio_event *event, size_t index, const char *name, size_t len)
{
    return swio_entry_name_len(event, index) == len &&
           same_text(event->text + swio_entry_start(event, index), name, len);
}

/* The index of the first header of this name, or SIZE_MAX. */
static inline __attribute__((always_inline)) size_t find(const swio_event *event, const char *name)
{
    size_t len = strlen(name);
    uint8_t print = swio_fingerprint(name, len);
    for (size_t base = 0; base < event->count; base += SWIO_FINGERPRINTS) {
        uint64_t hits = swio_fingerprint_hits(event->prints + base, print);
        for (; hits; hits &= hits - 1) {
            size_t i = base + (size_t)__builtin_ctzll(hits);
            if (i < event->count && same_name(event, i, name, len))
                return i;
        }
    }
    return SIZE_MAX;
}

const char *swio_event_get_len(const swio_event *event, const char *name, size_t *len)
{
    size_t unused;
    return value_at(event, find(event, name), len ? len : &unused);
}

const char *swio_event_get(const swio_event *event, const char *name)
{
    size_t len;
    return value_at(event, find(event, name), &len);
}

const char *swio_event_name(const swio_event *event)
{
    return swio_event_get(event, "Event-Name");
}

const char *swio_event_key(const swio_event *event)
{
    const char *name = swio_event_name(event);
    if (name && strcmp(name, "CUSTOM") == 0) {
        const char *subclass = swio_event_get(event, "Event-Subclass");
        return subclass ? subclass : name;
    }
    return name;
}

long long swio_event_get_int(const swio_event *event, const char *name, long long otherwise)
{
    size_t len;
    const char *value = swio_event_get_len(event, name, &len);
    if (!value || len == 0 || strspn(value, "+-0123456789") != len)
        return otherwise;
    char *end;
    int saved = errno;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    bool fits = errno == 0 && end == value + len;
    errno = saved;
    return fits ? number : otherwise;
}

const char *swio_event_body(const swio_event *event, size_t *len)
{
    if (len)
        *len = event->body_len;
    return event->body_len ? event->body : "";
}

/*
 * An array as FreeSWITCH writes it: "ARRAY::" and the items with "|:" between them
 * (switch_event.c, switch_event_add_array). What does not begin so is one item, whatever is in it.
 */
typedef struct array {
    const char *next; /* NULL past the end */
    size_t left;
    bool single;
} array;

static array array_of(const swio_event *event, const char *name)
{
    static const char mark[] = "ARRAY::";
    const size_t mark_len = sizeof mark - 1;
    array a = {0};
    a.next = swio_event_get_len(event, name, &a.left);
    a.single = !a.next || a.left < mark_len || memcmp(a.next, mark, mark_len) != 0;
    if (!a.single) {
        a.next += mark_len;
        a.left -= mark_len;
    }
    return a;
}

static const char *array_next(array *a, size_t *len)
{
    static const char gap_text[] = "|:";
    const size_t gap_len = sizeof gap_text - 1;
    const char *item = a->next;
    const char *gap = a->single ? NULL : memmem(item, a->left, gap_text, gap_len);
    *len = gap ? (size_t)(gap - item) : a->left;
    a->next = gap ? gap + gap_len : NULL;
    a->left -= gap ? *len + gap_len : a->left;
    return item;
}

const char *swio_event_array_item(const swio_event *event, const char *name, size_t index,
                                  size_t *len)
{
    *len = 0;
    for (array a = array_of(event, name); a.next;) {
        const char *item = array_next(&a, len);
        if (index-- == 0)
            return item;
    }
    *len = 0;
    return NULL;
}

size_t swio_event_array_count(const swio_event *event, const char *name)
{
    size_t count = 0, len;
    for (array a = array_of(event, name); a.next; count++)
        array_next(&a, &len);
    return count;
}
