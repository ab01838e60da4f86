/*
 * Callees that behave as people do: two apps for `switchio dial`, as a shared object.
 *
 *     cc -shared -fPIC people.c -o people.so $(pkg-config --cflags --libs switchio)
 *     switchio dial --sim --max-offered 9 --app ./people.so:Busy/every=2 --app ./people.so:Talker
 */
#include <switchio/switchio.h>

/* Busy: rejects some of the calls. Each load has a state of its own. */
typedef struct busy {
    int64_t every;
    const char *response;
    int64_t calls;
} busy;

static const swio_param busy_params[] = {
    SWIO_PARAM(INTEGER, busy, every, .standard = "3", .min = 1, .max = 1000,
               .help = "which call is rejected: each third"),
    SWIO_PARAM(STRING, busy, response, .standard = "486 Busy Here", .required = true,
               .help = "the SIP status"),
    {0},
};

/* A callback: it runs on the loop's thread and must not wait, so every command gets 0. */
static int busy_on_park(swio_session *session, void *self)
{
    busy *b = self;
    if (!swio_session_is_inbound(session))
        return 0;
    if (++b->calls % b->every == 0)
        return swio_session_respond(session, b->response, 0);
    return swio_session_answer(session, 0);
}

static int busy_setup(swio_load *load, void *self)
{
    const busy *b = self;
    (void)load;
    if (*b->response < '3' || *b->response > '6')
        return swio_err(SWIO_EINVAL, "Busy: response=%s: give a SIP status of 300 to 699",
                        b->response);
    return 0;
}

static const swio_app busy_app = {
    .name = "Busy",
    .doc = "The callee rejects some calls and answers the others.",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", busy_on_park)},
    .params = busy_params,
    .state_size = sizeof(busy),
    .setup = busy_setup,
};

/* Talker: lets it ring, answers, and hangs up after a while. */
typedef struct talker {
    double ring, talk;
} talker;

static const swio_param talker_params[] = {
    SWIO_PARAM(SECONDS, talker, ring, .standard = "0.2", .help = "before the callee answers"),
    SWIO_PARAM(SECONDS, talker, talk, .standard = "1", .help = "before the callee hangs up"),
    {0},
};

/* A coroutine: each wait suspends its own call alone. */
static int talker_on_park(swio_session *session, void *self)
{
    const talker *t = self;
    int error;
    if (!swio_session_is_inbound(session))
        return 0;
    error = swio_sleep(t->ring);
    if (!error)
        error = swio_session_answer(session, 10);
    if (!error)
        error = swio_sleep(t->talk);
    return error ? error : swio_session_hangup(session, NULL, 5);
}

static const swio_app talker_app = {
    .name = "Talker",
    .doc = "The callee lets it ring, talks for a while and hangs up.",
    .on = {SWIO_COROUTINE("CHANNEL_PARK", talker_on_park)},
    .params = talker_params,
    .state_size = sizeof(talker),
};

/* What the object has. */
SWIO_APPS(&busy_app, &talker_app);
