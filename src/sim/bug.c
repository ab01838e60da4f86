#include "sim/bug.h"

#include <string.h>
#include <strings.h>

#include "sim/channel.h"
#include "sim/sim.h"

static const char record[] = "session_record", audio[] = "audio";

static sim_bug *add(sim_channel *channel, const char *function, const char *target)
{
    size_t len = strlen(target);
    sim_bug *bug = swio_malloc(sizeof *bug + len + 1);
    if (!bug)
        return NULL;
    *bug = (sim_bug){.function = function};
    bug->began_ns = swio_sim_elapsed_ns(channel->node->sim);
    memcpy(bug->target, target, len + 1);
    bug->next = channel->bugs;
    channel->bugs = bug;
    return bug;
}

static sim_bug **find(sim_channel *channel, const char *function, const char *target)
{
    sim_bug **at = &channel->bugs;
    while (*at && (strcmp((*at)->function, function) != 0 ||
                   (target && strcmp((*at)->target, target) != 0)))
        at = &(*at)->next;
    return *at ? at : NULL;
}

static void fire_bug(sim_channel *channel, sim_source source, const sim_bug *bug)
{
    swio_sim_fire_with(channel, source, (const char *[]){bug->function, bug->target}, 2);
}

static void set_number(sim_channel *channel, const char *name, uint64_t value)
{
    char text[24];
    text[swio_sim_digits(text, value)] = '\0';
    swio_sim_channel_set(channel, name, text);
}

/* 8 kHz, 16 bits; the header of a WAV file takes 44 bytes. */
static void report_recording(sim_channel *channel, const sim_bug *bug)
{
    uint64_t ms = (swio_sim_elapsed_ns(channel->node->sim) - bug->began_ns) / 1000000;
    set_number(channel, "record_file_size", ms * 16 + 44);
    set_number(channel, "record_samples", ms * 8);
    set_number(channel, "record_seconds", ms / 1000);
    set_number(channel, "record_ms", ms);
    swio_sim_channel_set(channel, "record_completion_cause", "success-maxtime");
    const char *v[] = {bug->target, "success-maxtime"};
    swio_sim_fire_with(channel, SIM_FROM_RECORD_STOP, v, 2);
}

/* Takes *at off the list and tells of it. */
static void end(sim_channel *channel, sim_bug **at)
{
    sim_bug *bug = *at;
    *at = bug->next;
    if (strcmp(bug->function, record) == 0)
        report_recording(channel, bug);
    fire_bug(channel, SIM_FROM_BUG_STOP, bug);
    swio_free(bug);
}

bool swio_sim_recording(const sim_channel *channel, const char *path)
{
    for (const sim_bug *bug = channel->bugs; bug; bug = bug->next)
        if (strcmp(bug->function, record) == 0 && strcmp(bug->target, path) == 0)
            return true;
    return false;
}

bool swio_sim_record_start(sim_channel *channel, const char *path)
{
    sim_bug *bug = add(channel, record, path);
    if (!bug)
        return false;
    swio_sim_fire_with(channel, SIM_FROM_RECORD_START, (const char *[]){path}, 1);
    fire_bug(channel, SIM_FROM_BUG_START, bug);
    return true;
}

bool swio_sim_record_stop(sim_channel *channel, const char *path)
{
    bool all = strcmp(path, "all") == 0, found = false;
    for (sim_bug **at = find(channel, record, all ? NULL : path); at;
         at = all ? find(channel, record, NULL) : NULL) {
        end(channel, at);
        found = true;
    }
    return found;
}

/* switch_ivr_session_audio(): the bug goes when the last direction is heard again, and a level does
 * not end it. */
void swio_sim_audio_start(sim_channel *channel, sim_direction direction, const char *what,
                          long level)
{
    sim_bug **at = find(channel, audio, NULL);
    bool mute = strcasecmp(what, "mute") == 0;
    sim_bug *bug = at ? *at : add(channel, audio, what);
    if (!bug)
        return;
    if (!at)
        fire_bug(channel, SIM_FROM_BUG_START, bug);
    if (!mute)
        bug->levelled = true;
    else if (level)
        bug->muted |= direction;
    else
        bug->muted &= ~(unsigned)direction;
    if (at && mute && !bug->muted && !bug->levelled)
        end(channel, at);
}

bool swio_sim_audio_stop(sim_channel *channel)
{
    sim_bug **at = find(channel, audio, NULL);
    if (at)
        end(channel, at);
    return at != NULL;
}

void swio_sim_bugs_end(sim_channel *channel)
{
    while (channel->bugs)
        end(channel, &channel->bugs);
}

void swio_sim_bugs_drop(sim_channel *channel)
{
    while (channel->bugs) {
        sim_bug *bug = channel->bugs;
        channel->bugs = bug->next;
        swio_free(bug);
    }
}
