/* One byte that stands for a header's name, so that sixteen names are compared at once. */
#ifndef SWIO_ESL_FINGERPRINT_H
#define SWIO_ESL_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { SWIO_FINGERPRINTS = 16 };

static inline size_t swio_fingerprints_padded(size_t count)
{
    return (count + SWIO_FINGERPRINTS - 1) / SWIO_FINGERPRINTS * SWIO_FINGERPRINTS;
}

/* The same for names that differ in case only. */
static inline uint8_t swio_fingerprint(const char *name, size_t len)
{
    if (len == 0)
        return 0;
    unsigned last = (unsigned char)name[len - 1] | 0x20u;
    unsigned middle = (unsigned char)name[len / 2] | 0x20u;
    unsigned first = (unsigned char)name[0] | 0x20u;
    return (uint8_t)(len * 37 + last * 11 + middle * 5 + first * 3);
}

/* Bit i is set where print i of 16 is `print`. */
static inline uint32_t swio_fingerprint_hits(const uint8_t *prints, uint8_t print)
{
#ifdef __SSE2__
    __m128i all = _mm_loadu_si128((const __m128i *)(const void *)prints);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(all, _mm_set1_epi8((char)print)));
#else
    uint32_t hits = 0;
    for (unsigned i = 0; i < SWIO_FINGERPRINTS; i++)
        hits |= (uint32_t)(prints[i] == print) << i;
    return hits;
#endif
}

#endif
