/* Commands of the Event Socket: what a client writes, down to its empty line. */
#ifndef SWIO_SIM_COMMAND_H
#define SWIO_SIM_COMMAND_H

#include "sim/client.h"

enum { SIM_COMMAND_HEADERS = 64 };

/* A command taken apart; everything points into the bytes that came. */
typedef struct sim_command {
    sim_client *client;
    char *line; /* the first line, whole */
    char *name; /* its first word */
    char *arg;  /* what follows it; "" */
    sim_header headers[SIM_COMMAND_HEADERS];
    size_t header_count;
    const char *body;
    size_t body_len;
} sim_command;

/* How many bytes of body follow the `len` bytes of a command (its Content-Length). */
size_t swio_sim_command_body(const char *bytes, size_t len);

/* Runs one command. `bytes` (NUL-ended) is changed. */
void swio_sim_command_run(sim_client *client, char *bytes, size_t len, size_t body_len);

/* The value of a header of the command, its name in any case; NULL if there is none. */
const char *swio_sim_command_header(const sim_command *command, const char *name);

/* Splits off the first word at blanks; *rest is what follows. */
char *swio_sim_word(char **rest);

#endif
