/* Originators: the auto-dialer. */
#ifndef SWITCHIO_ORIGINATOR_H
#define SWITCHIO_ORIGINATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/cdr.h>
#include <switchio/client.h>
#include <switchio/export.h>
#include <switchio/originate.h>

SWIO_BEGIN_DECLS

/*
 * Offers calls to one or more FreeSWITCH at a steady rate, in turn. A call is offered at its exact
 * time, or not at all: where the limit of concurrent calls is reached the arrival is counted as
 * blocked, neither skipped silently nor postponed. Every answered call is hung up by the switch
 * itself after the duration, at a whole second of its clock: up to a second early, and half of one
 * late. With Poisson arrivals the originator hangs up to the moment, and the switch what is left a
 * second later. Any thread may call any function.
 */
typedef struct swio_originator swio_originator;

typedef enum swio_originator_state {
    SWIO_ORIGINATOR_INITIAL,
    SWIO_ORIGINATOR_ORIGINATING,
    SWIO_ORIGINATOR_STOPPED, /* offers no more; calls may still be up */
} swio_originator_state;

/* One of the apps that calls are placed for. */
typedef struct swio_originator_app {
    const char *app_id; /* under which its calls run. Required, and no other has the same */
    const char *name;   /* in the records; the app id */
    double weight;      /* its share of the calls, beside the weights of the others; 1 */
} swio_originator_app;

/* How the arrivals follow each other. */
typedef enum swio_arrivals {
    SWIO_ARRIVALS_UNIFORM, /* the n-th, from 0, is where the integral of the rate reaches n */
    SWIO_ARRIVALS_POISSON, /* the integrals between them are exponential, of mean 1 */
} swio_arrivals;

/* The rate goes linearly to `rate` within `seconds`, from that of the stage before; 0 at first. */
typedef struct swio_stage {
    double seconds; /* 0: at once */
    double rate;    /* calls a second; may be 0 */
} swio_stage;

/*
 * Once for each arrival: when its last leg and its job have ended; at once when it was blocked, or
 * could not be sent; when its node is lost, it is overdue, or it is given up by
 * swio_originator_shutdown() or the last unref. On the loop's thread; it must not wait. The record
 * is borrowed for the call.
 */
typedef void swio_cdr_fn(const swio_cdr *cdr, void *arg);

/*
 * What {NAME} stands for in the template of a call that is due within some 50 ms: fills in up to
 * SWIO_ORIGINATOR_FIELDS and returns how many. The texts must stay until the next call of this, or
 * the last unref. Called on the loop's thread, and once with the number 0 by swio_originator_new(),
 * which tries the template; again with the same number where something was changed before the call
 * was placed. Every template also knows {number}, that of the arrival.
 */
#define SWIO_ORIGINATOR_FIELDS 16
typedef size_t swio_fields_fn(uint64_t number, swio_variable *fields, void *arg);

/* Zero is the default of each, where one is named. All is copied. */
typedef struct swio_originator_opts {
    /* Connected, with running listeners, of one loop; held by the originator. Required. */
    swio_client *const *clients;
    size_t client_count;
    /* The template by which each call is placed, with its {uuid_str} and {app_id}; without a
     * dest_url that of swio_client_set_originate() for the client in turn. Its uuid is not used.
     * Without apps its app_id is that of all calls; without that too they carry a fresh one, under
     * which apps can be loaded: swio_originator_app_id(). */
    swio_originate_opts originate;
    /* Several apps share the calls by weight: interleaved, and after every number of calls each has
     * had its exact share, give or take one. */
    const swio_originator_app *apps;
    size_t app_count;
    double rate;            /* calls a second, of all clients together; 1 */
    uint64_t limit;         /* concurrent calls (erlangs); 1 */
    uint64_t max_offered;   /* calls placed, exactly; 0: no bound */
    double duration;        /* seconds from the answer to the hang-up; max(limit / rate, 5) */
    swio_arrivals arrivals; /* uniform */
    uint64_t seed;          /* of Poisson arrivals: the same gives the same; 0: another each run */
    /* In place of a constant rate; the run stops behind the last arrival of them. The automatic
     * duration goes by their highest rate. */
    const swio_stage *stages;
    size_t stage_count;
    bool keep_settings;     /* leaves the settings of the switches as they are */
    swio_fields_fn *fields; /* none */
    swio_cdr_fn *on_cdr;    /* none */
    swio_cdr_fn *on_answer; /* when the caller's answer is seen, with the record so far; none */
    void *arg;              /* for them */
} swio_originator_opts;

/* SWIO_ECONFIG without clients or listeners or a destination, or with more than one loop;
 * SWIO_EINVAL for a number or a destination that cannot be right; SWIO_ENOMEM. */
SWIO_API int swio_originator_new(const swio_originator_opts *opts, swio_originator **out);

SWIO_API swio_originator *swio_originator_ref(swio_originator *originator);
/*
 * Gives NULL. The last reference stops it: nothing more is offered, the settings of the switches
 * are put back, calls that are up end by themselves (their records say that they were lost). When
 * it is given up outside of the loop's thread, nothing of it runs any more once this returns.
 */
SWIO_API swio_originator *swio_originator_unref(swio_originator *originator);

/* The app id that its calls carry; of several apps that of the first. */
SWIO_API const char *swio_originator_app_id(const swio_originator *originator);

/*
 * Raises the settings of the switches (sps, max_sessions, verbose_events; the console's log level
 * is lowered) and begins to offer, over one more connection of each client, from then on one of
 * the client's. Waits for both. SWIO_ECONFIG when it is originating, or
 * a listener does not run; SWIO_ECONN; SWIO_EWOULDBLOCK; SWIO_ENOMEM.
 */
SWIO_API int swio_originator_start(swio_originator *originator);

/* Offers nothing, and goes on where it was: time does not count in between. Nothing where it is not
 * originating, or is paused (or not) already. */
SWIO_API void swio_originator_pause(swio_originator *originator);
SWIO_API void swio_originator_resume(swio_originator *originator);

/* Offers no more; calls end by themselves. */
SWIO_API void swio_originator_stop(swio_originator *originator);

/* The same, and hangs up its calls, also those that are being set up. */
SWIO_API void swio_originator_hupall(swio_originator *originator);

/* The same, and hangs up every call of its switches, whoever placed it. */
SWIO_API void swio_originator_hard_hupall(swio_originator *originator);

/*
 * Ends it for sure: hangs up as swio_originator_hupall() does and waits up to `timeout` seconds for
 * the end. Then, with SWIO_ETIMEOUT (or SWIO_ECANCELED), what is still up is given up: its records
 * say that it was lost, the switches are told their settings without waiting for the replies, and
 * the hang-ups that they have scheduled end the calls. 0 gives up at once. When this returns every
 * record was handed out, and swio_originator_wait_done() returns soon. SWIO_EWOULDBLOCK.
 */
SWIO_API int swio_originator_shutdown(swio_originator *originator, double timeout);

/*
 * Waits until it has stopped; until it has stopped, no call of it is up, and the settings of the
 * switches are put back. As the rule of waiting says; SWIO_ETIMEOUT, SWIO_EWOULDBLOCK.
 */
SWIO_API int swio_originator_wait_stopped(swio_originator *originator, double timeout);
SWIO_API int swio_originator_wait_done(swio_originator *originator, double timeout);

/* Changes while it runs; SWIO_EINVAL. The automatic duration follows rate and limit. */
SWIO_API int swio_originator_set_rate(swio_originator *originator, double rate);
SWIO_API int swio_originator_set_limit(swio_originator *originator, uint64_t limit);
SWIO_API int swio_originator_set_duration(swio_originator *originator, double seconds);

/*
 * One more app, which is loaded under its id already: it takes its share from now on. SWIO_EINVAL,
 * SWIO_EEXIST, SWIO_ENOMEM; SWIO_ECONFIG while another thread does it, or starts the originator.
 */
SWIO_API int swio_originator_add_app(swio_originator *originator, const swio_originator_app *app);

/* The share of one of its apps; 0 gives it no more calls. SWIO_EINVAL, also where none would have a
 * share; SWIO_ENOENT. */
#define SWIO_WEIGHT_MAX 1e6
SWIO_API int swio_originator_set_weight(swio_originator *originator, const char *app_id,
                                        double weight);

/*
 * Of the run so far, as its records tell them. offered = answered + failed + lost + those of
 * `active` not answered yet; a call that is lost after it was answered counts as lost alone.
 */
typedef struct swio_originator_counts {
    swio_originator_state state;
    uint64_t offered; /* calls placed */
    uint64_t answered;
    uint64_t failed;  /* refused by somebody, see swio_originator_cause() */
    uint64_t lost;    /* of which the outcome or the end is not known: the connection was lost */
    uint64_t blocked; /* arrivals that found the limit reached, or every switch full; not placed */
    uint64_t late;    /* calls placed more than SWIO_LATE_SECONDS behind their time */
    uint64_t active;  /* calls that are up or being set up */
    double rate;      /* achieved: calls placed a second, between the first and the last */
    double lateness;  /* the most that a call was placed behind its time, seconds */
    double asked;     /* the rate of now, calls a second */
    bool paused;
} swio_originator_counts;
SWIO_API void swio_originator_count(swio_originator *originator, swio_originator_counts *out);

/* The failures by cause ("USER_BUSY"), in the order of their first appearance: the name, into
 * `cause` as snprintf() does, and how often. 0 past the end. */
SWIO_API uint64_t swio_originator_cause(swio_originator *originator, size_t index, char *cause,
                                        size_t size);

/* One of its apps, and one of its switches. Texts live as long as the originator is held. */
typedef struct swio_originator_app_counts {
    const char *app_id, *name;
    double weight;
    uint64_t offered; /* calls placed for it */
} swio_originator_app_counts;
typedef struct swio_originator_node_counts {
    const char *contact;
    bool up;                         /* its connections are */
    uint64_t offered;                /* calls placed on it */
    uint64_t active;                 /* of those, that are up or being set up */
    uint64_t answered, failed, lost; /* as swio_originator_counts has them */
} swio_originator_node_counts;
/* By index; false past the end. */
SWIO_API bool swio_originator_app_at(swio_originator *originator, size_t index,
                                     swio_originator_app_counts *out);
SWIO_API bool swio_originator_node_at(swio_originator *originator, size_t index,
                                      swio_originator_node_counts *out);

/*
 * Writes "<Originator: active-calls=0 state=INITIAL total-originated-sessions=0 rate=1 limit=1
 * max-offered=1 duration=5>" as snprintf() does.
 */
SWIO_API int swio_originator_format(swio_originator *originator, char *text, size_t size);

SWIO_END_DECLS

#endif
