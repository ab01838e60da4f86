#include "control/wait.h"

#include <pthread.h>
#include <string.h>
#include <sys/queue.h>

#include "base/err.h"
#include "base/mem.h"
#include "track/track.h"

typedef struct waiter {
    TAILQ_ENTRY(waiter) link;
    swio_completion *completion;
    char key[];
} waiter;

/* In the slot of a session from its first wait on. */
typedef struct waits {
    TAILQ_HEAD(waiter_list, waiter) list;
} waits;

/* One lock for the lists of all sessions: they are short, and rarely there at all. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void drop(waits *w, waiter *one)
{
    TAILQ_REMOVE(&w->list, one, link);
    swio_obj_unref(one->completion);
    swio_free(one);
}

static void destroy(void *obj)
{
    waits *w = obj;
    while (!TAILQ_EMPTY(&w->list))
        drop(w, TAILQ_FIRST(&w->list));
}

/* The waits of a session, made if there are none yet. Under the lock. */
static waits *waits_of(swio_session *session)
{
    waits *w = swio_session_slot(session);
    if (w)
        return w;
    w = swio_obj_new(sizeof *w, destroy);
    if (!w)
        return NULL;
    TAILQ_INIT(&w->list);
    swio_session_set_slot(session, w);
    return w;
}

int swio_wait_begin(swio_session *session, swio_loop *loop, const char *key, swio_completion **out)
{
    size_t size = strlen(key) + 1;
    waiter *one = swio_malloc(sizeof *one + size);
    if (!one)
        return swio_err_nomem();
    memcpy(one->key, key, size);
    int error = swio_completion_new(loop, &one->completion);
    if (!error) {
        pthread_mutex_lock(&lock);
        waits *w = waits_of(session);
        if (!w)
            error = swio_err_nomem();
        else if (swio_session_ended(session))
            error =
                swio_err(SWIO_ECANCELED, "the session %s has ended", swio_session_uuid(session));
        else
            TAILQ_INSERT_TAIL(&w->list, one, link);
        pthread_mutex_unlock(&lock);
        if (error)
            swio_obj_unref(one->completion);
    }
    if (error) {
        swio_free(one);
        return error;
    }
    *out = swio_obj_ref(one->completion);
    return 0;
}

void swio_wait_end(swio_session *session, swio_completion *c)
{
    pthread_mutex_lock(&lock);
    waits *w = swio_session_slot(session);
    waiter *one;
    TAILQ_FOREACH (one, &w->list, link)
        if (one->completion == c) {
            drop(w, one);
            break;
        }
    pthread_mutex_unlock(&lock);
    swio_obj_unref(c);
}

/* Takes one waiter out: of this key, or with NULL any. Its completion, or NULL. */
static swio_completion *take(swio_session *session, const char *key)
{
    swio_completion *c = NULL;
    pthread_mutex_lock(&lock);
    waits *w = swio_session_slot(session);
    waiter *one;
    if (w)
        TAILQ_FOREACH (one, &w->list, link)
            if (!key || strcmp(one->key, key) == 0) {
                c = swio_obj_ref(one->completion);
                drop(w, one);
                break;
            }
    pthread_mutex_unlock(&lock);
    return c;
}

void swio_wait_event(swio_session *session, const char *key, swio_event *event)
{
    swio_completion *c;
    if (!swio_session_slot(session))
        return;
    while ((c = take(session, key))) {
        swio_completion_set(c, 0, NULL, swio_event_ref(event));
        swio_obj_unref(c);
    }
}

void swio_wait_cancel(swio_session *session)
{
    swio_completion *c;
    while ((c = take(session, NULL))) {
        swio_completion_set(c, SWIO_ECANCELED, "the session ended", NULL);
        swio_obj_unref(c);
    }
}
