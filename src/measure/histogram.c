#include "measure/histogram.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"

enum {
    HALF_BITS = 10,
    HALF = 1 << HALF_BITS,             /* buckets in each power of two */
    LINEAR = 2 * HALF,                 /* values with a bucket each */
    OCTAVES = 63 - (HALF_BITS + 1),    /* powers of two from LINEAR on */
    BUCKETS = LINEAR + OCTAVES * HALF, /* on each side */
};

struct swio_histogram {
    uint64_t count;
    int64_t min, max;
    double sum; /* of whole numbers: exact while it is below 2^53, 285 years of microseconds */
    uint64_t buckets[2 * BUCKETS]; /* the negative ones first, each side by its distance to 0 */
};

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? (uint64_t)-value : (uint64_t)value;
}

static size_t bucket_of(uint64_t n)
{
    if (n < LINEAR)
        return (size_t)n;
    unsigned shift =
        63 - (unsigned)__builtin_clzll(n) - HALF_BITS; /* n >> shift is in HALF..2*HALF */
    return LINEAR + (size_t)(shift - 1) * HALF + (size_t)((n >> shift) - HALF);
}

/* The middle of a bucket's values. */
static double middle_of(size_t bucket)
{
    assert(bucket < BUCKETS);
    if (bucket < LINEAR)
        return (double)bucket;
    unsigned shift = (unsigned)((bucket - LINEAR) / HALF) + 1;
    uint64_t lowest = ((uint64_t)((bucket - LINEAR) % HALF) + HALF) << shift;
    return (double)lowest + (double)(((uint64_t)1 << shift) - 1) / 2;
}

swio_histogram *swio_histogram_new(void)
{
    return swio_calloc(1, sizeof(swio_histogram));
}

void swio_histogram_free(swio_histogram *histogram)
{
    swio_free(histogram);
}

/* Touches no page that no value has touched. */
void swio_histogram_clear(swio_histogram *h)
{
    for (size_t i = 0; i < 2 * BUCKETS; i++)
        if (h->buckets[i])
            h->buckets[i] = 0;
    h->count = 0;
    h->min = h->max = 0;
    h->sum = 0;
}

void swio_histogram_add(swio_histogram *h, int64_t value)
{
    if (value == INT64_MIN)
        value++;
    h->buckets[bucket_of(magnitude(value)) + (value < 0 ? 0 : BUCKETS)]++;
    if (h->count == 0 || value < h->min)
        h->min = value;
    if (h->count == 0 || value > h->max)
        h->max = value;
    h->sum += (double)value;
    h->count++;
}

uint64_t swio_histogram_count(const swio_histogram *h)
{
    return h->count;
}

int64_t swio_histogram_min(const swio_histogram *h)
{
    return h->min;
}

int64_t swio_histogram_max(const swio_histogram *h)
{
    return h->max;
}

double swio_histogram_mean(const swio_histogram *h)
{
    return h->count ? h->sum / (double)h->count : NAN;
}

/* 99.9 is a little more as a double than as it is written: of 1,000 values it must not be the
 * 1,000th for that. */
uint64_t swio_nearest_rank(double p, uint64_t count)
{
    double rank = ceil(p / 100 * (double)count * (1 - 4 * DBL_EPSILON));
    if (!(rank > 1))
        return 1;
    return rank >= (double)count ? count : (uint64_t)rank;
}

/* The middle of the bucket in which the value of this rank is. Only buckets between those of the
 * smallest and the greatest value are looked at. */
static double value_of_rank(const swio_histogram *h, uint64_t rank)
{
    uint64_t seen = 0;
    if (h->min < 0) {
        size_t last = h->max < 0 ? bucket_of(magnitude(h->max)) : 0;
        for (size_t i = bucket_of(magnitude(h->min)) + 1; i-- > last;)
            if ((seen += h->buckets[i]) >= rank)
                return -middle_of(i);
    }
    for (size_t i = h->min < 0 ? 0 : bucket_of(magnitude(h->min)); i < BUCKETS; i++)
        if ((seen += h->buckets[BUCKETS + i]) >= rank)
            return middle_of(i);
    return (double)h->max;
}

double swio_histogram_percentile(const swio_histogram *h, double p)
{
    if (h->count == 0)
        return NAN;
    uint64_t rank = swio_nearest_rank(p, h->count);
    if (rank == 1)
        return (double)h->min;
    if (rank == h->count)
        return (double)h->max;
    return fmin(fmax(value_of_rank(h, rank), (double)h->min), (double)h->max);
}
