#include "measure/number.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static locale_t c_locale;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Of the whole process and never released. Without memory for it there is the program's own. */
static void make_locale(void)
{
    c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
}

static locale_t enter(void)
{
    pthread_once(&once, make_locale);
    return uselocale(c_locale);
}

void swio_number_print(double number, char buf[SWIO_NUMBER_MAX])
{
    locale_t before = enter();
    snprintf(buf, SWIO_NUMBER_MAX, "%.15g", number);
    double back = strtod(buf, NULL);
    if (back < number || back > number)
        snprintf(buf, SWIO_NUMBER_MAX, "%.17g", number);
    uselocale(before);
}

bool swio_number_parse(const char *text, const char **end, double *out)
{
    char *stop;
    locale_t before = enter();
    double number = strtod(text, &stop);
    uselocale(before);
    if (stop == text || !isfinite(number))
        return false;
    *end = stop;
    *out = number;
    return true;
}
