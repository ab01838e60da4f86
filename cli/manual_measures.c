#include "cli/manual_measures.h"

#include <switchio/metrics.h>
#include <switchio/store.h>

#include "cli/wrap.h"

enum { WIDTH = 105 };

static void paragraph(FILE *to, const char *text)
{
    wrap(to, text, 0, WIDTH);
    fputs("\n\n", to);
}

static void source(FILE *to, const char *text)
{
    if (!*text)
        return;
    fputs("- source: ", to);
    wrap(to, text, 2, WIDTH - 8);
    fputc('\n', to);
}

static void columns(FILE *to)
{
    static const char *const types[] = {
        [SWIO_COLUMN_TEXT] = "text",
        [SWIO_COLUMN_COUNT] = "whole number",
        [SWIO_COLUMN_TIME] = "microseconds since 1970",
        [SWIO_COLUMN_REAL] = "number",
        [SWIO_COLUMN_OUTCOME] = "text",
    };
    fputs("## The columns of a record\n\n| column | type | what |\n| --- | --- | --- |\n", to);
    const swio_column *column;
    for (size_t i = 0; (column = swio_column_at(i)); i++)
        fprintf(to, "| `%s` | %s | %s |\n", column->name, types[column->type], column->doc);
    fputc('\n', to);
}

static void metric(FILE *to, const swio_metric_info *info)
{
    static const char *const clocks[] = {
        [SWIO_CLOCK_LOCAL] = "the clock here, in microseconds",
        [SWIO_CLOCK_SWITCH] = "the clock of the switch, in ticks of 20 ms: right to within a tick",
        [SWIO_CLOCK_NONE] = NULL,
    };
    fprintf(to, "### `%s`: %s\n\n", info->name, info->title);
    paragraph(to, info->doc);
    fprintf(to, "- formula: `%s`", info->formula);
    if (info->formula2)
        fprintf(to, " and, another value, `%s`", info->formula2);
    if (info->scale < 1)
        fputs(info->scale < 1e-5 ? ", microseconds" : ", milliseconds", to);
    fputc('\n', to);
    if (clocks[info->clock])
        fprintf(to, "- clock: %s\n", clocks[info->clock]);
    source(to, info->source);
    fputc('\n', to);
}

static void figure(FILE *to, const swio_figure *f)
{
    fprintf(to, "### `%s`: %s\n\n", f->name, f->title);
    paragraph(to, f->doc);
    if (*f->formula)
        fprintf(to, "- formula: `%s`\n", f->formula);
    if (f->whole)
        fprintf(to, "- shown as a share of `%s` too\n", f->whole);
    source(to, f->source);
    fputc('\n', to);
}

static void causes(FILE *to)
{
    const swio_effective_cause *cause;
    fputs("## The causes that count as effective\n\n"
          "| cause | Q.850 | of the SIP response | what |\n| --- | ---: | --- | --- |\n",
          to);
    for (size_t i = 0; (cause = swio_effective_cause_at(i)); i++) {
        fprintf(to, "| `%s` | ", cause->name);
        if (cause->q850)
            fprintf(to, "%d", cause->q850);
        fprintf(to, " | %s | %s |\n", cause->sip, cause->doc);
    }
}

void manual_of_measures(FILE *to)
{
    const swio_figure *f;
    columns(to);
    fputs("## Metrics: one value for each call or leg\n\n", to);
    for (unsigned i = 0; i < SWIO_METRICS; i++)
        metric(to, swio_metric_get((swio_metric)i));
    fputs("## Figures: one value for the run\n\n", to);
    for (size_t i = 0; (f = swio_figure_at(i)); i++)
        figure(to, f);
    causes(to);
}
