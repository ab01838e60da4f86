#include "control/wait.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "control/listener.h"
#include "track/track.h"

void swio_waits_init(swio_waits *waits)
{
    pthread_mutex_init(&waits->lock, NULL);
    TAILQ_INIT(&waits->all);
    TAILQ_INIT(&waits->waking);
}

void swio_waits_destroy(swio_waits *waits)
{
    pthread_mutex_destroy(&waits->lock);
}

static swio_waits *waits_of(const swio_session *session)
{
    swio_listener *listener = swio_session_owner(session);
    return &listener->waits;
}

/* ---- lists; all under the lock ---- */

static swio_session_extra *extra_of(swio_session *session)
{
    swio_session_extra *extra = swio_session_slot(session);
    if (extra)
        return extra;
    extra = swio_obj_new(sizeof *extra, NULL); /* empty when the session goes: whoever is in it
                                                  holds the session */
    if (!extra)
        return NULL;
    TAILQ_INIT(&extra->items);
    TAILQ_INIT(&extra->coroutines);
    swio_session_set_slot(session, extra);
    return extra;
}

static void list(swio_waits *waits, swio_session_extra *extra, swio_wait_item *item)
{
    TAILQ_INSERT_TAIL(&extra->items, item, link);
    TAILQ_INSERT_TAIL(&waits->all, item, all);
    item->place = SWIO_WAIT_LISTED;
}

/* Takes an item out of the list that it stands in. */
static void unlist(swio_waits *waits, swio_wait_item *item)
{
    if (item->place == SWIO_WAIT_LISTED) {
        swio_session_extra *extra = swio_session_slot(item->wait->session);
        TAILQ_REMOVE(&extra->items, item, link);
        TAILQ_REMOVE(&waits->all, item, all);
    } else if (item->place == SWIO_WAIT_WAKING) {
        TAILQ_REMOVE(&waits->waking, item, link);
    }
    item->place = SWIO_WAIT_OUT;
}

static void unlist_all(swio_waits *waits, swio_wait *wait)
{
    for (size_t i = 0; i < wait->count; i++)
        unlist(waits, &wait->items[i]);
}

/* A reference of its completion. Once the lock is given up only that may be touched: who waits may
 * be gone. */
static swio_completion *finish(swio_waits *waits, swio_wait *wait)
{
    unlist_all(waits, wait);
    return swio_obj_ref(wait->completion);
}

/* ---- who waits ---- */

int swio_wait_begin(swio_wait *wait, swio_wait_item *items, size_t count, bool all)
{
    swio_waits *waits = waits_of(wait->session);
    swio_listener *listener = swio_session_owner(wait->session);
    wait->items = items;
    wait->count = count;
    wait->missing = all ? count : 1;
    int error = swio_completion_new(listener->loop, &wait->completion);
    if (error)
        return error;
    pthread_mutex_lock(&waits->lock);
    swio_session_extra *extra = extra_of(wait->session);
    if (!extra)
        error = swio_err_nomem();
    else if (waits->closed)
        error = swio_err(SWIO_ECANCELED, "the listener of the session %s was closed",
                         swio_session_uuid(wait->session));
    else if (swio_session_ended(wait->session))
        error =
            swio_err(SWIO_ECANCELED, "the session %s has ended", swio_session_uuid(wait->session));
    else if (count && !items[0].variable)
        error = swio_listener_need_events(listener);
    wait->turn = waits->turn;
    for (size_t i = 0; i < count && !error; i++) {
        items[i].wait = wait;
        list(waits, extra, &items[i]);
    }
    pthread_mutex_unlock(&waits->lock);
    if (error)
        wait->completion = swio_obj_unref(wait->completion);
    return error;
}

void swio_wait_end(swio_wait *wait)
{
    swio_waits *waits = waits_of(wait->session);
    pthread_mutex_lock(&waits->lock);
    unlist_all(waits, wait);
    pthread_mutex_unlock(&waits->lock);
    wait->completion = swio_obj_unref(wait->completion);
}

/* ---- what comes ---- */

static bool is_for(const swio_waits *waits, const swio_wait_item *item, const char *key,
                   const swio_event *event)
{
    const swio_wait *wait = item->wait;
    if (item->variable || wait->turn == waits->turn || strcmp(item->name, key) != 0)
        return false;
    return !wait->match || wait->match(item, event, wait->arg);
}

/* The completion of one wait that this event completes; NULL when there is none (any more). */
static swio_completion *take_event(swio_waits *waits, swio_session_extra *extra, const char *key,
                                   swio_event *event)
{
    swio_wait_item *item, *next;
    for (item = TAILQ_FIRST(&extra->items); item; item = next) {
        next = TAILQ_NEXT(item, link);
        if (!is_for(waits, item, key, event))
            continue;
        unlist(waits, item);
        item->event = swio_event_ref(event);
        if (--item->wait->missing == 0)
            return finish(waits, item->wait);
    }
    return NULL;
}

void swio_wait_event(swio_waits *waits, swio_session *session, const char *key, swio_event *event)
{
    swio_session_extra *extra = swio_session_slot(session);
    swio_completion *c;
    if (!extra)
        return;
    pthread_mutex_lock(&waits->lock);
    waits->turn++;
    while ((c = take_event(waits, extra, key, event))) {
        pthread_mutex_unlock(&waits->lock);
        swio_completion_set_now(c, 0, NULL, NULL);
        swio_obj_unref(c);
        pthread_mutex_lock(&waits->lock);
    }
    pthread_mutex_unlock(&waits->lock);
}

/* Of a variable that was set: the completion of one wait, or NULL. With `later` it is put off. */
static swio_completion *take_variable(swio_waits *waits, swio_session_extra *extra, const char *key,
                                      bool later)
{
    swio_wait_item *item, *next;
    for (item = TAILQ_FIRST(&extra->items); item; item = next) {
        next = TAILQ_NEXT(item, link);
        if (!item->variable || strcmp(item->name, key) != 0)
            continue;
        if (!later)
            return finish(waits, item->wait);
        unlist(waits, item);
        item->place = SWIO_WAIT_WAKING;
        TAILQ_INSERT_TAIL(&waits->waking, item, link);
    }
    return NULL;
}

void swio_wait_variable(swio_waits *waits, swio_loop *loop, swio_session *session, const char *key)
{
    swio_session_extra *extra = swio_session_slot(session);
    if (!extra || !swio_vars_has(swio_session_vars(session), key))
        return;
    bool later = swio_loop_is_current(loop) && waits->dispatching;
    swio_completion *c;
    pthread_mutex_lock(&waits->lock);
    while ((c = take_variable(waits, extra, key, later))) {
        swio_completion_set(c, 0, NULL, NULL);
        swio_obj_unref(c);
    }
    pthread_mutex_unlock(&waits->lock);
}

void swio_waits_begin_dispatch(swio_waits *waits)
{
    waits->dispatching = true;
}

static swio_completion *take_waking(swio_waits *waits)
{
    pthread_mutex_lock(&waits->lock);
    swio_wait_item *item = TAILQ_FIRST(&waits->waking);
    swio_completion *c = item ? finish(waits, item->wait) : NULL;
    pthread_mutex_unlock(&waits->lock);
    return c;
}

void swio_waits_end_dispatch(swio_waits *waits)
{
    swio_completion *c;
    waits->dispatching = false;
    while ((c = take_waking(waits))) {
        swio_completion_set_now(c, 0, NULL, NULL);
        swio_obj_unref(c);
    }
}

/* ---- ends ---- */

void swio_wait_cancel(swio_waits *waits, swio_session *session, const char *sentence)
{
    swio_session_extra *extra = swio_session_slot(session);
    swio_wait_item *item;
    if (!extra)
        return;
    pthread_mutex_lock(&waits->lock);
    while ((item = TAILQ_FIRST(&extra->items))) {
        swio_completion *c = finish(waits, item->wait);
        swio_completion_set(c, SWIO_ECANCELED, sentence, NULL);
        swio_obj_unref(c);
    }
    pthread_mutex_unlock(&waits->lock);
}

void swio_wait_cancel_all(swio_waits *waits, int error, const char *sentence)
{
    swio_wait_item *item;
    pthread_mutex_lock(&waits->lock);
    while ((item = TAILQ_FIRST(&waits->all))) {
        swio_completion *c = finish(waits, item->wait);
        swio_completion_set(c, error, sentence, NULL);
        swio_obj_unref(c);
    }
    pthread_mutex_unlock(&waits->lock);
}

void swio_waits_close(swio_waits *waits)
{
    pthread_mutex_lock(&waits->lock);
    waits->closed = true;
    pthread_mutex_unlock(&waits->lock);
    swio_wait_cancel_all(waits, SWIO_ECANCELED, "the listener was closed");
}

swio_session_extra *swio_session_extra_of(swio_waits *waits, swio_session *session)
{
    pthread_mutex_lock(&waits->lock);
    swio_session_extra *extra = extra_of(session);
    pthread_mutex_unlock(&waits->lock);
    return extra;
}
