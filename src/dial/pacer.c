#include "dial/pacer.h"

static uint64_t due_at(const swio_pacer *pacer, uint64_t n)
{
    return pacer->start_ns + (uint64_t)((double)n / pacer->rate * 1e9);
}

void swio_pacer_start(swio_pacer *pacer, uint64_t now_ns, double rate)
{
    *pacer = (swio_pacer){.start_ns = now_ns, .rate = rate};
}

uint64_t swio_pacer_due(const swio_pacer *pacer)
{
    return due_at(pacer, pacer->count);
}

void swio_pacer_take(swio_pacer *pacer)
{
    pacer->count++;
}

void swio_pacer_set_rate(swio_pacer *pacer, double rate)
{
    if (pacer->count) {
        pacer->start_ns = due_at(pacer, pacer->count - 1);
        pacer->count = 1;
    }
    pacer->rate = rate;
}
