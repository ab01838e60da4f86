/*
 * The tutorial, step by step: docs/tutorial.md shows and explains every piece of it, and what it
 * prints.
 *     tutorial [HOST [PROXY]]
 * runs on a FreeSWITCH, without an argument on a simulated one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/switchio.h>

/* Where the calls go: to two extensions of the switch itself, through a proxy. */
typedef struct place {
    const char *proxy;
    char echo[128], park[128];
} place;

static void must(int error)
{
    if (error)
        exit(swio_fail("tutorial"));
}

static void show_listener(const swio_listener *listener)
{
    char text[64];
    swio_listener_format(listener, text, sizeof text);
    puts(text);
}

static void show_calls(swio_listener *listener)
{
    swio_call **calls;
    char text[128];
    must(swio_listener_calls(listener, &calls, NULL));
    for (swio_call **call = calls; *call; call++) {
        swio_call_format(*call, text, sizeof text);
        puts(text);
    }
    swio_calls_free(calls);
}

static void ask(swio_client *client)
{
    swio_event *reply;
    char *answer;

    must(swio_client_api(client, "status", 5, &reply)); /* the reply as an event */
    const char *status = swio_event_body(reply, NULL);
    printf("%.*s\n", (int)strcspn(status, "\n"), status);
    swio_event_unref(reply);

    must(swio_client_cmd(client, "global_getvar local_ip_v4", 5, &answer)); /* its text alone */
    puts(answer);
    swio_text_free(answer);

    if (swio_client_cmd(client, "not a real command", 5, &answer) == SWIO_EAPI)
        puts(swio_errmsg());
}

static void originate_without_listener(swio_client *client, const place *to)
{
    swio_originate_opts opts = {.dest_url = to->echo};
    if (swio_client_originate(client, &opts, NULL) == SWIO_ECONFIG)
        puts(swio_errmsg());
}

static swio_listener *add_listener(swio_client *client)
{
    swio_listener *listener;

    must(swio_listener_new(swio_client_contact(client), NULL, &listener));
    show_listener(listener);
    must(swio_listener_unsubscribe(listener, "CALL_UPDATE"));
    must(swio_listener_connect(listener));
    show_listener(listener);
    must(swio_listener_start(listener));
    must(swio_client_set_listener(client, listener));
    return listener;
}

/* The callee's leg waits in the park-only dialplan: what a phone would do, we do. */
static void pick_up(swio_listener *listener, swio_job *job)
{
    swio_session *callee = NULL;
    while (!callee || !swio_session_get(callee, "variable_current_application")) {
        if (swio_job_ready(job))
            must(swio_job_get(job, 0, NULL)); /* it may have failed */
        must(swio_sleep(0.01));
        swio_session_unref(callee);
        swio_call *call = swio_listener_call(listener, swio_job_sess_uuid(job));
        swio_session *caller = swio_listener_session(listener, swio_job_sess_uuid(job));
        callee = call && caller ? swio_call_get_peer(call, caller) : NULL;
        swio_session_unref(caller);
        swio_call_unref(call);
    }
    must(swio_session_answer(callee, 10));
    swio_session_unref(callee);
}

static void originate(swio_client *client, const place *to)
{
    swio_listener *listener = swio_client_listener(client);
    swio_originate_opts opts = {
        .dest_url = to->echo, .exten = "9197", .proxy = to->proxy, .app_id = "tutorial"};
    swio_job *job;

    must(swio_client_originate(client, &opts, &job));
    pick_up(listener, job);
    show_calls(listener); /* the calls that are up */
    swio_job_unref(job);
    swio_listener_unref(listener);
}

static void wait_for_job(swio_client *client, const place *to)
{
    swio_listener *listener = swio_client_listener(client);
    swio_originate_opts opts = {
        .dest_url = to->echo, .exten = "9197", .proxy = to->proxy, .app_id = "tutorial"};
    swio_job *job;
    const char *result;

    must(swio_client_originate(client, &opts, &job));
    pick_up(listener, job);
    must(swio_job_get(job, 30, &result)); /* waits up to 30 seconds for the result: */
    puts(result);                         /* the session uuid of the caller's leg, … */
    puts(swio_job_sess_uuid(job));        /* … which the job knows from the start */
    swio_job_unref(job);

    must(swio_client_hupall(client, "tutorial", 5)); /* hang up the calls of both steps */
    swio_listener_unref(listener);
}

static const char *load_tone_play(swio_client *client)
{
    const char *id;
    must(swio_client_load_app(client, &swio_app_tone_play, NULL, &id));
    puts(id); /* a fresh uuid, since none was given */
    puts(swio_client_app_id(client, "TonePlay"));
    return id;
}

static void call_with_app(swio_client *client, const place *to, const char *app_id)
{
    swio_listener *listener = swio_client_listener(client);
    swio_originate_opts opts = {.dest_url = to->park, .proxy = to->proxy, .app_id = app_id};
    swio_job *job;

    must(swio_client_originate(client, &opts, &job));
    must(swio_job_get(job, 10, NULL)); /* waits for the call to connect */
    swio_call *call = swio_listener_call(listener, swio_job_sess_uuid(job));
    must(swio_call_hangup(call, NULL, 5));
    swio_call_unref(call);
    swio_job_unref(job);
    swio_listener_unref(listener);
}

int main(int argc, char **argv)
{
    swio_sim *sim = NULL;
    swio_client *client;
    char *address;
    place to;

    setvbuf(stdout, NULL, _IOLBF, 0); /* its lines stand among those of the log */
    swio_log_set_level(SWIO_LOG_INFO);
    if (argc < 2)
        must(swio_sim_start(NULL, &sim));
    must(swio_client_new(argc < 2 ? swio_sim_contact(sim, 0) : argv[1], NULL, &client));
    must(swio_client_connect(client));
    must(swio_client_sip_address(client, "external", &address)); /* such as "10.10.8.21:5080" */
    to.proxy = argc > 2 ? argv[2] : address;
    snprintf(to.echo, sizeof to.echo, "9196@%s", address);
    snprintf(to.park, sizeof to.park, "park@%s", address);

    ask(client);
    originate_without_listener(client, &to);
    swio_listener *listener = add_listener(client);
    originate(client, &to);
    wait_for_job(client, &to);
    call_with_app(client, &to, load_tone_play(client));

    swio_text_free(address);
    swio_client_unref(client);
    swio_listener_unref(listener);
    swio_sim_stop(sim);
    return 0;
}
