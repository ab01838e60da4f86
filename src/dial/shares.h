/* Who gets the next call, by weight. Pure. */
#ifndef SWIO_DIAL_SHARES_H
#define SWIO_DIAL_SHARES_H

#include <stddef.h>
#include <stdint.h>

typedef struct swio_share {
    double weight;  /* 0: none */
    uint64_t taken; /* since the weights were set */
} swio_share;

/*
 * The one whose turn it is, so that after every number of takes each has had its share give or take
 * less than one (R. Tijdeman, The chairman assignment problem, 1980: of those that have earned
 * enough, the one that would be short first). `count` if all weights are 0. Taking is adding one to
 * its `taken`; where a weight changes, all are set to 0.
 */
size_t swio_shares_next(const swio_share *shares, size_t count);

#endif
