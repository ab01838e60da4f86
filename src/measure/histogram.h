/* A histogram of fixed relative error and fixed size. */
#ifndef SWIO_MEASURE_HISTOGRAM_H
#define SWIO_MEASURE_HISTOGRAM_H

#include <stdint.h>

/*
 * Log-linear buckets: whole numbers below 2048 have a bucket each, and from there on each power of
 * two is parted into 1024 equal ones. A bucket is thus no wider than 1/1024 of its values, and its
 * middle within half of that of each (SWIO_PERCENTILE_ERROR). Negative values have the same buckets
 * on their side. The memory (0.9 MB) is zeroed pages, of which the system gives those that are
 * touched: a few KB for latencies that are alike. Not guarded against other threads.
 */
typedef struct swio_histogram swio_histogram;

swio_histogram *swio_histogram_new(void); /* NULL without memory; it needs none later */
void swio_histogram_free(swio_histogram *histogram);
void swio_histogram_clear(swio_histogram *histogram);

/* Values that are INT64_MIN count as INT64_MIN + 1. */
void swio_histogram_add(swio_histogram *histogram, int64_t value);

uint64_t swio_histogram_count(const swio_histogram *histogram);

/* Exact; 0 where there is none, and the mean NAN. */
int64_t swio_histogram_min(const swio_histogram *histogram);
int64_t swio_histogram_max(const swio_histogram *histogram);
double swio_histogram_mean(const swio_histogram *histogram);

/* By nearest rank, 0 <= p <= 100: exact below 2048, elsewhere the middle of the bucket, never
 * outside of min and max. NAN where there is no value. */
double swio_histogram_percentile(const swio_histogram *histogram, double p);

/* Of so many values, at least 1, the rank from 1 on of the smallest that at least p % of them do
 * not exceed. */
uint64_t swio_nearest_rank(double p, uint64_t count);

#endif
