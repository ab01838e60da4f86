/* The lines of a run. */
#include <inttypes.h>
#include <stdio.h>
#include <switchio/error.h>

#include "cli/dial.h"

/* Seconds between two lines. */
static const double TICK = 1;

static void print_originator(const dial_run *r)
{
    char text[256];
    if (r->s->quiet || r->s->json)
        return;
    swio_originator_format(r->originator, text, sizeof text);
    puts(text);
}

static void print_waiting(const dial_run *r)
{
    swio_originator_counts c;
    swio_originator_count(r->originator, &c);
    if (c.active && !r->s->quiet && !r->s->json)
        printf("Waiting on %" PRIu64 " active calls to finish\n", c.active);
}

void dial_watch(dial_run *r)
{
    while (swio_originator_wait_stopped(r->originator, TICK) == SWIO_ETIMEOUT)
        print_originator(r);
    print_originator(r);
    do
        print_waiting(r);
    while (swio_originator_wait_done(r->originator, TICK) == SWIO_ETIMEOUT);
}
