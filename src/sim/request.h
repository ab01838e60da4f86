/* One api or bgapi command while it runs. */
#ifndef SWIO_SIM_REQUEST_H
#define SWIO_SIM_REQUEST_H

#include "sim/client.h"

typedef struct sim_request {
    struct sim_request *prev, *next; /* of the simulator */
    sim_node *node;
    sim_client *client; /* who waits for the answer; NULL of a bgapi, or once it is gone */
    bool background;
    sim_clock began;
    uint64_t sequence;   /* of its API event, taken at the start */
    char *text;          /* owns command and arg */
    char *command, *arg; /* arg "" where there is none; an api may change it */
    char *shown;         /* arg as it came */
    swio_buf out;        /* what it answers */
    char job[];          /* Job-UUID; "" of an api */
} sim_request;

/* `api TEXT` of a client, which gets no further command run until the answer is there. */
void swio_sim_request_api(sim_client *client, const char *text);
void swio_sim_request_bgapi(sim_node *node, const char *job, const char *text);

/* Ends it: the answer, the API event, the BACKGROUND_JOB. Frees it. */
void swio_sim_request_done(sim_request *request);

/* The client is gone: nobody waits. */
void swio_sim_requests_forget(sim_client *client);
/* At the end of the simulator. */
void swio_sim_requests_free(swio_sim *sim);

/* Runs `text` as an API would, for sched_api and api_on_answer: nobody gets the answer. */
void swio_sim_request_silent(sim_node *node, const char *text);

/*
 * An api command. Adds its answer to request->out, and returns true when it is done; false where
 * it goes on and will call swio_sim_request_done() itself.
 */
typedef bool sim_api_fn(sim_request *request);
typedef struct sim_api {
    const char *name;
    sim_api_fn *run;
} sim_api;

/* The tables, each ended by a NULL name. */
extern const sim_api swio_sim_api_switch[];  /* api_switch.c: status, fsctl, … */
extern const sim_api swio_sim_api_global[];  /* api_global.c: global_getvar, global_setvar */
extern const sim_api swio_sim_api_channel[]; /* api_channel.c: uuid_* */
extern const sim_api swio_sim_api_call[];    /* api_call.c: originate, hupall, sched_* */
extern const sim_api swio_sim_api_media[];
extern const sim_api swio_sim_api_show[];
extern const sim_api swio_sim_api_sofia[];

/* The variables that were set go: at the end of the simulator. */
void swio_sim_globals_drop(sim_node *node);

#endif
