#include <string.h>

#include "base/err.h"
#include "track/model.h"

static void destroy(void *obj)
{
    swio_job *job = obj;
    if (job->slot && job->home->hooks.free_slot)
        job->home->hooks.free_slot(job->slot);
    swio_free(job->command);
    swio_free(job->app);
    swio_free(job->given_sess_uuid);
    swio_free(job->result_text);
    swio_obj_unref(job->home);
}

/* Copies a text that may be NULL; false without memory. */
static bool copy(char **to, const char *text)
{
    *to = text ? swio_strdup(text) : NULL;
    return *to || !text;
}

swio_job *swio_job_make(swio_home *home, const char *uuid, const swio_job_opts *opts)
{
    size_t size = strlen(uuid) + 1;
    swio_job *job = swio_obj_new(sizeof *job + size, destroy);
    if (!job)
        return NULL;
    job->home = swio_obj_ref(home);
    memcpy(job->uuid, uuid, size);
    job->launch_time_us = opts->launch_time_us;
    if (!copy(&job->command, opts->command ? opts->command : "") || !copy(&job->app, opts->app) ||
        !copy(&job->given_sess_uuid, opts->sess_uuid))
        return swio_obj_unref(job);
    job->sess_uuid = job->given_sess_uuid;
    job->slot = opts->slot; /* from here on it is ours */
    return job;
}

static void end(swio_job *job, int error, const char *result)
{
    job->state = error ? SWIO_JOB_BROKEN : SWIO_JOB_DONE;
    job->error = error;
    job->result = result;
}

static void end_with(swio_job *job, int error, const char *text, size_t len)
{
    job->result_text = swio_strndup(text, len);
    if (job->result_text)
        end(job, error, job->result_text);
    else
        end(job, SWIO_ENOMEM, "out of memory for the result of the job");
}

static bool begins(const char *text, size_t len, const char *with)
{
    return len >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

/* Only the first bytes of an answer say whether it is an error (mod_commands.c and others). */
void swio_job_end(swio_job *job, const char *body, size_t len, bool originate)
{
    while (len && strchr(" \t\r\n", body[len - 1]))
        len--;
    if (begins(body, len, "-ERR") || begins(body, len, "-USAGE")) {
        end_with(job, SWIO_EJOB, body, len);
        return;
    }
    if (!originate || !begins(body, len, "+OK ")) {
        end_with(job, 0, body, len);
        return;
    }
    body += 4;
    len -= 4;
    if (job->sess_uuid && strlen(job->sess_uuid) == len && begins(body, len, job->sess_uuid)) {
        end(job, 0, job->sess_uuid);
        return;
    }
    /* not known before, or another leg of a forked originate answered */
    end_with(job, 0, body, len);
    if (!job->error)
        job->sess_uuid = job->result;
}

void swio_job_break(swio_job *job, int error, const char *sentence)
{
    end_with(job, error, sentence, strlen(sentence));
}

swio_job *swio_job_ref(swio_job *job)
{
    return swio_obj_ref(job);
}

swio_job *swio_job_unref(swio_job *job)
{
    return swio_obj_unref(job);
}

const char *swio_job_uuid(const swio_job *job)
{
    return job->uuid;
}

const char *swio_job_sess_uuid(const swio_job *job)
{
    swio_home_lock(job->home);
    const char *uuid = job->sess_uuid;
    swio_home_unlock(job->home);
    return uuid;
}

const char *swio_job_command(const swio_job *job)
{
    return job->command;
}

int64_t swio_job_launch_time_us(const swio_job *job)
{
    return job->launch_time_us;
}

static swio_job_state state_of(const swio_job *job)
{
    swio_home_lock(job->home);
    swio_job_state state = job->state;
    swio_home_unlock(job->home);
    return state;
}

bool swio_job_ready(const swio_job *job)
{
    return state_of(job) != SWIO_JOB_PENDING;
}

bool swio_job_successful(const swio_job *job)
{
    return state_of(job) == SWIO_JOB_DONE;
}

int swio_job_error(const swio_job *job)
{
    swio_home_lock(job->home);
    int error = job->error;
    swio_home_unlock(job->home);
    return error;
}

const char *swio_job_result(const swio_job *job)
{
    swio_home_lock(job->home);
    const char *result = job->result;
    swio_home_unlock(job->home);
    return result;
}

void *swio_job_owner(const swio_job *job)
{
    return job->home->owner;
}

void *swio_job_slot(const swio_job *job)
{
    swio_home_lock(job->home);
    void *slot = job->slot;
    swio_home_unlock(job->home);
    return slot;
}

void *swio_job_set_slot(swio_job *job, void *slot)
{
    swio_home_lock(job->home);
    void *before = job->slot;
    job->slot = slot;
    swio_home_unlock(job->home);
    return before;
}
