/* Hang-up causes: their names, Q.850 numbers and SIP answers. */
#ifndef SWIO_SIM_CAUSE_H
#define SWIO_SIM_CAUSE_H

#include <stddef.h>

typedef struct sim_cause {
    const char *name;   /* static */
    int code;           /* Q.850 (switch_types.h) */
    int status;         /* of the SIP answer that says it (mod_sofia.c, hangup_cause_to_sip()) */
    const char *phrase; /* of that answer */
} sim_cause;

/* By name (any case) or Q.850 number; NORMAL_CLEARING for what is unknown. Never NULL. */
const sim_cause *swio_sim_cause_find(const char *name);
/* What a SIP answer to an INVITE means (sofia_glue_sip_cause_to_freeswitch()). */
const sim_cause *swio_sim_cause_of_status(int status);
/* The usual phrase of a SIP status. */
const char *swio_sim_phrase(int status);

/* The nth name (modulo their number) of "USER_BUSY,NO_ANSWER"; static. USER_BUSY for none. */
const char *swio_sim_cause_in_turn(const char *names, size_t n);

#endif
