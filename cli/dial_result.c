/* What became of the calls. */
#include <inttypes.h>
#include <stdio.h>
#include <switchio/error.h>

#include "cli/dial.h"
#include "cli/interrupt.h"

/* Whether it ended where it was meant to. */
static bool complete(const dial_run *r, const swio_originator_counts *c)
{
    swio_originator_node_counts node;
    bool all_there = true;
    for (size_t i = 0; swio_originator_node_at(r->originator, i, &node); i++)
        all_there = all_there && node.up;
    bool all_offered = r->s->max_offered && c->offered >= r->s->max_offered;
    return !c->lost && all_there && (all_offered || r->stages.count || r->end == DIAL_STOPPED);
}

static void summary(const dial_run *r, const swio_originator_counts *c)
{
    char cause[128];
    uint64_t n;
    printf("Calls offered:    %" PRIu64 "\n", c->offered);
    printf("Calls answered:   %" PRIu64 "\n", c->answered);
    printf("Calls failed:     %" PRIu64 "\n", c->failed);
    for (size_t i = 0; (n = swio_originator_cause(r->originator, i, cause, sizeof cause)); i++)
        printf("  %-15s %" PRIu64 "\n", cause, n);
    printf("Calls lost:       %" PRIu64 "\n", c->lost);
    printf("Arrivals blocked: %" PRIu64 "\n", c->blocked);
    if (c->offered > 1)
        printf("Rate achieved:    %.2f calls a second, of %g\n", c->rate, r->s->rate);
}

int dial_result(dial_run *r)
{
    swio_originator_counts c;
    swio_originator_count(r->originator, &c);
    summary(r, &c);
    if (interrupted() || r->end == DIAL_HUNG_UP || r->end == DIAL_ABANDONED) {
        puts("Dialing session interrupted!");
        return STATUS_INTERRUPTED;
    }
    if (!complete(r, &c)) {
        puts("Dialing session lost its connection!");
        return STATUS_FAILED;
    }
    bool all = !r->s->max_offered || c.offered >= r->s->max_offered;
    puts(r->end == DIAL_STOPPED && !all ? "Dialing session stopped!"
                                        : "Dialing session completed!");
    return STATUS_DONE;
}
