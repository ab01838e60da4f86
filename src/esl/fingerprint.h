/* One byte that stands for a header's name, so that 64 names are compared at once. */
#ifndef SWIO_ESL_FINGERPRINT_H
#define SWIO_ESL_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { SWIO_FINGERPRINTS = 64 };

static inline size_t swio_fingerprints_padded(size_t count)
{
    return (count + SWIO_FINGERPRINTS - 1) / SWIO_FINGERPRINTS * SWIO_FINGERPRINTS;
}

/* What swio_fingerprint() is made with, for code that makes several at once. */
#define SWIO_PRINT_FOLD   0x20202020U
#define SWIO_PRINT_FACTOR 0x9e3779b1U

/*
 * Made of the length and the last four bytes, because names begin alike (variable_rtp_audio_in_…).
 * The same for names that differ in case only: setting bit 5 folds letters, and folding a few other
 * bytes too costs nothing but a comparison. Of the 98 names of an average event 0.13 are compared
 * in vain per look-up; with 256 random prints it would be 0.2.
 */
static inline uint8_t swio_fingerprint(const char *name, size_t len)
{
    uint32_t tail = 0;
    if (__builtin_expect(len >= sizeof tail, 1))
        memcpy(&tail, name + len - sizeof tail, sizeof tail);
    else
        for (size_t i = 0; i < len; i++)
            tail = tail << 8 | (unsigned char)name[i];
    return (uint8_t)(((tail | SWIO_PRINT_FOLD) + (uint32_t)len) * SWIO_PRINT_FACTOR >> 24);
}

/* Bit i is set where print i of 64 is `print`; in plain C. */
static inline uint64_t swio_fingerprint_hits_portable(const uint8_t *prints, uint8_t print)
{
    uint64_t hits = 0;
    for (unsigned i = 0; i < SWIO_FINGERPRINTS; i++)
        hits |= (uint64_t)(prints[i] == print) << i;
    return hits;
}

#ifdef __SSE2__
static inline uint64_t swio_fingerprint_hits16(const uint8_t *prints, __m128i print)
{
    __m128i some = _mm_loadu_si128((const __m128i *)(const void *)prints);
    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(some, print));
}
#endif

/* The same, as fast as it goes. */
static inline uint64_t swio_fingerprint_hits(const uint8_t *prints, uint8_t print)
{
#ifdef __SSE2__
    const __m128i wanted = _mm_set1_epi8((char)print);
    return swio_fingerprint_hits16(prints, wanted) |
           swio_fingerprint_hits16(prints + 16, wanted) << 16 |
           swio_fingerprint_hits16(prints + 32, wanted) << 32 |
           swio_fingerprint_hits16(prints + 48, wanted) << 48;
#else
    return swio_fingerprint_hits_portable(prints, print);
#endif
}

#endif
