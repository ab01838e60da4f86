#include "sim/field.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sim/tables.h"

/* How a field's text is made of what stands at its offset. */
enum kind {
    CHANNEL_TEXT, /* a sim_text of the channel */
    CHANNEL_CSTR,
    CHANNEL_U64,
    CHANNEL_UUID,
    CHANNEL_CALL_UUID, /* its own, or that of the leg that made it */
    PROFILE_INDEX,
    OTHER_UUID,    /* of the leg that it made or was made by */
    CHANNEL_EPOCH, /* whole seconds of a moment */
    CHANNEL_STAMP, /* local time of a moment */
    CHANNEL_SPAN,  /* `offset` is the span */
    CHANNEL_CALLER_ID,
    CHANNEL_CODE,
    STATE_NAME,
    STATE_NUMBER,
    CALLSTATE_NAME,
    SHOWN, /* `offset` is what of a channel the list of channels shows */
    ANSWER_STATE,
    DIRECTION,
    LOGICAL_DIRECTION, /* inbound of the leading leg of a uuid_bridge as well */
    DIALPLAN_HIT,
    PROFILE_CHARS,
    PROFILE_CSTR,
    FROM_CHARS, /* of the profile at the calling end of the dialog */
    TO_CHARS,   /* and at the called end */
    DIALOG_CHARS,
    DIALOG_CSTR,
    DIALOG_U16,
    DIALOG_U32,
    DIALOG_U64,
    DIALOG_U64_NEXT, /* the number after it */
    NODE_CHARS,
    NODE_CSTR,
    CLOCK_LOCAL,
    CLOCK_GMT,
    CLOCK_NOW,
    SEQUENCE,
    EVENT_NAME, /* of the source of the event */
    EVENT_FILE,
    EVENT_FUNCTION,
    EVENT_LINE,
    ARGUMENT,
};

/* The durations that a channel's variables give, each in seconds, milli- and microseconds. */
enum span { TOTAL, BILL, PROGRESS, ANSWER, WAIT, PROGRESS_MEDIA, FLOW };
enum unit { SECONDS, MILLISECONDS, MICROSECONDS };
enum shown {
    SHOW_IP,
    SHOW_CODEC,
    SHOW_RATE,
    SHOW_BITS,
    SHOW_CALLEE_DIRECTION,
    SHOW_CALL,
    SHOW_INITIAL_DEST,
    SHOW_BRIDGED,
};

#define SPAN(span, unit) ((span)*3 + (unit))

struct def {
    const char *name;
    size_t offset;
    uint8_t kind;
    bool safe;
};

#define CH(member) offsetof(sim_channel, member)
#define CALLER(m)  offsetof(sim_channel, caller.m)
#define AT(moment) (offsetof(sim_channel, at) + sizeof(uint64_t) * (moment))
#define DI(member) offsetof(sim_dialog, member)
#define SPANS(prefix, which)                                            \
    {prefix "sec", SPAN(which, SECONDS), CHANNEL_SPAN, true},           \
        {prefix "msec", SPAN(which, MILLISECONDS), CHANNEL_SPAN, true}, \
    {                                                                   \
        prefix "usec", SPAN(which, MICROSECONDS), CHANNEL_SPAN, true    \
    }
#define MOMENT(name, moment)                              \
    {name "_stamp", AT(moment), CHANNEL_STAMP, false},    \
        {name "_epoch", AT(moment), CHANNEL_EPOCH, true}, \
    {                                                     \
        name "_uepoch", AT(moment), CHANNEL_U64, true     \
    }

static const struct def defs[] = {
    {"uuid", 0, CHANNEL_UUID, false},
    {"call_uuid", 0, CHANNEL_CALL_UUID, false},
    {"logical_direction", 0, LOGICAL_DIRECTION, true},
    {"other_uuid", 0, OTHER_UUID, false},
    {"other_type", CH(other_type), CHANNEL_CSTR, true},
    {"profile_index", 0, PROFILE_INDEX, true},
    {"transfer_source", CALLER(transfer_source), CHANNEL_TEXT, false},
    {"rdnis", CALLER(rdnis), CHANNEL_TEXT, false},
    {"session_id", CH(session_id), CHANNEL_U64, true},
    {"channel_name", CH(name), CHANNEL_TEXT, false},
    {"cause", CH(cause), CHANNEL_CSTR, true},
    {"cause_code", 0, CHANNEL_CODE, true},
    {"last_app", CH(last_app), CHANNEL_TEXT, false},
    {"last_arg", CH(last_arg), CHANNEL_TEXT, false},
    {"cid_name", CALLER(name), CHANNEL_TEXT, false},
    {"cid_number", CALLER(number), CHANNEL_TEXT, false},
    {"orig_cid_name", CALLER(orig_name), CHANNEL_TEXT, false},
    {"orig_cid_number", CALLER(orig_number), CHANNEL_TEXT, false},
    {"callee_name", CALLER(callee_name), CHANNEL_TEXT, false},
    {"callee_number", CALLER(callee_number), CHANNEL_TEXT, false},
    {"ani", CALLER(ani), CHANNEL_TEXT, false},
    {"dest", CALLER(destination), CHANNEL_TEXT, false},
    {"username", CALLER(username), CHANNEL_TEXT, false},
    {"dialplan", CALLER(dialplan), CHANNEL_TEXT, false},
    {"context", CALLER(context), CHANNEL_TEXT, false},
    {"network_addr", CALLER(network), CHANNEL_TEXT, false},
    {"source", CALLER(source), CHANNEL_CSTR, true},
    {"caller_id", 0, CHANNEL_CALLER_ID, false},
    MOMENT("start", SIM_AT_CREATED),
    MOMENT("profile_start", SIM_AT_PROFILE),
    MOMENT("answer", SIM_AT_ANSWERED),
    MOMENT("progress", SIM_AT_PROGRESS),
    MOMENT("progress_media", SIM_AT_PROGRESS_MEDIA),
    MOMENT("end", SIM_AT_HANGUP),
    MOMENT("bridge", SIM_AT_BRIDGED),
    MOMENT("last_hold", SIM_AT_HOLD),
    {"transfer_uepoch", AT(SIM_AT_TRANSFER), CHANNEL_U64, true},
    {"hold_events", CH(hold_events), CHANNEL_TEXT, false},
    {"rtp_timer", CH(rtp_timer), CHANNEL_TEXT, false},
    {"hold_accum", AT(SIM_HOLD_ACCUM), CHANNEL_U64, true},
    {"hold_accum_seconds", AT(SIM_HOLD_ACCUM), CHANNEL_EPOCH, true},
    SPANS("total_", TOTAL),
    SPANS("bill_", BILL),
    SPANS("progress_", PROGRESS),
    SPANS("answer_", ANSWER),
    SPANS("wait_", WAIT),
    SPANS("progress_media_", PROGRESS_MEDIA),
    SPANS("flow_", FLOW),
    {"state", 0, STATE_NAME, true},
    {"state_number", 0, STATE_NUMBER, true},
    {"callstate", 0, CALLSTATE_NAME, true},
    {"answer_state", 0, ANSWER_STATE, true},
    {"direction", 0, DIRECTION, true},
    {"hit_dialplan", 0, DIALPLAN_HIT, true},
    {"profile", offsetof(sim_profile, name), PROFILE_CSTR, true},
    {"profile_ip", offsetof(sim_profile, ip), PROFILE_CHARS, false},
    {"profile_port", offsetof(sim_profile, port), PROFILE_CHARS, true},
    {"caller_ip", offsetof(sim_profile, ip), FROM_CHARS, false},
    {"caller_port", offsetof(sim_profile, port), FROM_CHARS, true},
    {"callee_ip", offsetof(sim_profile, ip), TO_CHARS, false},
    {"callee_port", offsetof(sim_profile, port), TO_CHARS, true},
    {"from_user", DI(from_user), DIALOG_CSTR, false},
    {"from_name", DI(from_name), DIALOG_CSTR, false},
    {"user", DI(user), DIALOG_CSTR, false},
    {"host", DI(host), DIALOG_CSTR, false},
    {"port", DI(port), DIALOG_CSTR, false},
    {"hostport", DI(hostport), DIALOG_CSTR, false},
    {"url", DI(url), DIALOG_CSTR, false},
    {"route", DI(route), DIALOG_CSTR, false},
    {"ip_addr", SHOW_IP, SHOWN, false},
    {"codec", SHOW_CODEC, SHOWN, true},
    {"codec_rate", SHOW_RATE, SHOWN, true},
    {"codec_bits", SHOW_BITS, SHOWN, true},
    {"callee_direction", SHOW_CALLEE_DIRECTION, SHOWN, true},
    {"shown_call_uuid", SHOW_CALL, SHOWN, false},
    {"initial_dest", SHOW_INITIAL_DEST, SHOWN, false},
    {"bridged_epoch", SHOW_BRIDGED, SHOWN, true},
    {"status", DI(status), DIALOG_U16, true},
    {"phrase", DI(phrase), DIALOG_CSTR, false},
    {"call_id", DI(call_id), DIALOG_CHARS, true},
    {"from_tag", DI(from_tag), DIALOG_CHARS, true},
    {"to_tag", DI(to_tag), DIALOG_CHARS, true},
    {"branch", DI(branch), DIALOG_CHARS, true},
    {"branch2", DI(branch2), DIALOG_CHARS, true},
    {"cseq", DI(cseq), DIALOG_U32, true},
    {"caller_ssrc", DI(caller_ssrc), DIALOG_U32, true},
    {"callee_ssrc", DI(callee_ssrc), DIALOG_U32, true},
    {"caller_rtp", DI(caller_rtp), DIALOG_U16, true},
    {"callee_rtp", DI(callee_rtp), DIALOG_U16, true},
    {"caller_sdp", DI(caller_sdp), DIALOG_U64, true},
    {"caller_sdp2", DI(caller_sdp), DIALOG_U64_NEXT, true},
    {"callee_sdp", DI(callee_sdp), DIALOG_U64, true},
    {"callee_sdp2", DI(callee_sdp), DIALOG_U64_NEXT, true},
    {"core_uuid", offsetof(sim_node, core_uuid), NODE_CHARS, true},
    {"switchname", offsetof(sim_node, name), NODE_CHARS, true},
    {"node_ip", offsetof(sim_node, ip), NODE_CSTR, false},
    {"local", 0, CLOCK_LOCAL, false},
    {"gmt", 0, CLOCK_GMT, false},
    {"now", 0, CLOCK_NOW, true},
    {"sequence", 0, SEQUENCE, true},
    {"event_name", 0, EVENT_NAME, true},
    {"file", 0, EVENT_FILE, true},
    {"function", 0, EVENT_FUNCTION, true},
    {"line", 0, EVENT_LINE, true},
    {"1", 0, ARGUMENT, false},
    {"2", 1, ARGUMENT, false},
    {"3", 2, ARGUMENT, false},
    {"4", 3, ARGUMENT, false},
    {"5", 4, ARGUMENT, false},
    {"6", 5, ARGUMENT, false},
    {"7", 6, ARGUMENT, false},
    {"8", 7, ARGUMENT, false},
};

enum { DEFS = sizeof defs / sizeof defs[0] };

int swio_sim_field_by_name(const char *name, size_t len)
{
    for (int i = 0; i < DEFS; i++)
        if (strlen(defs[i].name) == len && memcmp(defs[i].name, name, len) == 0)
            return i;
    return -1;
}

bool swio_sim_field_is_safe(int field)
{
    return defs[field].safe;
}

/* How many digits: those of the power of two below, and one more from the power of ten on. */
static size_t count_digits(uint64_t value)
{
    static const uint64_t powers[] = {
        0,
        10,
        100,
        1000,
        10000,
        100000,
        1000000,
        10000000,
        100000000,
        1000000000,
        10000000000,
        100000000000,
        1000000000000,
        10000000000000,
        100000000000000,
        1000000000000000,
        10000000000000000,
        100000000000000000,
        1000000000000000000,
        10000000000000000000u,
    };
    unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);
    unsigned tens = bits * 1233 >> 12; /* log10 of 2 is 1233 / 4096 */
    return tens + (value >= powers[tens]);
}

size_t swio_sim_digits(char *to, uint64_t value)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    size_t n = count_digits(value), at = n;
    for (; value >= 100; value /= 100)
        memcpy(to + (at -= 2), pairs + 2 * (value % 100), 2);
    if (value >= 10)
        memcpy(to, pairs + 2 * value, 2);
    else
        to[0] = (char)('0' + value);
    return n;
}

const char *swio_sim_text(const sim_channel *channel, sim_text text, size_t *len)
{
    *len = text.len;
    return text.len ? channel->store + text.at : NULL;
}

void swio_sim_stamp(uint64_t moment, char to[SIM_FIELD_ROOM])
{
    time_t seconds = (time_t)(moment / 1000000);
    struct tm local;
    localtime_r(&seconds, &local);
    strftime(to, SIM_FIELD_ROOM, "%Y-%m-%d %H:%M:%S", &local);
}

const char *swio_sim_state_name(unsigned state)
{
    static const char *const names[] = {
        "CS_NEW",       "CS_INIT",           "CS_ROUTING", "CS_SOFT_EXECUTE",
        "CS_EXECUTE",   "CS_EXCHANGE_MEDIA", "CS_PARK",    "CS_CONSUME_MEDIA",
        "CS_HIBERNATE", "CS_RESET",          "CS_HANGUP",  "CS_REPORTING",
        "CS_DESTROY",   "CS_NONE",
    };
    return names[state];
}

const char *swio_sim_callstate_name(unsigned callstate)
{
    static const char *const names[] = {
        "DOWN", "DIALING", "RINGING", "EARLY", "ACTIVE", "HELD", "RING_WAIT", "HANGUP", "UNHELD",
    };
    return names[callstate];
}

/* The length of a span: between two moments, 0 where one of them was not reached. */
static uint64_t span_value(const sim_channel *channel, unsigned span)
{
    static const struct {
        uint8_t from, to;
        bool if_answered;
    } ends[] = {
        [TOTAL] = {SIM_AT_CREATED, SIM_AT_HANGUP, false},
        [BILL] = {SIM_AT_ANSWERED, SIM_AT_HANGUP, false},
        [PROGRESS] = {SIM_AT_CREATED, SIM_AT_PROGRESS, false},
        [ANSWER] = {SIM_AT_CREATED, SIM_AT_ANSWERED, false},
        [WAIT] = {SIM_AT_CREATED, SIM_AT_BRIDGED, false},
        [PROGRESS_MEDIA] = {SIM_AT_CREATED, SIM_AT_PROGRESS_MEDIA, false},
        [FLOW] = {SIM_AT_CREATED, SIM_AT_HANGUP, true},
    };
    static const uint64_t units[] = {1000000, 1000, 1};
    uint64_t from = channel->at[ends[span / 3].from], to = channel->at[ends[span / 3].to];
    uint64_t unit = units[span % 3];
    if (!from || !to || (ends[span / 3].if_answered && !channel->at[SIM_AT_ANSWERED]))
        return 0;
    return to / unit - from / unit; /* each end is cut to the unit first, as the switch does */
}

/* "\"Name\" <number>", or the number alone. */
static const char *caller_id(const sim_channel *channel, char *scratch, size_t *len)
{
    size_t name_len, number_len;
    const char *name = swio_sim_text(channel, channel->caller.name, &name_len);
    const char *number = swio_sim_text(channel, channel->caller.number, &number_len);
    if (!name) {
        *len = number_len;
        return number;
    }
    int n =
        snprintf(scratch, SIM_FIELD_ROOM, "\"%.*s\" <%.*s>", (int)(name_len > 28 ? 28 : name_len),
                 name, (int)(number_len > 28 ? 28 : number_len), number ? number : "");
    *len = (size_t)n;
    return scratch;
}

static const char *answer_state(const sim_channel *channel)
{
    return channel->cause      ? "hangup"
           : channel->answered ? "answered"
           : channel->early    ? "early"
                               : "ringing";
}

static const char *cstr(const char *text, size_t *len)
{
    *len = text ? strlen(text) : 0;
    return text;
}

static const char *number(char *scratch, uint64_t value, size_t *len)
{
    *len = swio_sim_digits(scratch, value);
    return scratch;
}

/* What the database of the switch has, and events have not. */
static const char *shown_text(const sim_channel *channel, size_t what, char *scratch, size_t *len)
{
    const sim_caller *caller = &channel->caller;
    switch (what) {
    case SHOW_IP:
        return channel->outbound ? NULL : swio_sim_text(channel, caller->network, len);
    case SHOW_CODEC:
        return channel->has_codec ? cstr("PCMU", len) : NULL;
    case SHOW_RATE:
        return channel->has_codec ? cstr("8000", len) : NULL;
    case SHOW_BITS:
        return channel->has_codec ? cstr("64000", len) : NULL;
    case SHOW_CALLEE_DIRECTION:
        return channel->outbound && channel->hit_dialplan ? cstr("RECV", len) : NULL;
    case SHOW_CALL:
        if (channel->call_uuid.len)
            return swio_sim_text(channel, channel->call_uuid, len);
        return channel->outbound || channel->partner ? cstr(channel->uuid, len) : NULL;
    case SHOW_INITIAL_DEST:
        return swio_sim_text(channel, caller->rdnis.len ? caller->rdnis : caller->destination, len);
    default:
        return channel->partner ? number(scratch, channel->at[SIM_AT_BRIDGED] / 1000000, len)
                                : NULL;
    }
}

static const char *channel_text(const sim_channel *channel, const struct def *def, char *scratch,
                                size_t *len)
{
    const char *at = (const char *)channel + def->offset;
    switch (def->kind) {
    case CHANNEL_TEXT:
        return swio_sim_text(channel, *(const sim_text *)(const void *)at, len);
    case CHANNEL_CSTR:
        return cstr(*(const char *const *)(const void *)at, len);
    case CHANNEL_U64:
        return number(scratch, *(const uint64_t *)(const void *)at, len);
    case CHANNEL_UUID:
        return cstr(channel->uuid, len);
    case CHANNEL_CALL_UUID:
        return channel->call_uuid.len ? swio_sim_text(channel, channel->call_uuid, len)
                                      : cstr(channel->uuid, len);
    case OTHER_UUID:
        return cstr(channel->other ? channel->other->uuid : NULL, len);
    case PROFILE_INDEX:
        return number(scratch, 1u + channel->transfers, len);
    case CHANNEL_EPOCH:
        return number(scratch, *(const uint64_t *)(const void *)at / 1000000, len);
    case CHANNEL_STAMP:
        swio_sim_stamp(*(const uint64_t *)(const void *)at, scratch);
        return cstr(scratch, len);
    case CHANNEL_SPAN:
        return number(scratch, span_value(channel, (unsigned)def->offset), len);
    case CHANNEL_CALLER_ID:
        return caller_id(channel, scratch, len);
    case CHANNEL_CODE:
        return number(scratch, (uint64_t)channel->cause_code, len);
    case STATE_NAME:
        return cstr(swio_sim_state_name(channel->shown_state), len);
    case STATE_NUMBER:
        return number(scratch, channel->state, len);
    case CALLSTATE_NAME:
        return cstr(swio_sim_callstate_name(channel->callstate), len);
    case SHOWN:
        return shown_text(channel, def->offset, scratch, len);
    case ANSWER_STATE:
        return cstr(answer_state(channel), len);
    case LOGICAL_DIRECTION:
        return cstr(channel->outbound && !channel->leads ? "outbound" : "inbound", len);
    case DIRECTION:
        return cstr(channel->outbound ? "outbound" : "inbound", len);
    default:
        return cstr(channel->hit_dialplan ? "true" : "false", len);
    }
}

static const char *dialog_text(const sim_dialog *dialog, const struct def *def, char *scratch,
                               size_t *len)
{
    const char *at = (const char *)dialog + def->offset;
    switch (def->kind) {
    case DIALOG_CHARS:
        return cstr(at, len);
    case DIALOG_CSTR:
        return cstr(*(const char *const *)(const void *)at, len);
    case DIALOG_U16:
        return number(scratch, *(const uint16_t *)(const void *)at, len);
    case DIALOG_U32:
        return number(scratch, *(const uint32_t *)(const void *)at, len);
    case DIALOG_U64:
        return number(scratch, *(const uint64_t *)(const void *)at, len);
    default:
        return number(scratch, *(const uint64_t *)(const void *)at + 1, len);
    }
}

static const char *node_text(const sim_view *view, const struct def *def, char *scratch,
                             size_t *len)
{
    const sim_node *node = view->node;
    switch (def->kind) {
    case NODE_CHARS:
        return cstr((const char *)node + def->offset, len);
    case NODE_CSTR:
        return cstr(*(const char *const *)(const void *)((const char *)node + def->offset), len);
    case CLOCK_LOCAL:
        return cstr(view->clock->local, len);
    case CLOCK_GMT:
        return cstr(view->clock->gmt, len);
    case CLOCK_NOW:
        return number(scratch, view->clock->now, len);
    default:
        return number(scratch, view->sequence, len);
    }
}

static const char *source_text(const sim_view *view, const struct def *def, char *scratch,
                               size_t *len)
{
    switch (def->kind) {
    case EVENT_NAME:
        return cstr(swio_sim_event_names[view->source->type], len);
    case EVENT_FILE:
        return cstr(view->source->file, len);
    case EVENT_FUNCTION:
        return cstr(view->source->function, len);
    default:
        return number(scratch, view->source->line, len);
    }
}

/* The profile that a field is about, or NULL. */
static const sim_profile *profile_of(const sim_channel *channel, uint8_t kind)
{
    const sim_dialog *dialog = channel->dialog;
    if (kind == FROM_CHARS)
        return dialog ? dialog->from : NULL;
    if (kind == TO_CHARS)
        return dialog ? dialog->to : NULL;
    return channel->profile;
}

const char *swio_sim_field_text(const sim_view *view, int field, char scratch[SIM_FIELD_ROOM],
                                size_t *len)
{
    const struct def *def = &defs[field];
    const sim_channel *channel = view->channel;
    if (def->kind == ARGUMENT)
        return cstr(view->args->v[def->offset], len);
    if (def->kind >= EVENT_NAME)
        return source_text(view, def, scratch, len);
    if (def->kind >= NODE_CHARS)
        return node_text(view, def, scratch, len);
    *len = 0;
    if (!channel)
        return NULL;
    if (def->kind >= DIALOG_CHARS)
        return channel->dialog ? dialog_text(channel->dialog, def, scratch, len) : NULL;
    if (def->kind < PROFILE_CHARS)
        return channel_text(channel, def, scratch, len);
    const sim_profile *profile = profile_of(channel, def->kind);
    if (!profile)
        return NULL;
    const char *at = (const char *)profile + def->offset;
    return cstr(def->kind == PROFILE_CSTR ? *(const char *const *)(const void *)at : at, len);
}
