/* A small set of strings, in the order in which they came. Not thread safe. */
#ifndef SWIO_CONTROL_STRINGS_H
#define SWIO_CONTROL_STRINGS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct swio_strings swio_strings;

int swio_strings_new(swio_strings **out);
void swio_strings_free(swio_strings *set); /* NULL is fine */

bool swio_strings_has(const swio_strings *set, const char *text);
/* Adds a copy, if it is not there yet. SWIO_ENOMEM. */
int swio_strings_add(swio_strings *set, const char *text);
/* Whether it was there. */
bool swio_strings_remove(swio_strings *set, const char *text);

/* All of them, for as long as the set is not changed. */
const char *const *swio_strings_all(const swio_strings *set, size_t *count);
int swio_strings_copy(const swio_strings *set, swio_strings **out);

#endif
