#include "measure/report.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/err.h"

const char *swio_report_time(int64_t us, char between, char text[REPORT_TIME])
{
    time_t seconds = (time_t)(us / 1000000);
    struct tm tm;
    if (!gmtime_r(&seconds, &tm) || !strftime(text, REPORT_TIME, "%Y-%m-%d %H:%M:%S", &tm))
        return "?";
    text[10] = between;
    return text;
}

static const char *const names[SWIO_REPORT_FORMATS] = {
    [SWIO_REPORT_TEXT] = "text",
    [SWIO_REPORT_MARKDOWN] = "markdown",
    [SWIO_REPORT_JSON] = "json",
};

bool swio_report_find(const char *name, swio_report_format *out)
{
    for (size_t i = 0; i < SWIO_REPORT_FORMATS; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (swio_report_format)i;
            return true;
        }
    }
    return false;
}

int swio_report_write(swio_metrics *metrics, swio_report_format format,
                      const swio_report_opts *opts, FILE *to)
{
    static const swio_report_opts standard;
    if ((unsigned)format >= SWIO_REPORT_FORMATS)
        return swio_err(SWIO_EINVAL, "a report has no format %d", (int)format);
    opts = opts ? opts : &standard;
    swio_buf out = {0};
    if (format == SWIO_REPORT_JSON)
        swio_report_json(metrics, opts, &out);
    else
        swio_report_words(metrics, opts, format == SWIO_REPORT_MARKDOWN, &out);
    int error = swio_buf_error(&out);
    errno = 0;
    /* glibc counts as written what it had in a buffer by lines and could not flush, and drops it:
     * that it failed is seen at the stream alone. */
    if (!error && (fwrite(out.data, 1, out.len, to) != out.len || fflush(to) || ferror(to)))
        error = swio_err(SWIO_EIO, "cannot write the report: %s", strerror(errno ? errno : EIO));
    swio_buf_free(&out);
    return error;
}
