/* The api commands that variables of a channel name. */
#include <string.h>
#include <strings.h>

#include "sim/flow.h"
#include "sim/request.h"
#include "sim/sim.h"

void swio_sim_run_hooks(sim_channel *channel, const char *prefix)
{
    size_t len = strlen(prefix);
    sim_shape *shape = swio_sim_shape_ref(channel->shape); /* as it is before them */
    for (size_t i = 0; i < shape->block.line_count; i++) {
        const char *name = shape->block.lines[i].name;
        swio_buf command = {0};
        if (strncasecmp(name, prefix, len) == 0 && swio_sim_channel_get(channel, name, &command) &&
            command.len)
            swio_sim_request_silent(channel->node, command.data);
        swio_buf_free(&command);
    }
    swio_sim_shape_unref(shape);
}
