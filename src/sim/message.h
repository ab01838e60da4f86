/* sendmsg and sendevent. */
#ifndef SWIO_SIM_MESSAGE_H
#define SWIO_SIM_MESSAGE_H

#include "sim/command.h"

void swio_sim_message_command(sim_command *command);
void swio_sim_sendevent_command(sim_command *command);

#endif
