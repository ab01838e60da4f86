/* The quick start: one call, placed, heard and hung up. */
#include <switchio/switchio.h>

int main(int argc, char **argv)
{
    swio_caller_opts opts = {.apps = {{"tone", &swio_app_tone_play}}};
    swio_caller *caller;
    swio_session *session;

    /* the FreeSWITCH that places the calls, by name or address; "sim" is a simulated one */
    if (swio_caller_open(argc > 1 ? argv[1] : "sim", &opts, &caller))
        return swio_fail("open");

    /* calls Fred at that FreeSWITCH itself, and returns when the call is connected */
    if (swio_caller_call(caller, "Fred", "tone", NULL, &session))
        return swio_fail("call");

    swio_sleep(5); /* let the tone play a bit */
    swio_session_hangup(session, NULL, 2);
    swio_session_unref(session);
    swio_caller_close(caller);
    return 0;
}
