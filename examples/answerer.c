/* The smallest app: answers what comes in. Without an argument, on a simulated FreeSWITCH. */
#include <stdio.h>
#include <switchio/switchio.h>

static int on_park(swio_session *session, void *self)
{
    (void)self;
    return swio_session_is_inbound(session) ? swio_session_answer(session, 0) : 0;
}

static const swio_app answerer = {
    .name = "Answerer",
    .doc = "Answer every inbound call.",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", on_park)},
};

int main(int argc, char **argv)
{
    swio_caller *caller;
    swio_session *session;

    if (swio_caller_open(argc < 2 ? "sim" : argv[1],
                         &(swio_caller_opts){.apps = {{"answer", &answerer}}}, &caller))
        return swio_fail("open");
    if (swio_caller_call(caller, "Fred", "answer", NULL, &session))
        return swio_fail("call");

    printf("%s\n", swio_session_answered(session) ? "Fred has answered" : "Fred is silent");
    swio_session_unref(session);
    swio_caller_close(caller);
    return 0;
}
