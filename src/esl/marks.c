#include "esl/marks.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 64 };

/* Writes the places of the set bits. Four at a time without asking: a block of 64 bytes of an event
 * has two or three marks, and a branch per mark would be guessed wrong every time. */
static inline uint32_t *put(uint32_t *to, uint64_t bits, uint32_t base)
{
    uint32_t *end = to + __builtin_popcountll(bits);
    while (bits) {
        for (int i = 0; i < 4; i++) {
            to[i] = base + (uint32_t)(bits ? __builtin_ctzll(bits) : 0);
            bits &= bits - 1;
        }
        to += 4;
    }
    return end;
}

/* A byte of the result is 0x80 where the byte of x is zero: exact, no borrow between bytes. */
static inline uint64_t zero_bytes(uint64_t x)
{
    const uint64_t low7 = 0x7f7f7f7f7f7f7f7fULL;
    return ~(((x & low7) + low7) | x | low7);
}

static inline uint64_t portable_block(const char *bytes)
{
    const uint64_t ones = 0x0101010101010101ULL;
    uint64_t bits = 0;
    for (int i = 0; i < BLOCK / 8; i++) {
        uint64_t word = 0;
        for (int k = 0; k < 8; k++) /* little-endian, whatever the machine; compilers see a load */
            word |= (uint64_t)(unsigned char)bytes[8 * i + k] << (8 * k);
        uint64_t hits = zero_bytes(word ^ ones * '\n') | zero_bytes(word ^ ones * ':');
        bits |= ((hits >> 7) * 0x0102040810204080ULL >> 56) << (8 * i);
    }
    return bits;
}

#ifdef __SSE2__
static inline uint64_t sse2_block(const char *bytes)
{
    const __m128i lf = _mm_set1_epi8('\n'), colon = _mm_set1_epi8(':');
    uint64_t bits = 0;
    for (int i = 0; i < BLOCK / 16; i++) {
        __m128i chunk = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i));
        __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(chunk, lf), _mm_cmpeq_epi8(chunk, colon));
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(hits) << (16 * i);
    }
    return bits;
}
#endif

/* A copy of the loop for each kind of block. */
#define FIND(name, block)                                                      \
    size_t name(const char *bytes, size_t len, uint32_t base, uint32_t *marks) \
    {                                                                          \
        uint32_t *to = marks;                                                  \
        size_t at = 0;                                                         \
        for (; len - at >= BLOCK; at += BLOCK)                                 \
            to = put(to, block(bytes + at), base + (uint32_t)at);              \
        if (at < len) {                                                        \
            char rest[BLOCK] = {0};                                            \
            memcpy(rest, bytes + at, len - at);                                \
            to = put(to, block(rest), base + (uint32_t)at);                    \
        }                                                                      \
        return (size_t)(to - marks);                                           \
    }

FIND(swio_marks_portable, portable_block)
#ifdef __SSE2__
FIND(swio_marks_find, sse2_block)
#else
FIND(swio_marks_find, portable_block)
#endif
