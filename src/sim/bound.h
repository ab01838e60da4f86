/* Connections that `myevents UUID` binds to one session (mod_event_socket.c). */
#ifndef SWIO_SIM_BOUND_H
#define SWIO_SIM_BOUND_H

#include "sim/command.h"

/* The commands: `myevents`, and what only a bound connection understands. */
void swio_sim_myevents_command(sim_command *command);
void swio_sim_getvar_command(sim_command *command);
void swio_sim_linger_command(sim_command *command);
void swio_sim_nolinger_command(sim_command *command);
void swio_sim_divert_command(sim_command *command);

/* The session has told all of its events: connections bound to it are told so, and end, at once or
 * after they lingered. */
void swio_sim_bound_ended(const sim_channel *channel);

#endif
