#include "cli/dial_stages.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const double SECONDS_MAX = 1e7, RATE_MAX = 1e6;

/* A number that is written with digits, from *text on; *text goes behind it. */
static bool number(const char **text, double *out)
{
    char *end;
    if (**text != '.' && (**text < '0' || **text > '9'))
        return false;
    *out = strtod(*text, &end);
    *text = end;
    return isfinite(*out);
}

static bool unit(const char **text, double *seconds)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"", 1}};
    size_t len = strcspn(*text, ":,");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strlen(units[i].name) == len && memcmp(units[i].name, *text, len) == 0) {
            *seconds *= units[i].seconds;
            *text += len;
            return true;
        }
    return false;
}

static int wrong(const command *cmd, const char *stage, const char *why)
{
    return usage_error(cmd, "--stages: '%.*s' %s", (int)strcspn(stage, ","), stage, why);
}

/* Reads one and goes to its end. */
static int read_one(const command *cmd, const char **text, swio_stage *out)
{
    const char *start = *text;
    if (!number(text, &out->seconds) || !unit(text, &out->seconds) || **text != ':')
        return wrong(cmd, start, "is no TIME:RATE: write 30s:10 (ms, s, m or h)");
    ++*text;
    if (!number(text, &out->rate) || (**text && **text != ','))
        return wrong(cmd, start, "has no rate: write 30s:10, in calls a second");
    if (out->seconds > SECONDS_MAX)
        return wrong(cmd, start, "takes too long: at most 1e7 s");
    if (out->rate > RATE_MAX)
        return wrong(cmd, start, "asks too much: at most 1e6 calls a second");
    return -1;
}

int dial_stages_read(const command *cmd, const char *text, dial_stages *out)
{
    out->count = 0;
    if (!text)
        return -1;
    for (;; text++) {
        if (out->count == DIAL_STAGES_MAX)
            return usage_error(cmd, "--stages: more than %d of them", DIAL_STAGES_MAX);
        int status = read_one(cmd, &text, &out->stage[out->count++]);
        if (status >= 0)
            return status;
        if (!*text)
            break;
    }
    if (!(dial_stages_seconds(out) > 0))
        return usage_error(cmd, "--stages: they take no time at all");
    if (!(dial_stages_peak(out) > 0))
        return usage_error(cmd, "--stages: the rate is 0 all the time");
    return -1;
}

double dial_stages_seconds(const dial_stages *stages)
{
    double sum = 0;
    for (size_t i = 0; i < stages->count; i++)
        sum += stages->stage[i].seconds;
    return sum;
}

double dial_stages_peak(const dial_stages *stages)
{
    double peak = 0;
    for (size_t i = 0; i < stages->count; i++)
        peak = fmax(peak, stages->stage[i].rate);
    return peak;
}
