/* The applications that the simulator knows. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "loop/loop.h"
#include "sim/apps.h"
#include "sim/bridge.h"
#include "sim/bug.h"
#include "sim/command.h"
#include "sim/digits.h"
#include "sim/flow.h"
#include "sim/media.h"
#include "sim/plan.h"
#include "sim/sim.h"

static void on_time(void *arg)
{
    sim_app *app = arg;
    swio_sim *sim = app->channel->node->sim;
    swio_sim_enter(sim);
    swio_sim_app_finish(app);
    swio_sim_leave(sim);
}

static void end_after(sim_app *app, double seconds)
{
    app->length = seconds;
    swio_sim_after(app->channel->node->sim, &app->timer, seconds, on_time, app);
}

static bool park_start(sim_channel *channel, sim_app *app)
{
    (void)app;
    swio_sim_fire(channel->node, SIM_FROM_PARK, channel, NULL);
    return channel->cause != NULL;
}

static void park_stop(sim_channel *channel, sim_app *app)
{
    (void)app;
    swio_sim_fire(channel->node, SIM_FROM_UNPARK, channel, NULL);
}

/* Runs until something ends it. */
static bool endless_start(sim_channel *channel, sim_app *app)
{
    (void)app;
    return channel->cause != NULL;
}

static bool bridge_run(sim_channel *channel, sim_app *app)
{
    swio_sim_fire_with(channel, SIM_FROM_BRIDGE_RUN, (const char *[]){app->data}, 1);
    return channel->cause != NULL;
}

static bool nothing_start(sim_channel *channel, sim_app *app)
{
    (void)channel, (void)app;
    return true;
}

static bool answer_start(sim_channel *channel, sim_app *app)
{
    (void)app;
    swio_sim_answer(channel);
    return true;
}

static bool hangup_start(sim_channel *channel, sim_app *app)
{
    swio_sim_hangup(channel, *app->data ? app->data : "NORMAL_CLEARING");
    return true;
}

static bool respond_start(sim_channel *channel, sim_app *app)
{
    int status = atoi(app->data);
    if (status >= 300)
        swio_sim_hangup_status(channel, status);
    else if (status == 183)
        swio_sim_early(channel);
    else if (status >= 200)
        swio_sim_answer(channel);
    else if (status >= 180)
        swio_sim_ring(channel);
    return true;
}

static bool ring_start(sim_channel *channel, sim_app *app)
{
    (void)app;
    swio_sim_ring(channel);
    return true;
}

static bool early_start(sim_channel *channel, sim_app *app)
{
    (void)app;
    swio_sim_early(channel);
    return true;
}

/* "name=value" */
static bool set_start(sim_channel *channel, sim_app *app)
{
    const char *equals = strchr(app->data, '=');
    if (equals)
        swio_sim_channel_set_len(channel, app->data, (size_t)(equals - app->data), equals + 1,
                                 strlen(equals + 1));
    return true;
}

static bool unset_start(sim_channel *channel, sim_app *app)
{
    swio_sim_channel_unset(channel, app->data);
    return true;
}

static bool sleep_start(sim_channel *channel, sim_app *app)
{
    double ms = strtod(app->data, NULL);
    if (channel->cause || ms <= 0)
        return true;
    end_after(app, ms / 1000);
    return false;
}

enum { PARAMS = 8 };

/* PLAYBACK_START and PLAYBACK_STOP: the parameters of the file are headers of theirs. */
static void fire_playback(sim_channel *channel, sim_source source, const sim_app *app,
                          const char *status)
{
    char copy[256];
    sim_header params[PARAMS];
    const char *type;
    swio_sim_media_length(app->data, &type);
    sim_args args = {.v = {type, app->data, status}, .more = params};
    args.more_count = swio_sim_media_params(app->data, copy, params, PARAMS);
    swio_sim_fire(channel->node, source, channel, &args);
}

static bool playback_start(sim_channel *channel, sim_app *app)
{
    const char *type;
    double seconds = swio_sim_media_length(app->data, &type);
    if (seconds < 0 || channel->cause) {
        swio_sim_channel_set(channel, "current_application_response",
                             seconds < 0 ? "FILE NOT FOUND" : "PLAYBACK ERROR");
        return true;
    }
    app->playing = true;
    fire_playback(channel, SIM_FROM_PLAY_START, app, NULL);
    if (seconds > 0)
        end_after(app, seconds);
    return false;
}

static void set_number(sim_channel *channel, const char *name, uint64_t value)
{
    char text[24];
    text[swio_sim_digits(text, value)] = '\0';
    swio_sim_channel_set(channel, name, text);
}

/* The file is through, or was cut off. */
static void file_ended(sim_channel *channel, sim_app *app)
{
    uint64_t ms = (swio_sim_elapsed_ns(channel->node->sim) - app->began_ns) / 1000000;
    set_number(channel, "playback_last_offset_pos", ms * 8);
    set_number(channel, "playback_seconds", ms / 1000);
    set_number(channel, "playback_ms", ms);
    set_number(channel, "playback_samples", ms * 8);
    fire_playback(channel, SIM_FROM_PLAY_STOP, app, app->status ? app->status : "done");
}

static void playback_stop(sim_channel *channel, sim_app *app)
{
    if (!app->playing)
        return;
    app->playing = false;
    file_ended(channel, app);
    swio_sim_channel_set(channel, "current_application_response",
                         channel->cause ? "PLAYBACK ERROR" : "FILE PLAYED");
}

/* Begins anew each time that the file is through, as seen on FreeSWITCH 1.10.12. */
static void play_again(void *arg)
{
    sim_app *app = arg;
    sim_channel *channel = app->channel;
    swio_sim *sim = channel->node->sim;
    swio_sim_enter(sim);
    file_ended(channel, app);
    app->began_ns = swio_sim_elapsed_ns(sim);
    fire_playback(channel, SIM_FROM_PLAY_START, app, NULL);
    swio_sim_after(sim, &app->timer, app->length, play_again, app);
    swio_sim_leave(sim);
}

static bool endless_playback_start(sim_channel *channel, sim_app *app)
{
    bool ended = playback_start(channel, app);
    if (!ended && app->length > 0) /* the timer that is running would end it */
        swio_sim_after(channel->node->sim, &app->timer, app->length, play_again, app);
    return ended;
}

static bool record_start(sim_channel *channel, sim_app *app)
{
    char *path = app->data;
    path[strcspn(path, " ")] = '\0'; /* a time limit may follow */
    swio_sim_record_start(channel, path);
    return true;
}

static bool record_stop(sim_channel *channel, sim_app *app)
{
    swio_sim_record_stop(channel, app->data);
    return true;
}

static bool digits_start(sim_channel *channel, sim_app *app)
{
    swio_sim_digits_send(channel, app->data);
    return true;
}

/* "extension [dialplan] [context]" */
static bool transfer_start(sim_channel *channel, sim_app *app)
{
    char *rest = app->data;
    char *extension = swio_sim_word(&rest), *dialplan = swio_sim_word(&rest);
    swio_sim_transfer(channel, extension, dialplan, rest);
    return true;
}

/* The other end sends everything back, or the same pattern: then the two are in step. */
static bool hears_itself(const sim_channel *channel)
{
    const sim_dialog *dialog = channel->dialog;
    const sim_channel *other = !dialog ? NULL : channel->outbound ? dialog->callee : dialog->caller;
    for (const sim_app *app = other ? other->apps : NULL; app; app = app->outer)
        if (strcmp(app->def->name, "echo") == 0 || strcmp(app->def->name, "bert_test") == 0)
            return true;
    return false;
}

static void fire_bert(sim_channel *channel, sim_source source, const char *subclass)
{
    const sim_header first[] = {{"Event-Subclass", subclass}};
    sim_args args = {.first = first, .first_count = 1, .subclass = subclass};
    swio_sim_fire(channel->node, source, channel, &args);
}

/* Milliseconds of a variable. */
static double variable_ms(const sim_channel *channel, const char *name, double otherwise)
{
    swio_buf text = {0};
    double ms = otherwise;
    if (swio_sim_channel_get(channel, name, &text) && text.data)
        ms = strtod(text.data, NULL);
    swio_buf_free(&text);
    return ms;
}

/* mod_bert looks again while it waits for the pattern. */
static const double BERT_LOOK = 0.1, BERT_TIMEOUT_MS = 10000;

static void look_for_sync(void *arg)
{
    sim_app *app = arg;
    sim_channel *channel = app->channel;
    swio_sim *sim = channel->node->sim;
    swio_sim_enter(sim);
    uint64_t waited = (swio_sim_elapsed_ns(sim) - app->began_ns) / 1000000;
    if (hears_itself(channel)) {
        fire_bert(channel, SIM_FROM_IN_SYNC, "mod_bert::in_sync");
    } else if ((double)waited >= variable_ms(channel, "bert_timeout_ms", BERT_TIMEOUT_MS)) {
        fire_bert(channel, SIM_FROM_BERT_TIMEOUT, "mod_bert::timeout");
        if (swio_sim_channel_has(channel, "bert_hangup_on_error", "yes") ||
            swio_sim_channel_has(channel, "bert_hangup_on_error", "true"))
            swio_sim_hangup(channel, "MEDIA_TIMEOUT");
        else
            swio_sim_app_finish(app);
    } else {
        swio_sim_after(sim, &app->timer, BERT_LOOK, look_for_sync, app);
    }
    swio_sim_leave(sim);
}

static bool bert_start(sim_channel *channel, sim_app *app)
{
    swio_sim *sim = channel->node->sim;
    swio_sim_channel_set(channel, "bert_stats_sync_lost_count", "0");
    swio_sim_channel_set(channel, "bert_stats_sync_lost", "false");
    if (channel->cause)
        return true;
    swio_sim_after(sim, &app->timer, 0, look_for_sync, app);
    return false;
}

static const sim_app_def defs[] = {
    {"park", .start = park_start, .stop = park_stop},
    {"(parked)", park_start, park_stop, .quiet_start = true, .quiet_end = true},
    {"answer", .start = answer_start},
    {"echo", .start = endless_start, .needs_media = true},
    {"playback", playback_start, playback_stop, .needs_media = true},
    {"endless_playback", endless_playback_start, playback_stop, .needs_media = true},
    {"bridge", swio_sim_bridge_start, swio_sim_bridge_stop, .needs_media = false},
    {"uuid_bridge", bridge_run, swio_sim_bridge_stop, .quiet_start = true, .quiet_end = true},
    {"bert_test", .start = bert_start, .needs_media = true},
    {"hangup", .start = hangup_start},
    {"respond", .start = respond_start},
    {"ring_ready", .start = ring_start},
    {"pre_answer", .start = early_start},
    {"record_session", .start = record_start, .needs_media = true},
    {"stop_record_session", .start = record_stop},
    {"send_dtmf", .start = digits_start},
    {"start_dtmf", .start = nothing_start},
    {"stop_dtmf", .start = nothing_start},
    {"start_dtmf_generate", .start = nothing_start},
    {"transfer", .start = transfer_start},
    {"set", .start = set_start},
    {"export", .start = set_start},
    {"unset", .start = unset_start},
    {"sleep", .start = sleep_start},
    {"log", .start = nothing_start},
    {"info", .start = nothing_start},
};

const sim_app_def *swio_sim_app_find(const char *name)
{
    for (size_t i = 0; i < sizeof defs / sizeof defs[0]; i++)
        if (strcasecmp(defs[i].name, name) == 0)
            return &defs[i];
    return NULL;
}
