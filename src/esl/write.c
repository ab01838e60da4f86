#include "esl/write.h"

#include <stdbool.h>

/* SWITCH_URL_UNSAFE of switch_utils.h; bytes below ' ' and above '~' are unsafe as well. */
static bool unsafe(unsigned char c)
{
    static const bool listed[256] = {
        [' '] = 1, ['#'] = 1, ['%'] = 1, ['&'] = 1, ['+'] = 1, [':'] = 1, [';'] = 1,
        ['<'] = 1, ['='] = 1, ['>'] = 1, ['?'] = 1, ['@'] = 1, ['['] = 1, [']'] = 1,
        ['^'] = 1, ['`'] = 1, ['{'] = 1, ['|'] = 1, ['}'] = 1, ['"'] = 1, ['\\'] = 1,
    };
    return c < ' ' || c > '~' || listed[c];
}

static bool upper_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

void swio_write_encoded(swio_buf *out, const char *value, size_t len)
{
    static const char hex[] = "0123456789ABCDEF";
    char chunk[256];
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)value[i];
        /* what looks encoded is left alone: the defect of the format, kept */
        bool escape = c == '%' && len - i > 2 && upper_hex(value[i + 1]) && upper_hex(value[i + 2]);
        if (escape || !unsafe(c)) {
            chunk[n++] = value[i];
        } else {
            chunk[n++] = '%';
            chunk[n++] = hex[c >> 4];
            chunk[n++] = hex[c & 15];
        }
        if (n > sizeof chunk - 3) {
            swio_buf_add(out, chunk, n);
            n = 0;
        }
    }
    swio_buf_add(out, chunk, n);
}
