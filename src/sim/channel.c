#include "sim/channel.h"

#include <string.h>
#include <strings.h>

#include "sim/apps.h"
#include "sim/bug.h"
#include "sim/digits.h"
#include "sim/field.h"
#include "sim/plan.h"
#include "sim/sim.h"

sim_channel *swio_sim_channel_new(sim_node *node, const char *uuid, bool outbound)
{
    if (!swio_sim_node_admits(node))
        return NULL;
    size_t len = strlen(uuid);
    sim_channel *channel = swio_calloc(1, sizeof *channel + len + 1);
    if (!channel)
        return NULL;
    memcpy(channel->uuid, uuid, len);
    channel->node = node;
    channel->outbound = outbound;
    channel->state = SIM_CS_NEW;
    channel->pins = 1;
    channel->caller.source = outbound ? "src/switch_ivr_originate.c" : "mod_sofia";
    HASH_ADD_KEYPTR(hh, node->channels, channel->uuid, len, channel);
    if (SWIO_HASH_FAILED(channel->hh)) {
        swio_free(channel);
        return NULL;
    }
    channel->shape = swio_sim_shape_ref(swio_sim_shapes_root(node->sim->shapes));
    channel->session_id = ++node->sessions;
    channel->at[SIM_AT_CREATED] = channel->at[SIM_AT_PROFILE] = node->clock.now;
    swio_sim_node_count_session(node);
    return channel;
}

static void release(sim_channel *channel)
{
    if (channel->other)
        release(channel->other);
    if (channel->shape)
        swio_sim_shape_unref(channel->shape);
    swio_free(channel->slots);
    swio_free(channel->store);
    swio_free(channel);
}

void swio_sim_channel_free(sim_channel *channel)
{
    sim_node *node = channel->node;
    HASH_DEL(node->channels, channel);
    swio_sim_node_count_gone(node);
    swio_sim_apps_drop(channel);
    swio_sim_bugs_drop(channel);
    swio_sim_plan_drop(channel);
    swio_sim_digits_drop(channel);
    if (channel->partner)
        channel->partner->partner = NULL;
    channel->partner = NULL;
    if (channel->dialog) {
        if (channel->dialog->caller == channel)
            channel->dialog->caller = NULL;
        if (channel->dialog->callee == channel)
            channel->dialog->callee = NULL;
        swio_sim_dialog_unref(channel->dialog);
        channel->dialog = NULL;
    }
    channel->gone = true;
    swio_sim_channel_unpin(channel);
}

void swio_sim_channel_pin(sim_channel *channel)
{
    channel->pins++;
}

void swio_sim_channel_unpin(sim_channel *channel)
{
    if (--channel->pins == 0)
        release(channel);
}

sim_channel *swio_sim_channel_find(const sim_node *node, const char *uuid)
{
    sim_channel *channel;
    HASH_FIND(hh, node->channels, uuid, strlen(uuid), channel);
    return channel;
}

enum { OWN_TEXTS = 24 };

/* Every text of a channel that no slot holds. */
static size_t own_texts(sim_channel *channel, sim_text **all)
{
    sim_caller *caller = &channel->caller;
    sim_text *texts[] = {
        &channel->name,           &channel->last_app,  &channel->last_arg,    &caller->name,
        &caller->number,          &caller->orig_name,  &caller->orig_number,  &caller->callee_name,
        &caller->callee_number,   &caller->ani,        &caller->destination,  &caller->username,
        &caller->dialplan,        &caller->context,    &caller->network,      &caller->rdnis,
        &caller->transfer_source, &channel->call_uuid, &channel->hold_events, &channel->rtp_timer,
    };
    memcpy(all, texts, sizeof texts);
    return sizeof texts / sizeof texts[0];
}

void swio_sim_channel_remember(sim_channel *channel, const sim_channel *other, const char *type)
{
    size_t len = strlen(other->uuid);
    sim_channel *copy = swio_malloc(sizeof *copy + len + 1);
    char *store = swio_malloc(other->store_len + 1);
    if (!copy || !store) {
        swio_free(copy);
        swio_free(store);
        return;
    }
    memcpy(copy, other, sizeof *copy + len + 1);
    if (other->store_len)
        memcpy(store, other->store, other->store_len);
    copy->store = store;
    copy->other_type = type;
    copy->other = NULL;
    copy->shape = NULL;
    copy->slots = NULL;
    copy->dialog = NULL;
    if (channel->other)
        release(channel->other);
    channel->other = copy;
}

static void move_text(sim_text *text, const char *from, char *to, uint32_t *len)
{
    if (text->len)
        memcpy(to + *len, from + text->at, text->len);
    text->at = *len;
    *len += text->len;
}

/* Rewrites the store without what was overwritten. */
static void compact(sim_channel *channel)
{
    char *to = swio_malloc(channel->store_room);
    if (!to)
        return;
    uint32_t len = 0;
    sim_text *own[OWN_TEXTS];
    size_t count = own_texts(channel, own);
    for (size_t i = 0; i < count; i++)
        move_text(own[i], channel->store, to, &len);
    for (uint32_t i = 0; i < channel->shape->slots; i++)
        move_text(&channel->slots[i], channel->store, to, &len);
    swio_free(channel->store);
    channel->store = to;
    channel->store_len = len;
    channel->store_waste = 0;
}

enum { WASTE = 512, STORE_FIRST = 256, STORE_MAX = 64 * 1024 * 1024 };

static bool make_room(sim_channel *channel, size_t len)
{
    if (channel->store_waste > WASTE && channel->store_waste > channel->store_len / 2)
        compact(channel);
    if (len > STORE_MAX - channel->store_len)
        return false;
    size_t need = channel->store_len + len;
    if (need <= channel->store_room)
        return true;
    size_t room = channel->store_room ? channel->store_room + channel->store_room / 2 : STORE_FIRST;
    if (room < need)
        room = need;
    char *store = swio_realloc(channel->store, room);
    if (!store)
        return false;
    channel->store = store;
    channel->store_room = (uint32_t)room;
    return true;
}

void swio_sim_channel_text(sim_channel *channel, sim_text *text, const char *value, size_t len)
{
    if (len <= text->len) {
        if (len)
            memmove(channel->store + text->at, value, len);
        channel->store_waste += text->len - (uint32_t)len;
        text->len = (uint32_t)len;
        return;
    }
    channel->store_waste += text->len;
    text->len = 0;
    if (!make_room(channel, len))
        return;
    memcpy(channel->store + channel->store_len, value, len);
    text->at = channel->store_len;
    text->len = (uint32_t)len;
    channel->store_len += (uint32_t)len;
}

static void take_shape(sim_channel *channel, sim_shape *shape)
{
    if (!shape || shape == channel->shape)
        return;
    swio_sim_shape_ref(shape);
    swio_sim_shape_unref(channel->shape);
    channel->shape = shape;
}

static bool room_for_slot(sim_channel *channel, uint32_t slot)
{
    if (slot < channel->slot_room)
        return true;
    uint32_t room = slot + 4;
    sim_text *slots = swio_realloc(channel->slots, room * sizeof *slots);
    if (!slots)
        return false;
    memset(slots + channel->slot_room, 0, (room - channel->slot_room) * sizeof *slots);
    channel->slots = slots;
    channel->slot_room = room;
    return true;
}

void swio_sim_channel_set_len(sim_channel *channel, const char *name, size_t name_len,
                              const char *value, size_t len)
{
    const char *known = swio_sim_shapes_name(channel->shape->all, name, name_len);
    if (!known)
        return;
    if (!len) {
        take_shape(channel, swio_sim_shape_unset(channel->shape, known));
        return;
    }
    uint32_t slot;
    sim_shape *shape = swio_sim_shape_set(channel->shape, known, &slot);
    if (!shape || !room_for_slot(channel, slot))
        return;
    swio_sim_channel_text(channel, &channel->slots[slot], value, len);
    take_shape(channel, shape);
}

void swio_sim_channel_set(sim_channel *channel, const char *name, const char *value)
{
    swio_sim_channel_set_len(channel, name, strlen(name), value, value ? strlen(value) : 0);
}

void swio_sim_channel_unset(sim_channel *channel, const char *name)
{
    swio_sim_channel_set_len(channel, name, strlen(name), NULL, 0);
}

void swio_sim_channel_stage(sim_channel *channel, sim_stage_id stage)
{
    take_shape(channel, swio_sim_shape_stage(channel->shape, &channel->node->sim->stages[stage],
                                             swio_sim_channel_when(channel)));
}

bool swio_sim_channel_get(const sim_channel *channel, const char *name, swio_buf *out)
{
    const sim_line *line = swio_sim_shape_find(channel->shape, name);
    if (!line)
        return false;
    sim_view view = {.node = channel->node, .channel = channel, .clock = &channel->node->clock};
    swio_sim_line_value(line, &view, out);
    return true;
}

bool swio_sim_channel_has(const sim_channel *channel, const char *name, const char *value)
{
    swio_buf found = {0};
    bool has = swio_sim_channel_get(channel, name, &found) && found.data &&
               strcasecmp(found.data, value) == 0;
    swio_buf_free(&found);
    return has;
}

uint32_t swio_sim_channel_when(const sim_channel *channel)
{
    const sim_dialog *dialog = channel->dialog;
    const sim_caller *caller = &channel->caller;
    const uint64_t *at = channel->at;
    struct {
        bool holds;
        uint32_t bit;
    } const facts[] = {
        {dialog && *dialog->from_name, SIM_IF_NAME},
        {!dialog || !*dialog->from_name, SIM_IF_NAMELESS},
        {dialog && *dialog->route, SIM_IF_ROUTE},
        {dialog && *dialog->port, SIM_IF_PORT},
        {dialog && dialog->pcmu_only, SIM_IF_PCMU},
        {dialog && !dialog->pcmu_only, SIM_IF_BOTH},
        {at[SIM_AT_ANSWERED] != 0, SIM_IF_ANSWERED},
        {at[SIM_AT_PROGRESS] != 0, SIM_IF_PROGRESS},
        {at[SIM_AT_PROGRESS_MEDIA] != 0, SIM_IF_PROGRESS_MEDIA},
        {at[SIM_AT_BRIDGED] != 0, SIM_IF_BRIDGED},
        {channel->last_app.len != 0, SIM_IF_LAST_APP},
        {channel->last_arg.len != 0, SIM_IF_LAST_ARG},
        {channel->has_profile, SIM_IF_PROFILE},
        {channel->cause != NULL, SIM_IF_CAUSE},
        {channel->has_codec, SIM_IF_CODEC},
        {caller->name.len != 0, SIM_IF_CID_NAME},
        {caller->orig_name.len != 0, SIM_IF_ORIG_NAME},
        {caller->callee_name.len != 0, SIM_IF_CALLEE_NAME},
        {caller->callee_number.len != 0, SIM_IF_CALLEE_NUMBER},
        {caller->network.len != 0, SIM_IF_NETWORK},
        {caller->dialplan.len != 0, SIM_IF_DIALPLAN},
        {channel->ignore_early, SIM_IF_EARLY_WAITED},
        {!channel->ignore_early, SIM_IF_EARLY_TAKEN},
        {channel->forked, SIM_IF_FORKED},
        {!channel->forked, SIM_IF_FIRST},
        {caller->transfer_source.len != 0, SIM_IF_TRANSFERRED},
        {caller->rdnis.len != 0, SIM_IF_RDNIS},
        {caller->username.len != 0, SIM_IF_USERNAME},
        {at[SIM_AT_HOLD] != 0, SIM_IF_HELD},
        {channel->rtp_timer.len != 0, SIM_IF_RTP_TIMER},
    };
    uint32_t when = 0;
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        if (facts[i].holds)
            when |= facts[i].bit;
    return when;
}

/* FreeSWITCH's tags and branches: letters and digits, 13 of them. */
static void random_tag(swio_sim *sim, char to[16])
{
    static const char letters[] = "0123456789abcdefghijkmnprstuvyBDFHKNQSUXZ";
    for (int i = 0; i < 13; i++)
        to[i] = letters[swio_sim_random(sim) % (sizeof letters - 1)];
    to[13] = '\0';
}

static const char *put(char **at, const char *text)
{
    char *to = *at;
    size_t len = strlen(text) + 1;
    memcpy(to, text, len);
    *at += len;
    return to;
}

sim_dialog *swio_sim_dialog_new(swio_sim *sim, const sim_target *target, const char *from_user,
                                const char *from_name)
{
    const char *texts[] = {from_user,    from_name,        target->user, target->host,
                           target->port, target->hostport, target->url,  target->route};
    size_t room = 0;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        room += strlen(texts[i]) + 1;
    sim_dialog *dialog = swio_calloc(1, sizeof *dialog + room);
    if (!dialog)
        return NULL;
    dialog->refs = 1;
    char *at = dialog->text;
    dialog->from_user = put(&at, from_user);
    dialog->from_name = put(&at, from_name);
    dialog->user = put(&at, target->user);
    dialog->host = put(&at, target->host);
    dialog->port = put(&at, target->port);
    dialog->hostport = put(&at, target->hostport);
    dialog->url = put(&at, target->url);
    dialog->route = put(&at, target->route);
    swio_sim_random_uuid(sim, dialog->call_id);
    random_tag(sim, dialog->from_tag);
    random_tag(sim, dialog->to_tag);
    random_tag(sim, dialog->branch);
    random_tag(sim, dialog->branch2);
    dialog->cseq = 100000000 + (uint32_t)(swio_sim_random(sim) % 50000000);
    dialog->caller_ssrc = (uint32_t)swio_sim_random(sim);
    dialog->callee_ssrc = (uint32_t)swio_sim_random(sim);
    dialog->caller_sdp = 1795000000 + swio_sim_random(sim) % 1000000;
    dialog->callee_sdp = 1795000000 + swio_sim_random(sim) % 1000000;
    dialog->caller_rtp = (uint16_t)(16384 + swio_sim_random(sim) % 8192 * 2);
    dialog->callee_rtp = (uint16_t)(16384 + swio_sim_random(sim) % 8192 * 2);
    dialog->phrase = "";
    return dialog;
}

sim_dialog *swio_sim_dialog_ref(sim_dialog *dialog)
{
    dialog->refs++;
    return dialog;
}

void swio_sim_dialog_unref(sim_dialog *dialog)
{
    if (--dialog->refs == 0)
        swio_free(dialog);
}
