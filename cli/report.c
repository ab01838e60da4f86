#include <stddef.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/report.h>
#include <switchio/store.h>

#include "cli/commands.h"
#include "cli/dial_expect.h"
#include "cli/terminal.h"

typedef struct report_settings {
    const char *format;
    option_texts expects;
} report_settings;

static const option_row options[] = {
    {.name = "format",
     .letter = 'f',
     .kind = OPTION_TEXT,
     .value = "FORMAT",
     .standard = "text",
     .at = offsetof(report_settings, format),
     .help = "of the report: text, markdown or json"},
    {.name = "expect",
     .letter = 'e',
     .kind = OPTION_TEXTS,
     .value = "CRITERION",
     .at = offsetof(report_settings, expects),
     .help = "what the run had to come to, as 'asr>=0.99' or 'p95(call_setup_latency)<200ms'; the "
             "exit status is 1 where it did not"},
};

static int add(const swio_cdr *cdr, void *metrics)
{
    swio_metrics_add(metrics, cdr);
    return 0;
}

static int say_failed(void)
{
    fprintf(stderr, "switchio report: %s\n", swio_errmsg());
    return STATUS_FAILED;
}

/* A run that did not come to what was expected ends like one that could not be reported. */
static int write_report(const char *path, swio_report_format format, swio_metrics *metrics,
                        dial_expects *expects)
{
    swio_metrics_summary summary;
    swio_report_opts opts = {
        .records = path,
        .expectations = (const swio_expect *const *)expects->expect,
        .expectation_count = format == SWIO_REPORT_TEXT ? 0 : expects->count,
    };
    if (swio_cdr_read(path, add, metrics))
        return say_failed();
    swio_metrics_summarize(metrics, &summary);
    if (summary.arrivals == 0) {
        fprintf(stderr, "switchio report: %s: has no call records, so there is nothing to tell\n",
                path);
        return STATUS_FAILED;
    }
    if (swio_report_write(metrics, format, &opts, stdout))
        return say_failed();
    bool met = dial_expects_judge(expects, metrics);
    if (format == SWIO_REPORT_TEXT && expects->count) {
        putchar('\n');
        dial_expects_print(expects, terminal_takes_utf8(), stdout);
    }
    return met ? STATUS_DONE : STATUS_FAILED;
}

static int find_format(const char *name, swio_report_format *format)
{
    static const char *const names[] = {"text", "markdown", "json", NULL};
    if (swio_report_find(name, format))
        return -1;
    const char *meant = suggestion(name, names);
    if (meant)
        return usage_error(&command_report, "--format: there is no '%s': did you mean %s?", name,
                           meant);
    return usage_error(&command_report, "--format: there is no '%s': text, markdown or json", name);
}

static int run(const void *given, int count, char **operands)
{
    const report_settings *s = given;
    swio_report_format format;
    swio_metrics *metrics = NULL;
    if (count != 1)
        return usage_error(&command_report,
                           count ? "one file of call records at a time"
                                 : "which file? It was named with dial --metrics-file");
    dial_expects expects = {0};
    int status = find_format(s->format, &format);
    if (status < 0)
        status = dial_expects_read(&command_report, &s->expects, &expects);
    if (status < 0)
        status = swio_metrics_new(&metrics) ? say_failed()
                                            : write_report(operands[0], format, metrics, &expects);
    dial_expects_free(&expects);
    swio_metrics_free(metrics);
    return status;
}

const command command_report = {
    .name = "report",
    .operands = "FILE",
    .summary = "Tell the numbers of a run from its call records",
    .description =
        "Reads what dial --metrics-file has written, a CSV file, a directory with calls.csv in it,\n"
        "or an SQLite database, and computes every number from these records: counts, ratios,\n"
        "traffic, percentiles of latencies, causes, apps and switches.\n",
    .example = "  switchio dial --sim --rate 50 --limit 500 --max-offered 500 --metrics-file out\n"
               "  switchio report out\n"
               "  switchio report out --format json | jq .figures.asr\n"
               "  switchio report out --expect 'asr>=0.99'\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .settings_size = sizeof(report_settings),
    .only_prints = 1,
    .run = run,
};
