#include "esl/lines.h"

#include <stdatomic.h>
#include <string.h>

#include "esl/fingerprint.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* gcc would gather the three places in a vector register before it writes them: that takes longer.
 */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-slp-vectorize")
#endif

enum { BLOCK = 64 };

/*
 * How far ahead of the scan memory is fetched: about an event, so that the next one comes while
 * this one is indexed and read. (Fetching never faults, not even behind the end.)
 */
enum { AHEAD = 4096 };

/* ---- plain C ---- */

/* A byte of the result is 0x80 where the byte of x is zero: exact, no borrow between bytes. */
static inline uint64_t zero_bytes(uint64_t x)
{
    const uint64_t low7 = 0x7f7f7f7f7f7f7f7fULL;
    return ~(((x & low7) + low7) | x | low7);
}

/* Bit i is set where byte i of 8 is `byte`. */
static inline uint64_t equal8(const char *bytes, char byte)
{
    uint64_t word = 0;
    for (int k = 0; k < 8; k++) /* little-endian, whatever the machine; compilers see a load */
        word |= (uint64_t)(unsigned char)bytes[k] << (8 * k);
    uint64_t hits = zero_bytes(word ^ 0x0101010101010101ULL * (unsigned char)byte);
    return (hits >> 7) * 0x0102040810204080ULL >> 56;
}

static inline uint64_t newlines_portable(const char *bytes)
{
    uint64_t bits = 0;
    for (int i = 0; i < BLOCK / 8; i++)
        bits |= equal8(bytes + 8 * i, '\n') << (8 * i);
    return bits;
}

static inline uint32_t colons_portable(const char *bytes)
{
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++)
        bits |= equal8(bytes + 8 * i, ':') << (8 * i);
    return (uint32_t)bits;
}

static inline uint32_t lowest_portable(uint64_t bits)
{
    return (uint32_t)__builtin_ctzll(bits | 1ULL << 63);
}

#define WAY(name) name##_portable
#define TARGET
#define newlines newlines_portable
#define colons   colons_portable
#define lowest   lowest_portable
#include "esl/lines_template.h"

const swio_lines swio_lines_portable = {"portable", ends_portable, split_portable};

#ifdef __x86_64__

/* ---- SSE2 ---- */

static inline uint32_t equal16(const char *bytes, __m128i byte)
{
    __m128i some = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(some, byte));
}

static inline uint32_t equal32(const char *bytes, __m128i byte)
{
    return equal16(bytes, byte) | equal16(bytes + 16, byte) << 16;
}

static inline uint64_t newlines_sse2(const char *bytes)
{
    const __m128i newline = _mm_set1_epi8('\n');
    return equal32(bytes, newline) | (uint64_t)equal32(bytes + 32, newline) << 32;
}

static inline uint32_t colons_sse2(const char *bytes)
{
    return equal32(bytes, _mm_set1_epi8(':'));
}

#define WAY(name) name##_sse2
#define TARGET
#define newlines newlines_sse2
#define colons   colons_sse2
#define lowest   lowest_portable
#include "esl/lines_template.h"

const swio_lines swio_lines_sse2 = {"sse2", ends_sse2, split_sse2};

/* ---- AVX2, with the bit instructions of the same machines ---- */

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 static inline uint32_t equal_avx2(const char *bytes, char byte)
{
    __m256i some = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(some, _mm256_set1_epi8(byte)));
}

AVX2 static inline uint64_t newlines_avx2(const char *bytes)
{
    return equal_avx2(bytes, '\n') | (uint64_t)equal_avx2(bytes + 32, '\n') << 32;
}

AVX2 static inline uint32_t colons_avx2(const char *bytes)
{
    return equal_avx2(bytes, ':');
}

AVX2 static inline uint32_t lowest_avx2(uint64_t bits)
{
    return (uint32_t)_tzcnt_u64(bits);
}

#define WAY(name) name##_avx2
#define TARGET    AVX2
#define newlines  newlines_avx2
#define colons    colons_avx2
#define lowest    lowest_avx2
#include "esl/lines_template.h"

const swio_lines swio_lines_avx2 = {"avx2", ends_avx2, split_avx2};

/* Every thread that asks first chooses the same. */
const swio_lines *swio_lines_best(void)
{
    static _Atomic(const swio_lines *) best;
    const swio_lines *chosen = atomic_load_explicit(&best, memory_order_relaxed);
    if (!chosen) {
        bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                    __builtin_cpu_supports("popcnt");
        chosen = avx2 ? &swio_lines_avx2 : &swio_lines_sse2;
        atomic_store_explicit(&best, chosen, memory_order_relaxed);
    }
    return chosen;
}

#else

const swio_lines *swio_lines_best(void)
{
    return &swio_lines_portable;
}

#endif
