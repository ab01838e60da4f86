/* Expectations: what a run has to have reached. */
#ifndef SWITCHIO_EXPECT_H
#define SWITCHIO_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <switchio/export.h>
#include <switchio/metrics.h>

SWIO_BEGIN_DECLS

/*
 *     asr>=0.99    asr >= 99%    blocked<=1%    failed==0    rate>=99
 *     p95(call_setup_latency)<200ms    mean(mos)>=4    max(launch_lateness)<=0.005s
 *
 * On the left a figure of the summary (swio_figure_at() lists them), or of a metric
 * (swio_metric_get()) its count, min, max, mean or a percentile: p50, p99.9. Then one of < <= > >=
 * == != (and = for ==), then a number with its unit: us, ms, s or min for times, which must have
 * one; % for ratios, and for counts of arrivals, which are then taken as a share (blocked of the
 * arrivals, failed of the offered). A ratio is from 0 to 1, or to 100 %: what no run could miss, as
 * blocking<5, is refused.
 */
typedef struct swio_expect swio_expect;

/* SWIO_EINVAL with a sentence that says what is wrong, and which names there are; SWIO_ENOMEM. */
SWIO_API int swio_expect_new(const char *text, swio_expect **out);
SWIO_API swio_expect *swio_expect_free(swio_expect *expect); /* gives NULL; NULL is fine */

/* As it was given, without spaces around it; lives as long as the expectation. */
SWIO_API const char *swio_expect_text(const swio_expect *expect);

typedef struct swio_verdict {
    bool passed;
    double value;  /* measured, in the unit's base (seconds, 0 to 1); NAN: nothing was measured */
    char text[32]; /* the value as a person reads it: "187 ms"; "nothing measured" */
} swio_verdict;

/* What was not measured passes nothing, and without any record nothing passes. Any thread. */
SWIO_API swio_verdict swio_expect_check(const swio_expect *expect, swio_metrics *metrics);

SWIO_END_DECLS

#endif
