/* What the files of the dial command share. */
#ifndef CLI_DIAL_H
#define CLI_DIAL_H

#include <stdbool.h>
#include <stdint.h>
#include <switchio/originator.h>

#include "cli/login.h"
#include "cli/target.h"

typedef struct dial_settings {
    login login;
    target target;
    double rate;
    uint64_t limit;
    uint64_t max_offered;
    double duration;
    const char *app; /* "NAME/key=value,…" */
    uint64_t sim;
    uint64_t connections;
} dial_settings;

/*
 * Runs a started originator to its end, with a line each second on the standard output, and tells
 * what became of the calls. Returns the exit status.
 */
int dial_watch(swio_originator *originator, const dial_settings *s);

#endif
