/* A queue of records, and the thread that writes them. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <switchio/store.h>
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "measure/path.h"
#include "measure/sink.h"

enum {
    CHUNK = 128,         /* records that are written at once */
    WAKE_AT = 8 * CHUNK, /* that many waiting do not wait for the second to pass */
    SPARE_MAX = 16,      /* chunks that are kept for later, so that a put finds memory at once */
};

#define DEFAULT_MEMORY  ((size_t)64 << 20)
#define DEFAULT_SECONDS 1.0

typedef struct chunk {
    struct chunk *next;
    size_t n;
    swio_cdr rows[CHUNK];
} chunk;

struct swio_store {
    char *path;
    const swio_sink_kind *kind;
    swio_sink *sink; /* of the writer's thread */
    double seconds;
    uint64_t max; /* records that may wait */
    pthread_t thread;

    pthread_mutex_t lock; /* of what follows; held for a copy of a record, never for the disk */
    pthread_cond_t wake;
    chunk *first, *last, *spare;
    size_t spares;
    swio_store_counts counts;
    bool closing;
    int error; /* the writer's last, 0 after a success; with its sentence */
    bool gone; /* the file was removed */
    char reason[512];
};

static uint64_t waiting(const swio_store *store)
{
    return store->counts.put - store->counts.written - store->counts.dropped;
}

/* ---- the writer's thread ---- */

static void wait_a_while(swio_store *store)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    int64_t ns = end.tv_nsec + (int64_t)(store->seconds * 1e9);
    end.tv_sec += (time_t)(ns / 1000000000);
    end.tv_nsec = (long)(ns % 1000000000);
    pthread_cond_timedwait(&store->wake, &store->lock, &end);
}

static void keep_spare(swio_store *store, chunk *c)
{
    if (store->spares >= SPARE_MAX) {
        swio_free(c);
        return;
    }
    c->n = 0;
    c->next = store->spare;
    store->spare = c;
    store->spares++;
}

static void note_failure(swio_store *store, int error)
{
    if (!store->error)
        swio_error("%s; the records wait in memory, and it is tried again", swio_errmsg());
    store->error = error;
    store->gone |= error == SWIO_ENOENT;
    snprintf(store->reason, sizeof store->reason, "%s", swio_errmsg());
}

static void note_success(swio_store *store)
{
    if (store->error)
        swio_warning("%s can be written again: nothing is missing so far but %llu dropped records",
                     store->path, (unsigned long long)store->counts.dropped);
    store->error = 0;
}

/* With the lock held, which is let go of while the disk is waited for. False if that failed; what
 * was not written is then at the head of the queue again. */
static bool write_waiting(swio_store *store)
{
    chunk *list = store->first, *last = store->last;
    store->first = store->last = NULL;
    while (list) {
        pthread_mutex_unlock(&store->lock);
        int error = store->kind->put(store->sink, list->rows, list->n);
        pthread_mutex_lock(&store->lock);
        if (error) {
            note_failure(store, error);
            last->next = store->first;
            if (!store->first)
                store->last = last;
            store->first = list;
            return false;
        }
        note_success(store);
        store->counts.written += list->n;
        chunk *done = list;
        list = list->next;
        keep_spare(store, done);
    }
    return true;
}

static void *writer(void *arg)
{
    swio_store *store = arg;
    pthread_setname_np(pthread_self(), "switchio-store");
    pthread_mutex_lock(&store->lock);
    for (;;) {
        bool fine = write_waiting(store);
        if (store->closing && (!fine || !store->first))
            break;
        if (!store->closing)
            wait_a_while(store);
    }
    pthread_mutex_unlock(&store->lock);
    int error = store->kind->sync(store->sink);
    if (error) {
        pthread_mutex_lock(&store->lock);
        note_failure(store, error);
        pthread_mutex_unlock(&store->lock);
    }
    store->kind->close(store->sink);
    return NULL;
}

/* Without any signal: they are for the program's own threads, and SIGXFSZ, which would end the
 * process when a file reaches the size limit of the user, is to be an error. */
static int start_thread(swio_store *store)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int cause = pthread_create(&store->thread, NULL, writer, store);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (cause)
        return swio_err(SWIO_EIO, "cannot start a thread to write %s: %s", store->path,
                        strerror(cause));
    return 0;
}

/* ---- opening ---- */

static void free_chunks(chunk *c)
{
    while (c) {
        chunk *next = c->next;
        swio_free(c);
        c = next;
    }
}

static void free_store(swio_store *store)
{
    free_chunks(store->first);
    free_chunks(store->spare);
    pthread_cond_destroy(&store->wake);
    pthread_mutex_destroy(&store->lock);
    swio_free(store->path);
    swio_free(store);
}

static swio_store *make(const swio_store_opts *opts)
{
    swio_store *store = swio_calloc(1, sizeof *store);
    pthread_condattr_t monotonic;
    if (!store)
        return NULL;
    size_t memory = opts && opts->memory ? opts->memory : DEFAULT_MEMORY;
    store->seconds = opts && opts->seconds > 0 ? opts->seconds : DEFAULT_SECONDS;
    store->max = memory / sizeof(swio_cdr);
    pthread_mutex_init(&store->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&store->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return store;
}

static int open_sink(swio_store *store, const char *path)
{
    int error = swio_store_file(path, &store->path, &store->kind);
    return error ? error : store->kind->open(store->path, &store->sink);
}

int swio_store_open(const char *path, const swio_store_opts *opts, swio_store **out)
{
    swio_store *store = make(opts);
    if (!store)
        return swio_err_nomem();
    int error = open_sink(store, path);
    if (error) {
        free_store(store);
        return error;
    }
    error = start_thread(store);
    if (error) {
        store->kind->close(store->sink);
        free_store(store);
        return error;
    }
    *out = store;
    return 0;
}

const char *swio_store_path(const swio_store *store)
{
    return store->path;
}

/* ---- putting ---- */

/* A chunk with room at the end of the queue, or NULL without memory. */
static chunk *room(swio_store *store)
{
    chunk *c = store->last;
    if (c && c->n < CHUNK)
        return c;
    c = store->spare;
    if (c) {
        store->spare = c->next;
        store->spares--;
    } else if (!(c = swio_malloc(sizeof *c))) {
        return NULL;
    }
    c->n = 0;
    c->next = NULL;
    if (store->last)
        store->last->next = c;
    else
        store->first = c;
    store->last = c;
    return c;
}

static int put(swio_store *store, const swio_cdr *cdr)
{
    chunk *c;
    store->counts.put++;
    if (waiting(store) > store->max) {
        store->counts.dropped++;
        return SWIO_ELIMIT;
    }
    c = room(store);
    if (!c) {
        store->counts.dropped++;
        return SWIO_ENOMEM;
    }
    c->rows[c->n++] = *cdr;
    if (waiting(store) % WAKE_AT == 0)
        pthread_cond_signal(&store->wake);
    return 0;
}

int swio_store_put(swio_store *store, const swio_cdr *cdr)
{
    pthread_mutex_lock(&store->lock);
    int error = put(store, cdr);
    pthread_mutex_unlock(&store->lock);
    if (error == SWIO_ELIMIT)
        return swio_err(error,
                        "%s: %llu records wait to be written, and memory was given for no more",
                        store->path, (unsigned long long)store->max);
    return error ? swio_err_nomem() : 0;
}

swio_store_counts swio_store_count(swio_store *store)
{
    pthread_mutex_lock(&store->lock);
    swio_store_counts counts = store->counts;
    pthread_mutex_unlock(&store->lock);
    return counts;
}

/* ---- closing ---- */

static int result_of(const swio_store *store)
{
    const swio_store_counts *n = &store->counts;
    uint64_t missing = store->gone ? n->put : n->put - n->written;
    if (!store->error && missing == 0)
        return 0;
    if (!store->error)
        return swio_err(SWIO_ELIMIT,
                        "%s: %llu of %llu records are missing: the disk did not keep up, and there "
                        "was no memory to keep them waiting",
                        store->path, (unsigned long long)missing, (unsigned long long)n->put);
    if (missing == 0)
        return swio_err(SWIO_EIO, "%s", store->reason);
    return swio_err(SWIO_EIO, "%llu of %llu records are missing in %s: %s",
                    (unsigned long long)missing, (unsigned long long)n->put, store->path,
                    store->reason);
}

int swio_store_close(swio_store *store)
{
    if (!store)
        return 0;
    pthread_mutex_lock(&store->lock);
    store->closing = true;
    pthread_cond_signal(&store->wake);
    pthread_mutex_unlock(&store->lock);
    pthread_join(store->thread, NULL);
    int error = result_of(store);
    free_store(store);
    return error;
}
