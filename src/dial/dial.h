/* An originator from the inside: what the files of this room share. */
#ifndef SWIO_DIAL_DIAL_H
#define SWIO_DIAL_DIAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <switchio/originator.h>
#include <sys/queue.h>

#include "base/hash.h"
#include "dial/pacer.h"
#include "dial/settings.h"
#include "loop/completion.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "track/counts.h"

/* One switch that calls are placed from. */
typedef struct swio_node {
    swio_client *client;
    swio_listener *listener;
    swio_originate_opts *originate; /* how its calls are placed, with the app id, … */
    swio_originate_opts *adapted;   /* … and with what the apps add; the loop's thread alone */
    swio_settings settings;
    bool hooked; /* the originator's callbacks are loaded */
} swio_node;

/*
 * One call, from its originate until its last leg and its job have ended. An object of
 * swio_obj_new(): the table holds a reference, and so does the notice of the job's end.
 */
typedef struct swio_dialed {
    UT_hash_handle hh;
    TAILQ_ENTRY(swio_dialed) link;      /* in the order of placing */
    struct swio_originator *originator; /* its memory */
    swio_node *node;
    uint64_t expires_ns; /* when its end is overdue */
    unsigned legs;       /* that are up, on any of the nodes */
    bool job_ended;
    bool answered;
    bool caller_ended;
    bool settled; /* counted as answered or failed */
    bool listed;  /* in the tables */
    char uuid[40];
} swio_dialed;

/* What the apps were told last. */
typedef struct swio_told {
    double rate;
    uint64_t limit;
    double duration;
} swio_told;

/*
 * `users` are the public references; the references of swio_obj_new() keep the memory, and all
 * users together hold one, as every call does.
 */
struct swio_originator {
    /* Fixed from swio_originator_new() on. */
    atomic_size_t users;
    swio_loop *loop;
    char *app_id;
    bool keep_settings;
    size_t node_count;
    swio_node *nodes;

    swio_task closing;

    /* The loop's thread alone. */
    swio_pacer pacer;
    swio_timer timer;   /* the next arrival */
    swio_timer sweep;   /* looks for lost nodes and overdue calls */
    size_t turn;        /* the next node */
    swio_dialed *calls; /* uthash head, by uuid of the caller */
    TAILQ_HEAD(swio_dialed_list, swio_dialed) placed;
    bool hanging_up; /* calls that still come up are hung up */
    swio_told told;
    bool closed;                /* nothing more happens; the nodes are gone */
    uint64_t first_ns, last_ns; /* of the calls placed */

    /* Under the lock, which is innermost. */
    pthread_mutex_t lock;
    double rate;
    uint64_t limit;
    uint64_t max_offered;
    double duration; /* 0: automatic */
    swio_originator_counts counts;
    swio_counts *causes;
    bool finishing;           /* the run is over, the settings are being put back */
    swio_completion *stopped; /* of this run; NULL before the first */
    swio_completion *done;
};

/* The app whose callbacks the originator loads under its app id; calls.c. */
extern const swio_app swio_originator_hooks;

/* originator.c */

/* The field of the template of each call that holds the duration, in whole seconds. */
#define SWIO_DURATION_FIELD "switchio_duration"
double swio_originator_duration(swio_originator *o);

/* control.c: takes the originator's callbacks out of a node again. */
void swio_originator_unhook(swio_originator *o, swio_node *node);

/* tell.c; on the loop's thread: all of it, when it starts; and what has changed since. */
void swio_originator_tell_start(void *originator);
void swio_originator_tell_change(void *originator);

/* arrivals.c; all on the loop's thread. */
void swio_arrivals_start(void *originator);
void swio_arrivals_stop(void *originator);
void swio_arrivals_set_rate(void *originator);

/* calls.c; all on the loop's thread. */

/* Places one call on a node. An error of the connection: nothing was placed. */
int swio_calls_place(swio_originator *o, swio_node *node, uint64_t now_ns);
/* Hangs up what is up, and what still comes up. */
void swio_calls_hupall(void *originator);
/* Gives up the calls of nodes that are lost, and those that are overdue. */
void swio_calls_sweep(swio_originator *o, uint64_t now_ns);
/* Forgets all calls. */
void swio_calls_clear(swio_originator *o);

/* finish.c: on the loop's thread, whenever a call ended or the state changed: once it has stopped
 * and no call is up, puts the settings back and sets `done`. */
void swio_originator_check_done(swio_originator *o);

#endif
