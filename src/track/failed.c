/* The failed sessions that are kept, for each cause the last so many. */
#include <string.h>

#include "base/err.h"
#include "track/model.h"

struct swio_failed {
    UT_hash_handle hh;
    swio_session **ring; /* the oldest stands at `oldest` once the ring is full */
    size_t count, cap, oldest;
    char cause[];
};

static swio_failed *find_or_add(swio_track *track, const char *cause)
{
    swio_failed *failed;
    HASH_FIND_STR(track->failed, cause, failed);
    if (failed)
        return failed;
    if (HASH_COUNT(track->failed) >= track->max_keys) {
        cause = SWIO_COUNTS_OTHER; /* one more, at most */
        HASH_FIND_STR(track->failed, cause, failed);
        if (failed)
            return failed;
    }
    size_t size = strlen(cause) + 1;
    failed = swio_calloc(1, sizeof *failed + size);
    if (!failed)
        return NULL;
    memcpy(failed->cause, cause, size);
    HASH_ADD_KEYPTR(hh, track->failed, failed->cause, size - 1, failed);
    if (SWIO_HASH_FAILED(failed->hh)) {
        swio_free(failed);
        return NULL;
    }
    return failed;
}

/* Room for one more, up to the bound. */
static bool grow(swio_failed *failed, size_t max)
{
    enum { FIRST = 8 };
    size_t cap = failed->cap ? failed->cap * 2 : FIRST;
    if (cap > max)
        cap = max;
    swio_session **ring = swio_realloc(failed->ring, cap * sizeof(swio_session *));
    if (!ring)
        return false;
    failed->ring = ring;
    failed->cap = cap;
    return true;
}

swio_session *swio_failed_keep(swio_track *track, const char *cause, swio_session *session)
{
    swio_failed *failed = find_or_add(track, cause);
    if (!failed)
        return NULL;
    if (failed->count < track->max_failed) {
        if (failed->count < failed->cap || grow(failed, track->max_failed))
            failed->ring[failed->count++] = swio_obj_ref(session);
        return NULL;
    }
    swio_session *gone = failed->ring[failed->oldest];
    failed->ring[failed->oldest] = swio_obj_ref(session);
    failed->oldest = (failed->oldest + 1) % failed->count;
    return gone;
}

swio_session *swio_failed_take_all(swio_track *track)
{
    swio_session *chain = NULL;
    swio_failed *failed = track->failed;
    HASH_CLEAR(hh, track->failed);
    while (failed) {
        swio_failed *next = failed->hh.next;
        for (size_t i = 0; i < failed->count; i++) {
            failed->ring[i]->leg_next = chain;
            chain = failed->ring[i];
        }
        swio_free(failed->ring);
        swio_free(failed);
        failed = next;
    }
    return chain;
}

void swio_failed_release(swio_session *chain)
{
    while (chain) {
        swio_session *next = chain->leg_next;
        chain->leg_next = NULL;
        swio_session_unref(chain);
        chain = next;
    }
}

int swio_track_list_failed(swio_track *track, const char *cause, swio_session ***out, size_t *count)
{
    swio_home_lock(track->home);
    swio_failed *failed;
    HASH_FIND_STR(track->failed, cause, failed);
    size_t n = failed ? failed->count : 0;
    swio_session **list = swio_calloc(n + 1, sizeof(swio_session *));
    for (size_t i = 0; list && i < n; i++)
        list[i] = swio_obj_ref(failed->ring[(failed->oldest + i) % n]);
    swio_home_unlock(track->home);
    if (!list)
        return swio_err_nomem();
    *out = list;
    if (count)
        *count = n;
    return 0;
}
