#include "sim/plan.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "sim/apps.h"
#include "sim/flow.h"
#include "sim/sim.h"

enum { STEPS = 16 };

typedef struct step {
    char *app, *data; /* in the plan's text */
} step;

struct sim_plan {
    step steps[STEPS];
    size_t count, next;
    bool running;
    char text[];
};

void swio_sim_plan_drop(sim_channel *channel)
{
    swio_free(channel->plan);
    channel->plan = NULL;
}

/* "answer,playback:{loops=-1}tone_stream://%(251;0;1004)": steps at `between`, data behind ':'. */
static int set_plan(sim_channel *channel, const char *text, char between)
{
    size_t len = strlen(text);
    sim_plan *plan = swio_calloc(1, sizeof *plan + len + 1);
    if (!plan)
        return swio_err_nomem();
    memcpy(plan->text, text, len + 1);
    for (char *at = plan->text; at && *at && plan->count < STEPS;) {
        char *stop = between ? strchr(at, between) : NULL;
        if (stop)
            *stop++ = '\0';
        char *colon = strchr(at, ':');
        if (colon)
            *colon++ = '\0';
        plan->steps[plan->count++] = (step){at, colon ? colon : at + strlen(at)};
        at = stop;
    }
    swio_sim_plan_drop(channel);
    channel->plan = plan;
    return 0;
}

int swio_sim_plan_app(sim_channel *channel, const char *app, const char *data)
{
    swio_buf text = {0};
    swio_buf_printf(&text, "%s:%s", app, data ? data : "");
    int error = swio_buf_error(&text);
    if (!error)
        error = set_plan(channel, text.data, '\0');
    swio_buf_free(&text);
    return error;
}

static bool is(const sim_channel *channel, sim_text text, const char *value)
{
    size_t len;
    const char *have = swio_sim_text(channel, text, &len);
    return have && len == strlen(value) && memcmp(have, value, len) == 0;
}

bool swio_sim_plan_is_park_only(const sim_channel *channel)
{
    return is(channel, channel->caller.context, "switchio") &&
           !is(channel, channel->caller.dialplan, "inline");
}

int swio_sim_plan_extension(sim_channel *channel)
{
    static const struct {
        const char *context, *extension, *steps; /* extension NULL: any */
    } extensions[] = {
        {"default", "9196", "answer|echo"},
        {"default", "9197", "answer|playback:{loops=-1}tone_stream://%(251,0,1004)"},
        {"default", "park", "park"},
    };
    const sim_caller *caller = &channel->caller;
    char text[512];
    if (is(channel, caller->dialplan, "inline")) {
        snprintf(text, sizeof text, "%.*s", (int)caller->destination.len,
                 channel->store + caller->destination.at);
        return set_plan(channel, text, ',');
    }
    if (swio_sim_plan_is_park_only(channel))
        return set_plan(channel, channel->node->sim->opts.answer ? "answer|park" : "park", '|');
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
        if (is(channel, caller->context, extensions[i].context) &&
            is(channel, caller->destination, extensions[i].extension))
            return set_plan(channel, extensions[i].steps, '|');
    return swio_err(SWIO_ENOENT, "the simulated dialplan has no such extension");
}

void swio_sim_plan_next(sim_channel *channel)
{
    sim_plan *plan = channel->plan;
    if (plan && plan->running)
        return; /* an application that took no time came to its end below */
    swio_sim_channel_pin(channel);
    while (!channel->apps && !channel->cause && !channel->unwinding && channel->plan == plan) {
        if (!plan || plan->next == plan->count) {
            swio_sim_hangup(channel, "NORMAL_CLEARING");
            break;
        }
        step *now = &plan->steps[plan->next++];
        plan->running = true;
        swio_sim_app_run(channel, now->app, now->data, NULL, NULL);
        if (channel->plan == plan)
            plan->running = false;
    }
    swio_sim_channel_unpin(channel);
}

static void set_text(sim_channel *channel, sim_text *text, const char *value)
{
    if (value && *value)
        swio_sim_channel_text(channel, text, value, strlen(value));
}

/* What the switch notes about a blind transfer (switch_ivr_session_transfer()). */
static void note_transfer(sim_channel *channel, const char *from)
{
    sim_caller *caller = &channel->caller;
    char uuid[40];
    swio_buf note = {0};
    swio_sim_random_uuid(channel->node->sim, uuid);
    swio_buf_printf(&note, "%llu:%s:bl_xfer:%.*s/%.*s/%.*s",
                    (unsigned long long)(channel->node->clock.now / 1000000), uuid,
                    (int)caller->destination.len, channel->store + caller->destination.at,
                    (int)caller->context.len, channel->store + caller->context.at,
                    (int)caller->dialplan.len, channel->store + caller->dialplan.at);
    if (!note.error) {
        swio_sim_channel_set(channel, "max_forwards", "69");
        swio_sim_channel_set(channel, "transfer_history", note.data);
        swio_sim_channel_set(channel, "transfer_source", note.data);
        set_text(channel, &caller->transfer_source, note.data);
    }
    swio_buf_free(&note);
    if (!is(channel, caller->dialplan, "inline"))
        set_text(channel, &caller->rdnis, from);
    channel->transfers++;
    channel->at[SIM_AT_PROFILE] = channel->node->clock.now;
}

static void go_to_extension(sim_channel *channel)
{
    bool shows_ringing = !channel->outbound && channel->answered;
    if (channel->cause)
        return;
    channel->unwinding = true;
    channel->state = SIM_CS_ROUTING;
    swio_sim_apps_unwind(channel);
    channel->unwinding = false;
    channel->shown_state = SIM_CS_ROUTING;
    if (shows_ringing)
        swio_sim_set_callstate(channel, SIM_CCS_RINGING);
    swio_sim_set_state(channel, SIM_CS_ROUTING);
    swio_sim_route(channel);
}

void swio_sim_transfer(sim_channel *channel, const char *extension, const char *dialplan,
                       const char *context)
{
    sim_caller *caller = &channel->caller;
    char from[256];
    if (channel->cause)
        return;
    snprintf(from, sizeof from, "%.*s", (int)caller->destination.len,
             caller->destination.len ? channel->store + caller->destination.at : "");
    set_text(channel, &caller->destination, extension);
    set_text(channel, &caller->dialplan, dialplan && *dialplan ? dialplan : "XML");
    set_text(channel, &caller->context, context);
    note_transfer(channel, from);
    swio_sim_later(channel, go_to_extension);
}

static void park_bare(sim_channel *channel)
{
    if (channel->cause)
        return;
    channel->unwinding = true;
    swio_sim_apps_unwind(channel);
    channel->unwinding = false;
    swio_sim_plan_drop(channel);
    swio_sim_set_state(channel, SIM_CS_PARK);
    swio_sim_app_run(channel, "(parked)", "", NULL, NULL);
}

void swio_sim_park(sim_channel *channel)
{
    channel->state = SIM_CS_PARK;
    swio_sim_later(channel, park_bare);
}

static sim_channel *other_end(const sim_channel *channel)
{
    const sim_dialog *dialog = channel->dialog;
    return !dialog ? NULL : channel->outbound ? dialog->callee : dialog->caller;
}

static void note_hold(sim_channel *channel)
{
    char text[64];
    channel->at[SIM_AT_HOLD] = channel->node->clock.now;
    snprintf(text, sizeof text, "{{%llu}}", (unsigned long long)channel->node->clock.now);
    swio_sim_channel_text(channel, &channel->hold_events, text, strlen(text));
}

static void got_hold(sim_channel *channel)
{
    if (channel->cause || channel->callstate == SIM_CCS_HELD)
        return;
    note_hold(channel);
    swio_sim_set_callstate(channel, SIM_CCS_HELD);
    swio_sim_fire(channel->node, SIM_FROM_HELD, channel, NULL);
}

static void got_unhold(sim_channel *channel)
{
    if (channel->cause || channel->callstate != SIM_CCS_HELD)
        return;
    channel->at[SIM_HOLD_ACCUM] += channel->node->clock.now - channel->at[SIM_AT_HOLD];
    swio_sim_set_callstate(channel, SIM_CCS_UNHELD);
    swio_sim_fire(channel->node, SIM_FROM_UNHELD, channel, NULL);
    swio_sim_set_callstate(channel, SIM_CCS_ACTIVE);
}

static void active_again(sim_channel *channel)
{
    if (!channel->cause)
        swio_sim_set_callstate(channel, SIM_CCS_ACTIVE);
}

void swio_sim_hold(sim_channel *channel, bool on)
{
    sim_channel *other = other_end(channel);
    if (channel->cause || (channel->callstate == SIM_CCS_HELD) == on)
        return;
    if (on)
        note_hold(channel);
    else
        channel->at[SIM_HOLD_ACCUM] += channel->node->clock.now - channel->at[SIM_AT_HOLD];
    swio_sim_set_callstate(channel, on ? SIM_CCS_HELD : SIM_CCS_UNHELD);
    swio_sim_fire(channel->node, on ? SIM_FROM_HOLD : SIM_FROM_UNHOLD, channel, NULL);
    if (!on)
        swio_sim_later(channel, active_again);
    if (other && !other->cause)
        swio_sim_later(other, on ? got_hold : got_unhold);
}
