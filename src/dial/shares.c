#include "dial/shares.h"

#include <math.h>

size_t swio_shares_next(const swio_share *shares, size_t count)
{
    double weights = 0, turns = 1, sharers = 0;
    for (size_t i = 0; i < count; i++) {
        weights += shares[i].weight;
        turns += (double)shares[i].taken;
        sharers += shares[i].weight > 0;
    }
    /* What the bound of the theorem leaves to earn; of one sharer nothing. */
    double enough = sharers > 1 ? 1 / (2 * sharers - 2) : 0;
    size_t next = count, richest = count;
    double soonest = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        if (!(shares[i].weight > 0))
            continue;
        double part = shares[i].weight / weights;
        double earned = turns * part - (double)shares[i].taken;
        double left = (1 - enough - earned) / part;
        if (earned > most) {
            most = earned;
            richest = i;
        }
        /* A little less is enough too: rounding. */
        if (earned >= enough - 1e-9 && left < soonest) {
            soonest = left;
            next = i;
        }
    }
    return next < count ? next : richest;
}
