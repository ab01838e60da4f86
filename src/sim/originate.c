#include "sim/originate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "loop/loop.h"
#include "sim/bridge.h"
#include "sim/faults.h"
#include "sim/sim.h"

static const char usage[] = "-USAGE: <call url> <exten>|&<application_name>(<app_args>) "
                            "[<dialplan>] [<context>] [<cid_name>] [<cid_num>] [<timeout_sec>]\n";

void swio_sim_attempt_free(sim_attempt *attempt)
{
    if (!attempt)
        return;
    swio_sim_timer_stop(&attempt->timeout);
    swio_free(attempt->then.app);
    swio_free(attempt->then.data);
    swio_free(attempt->then.extension);
    swio_free(attempt->then.dialplan);
    swio_free(attempt->then.context);
    swio_free(attempt);
}

void swio_sim_attempt_drop(sim_channel *channel)
{
    swio_sim_attempt_free(channel->attempt);
    channel->attempt = NULL;
}

static void answer_request(sim_attempt *attempt, const char *how, const char *what)
{
    sim_request *request = attempt->request;
    attempt->request = NULL;
    if (!request)
        return;
    swio_buf_printf(&request->out, "%s %s\n", how, what);
    swio_sim_request_done(request);
}

void swio_sim_attempt_succeeded(sim_channel *channel)
{
    swio_sim_timer_stop(&channel->attempt->timeout);
    answer_request(channel->attempt, "+OK", channel->uuid);
}

void swio_sim_attempt_failed(sim_channel *channel)
{
    sim_attempt *attempt = channel->attempt;
    if (!attempt)
        return;
    if (attempt->bridging)
        swio_sim_bridge_failed(channel);
    channel->attempt = NULL;
    answer_request(attempt, "-ERR", channel->cause);
    swio_sim_attempt_free(attempt);
}

static void time_out(void *arg)
{
    sim_channel *channel = arg;
    swio_sim *sim = channel->node->sim;
    swio_sim_enter(sim);
    swio_sim_hangup(channel, "NO_ANSWER");
    swio_sim_leave(sim);
}

/* A leg that a bridge makes shows the caller of the one that bridges. */
static void inherit_caller(sim_channel *channel, const sim_channel *from)
{
    const sim_caller *theirs = &from->caller;
    sim_caller *caller = &channel->caller;
    const struct {
        sim_text *to;
        sim_text from;
    } texts[] = {{&caller->username, theirs->username},
                 {&caller->dialplan, theirs->dialplan},
                 {&caller->context, theirs->context},
                 {&caller->network, theirs->network},
                 {&caller->ani, theirs->ani}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t len;
        const char *text = swio_sim_text(from, texts[i].from, &len);
        swio_sim_channel_text(channel, texts[i].to, text, len);
    }
    caller->source = theirs->source;
    channel->forked = true;
    swio_sim_channel_remember(channel, from, "originator");
    if (channel->other) {
        memset(channel->other->at, 0, sizeof channel->other->at);
        channel->other->caller.callee_name.len = channel->other->caller.callee_number.len = 0;
    }
}

static void set_caller(sim_channel *channel, const sim_dial *dial, const char *name,
                       const char *number)
{
    sim_caller *caller = &channel->caller;
    const struct {
        sim_text *text;
        const char *value;
    } texts[] = {
        {&caller->name, name},
        {&caller->number, number},
        {&caller->orig_name, name},
        {&caller->orig_number, number},
        {&caller->ani, number},
        {&caller->callee_name, "Outbound Call"},
        {&caller->callee_number, dial->target.user},
        {&caller->destination, dial->target.user},
        {&caller->context, "default"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        swio_sim_channel_text(channel, texts[i].text, texts[i].value, strlen(texts[i].value));
    swio_buf full = {0};
    swio_buf_printf(&full, "sofia/%s/%s%s%s", dial->from->name, dial->target.user,
                    *dial->target.user ? "@" : "", dial->target.hostport);
    swio_sim_channel_text(channel, &channel->name, full.data, full.len);
    swio_buf_free(&full);
}

static bool offers_pcmu_alone(const sim_vars *vars)
{
    const char *codec = swio_sim_vars_get(vars, "absolute_codec_string");
    if (!codec)
        codec = swio_sim_vars_get(vars, "originator_codec");
    return codec && strcasecmp(codec, "PCMU") == 0;
}

static const char *given_or(const char *value, const char *otherwise)
{
    return value ? value : otherwise;
}

static void caller_texts(const sim_channel *channel, char texts[2][128])
{
    const sim_text from[] = {channel->caller.name, channel->caller.number};
    for (int i = 0; i < 2; i++) {
        size_t len;
        const char *text = swio_sim_text(channel, from[i], &len);
        snprintf(texts[i], 128, "%.*s", (int)len, text ? text : "");
    }
}

sim_channel *swio_sim_originate(sim_node *node, const sim_dial *dial, const sim_vars *vars,
                                sim_attempt *attempt, const char **cause)
{
    char made[40];
    const char *uuid = swio_sim_vars_get(vars, "origination_uuid");
    char from[2][128] = {"", "0000000000"};
    if (attempt->bridging)
        caller_texts(attempt->bridging, from);
    const char *name = given_or(swio_sim_vars_get(vars, "origination_caller_id_name"), from[0]);
    const char *number = given_or(swio_sim_vars_get(vars, "origination_caller_id_number"), from[1]);
    *cause = "DESTINATION_OUT_OF_ORDER";
    if (!uuid) {
        swio_sim_random_uuid(node->sim, made);
        uuid = made;
    }
    sim_channel *channel = NULL;
    sim_dialog *dialog = swio_sim_dialog_new(node->sim, &dial->target, number, name);
    if (dialog && !swio_sim_channel_find(node, uuid))
        channel = swio_sim_channel_new(node, uuid, true);
    if (!channel) {
        dial->from->failed_out++;
        if (dialog)
            swio_sim_dialog_unref(dialog);
        swio_sim_attempt_free(attempt);
        return NULL;
    }
    dial->from->calls_out++;
    dialog->from = channel->profile = dial->from;
    dialog->to = dial->to;
    dialog->pcmu_only = offers_pcmu_alone(vars);
    dialog->caller = channel;
    channel->dialog = dialog;
    channel->attempt = attempt;
    channel->ignore_early =
        strcasecmp(given_or(swio_sim_vars_get(vars, "ignore_early_media"), ""), "true") == 0;
    set_caller(channel, dial, name, number);
    if (attempt->bridging)
        inherit_caller(channel, attempt->bridging);
    attempt->given_cause = swio_sim_fault_cause(node->sim);
    double seconds = strtod(given_or(swio_sim_vars_get(vars, "originate_timeout"), "60"), NULL);
    swio_sim_after(node->sim, &attempt->timeout, seconds > 0 ? seconds : 60, time_out, channel);
    swio_sim_outbound_start(channel, vars->list, vars->count);
    return channel;
}

/* "&app(args)" or "exten [dialplan] [context]". */
static int read_then(sim_then *then, char **parts, size_t count)
{
    char *what = parts[0];
    if (*what == '&') {
        char *open = strchr(what, '(');
        char *close = open ? strrchr(open, ')') : NULL;
        if (close)
            *close = '\0';
        if (open)
            *open = '\0';
        then->app = swio_strdup(what + 1);
        then->data = swio_strdup(open ? open + 1 : "");
        return then->app && then->data ? 0 : -1;
    }
    then->extension = swio_strdup(what);
    if (count > 1)
        then->dialplan = swio_strdup(parts[1]);
    if (count > 2)
        then->context = swio_strdup(parts[2]);
    bool complete =
        then->extension && (count <= 1 || then->dialplan) && (count <= 2 || then->context);
    return complete ? 0 : -1;
}

static bool fail(sim_request *request, const char *cause)
{
    swio_buf_printf(&request->out, "-ERR %s\n", cause);
    return true;
}

bool swio_sim_api_originate(sim_request *request)
{
    char *parts[8];
    sim_dial dial;
    size_t count = swio_sim_split(request->arg, parts, 7);
    if (count < 2) {
        swio_buf_puts(&request->out, usage);
        return true;
    }
    sim_vars *vars = swio_calloc(1, sizeof *vars);
    sim_attempt *attempt = swio_calloc(1, sizeof *attempt);
    char *rest = vars ? swio_sim_vars_take(parts[0], vars) : NULL;
    const char *cause = "DESTINATION_OUT_OF_ORDER";
    if (vars && attempt && rest && read_then(&attempt->then, parts + 1, count - 1) == 0)
        cause = swio_sim_dial_parse(request->node, rest, &dial);
    if (cause) {
        swio_free(vars);
        swio_sim_attempt_free(attempt);
        return fail(request, cause);
    }
    attempt->request = request;
    sim_channel *channel = swio_sim_originate(request->node, &dial, vars, attempt, &cause);
    swio_free(vars);
    return channel ? false : fail(request, cause);
}
