/*
 * An app with parameters and a state, as a coroutine: each wait suspends its call alone. Without an
 * argument, on a simulated FreeSWITCH.
 */
#include <stdio.h>
#include <switchio/switchio.h>

typedef struct greeter {
    const char *greeting;
    double delay;
    int64_t times;
    int64_t greeted; /* calls */
} greeter;

static const swio_param params[] = {
    SWIO_PARAM(STRING, greeter, greeting, .standard = "tone_stream://%(300,50,440)",
               .required = true, .help = "what callers hear"),
    SWIO_PARAM(SECONDS, greeter, delay, .standard = "0.1", .help = "before they hear it"),
    SWIO_PARAM(INTEGER, greeter, times, .standard = "1", .min = 1, .max = 10, .help = "how often"),
    {0},
};

static int greet(swio_session *session, void *self)
{
    greeter *g = self;
    int error;
    if (!swio_session_is_inbound(session))
        return 0;
    error = swio_session_answer(session, 5);
    if (!error)
        error = swio_sleep(g->delay);
    for (int64_t i = 0; !error && i < g->times; i++)
        error = swio_session_playback(session, g->greeting, NULL, 30);
    if (error)
        return error; /* it is logged, with the session; SWIO_ECANCELED: the caller has hung up */
    g->greeted++;
    return swio_session_hangup(session, NULL, 5);
}

static int setup(swio_load *load, void *self)
{
    greeter *g = self;
    printf("loaded for %s: %s\n", swio_client_host(swio_load_client(load)), g->greeting);
    return 0;
}

static void teardown(void *self)
{
    greeter *g = self;
    printf("greeted %lld calls\n", (long long)g->greeted);
}

static const swio_app app = {
    .name = "Greeter",
    .doc = "Answer, play a greeting, hang up.",
    .on = {SWIO_COROUTINE("CHANNEL_PARK", greet)},
    .params = params,
    .state_size = sizeof(greeter),
    .setup = setup,
    .teardown = teardown,
};

int main(int argc, char **argv)
{
    const swio_load_opts load = {.params = "times=2,greeting=tone_stream://%(200, 0, 350, 440)"};
    swio_caller *caller;
    swio_session *session;

    if (swio_caller_open(argc < 2 ? "sim" : argv[1], NULL, &caller))
        return swio_fail("open");
    if (swio_caller_load_app(caller, "greet", &app, &load))
        return swio_fail("load");
    if (swio_caller_call(caller, "Fred", "greet", NULL, &session))
        return swio_fail("call");
    if (swio_session_recv(session, "CHANNEL_HANGUP", 30, NULL))
        return swio_fail("the end of the call");

    printf("hung up with %s\n", swio_session_cause(session));
    swio_session_unref(session);
    swio_caller_close(caller);
    return 0;
}
