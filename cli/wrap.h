/* Text in columns. */
#ifndef CLI_WRAP_H
#define CLI_WRAP_H

#include <stdio.h>

/*
 * Prints `text` from the column `at`, where the cursor is, broken at blanks before the column
 * `width`; without a line end behind it.
 */
void wrap(FILE *to, const char *text, size_t at, size_t width);

#endif
