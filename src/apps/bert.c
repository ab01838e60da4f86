#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <switchio/apps.h>
#include <switchio/call.h>
#include <switchio/log.h>
#include <switchio/loop.h>

#include "apps/media.h"
#include "base/err.h"
#include "base/log.h"
#include "control/client.h"

typedef struct bert {
    const char *ring_response;
    double pdd;
    double prd;
    bool two_sided;
    /* Channel variables of mod_bert and of the legs it runs on. */
    const char *bert_timer_name;
    int64_t bert_window_ms;
    int64_t bert_max_err;
    int64_t bert_timeout_ms;
    bool bert_hangup_on_error;
    const char *bert_debug_io_file;
    const char *jitterbuffer_msec;
    const char *absolute_codec_string;
    const char *rtp_timer_name;
    swio_bert_counts counts;
} bert;

static const swio_param params[] = {
    SWIO_PARAM(CHOICE, bert, ring_response, .choices = "ring_ready|pre_answer",
               .help = "how the callee rings before it answers; not at all"),
    SWIO_PARAM(SECONDS, bert, pdd, .standard = "0",
               .help = "post-dial delay: from the INVITE to the ring response"),
    SWIO_PARAM(SECONDS, bert, prd, .standard = "0",
               .help = "post-response delay: from the ring response to the answer"),
    SWIO_PARAM(BOOLEAN, bert, two_sided, .standard = "no",
               .help = "the callee tests as well, instead of echoing"),
    SWIO_PARAM(STRING, bert, bert_timer_name, .standard = "soft",
               .help = "timer by which the test sends; empty: by what it reads"),
    SWIO_PARAM(INTEGER, bert, bert_window_ms, .min = 20,
               .help = "milliseconds over which errors are counted; 1000"),
    SWIO_PARAM(INTEGER, bert, bert_max_err, .standard = "30", .min = 1, .max = 100,
               .help = "percent of wrong samples in a window at which sync is lost"),
    SWIO_PARAM(INTEGER, bert, bert_timeout_ms, .standard = "3000", .min = 1,
               .help = "milliseconds in which a leg must get into sync"),
    SWIO_PARAM(BOOLEAN, bert, bert_hangup_on_error, .standard = "yes",
               .help = "whether a leg that fails hangs up, with MEDIA_TIMEOUT"),
    SWIO_PARAM(STRING, bert, bert_debug_io_file,
               .help = "where the switch writes the audio, as FILE.in and FILE.out; nowhere"),
    SWIO_PARAM(STRING, bert, jitterbuffer_msec, .standard = "100:200:40",
               .help = "jitter buffer of the legs: length:most:drift; empty: none"),
    SWIO_PARAM(STRING, bert, absolute_codec_string, .standard = "PCMU",
               .help = "codec of the legs; the test knows PCMU alone"),
    MEDIA_TIMER_PARAM(bert),
    {0},
};

/*
 * The module is loaded where it is not (a reload of it is refused while a test is running, and not
 * needed); FreeSWITCH says no where it has no such module.
 */
static int setup(swio_load *load, void *self)
{
    swio_client *client = swio_load_client(load);
    char *there = NULL;
    (void)self;
    int error = swio_client_cmd(client, "module_exists mod_bert", 0, &there);
    bool loaded = !error && strcmp(there, "true") == 0;
    swio_text_free(there);
    if (error || loaded)
        return error;
    error = swio_client_cmd(client, "load mod_bert", 0, &there);
    swio_text_free(there);
    return error == SWIO_EAPI ? swio_err(SWIO_EAPI, "%s has no mod_bert, which Bert needs: %s",
                                         swio_client_contact(client), swio_errmsg())
                              : error;
}

/* What a leg is told before its test. An empty value is left out. */
static int prepare(swio_session *session, const bert *b)
{
    char window[24], most[24], timeout[24];
    snprintf(window, sizeof window, "%" PRId64, b->bert_window_ms);
    snprintf(most, sizeof most, "%" PRId64, b->bert_max_err);
    snprintf(timeout, sizeof timeout, "%" PRId64, b->bert_timeout_ms);
    const swio_variable all[] = {
        {"bert_timer_name", b->bert_timer_name},
        {"bert_window_ms", b->bert_window_ms ? window : NULL},
        {"bert_max_err", most},
        {"bert_timeout_ms", timeout},
        {"bert_hangup_on_error", b->bert_hangup_on_error ? "yes" : "no"},
        {"bert_debug_io_file", b->bert_debug_io_file},
        {"jitterbuffer_msec", b->jitterbuffer_msec},
        {"absolute_codec_string", b->absolute_codec_string},
    };
    swio_variable given[sizeof all / sizeof all[0]];
    size_t count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].value)
            given[count++] = all[i];
    return swio_session_setvars(session, given, count, 0);
}

/* The callee rings and answers, each in its time; what it does then waits for the answer. */
static int on_park(swio_session *session, void *self)
{
    bert *b = self;
    int error = 0;
    if (!swio_session_is_inbound(session))
        return 0;
    if (b->pdd > 0)
        error = swio_sleep(b->pdd);
    if (!error && b->ring_response)
        error = swio_session_broadcast(session, b->ring_response, NULL, NULL, 0);
    if (!error && b->prd > 0)
        error = swio_sleep(b->prd);
    if (!error)
        error = swio_session_answer(session, 0);
    return error ? error : prepare(session, b);
}

/* The caller is parked once it is connected: now audio flows. */
static int on_caller_park(swio_session *session, void *self)
{
    bert *b = self;
    if (!swio_session_is_outbound(session))
        return 0;
    b->counts.calls++;
    int error = prepare(session, b);
    return error ? error : swio_session_broadcast(session, "bert_test", NULL, NULL, 0);
}

static int on_answer(swio_session *session, void *self)
{
    const bert *b = self;
    if (!swio_session_is_inbound(session))
        return 0;
    return swio_session_broadcast(session, b->two_sided ? "bert_test" : "echo", NULL, NULL, 0);
}

static const char *stat_of(const swio_session *session, const char *name)
{
    const char *value = swio_session_get(session, name);
    return value ? value : "n/a";
}

/* mod_bert knows one leg alone: the other one is marked here, also in the records of the switch. */
static int mark_lost(swio_session *session)
{
    static const char name[] = "bert_stats_sync_lost";
    swio_call *call = swio_session_call(session);
    swio_session *peer = call ? swio_call_get_peer(call, session) : NULL;
    int error = swio_session_setvar(session, name, "true", 0);
    if (!error && peer && !swio_session_hungup(peer))
        error = swio_session_setvar(peer, name, "true", 0);
    swio_session_unref(peer);
    swio_call_unref(call);
    return error;
}

static int on_lost_sync(swio_session *session, void *self)
{
    bert *b = self;
    swio_vars *vars = swio_session_vars(session);
    long long times = 0;
    swio_error("BERT Lost Sync on session %s with stats: sync_lost_percent: %s, sync_lost_count: "
               "%s, cng_count: %s, err_samples: %s",
               swio_session_uuid(session), stat_of(session, "sync_lost_percent"),
               stat_of(session, "sync_lost_count"), stat_of(session, "cng_count"),
               stat_of(session, "err_samples"));
    int error = swio_vars_add(vars, SWIO_BERT_LOST_SYNC, 1, &times);
    if (!error)
        error = swio_vars_set(vars, SWIO_BERT_SYNC, "false");
    if (error || times > 1)
        return error;
    b->counts.lost_sync++;
    return mark_lost(session);
}

static int on_timeout(swio_session *session, void *self)
{
    bert *b = self;
    b->counts.timed_out++;
    swio_error("BERT timeout on session %s", swio_session_uuid(session));
    return swio_vars_set(swio_session_vars(session), SWIO_BERT_TIMEOUT, "true");
}

static int on_in_sync(swio_session *session, void *self)
{
    bert *b = self;
    swio_vars *vars = swio_session_vars(session);
    b->counts.in_sync += !swio_vars_has(vars, SWIO_BERT_SYNC);
    swio_debug("BERT sync on session %s", swio_session_uuid(session));
    return swio_vars_set(vars, SWIO_BERT_SYNC, "true");
}

static void teardown(void *self)
{
    const swio_bert_counts *n = &((bert *)self)->counts;
    swio_info("Bert: %" PRIu64 " calls; legs in sync: %" PRIu64 ", lost sync: %" PRIu64
              ", timed out: %" PRIu64,
              n->calls, n->in_sync, n->lost_sync, n->timed_out);
}

const swio_app swio_app_bert = {
    .name = "Bert",
    .doc = "Bit error rate test: mod_bert on the caller, echo (or mod_bert) on the callee.",
    .on = {SWIO_COROUTINE("CHANNEL_PARK", on_park), SWIO_CALLBACK("CHANNEL_PARK", on_caller_park),
           SWIO_CALLBACK("CHANNEL_ANSWER", on_answer),
           SWIO_CALLBACK("mod_bert::lost_sync", on_lost_sync),
           SWIO_CALLBACK("mod_bert::timeout", on_timeout),
           SWIO_CALLBACK("mod_bert::in_sync", on_in_sync)},
    .params = params,
    .state_size = sizeof(bert),
    .setup = setup,
    .teardown = teardown,
};

static void read_counts(void *self, void *out)
{
    *(swio_bert_counts *)out = ((const bert *)self)->counts;
}

int swio_bert_count(swio_client *client, const char *id, swio_bert_counts *out)
{
    return swio_client_visit_app(client, &swio_app_bert, id, read_counts, out);
}
