/* How the rate changes over a run: "30s:10,5m:100,30s:0". */
#ifndef CLI_DIAL_STAGES_H
#define CLI_DIAL_STAGES_H

#include <switchio/originator.h>

#include "cli/options.h"

enum { DIAL_STAGES_MAX = 64 };

typedef struct dial_stages {
    size_t count;
    swio_stage stage[DIAL_STAGES_MAX];
} dial_stages;

/*
 * Reads TIME:RATE,…; a time is a number and ms, s, m or h (s where nothing is said). `text` NULL:
 * no stage. -1 to go on, else the exit status, with the sentence said.
 */
int dial_stages_read(const command *cmd, const char *text, dial_stages *out);

/* Of all of them, seconds; and the highest rate. */
double dial_stages_seconds(const dial_stages *stages);
double dial_stages_peak(const dial_stages *stages);

#endif
