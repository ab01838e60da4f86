#include "dial/pacer.h"

#include <math.h>

/* Integrals that differ by less are the same: what rounding makes of an arrival at the very end of
 * a piece. It is the first of the next one. */
static const double SAME = 1e-6;

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Of mean 1. The 53 bits of a double, never 1. */
static double exponential(uint64_t *state)
{
    double u = (double)(draw(state) >> 11) / 9007199254740992.0;
    return -log1p(-u);
}

static uint64_t later(uint64_t ns, double seconds)
{
    double more = seconds * 1e9;
    return more < 9e18 ? ns + (uint64_t)more : UINT64_MAX;
}

static double seconds_between(uint64_t from_ns, uint64_t to_ns)
{
    return (double)(to_ns - from_ns) / 1e9;
}

/* The integral over the first `seconds` of the piece. */
static double area(const swio_pacer *p, double seconds)
{
    return (p->rate + p->slope / 2 * seconds) * seconds;
}

/* The next stage becomes the piece; false without one. */
static bool next_piece(swio_pacer *p)
{
    if (p->stage == p->opts.stage_count)
        return false;
    const swio_stage *s = &p->opts.stages[p->stage++];
    double rate = 0;
    if (p->stage > 1) {
        p->integral += area(p, seconds_between(p->from_ns, p->to_ns));
        rate = s[-1].rate;
        p->from_ns = p->to_ns;
    }
    p->to_ns = later(p->from_ns, s->seconds);
    p->rate = rate;
    p->slope = s->seconds > 0 ? (s->rate - rate) / s->seconds : 0;
    return true;
}

void swio_pacer_start(swio_pacer *pacer, uint64_t now_ns, const swio_pacer_opts *opts)
{
    *pacer = (swio_pacer){
        .opts = *opts,
        .random = opts->seed,
        .start_ns = now_ns,
        .end_ns = UINT64_MAX,
        .from_ns = now_ns,
        .to_ns = UINT64_MAX,
        .rate = opts->rate,
    };
    if (opts->arrivals == SWIO_ARRIVALS_POISSON)
        swio_pacer_take(pacer);
    double seconds = 0;
    for (size_t i = 0; i < opts->stage_count; i++)
        seconds += opts->stages[i].seconds;
    if (opts->stage_count) {
        pacer->end_ns = later(now_ns, seconds);
        next_piece(pacer);
    }
}

/* Whether the next arrival is in this piece. */
static bool is_within(const swio_pacer *p)
{
    if (p->to_ns == UINT64_MAX)
        return p->rate > 0;
    double all = area(p, seconds_between(p->from_ns, p->to_ns));
    return all > SAME && p->next < p->integral + all - SAME;
}

uint64_t swio_pacer_due(swio_pacer *pacer)
{
    while (!is_within(pacer))
        if (!next_piece(pacer))
            return UINT64_MAX;
    double need = pacer->next - pacer->integral;
    if (need <= 0)
        return pacer->from_ns;
    /* rate * t + slope / 2 * t^2 = need, without taking like from like. */
    double root = sqrt(pacer->rate * pacer->rate + 2 * pacer->slope * need);
    return later(pacer->from_ns, 2 * need / (pacer->rate + root));
}

void swio_pacer_take(swio_pacer *pacer)
{
    pacer->next += pacer->opts.arrivals == SWIO_ARRIVALS_POISSON ? exponential(&pacer->random) : 1;
}

void swio_pacer_set_rate(swio_pacer *pacer, uint64_t now_ns, double rate)
{
    if (pacer->paused_ns)
        now_ns = pacer->paused_ns;
    /* The piece may be ahead of now, where nothing is due for a while. */
    if (now_ns > pacer->from_ns) {
        pacer->integral += area(pacer, seconds_between(pacer->from_ns, now_ns));
    }
    pacer->from_ns = now_ns;
    pacer->to_ns = pacer->end_ns;
    pacer->rate = rate;
    pacer->slope = 0;
    pacer->stage = pacer->opts.stage_count = 0;
}

void swio_pacer_pause(swio_pacer *pacer, uint64_t now_ns)
{
    if (!pacer->paused_ns)
        pacer->paused_ns = now_ns;
}

void swio_pacer_resume(swio_pacer *pacer, uint64_t now_ns)
{
    if (!pacer->paused_ns)
        return;
    uint64_t gap = now_ns - pacer->paused_ns;
    pacer->paused_ns = 0;
    pacer->start_ns += gap;
    pacer->from_ns += gap;
    pacer->to_ns += pacer->to_ns == UINT64_MAX ? 0 : gap;
    pacer->end_ns += pacer->end_ns == UINT64_MAX ? 0 : gap;
}

void swio_pacer_follow(swio_pacer *behind, const swio_pacer *pacer)
{
    uint64_t random = behind->random;
    double next = behind->next;
    *behind = *pacer;
    behind->random = random;
    behind->next = next;
}

double swio_pacer_rate(const swio_pacer *pacer, uint64_t now_ns)
{
    if (pacer->paused_ns)
        now_ns = pacer->paused_ns;
    double seconds = now_ns > pacer->start_ns ? seconds_between(pacer->start_ns, now_ns) : 0;
    double rate = 0;
    if (!pacer->opts.stage_count)
        return now_ns < pacer->end_ns ? pacer->rate : 0;
    for (size_t i = 0; i < pacer->opts.stage_count; i++) {
        const swio_stage *s = &pacer->opts.stages[i];
        if (seconds < s->seconds)
            return rate + (s->rate - rate) * seconds / s->seconds;
        seconds -= s->seconds;
        rate = s->rate;
    }
    return 0;
}
