/* What became of the calls: numbers, criteria, a picture. */
#include <inttypes.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/plot.h>
#include <switchio/report.h>

#include "cli/console_state.h"

/* How often, and after how many seconds each, it is seen whether the records are on the disk. */
enum { LOOKS = 100 };
static const double STEP = 0.05;

int console_metrics(console *c, int count, const char **words)
{
    swio_originator_counts n;
    swio_report_format format = SWIO_REPORT_TEXT;
    swio_report_opts opts = {.brief = count == 0};
    if (console_need_originator(c, "metrics"))
        return -1;
    if (count && !swio_report_find(words[0], &format))
        return console_error(c, "metrics", "'%s' is no format: give text, markdown or json",
                             words[0]);
    swio_originator_count(c->originator, &n);
    if (!count && n.active)
        printf("%" PRIu64 " calls are up; of those that have ended:\n", n.active);
    if (swio_report_write(c->opts.metrics, format, &opts, stdout))
        return console_failed(c, "metrics");
    return 0;
}

int console_expect(console *c, int count, const char **words)
{
    swio_expect *expect = NULL;
    (void)count;
    if (swio_expect_new(words[0], &expect))
        return console_failed(c, "expect");
    swio_verdict verdict = swio_expect_check(expect, c->opts.metrics);
    printf("%s: %s, %s\n", swio_expect_text(expect), verdict.passed ? "met" : "not met",
           verdict.text);
    swio_expect_free(expect);
    return verdict.passed ? 0 : -1;
}

int console_plot(console *c, int count, const char **words)
{
    (void)count;
    if (!c->opts.store)
        return console_error(c, "plot",
                             "no records are kept: say where to at the beginning, --metrics-file");
    for (int look = 0; look < LOOKS; look++) {
        swio_store_counts n = swio_store_count(c->opts.store);
        if (n.written + n.dropped >= n.put)
            break;
        swio_sleep(STEP);
    }
    if (swio_plot(swio_store_path(c->opts.store), words[0], NULL))
        return console_failed(c, "plot");
    return 0;
}
