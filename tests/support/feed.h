/* Events made by hand, fed to a model one by one, and what it counts then. */
#ifndef SWIO_TESTS_FEED_H
#define SWIO_TESTS_FEED_H

#include "support/cmocka.h"
#include "support/events.h"
#include "support/track.h"
#include "track/model.h"

/* The answers of these together. */
enum {
    CREATED = SWIO_SESSION_CREATED,
    UPDATED = SWIO_SESSION_UPDATED,
    ANSWERED = SWIO_SESSION_ANSWERED | UPDATED,
    HUNGUP = SWIO_SESSION_HUNGUP | UPDATED,
    DESTROYED = SWIO_SESSION_DESTROYED | UPDATED,
};

static inline unsigned feed(model *m, const char *name, const char *uuid, int second)
{
    return model_feed(m, channel_event(name, uuid, second, NULL, NULL));
}

static inline unsigned feed_with(model *m, const char *name, const char *uuid, const char *header,
                                 const char *value)
{
    return model_feed(m, channel_event(name, uuid, 1, header, value));
}

static inline swio_totals totals(const model *m)
{
    swio_totals t;
    swio_track_totals(m->track, &t);
    return t;
}

static inline int64_t count_of(const model *m, swio_counter which, const char *name)
{
    swio_counts *counts;
    assert_int_equal(swio_track_counts(m->track, which, &counts), 0);
    int64_t n = swio_counts_get(counts, name);
    swio_counts_free(counts);
    return n;
}

static inline void assert_tables(const model *m, size_t sessions, size_t calls, size_t jobs)
{
    assert_int_equal(swio_track_count_sessions(m->track), sessions);
    assert_int_equal(swio_track_count_calls(m->track), calls);
    assert_int_equal(swio_track_count_jobs(m->track), jobs);
}

#endif
