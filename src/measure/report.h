/* A report in each of its formats. */
#ifndef SWIO_MEASURE_REPORT_H
#define SWIO_MEASURE_REPORT_H

#include <switchio/report.h>

#include "base/buf.h"

/* What goes wrong shows in `out`. */
void swio_report_words(swio_metrics *metrics, const swio_report_opts *opts, bool markdown,
                       swio_buf *out);
void swio_report_json(swio_metrics *metrics, const swio_report_opts *opts, swio_buf *out);

/* "2026-11-22 20:14:42" of microseconds since 1970, in UTC, with `between` date and time: in
 * `text`, and "?" for what is no time. */
enum { REPORT_TIME = 32 };
const char *swio_report_time(int64_t us, char between, char text[REPORT_TIME]);

#endif
