/* What happens to calls: from the INVITE to the last event. */
#ifndef SWIO_SIM_FLOW_H
#define SWIO_SIM_FLOW_H

#include "sim/channel.h"
#include "sim/request.h"

/* Where a leg goes when it is answered: an application, or an extension of the dialplan. */
typedef struct sim_then {
    char *app, *data; /* &app(data) */
    char *extension, *dialplan, *context;
} sim_then;

/* One leg being called: until it is answered, or fails. */
struct sim_attempt {
    sim_request *request;  /* who asked; NULL: a bridge */
    sim_channel *bridging; /* the leg whose bridge application waits; NULL: an originate */
    sim_then then;
    sim_timer timeout;
    sim_channel *channel;
    const char *given_cause; /* of the faults: it is to fail with this */
};

/* A leg changes its running state (the events, and Channel-State). */
void swio_sim_set_state(sim_channel *channel, sim_state state);
void swio_sim_set_callstate(sim_channel *channel, sim_callstate callstate);

/* An outbound leg whose dialog and caller are set goes through its first states, and the INVITE
 * leaves. */
void swio_sim_outbound_start(sim_channel *channel, const sim_header *vars, size_t count);
/* The INVITE of this leg's dialog arrives where it was sent. */
void swio_sim_invite(sim_channel *caller);

/* The called leg rings (180), sends early media (183), answers (200). */
void swio_sim_ring(sim_channel *channel);
void swio_sim_early(sim_channel *channel);
bool swio_sim_answer(sim_channel *channel);

/* Hangs up from this side. Nothing happens to a leg that is hung up already. */
void swio_sim_hangup(sim_channel *channel, const char *cause);
/* The same with a SIP status for the other side (respond, deflect). */
void swio_sim_hangup_status(sim_channel *channel, int status);

/* Runs the extension that the caller's destination, dialplan and context name. */
void swio_sim_route(sim_channel *channel);
/* Runs what `then` says. */
void swio_sim_continue(sim_channel *channel, const sim_then *then);

/* The outcome of an attempt; the leg gives it up afterwards. */
void swio_sim_attempt_succeeded(sim_channel *channel);
void swio_sim_attempt_failed(sim_channel *channel);
void swio_sim_attempt_free(sim_attempt *attempt);
/* Forgets it without a word: the simulator ends. */
void swio_sim_attempt_drop(sim_channel *channel);

/* The INVITE of this leg is answered with this, `phrase` static. */
void swio_sim_refused(sim_channel *caller, int status, const char *phrase);
/* The same with what stands for this cause (a fault). */
void swio_sim_refused_with(sim_channel *caller, const char *cause);

/* Runs the api commands of the variables whose names begin so (api_on_answer, api_on_answer_2), in
 * their order (switch_channel.c switch_channel_api_on()). */
void swio_sim_run_hooks(sim_channel *channel, const char *prefix);

#endif
