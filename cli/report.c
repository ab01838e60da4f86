#include <stddef.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/report.h>
#include <switchio/store.h>

#include "cli/commands.h"

typedef struct report_settings {
    const char *format;
} report_settings;

static const option_row options[] = {
    {.name = "format",
     .letter = 'f',
     .kind = OPTION_TEXT,
     .value = "FORMAT",
     .standard = "text",
     .at = offsetof(report_settings, format),
     .help = "text, markdown or json"},
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

static int write_report(const char *path, swio_report_format format, swio_metrics *metrics)
{
    swio_metrics_summary summary;
    if (swio_cdr_read(path, add, metrics))
        return say_failed();
    swio_metrics_summarize(metrics, &summary);
    if (summary.arrivals == 0) {
        fprintf(stderr, "switchio report: %s: has no call records, so there is nothing to tell\n",
                path);
        return STATUS_FAILED;
    }
    if (swio_report_write(metrics, format, &(swio_report_opts){.records = path}, stdout))
        return say_failed();
    return STATUS_DONE;
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
    int status = find_format(s->format, &format);
    if (status < 0)
        status =
            swio_metrics_new(&metrics) ? say_failed() : write_report(operands[0], format, metrics);
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
               "  switchio report out --format json | jq .figures.asr\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .settings_size = sizeof(report_settings),
    .run = run,
};
