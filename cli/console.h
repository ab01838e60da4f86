/* The prompt: commands, one a line, about the switches of a cluster and the calls offered to it. */
#ifndef CLI_CONSOLE_H
#define CLI_CONSOLE_H

#include <stdbool.h>
#include <switchio/app.h>
#include <switchio/metrics.h>
#include <switchio/originator.h>
#include <switchio/store.h>

#include "cli/cluster.h"
#include "cli/target.h"

/* An app that the calls are given to, loaded on every switch. */
typedef struct console_app {
    const swio_app *app;
    char id[96];
    double weight; /* its share of the calls; 0: none are placed for it */
} console_app;

/* A run in the hands of a prompt. */
typedef struct console_offer {
    swio_originator *originator; /* NULL where none could be made */
    uint64_t max_offered;        /* of its calls; 0: no bound */
    bool stopped;                /* by a command or the end of the input, before it was through */
} console_offer;

typedef struct console_opts {
    const command *cmd; /* in whose name is spoken */
    cluster *cluster;   /* connected */
    const target *target;
    double timeout;        /* of each answer, seconds */
    bool bail;             /* the first command that fails ends it */
    swio_metrics *metrics; /* of the records of the calls; `start` begins them anew */
    swio_store *store;     /* NULL: no records are kept */
    /* What calls are offered with by `start`, with its on_cdr; clients, originate and apps are the
     * console's affair. The numbers are those of a console that has just begun; stages stay. */
    swio_originator_opts dial;
    const char *app; /* "NAME/key=value,…": where none is loaded, `start` loads this one */
    /* Loaded already; NULL. */
    const console_app *apps;
    size_t app_count;
    /* NULL, or the run that is in hand from the beginning, made of `dial` and `apps`. In the end
     * the last one is there, which may be another: the caller gives it up. */
    console_offer *offer;
} console_opts;

/*
 * Reads commands from the standard input until it ends, or `quit`: with a prompt, a history and
 * completion where it and the standard output are a terminal; else line by line, saying nothing but
 * results. Then what is offered is stopped and hung up.
 * interrupt_start() comes before. Returns the exit status: on a terminal STATUS_DONE; else
 * STATUS_FAILED where a command failed; STATUS_INTERRUPTED.
 */
int console_run(const console_opts *opts);

#endif
