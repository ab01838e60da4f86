/* What listens to the media of a channel: recordings, muting (switch_core_media_bug.c). */
#ifndef SWIO_SIM_BUG_H
#define SWIO_SIM_BUG_H

#include "sim/model.h"

typedef enum sim_direction { SIM_READ = 1, SIM_WRITE = 2 } sim_direction;

struct sim_bug {
    sim_bug *next;
    const char *function; /* "session_record", "audio"; static */
    uint64_t began_ns;
    unsigned muted; /* sim_direction, of an "audio" */
    bool levelled;
    char target[]; /* the file, "mute" */
};

/* False without memory. */
bool swio_sim_record_start(sim_channel *channel, const char *path);
/* False where there is no such recording; `path` "all" ends every one. */
bool swio_sim_record_stop(sim_channel *channel, const char *path);
bool swio_sim_recording(const sim_channel *channel, const char *path);

/* `what` is "mute", with level 0 for no longer, or "level". */
void swio_sim_audio_start(sim_channel *channel, sim_direction direction, const char *what,
                          long level);
bool swio_sim_audio_stop(sim_channel *channel);

/* Ends all of them, with their events, when the channel is hung up. */
void swio_sim_bugs_end(sim_channel *channel);
void swio_sim_bugs_drop(sim_channel *channel);

#endif
