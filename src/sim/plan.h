/* The dialplan: what an extension runs, one application after the other. */
#ifndef SWIO_SIM_PLAN_H
#define SWIO_SIM_PLAN_H

#include "sim/model.h"

/*
 * Gives the channel what an extension holds. Context "switchio" (where calls arrive) parks, or
 * answers and parks; "default" knows 9196 (answer, echo), 9197 (answer, a tone) and park; dialplan
 * "inline" is "app:data,app:data". SWIO_ENOENT where there is no such extension; SWIO_ENOMEM.
 */
int swio_sim_plan_extension(sim_channel *channel);

/* It is in the context where calls arrive, whose one extension matches everything. */
bool swio_sim_plan_is_park_only(const sim_channel *channel);

/* Gives it one application. SWIO_ENOMEM. */
int swio_sim_plan_app(sim_channel *channel, const char *app, const char *data);

/* Runs the next applications until one of them takes time; hangs up after the last. */
void swio_sim_plan_next(sim_channel *channel);

void swio_sim_plan_drop(sim_channel *channel);

/* Sends a channel to another extension (uuid_transfer). NULL takes what it has. */
void swio_sim_transfer(sim_channel *channel, const char *extension, const char *dialplan,
                       const char *context);

/* uuid_park: it parks, without a dialplan. */
void swio_sim_park(sim_channel *channel);

/* uuid_hold. */
void swio_sim_hold(sim_channel *channel, bool on);

#endif
