/* api commands that make and end calls, now or later. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/cause.h"
#include "sim/command.h"
#include "sim/flow.h"
#include "sim/originate.h"
#include "sim/request.h"
#include "sim/task.h"

/* So many are hung up before the answer leaves; thousands follow as the clients can take it. */
enum { AT_ONCE = 256 };

static void hang_up_as_ordered(sim_channel *channel)
{
    swio_sim_hangup(channel, channel->ordered_cause);
}

/* Every channel is pinned first: hanging one up may end others. */
static void hang_up_all(sim_node *node, const char *cause, const char *variable, const char *value)
{
    size_t count = HASH_COUNT(node->channels), n = 0;
    sim_channel **all = swio_malloc((count + 1) * sizeof(sim_channel *));
    if (!all)
        return;
    for (sim_channel *c = node->channels; c; c = c->hh.next)
        if (!*variable || swio_sim_channel_has(c, variable, value))
            all[n++] = c;
    for (size_t i = 0; i < n; i++)
        swio_sim_channel_pin(all[i]);
    for (size_t i = 0; i < n; i++) {
        all[i]->ordered_cause = cause;
        if (i < AT_ONCE)
            hang_up_as_ordered(all[i]);
        else
            swio_sim_later(all[i], hang_up_as_ordered);
        swio_sim_channel_unpin(all[i]);
    }
    swio_free(all);
}

static bool hupall(sim_request *request)
{
    char *cause_name = swio_sim_word(&request->arg);
    char *variable = swio_sim_word(&request->arg);
    const char *cause = swio_sim_cause_find(*cause_name ? cause_name : "MANAGER_REQUEST")->name;
    hang_up_all(request->node, cause, variable, request->arg);
    if (*variable)
        swio_buf_printf(&request->out,
                        "+OK hangup all channels matching [%s]=[%s] with cause: %s\n", variable,
                        request->arg, cause);
    else
        swio_buf_printf(&request->out, "+OK hangup all channels with cause %s\n", cause);
    return true;
}

/* "+3.98" is three whole seconds from now (atol), "12345" a moment, "@30" every half minute. */
static uint64_t moment(const sim_node *node, const char *when, long *from_now)
{
    uint64_t now = node->clock.now / 1000000;
    *from_now = *when == '+' ? atol(when + 1) : atol(when) - (long)now;
    return now + (uint64_t)(*from_now > 0 ? *from_now : 0);
}

static bool sched_hangup(sim_request *request)
{
    char *when = swio_sim_word(&request->arg);
    char *uuid = swio_sim_word(&request->arg);
    const char *cause =
        swio_sim_cause_find(*request->arg ? request->arg : "ALLOTTED_TIMEOUT")->name;
    if (!*uuid) {
        swio_buf_puts(&request->out, "-USAGE: [+]<time> <uuid> [<cause>]\n");
        return true;
    }
    sim_channel *channel = swio_sim_channel_find(request->node, uuid);
    if (!channel) {
        swio_buf_puts(&request->out, "-ERR No such channel!\n");
        return true;
    }
    long from_now;
    uint64_t runtime = moment(request->node, when, &from_now);
    if (*when == '+' && from_now == 0)
        swio_sim_hangup(channel, cause);
    else
        swio_sim_task_add(request->node, runtime, 0, uuid, uuid, cause);
    swio_buf_puts(&request->out, "+OK\n");
    return true;
}

static bool sched_api(sim_request *request)
{
    char *when = swio_sim_word(&request->arg);
    char *group = swio_sim_word(&request->arg);
    if (!*request->arg) {
        swio_buf_puts(&request->out, "-ERR Invalid syntax. USAGE: [+@]<time> <group_name> "
                                     "<command_string>[&]\n");
        return true;
    }
    bool repeats = *when == '@';
    if (repeats)
        *when = '+';
    long from_now;
    uint64_t runtime = moment(request->node, when, &from_now);
    uint64_t id =
        swio_sim_task_add(request->node, runtime, repeats && from_now > 0 ? (uint64_t)from_now : 0,
                          group, request->arg, NULL);
    swio_buf_printf(&request->out, "+OK Added: %llu\n", (unsigned long long)id);
    return true;
}

static bool sched_del(sim_request *request)
{
    swio_buf_printf(&request->out, "+OK Deleted: %u\n",
                    swio_sim_task_delete(request->node, request->arg));
    return true;
}

const sim_api swio_sim_api_call[] = {
    {"originate", swio_sim_api_originate},
    {"hupall", hupall},
    {"sched_hangup", sched_hangup},
    {"sched_api", sched_api},
    {"sched_del", sched_del},
    {0},
};
