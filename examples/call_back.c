/*
 * Calls placed from inside an app: who calls the desk is turned away and called back, and then put
 * in touch with a colleague.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <switchio/switchio.h>

typedef struct desk {
    swio_client *client;
    const char *app_id;
    char here[64]; /* where the switch takes calls */
    atomic_bool done;
} desk;

/* Whom an inbound call is for. */
static bool is_for(const swio_session *session, const char *user)
{
    const char *number = swio_session_get(session, "Caller-Destination-Number");
    return swio_session_is_inbound(session) && number && strcmp(number, user) == 0;
}

static int call(desk *d, const char *user, swio_job **job)
{
    char url[96];
    snprintf(url, sizeof url, "%s@%s", user, d->here);
    swio_originate_opts opts = {.dest_url = url, .app_id = d->app_id};
    return swio_client_originate(d->client, &opts, job);
}

/* A callback does not wait, and originate does not either. */
static int turn_away(swio_session *session, void *self)
{
    if (!is_for(session, "desk"))
        return 0;
    printf("%s calls the desk, and is called back\n", swio_session_get(session, "Caller-ANI"));
    int error = swio_session_hangup(session, "USER_BUSY", 0);
    return error ? error : call(self, "phone", NULL);
}

/* A coroutine may wait, and does so for its own call alone. */
static int on_phone(swio_session *session, void *self)
{
    desk *d = self;
    swio_job *job;
    if (!is_for(session, "phone"))
        return 0;
    int error = swio_session_answer(session, 10);
    if (!error)
        error = call(d, "colleague", &job);
    if (error)
        return error;
    error = swio_job_get(job, 30, NULL);
    swio_job_unref(job);
    if (!error)
        printf("the colleague is there\n");
    if (!error)
        error = swio_client_hupall(d->client, d->app_id, 5);
    atomic_store(&d->done, true);
    return error;
}

static int on_colleague(swio_session *session, void *self)
{
    (void)self;
    return is_for(session, "colleague") ? swio_session_answer(session, 0) : 0;
}

static const swio_app app = {
    .name = "Desk",
    .doc = "Call back whoever calls.",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", turn_away), SWIO_CALLBACK("CHANNEL_PARK", on_colleague),
           SWIO_COROUTINE("CHANNEL_PARK", on_phone)},
};

/* Without an argument on a simulated FreeSWITCH. */
int main(int argc, char **argv)
{
    desk d = {.done = false};
    swio_caller *caller;
    char *address;

    if (swio_caller_open(argc > 1 ? argv[1] : "sim", NULL, &caller) ||
        swio_caller_load_app(caller, "desk", &app, &(swio_load_opts){.self = &d}))
        return swio_fail("open");
    d.client = swio_caller_client(caller);
    d.app_id = swio_caller_app_id(caller, "desk");
    if (swio_client_sip_address(d.client, "external", &address))
        return swio_fail("address");
    snprintf(d.here, sizeof d.here, "%s", address);
    swio_text_free(address);

    if (swio_caller_call(caller, "desk", "desk", NULL, NULL) != SWIO_EJOB)
        return swio_fail("the desk should have been busy");
    for (int i = 0; i < 300 && !atomic_load(&d.done); i++)
        swio_sleep(0.1);
    swio_caller_close(caller);
    return atomic_load(&d.done) ? 0 : 1;
}
