/* Comparing short texts: names and values, of which every event has a few hundred. */
#ifndef SWIO_TRACK_SAME_H
#define SWIO_TRACK_SAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* So many bytes before the end of either text must be readable, whatever stands there. */
enum { SWIO_SAME_BEFORE = 32 };

#ifdef __SSE2__
static inline uint32_t swio_same_bytes16(const char *a, const char *b)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)a);
    __m128i y = _mm_loadu_si128((const __m128i *)(const void *)b);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, y));
}

static inline uint32_t swio_same_bytes32(const char *a, const char *b)
{
    return swio_same_bytes16(a, b) | swio_same_bytes16(a + 16, b + 16) << 16;
}
#endif

/*
 * Whether the `len` bytes before `a` and those before `b` are the same. Windows of 32 bytes from
 * the end, and of the last one the bits that lie before the texts shifted out: most texts are one
 * window, so that no branch depends on their length, which a memcmp() of each would guess wrong.
 */
static inline bool swio_same_before(const char *a, const char *b, size_t len)
{
#ifdef __SSE2__
    for (;;) {
        a -= SWIO_SAME_BEFORE;
        b -= SWIO_SAME_BEFORE;
        uint32_t same = swio_same_bytes32(a, b);
        if (len <= SWIO_SAME_BEFORE)
            return (uint64_t)(uint32_t)~same << len >> 32 == 0;
        if (same != UINT32_MAX)
            return false;
        len -= SWIO_SAME_BEFORE;
    }
#else
    return memcmp(a - len, b - len, len) == 0;
#endif
}

/*
 * How many bytes are the same from here on, of at most `len`. So many more must be readable behind
 * both.
 */
enum { SWIO_SAME_BEHIND = 31 };
static inline size_t swio_same_bytes(const char *a, const char *b, size_t len)
{
    size_t i = 0;
#ifdef __SSE2__
    for (; i < len; i += 32) {
        uint32_t same = swio_same_bytes32(a + i, b + i);
        if (same != UINT32_MAX) {
            i += (size_t)__builtin_ctz(~same);
            break;
        }
    }
    return i < len ? i : len;
#else
    while (i < len && a[i] == b[i])
        i++;
    return i;
#endif
}

#endif
