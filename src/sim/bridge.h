/* Two legs of a node that are connected with each other. */
#ifndef SWIO_SIM_BRIDGE_H
#define SWIO_SIM_BRIDGE_H

#include "sim/apps.h"
#include "sim/model.h"

/* The application `bridge`. */
bool swio_sim_bridge_start(sim_channel *channel, sim_app *app);
void swio_sim_bridge_stop(sim_channel *channel, sim_app *app);

/* The leg that a bridge made was answered, or it never will be. */
void swio_sim_bridge_answered(sim_channel *channel);
void swio_sim_bridge_failed(sim_channel *channel);

/* What being bridged does to the variables of a leg that is hung up; before CHANNEL_HANGUP. */
void swio_sim_bridge_hangup(sim_channel *channel);
/* A leg that was bridged to ends: the one that bridged it goes on without it. */
void swio_sim_bridge_leg_ended(sim_channel *channel);

/* uuid_bridge. */
void swio_sim_bridge_two(sim_channel *a, sim_channel *b);

#endif
