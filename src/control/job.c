#include "control/job.h"

#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
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

int swio_job_on_done(swio_job *job, swio_job_done_fn *done, void *arg)
{
    swio_completion *c = swio_job_slot(job);
    if (!c)
        return swio_err(SWIO_ECONFIG, "the job %s was not launched here", swio_job_uuid(job));
    notice *n = swio_malloc(sizeof *n);
    if (!n)
        return swio_err_nomem();
    *n = (notice){swio_job_ref(job), done, arg};
    int error = swio_completion_then(c, notify, n);
    if (error) {
        swio_job_unref(n->job);
        swio_free(n);
    }
    return error;
}
