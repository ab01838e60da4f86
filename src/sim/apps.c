#include "sim/apps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/uuid.h"
#include "loop/loop.h"
#include "sim/flow.h"
#include "sim/plan.h"
#include "sim/sim.h"

static void end(sim_app *app);

/* The copy of the text at *at, which moves behind it. */
static const char *put(char **at, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

sim_message *swio_sim_message_new(const sim_header *headers, size_t count, int loops)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += strlen(headers[i].name) + strlen(headers[i].value) + 2;
    sim_message *message = swio_calloc(1, sizeof *message + count * sizeof *headers + bytes);
    if (!message)
        return NULL;
    message->headers = (sim_header *)(message + 1);
    message->count = count;
    message->loops = loops > 0 ? loops : 1;
    char *at = (char *)(message->headers + count);
    for (size_t i = 0; i < count; i++) {
        message->headers[i].name = put(&at, headers[i].name);
        message->headers[i].value = put(&at, headers[i].value);
    }
    return message;
}

void swio_sim_message_free(sim_message *message)
{
    swio_free(message);
}

static void app_free(sim_app *app)
{
    swio_sim_timer_stop(&app->timer);
    swio_sim_message_free(app->message);
    swio_free(app->data);
    swio_free(app);
}

/* What the switch sets before it runs an application (switch_core_session_exec). */
static void announce(sim_app *app)
{
    sim_channel *channel = app->channel;
    const char *v[] = {app->def->name, app->data, app->uuid};
    swio_sim_channel_set(channel, "current_application", app->def->name);
    swio_sim_channel_set(channel, "current_application_data", app->data);
    swio_sim_channel_unset(channel, "current_application_response");
    swio_sim_channel_text(channel, &channel->last_app, app->def->name, strlen(app->def->name));
    swio_sim_channel_text(channel, &channel->last_arg, app->data, strlen(app->data));
    swio_sim_fire_with(channel, SIM_FROM_EXECUTE, v, 3);
    swio_sim_channel_set(channel, "current_application", app->def->name);
}

static void set_loops(sim_app *app)
{
    char text[16];
    text[swio_sim_digits(text, (uint64_t)app->loop)] = '\0';
    swio_sim_channel_set(app->channel, "current_loop", text);
    text[swio_sim_digits(text, (uint64_t)app->message->loops)] = '\0';
    swio_sim_channel_set(app->channel, "total_loops", text);
}

static void begin(sim_app *app)
{
    sim_channel *channel = app->channel;
    if (app->message)
        set_loops(app);
    if (app->def->needs_media && !channel->answered)
        swio_sim_early(channel);
    if (!app->def->quiet_start)
        announce(app);
    app->due = false;
    app->status = NULL;
    app->began_ns = swio_sim_elapsed_ns(channel->node->sim);
    if (app->def->start(channel, app))
        end(app);
}

/* The switch's thread has looked through its messages: this one is done. */
static void fire_private(sim_channel *channel, const sim_message *message)
{
    sim_args args = {.first = message->headers, .first_count = message->count};
    swio_sim_fire(channel->node, SIM_FROM_PRIVATE, channel, &args);
}

/* The switch hangs up at an application that it does not know. */
static void unknown(sim_channel *channel, const sim_message *message)
{
    bool media = channel->media;
    if (message) {
        swio_sim_channel_set(channel, "current_loop", "1");
        swio_sim_channel_set(channel, "total_loops", "1");
    }
    swio_sim_hangup(channel, "DESTINATION_OUT_OF_ORDER");
    if (!message)
        return;
    swio_sim_channel_unset(channel, "current_loop");
    swio_sim_channel_unset(channel, "total_loops");
    if (media)
        fire_private(channel, message);
}

void swio_sim_app_run(sim_channel *channel, const char *name, const char *data, const char *uuid,
                      sim_message *message)
{
    const sim_app_def *def = swio_sim_app_find(name);
    sim_app *app = swio_calloc(1, sizeof *app);
    char *copy = swio_strdup(data);
    if (!def || !app || !copy) {
        swio_free(app);
        swio_free(copy);
        if (!def)
            unknown(channel, message);
        swio_sim_message_free(message);
        return;
    }
    app->def = def;
    app->channel = channel;
    app->data = copy;
    app->message = message;
    app->loop = 1;
    app->media = channel->media;
    if (uuid && *uuid)
        snprintf(app->uuid, sizeof app->uuid, "%s", uuid);
    else
        swio_sim_random_uuid(channel->node->sim, app->uuid);
    app->outer = channel->apps;
    channel->apps = app;
    begin(app);
}

void swio_sim_app_complete(sim_app *app)
{
    sim_channel *channel = app->channel;
    swio_buf response = {0};
    swio_sim_channel_get(channel, "current_application_response", &response);
    const char *v[] = {app->def->name, app->data, app->uuid,
                       response.len ? response.data : "_none_"};
    swio_sim_fire_with(channel, SIM_FROM_EXECUTE_COMPLETE, v, 4);
    swio_buf_free(&response);
}

/* What took less than half a second is not repeated (switch_ivr.c). */
static bool goes_again(const sim_app *app)
{
    const sim_channel *channel = app->channel;
    uint64_t took = swio_sim_elapsed_ns(channel->node->sim) - app->began_ns;
    return app->message && app->loop < app->message->loops && !channel->cause &&
           took >= 500000000 && !app->status;
}

/* Ends the innermost application of its channel. */
static void end(sim_app *app)
{
    sim_channel *channel = app->channel;
    swio_sim_timer_stop(&app->timer);
    if (app->def->stop)
        app->def->stop(channel, app);
    if (!app->def->quiet_end)
        swio_sim_app_complete(app);
    if (goes_again(app)) {
        app->loop++;
        begin(app);
        return;
    }
    channel->apps = app->outer;
    if (app->message) {
        swio_sim_channel_unset(channel, "current_loop");
        swio_sim_channel_unset(channel, "total_loops");
        if (app->media)
            fire_private(channel, app->message);
    }
    app_free(app);
    if (channel->apps && channel->apps->due && !channel->cause)
        end(channel->apps);
    else if (!channel->apps && !channel->cause && !channel->unwinding)
        swio_sim_plan_next(channel);
}

void swio_sim_app_finish(sim_app *app)
{
    app->due = true;
    if (app->channel->apps == app)
        end(app);
}

void swio_sim_apps_break(sim_channel *channel, bool all)
{
    while (channel->apps && channel->apps->outer) {
        sim_app *outer = channel->apps->outer;
        channel->apps->status = "break";
        end(channel->apps);
        if (!all || channel->apps != outer)
            return;
    }
}

void swio_sim_apps_unwind(sim_channel *channel)
{
    while (channel->apps)
        end(channel->apps);
}

void swio_sim_apps_drop(sim_channel *channel)
{
    while (channel->apps) {
        sim_app *app = channel->apps;
        channel->apps = app->outer;
        app_free(app);
    }
}
