/* The lines of a run, and its summary. */
#include <inttypes.h>
#include <stdio.h>
#include <switchio/error.h>

#include "cli/dial.h"
#include "cli/interrupt.h"

/* Seconds between two lines. */
static const double TICK = 1;

static void print_originator(swio_originator *originator)
{
    char text[256];
    swio_originator_format(originator, text, sizeof text);
    puts(text);
}

static void summary(swio_originator *originator, const dial_settings *s)
{
    swio_originator_counts c;
    char cause[128];
    uint64_t n;
    swio_originator_count(originator, &c);
    printf("Calls offered:    %" PRIu64 "\n", c.offered);
    printf("Calls answered:   %" PRIu64 "\n", c.answered);
    printf("Calls failed:     %" PRIu64 "\n", c.failed);
    for (size_t i = 0; (n = swio_originator_cause(originator, i, cause, sizeof cause)); i++)
        printf("  %-15s %" PRIu64 "\n", cause, n);
    printf("Calls lost:       %" PRIu64 "\n", c.lost);
    printf("Arrivals blocked: %" PRIu64 "\n", c.blocked);
    if (c.offered > 1)
        printf("Rate achieved:    %.2f calls a second, of %g\n", c.rate, s->rate);
}

static int verdict(swio_originator *originator, const dial_settings *s)
{
    swio_originator_counts c;
    swio_originator_count(originator, &c);
    if (interrupted()) {
        puts("Dialing session interrupted!");
        return STATUS_INTERRUPTED;
    }
    if (c.lost || !s->max_offered || c.offered < s->max_offered) {
        puts("Dialing session lost its connection!");
        return STATUS_FAILED;
    }
    puts("Dialing session completed!");
    return STATUS_DONE;
}

int dial_watch(swio_originator *originator, const dial_settings *s)
{
    while (swio_originator_wait_stopped(originator, TICK) == SWIO_ETIMEOUT)
        print_originator(originator);
    print_originator(originator);

    swio_originator_counts c;
    do {
        swio_originator_count(originator, &c);
        if (c.active)
            printf("Waiting on %" PRIu64 " active calls to finish\n", c.active);
    } while (swio_originator_wait_done(originator, TICK) == SWIO_ETIMEOUT);
    summary(originator, s);
    return verdict(originator, s);
}
