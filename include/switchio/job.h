/* Background jobs: what became of a `bgapi`. */
#ifndef SWITCHIO_JOB_H
#define SWITCHIO_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include <switchio/export.h>

SWIO_BEGIN_DECLS

/*
 * One `bgapi` command that was sent, from then until its BACKGROUND_JOB event came or the
 * connection was lost: it ends exactly once. Reference counted; any thread may call any function,
 * and give up its reference on any thread. Texts live as long as the job is held.
 */
typedef struct swio_job swio_job;

SWIO_API swio_job *swio_job_ref(swio_job *job);
/* Gives NULL, and is fine with it. */
SWIO_API swio_job *swio_job_unref(swio_job *job);

/* The Job-UUID, chosen by us before the command left. */
SWIO_API const char *swio_job_uuid(const swio_job *job);

/*
 * The session that the job is about: for an originate the uuid of the originated session, known
 * from the start where we chose it (origination_uuid), else with the result. NULL for other jobs.
 */
SWIO_API const char *swio_job_sess_uuid(const swio_job *job);

/* The command that was sent, without `bgapi`; "" where it is not known. */
SWIO_API const char *swio_job_command(const swio_job *job);

/* When the command was given, in microseconds since 1970 by the local clock; 0 if not known. */
SWIO_API int64_t swio_job_launch_time_us(const swio_job *job);

/* True once the job has ended, well or not. */
SWIO_API bool swio_job_ready(const swio_job *job);

/* True once it has ended well. */
SWIO_API bool swio_job_successful(const swio_job *job);

/*
 * 0 while the job is under way and when it ended well; else why it failed: SWIO_EJOB (FreeSWITCH
 * answered -ERR or -USAGE), SWIO_ECONN (the connection was lost), or what it was failed with.
 */
SWIO_API int swio_job_error(const swio_job *job);

/*
 * The result: of an originate the session's uuid, of another job the text that FreeSWITCH gave,
 * without the line end; of a failed one FreeSWITCH's words ("-ERR NO_ROUTE_DESTINATION") or the
 * sentence of the failure. NULL while the job is under way.
 */
SWIO_API const char *swio_job_result(const swio_job *job);

/*
 * Waits until the job has ended, well or not, as the rule of waiting says: a thread is blocked, a
 * coroutine suspended. 0 once it has ended; SWIO_ETIMEOUT when it is still under way after
 * `timeout` seconds (0: asks and does not wait; INFINITY: for ever, as a job ends with its
 * connection); SWIO_EWOULDBLOCK in a callback; SWIO_ECANCELED when the coroutine's session ended,
 * its app was unloaded, or the loop is gone; SWIO_ENOMEM.
 */
SWIO_API int swio_job_wait(swio_job *job, double timeout);

/*
 * The same, and the outcome of the job: 0 when it ended well, else swio_job_error() with its words
 * in swio_errmsg() (SWIO_EJOB: "-ERR NO_ROUTE_DESTINATION"). `result` (may be NULL) gets
 * swio_job_result().
 */
SWIO_API int swio_job_get(swio_job *job, double timeout, const char **result);

/*
 * Calls `done` once on the loop's thread when the job has ended (soon, if it has already; never
 * inside this call). The job is borrowed, and held until then; `arg` is the caller's affair. `done`
 * must not wait, and may give up any reference. Several may be left: they are called in that order.
 * SWIO_ENOMEM, SWIO_ECANCELED when the loop is ending; `done` is not called after an error.
 */
typedef void swio_job_done_fn(swio_job *job, void *arg);
SWIO_API int swio_job_on_done(swio_job *job, swio_job_done_fn *done, void *arg);

SWIO_END_DECLS

#endif
