/* When calls are due. Pure: times in, times out. */
#ifndef SWIO_DIAL_PACER_H
#define SWIO_DIAL_PACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/originator.h>

/* Rates in calls a second. */
typedef struct swio_pacer_opts {
    double rate; /* constant, where there are no stages */
    swio_arrivals arrivals;
    uint64_t seed;            /* of Poisson arrivals */
    const swio_stage *stages; /* borrowed, for as long as the pacer is used */
    size_t stage_count;
} swio_pacer_opts;

/*
 * The course of the rate is linear piece by piece, and an arrival is due where its integral reaches
 * the arrival's own number: 0, 1, 2 … of uniform ones, sums of exponentials of mean 1 of Poisson
 * ones (whatever the course: an inhomogeneous process by time rescaling). Each deadline is computed
 * from the begin of its piece and never from the arrival before, so that lateness does not add up,
 * and rounding neither.
 */
typedef struct swio_pacer {
    swio_pacer_opts opts;
    uint64_t random;   /* state of the generator */
    uint64_t start_ns; /* of the course, moved by every pause */
    uint64_t end_ns;   /* of the stages; UINT64_MAX */
    size_t stage;      /* the first that is not a piece yet */
    /* The piece that the next arrival may be in. */
    uint64_t from_ns, to_ns;
    double rate, slope; /* at its begin; a second */
    double integral;    /* at its begin */
    double next;        /* the integral at the next arrival */
    uint64_t paused_ns; /* since when; 0: it is not */
} swio_pacer;

void swio_pacer_start(swio_pacer *pacer, uint64_t now_ns, const swio_pacer_opts *opts);

/*
 * When the next arrival is due; UINT64_MAX when none comes any more. swio_pacer_take() goes on to
 * the one after. The first of uniform arrivals at a constant rate is due at once.
 */
uint64_t swio_pacer_due(swio_pacer *pacer);
void swio_pacer_take(swio_pacer *pacer);

/* A constant rate from now on, up to where the stages would have ended. */
void swio_pacer_set_rate(swio_pacer *pacer, uint64_t now_ns, double rate);

/* Time does not count between these two. Both may be called twice. */
void swio_pacer_pause(swio_pacer *pacer, uint64_t now_ns);
void swio_pacer_resume(swio_pacer *pacer, uint64_t now_ns);

/* The course of `pacer`, changed or paused, for one that is at an earlier arrival. */
void swio_pacer_follow(swio_pacer *behind, const swio_pacer *pacer);

/* The rate of now. */
double swio_pacer_rate(const swio_pacer *pacer, uint64_t now_ns);

#endif
