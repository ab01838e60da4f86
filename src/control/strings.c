#include "control/strings.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"

struct swio_strings {
    char **items;
    size_t count;
    size_t capacity;
};

int swio_strings_new(swio_strings **out)
{
    swio_strings *set = swio_calloc(1, sizeof *set);
    if (!set)
        return swio_err_nomem();
    *out = set;
    return 0;
}

void swio_strings_free(swio_strings *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->count; i++)
        swio_free(set->items[i]);
    swio_free(set->items);
    swio_free(set);
}

/* Where it stands, or `count`. */
static size_t find(const swio_strings *set, const char *text)
{
    size_t i = 0;
    while (i < set->count && strcmp(set->items[i], text) != 0)
        i++;
    return i;
}

bool swio_strings_has(const swio_strings *set, const char *text)
{
    return find(set, text) < set->count;
}

int swio_strings_add(swio_strings *set, const char *text)
{
    if (swio_strings_has(set, text))
        return 0;
    if (set->count == set->capacity) {
        size_t capacity = set->capacity ? 2 * set->capacity : 16;
        char **items = swio_realloc(set->items, capacity * sizeof *items);
        if (!items)
            return swio_err_nomem();
        set->items = items;
        set->capacity = capacity;
    }
    char *copy = swio_strdup(text);
    if (!copy)
        return swio_err_nomem();
    set->items[set->count++] = copy;
    return 0;
}

bool swio_strings_remove(swio_strings *set, const char *text)
{
    size_t at = find(set, text);
    if (at == set->count)
        return false;
    swio_free(set->items[at]);
    memmove(&set->items[at], &set->items[at + 1], (set->count - at - 1) * sizeof set->items[0]);
    set->count--;
    return true;
}

const char *const *swio_strings_all(const swio_strings *set, size_t *count)
{
    *count = set->count;
    return (const char *const *)set->items;
}

int swio_strings_copy(const swio_strings *set, swio_strings **out)
{
    swio_strings *copy = NULL;
    int error = swio_strings_new(&copy);
    for (size_t i = 0; !error && i < set->count; i++) {
        error = swio_strings_add(copy, set->items[i]);
        if (error)
            swio_strings_free(copy);
    }
    if (!error)
        *out = copy;
    return error;
}
