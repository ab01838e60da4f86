#include "base/uuid.h"

#include <ctype.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As much as getentropy() gives at once. */
enum { POOL = 256, UUID_BYTES = 16 };

static _Thread_local uint8_t pool[POOL];
static _Thread_local size_t left;
static bool forks_are_seen;

/* A forked process must not give out the same. It has one thread, which has this pool. */
static void empty_pool(void)
{
    left = 0;
}

static void watch_forks(void)
{
    forks_are_seen = pthread_atfork(NULL, NULL, empty_pool) == 0;
}

/* A system call for each was a good part of what a call costs a dialer: 1 us, eight times; asking
 * for the process id at each instead was the most frequent system call. */
static void random_bytes(uint8_t *to)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (!left) {
        pthread_once(&once, watch_forks);
        if (getentropy(pool, sizeof pool))
            abort();
        left = sizeof pool;
    }
    left -= UUID_BYTES;
    memcpy(to, pool + left, UUID_BYTES);
    if (!forks_are_seen)
        left = 0;
}

swio_uuid swio_uuid_new(void)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t bytes[UUID_BYTES];
    random_bytes(bytes);
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
