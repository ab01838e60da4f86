/* A run on a terminal: what its files share. */
#ifndef CLI_DIAL_PANEL_H
#define CLI_DIAL_PANEL_H

#include "cli/dial.h"
#include "cli/panel.h"

/* The calls that were placed by a moment. */
typedef struct dial_sample {
    double at;
    uint64_t offered;
} dial_sample;

typedef struct dial_view {
    dial_run *run;
    double started;
    double paused, seen; /* seconds that it was paused, up to when it was last looked at */
    double rate;         /* as it was set last, by the command line or by a key */
    uint64_t limit;
    size_t quits;        /* how often q was pressed */
    char message[128];   /* of the last key */
    double message_ends; /* when it goes */
    /* One sample each second, oldest first. */
    size_t samples;
    dial_sample sample[PANEL_HISTORY + 1];
    panel_history actives;
    panel_numbers numbers;
} dial_view;

/* Seconds of a clock that only goes on. */
double dial_now(void);

/* dial_numbers.c: fills view->numbers with how it stands now. */
void dial_numbers(dial_view *view, double now);

/* dial_keys.c: does what the key says. */
void dial_key(dial_view *view, int key, double now);
/* What can be pressed as it stands, in a line. */
const char *dial_keys(const dial_view *view);

#endif
