/* What the files of the dial command share. */
#ifndef CLI_DIAL_H
#define CLI_DIAL_H

#include <stdbool.h>
#include <stdint.h>
#include <switchio/metrics.h>
#include <switchio/originator.h>

#include "cli/dial_apps.h"
#include "cli/dial_expect.h"
#include "cli/dial_stages.h"
#include "cli/host.h"
#include "cli/login.h"
#include "cli/records.h"
#include "cli/target.h"

typedef struct dial_settings {
    login login;
    target target;
    double rate;
    uint64_t limit;
    uint64_t max_offered;
    double duration;
    const char *stages;
    const char *arrivals;
    uint64_t seed;
    option_texts apps; /* "NAME/key=value,…:WEIGHT" */
    uint64_t sim;
    uint64_t connections;
    const char *metrics_file;
    option_texts expects;
    bool json;
    bool quiet;
    bool no_panel;
    bool interactive;
} dial_settings;

/* How a run came to its end, beside its own. */
typedef enum dial_end {
    DIAL_BY_ITSELF,
    DIAL_STOPPED,   /* by a key: calls ended by themselves */
    DIAL_HUNG_UP,   /* by a key or Ctrl-C: calls were hung up */
    DIAL_ABANDONED, /* by a key: calls may be up still */
} dial_end;

/* A run: what is opened for it, and closed after it. */
typedef struct dial_run {
    const dial_settings *s;
    const char *password;
    cluster cluster;
    dial_apps apps;
    dial_stages stages;
    swio_arrivals arrivals;
    dial_expects expects;
    swio_originator *originator;
    records records;
    swio_metrics *live; /* of the answers, as soon as they are seen; where on_panel */
    host_time began;    /* the run */
    dial_end end;
    uint64_t max_offered; /* of the run: as the command line says, or the prompt */
    bool on_panel;        /* it is shown on a terminal */
} dial_run;

/* dial_setup.c; each gives -1 to go on, else the exit status, with the sentence said. */

/* What the command line says, before anything is connected. */
int dial_check(dial_run *r);
/* Opens the records and the cluster, loads the apps, makes the originator. */
int dial_open(dial_run *r);
/* Takes the apps off again: those that have something to tell of the run say it now. */
void dial_unload(dial_run *r);
void dial_close(dial_run *r);

/* How calls are offered, as the command line says; without clients and apps. Borrows from `r`. */
swio_originator_opts dial_offer(dial_run *r);

/* The highest rate that is asked for. */
double dial_peak(const dial_run *r);

/* dial_watch.c: a started run to its end, with a line each second on the standard output, or
 * without where that is asked for. */
void dial_watch(dial_run *r);

/* dial_panel.c: the same with a panel, on a terminal that terminal_begin() took. */
void dial_panel(dial_run *r);

/* dial_prompt.c: the run in the hands of a prompt, which starts and ends it. Its exit status. */
int dial_prompt(dial_run *r);

/* dial_result.c: what became of the calls, on the standard output, and the exit status. */
int dial_result(dial_run *r);

#endif
