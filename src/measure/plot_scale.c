#include "measure/plot_scale.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* 0 has this much of a logarithmic scale, in decades. */
#define ZERO_DECADES 0.35

/* Steps of time that people count in, seconds; below them 1, 2, 5 of each decade. */
static const double time_steps[] = {1,   2,   5,    10,   20,   30,    60,    120,   300,
                                    600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
enum { TIME_STEPS = sizeof time_steps / sizeof time_steps[0] };

/* The 1, 2 or 5 of a decade that is next to `value`: not below it, or not above it. */
static double nice(double value, bool above)
{
    static const double factors[] = {1, 2, 5, 10};
    double decade = pow(10, floor(log10(value) + 1e-9));
    size_t i = 0;
    while (i < 3 && decade * factors[i] < value * (1 - 1e-9))
        i++;
    bool exact = decade * factors[i] <= value * (1 + 1e-9);
    return decade * factors[above || exact || i == 0 ? i : i - 1];
}

static double step_of(plot_unit unit, double least)
{
    if (unit == PLOT_ELAPSED && least > time_steps[0])
        for (size_t i = 0; i < TIME_STEPS; i++)
            if (time_steps[i] >= least)
                return time_steps[i];
    double step = nice(least, true);
    return unit == PLOT_COUNT && step < 1 ? 1 : step;
}

void swio_plot_scale_linear(plot_scale *scale, plot_unit unit, double low, double high,
                            double wanted)
{
    if (!(high > low))
        high = low + 1;
    *scale = (plot_scale){.unit = unit, .low = low, .high = high};
    scale->step = step_of(unit, (high - low) / wanted);
}

void swio_plot_scale_from_zero(plot_scale *scale, plot_unit unit, double most, double wanted)
{
    swio_plot_scale_linear(scale, unit, 0, most * 1.08, wanted);
}

void swio_plot_scale_log(plot_scale *scale, plot_unit unit, double least, double most)
{
    double first = nice(least, false), high = nice(most, true);
    if (high < first * 10)
        high = first * 10;
    *scale = (plot_scale){.unit = unit, .log = true, .high = high, .first = first};
}

double swio_plot_scale_at(const plot_scale *scale, double value)
{
    double share;
    if (!scale->log)
        share = (value - scale->low) / (scale->high - scale->low);
    else if (value < scale->first)
        share = 0;
    else
        share = (log10(value / scale->first) + ZERO_DECADES) /
                (log10(scale->high / scale->first) + ZERO_DECADES);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return scale->from + share * (scale->to - scale->from);
}

static int decimals(double step)
{
    int n = 0;
    for (; n < 6 && fabs(step - round(step)) > step * 1e-6; n++)
        step *= 10;
    return n;
}

void swio_plot_number(double value, double step, char *text, size_t size)
{
    char plain[64];
    snprintf(plain, sizeof plain, "%.*f", decimals(step), fabs(value) < step / 2 ? 0 : value);
    size_t whole = strcspn(plain, "."), n = 0;
    for (size_t i = 0; plain[i] && n + 2 < size; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0 && plain[i - 1] != '-')
            text[n++] = ',';
        text[n++] = plain[i];
    }
    if (size > 0)
        text[n] = '\0';
}

static void latency_label(double seconds, double step, char *text, size_t size)
{
    static const struct {
        double least, scale;
        const char *name;
    } units[] = {{1, 1, "s"}, {1e-3, 1e3, "ms"}, {0, 1e6, "µs"}};
    if (seconds <= 0) {
        snprintf(text, size, "0");
        return;
    }
    size_t i = 0;
    while (seconds < units[i].least * (1 - 1e-9))
        i++;
    char number[20];
    swio_plot_number(seconds * units[i].scale, step * units[i].scale, number, sizeof number);
    snprintf(text, size, "%s %s", number, units[i].name);
}

static void elapsed_label(const plot_scale *scale, double seconds, char *text, size_t size)
{
    unsigned long whole = (unsigned long)(seconds + 0.5);
    if (scale->high <= 120 || scale->step < 1)
        swio_plot_number(seconds, scale->step, text, size);
    else if (scale->high < 7200)
        snprintf(text, size, "%lu:%02lu", whole / 60, whole % 60);
    else
        snprintf(text, size, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60, whole % 60);
}

static void label(const plot_scale *scale, double value, char *text, size_t size)
{
    if (scale->unit == PLOT_SECONDS)
        latency_label(value, scale->log ? value : scale->step, text, size);
    else if (scale->unit == PLOT_ELAPSED)
        elapsed_label(scale, value, text, size);
    else
        swio_plot_number(value, scale->log ? value : scale->step, text, size);
}

static size_t linear_ticks(const plot_scale *scale, plot_tick *ticks)
{
    size_t n = 0;
    double first = ceil(scale->low / scale->step - 1e-9) * scale->step;
    for (; n < PLOT_TICKS_MAX; n++) {
        plot_tick *tick = &ticks[n];
        tick->value = first + (double)n * scale->step;
        if (tick->value > scale->high + scale->step * 1e-6)
            break;
        label(scale, tick->value, tick->label, sizeof tick->label);
    }
    return n;
}

/* Zero, the decades, and between them 2 and 5 with a label where few decades leave room for it. */
static size_t log_ticks(const plot_scale *scale, plot_tick *ticks)
{
    size_t n = 0;
    bool room = scale->high / scale->first < 2000;
    ticks[n++] = (plot_tick){.label = "0"};
    int last = (int)floor(log10(scale->high) + 1e-4);
    for (int decade = (int)floor(log10(scale->first) + 1e-9); decade <= last; decade++) {
        for (int i = 1; i < 10 && n < PLOT_TICKS_MAX; i++) {
            plot_tick *tick = &ticks[n];
            *tick = (plot_tick){.value = pow(10, decade) * i};
            if (tick->value < scale->first * 0.9999)
                continue;
            if (tick->value > scale->high * 1.0001)
                break;
            if (i == 1 || (room && (i == 2 || i == 5)))
                label(scale, tick->value, tick->label, sizeof tick->label);
            n++;
        }
    }
    return n;
}

size_t swio_plot_scale_ticks(const plot_scale *scale, plot_tick ticks[PLOT_TICKS_MAX])
{
    return scale->log ? log_ticks(scale, ticks) : linear_ticks(scale, ticks);
}
