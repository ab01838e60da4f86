/* A call from its INVITE to its answer, on both ends. */
#include "sim/flow.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sim/apps.h"
#include "sim/bridge.h"
#include "sim/plan.h"
#include "sim/sim.h"

void swio_sim_set_state(sim_channel *channel, sim_state state)
{
    channel->shown_state = (uint8_t)state;
    channel->state = (uint8_t)state;
    swio_sim_fire(channel->node, SIM_FROM_STATE, channel, NULL);
}

void swio_sim_set_callstate(sim_channel *channel, sim_callstate callstate)
{
    char number[4] = {(char)('0' + callstate)};
    const char *v[] = {swio_sim_callstate_name(channel->callstate), number};
    if (channel->callstate == callstate)
        return;
    channel->callstate = (uint8_t)callstate;
    swio_sim_fire_with(channel, SIM_FROM_CALLSTATE, v, 2);
}

/* Into the dialplan, or to the applications that `prepare` set. */
static void execute(sim_channel *channel)
{
    swio_sim_set_state(channel, SIM_CS_EXECUTE);
    swio_sim_channel_stage(channel, SIM_STAGE_EXECUTING);
    swio_sim_plan_next(channel);
}

void swio_sim_route(sim_channel *channel)
{
    if (channel->cause)
        return;
    channel->node->sequence++; /* REQUEST_PARAMS of the XML dialplan: counted, seldom wanted */
    if (swio_sim_plan_extension(channel)) {
        swio_sim_hangup(channel, "NO_ROUTE_DESTINATION");
        return;
    }
    bool matched = swio_sim_plan_is_park_only(channel);
    swio_sim_channel_stage(channel, matched ? SIM_STAGE_IN_ROUTED : SIM_STAGE_EXECUTING);
    if (channel->answered && channel->callstate == SIM_CCS_RINGING) {
        channel->state = channel->shown_state = SIM_CS_EXECUTE;
        swio_sim_set_callstate(channel, SIM_CCS_ACTIVE);
    }
    execute(channel);
}

static void set_text(sim_channel *channel, sim_text *text, const char *value)
{
    if (value)
        swio_sim_channel_text(channel, text, value, strlen(value));
}

/* Shows the other party from here on (switch_channel_flip_cid). */
static void flip_caller(sim_channel *channel)
{
    sim_caller *caller = &channel->caller;
    sim_text name = caller->name, number = caller->number;
    caller->name = caller->callee_name;
    caller->number = caller->callee_number;
    caller->callee_name = name;
    caller->callee_number = number;
    channel->hit_dialplan = true;
    swio_sim_channel_stage(channel, SIM_STAGE_OUT_FLIPPED);
    swio_sim_fire_with(channel, SIM_FROM_FLIPPED, (const char *[]){"RECV"}, 1);
}

static void copy_text(sim_channel *channel, sim_text *to, sim_text from)
{
    char text[256];
    int n = snprintf(text, sizeof text, "%.*s", (int)from.len,
                     from.len ? channel->store + from.at : "");
    swio_sim_channel_text(channel, to, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

void swio_sim_continue(sim_channel *channel, const sim_then *then)
{
    if (channel->cause)
        return;
    channel->hit_dialplan = true;
    if (then->app) {
        if (swio_sim_plan_app(channel, then->app, then->data))
            swio_sim_hangup(channel, "DESTINATION_OUT_OF_ORDER");
        else
            execute(channel);
        return;
    }
    swio_sim_channel_set(channel, "max_forwards", "69");
    copy_text(channel, &channel->caller.rdnis, channel->caller.destination);
    set_text(channel, &channel->caller.destination, then->extension);
    set_text(channel, &channel->caller.dialplan, then->dialplan ? then->dialplan : "XML");
    set_text(channel, &channel->caller.context, then->context);
    swio_sim_set_state(channel, SIM_CS_ROUTING);
    swio_sim_channel_stage(channel, SIM_STAGE_EXECUTING);
    flip_caller(channel);
    swio_sim_route(channel);
}

static void start_invite(sim_channel *channel)
{
    swio_sim_invite(channel);
}

/* X-headers of the INVITE become variables of the same name. */
static void take_sip_headers(sim_channel *to, const sim_channel *from)
{
    swio_buf value = {0};
    const sim_block *lines = &from->shape->block;
    sim_view view = {.node = from->node, .channel = from, .clock = &from->node->clock};
    for (size_t i = 0; i < lines->line_count; i++) {
        if (strncasecmp(lines->lines[i].name, "sip_h_", 6) != 0)
            continue;
        swio_buf_clear(&value);
        swio_sim_line_value(&lines->lines[i], &view, &value);
        if (value.len)
            swio_sim_channel_set_len(to, lines->lines[i].name, strlen(lines->lines[i].name),
                                     value.data, value.len);
    }
    swio_buf_free(&value);
}

/* What a leg that a bridge makes gets of the one that bridges. */
static void inherit(sim_channel *channel, const sim_channel *from)
{
    swio_buf sdp = {0};
    take_sip_headers(channel, from);
    swio_sim_channel_stage(channel, SIM_STAGE_OUT_FORKED);
    if (swio_sim_channel_get(from, "switch_r_sdp", &sdp))
        swio_sim_channel_set_len(channel, "switch_m_sdp", strlen("switch_m_sdp"), sdp.data,
                                 sdp.len);
    swio_buf_free(&sdp);
}

void swio_sim_outbound_start(sim_channel *channel, const sim_header *vars, size_t count)
{
    channel->has_profile = true;
    channel->state = SIM_CS_INIT;
    channel->shown_state = SIM_CS_NONE;
    swio_sim_channel_stage(channel, SIM_STAGE_OUT_NEW);
    if (channel->forked)
        inherit(channel, channel->attempt->bridging);
    swio_sim_fire(channel->node, SIM_FROM_OUTGOING, channel, NULL);
    if (channel->other) {
        set_text(channel, &channel->call_uuid, channel->other->uuid);
        swio_sim_channel_stage(channel, SIM_STAGE_BRIDGE_FORKED);
    }
    for (size_t i = 0; i < count; i++)
        swio_sim_channel_set(channel, vars[i].name, vars[i].value);
    swio_sim_run_hooks(channel, "api_on_originate");
    swio_sim_channel_stage(channel, SIM_STAGE_OUT_ORIGINATE);
    swio_sim_set_state(channel, SIM_CS_INIT);
    channel->state = SIM_CS_ROUTING;
    swio_sim_channel_stage(channel, SIM_STAGE_OUT_INVITE);
    swio_sim_fire(channel->node, SIM_FROM_CREATE, channel, NULL);
    swio_sim_fire(channel->node, SIM_FROM_ORIGINATE, channel, NULL);
    swio_sim_set_state(channel, SIM_CS_ROUTING);
    swio_sim_set_state(channel, SIM_CS_CONSUME_MEDIA);
    swio_sim_later(channel, start_invite);
}

/* What the switch at the other end takes from the INVITE. */
static void take_caller(sim_channel *channel, const sim_dialog *dialog)
{
    sim_caller *caller = &channel->caller;
    const char *name = *dialog->from_name ? dialog->from_name : dialog->from_user;
    const struct {
        sim_text *text;
        const char *value;
    } texts[] = {
        {&caller->name, name},
        {&caller->number, dialog->from_user},
        {&caller->orig_name, name},
        {&caller->orig_number, dialog->from_user},
        {&caller->ani, dialog->from_user},
        {&caller->username, dialog->from_user},
        {&caller->destination, dialog->user},
        {&caller->network, dialog->from->ip},
        {&caller->dialplan, "XML"},
        {&caller->context, "switchio"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        swio_sim_channel_text(channel, texts[i].text, texts[i].value, strlen(texts[i].value));
}

static void set_codec(sim_channel *channel)
{
    channel->has_codec = true;
    swio_sim_fire(channel->node, SIM_FROM_READ_CODEC, channel, NULL);
    swio_sim_channel_stage(channel, SIM_STAGE_READ_CODEC);
    swio_sim_fire(channel->node, SIM_FROM_WRITE_CODEC, channel, NULL);
    swio_sim_channel_stage(channel, SIM_STAGE_WRITE_CODEC);
}

static void inbound_start(sim_channel *channel, sim_channel *caller)
{
    sim_node *node = channel->node;
    swio_buf name = {0};
    swio_buf_printf(&name, "sofia/%s/%s@%s", channel->profile->name, channel->dialog->from_user,
                    channel->dialog->from->ip);
    swio_sim_channel_text(channel, &channel->name, name.data, name.len);
    swio_buf_free(&name);
    channel->hit_dialplan = true;
    swio_sim_channel_stage(channel, SIM_STAGE_IN_FIRST);
    swio_sim_set_state(channel, SIM_CS_NEW);
    take_caller(channel, channel->dialog);
    channel->has_profile = true;
    swio_sim_channel_stage(channel, SIM_STAGE_IN_NEW);
    take_sip_headers(channel, caller);
    swio_sim_channel_stage(channel, SIM_STAGE_IN_SDP);
    set_codec(channel);
    swio_sim_channel_stage(channel, SIM_STAGE_IN_RECEIVED);
    swio_sim_set_state(channel, SIM_CS_INIT);
    channel->state = SIM_CS_ROUTING;
    swio_sim_fire(node, SIM_FROM_CREATE, channel, NULL);
    channel->shown_state = SIM_CS_ROUTING;
    swio_sim_set_callstate(channel, SIM_CCS_RINGING);
    swio_sim_set_state(channel, SIM_CS_ROUTING);
    swio_sim_route(channel);
}

/* Nobody is there: the INVITE times out at once, as on a closed UDP port. */
static void unreachable(sim_channel *caller)
{
    caller->ending = SIM_END_UNREACHED;
    if (caller->dialog) {
        caller->dialog->status = 503;
        caller->dialog->phrase = "Service Unavailable";
        swio_sim_channel_stage(caller, SIM_STAGE_OUT_UNREACHED);
    }
    swio_sim_hangup(caller, "NORMAL_TEMPORARY_FAILURE");
}

void swio_sim_invite(sim_channel *caller)
{
    sim_dialog *dialog = caller->dialog;
    if (caller->cause || !dialog)
        return;
    if (caller->attempt && caller->attempt->given_cause) {
        swio_sim_refused_with(caller, caller->attempt->given_cause);
        return;
    }
    if (!dialog->to) {
        unreachable(caller);
        return;
    }
    sim_node *node = dialog->to->node;
    char uuid[40];
    swio_sim_random_uuid(node->sim, uuid);
    swio_sim_node_tick(node);
    sim_channel *callee = swio_sim_channel_new(node, uuid, false);
    dialog->to->calls_in++;
    if (!callee) {
        dialog->to->failed_in++;
        swio_sim_refused(caller, 503, "Maximum Calls In Progress");
        return;
    }
    callee->profile = dialog->to;
    callee->dialog = swio_sim_dialog_ref(dialog);
    dialog->callee = callee;
    inbound_start(callee, caller);
}

/* The other end of a leg, if it is still there. */
static sim_channel *caller_of(const sim_channel *callee)
{
    return callee->dialog ? callee->dialog->caller : NULL;
}

/* The first answer with a dialog: the leg learns who answers. */
static void got_reply(sim_channel *channel)
{
    if (channel->replied)
        return;
    channel->replied = true;
    const sim_dialog *dialog = channel->dialog;
    swio_sim_channel_text(channel, &channel->caller.network, dialog->to->ip,
                          strlen(dialog->to->ip));
    if (!swio_sim_channel_has(channel, "ignore_display_updates", "true"))
        swio_sim_channel_text(channel, &channel->caller.callee_name, dialog->user,
                              strlen(dialog->user));
    swio_sim_channel_stage(channel, SIM_STAGE_OUT_REPLY);
}

/* switch_core_media.c: the timer is that of the profile (none), unless the channel names one. */
static void start_rtp(sim_channel *channel, sim_stage_id stage)
{
    swio_buf timer = {0};
    if (swio_sim_channel_get(channel, "rtp_timer_name", &timer))
        swio_sim_channel_text(channel, &channel->rtp_timer, timer.data, timer.len);
    swio_buf_free(&timer);
    swio_sim_channel_stage(channel, stage);
    channel->media = true;
}

/* The other end's SDP: the codec is chosen and RTP set up. */
static void got_sdp(sim_channel *channel)
{
    if (channel->media)
        return;
    if (!channel->early)
        swio_sim_channel_stage(channel, SIM_STAGE_OUT_ANSWER_SDP);
    swio_sim_channel_stage(channel, SIM_STAGE_OUT_SDP);
    set_codec(channel);
    start_rtp(channel, SIM_STAGE_OUT_RTP);
}

static void got_ringing(sim_channel *channel)
{
    if (channel->cause)
        return;
    swio_sim_node_tick(channel->node);
    got_reply(channel);
    if (channel->at[SIM_AT_PROGRESS] || channel->answered)
        return;
    channel->at[SIM_AT_PROGRESS] = channel->node->clock.now;
    swio_sim_fire(channel->node, SIM_FROM_PROGRESS, channel, NULL);
    swio_sim_set_callstate(channel, SIM_CCS_RINGING);
}

void swio_sim_ring(sim_channel *channel)
{
    if (channel->cause || channel->at[SIM_AT_PROGRESS] || channel->answered)
        return;
    channel->at[SIM_AT_PROGRESS] = channel->node->clock.now;
    swio_sim_channel_stage(channel, SIM_STAGE_IN_RING);
    swio_sim_fire(channel->node, SIM_FROM_PROGRESS, channel, NULL);
    if (caller_of(channel))
        swio_sim_later(caller_of(channel), got_ringing);
}

static void go_on(sim_channel *channel)
{
    sim_attempt *attempt = channel->attempt;
    channel->attempt = NULL;
    if (attempt && !channel->cause)
        swio_sim_continue(channel, &attempt->then);
    swio_sim_attempt_free(attempt);
}

static void got_answer(sim_channel *channel)
{
    sim_node *node = channel->node;
    if (channel->cause || channel->answered)
        return;
    swio_sim_node_tick(node);
    if (channel->early)
        swio_sim_channel_stage(channel, SIM_STAGE_OUT_EARLY);
    else
        got_reply(channel);
    got_sdp(channel);
    channel->answered = true;
    channel->at[SIM_AT_ANSWERED] = node->clock.now;
    swio_sim_fire(node, SIM_FROM_ANSWER, channel, NULL);
    swio_sim_channel_stage(channel, SIM_STAGE_ANSWERED);
    swio_sim_run_hooks(channel, "api_on_answer");
    swio_sim_set_callstate(channel, SIM_CCS_ACTIVE);
    if (!channel->attempt)
        return;
    if (channel->attempt->bridging) {
        swio_sim_bridge_answered(channel);
        return;
    }
    if (channel->attempt->then.app)
        flip_caller(channel);
    swio_sim_attempt_succeeded(channel);
    swio_sim_later(channel, go_on);
}

static void got_ack(sim_channel *channel)
{
    if (!channel->acked)
        swio_sim_channel_stage(channel, SIM_STAGE_IN_ACK);
    channel->acked = true;
}

static void send_own_media(sim_channel *channel)
{
    swio_sim_channel_stage(channel, SIM_STAGE_IN_LOCAL_SDP);
    if (!channel->media)
        start_rtp(channel, SIM_STAGE_IN_RTP);
}

bool swio_sim_answer(sim_channel *channel)
{
    sim_node *node = channel->node;
    if (channel->cause)
        return false;
    if (channel->answered || channel->outbound)
        return channel->answered;
    send_own_media(channel);
    channel->answered = true;
    channel->at[SIM_AT_ANSWERED] = node->clock.now;
    atomic_fetch_add(&node->sim->counters.calls_answered, 1);
    swio_sim_fire(node, SIM_FROM_ANSWER, channel, NULL);
    swio_sim_channel_stage(channel, SIM_STAGE_ANSWERED);
    swio_sim_run_hooks(channel, "api_on_answer");
    swio_sim_set_callstate(channel, SIM_CCS_ACTIVE);
    if (caller_of(channel))
        swio_sim_later(caller_of(channel), got_answer);
    swio_sim_later(channel, got_ack);
    return true;
}

static void got_early(sim_channel *channel)
{
    if (channel->cause || channel->answered || channel->early)
        return;
    swio_sim_node_tick(channel->node);
    got_reply(channel);
    channel->early = true;
    channel->at[SIM_AT_PROGRESS_MEDIA] = channel->node->clock.now;
    swio_sim_channel_stage(channel, SIM_STAGE_OUT_EARLY);
    swio_sim_channel_stage(channel, SIM_STAGE_EARLY);
    swio_sim_fire(channel->node, SIM_FROM_PROGRESS_MEDIA, channel, NULL);
    swio_sim_set_callstate(channel, SIM_CCS_EARLY);
    got_sdp(channel);
    swio_sim_channel_stage(channel, SIM_STAGE_EARLY);
    /* Without ignore_early_media, early media is as good as an answer (switch_ivr_originate.c). */
    if (channel->attempt && !channel->ignore_early && !channel->attempt->bridging) {
        if (channel->attempt->then.app)
            flip_caller(channel);
        swio_sim_attempt_succeeded(channel);
        swio_sim_later(channel, go_on);
    }
}

void swio_sim_early(sim_channel *channel)
{
    if (channel->cause || channel->answered || channel->early || channel->outbound)
        return;
    send_own_media(channel);
    channel->early = true;
    channel->at[SIM_AT_PROGRESS_MEDIA] = channel->node->clock.now;
    swio_sim_channel_stage(channel, SIM_STAGE_EARLY);
    swio_sim_fire(channel->node, SIM_FROM_PROGRESS_MEDIA, channel, NULL);
    swio_sim_set_callstate(channel, SIM_CCS_EARLY);
    if (caller_of(channel))
        swio_sim_later(caller_of(channel), got_early);
}
