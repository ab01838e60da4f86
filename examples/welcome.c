/*
 * A call flow written as it happens: answer, play, wait for the end, hang up. Each wait suspends
 * its own call alone, so that these lines serve one call or ten thousand.
 */
#include <stdio.h>
#include <switchio/switchio.h>

static int welcome(swio_session *session, void *self)
{
    int error = 0;
    (void)self;
    if (!swio_session_is_inbound(session))
        return 0;
    if (!error)
        error = swio_session_answer(session, 10);
    if (!error)
        error = swio_session_playback(session, "tone_stream://%(200,100,440);loops=3", NULL, 60);
    if (!error)
        error = swio_session_hangup(session, NULL, 5);
    if (!error)
        printf("%s was welcomed\n", swio_session_get(session, "Caller-Caller-ID-Name"));
    return error; /* logged with the session and its event */
}

static const swio_app welcomer = {
    .name = "Welcomer",
    .doc = "Answer, play something, hang up.",
    .on = {SWIO_COROUTINE("CHANNEL_PARK", welcome)},
};

/* Without an argument on a simulated FreeSWITCH. */
int main(int argc, char **argv)
{
    enum { CALLS = 3 };
    static const char *const names[CALLS] = {"Ann", "Bob", "Cid"};
    swio_caller_opts opts = {.apps = {{"welcome", &welcomer}}};
    swio_caller *caller;
    swio_session *sessions[CALLS];

    if (swio_caller_open(argc > 1 ? argv[1] : "sim", &opts, &caller))
        return swio_fail("open");
    for (int i = 0; i < CALLS; i++) {
        swio_caller_call_opts call = {.originate = {.caller_name = names[i]}};
        if (swio_caller_call(caller, "welcome", "welcome", &call, &sessions[i]))
            return swio_fail("call");
    }
    for (int i = 0; i < CALLS; i++) {
        /* cancelled: the session had ended before it could be waited for */
        int error = swio_session_recv(sessions[i], "CHANNEL_HANGUP", 60, NULL);
        if (error && error != SWIO_ECANCELED)
            return swio_fail("wait");
        swio_session_unref(sessions[i]);
    }
    swio_caller_close(caller);
    return 0;
}
