/* Two legs of a node that are connected with each other. */
#include "sim/flow.h"

void swio_sim_bridge_answered(sim_channel *channel)
{
    (void)channel;
}

void swio_sim_run_hook(sim_channel *channel, const char *variable)
{
    swio_buf command = {0};
    if (swio_sim_channel_get(channel, variable, &command) && command.len)
        swio_sim_request_silent(channel->node, command.data);
    swio_buf_free(&command);
}
