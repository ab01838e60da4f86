/* The simulated FreeSWITCH: an Event Socket server without a telephone behind it. */
#ifndef SWITCHIO_SIM_H
#define SWITCHIO_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/export.h>
#include <switchio/loop.h>

SWIO_BEGIN_DECLS

/*
 * One object is a cluster of one or more nodes. Each node listens on its own Event Socket port and
 * behaves on the wire as FreeSWITCH 1.10.12 does. SIP exists as addresses only: a call to the
 * address of a profile of any node of the cluster (or through the simulated proxy) reaches that
 * node's park-only dialplan. No SIP port is opened.
 */
typedef struct swio_sim swio_sim;

/* Misbehaviour on purpose; zero is none. */
typedef struct swio_sim_faults {
    bool refuse;             /* answers every connection with text/rude-rejection */
    bool silent;             /* accepts and never says a word */
    bool garbage;            /* speaks something else than ESL */
    double reply_delay;      /* seconds before each reply */
    size_t split;            /* sends in pieces of so many bytes */
    uint64_t drop_after;     /* closes the connection after so many bytes sent */
    uint64_t stall_after;    /* stops sending after so many bytes */
    double lose_events;      /* share of events that are not sent, 0…1 */
    double fail_share;       /* share of originates that fail, 0…1 */
    const char *fail_causes; /* with these causes in turn, "USER_BUSY,NO_ANSWER"; USER_BUSY */
} swio_sim_faults;

/* Zero is the default of each. Strings are copied. */
typedef struct swio_sim_opts {
    size_t nodes;          /* 1 */
    const char *address;   /* to listen on; "127.0.0.1" */
    const uint16_t *ports; /* one per node; NULL or 0: the kernel chooses */
    const char *password;  /* "ClueCon" */
    const char *proxy; /* "host:port" of a simulated proxy: calls sent to it go to the node that …
                          the request URI names, else back to the node they came from */
    bool answer;       /* the dialplan answers inbound calls and parks them; else it only parks */
    swio_loop *loop;   /* a loop of its own */
    double speed;      /* how much faster than the world its clock runs; 1 */
    size_t queue;      /* events that wait for a slow client, before they are lost; 100,000 */
    uint64_t seed;     /* of everything random that is not a uuid; 1 */
    swio_sim_faults faults;
} swio_sim_opts;

/* Starts it: when this returns, every node accepts connections. Any thread but a loop's callback.
 */
SWIO_API int swio_sim_start(const swio_sim_opts *opts, swio_sim **out);

/* Ends every connection and call, and frees it. Any thread but a loop's callback. NULL is fine and
 * returned. */
SWIO_API swio_sim *swio_sim_stop(swio_sim *sim);

SWIO_API size_t swio_sim_nodes(const swio_sim *sim);
/* "127.0.0.1:PORT", the Event Socket contact of a node; NULL past the last. Lives as long as the
 * simulator. */
SWIO_API const char *swio_sim_contact(const swio_sim *sim, size_t node);
/* "127.0.0.1:5080", the SIP address of the node's profile ("external", "internal"); NULL if there
 * is none. */
SWIO_API const char *swio_sim_sip_address(const swio_sim *sim, size_t node, const char *profile);

/* Counters since the start, summed over the nodes. Any thread. */
typedef struct swio_sim_counts {
    uint64_t connections;
    uint64_t commands;
    uint64_t events_sent;
    uint64_t events_lost; /* by fault, or by a reader that was too slow */
    uint64_t channels_created;
    uint64_t channels_live;
    uint64_t calls_answered;
} swio_sim_counts;
SWIO_API void swio_sim_count(swio_sim *sim, swio_sim_counts *out);

SWIO_END_DECLS

#endif
