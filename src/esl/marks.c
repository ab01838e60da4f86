#include "esl/marks.h"

#include <stdatomic.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* gcc would gather four places in a vector register before it writes them, which takes longer. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-slp-vectorize")
#endif

/*
 * How far ahead of the scan memory is fetched: about an event, so that the next one comes while
 * this one is indexed and read. (Fetching never faults, not even behind the end.)
 */
enum { AHEAD = 4096 };

enum { BLOCK = 64 };

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

/* The place of the lowest bit that is set; anything if none is. */
static inline uint32_t lowest(uint64_t bits)
{
    return (uint32_t)__builtin_ctzll(bits | 1ULL << 63);
}

#define PLACE(i, lowest) (to[i] = base + lowest(bits), bits &= bits - 1)

/*
 * The functions, for a way to look at a block and a way to count zeros. PUT writes the places of
 * the set bits, six of them without asking: a block of 64 bytes of an event has three or four
 * marks, and a branch for each would be guessed wrong in every block. FIND is the loop; the bytes
 * behind the last whole block are padded with zeros.
 */
#define PUT(name, attributes, lowest)                                                         \
    attributes static inline uint32_t *put_##name(uint32_t *to, uint64_t bits, uint32_t base) \
    {                                                                                         \
        uint32_t *end = to + __builtin_popcountll(bits);                                      \
        PLACE(0, lowest);                                                                     \
        PLACE(1, lowest);                                                                     \
        PLACE(2, lowest);                                                                     \
        PLACE(3, lowest);                                                                     \
        PLACE(4, lowest);                                                                     \
        PLACE(5, lowest);                                                                     \
        for (to += 6; to < end; to++)                                                         \
            PLACE(0, lowest);                                                                 \
        return end;                                                                           \
    }

#define FIND(name, attributes, lowest)                                                  \
    PUT(name, attributes, lowest)                                                       \
    attributes size_t swio_marks_##name(const char *bytes, size_t len, uint32_t *marks, \
                                        size_t max)                                     \
    {                                                                                   \
        const uint32_t *full = marks + max;                                             \
        uint32_t *to = marks;                                                           \
        size_t at = 0;                                                                  \
        for (; len - at >= BLOCK && to <= full; at += BLOCK) {                          \
            __builtin_prefetch(bytes + at + AHEAD);                                     \
            to = put_##name(to, name##_block(bytes + at), (uint32_t)at);                \
        }                                                                               \
        if (at < len && to <= full) {                                                   \
            char rest[BLOCK] = {0};                                                     \
            memcpy(rest, bytes + at, len - at);                                         \
            to = put_##name(to, name##_block(rest), (uint32_t)at);                      \
        }                                                                               \
        return (size_t)(to - marks);                                                    \
    }

FIND(portable, , lowest)

#ifdef __x86_64__

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

FIND(sse2, , lowest)

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 static inline uint64_t avx2_block(const char *bytes)
{
    const __m256i lf = _mm256_set1_epi8('\n'), colon = _mm256_set1_epi8(':');
    uint64_t bits = 0;
    for (int i = 0; i < BLOCK / 32; i++) {
        __m256i chunk = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32 * i));
        __m256i hits =
            _mm256_or_si256(_mm256_cmpeq_epi8(chunk, lf), _mm256_cmpeq_epi8(chunk, colon));
        bits |= (uint64_t)(unsigned)_mm256_movemask_epi8(hits) << (32 * i);
    }
    return bits;
}

AVX2 static inline uint32_t lowest_bmi(uint64_t bits)
{
    return (uint32_t)_tzcnt_u64(bits);
}

FIND(avx2, AVX2, lowest_bmi)

bool swio_marks_has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
}

/* The first call chooses; every thread chooses the same. */
static swio_marks_fn choose;
static _Atomic(swio_marks_fn *) chosen = choose;

static size_t choose(const char *bytes, size_t len, uint32_t *marks, size_t max)
{
    swio_marks_fn *best = swio_marks_has_avx2() ? swio_marks_avx2 : swio_marks_sse2;
    atomic_store_explicit(&chosen, best, memory_order_relaxed);
    return best(bytes, len, marks, max);
}

size_t swio_marks_find(const char *bytes, size_t len, uint32_t *marks, size_t max)
{
    return atomic_load_explicit(&chosen, memory_order_relaxed)(bytes, len, marks, max);
}

#else

size_t swio_marks_find(const char *bytes, size_t len, uint32_t *marks, size_t max)
{
    return swio_marks_portable(bytes, len, marks, max);
}

#endif
