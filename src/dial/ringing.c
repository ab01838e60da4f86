/*
 * No call rings for long once its dialer is dead, though nobody may be left who answers it or hangs
 * it up: the switch is told with each originate to end it, and given more time by a dialer that
 * lives, well before. Each time it is given as much as it has rung, so that there are few commands
 * for a call that rings for a minute, and none for one that is answered soon.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "control/session_send.h"
#include "dial/dial.h"

/*
 * What a call may ring without being given more, in seconds: the duration within these. The least
 * is what a renewal may take; the most is how long the tasks of calls that failed lie about.
 */
static const double SHORTEST = 5, LONGEST = 15;

/* A switch that takes so many times longer to say that a leg is there may take as long to hear of
 * more time. */
static const double SLACK = 4;

/* Seconds for the reply to one command. */
static const double REPLY = 5;

static const swio_session_command more = {
    .name = "sched_api", .api = "sched_api +$1 $2 uuid_kill $u " SWIO_RINGING_CAUSE};
static const swio_session_command no_more = {.name = "sched_del", .api = "sched_del $1"};

void swio_ringing_group(const swio_dialed *call, char group[SWIO_GROUP])
{
    snprintf(group, SWIO_GROUP, "r%.8s", call->uuid);
}

/* The switch itself gives up a call that rings for so long. */
static double time_out_of(const swio_node *node)
{
    double seconds = node->originate->timeout;
    return seconds > 0 ? ceil(seconds) : 60;
}

double swio_ringing_seconds(swio_originator *o, const swio_node *node)
{
    double most = time_out_of(node) + 1;
    if (!node->may_prolong)
        return most;
    double seconds = ceil(fmin(fmax(swio_originator_duration(o), SHORTEST), LONGEST));
    return fmin(seconds + floor(SLACK * o->slowest), most);
}

static int tell(swio_session *session, const swio_session_command *command, double seconds,
                const char *group)
{
    char text[32];
    snprintf(text, sizeof text, "%.0f", seconds);
    bool gives = command == &more;
    return swio_session_send(
        session,
        &(swio_sending){.command = command, .args = {gives ? text : group, gives ? group : NULL}});
}

static void prolong(void *arg);

static void come_again(swio_dialed *call, uint64_t now_ns)
{
    uint64_t due = now_ns + (uint64_t)(call->ring_seconds / 2 * 1e9);
    if (swio_timer_start(call->originator->loop, &call->timer, due, prolong, call))
        swio_warning("%s: the call %s is given %.0f s to ring: %s", call->node->contact, call->uuid,
                     call->ring_seconds, swio_errmsg());
}

/* Where the time-out is nearer, that is enough. */
static int give_more(swio_dialed *call, swio_session *session)
{
    char group[SWIO_GROUP];
    uint64_t now = swio_now_ns();
    double rung = (double)(now - call->rings_ns) / 1e9;
    call->ring_seconds = fmax(call->ring_seconds, ceil(rung));
    call->prolonged = true;
    swio_ringing_group(call, group);
    int error = tell(session, &no_more, 0, group);
    if (error || rung + call->ring_seconds > time_out_of(call->node))
        return error;
    error = tell(session, &more, call->ring_seconds, group);
    if (!error)
        come_again(call, now);
    return error;
}

static void prolong(void *arg)
{
    swio_dialed *call = arg;
    swio_session *session = swio_listener_session(call->node->listener, call->uuid);
    if (session && !swio_session_hungup(session) && give_more(call, session))
        swio_debug("%s: %s is not given more time to ring: %s", call->node->contact, call->uuid,
                   swio_errmsg());
    swio_session_unref(session);
}

void swio_ringing_begin(swio_dialed *call)
{
    swio_originator *o = call->originator;
    uint64_t now = swio_now_ns();
    double took = (double)(swio_record_time(o, now) - call->cdr.launch_us) / 1e6;
    o->slowest = fmax(o->slowest, took);
    call->rings_ns = now;
    if (call->node->ends_ringing && call->ring_seconds <= time_out_of(call->node))
        come_again(call, now);
}

/* What was sent to the switch meanwhile may have reached it behind the answer. */
void swio_ringing_end(swio_dialed *call, swio_session *caller)
{
    char group[SWIO_GROUP];
    swio_timer_stop(&call->timer);
    swio_ringing_group(call, group);
    if (call->prolonged && tell(caller, &no_more, 0, group))
        swio_warning("%s: the call %s may end before its time: %s", call->node->contact, call->uuid,
                     swio_errmsg());
}

/* Whether its user may give this command, which is not complete and does nothing. */
static bool may(swio_client *client, const char *command)
{
    swio_event *reply = NULL;
    int error = swio_client_api(client, command, REPLY, &reply);
    swio_event_unref(reply);
    if (error != SWIO_EAPI || !strcasestr(swio_errmsg(), "permission denied"))
        return true;
    swio_warning(
        "%s: the user may not give '%s': calls that ring when the dialer dies are ended by "
        "their time-out alone; permit it in esl-allowed-api",
        swio_client_contact(client), command);
    return false;
}

void swio_ringing_prepare(swio_node *node)
{
    node->may_prolong =
        node->ends_ringing && may(node->client, "sched_api") && may(node->client, "sched_del none");
}
