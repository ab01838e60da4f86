/* A model for tests, with a guard that tells misuse. */
#ifndef TESTS_SUPPORT_TRACK_H
#define TESTS_SUPPORT_TRACK_H

#include <stdbool.h>
#include <switchio/event.h>

#include "track/track.h"

/*
 * The guard is no lock: it aborts the test when it is taken twice or given back untaken. What the
 * hooks were called with is counted, and the guard must not be held then.
 */
typedef struct model {
    swio_track *track;
    bool locked;
    bool released;
    unsigned jobs_ended;
    unsigned vars_set;
    swio_job *last_job; /* a reference */
} model;

void model_open(model *m, const swio_track_opts *opts);

/* Frees the track and checks that nothing of it is left. */
void model_close(model *m);

/* Feeds an event and gives up the caller's reference; the answer's bits. */
unsigned model_feed(model *m, swio_event *event);

/* The number of frees of what hung in slots, in all models. */
extern unsigned model_slots_freed;

/* A channel's event, with Event-Name, Unique-ID and a timestamp in seconds, and one more header. */
swio_event *channel_event(const char *name, const char *uuid, int second, const char *header,
                          const char *value);

#endif
