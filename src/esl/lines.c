#include "esl/lines.h"

#include <stdatomic.h>
#include <string.h>

#include "esl/fingerprint.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* gcc would gather the places in a vector register before it writes them: that takes longer. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-slp-vectorize")
#endif

enum { BLOCK = SWIO_LINES_MIN }; /* the last one overlaps the one before it */

/*
 * How far ahead of the scan memory is fetched: about two events, so that the next one comes while
 * this one is indexed and read. (Fetching never faults, not even behind the end.)
 */
enum { AHEAD = 8192 };

/* ---- plain C ---- */

/* A byte of the result is 0x80 where the byte of x is zero: exact, no borrow between bytes. */
static inline uint64_t zero_bytes(uint64_t x)
{
    const uint64_t low7 = 0x7f7f7f7f7f7f7f7fULL;
    return ~(((x & low7) + low7) | x | low7);
}

static inline uint64_t equal_bytes(uint64_t word, char byte)
{
    return zero_bytes(word ^ 0x0101010101010101ULL * (unsigned char)byte);
}

static inline uint64_t copy8_portable(char *to, const char *bytes)
{
    uint64_t word = 0;
    for (int k = 0; k < 8; k++) /* little-endian, whatever the machine; compilers see a load */
        word |= (uint64_t)(unsigned char)bytes[k] << (8 * k);
    uint64_t hits = equal_bytes(word, ':') | equal_bytes(word, '\n');
    word &= ~((hits >> 7) * 0xff);
    for (int k = 0; k < 8; k++)
        to[k] = (char)(word >> (8 * k));
    return (hits >> 7) * 0x0102040810204080ULL >> 56;
}

static inline uint64_t copy64_portable(char *to, const char *bytes)
{
    uint64_t bits = 0;
    for (int i = 0; i < BLOCK; i += 8)
        bits |= copy8_portable(to + i, bytes + i) << i;
    return bits;
}

static inline uint32_t lowest_portable(uint64_t bits)
{
    return (uint32_t)__builtin_ctzll(bits | 1ULL << 63);
}

static bool alternate_any(const char *bytes, const swio_entry *entries, size_t count,
                          uint8_t *prints)
{
    size_t line = 0;
    for (size_t i = 0; i < count; i++) {
        size_t colon = entries[i].colon, end = entries[i].end;
        if (memcmp(bytes + colon, ": ", 2) != 0 || bytes[end] != '\n')
            return false;
        prints[i] = swio_fingerprint(bytes + line, colon - line);
        line = end + 1;
    }
    return true;
}

#define WAY(name) name##_portable
#define TARGET
#define copy64 copy64_portable
#define lowest lowest_portable
#include "esl/lines_template.h"

const swio_lines swio_lines_portable = {"portable", copy_portable, alternate_any};

#ifdef __x86_64__

/* ---- SSE2 ---- */

static inline uint64_t copy16_sse2(char *to, const char *bytes)
{
    __m128i some = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(some, _mm_set1_epi8(':')),
                                 _mm_cmpeq_epi8(some, _mm_set1_epi8('\n')));
    _mm_storeu_si128((__m128i *)(void *)to, _mm_andnot_si128(marks, some));
    return (uint32_t)_mm_movemask_epi8(marks);
}

static inline uint64_t copy64_sse2(char *to, const char *bytes)
{
    return copy16_sse2(to, bytes) | copy16_sse2(to + 16, bytes + 16) << 16 |
           copy16_sse2(to + 32, bytes + 32) << 32 | copy16_sse2(to + 48, bytes + 48) << 48;
}

#define WAY(name) name##_sse2
#define TARGET
#define copy64 copy64_sse2
#define lowest lowest_portable
#include "esl/lines_template.h"

const swio_lines swio_lines_sse2 = {"sse2", copy_sse2, alternate_any};

/* ---- AVX2, with the bit instructions of the same machines ---- */

/* Tuned for all machines, gcc clears a register before each tzcnt, for the sake of old ones. */
#ifdef __clang__
#define AVX2 __attribute__((target("avx2,bmi,popcnt")))
#else
#define AVX2 __attribute__((target("avx2,bmi,popcnt,tune=znver2")))
#endif

AVX2 static inline uint64_t copy32_avx2(char *to, const char *bytes)
{
    __m256i some = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    __m256i marks = _mm256_or_si256(_mm256_cmpeq_epi8(some, _mm256_set1_epi8(':')),
                                    _mm256_cmpeq_epi8(some, _mm256_set1_epi8('\n')));
    _mm256_storeu_si256((__m256i *)(void *)to, _mm256_andnot_si256(marks, some));
    return (uint32_t)_mm256_movemask_epi8(marks);
}

AVX2 static inline uint64_t copy64_avx2(char *to, const char *bytes)
{
    return copy32_avx2(to, bytes) | copy32_avx2(to + 32, bytes + 32) << 32;
}

AVX2 static inline uint32_t lowest_avx2(uint64_t bits)
{
    return (uint32_t)_tzcnt_u64(bits);
}

#define WAY(name) name##_avx2
#define TARGET    AVX2
#define copy64    copy64_avx2
#define lowest    lowest_avx2
#include "esl/lines_template.h"

/* The end of a name and its separator: "??name: ". The first two bytes may be of the line before.
 */
enum { BEFORE = 6 };

AVX2 static inline long long around(const char *bytes, const swio_entry *entry)
{
    long long eight;
    memcpy(&eight, bytes + entry->colon - BEFORE, sizeof eight);
    return eight;
}

/* swio_fingerprint() of four names, of which none is shorter than four bytes. */
AVX2 static inline __m128i prints_of(__m256i eight, __m256i len)
{
    __m256i tail =
        _mm256_or_si256(_mm256_srli_epi64(eight, 16), _mm256_set1_epi32(SWIO_PRINT_FOLD));
    __m256i product =
        _mm256_mul_epu32(_mm256_add_epi32(tail, len), _mm256_set1_epi32((int)SWIO_PRINT_FACTOR));
    __m256i pairs = _mm256_shuffle_epi8(product, _mm256_set1_epi64x(0x0b03)); /* bits 24 to 31 */
    return _mm_unpacklo_epi16(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
}

/*
 * Four headers at a time, each in 64 bits of a register. The last four overlap the four before
 * them: a second loop for what is left would end at another place in each event, and be guessed
 * wrong.
 */
AVX2 static bool alternate_avx2(const char *bytes, const swio_entry *entries, size_t count,
                                uint8_t *prints)
{
    const __m256i separator = _mm256_set1_epi64x(0x203aLL << 48), one = _mm256_set1_epi32(1);
    __m256i separated = _mm256_set1_epi8(-1), brief = _mm256_setzero_si256();
    if (count < 4 || entries[0].colon < BEFORE)
        return alternate_any(bytes, entries, count, prints);
    for (size_t i = 0; i < count; i += 4) {
        size_t first = count - i < 4 ? count - 4 : i;
        const swio_entry *e = entries + first;
        if (bytes[e[0].end] != '\n' || bytes[e[1].end] != '\n' || bytes[e[2].end] != '\n' ||
            bytes[e[3].end] != '\n')
            return false;
        __m256i eight = _mm256_set_epi64x(around(bytes, e + 3), around(bytes, e + 2),
                                          around(bytes, e + 1), around(bytes, e));
        __m256i colons = _mm256_loadu_si256((const __m256i *)(const void *)e);
        __m256i ends = _mm256_loadu_si256((const __m256i *)(const void *)&e[-1].end);
        __m256i len = _mm256_sub_epi32(_mm256_sub_epi32(colons, ends), one);
        __m128i four = prints_of(eight, len);
        memcpy(prints + first, &four, 4);
        separated = _mm256_and_si256(separated, _mm256_cmpeq_epi16(eight, separator));
        brief = _mm256_or_si256(brief, _mm256_cmpgt_epi32(_mm256_set1_epi32(4), len));
    }
    if (~(uint32_t)_mm256_movemask_epi8(separated) & 0xc0c0c0c0)
        return false;
    if ((uint32_t)_mm256_movemask_epi8(brief) & 0x0f0f0f0f) /* a name of less than four bytes */
        return alternate_any(bytes, entries, count, prints);
    return true;
}

const swio_lines swio_lines_avx2 = {"avx2", copy_avx2, alternate_avx2};

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
