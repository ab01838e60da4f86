/* Dialplan applications that a channel runs, one inside the other. */
#ifndef SWIO_SIM_APPS_H
#define SWIO_SIM_APPS_H

#include "sim/model.h"

typedef struct sim_app_def sim_app_def;

/* A message (sendmsg, uuid_broadcast) that runs an application; kept for PRIVATE_COMMAND. */
typedef struct sim_message {
    char *bytes; /* owns the texts of `headers` */
    struct sim_header *headers;
    size_t count;
    int loops;
} sim_message;

struct sim_app {
    sim_app *outer;
    const sim_app_def *def;
    sim_channel *channel;
    sim_message *message; /* that started it; NULL of the dialplan's */
    char *data;           /* its argument; "" */
    char uuid[64];
    sim_timer timer;
    uint64_t began_ns;
    sim_channel *leg; /* that a bridge waits for or is connected to */
    double length;    /* seconds it takes; 0: it has no end of its own */
    bool media;       /* before it began: only a media loop tells of messages (PRIVATE_COMMAND) */
    bool playing;
    bool due;           /* its time is over, but something inside it still runs */
    int loop;           /* of message->loops, 1 … */
    const char *status; /* Playback-Status */
};

/* What an application does. */
struct sim_app_def {
    const char *name;
    /* Begins; true where it is done at once. The channel may be hung up by it. */
    bool (*start)(sim_channel *channel, sim_app *app);
    /* Ends, whatever the reason: fires the events of its own that come before
     * CHANNEL_EXECUTE_COMPLETE. May be NULL. */
    void (*stop)(sim_channel *channel, sim_app *app);
    bool quiet_start, quiet_end; /* without CHANNEL_EXECUTE, and its COMPLETE */
    bool needs_media; /* the switch sends early media first where the leg is not answered */
};

/*
 * Runs an application now, inside of what runs already. Takes the message. `uuid` is the
 * Application-UUID, or NULL for a new one. An unknown name hangs the channel up, as the switch
 * does.
 */
void swio_sim_app_run(sim_channel *channel, const char *name, const char *data, const char *uuid,
                      sim_message *message);

/* Ends the innermost one with this Playback-Status ("break"); `all`: every one but the first. */
void swio_sim_apps_break(sim_channel *channel, bool all);
/* Ends all of them, innermost first, at the end of the call or for a transfer. */
void swio_sim_apps_unwind(sim_channel *channel);
/* Frees what is left, without events. */
void swio_sim_apps_drop(sim_channel *channel);

/* It has come to its end; where something runs inside of it, it ends after that. */
void swio_sim_app_finish(sim_app *app);
/* CHANNEL_EXECUTE_COMPLETE. */
void swio_sim_app_complete(sim_app *app);

sim_message *swio_sim_message_new(const struct sim_header *headers, size_t count, int loops);
void swio_sim_message_free(sim_message *message);

const sim_app_def *swio_sim_app_find(const char *name);

#endif
