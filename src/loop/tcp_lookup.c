#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "loop/tcp_internal.h"

struct swio_lookup {
    swio_loop *loop; /* its memory is held, not its thread: the answer may come too late */
    swio_task task;
    swio_lookup_fn *done; /* the loop's thread: NULL after the drop */
    void *arg;
    int failed; /* getaddrinfo's */
    int error;  /* errno, for EAI_SYSTEM */
    struct addrinfo *list;
    char host[];
};

static void destroy(swio_lookup *lookup)
{
    swio_obj_unref(lookup->loop);
    swio_free(lookup);
}

/* Which addresses are tried for a name is decided by RFC 6724, inside getaddrinfo(). */
static const struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

static void deliver(void *arg)
{
    swio_lookup *lookup = arg;
    const char *problem = NULL;
    if (lookup->failed == EAI_SYSTEM)
        problem = strerror(lookup->error);
    else if (lookup->failed)
        problem = gai_strerror(lookup->failed);
    if (lookup->done)
        lookup->done(lookup->list, problem, lookup->arg);
    else if (lookup->list)
        freeaddrinfo(lookup->list);
    destroy(lookup);
}

static void *look_up(void *arg)
{
    swio_lookup *lookup = arg;
    lookup->failed = getaddrinfo(lookup->host, NULL, &wanted, &lookup->list);
    lookup->error = errno;
    if (lookup->failed)
        lookup->list = NULL;
    lookup->task = (swio_task){.fn = deliver, .arg = lookup};
    if (!swio_loop_submit(lookup->loop, &lookup->task)) {
        if (lookup->list)
            freeaddrinfo(lookup->list);
        destroy(lookup);
    }
    return NULL;
}

int swio_lookup_start(swio_loop *loop, const char *host, swio_lookup_fn *done, void *arg,
                      swio_lookup **out)
{
    size_t len = strlen(host) + 1;
    swio_lookup *lookup = swio_calloc(1, sizeof *lookup + len);
    if (!lookup)
        return swio_err_nomem();
    lookup->loop = swio_obj_ref(loop);
    lookup->done = done;
    lookup->arg = arg;
    memcpy(lookup->host, host, len);
    /* The loop's thread has its signals blocked; this one inherits that. */
    pthread_t thread;
    int failed = pthread_create(&thread, NULL, look_up, lookup);
    if (failed) {
        destroy(lookup);
        return swio_err(SWIO_EIO, "%s: no thread to resolve the name (%s)", host, strerror(failed));
    }
    pthread_detach(thread);
    *out = lookup;
    return 0;
}

void swio_lookup_drop(swio_lookup *lookup)
{
    lookup->done = NULL;
}
