/* An originator from the inside: what the files of this room share. */
#ifndef SWIO_DIAL_DIAL_H
#define SWIO_DIAL_DIAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <switchio/originator.h>
#include <sys/queue.h>

#include "base/hash.h"
#include "conn/ahead.h"
#include "dial/launchers.h"
#include "dial/pacer.h"
#include "dial/settings.h"
#include "dial/shares.h"
#include "loop/completion.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "track/counts.h"

/* One switch that calls are placed from. */
typedef struct swio_node {
    struct swio_originator *originator; /* whose memory this is part of */
    swio_client *client;
    swio_listener *listener;
    char *contact;
    swio_originate_opts *originate; /* how its calls are placed, with the duration, … */
    bool ends_answered;             /* it is told by them to hang up after the duration … */
    bool ends_ringing;              /* … and what rings for too long */
    atomic_bool may_prolong;        /* the user may give that more time */
    swio_settings settings;
    bool raising;  /* a coroutine is at it; the loop's thread alone, as the next */
    bool down;     /* it was, when looked at last */
    size_t losses; /* of its connections by then */
    uint64_t offered, answered, failed, lost, active; /* under the lock */
} swio_node;

/* An app on a node. */
typedef struct swio_app_on_node {
    swio_originate_opts *adapted; /* … and with what the apps add; the loop's thread alone */
    bool hooked;                  /* the originator's callbacks are loaded under its id */
} swio_app_on_node;

/* One of the apps that share the calls. */
typedef struct swio_dial_app {
    char *id;
    char *name;
    size_t turn;           /* its next node; the loop's thread alone */
    uint64_t offered;      /* under the lock */
    swio_app_on_node on[]; /* by node */
} swio_dial_app;

/*
 * One call, from the making of its originate until its last leg and its job have ended. An object
 * of swio_obj_new(): the table holds a reference, and so does the notice of the job's end.
 */
typedef struct swio_dialed {
    UT_hash_handle hh;
    TAILQ_ENTRY(swio_dialed) link;      /* in `ahead`, then in `placed`, then perhaps in `ended` */
    struct swio_originator *originator; /* its memory */
    size_t app;                         /* an index */
    uint64_t due_ns;
    swio_shot *shot; /* the originate, ahead of its time; NULL once the call is placed */
    swio_node *node;
    swio_node *callee_node; /* of its last leg, NULL before it */
    size_t node_losses;     /* of the listener of its node, when it was placed */
    size_t callee_losses;   /* and of that of the other, when its leg began */
    uint64_t run;           /* that it was placed in */
    uint64_t expires_ns;    /* when its end is overdue */
    swio_timer timer;       /* while it rings, for more time; from the answer for its duration */
    double told_seconds;    /* after which the switch hangs up, by the originate */
    uint64_t rings_ns;      /* since when the caller's leg is known */
    double ring_seconds;    /* after which the switch ends it while it rings, from then on */
    bool prolonged;         /* it was given more */
    unsigned legs;          /* that are up, on any of the nodes */
    bool job_ended;
    bool caller_ended;
    bool settled; /* counted as answered or failed */
    bool ended;   /* it counts no longer; its record may wait for the callee's leg */
    bool listed;  /* in the tables */
    char uuid[40];
    swio_cdr cdr;
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
    bool keep_settings;
    size_t node_count;
    swio_node *nodes;
    swio_arrivals arrivals;
    uint64_t seed;
    swio_stage *stages;
    size_t stage_count;
    swio_fields_fn *fields;
    swio_cdr_fn *on_cdr, *on_answer;
    void *arg;

    swio_task closing;

    /* The loop's thread alone. */
    swio_pacer pacer;
    swio_timer timer;          /* the next arrival */
    swio_timer sweep;          /* looks for lost nodes and overdue calls */
    swio_dialed *calls;        /* uthash head, by uuid of the caller */
    swio_launchers *launchers; /* NULL before the first run */
    /* The calls that are made ahead of their time, in the order of their arrivals; and the pacer
     * without them, where it goes on if they are taken back. */
    TAILQ_HEAD(swio_dialed_list, swio_dialed) ahead;
    uint64_t ahead_count;
    swio_pacer behind;
    struct swio_dialed_list placed; /* the others */
    struct swio_dialed_list ended;  /* those whose records wait */
    swio_dialed *swept;             /* where the sweep goes on */
    uint64_t sweep_ns;              /* when it came last */
    uint64_t caught_up_ns;          /* until when no call is overdue */
    unsigned restoring;             /* coroutines that put settings back */
    bool hanging_up;                /* calls that still come up are hung up */
    swio_told told;
    bool closed;                /* nothing more happens; the nodes are gone */
    uint64_t first_ns, last_ns; /* of the calls placed */
    double slowest;             /* seconds from a launch to the caller's leg, in this run */
    uint64_t arrived;           /* arrivals so far, of all runs */
    int64_t wall_us;            /* the wall clock at 0 of the monotonic one */

    /* Under the lock, which is innermost; changed on the loop's thread where it says so. */
    pthread_mutex_t lock;
    size_t app_count;
    swio_dial_app **apps; /* on the loop's thread, as their shares */
    swio_share *shares;
    double rate; /* constant, or the highest of the stages */
    uint64_t limit;
    uint64_t max_offered;
    double duration; /* 0: automatic */
    swio_originator_counts counts;
    swio_counts *causes;
    uint64_t run;
    bool starting;            /* claimed by somebody */
    bool finishing;           /* the run is over, the settings are being put back */
    swio_completion *stopped; /* of this run; NULL before the first */
    swio_completion *done;
};

/* The app whose callbacks the originator loads under its app ids; calls.c. */
extern const swio_app swio_originator_hooks;

/* The fields of the template of each call that the originator knows: the duration in whole seconds,
 * and the number of the arrival. */
#define SWIO_DURATION_FIELD "switchio_duration"
#define SWIO_NUMBER_FIELD   "number"
/* And of the task by which the switch ends it while it rings: in how many seconds, and its name. */
#define SWIO_RINGING_FIELD "switchio_ringing"
#define SWIO_GROUP_FIELD   "switchio_group"
#define SWIO_RINGING_CAUSE "ALLOTTED_TIMEOUT"
enum { SWIO_OWN_FIELDS = 4 };

/* live.c */
double swio_originator_duration(swio_originator *o);
/* Refusals, with sentences. */
int swio_check_rate(double rate);
int swio_check_duration(double seconds);

/* control.c: one at a time starts it or changes its apps. SWIO_ECONFIG. */
int swio_originator_claim(swio_originator *o);
void swio_originator_release(swio_originator *o);

/* Its connections are there. Any thread. */
bool swio_node_is_up(const swio_node *node);
/* A connection of it was lost since `losses` was set to what the second one counts; it may be there
 * again by now, but what went on before is lost. */
bool swio_node_was_lost(const swio_node *node);
size_t swio_node_losses(const swio_node *node);

/* nodes.c: the switches of the options, and how calls are placed on them. */
int swio_nodes_make(swio_originator *o, const swio_originator_opts *opts);
void swio_nodes_drop(swio_originator *o);

/* apps.c: the apps of the options. Making is before anything runs; loading and preparing any
 * thread; choosing on the loop's. */
int swio_apps_make(swio_originator *o, const swio_originator_opts *opts);
void swio_apps_free(swio_originator *o);
/* Loads the originator's callbacks for the apps of a node, and learns what the apps add to its
 * calls. */
int swio_apps_prepare(swio_originator *o, size_t node);
/* Takes the callbacks out of the node again. */
void swio_apps_unhook(swio_originator *o, size_t node);
/* Whose turn it is: an index. */
size_t swio_apps_next(swio_originator *o);

/* tell.c; on the loop's thread: all of it, when it starts; and what has changed since. */
void swio_originator_tell_start(void *originator);
void swio_originator_tell_change(void *originator);

/* arrivals.c; all on the loop's thread. */
void swio_arrivals_start(void *originator);
void swio_arrivals_stop(void *originator);
/* Stops, and gives up what is up. */
void swio_arrivals_give_up(void *originator);
void swio_arrivals_set_rate(void *originator);
/* What the calls to come are made of was changed: those that were made ahead are made anew. */
void swio_arrivals_renew(void *originator);
/* Takes back what was made ahead and has not left; what is due of it leaves by another way. Returns
 * when that was: what is due later is to be made anew. */
uint64_t swio_arrivals_recall(swio_originator *o);
/* One more arrival is behind us: its call has left, or none came of it. */
void swio_arrivals_pass(swio_originator *o);
void swio_arrivals_pause(void *originator);
void swio_arrivals_resume(void *originator);

/* place.c; all on the loop's thread. */

/* Makes one call, of which the record says already when it is due: it leaves then. */
void swio_calls_make(swio_originator *o, size_t app, size_t node, uint64_t due_ns,
                     const swio_cdr *cdr);
/* Counts the call as placed, if it has left meanwhile: whether it is. Who meets one asks first. */
bool swio_calls_note(swio_dialed *call);
/* It has left, or counts as if it had. */
void swio_calls_place(swio_dialed *call, uint64_t when_ns);
/* As if it had never been made; it must not have left. */
void swio_calls_unmake(swio_dialed *call);
/*
 * The switch hangs up at whole seconds of its clock (switch_scheduler.c), many calls at once. Where
 * arrivals are at random so is the load to be, or more are blocked than Erlang's formula says:
 * there the dialer hangs up, to the moment.
 */
bool swio_calls_hang_up_here(const swio_originator *o);
/* What the switch is told, which hangs up in any case: no call outlives a dialer that dies. */
double swio_calls_seconds_for_switch(swio_originator *o);
/* Seconds beyond time-out and duration after which a call whose end was not seen is given up. */
enum { SWIO_CALL_GRACE = 30 };
/* When its end is overdue, if it begins (or is answered) at `ns` and may take so many seconds more.
 */
uint64_t swio_calls_expiry(swio_originator *o, uint64_t ns, double more);

/* ringing.c; but for the first all on the loop's thread. */

/* Before a run, where a thread may wait: sees whether what rings can be given more time. */
void swio_ringing_prepare(swio_node *node);

/* The name of the task by which the switch ends this call while it rings. */
enum { SWIO_GROUP = 12 };
void swio_ringing_group(const swio_dialed *call, char group[SWIO_GROUP]);
/* How long a call that is made now may ring without being given more. Seconds, whole ones. */
double swio_ringing_seconds(swio_originator *o, const swio_node *node);
/* The caller's leg is there: it is given more before that time is over, again and again. */
void swio_ringing_begin(swio_dialed *call);
/* It rings no more. */
void swio_ringing_end(swio_dialed *call, swio_session *caller);

/* calls.c; all on the loop's thread. */

/* The notice of the end of its job; its reference to the call is taken. */
void swio_calls_job_done(swio_job *job, void *call);
/* A placed call that could not be sent. */
void swio_calls_fail(swio_dialed *call, const char *cause);
/* Hangs up what is up, and what still comes up. */
void swio_calls_hupall(void *originator);
/* The same of every call of the switches. */
void swio_calls_hard_hupall(void *originator);
/* Gives up the calls of nodes that are lost, and those that are overdue. */
void swio_calls_sweep(swio_originator *o, uint64_t now_ns);
/* Gives up all calls. */
void swio_calls_clear(swio_originator *o);

/* record.c; on the loop's thread. */

/* The local clock: microseconds since 1970 of a time of swio_now_ns(). */
int64_t swio_record_time(const swio_originator *o, uint64_t ns);
/* What is known of an arrival when it comes: its number, its time, the settings of now. */
void swio_record_arrival(swio_originator *o, uint64_t due_ns, swio_cdr *cdr);
/* The end of a call: the state of now. */
void swio_record_end(swio_originator *o, swio_cdr *cdr);
/* The end of a leg: what its last event tells. */
void swio_record_leg(swio_cdr_leg *leg, const swio_session *session);
/* Hands the record out; of one that did not end as a call, with the state of now. */
void swio_record_give(swio_originator *o, const swio_cdr *cdr);
void swio_record_finish(swio_originator *o, swio_cdr *cdr);
/* Copies a text, cut where it does not fit. */
void swio_record_text(char *field, size_t size, const char *text);

/* finish.c; on the loop's thread. */

/* Whenever a call ended or the state changed: once it has stopped and no call is up, puts the
 * settings back and sets `done`. */
void swio_originator_check_done(swio_originator *o);
/* Raises the settings of the switches where they do not suffice for rate and limit. */
void swio_originator_keep_up(void *originator);

#endif
