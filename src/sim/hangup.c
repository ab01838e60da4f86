/* The end of a leg, and what it does to the other end. */
#include <string.h>

#include "sim/apps.h"
#include "sim/bound.h"
#include "sim/bridge.h"
#include "sim/bug.h"
#include "sim/cause.h"
#include "sim/flow.h"
#include "sim/plan.h"
#include "sim/sim.h"

static sim_channel *other_end(const sim_channel *channel)
{
    const sim_dialog *dialog = channel->dialog;
    if (!dialog)
        return NULL;
    return channel->outbound ? dialog->callee : dialog->caller;
}

/* mod_sofia.c sofia_on_destroy(): a call that nobody answered failed. */
static void count_failure(const sim_channel *channel)
{
    if (channel->answered || !channel->profile)
        return;
    if (channel->outbound)
        channel->profile->failed_out++;
    else
        channel->profile->failed_in++;
}

static void destroy(sim_channel *channel)
{
    count_failure(channel);
    channel->state = SIM_CS_DESTROY;
    if (channel->bridge_end)
        swio_sim_channel_set(channel, "bridge_hangup_cause", channel->bridge_end);
    if (channel->call_uuid.len && channel->at[SIM_AT_BRIDGED]) {
        swio_sim_channel_text(channel, &channel->call_uuid, "", 0);
        swio_sim_channel_stage(channel, SIM_STAGE_OWN_CALL);
    }
    swio_sim_fire(channel->node, SIM_FROM_DESTROY, channel, NULL);
    swio_sim_set_state(channel, SIM_CS_DESTROY);
    swio_sim_channel_free(channel);
}

/* The BYE, CANCEL or answer that tells this leg of the end of the other. */
static void hear_of_end(sim_channel *channel)
{
    sim_dialog *dialog = channel->dialog;
    if (channel->cause)
        return;
    swio_sim_node_tick(channel->node);
    const sim_cause *cause = dialog->end_cause ? swio_sim_cause_find(dialog->end_cause)
                                               : swio_sim_cause_of_status(dialog->status);
    if (channel->answered) {
        swio_sim_channel_stage(channel, SIM_STAGE_GOT_BYE);
        channel->ending = SIM_END_RECV_BYE;
    } else if (channel->outbound) {
        swio_sim_channel_text(channel, &channel->caller.network, dialog->to->ip,
                              strlen(dialog->to->ip));
        if (!channel->early)
            swio_sim_channel_stage(channel, SIM_STAGE_OUT_FIRST_REFUSED);
        swio_sim_channel_stage(channel, SIM_STAGE_OUT_REFUSED);
        channel->ending = SIM_END_RECV_REFUSE;
    } else {
        swio_sim_channel_stage(channel, SIM_STAGE_GOT_CANCEL);
        channel->ending = SIM_END_RECV_CANCEL;
        cause = swio_sim_cause_find("ORIGINATOR_CANCEL");
    }
    swio_sim_hangup(channel, cause->name);
}

/* Tells the other end, where it still is and does not know yet. */
static void tell_other_end(sim_channel *channel)
{
    sim_channel *other = other_end(channel);
    sim_dialog *dialog = channel->dialog;
    if (!other || other->cause)
        return;
    if (!dialog->status) {
        dialog->status = (uint16_t)swio_sim_cause_find(channel->cause)->status;
        dialog->phrase = swio_sim_phrase(dialog->status);
        /* Q.850 knows no cause past 127: the other end hears of normal clearing. */
        bool told = swio_sim_cause_find(channel->cause)->code <= 127;
        dialog->end_cause = told ? channel->cause : "NORMAL_CLEARING";
    }
    swio_sim_later(other, hear_of_end);
}

static void end_attempt(sim_channel *channel)
{
    swio_sim_attempt_failed(channel);
    destroy(channel);
}

/* The variables with which mod_sofia tells how the dialog ended. */
static void report_ending(sim_channel *channel)
{
    switch ((sim_ending)channel->ending) {
    case SIM_END_SEND_BYE:
        swio_sim_channel_stage(channel, SIM_STAGE_SENT_BYE);
        break;
    case SIM_END_SEND_REFUSE:
        swio_sim_channel_stage(channel, SIM_STAGE_SENT_REFUSE);
        break;
    case SIM_END_SEND_CANCEL:
        swio_sim_channel_stage(channel, SIM_STAGE_SENT_CANCEL);
        break;
    default:
        break;
    }
    if (channel->media)
        swio_sim_channel_stage(channel, SIM_STAGE_RTP_STATS);
}

/* The leg's own thread notices that it is hung up. */
static void finish(sim_channel *channel)
{
    sim_node *node = channel->node;
    swio_sim_node_tick(node);
    if (channel->ending == SIM_END_RECV_BYE)
        swio_sim_channel_stage(channel, SIM_STAGE_BYE_SEEN);
    swio_sim_apps_unwind(channel);
    swio_sim_plan_drop(channel);
    if (channel->forked)
        swio_sim_channel_unset(channel, "bridge_to");
    swio_sim_set_state(channel, SIM_CS_HANGUP);
    swio_sim_bugs_end(channel);
    channel->at[SIM_AT_HANGUP] = node->clock.now;
    swio_sim_channel_stage(channel, SIM_STAGE_REPORT);
    swio_sim_set_callstate(channel, SIM_CCS_HANGUP);
    report_ending(channel);
    swio_sim_set_state(channel, SIM_CS_REPORTING);
    swio_sim_fire(node, SIM_FROM_HANGUP_COMPLETE, channel, NULL);
    swio_sim_bound_ended(channel);
    tell_other_end(channel);
    swio_sim_bridge_leg_ended(channel);
    if (channel->attempt)
        swio_sim_later(channel, end_attempt);
    else
        destroy(channel);
}

static sim_ending ending_of(const sim_channel *channel)
{
    if (channel->ending)
        return channel->ending;
    return channel->answered   ? SIM_END_SEND_BYE
           : channel->outbound ? SIM_END_SEND_CANCEL
                               : SIM_END_SEND_REFUSE;
}

void swio_sim_hangup(sim_channel *channel, const char *name)
{
    const sim_cause *cause = swio_sim_cause_find(name);
    if (channel->cause)
        return;
    channel->ending = (uint8_t)ending_of(channel);
    channel->cause = cause->name;
    channel->cause_code = cause->code > 127 ? 16 : cause->code;
    channel->state = SIM_CS_HANGUP;
    swio_sim_bridge_hangup(channel);
    swio_sim_fire(channel->node, SIM_FROM_HANGUP, channel, NULL);
    swio_sim_later(channel, finish);
}

void swio_sim_hangup_status(sim_channel *channel, int status)
{
    if (channel->cause)
        return;
    if (channel->dialog && !channel->answered) {
        channel->dialog->status = (uint16_t)status;
        channel->dialog->phrase = swio_sim_phrase(status);
    }
    swio_sim_hangup(channel, swio_sim_cause_of_status(status)->name);
}

void swio_sim_refused(sim_channel *caller, int status, const char *phrase)
{
    caller->dialog->status = (uint16_t)status;
    caller->dialog->phrase = phrase;
    hear_of_end(caller);
}

void swio_sim_refused_with(sim_channel *caller, const char *cause_name)
{
    const sim_cause *cause = swio_sim_cause_find(cause_name);
    if (!caller->dialog->to) {
        swio_sim_hangup(caller, cause->name);
        return;
    }
    caller->dialog->end_cause = cause->name;
    swio_sim_refused(caller, cause->status, cause->phrase);
}
