#include "esl/write.h"

#include <stdbool.h>
#include <string.h>

/* SWITCH_URL_UNSAFE of switch_utils.h; bytes below ' ' and above '~' are unsafe as well. */
static bool unsafe(unsigned char c)
{
    static const char listed[] = "\r\n #%&+:;<=>?@[\\]^`{|}\"";
    return c < ' ' || c > '~' || strchr(listed, c) != NULL;
}

static bool upper_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

void swio_write_encoded(swio_buf *out, const char *value, size_t len)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t from = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)value[i];
        /* what looks encoded is left alone: the defect of the format, kept */
        bool escape = c == '%' && len - i > 2 && upper_hex(value[i + 1]) && upper_hex(value[i + 2]);
        if (escape || !unsafe(c))
            continue;
        swio_buf_add(out, value + from, i - from);
        swio_buf_add(out, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
        from = i + 1;
    }
    swio_buf_add(out, value + from, len - from);
}
