/* Jobs that can be waited for: a completion hangs in the slot of each. */
#ifndef SWIO_CONTROL_JOB_H
#define SWIO_CONTROL_JOB_H

#include <switchio/job.h>

/* For swio_track_hooks: sets the completion of a job that has ended. */
void swio_job_ended(swio_job *job, void *arg);

#endif
