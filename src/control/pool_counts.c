/* What the listeners of a pool count, summed. */
#include "base/err.h"
#include "control/pool.h"
#include "track/counts.h"

/* As many distinct names as a listener keeps of each. */
enum { NAMES_MAX = 1000 };

size_t swio_pool_count_sessions(swio_pool *pool)
{
    size_t sum = 0;
    for (size_t i = 0; i < pool->count; i++)
        sum += swio_listener_count_sessions(pool->listeners[i]);
    return sum;
}

size_t swio_pool_count_calls(swio_pool *pool)
{
    size_t sum = 0;
    for (size_t i = 0; i < pool->count; i++)
        sum += swio_listener_count_calls(pool->listeners[i]);
    return sum;
}

size_t swio_pool_count_jobs(swio_pool *pool)
{
    size_t sum = 0;
    for (size_t i = 0; i < pool->count; i++)
        sum += swio_listener_count_jobs(pool->listeners[i]);
    return sum;
}

/* swio_totals is made of counters alone. */
typedef union sums {
    swio_totals totals;
    uint64_t counters[sizeof(swio_totals) / sizeof(uint64_t)];
} sums;

void swio_pool_totals(swio_pool *pool, swio_totals *out)
{
    sums sum = {0}, one;
    for (size_t i = 0; i < pool->count; i++) {
        swio_listener_totals(pool->listeners[i], &one.totals);
        for (size_t j = 0; j < sizeof sum.counters / sizeof sum.counters[0]; j++)
            sum.counters[j] += one.counters[j];
    }
    *out = sum.totals;
}

uint64_t swio_pool_count_failed(swio_pool *pool)
{
    swio_totals totals;
    swio_pool_totals(pool, &totals);
    return totals.failed;
}

uint64_t swio_pool_count_answered(swio_pool *pool)
{
    swio_totals totals;
    swio_pool_totals(pool, &totals);
    return totals.answered;
}

int swio_pool_counts(swio_pool *pool, swio_counter which, swio_counts **out)
{
    swio_counts *sum = NULL;
    int error = swio_counts_new(NAMES_MAX, &sum);
    for (size_t i = 0; !error && i < pool->count; i++) {
        swio_counts *one = NULL;
        error = swio_listener_counts(pool->listeners[i], which, &one);
        if (!error)
            swio_counts_merge(sum, one);
        swio_counts_free(one);
    }
    if (error)
        swio_counts_free(sum);
    else
        *out = sum;
    return error;
}

void swio_pool_reset(swio_pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        swio_listener_reset(pool->listeners[i]);
}
