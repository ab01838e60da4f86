#include "base/uuid.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

swio_uuid swio_uuid_new(void)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t bytes[16];
    if (getentropy(bytes, sizeof bytes))
        abort();
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);

    swio_uuid uuid;
    char *to = uuid.text;
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        *to++ = hex[bytes[i] >> 4];
        *to++ = hex[bytes[i] & 15];
    }
    *to = '\0';
    return uuid;
}

bool swio_uuid_valid(const char *text, size_t len)
{
    if (len != SWIO_UUID_LEN)
        return false;
    for (size_t i = 0; i < len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    }
    return true;
}
