/* Random (version 4) UUIDs, RFC 9562, in FreeSWITCH's lower-case text form. */
#ifndef SWIO_BASE_UUID_H
#define SWIO_BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>

enum { SWIO_UUID_LEN = 36 };

typedef struct swio_uuid {
    char text[SWIO_UUID_LEN + 1];
} swio_uuid;

/* A fresh one. Cannot fail: without the kernel's random source the process is aborted. */
swio_uuid swio_uuid_new(void);

/* True if the `len` bytes are a UUID in text form, of any version. */
bool swio_uuid_valid(const char *text, size_t len);

#endif
