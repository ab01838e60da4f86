/* The applications that the simulator knows. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "loop/loop.h"
#include "sim/apps.h"
#include "sim/flow.h"
#include "sim/media.h"
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
    swio_timer_start(app->channel->node->sim->loop, &app->timer,
                     swio_sim_due_ns(app->channel->node->sim, seconds), on_time, app);
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
    swio_sim_fire_with(channel, SIM_FROM_PLAY_START, (const char *[]){type, app->data}, 2);
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

static void playback_stop(sim_channel *channel, sim_app *app)
{
    const char *type;
    if (!app->playing)
        return;
    app->playing = false;
    uint64_t ms = (swio_sim_elapsed_ns(channel->node->sim) - app->began_ns) / 1000000;
    swio_sim_media_length(app->data, &type);
    set_number(channel, "playback_last_offset_pos", ms * 8);
    set_number(channel, "playback_seconds", ms / 1000);
    set_number(channel, "playback_ms", ms);
    set_number(channel, "playback_samples", ms * 8);
    const char *v[] = {type, app->data, app->status ? app->status : "done"};
    swio_sim_fire_with(channel, SIM_FROM_PLAY_STOP, v, 3);
    swio_sim_channel_set(channel, "current_application_response",
                         channel->cause ? "PLAYBACK ERROR" : "FILE PLAYED");
}

static const sim_app_def defs[] = {
    {"park", park_start, park_stop, false},
    {"answer", answer_start, NULL, false},
    {"echo", endless_start, NULL, true},
    {"playback", playback_start, playback_stop, true},
    {"endless_playback", playback_start, playback_stop, true},
    {"hangup", hangup_start, NULL, false},
    {"respond", respond_start, NULL, false},
    {"ring_ready", ring_start, NULL, false},
    {"pre_answer", early_start, NULL, false},
    {"set", set_start, NULL, false},
    {"export", set_start, NULL, false},
    {"unset", unset_start, NULL, false},
    {"sleep", sleep_start, NULL, false},
    {"log", nothing_start, NULL, false},
    {"info", nothing_start, NULL, false},
};

const sim_app_def *swio_sim_app_find(const char *name)
{
    for (size_t i = 0; i < sizeof defs / sizeof defs[0]; i++)
        if (strcasecmp(defs[i].name, name) == 0)
            return &defs[i];
    return NULL;
}
