/* What a client tells its FreeSWITCH: api, bgapi, originate. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "control/client.h"
#include "control/originate.h"
#include "control/sofia.h"
#include "esl/command.h"
#include "loop/completion.h"

int swio_client_api(swio_client *client, const char *text, double timeout, swio_event **reply)
{
    return swio_conn_api(swio_lines_pick(client->lines, NULL), text, timeout, reply);
}

/* `text` without blanks and line ends around it. */
static char *trimmed(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        len--;
    return swio_strndup(text, len);
}

int swio_client_cmd(swio_client *client, const char *text, double timeout, char **out)
{
    swio_event *reply = NULL;
    int error = swio_may_wait("asking for the answer to a command");
    if (!error)
        error = swio_client_api(client, text, timeout > 0 ? timeout : client->timeout, &reply);
    if (!error) {
        char *body = trimmed(swio_event_body(reply, NULL));
        if (body)
            *out = body;
        else
            error = swio_err_nomem();
    }
    swio_event_unref(reply);
    return error;
}

/* A bgapi on its way: whose job fails if the command is refused. */
typedef struct launch {
    swio_listener *listener; /* its memory alone: it may be closed meanwhile */
    swio_uuid job;
} launch;

static launch *launch_new(swio_listener *listener)
{
    launch *l = swio_malloc(sizeof *l);
    if (l)
        *l = (launch){swio_obj_ref(listener), swio_uuid_new()};
    return l;
}

static void launch_free(launch *l)
{
    if (l)
        swio_obj_unref(l->listener);
    swio_free(l);
}

static void launched(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    launch *l = arg;
    (void)conn, (void)reply;
    if (error && l->listener->track)
        swio_track_job_fail(l->listener->track, l->job.text, error, sentence);
    launch_free(l);
}

/* Now, or when it is due. */
static int64_t launch_time_us(const swio_shot *shot)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t ahead_ns = shot ? (int64_t)(shot->due_ns - swio_now_ns()) : 0;
    return (int64_t)now.tv_sec * 1000000 + (now.tv_nsec + ahead_ns) / 1000;
}

static int send_job(swio_client *client, const swio_buf *bytes, const char *sess_uuid,
                    swio_shot *shot, launch *l)
{
    double timeout = client->timeout;
    if (shot)
        return swio_conn_send_at(swio_lines_ahead(client->lines), bytes->data, bytes->len, timeout,
                                 shot, launched, l);
    swio_conn *conn = swio_lines_pick(client->lines, sess_uuid);
    return swio_conn_send(conn, bytes->data, bytes->len, timeout, launched, l);
}

/*
 * Registers the job and sends the command; in this order, so that a fast result finds its job.
 * Takes the slot of `opts`.
 */
static int launch_job(swio_client *client, swio_listener *listener, const swio_job_opts *opts,
                      swio_shot *shot, swio_job **out)
{
    swio_buf bytes = {0};
    swio_job *job = NULL;
    launch *l = launch_new(listener);
    int error = l ? swio_command_bgapi(&bytes, l->job.text, opts->command) : swio_err_nomem();
    if (!error)
        error = swio_track_job_add(listener->track, l->job.text, opts, &job);
    if (error) {
        swio_obj_unref(opts->slot);
    } else {
        error = send_job(client, &bytes, opts->sess_uuid, shot, l);
        if (error)
            swio_track_job_fail(listener->track, l->job.text, error, swio_errmsg());
        else
            l = NULL; /* now that of launched() */
    }
    launch_free(l);
    swio_buf_free(&bytes);
    if (!error && out)
        *out = job;
    else
        swio_job_unref(job);
    return error;
}

/* The same with the listener found and the completion made. */
static int run_job(swio_client *client, const char *text, const char *app_id, const char *sess_uuid,
                   swio_shot *shot, swio_job **out)
{
    swio_listener *listener = NULL;
    swio_completion *done = NULL;
    int error = swio_client_need_listener(client, &listener);
    if (!error)
        error = swio_listener_need_running(listener);
    if (!error)
        error = swio_completion_new(client->loop, &done);
    if (!error) {
        swio_job_opts opts = {
            .command = text,
            .sess_uuid = sess_uuid,
            .app = app_id,
            .launch_time_us = launch_time_us(shot),
            .slot = done,
        };
        error = launch_job(client, listener, &opts, shot, out);
    }
    swio_listener_unref(listener);
    return error;
}

int swio_client_bgapi(swio_client *client, const char *text, const char *app_id, swio_job **job)
{
    return run_job(client, text, app_id, NULL, NULL, job);
}

swio_originate_opts *swio_client_template(swio_client *client)
{
    pthread_mutex_lock(&client->lock);
    swio_originate_opts *opts = swio_obj_ref(client->originate);
    pthread_mutex_unlock(&client->lock);
    return opts;
}

/* `call` as it is, with its uuid. */
static int place_call(swio_client *client, const swio_originate_opts *call, swio_shot *shot,
                      swio_job **job)
{
    swio_buf line = {0};
    int error = swio_originate_build(call, &line);
    if (!error)
        error = run_job(client, line.data, call->app_id, call->uuid, shot, job);
    swio_buf_free(&line);
    return error;
}

int swio_client_originate_by(swio_client *client, const swio_originate_opts *template,
                             const swio_originate_opts *call, swio_shot *shot, swio_job **job)
{
    swio_originate_opts this_call = *call, *filled = NULL;
    swio_uuid uuid;
    if (!this_call.uuid) {
        uuid = swio_uuid_new();
        this_call.uuid = uuid.text;
    }
    if (!template)
        return place_call(client, &this_call, shot, job);
    int error = swio_originate_fill(template, &this_call, &filled);
    if (!error)
        error = place_call(client, filled, shot, job);
    swio_obj_unref(filled);
    return error;
}

int swio_client_originate(swio_client *client, const swio_originate_opts *opts, swio_job **job)
{
    static const swio_originate_opts none;
    if (!opts)
        opts = &none;
    swio_originate_opts *template = opts->dest_url ? NULL : swio_client_template(client);
    int error = swio_client_originate_by(client, template, opts, NULL, job);
    swio_obj_unref(template);
    return error;
}

int swio_client_hupall(swio_client *client, const char *app_id, double timeout)
{
    char text[512];
    if (app_id && (!*app_id || strpbrk(app_id, " '\"\\\r\n") || strlen(app_id) > 256))
        return swio_err(SWIO_EINVAL, "hupall: '%s' is no app id", app_id);
    if (app_id)
        snprintf(text, sizeof text, "hupall NORMAL_CLEARING %s %s",
                 &SWIO_APP_HEADER[sizeof "variable_" - 1], app_id);
    else
        snprintf(text, sizeof text, "hupall NORMAL_CLEARING");
    return swio_client_api(client, text, timeout, NULL);
}

/* The profile is not there: says which are. */
static int no_profile(swio_client *client, const char *profile)
{
    char *status = NULL;
    swio_buf names = {0};
    if (!swio_client_cmd(client, "sofia status", 0, &status))
        swio_sofia_profiles(status, &names);
    int error = swio_err(SWIO_ENOENT, "%s has no SIP profile '%s'%s%s", client->contact, profile,
                         names.len ? "; there are: " : "", names.len ? names.data : "");
    swio_buf_free(&names);
    swio_free(status);
    return error;
}

int swio_client_sip_address(swio_client *client, const char *profile, char **out)
{
    char *status = NULL;
    swio_buf text = {0}, address = {0};
    if (!profile || !*profile)
        return swio_err(SWIO_EINVAL, "%s: no SIP profile is named", client->contact);
    swio_buf_printf(&text, "sofia status profile %s", profile);
    int error = swio_buf_error(&text);
    if (!error)
        error = swio_client_cmd(client, text.data, 0, &status);
    if (!error) {
        error = swio_sofia_address(status, &address);
        if (error == SWIO_ENOENT)
            error = no_profile(client, profile);
    }
    if (!error)
        *out = swio_buf_steal(&address, NULL);
    swio_buf_free(&address);
    swio_buf_free(&text);
    swio_free(status);
    return error;
}
