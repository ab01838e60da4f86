#include <string.h>

#include "esl/event.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A '%' that no two hexadecimal digits follow stands for itself, as in switch_url_decode(). */
size_t swio_percent_decode(char *to, const char *from, size_t len)
{
    const char *start = to, *end = from + len;
    while (from < end) {
        const char *percent = memchr(from, '%', (size_t)(end - from));
        size_t run = (size_t)((percent ? percent : end) - from);
        memmove(to, from, run);
        to += run;
        from += run;
        if (!percent)
            break;
        int high = end - from > 2 ? hex_digit(from[1]) : -1;
        int low = high >= 0 ? hex_digit(from[2]) : -1;
        if (low >= 0) {
            *to++ = (char)(high << 4 | low);
            from += 3;
        } else {
            *to++ = *from++;
        }
    }
    return (size_t)(to - start);
}
