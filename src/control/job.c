#include "control/job.h"

#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "control/listener.h"
#include "loop/completion.h"
#include "track/track.h"

void swio_job_ended(swio_job *job, void *arg)
{
    (void)arg;
    swio_completion *c = swio_job_slot(job);
    if (c)
        swio_completion_set(c, 0, NULL, NULL); /* that it ended; how is the job's to tell */
}

/* A job that nobody here launched has no completion: it is made when it ends. */
int swio_job_wait(swio_job *job, double timeout)
{
    swio_completion *c = swio_job_slot(job);
    if (!c || swio_job_ready(job))
        return 0;
    int error = timeout > 0 ? swio_may_wait_or("waiting for a job", ", or leave a handler with "
                                                                    "swio_job_on_done()")
                            : 0;
    if (error)
        return error;
    char what[128];
    snprintf(what, sizeof what, "the job %s (%.60s)", swio_job_uuid(job), swio_job_command(job));
    return swio_completion_wait(c, timeout, what);
}

int swio_job_get(swio_job *job, double timeout, const char **result)
{
    int error = swio_job_wait(job, timeout);
    if (error)
        return error;
    if (result)
        *result = swio_job_result(job);
    error = swio_job_error(job);
    return error ? swio_err(error, "%s", swio_job_result(job)) : 0;
}

typedef struct notice {
    swio_job *job;
    swio_job_done_fn *done;
    void *arg;
} notice;

static void notify(swio_completion *c, void *arg)
{
    notice *n = arg;
    (void)c;
    n->done(n->job, n->arg);
    swio_job_unref(n->job);
    swio_free(n);
}

/* What to hang a notice on: of a job that was launched here its own completion, of another, which
 * has ended by the time that anybody gets to see it, one that is set. */
static int completion_of(const swio_job *job, swio_completion **out)
{
    swio_completion *c = swio_job_slot(job);
    if (c) {
        *out = swio_obj_ref(c);
        return 0;
    }
    const swio_listener *listener = swio_job_owner(job);
    int error = swio_completion_new(listener->loop, out);
    if (!error)
        swio_completion_set(*out, 0, NULL, NULL);
    return error;
}

int swio_job_on_done(swio_job *job, swio_job_done_fn *done, void *arg)
{
    swio_completion *c;
    int error = completion_of(job, &c);
    if (error)
        return error;
    notice *n = swio_malloc(sizeof *n);
    error = n ? 0 : swio_err_nomem();
    if (!error) {
        *n = (notice){swio_job_ref(job), done, arg};
        error = swio_completion_then(c, notify, n);
        if (error) {
            swio_job_unref(n->job);
            swio_free(n);
        }
    }
    swio_obj_unref(c);
    return error;
}
