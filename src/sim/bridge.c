#include "sim/bridge.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sim/flow.h"
#include "sim/originate.h"
#include "sim/plan.h"
#include "sim/sim.h"

static void set(sim_channel *channel, const char *name, const char *value)
{
    swio_sim_channel_set(channel, name, value);
}

/* Copies a variable of another leg, or takes it away where that leg has none. */
static void copy_variable(sim_channel *to, const sim_channel *from, const char *name,
                          const char *as)
{
    swio_buf value = {0};
    swio_sim_channel_get(from, name, &value);
    swio_sim_channel_set_len(to, as, strlen(as), value.data, value.len);
    swio_buf_free(&value);
}

static void set_number(sim_channel *channel, const char *name, unsigned value)
{
    char text[24];
    text[swio_sim_digits(text, value)] = '\0';
    set(channel, name, text);
}

/* "uuid;REST" */
static void set_list(sim_channel *channel, const char *name, const sim_channel *leg,
                     const char *rest)
{
    swio_buf text = {0};
    swio_buf_printf(&text, "%s;%s", leg->uuid, rest);
    if (!text.error)
        set(channel, name, text.data);
    swio_buf_free(&text);
}

static const char *dial_status(const char *cause)
{
    static const struct {
        const char *cause, *status;
    } words[] = {
        {"USER_BUSY", "BUSY"},
        {"NO_ANSWER", "NOANSWER"},
        {"NO_USER_RESPONSE", "NOANSWER"},
        {"ORIGINATOR_CANCEL", "CANCEL"},
        {"CALL_REJECTED", "REJECTED"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].cause, cause) == 0)
            return words[i].status;
    return cause;
}

static void set_outcome(sim_channel *channel, const char *cause)
{
    set(channel, "originate_disposition", cause);
    set(channel, "DIALSTATUS", dial_status(cause));
}

/* The bridge does not come about: the leg goes on, or ends, as continue_on_fail says. */
static bool give_up(sim_channel *channel, const char *cause)
{
    bool goes_on = swio_sim_channel_has(channel, "continue_on_fail", "true");
    set(channel, "originate_failed_cause", cause);
    if (!goes_on)
        swio_sim_hangup(channel, cause);
    return goes_on;
}

static void note_leg(sim_channel *channel, const sim_channel *leg)
{
    swio_buf rest = {0};
    swio_buf_printf(&rest, "Outbound Call;%.*s", (int)leg->caller.destination.len,
                    leg->store + leg->caller.destination.at);
    if (!rest.error)
        set_list(channel, "originated_legs", leg, rest.data);
    swio_buf_free(&rest);
}

bool swio_sim_bridge_start(sim_channel *channel, sim_app *app)
{
    sim_dial dial;
    char *text = swio_strdup(app->data);
    sim_vars *vars = swio_calloc(1, sizeof *vars);
    sim_attempt *attempt = swio_calloc(1, sizeof *attempt);
    char *rest = text && vars ? swio_sim_vars_take(text, vars) : NULL;
    const char *cause = "DESTINATION_OUT_OF_ORDER";
    if (rest && attempt)
        cause = swio_sim_dial_parse(channel->node, rest, &dial);
    if (!cause && !channel->cause) {
        if (channel->answered)
            swio_sim_set_callstate(channel, SIM_CCS_RING_WAIT);
        attempt->bridging = channel;
        app->leg = swio_sim_originate(channel->node, &dial, vars, attempt, &cause);
    } else {
        swio_sim_attempt_free(attempt);
    }
    swio_free(vars);
    swio_free(text);
    if (app->leg) {
        set(channel, "originate_disposition", "failure");
        set(channel, "DIALSTATUS", "INVALIDARGS");
        set(channel, "originate_signal_bond", app->leg->uuid);
        note_leg(channel, app->leg);
        return false;
    }
    if (!channel->cause) {
        set_outcome(channel, cause);
        give_up(channel, cause);
    }
    return true;
}

/* The application of the bridge that waits for this leg, or is bridged to it. */
static sim_app *app_of(const sim_channel *channel, const sim_channel *leg)
{
    for (sim_app *app = channel->apps; app; app = app->outer)
        if (app->leg == leg)
            return app;
    return NULL;
}

static void tell_display(sim_channel *leg, bool outbound)
{
    const sim_dialog *d = leg->dialog;
    const char *ours[] = {d->user, d->to->ip, d->from_user, d->from->ip, d->user, d->to->ip};
    const char *theirs[] = {d->from_user, d->from->ip, d->user,
                            d->to->ip,    "mod_sofia", d->from->ip};
    swio_sim_fire_with(leg, SIM_FROM_INFO, outbound ? ours : theirs, 6);
}

/* SIP INFO with the name of the new party, to the far end of a bridged leg. */
static void got_display(sim_channel *leg)
{
    if (!leg->cause && leg->dialog->to)
        tell_display(leg, leg->outbound);
}

static void send_display(sim_channel *channel, const sim_channel *partner, sim_text name,
                         sim_text number)
{
    size_t name_len, number_len;
    const char *name_text = swio_sim_text(partner, name, &name_len);
    const char *number_text = swio_sim_text(partner, number, &number_len);
    char texts[2][128];
    if (!name_text) {
        name_text = number_text;
        name_len = number_len;
    }
    snprintf(texts[0], sizeof texts[0], "%.*s", (int)name_len, name_text ? name_text : "");
    snprintf(texts[1], sizeof texts[1], "%.*s", (int)number_len, number_text ? number_text : "");
    set(channel, "last_sent_callee_id_name", texts[0]);
    set(channel, "last_sent_callee_id_number", texts[1]);
    const char *v[] = {texts[0], texts[1], partner->uuid};
    swio_sim_fire_with(channel, SIM_FROM_CALLEE_SENT, v, 3);
    sim_dialog *dialog = channel->dialog;
    sim_channel *far = !dialog ? NULL : channel->outbound ? dialog->callee : dialog->caller;
    if (far && !far->cause)
        swio_sim_later(far, got_display);
}

static void note_partner(sim_channel *channel, const sim_channel *partner)
{
    set(channel, "bridge_to", partner->uuid);
    set(channel, "last_bridge_to", partner->uuid);
    copy_variable(channel, partner, "channel_name", "bridge_channel");
    set(channel, "bridge_uuid", partner->uuid);
    set(channel, "signal_bond", partner->uuid);
}

/* Media flows between the two (switch_ivr_multi_threaded_bridge). */
static void connect_media(sim_channel *channel, sim_channel *leg)
{
    uint64_t now = channel->node->clock.now;
    channel->at[SIM_AT_BRIDGED] = leg->at[SIM_AT_BRIDGED] = now;
    const char *v[] = {channel->uuid, leg->uuid};
    swio_sim_fire_with(channel, SIM_FROM_BRIDGE, v, 2);
    note_partner(channel, leg);
    swio_sim_channel_stage(leg, SIM_STAGE_BRIDGE_FORKED);
    note_partner(leg, channel);
    swio_sim_set_state(leg, SIM_CS_EXCHANGE_MEDIA);
    send_display(channel, leg, leg->caller.callee_name, leg->caller.callee_number);
    send_display(leg, channel, channel->caller.name, channel->caller.number);
}

static void complete(sim_channel *channel)
{
    sim_channel *leg = channel->partner;
    if (channel->cause || !leg || leg->cause)
        return;
    swio_sim_channel_unset(channel, "originate_signal_bond");
    set_outcome(channel, "SUCCESS");
    set_list(channel, "originate_causes", leg, "NONE");
    set(channel, "signal_bond", leg->uuid);
    swio_sim_channel_remember(channel, leg, "originatee");
    if (channel->callstate == SIM_CCS_RING_WAIT)
        swio_sim_set_callstate(channel, SIM_CCS_ACTIVE);
    connect_media(channel, leg);
}

static void copy_text(sim_channel *to, sim_text *text, const sim_channel *from, sim_text value)
{
    size_t len;
    const char *bytes = swio_sim_text(from, value, &len);
    swio_sim_channel_text(to, text, bytes, len);
}

void swio_sim_bridge_answered(sim_channel *leg)
{
    sim_attempt *attempt = leg->attempt;
    sim_channel *channel = attempt->bridging;
    leg->attempt = NULL;
    swio_sim_attempt_free(attempt);
    if (!channel || channel->cause) {
        swio_sim_hangup(leg, "ORIGINATOR_CANCEL");
        return;
    }
    leg->partner = channel;
    channel->partner = leg;
    copy_text(channel, &channel->caller.callee_name, leg, leg->caller.callee_name);
    copy_text(channel, &channel->caller.callee_number, leg, leg->caller.callee_number);
    copy_variable(channel, leg, "switch_r_sdp", "switch_m_sdp");
    swio_sim_channel_stage(channel, SIM_STAGE_BRIDGING_MEDIA);
    if (!channel->answered)
        swio_sim_answer(channel);
    swio_sim_later(channel, complete); /* behind the ACK */
}

/* What the leg that was to be bridged to says about its end. */
static void copy_failure(sim_channel *channel, const sim_channel *leg)
{
    unsigned status = leg->dialog ? leg->dialog->status : 0;
    char text[24];
    if (!status)
        return;
    set_number(channel, "sip_invite_failure_status", status);
    set(channel, "sip_invite_failure_phrase", leg->dialog->phrase);
    set(channel, "sip_hangup_phrase", leg->dialog->phrase);
    set(channel, "last_bridge_hangup_cause", leg->cause);
    snprintf(text, sizeof text, "sip:%u", status);
    set(channel, "last_bridge_proto_specific_hangup_cause", text);
}

void swio_sim_bridge_failed(sim_channel *leg)
{
    sim_channel *channel = leg->attempt->bridging;
    sim_app *app = channel ? app_of(channel, leg) : NULL;
    if (!app || channel->cause)
        return;
    app->leg = NULL;
    copy_failure(channel, leg);
    set_outcome(channel, leg->cause);
    set_list(channel, "originate_causes", leg, leg->cause);
    if (give_up(channel, leg->cause))
        swio_sim_app_finish(app);
}

/* What one bridged leg is told about the end of the other. */
static void tell_end(sim_channel *channel, const sim_channel *partner)
{
    bool heard = partner->ending == SIM_END_RECV_BYE || partner->ending == SIM_END_RECV_CANCEL;
    swio_sim_channel_unset(channel, "bridge_to");
    set(channel, "last_bridge_hangup_cause", partner->cause);
    if (!heard)
        return;
    swio_sim_channel_unset(channel, "last_bridge_hangup_cause");
    copy_variable(channel, partner, "sip_reason", "sip_reason");
    set(channel, "sip_hangup_phrase", "OK");
    set(channel, "last_bridge_hangup_cause", partner->cause);
    set(channel, "last_bridge_proto_specific_hangup_cause", "sip:200");
}

/* Nobody waits for this leg any longer. */
static void abandon(sim_channel *channel, sim_app *app)
{
    sim_channel *leg = app->leg;
    app->leg = NULL;
    set_outcome(channel, "ORIGINATOR_CANCEL");
    set_list(channel, "originate_causes", leg, "ORIGINATOR_CANCEL");
    set(channel, "originate_failed_cause", "ORIGINATOR_CANCEL");
    if (channel->cause)
        tell_end(leg, channel);
    if (leg->attempt)
        leg->attempt->bridging = NULL;
    swio_sim_hangup(leg, "ORIGINATOR_CANCEL");
}

void swio_sim_bridge_stop(sim_channel *channel, sim_app *app)
{
    sim_channel *leg = channel->partner;
    if (!leg) {
        if (app->leg)
            abandon(channel, app);
        return;
    }
    const char *cause = leg->cause       ? leg->cause
                        : channel->cause ? channel->cause
                                         : "NORMAL_CLEARING";
    app->leg = NULL;
    channel->partner = leg->partner = NULL;
    if (!leg->cause) {
        if (channel->cause)
            tell_end(leg, channel);
        swio_sim_hangup(leg, "NORMAL_CLEARING");
        leg->bridge_end = cause;
    }
    swio_sim_channel_unset(channel, "bridge_to");
    set(channel, "bridge_hangup_cause", cause);
    const char *v[] = {channel->uuid, leg->uuid};
    swio_sim_fire_with(channel, SIM_FROM_UNBRIDGE, v, 2);
}

void swio_sim_bridge_hangup(sim_channel *channel)
{
    if (!channel->partner)
        return;
    bool leads = channel->leads || (!channel->forked && !channel->partner->leads);
    set(channel, "last_bridge_role", leads ? "originator" : "originatee");
}

void swio_sim_bridge_leg_ended(sim_channel *leg)
{
    sim_channel *channel = leg->partner;
    sim_app *app = channel ? app_of(channel, leg) : NULL;
    if (!app || channel->cause)
        return;
    tell_end(channel, leg);
    bool hangs_up = swio_sim_channel_has(channel, "hangup_after_bridge", "true");
    if (hangs_up)
        swio_sim_hangup(channel, leg->cause);
    else
        swio_sim_app_finish(app);
}

static void leave_dialplan(sim_channel *channel)
{
    static const sim_state states[] = {SIM_CS_HIBERNATE, SIM_CS_RESET, SIM_CS_SOFT_EXECUTE};
    channel->unwinding = true;
    channel->state = SIM_CS_HIBERNATE;
    swio_sim_apps_unwind(channel);
    channel->unwinding = false;
    swio_sim_plan_drop(channel);
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (states[i] == SIM_CS_SOFT_EXECUTE && !channel->leads)
            swio_sim_channel_stage(channel, SIM_STAGE_BRIDGE_FORKED);
        swio_sim_set_state(channel, states[i]);
    }
}

/* What the switch notes about a channel that uuid_bridge takes (switch_ivr_uuid_bridge()). */
static void note_uuid_bridge(sim_channel *channel, const sim_channel *with)
{
    sim_caller *caller = &channel->caller;
    const struct {
        const char *name;
        sim_text text;
    } originals[] = {{"original_destination_number", caller->destination},
                     {"original_caller_id_name", caller->name},
                     {"original_caller_id_number", caller->number}};
    char uuid[40];
    swio_buf text = {0};
    copy_variable(channel, with, "channel_name", "bridge_channel");
    set(channel, "bridge_uuid", with->uuid);
    set(channel, "signal_bond", with->uuid);
    for (size_t i = 0; i < sizeof originals / sizeof originals[0]; i++) {
        swio_buf_clear(&text);
        swio_buf_add(&text, channel->store + originals[i].text.at, originals[i].text.len);
        if (text.len)
            set(channel, originals[i].name, text.data);
    }
    swio_sim_random_uuid(channel->node->sim, uuid);
    swio_buf_clear(&text);
    swio_buf_printf(&text, "%llu:%s:uuid_br:%s",
                    (unsigned long long)(channel->node->clock.now / 1000000), uuid, with->uuid);
    if (!text.error) {
        set(channel, "transfer_history", text.data);
        set(channel, "transfer_source", text.data);
        swio_sim_channel_text(channel, &caller->transfer_source, text.data, text.len);
    }
    swio_buf_free(&text);
    channel->transfers++;
    channel->at[SIM_AT_PROFILE] = channel->node->clock.now;
}

static void forget_times(sim_channel *copy)
{
    if (copy)
        memset(copy->at, 0, sizeof copy->at);
}

/* Of two that uuid_bridge connects, the first leads. */
static void connect_two(sim_channel *a)
{
    sim_channel *b = a->partner;
    if (a->cause || !b || b->cause)
        return;
    a->partner = b->partner = NULL; /* the applications that end now know nothing of it */
    a->leads = true;
    b->hit_dialplan = false;
    set(a, "uuid_bridge", b->uuid);
    note_uuid_bridge(a, b);
    note_uuid_bridge(b, a);
    swio_sim_channel_remember(a, b, "originatee");
    swio_sim_channel_remember(b, a, "originator");
    forget_times(b->other);
    leave_dialplan(a);
    leave_dialplan(b);
    a->partner = b;
    b->partner = a;
    swio_sim_channel_unset(a, "uuid_bridge");
    swio_sim_app_run(a, "uuid_bridge", b->uuid, NULL, NULL);
    swio_sim_app_run(b, "uuid_bridge", a->uuid, NULL, NULL);
    if (a->apps)
        a->apps->leg = b;
    swio_sim_channel_text(b, &b->call_uuid, a->uuid, strlen(a->uuid));
    connect_media(a, b);
}

void swio_sim_bridge_two(sim_channel *a, sim_channel *b)
{
    if (a->partner || b->partner)
        return;
    a->partner = b;
    b->partner = a;
    swio_sim_later(a, connect_two);
}
