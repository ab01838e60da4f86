/* What the simulator is made of: nodes, channels, the dialogs between them. Data only. */
#ifndef SWIO_SIM_MODEL_H
#define SWIO_SIM_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "loop/tcp.h"
#include "sim/clock.h"
#include "sim/shape.h"
#include "switchio/sim.h"

typedef struct sim_node sim_node;
typedef struct sim_channel sim_channel;
typedef struct sim_dialog sim_dialog;
typedef struct sim_client sim_client;
typedef struct sim_task sim_task;
typedef struct sim_app sim_app;
typedef struct sim_attempt sim_attempt;
typedef struct sim_bug sim_bug;
typedef struct sim_plan sim_plan;
typedef struct sim_digits sim_digits;
typedef struct sim_global sim_global;

/* A text in a channel's store; `len` 0 is none. */
typedef struct sim_text {
    uint32_t at;
    uint32_t len;
} sim_text;

/* A SIP profile of a node: an address and counters. */
typedef struct sim_profile {
    sim_node *node;
    const char *name; /* "external" */
    char ip[48];
    char port[8];
    char address[64]; /* "127.0.0.1:5080" */
    uint64_t calls_in, calls_out, failed_in, failed_out;
} sim_profile;

/* Moments of a channel, microseconds since 1970 on the node's clock; 0 is "not yet". */
enum sim_moment {
    SIM_AT_CREATED,
    SIM_AT_PROFILE,
    SIM_AT_ANSWERED,
    SIM_AT_PROGRESS,
    SIM_AT_PROGRESS_MEDIA,
    SIM_AT_HANGUP,
    SIM_AT_TRANSFER,
    SIM_AT_BRIDGED,
    SIM_AT_HOLD,
    SIM_HOLD_ACCUM, /* a duration, not a moment */
    SIM_MOMENTS,
};

/* Running states (switch_types.h), with the numbers of Channel-State-Number. */
typedef enum sim_state {
    SIM_CS_NEW = 0,
    SIM_CS_INIT = 1,
    SIM_CS_ROUTING = 2,
    SIM_CS_SOFT_EXECUTE = 3,
    SIM_CS_EXECUTE = 4,
    SIM_CS_EXCHANGE_MEDIA = 5,
    SIM_CS_PARK = 6,
    SIM_CS_CONSUME_MEDIA = 7,
    SIM_CS_HIBERNATE = 8,
    SIM_CS_RESET = 9,
    SIM_CS_HANGUP = 10,
    SIM_CS_REPORTING = 11,
    SIM_CS_DESTROY = 12,
    SIM_CS_NONE = 13,
} sim_state;

/* Call states, with the numbers of Channel-Call-State-Number. */
typedef enum sim_callstate {
    SIM_CCS_DOWN = 0,
    SIM_CCS_DIALING = 1,
    SIM_CCS_RINGING = 2,
    SIM_CCS_EARLY = 3,
    SIM_CCS_ACTIVE = 4,
    SIM_CCS_HELD = 5,
    SIM_CCS_RING_WAIT = 6,
    SIM_CCS_HANGUP = 7,
    SIM_CCS_UNHELD = 8,
} sim_callstate;

/* How the SIP side of a leg ended: who ended it, and in which phase. */
typedef enum sim_ending {
    SIM_END_NONE,
    SIM_END_SEND_BYE,
    SIM_END_RECV_BYE,
    SIM_END_SEND_REFUSE,
    SIM_END_RECV_REFUSE,
    SIM_END_SEND_CANCEL,
    SIM_END_RECV_CANCEL,
    SIM_END_UNREACHED, /* nobody there: no answer to the INVITE at all */
} sim_ending;

/* The Caller-* headers of a leg. Each text lives in the store of the channel. */
typedef struct sim_caller {
    sim_text name, number;
    sim_text orig_name, orig_number;
    sim_text callee_name, callee_number;
    sim_text ani, destination, username, dialplan, context, network;
    sim_text transfer_source, rdnis;
    const char *source;
} sim_caller;

struct sim_channel {
    UT_hash_handle hh; /* by uuid; in the order of creation */
    sim_node *node;
    sim_profile *profile;   /* NULL for a loopback leg */
    sim_dialog *dialog;     /* the SIP dialog with its other end; owns a reference */
    sim_channel *partner;   /* bridged to, on the same node; or NULL */
    sim_channel *other;     /* a copy of the other leg, for Other-Leg-*; owned */
    const char *other_type; /* of a copy: "originator", "originatee" */
    sim_bug *bugs;          /* what listens to its media: recordings and the like */
    sim_plan *plan;         /* what is left of its extension; owned */
    sim_digits *digits;     /* DTMF on its way to it; owned */
    sim_attempt *attempt;   /* the originate that waits for this leg; or NULL */
    sim_app *apps;          /* what it runs, innermost first */
    sim_shape *shape;       /* which variables it has; owns a reference */
    sim_text *slots;        /* the values of variables that no table gives */
    uint32_t slot_room;
    uint32_t store_len, store_room, store_waste;
    char *store;
    uint64_t session_id;
    uint64_t at[SIM_MOMENTS];
    sim_text name;      /* Channel-Name */
    sim_text call_uuid; /* where it is not its own */
    sim_caller caller;
    const char *cause;         /* NULL until hung up */
    const char *ordered_cause; /* with which it is about to be hung up */
    int cause_code;            /* Q.850 */
    uint32_t pins;             /* flows that still look at it: freed with the last */
    uint8_t state, shown_state, callstate;
    uint8_t ending;
    uint8_t transfers;
    bool forked;            /* made by a bridge */
    bool leads;             /* the first leg of a uuid_bridge */
    const char *bridge_end; /* cause with which its bridge ended; static */
    bool unwinding;         /* its applications end, and no next one begins */
    bool copied;            /* it is a copy in another's `other` */
    bool outbound, has_profile, has_codec, hit_dialplan, loopback;
    bool answered, early, replied, acked, media, gone, held, ignore_early;
    sim_text last_app, last_arg, hold_events, rtp_timer;
    char uuid[];
};

/* One SIP dialog: an outbound leg, and the inbound leg that it made at the other end. */
struct sim_dialog {
    uint32_t refs;
    sim_channel *caller, *callee;
    sim_profile *from, *to; /* `to` is NULL where nobody answers */
    char call_id[40], from_tag[16], to_tag[16], branch[16], branch2[16];
    uint32_t cseq;
    uint32_t caller_ssrc, callee_ssrc;
    uint64_t caller_sdp, callee_sdp; /* session ids of the SDP */
    uint16_t caller_rtp, callee_rtp;
    bool pcmu_only;
    uint16_t status;                   /* of the final answer to the INVITE; 0: none yet */
    const char *phrase;                /* static */
    const char *end_cause;             /* Reason of the end, static; NULL: as the status says */
    const char *from_user, *from_name; /* point into text */
    const char *user, *host, *port, *hostport, *url; /* of the request URI */
    const char *route;                               /* of fs_path; "" */
    char text[];
};

/* The clock of a node: ticks every 20 ms, as the switch's does. */
typedef struct sim_clock {
    uint64_t now;    /* microseconds since 1970, of the last tick */
    uint64_t tick;   /* number of the tick */
    uint64_t second; /* for which the two texts are made */
    char local[24];  /* "2026-11-22 02:59:19" */
    char gmt[32];    /* "Sun, 22 Nov 2026 02:59:19 GMT" */
} sim_clock;

struct sim_node {
    swio_sim *sim;
    size_t index;
    char contact[64];
    char name[16]; /* Switchname */
    const char *ip;
    char core_uuid[40];
    swio_tcp_listener *listener;
    sim_profile external, internal;
    sim_client *clients;
    sim_channel *channels; /* uthash head */
    sim_clock clock;
    uint64_t sequence; /* Event-Sequence */
    uint64_t started;  /* microseconds since 1970 */
    uint64_t sessions; /* since startup */
    uint64_t peak, peak_five, cps_now, cps_last, cps_peak, cps_second;
    uint64_t max_sessions, sps;
    bool verbose;
    int loglevel, console_level;
    sim_timer heartbeat;
    sim_task *tasks, *last_task;
    uint64_t task_id;
    sim_timer scheduler;
    sim_global *globals;
    bool has_heartbeat;
    uint32_t subscribers[128]; /* by event type: how many clients want it */
};

#endif
