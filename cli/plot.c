#include <stddef.h>
#include <stdint.h>
#include <switchio/error.h>
#include <switchio/plot.h>

#include "cli/commands.h"

typedef struct plot_settings {
    const char *output;
    const char *title;
    uint64_t width, height;
} plot_settings;

#define ROW(field) .at = offsetof(plot_settings, field)
static const option_row options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .value = "FILE",
     ROW(output),
     .help = "the picture to write: its name ends with .png, .svg or .pdf"},
    {.name = "title",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     ROW(title),
     .help = "above the picture (default: what was run, from the records)"},
    {.name = "width",
     .kind = OPTION_COUNT,
     .value = "POINTS",
     .standard = "1200",
     .min = 400,
     .max = 10000,
     ROW(width),
     .help = "of the picture; of a .png its pixels"},
    {.name = "height",
     .kind = OPTION_COUNT,
     .value = "POINTS",
     .standard = "900",
     .min = 400,
     .max = 10000,
     ROW(height),
     .help = "of the picture"},
};

static int run(const void *given, int count, char **operands)
{
    const plot_settings *s = given;
    if (count != 1)
        return usage_error(&command_plot,
                           count ? "one file of call records at a time"
                                 : "which file? It was named with dial --metrics-file");
    if (!s->output)
        return usage_error(&command_plot, "where to? -o FILE.png, FILE.svg or FILE.pdf");
    swio_plot_opts opts = {
        .width = (unsigned)s->width, .height = (unsigned)s->height, .title = s->title};
    if (swio_plot_check(s->output, &opts))
        return usage_error(&command_plot, "%s", swio_errmsg());
    if (!swio_plot(operands[0], s->output, &opts))
        return STATUS_DONE;
    fprintf(stderr, "switchio plot: %s\n", swio_errmsg());
    return STATUS_FAILED;
}

const command command_plot = {
    .name = "plot",
    .operands = "FILE -o PICTURE",
    .summary = "Draw a run from its call records",
    .description =
        "Reads what dial --metrics-file has written and draws three panels over time: latencies,\n"
        "load with failures, and the call rate that was asked for beside the one achieved.\n",
    .example = "  switchio dial --sim --rate 50 --limit 500 --max-offered 500 --metrics-file out\n"
               "  switchio plot out -o out.png\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .settings_size = sizeof(plot_settings),
    .only_prints = 1,
    .run = run,
};
