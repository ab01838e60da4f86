/*
 * Counts digits: the caller sends some, and what the callees hear is printed in the end.
 *
 *     cc -shared -fPIC digits.c -o digits.so $(pkg-config --cflags --libs switchio)
 *     switchio dial --sim --max-offered 3 --app ./digits.so/send=1234 -l info
 */
#include <stdio.h>
#include <switchio/switchio.h>

typedef struct digits {
    const char *send;
    double pause;
    const char *rtp_timer_name;
    int64_t calls, heard;
} digits;

static const swio_param params[] = {
    SWIO_PARAM(STRING, digits, send, .standard = "123", .required = true,
               .help = "what the caller sends, of 0-9 * # A-D"),
    SWIO_PARAM(SECONDS, digits, pause, .standard = "0.3", .help = "from the answer to the first"),
    SWIO_PARAM(STRING, digits, rtp_timer_name, .standard = "soft", .variable = "rtp_timer_name",
               .help = "timer of the audio of placed calls; empty: that of the profile"),
    {0},
};

/* Both legs are parked: the callee answers, the caller sends once it was answered. */
static int on_park(swio_session *session, void *self)
{
    digits *d = self;
    if (swio_session_is_inbound(session)) {
        d->calls++;
        return swio_session_answer(session, 10);
    }
    int error = swio_sleep(d->pause);
    return error ? error : swio_session_send_dtmf(session, d->send, 100, 5);
}

static int on_dtmf(swio_session *session, void *self)
{
    digits *d = self;
    if (!swio_session_is_inbound(session))
        return 0;
    d->heard++;
    swio_log_line(SWIO_LOG_DEBUG, __FILE__, __LINE__, "%s hears %s", swio_session_uuid(session),
                  swio_session_get(session, "DTMF-Digit"));
    return swio_vars_add(swio_session_vars(session), "digits", 1, NULL);
}

/* The listener knows the leg until the end; its variables are there for other apps of the id. */
static int on_hangup(swio_session *session, void *self)
{
    (void)self;
    if (swio_session_is_inbound(session))
        swio_log_line(SWIO_LOG_INFO, __FILE__, __LINE__, "%s heard %lld digits",
                      swio_session_uuid(session),
                      swio_vars_get_int(swio_session_vars(session), "digits", 0));
    return 0;
}

static void teardown(void *self)
{
    const digits *d = self;
    printf("%lld calls, %lld digits\n", (long long)d->calls, (long long)d->heard);
}

static const swio_app app = {
    .name = "Digits",
    .doc = "The caller sends digits, and those that the callee hears are counted.",
    .on = {SWIO_COROUTINE("CHANNEL_PARK", on_park), SWIO_CALLBACK("DTMF", on_dtmf),
           SWIO_CALLBACK("CHANNEL_HANGUP", on_hangup)},
    .params = params,
    .state_size = sizeof(digits),
    .teardown = teardown,
};

SWIO_APPS(&app);
