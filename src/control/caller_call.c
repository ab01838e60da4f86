/* One call of a sync caller. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "control/caller.h"
#include "loop/loop.h"

/* Seconds until a call must be connected. */
static const double TIMEOUT = 30;

static int no_such_app(swio_caller *caller, const char *app)
{
    swio_buf names = {0};
    const swio_caller_id *id;
    pthread_mutex_lock(&caller->lock);
    STAILQ_FOREACH (id, &caller->ids, link)
        if (id->name && id->ready)
            swio_buf_printf(&names, "%s%s", names.len ? ", " : "", id->name);
    pthread_mutex_unlock(&caller->lock);
    int error = swio_err(SWIO_ENOENT, "the caller has no app '%s'%s%s", app,
                         names.len ? "; there are: " : "", names.len ? names.data : "");
    swio_buf_free(&names);
    return error;
}

/* Where a user without a host is called: at the proxy, else at our own profile. */
static int add_host(swio_caller *caller, const swio_originate_opts *call, swio_buf *url)
{
    const char *profile = call->profile ? call->profile : "external";
    char *address = NULL;
    if (call->proxy) {
        swio_buf_printf(url, "@%.*s", (int)strcspn(call->proxy, ";"), call->proxy);
        return 0;
    }
    int error = swio_client_sip_address(swio_caller_client(caller), profile, &address);
    if (!error)
        swio_buf_printf(url, "@%s", address);
    swio_text_free(address);
    return error;
}

static int make_url(swio_caller *caller, const char *dest_url, const swio_originate_opts *call,
                    swio_buf *url)
{
    int error = 0;
    swio_buf_puts(url, dest_url);
    if (*dest_url && !call->gateway && !strchr(dest_url, '@'))
        error = add_host(caller, call, url);
    return error ? error : swio_buf_error(url);
}

/* Nobody waits for it any more. */
static void give_up(swio_client *client, const char *uuid)
{
    char text[64];
    snprintf(text, sizeof text, "uuid_kill %s ORIGINATOR_CANCEL", uuid);
    swio_client_api(client, text, 0, NULL);
}

/* Says in front of the words which call it was. */
static int failed(swio_client *client, int error, const swio_originate_opts *call)
{
    swio_err(error, "the call from %s to %s failed: %s", swio_client_contact(client),
             call->dest_url, swio_errmsg());
    if (error == SWIO_ETIMEOUT || error == SWIO_ECANCELED) {
        char sentence[SWIO_ERRMSG_MAX];
        int len = snprintf(sentence, sizeof sentence, "%s", swio_errmsg());
        give_up(client, call->uuid);
        if (len >= 0)
            swio_err(error, "%s", sentence);
    }
    return error;
}

static int place(swio_caller *caller, const swio_originate_opts *call, double timeout)
{
    swio_client *client = swio_caller_client(caller);
    swio_job *job = NULL;
    atomic_store(&caller->called, true);
    int error = swio_client_originate(client, call, &job);
    if (error)
        return error;
    error = swio_job_get(job, timeout, NULL);
    if (error && atomic_load(&caller->closed)) /* which hung it up */
        error = swio_err(SWIO_ECANCELED, "the caller was closed");
    if (error)
        failed(client, error, call);
    swio_job_unref(job);
    return error;
}

/* Places the call while its session is looked out for. */
static int place_and_hold(swio_caller *caller, const swio_originate_opts *call, double timeout,
                          swio_session **session)
{
    swio_calling calling = {.uuid = call->uuid};
    pthread_mutex_lock(&caller->lock);
    LIST_INSERT_HEAD(&caller->calling, &calling, link);
    pthread_mutex_unlock(&caller->lock);

    int error = place(caller, call, timeout);

    pthread_mutex_lock(&caller->lock);
    LIST_REMOVE(&calling, link);
    pthread_mutex_unlock(&caller->lock);
    if (!error && !calling.session)
        error =
            swio_err(SWIO_ECANCELED, "the call to %s was connected, and its events did not come",
                     call->dest_url);
    if (!error && session)
        *session = calling.session;
    else
        swio_session_unref(calling.session);
    return error;
}

int swio_caller_call(swio_caller *caller, const char *dest_url, const char *app,
                     const swio_caller_call_opts *opts, swio_session **session)
{
    static const swio_caller_call_opts none;
    if (!opts)
        opts = &none;
    if (!dest_url)
        return swio_err(SWIO_EINVAL, "a caller of %s: the call has no destination",
                        swio_client_contact(swio_caller_client(caller)));
    int error = swio_may_wait("swio_caller_call()");
    if (error)
        return error;
    const char *id = swio_caller_app_id(caller, app);
    if (!id)
        return no_such_app(caller, app);

    swio_obj_ref(caller); /* it may be closed meanwhile */
    swio_uuid uuid = swio_uuid_new();
    swio_originate_opts call = opts->originate;
    swio_buf url = {0};
    error = make_url(caller, dest_url, &call, &url);
    if (!error) {
        call.dest_url = url.data;
        call.app_id = id;
        call.uuid = uuid.text;
        error = place_and_hold(caller, &call, opts->timeout > 0 ? opts->timeout : TIMEOUT, session);
    }
    swio_buf_free(&url);
    swio_obj_unref(caller);
    return error;
}
