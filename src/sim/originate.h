/* The originate string: "{a=b,c='d e'}sofia/external/1000@10.0.0.1;fs_path=… &park()". */
#ifndef SWIO_SIM_ORIGINATE_H
#define SWIO_SIM_ORIGINATE_H

#include "sim/flow.h"

enum { SIM_VARS = 256 };

typedef struct sim_vars {
    sim_header list[SIM_VARS];
    size_t count;
} sim_vars;

/*
 * Splits at blanks, as the switch splits the arguments of an api: single quotes hold a part
 * together and are taken away, a backslash keeps what follows. Changes `text`. Returns how many
 * parts (at most `most`; the last one takes the rest).
 */
size_t swio_sim_split(char *text, char **parts, size_t most);

/* Cuts "{a=b,c=d}" off the front of `dial`; what follows is returned, NULL where the brace is not
 * closed. The texts stay in `dial`, which is changed. */
char *swio_sim_vars_take(char *dial, sim_vars *vars);
const char *swio_sim_vars_get(const sim_vars *vars, const char *name);

/* What a dial string leads to. */
typedef struct sim_dial {
    sim_profile *from; /* the profile that sends the INVITE */
    sim_profile *to;   /* and the one that gets it; NULL: nobody there */
    sim_target target;
} sim_dial;

/* Understands "sofia/…". Returns NULL, or the cause with which the call fails at once. */
const char *swio_sim_dial_parse(sim_node *node, const char *dial, sim_dial *out);

/*
 * Makes the outbound leg and starts it. Takes `attempt` whatever happens. NULL, with a cause in
 * *cause, where there is no leg.
 */
sim_channel *swio_sim_originate(sim_node *node, const sim_dial *dial, const sim_vars *vars,
                                sim_attempt *attempt, const char **cause);

/* The api command. */
bool swio_sim_api_originate(sim_request *request);

#endif
