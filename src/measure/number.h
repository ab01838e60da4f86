/* Numbers as text, in C's notation whatever the locale of the program. */
#ifndef SWIO_MEASURE_NUMBER_H
#define SWIO_MEASURE_NUMBER_H

#include <stdbool.h>

enum { SWIO_NUMBER_MAX = 32 };

/* The shortest of 15 or 17 digits that reads back as the same number. */
void swio_number_print(double number, char buf[SWIO_NUMBER_MAX]);

/* Reads a finite number from the start of the text; *end is behind it. False where there is none.
 */
bool swio_number_parse(const char *text, const char **end, double *out);

#endif
