/* A client and a listener, an app, a call: what a sync caller does, with nothing hidden. */
#include <stdio.h>
#include <switchio/switchio.h>

static int run(const char *host)
{
    swio_listener *listener = NULL;
    swio_client *client = NULL;
    swio_job *job = NULL;
    char *address = NULL, url[128];
    const char *id, *sess_uuid;

    /* init */
    int error = swio_listener_new(host, NULL, &listener);
    if (!error)
        error = swio_client_new(host, &(swio_client_opts){.listener = listener}, &client);
    if (!error)
        error = swio_client_connect(client);
    if (!error)
        error = swio_listener_connect(listener);
    if (!error)
        error = swio_listener_start(listener);

    /* app load */
    if (!error)
        error = swio_client_load_app(client, &swio_app_tone_play, NULL, &id);

    /* make a call, to that FreeSWITCH itself */
    if (!error)
        error = swio_client_sip_address(client, "external", &address);
    if (!error) {
        snprintf(url, sizeof url, "park@%s", address);
        swio_originate_opts opts = {.dest_url = url, .app_id = id};
        error = swio_client_originate(client, &opts, &job);
    }
    if (!error)
        error = swio_job_get(job, 30, &sess_uuid);

    /* let it play a bit, and hang up */
    if (!error) {
        swio_call *call = swio_listener_call(listener, sess_uuid);
        swio_session *orig_sess = swio_call_first(call);
        swio_sleep(2);
        error = swio_session_hangup(orig_sess, NULL, 5);
        swio_session_unref(orig_sess);
        swio_call_unref(call);
    }
    swio_text_free(address);
    swio_job_unref(job);
    swio_client_unref(client);
    swio_listener_unref(listener);
    return error;
}

/* Without an argument on a simulated FreeSWITCH. */
int main(int argc, char **argv)
{
    swio_sim *sim = NULL;
    if (argc < 2 && swio_sim_start(NULL, &sim))
        return swio_fail("the simulator");
    int status = run(sim ? swio_sim_contact(sim, 0) : argv[1]) ? swio_fail("pair") : 0;
    swio_sim_stop(sim);
    return status;
}
