/* The keys of a run on a terminal. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <switchio/error.h>

#include "cli/dial_panel.h"
#include "cli/terminal.h"

static bool is_offering(const dial_view *v)
{
    swio_originator_counts c;
    swio_originator_count(v->run->originator, &c);
    return c.state == SWIO_ORIGINATOR_ORIGINATING;
}

const char *dial_keys(const dial_view *v)
{
    if (!is_offering(v))
        return "h hang up  q quit";
    return v->run->stages.count ? "[/] limit  p pause  s stop  h hang up  q quit"
                                : "+/- rate  [/] limit  p pause  s stop  h hang up  q quit";
}

/* Seconds that a message stays. */
static const double MESSAGE = 3;

__attribute__((format(printf, 2, 3))) static void say(dial_view *v, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(v->message, sizeof v->message, fmt, args);
    va_end(args);
}

/* About a tenth, as a round number: 1, 2 or 5 and zeroes. */
static double step_of(double value)
{
    double tenth = value / 10 * (1 + 1e-9), power = pow(10, floor(log10(tenth)));
    return power * (tenth / power >= 5 ? 5 : tenth / power >= 2 ? 2 : 1);
}

static void change_rate(dial_view *v, int way)
{
    double step = step_of(v->rate), rate = (round(v->rate / step) + way) * step;
    if (!is_offering(v)) {
        say(v, "no more calls are offered: there is no rate");
    } else if (v->run->stages.count) {
        say(v, "the stages set the rate: + and - do not change it");
    } else if (swio_originator_set_rate(v->run->originator, rate)) {
        say(v, "%s", swio_errmsg());
    } else {
        v->rate = rate;
        say(v, "rate %.6g", rate);
    }
}

static void change_limit(dial_view *v, int way)
{
    double step = fmax(1, step_of((double)v->limit));
    double limit = fmax(1, (round((double)v->limit / step) + way) * step);
    if (!is_offering(v)) {
        say(v, "no more calls are offered: the limit is for none");
    } else if (swio_originator_set_limit(v->run->originator, (uint64_t)limit)) {
        say(v, "%s", swio_errmsg());
    } else {
        v->limit = (uint64_t)limit;
        say(v, "limit %" PRIu64, v->limit);
    }
}

static void pause_or_resume(dial_view *v, int unused)
{
    swio_originator_counts c;
    (void)unused;
    swio_originator_count(v->run->originator, &c);
    if (c.state != SWIO_ORIGINATOR_ORIGINATING)
        say(v, "no more calls are offered: there is nothing to pause");
    else if (c.paused)
        swio_originator_resume(v->run->originator);
    else
        swio_originator_pause(v->run->originator);
    if (c.state == SWIO_ORIGINATOR_ORIGINATING)
        say(v, c.paused ? "goes on" : "nothing is offered until p is pressed again");
}

static void stop(dial_view *v, int unused)
{
    (void)unused;
    if (is_offering(v) && v->run->end == DIAL_BY_ITSELF)
        v->run->end = DIAL_STOPPED;
    swio_originator_stop(v->run->originator);
    say(v, "no more calls are offered; those that are up end by themselves");
}

static void hang_up(dial_view *v, int unused)
{
    (void)unused;
    v->run->end = DIAL_HUNG_UP;
    swio_originator_hupall(v->run->originator);
    say(v, "hanging up");
}

static void quit(dial_view *v, int unused)
{
    v->quits++;
    stop(v, unused);
    v->message[0] = '\0'; /* what another q does is said as long as it matters */
    if (v->quits > 1)
        v->run->end = DIAL_ABANDONED;
}

static const struct {
    int key;
    void (*fn)(dial_view *v, int way);
    int way;
} keys[] = {
    {'+', change_rate, 1},
    {'=', change_rate, 1}, /* '+' without the shift key */
    {TERMINAL_UP, change_rate, 1},
    {'-', change_rate, -1},
    {TERMINAL_DOWN, change_rate, -1},
    {']', change_limit, 1},
    {TERMINAL_RIGHT, change_limit, 1},
    {'[', change_limit, -1},
    {TERMINAL_LEFT, change_limit, -1},
    {'p', pause_or_resume, 0},
    {' ', pause_or_resume, 0},
    {'s', stop, 0},
    {'h', hang_up, 0},
    {'q', quit, 0},
};

void dial_key(dial_view *v, int key, double now)
{
    v->message_ends = now + MESSAGE;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].key == key) {
            keys[i].fn(v, keys[i].way);
            return;
        }
}
