#include <stdio.h>
#include <string.h>
#include <switchio/apps.h>
#include <switchio/log.h>

#include "apps/media.h"
#include "base/err.h"
#include "base/log.h"
#include "control/client.h"

/* The most digits of one command (mod_commands.c, uuid_send_dtmf). */
enum { DIGITS_MAX = 99 };

typedef struct checker {
    const char *sequence;
    int64_t duration;
    const char *rtp_timer_name;
    swio_dtmf_counts counts;
} checker;

static const swio_param params[] = {
    SWIO_PARAM(STRING, checker, sequence, .standard = "123456789", .required = true,
               .help = "the digits that the caller sends, of 0-9 * # A-D"),
    SWIO_PARAM(INTEGER, checker, duration, .standard = "200", .min = 40, .max = 8000,
               .help = "milliseconds of each digit"),
    MEDIA_TIMER_PARAM(checker),
    {0},
};

static int setup(swio_load *load, void *self)
{
    const checker *c = self;
    size_t len = strlen(c->sequence);
    (void)load;
    if (len && len <= DIGITS_MAX && strspn(c->sequence, "0123456789*#ABCD") == len)
        return 0;
    return swio_err(SWIO_EINVAL,
                    "the app DtmfChecker: sequence=%s: give 1 to %d digits of 0-9 * # A-D",
                    c->sequence, DIGITS_MAX);
}

static int on_park(swio_session *session, void *self)
{
    checker *c = self;
    if (swio_session_is_inbound(session)) {
        c->counts.calls++;
        return swio_session_answer(session, 0);
    }
    swio_info("Transmitting DTMF seq '%s' for session '%s'", c->sequence,
              swio_session_uuid(session));
    /* Something has to be played while the digits are sent: they are packets of a stream. */
    int error = swio_session_broadcast(session, "playback", "silence_stream://0", NULL, 0);
    return error ? error : swio_session_send_dtmf(session, c->sequence, (unsigned)c->duration, 0);
}

/* The outcome, once: whoever waits for this variable wakes. */
static int conclude(swio_session *session, uint64_t *counter, bool matched)
{
    ++*counter;
    return swio_vars_set(swio_session_vars(session), SWIO_DTMF_CHECKED, matched ? "true" : "false");
}

static int on_digit(swio_session *session, void *self)
{
    checker *c = self;
    char received[DIGITS_MAX + 1];
    swio_vars *vars = swio_session_vars(session);
    const char *digit = swio_session_get(session, "DTMF-Digit");
    const char *before = swio_vars_get(vars, SWIO_DTMF_RECEIVED);
    if (!swio_session_is_inbound(session) || !digit || swio_vars_has(vars, SWIO_DTMF_CHECKED))
        return 0;
    int n = snprintf(received, sizeof received, "%s%c", before ? before : "", *digit);
    int error = swio_vars_set(vars, SWIO_DTMF_RECEIVED, received);
    if (error)
        return error;
    char expected = c->sequence[n - 1];
    if (*digit != expected) {
        swio_warning("Expected digit '%c', instead received '%c' for session '%s'", expected,
                     *digit, swio_session_uuid(session));
        return conclude(session, &c->counts.wrong, false);
    }
    return c->sequence[n] ? 0 : conclude(session, &c->counts.matched, true);
}

/* What did not come by now does not come. */
static int on_hangup(swio_session *session, void *self)
{
    checker *c = self;
    swio_vars *vars = swio_session_vars(session);
    if (!swio_session_is_inbound(session) || !swio_session_answered(session) ||
        swio_vars_has(vars, SWIO_DTMF_CHECKED))
        return 0;
    const char *received = swio_vars_get(vars, SWIO_DTMF_RECEIVED);
    swio_warning("Of the digits '%s' only '%s' arrived for session '%s'", c->sequence,
                 received ? received : "", swio_session_uuid(session));
    return conclude(session, &c->counts.incomplete, false);
}

/* Nobody knows what came. */
static int on_lost(swio_session *session, void *self)
{
    checker *c = self;
    if (swio_session_is_inbound(session) &&
        !swio_vars_has(swio_session_vars(session), SWIO_DTMF_CHECKED))
        c->counts.lost++;
    return 0;
}

/* A digit and the pause behind it, measured on FreeSWITCH 1.10.12. */
static double sending_time(const checker *c)
{
    return (double)strlen(c->sequence) * (2 * (double)c->duration + 80) / 1000;
}

static void on_duration(double seconds, void *self)
{
    if (seconds < sending_time(self))
        swio_warning("DtmfChecker: calls of %g s are too short for the digits, which take %g s",
                     seconds, sending_time(self));
}

static void teardown(void *self)
{
    const swio_dtmf_counts *n = &((checker *)self)->counts;
    swio_info("DtmfChecker: %llu calls, %llu matched, %llu wrong, %llu incomplete",
              (unsigned long long)n->calls, (unsigned long long)n->matched,
              (unsigned long long)n->wrong, (unsigned long long)n->incomplete);
}

const swio_app swio_app_dtmf_checker = {
    .name = "DtmfChecker",
    .doc = "The caller sends DTMF digits, and what arrives at the callee is verified.",
    .on = {SWIO_CALLBACK("CHANNEL_PARK", on_park), SWIO_CALLBACK("DTMF", on_digit),
           SWIO_CALLBACK("CHANNEL_HANGUP", on_hangup), SWIO_CALLBACK(SWIO_SESSION_LOST, on_lost)},
    .params = params,
    .state_size = sizeof(checker),
    .setup = setup,
    .teardown = teardown,
    .on_duration = on_duration,
};

static void read_counts(void *self, void *out)
{
    *(swio_dtmf_counts *)out = ((const checker *)self)->counts;
}

int swio_dtmf_count(swio_client *client, const char *id, swio_dtmf_counts *out)
{
    return swio_client_visit_app(client, &swio_app_dtmf_checker, id, read_counts, out);
}
