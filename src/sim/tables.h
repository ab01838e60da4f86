/*
 * What a FreeSWITCH 1.10.12 puts into its events: facts read off recorded traffic (tests/data),
 * carried as tables. Values are templates; the fields are those of field.c.
 */
#ifndef SWIO_SIM_TABLES_H
#define SWIO_SIM_TABLES_H

#include "sim/block.h"

/* When a row is there: all of its bits must hold for the channel (of a stage or of Caller-*). */
enum sim_when {
    SIM_IF_NAME = 1u << 0, /* the caller gave a display name */
    SIM_IF_NAMELESS = 1u << 1,
    SIM_IF_ROUTE = 1u << 2, /* fs_path */
    SIM_IF_PORT = 1u << 3,  /* the request URI has a port */
    SIM_IF_PCMU = 1u << 4,  /* PCMU alone was offered */
    SIM_IF_BOTH = 1u << 5,  /* PCMU and PCMA */
    SIM_IF_ANSWERED = 1u << 6,
    SIM_IF_PROGRESS = 1u << 7,
    SIM_IF_PROGRESS_MEDIA = 1u << 8,
    SIM_IF_LAST_APP = 1u << 9,
    SIM_IF_LAST_ARG = 1u << 10,
    SIM_IF_PROFILE = 1u << 11, /* the caller profile is known */
    SIM_IF_CAUSE = 1u << 12,   /* hung up */
    SIM_IF_CODEC = 1u << 13,
    SIM_IF_CID_NAME = 1u << 14,
    SIM_IF_ORIG_NAME = 1u << 15,
    SIM_IF_CALLEE_NAME = 1u << 16,
    SIM_IF_CALLEE_NUMBER = 1u << 17,
    SIM_IF_NETWORK = 1u << 18,
    SIM_IF_DIALPLAN = 1u << 19, /* it came in and was routed, or inherits from one that did */
    SIM_IF_BRIDGED = 1u << 20,
    SIM_IF_EARLY_WAITED = 1u << 21, /* ignore_early_media */
    SIM_IF_EARLY_TAKEN = 1u << 22,  /* and not */
    SIM_IF_FORKED = 1u << 23,       /* an outbound leg that a bridge made */
    SIM_IF_FIRST = 1u << 24,        /* and one that an originate made */
    SIM_IF_TRANSFERRED = 1u << 25,  /* by a transfer or by uuid_bridge */
    SIM_IF_HELD = 1u << 26,         /* once */
    SIM_IF_USERNAME = 1u << 27,
    SIM_IF_RDNIS = 1u << 28,
    SIM_IF_RTP_TIMER = 1u << 29, /* rtp_timer_name was set when its media began */
};
/* Of an event's own headers: argument {n} is there and not empty. */
#define SIM_IF_ARG(n) (1u << ((n)-1))

/* The event types of the switch (switch_event.c), in the order of its names. */
/* clang-format off */
#define SIM_EVENT_TYPES(X)                                                                         \
    X(CUSTOM)                                                                                      \
    X(CLONE)                                                                                       \
    X(CHANNEL_CREATE)                                                                              \
    X(CHANNEL_DESTROY)                                                                             \
    X(CHANNEL_STATE)                                                                               \
    X(CHANNEL_CALLSTATE)                                                                           \
    X(CHANNEL_ANSWER)                                                                              \
    X(CHANNEL_HANGUP)                                                                              \
    X(CHANNEL_HANGUP_COMPLETE) X(CHANNEL_EXECUTE) X(CHANNEL_EXECUTE_COMPLETE) X(CHANNEL_HOLD) X(   \
        CHANNEL_UNHOLD) X(CHANNEL_BRIDGE) X(CHANNEL_UNBRIDGE) X(CHANNEL_PROGRESS)                  \
        X(CHANNEL_PROGRESS_MEDIA) X(CHANNEL_OUTGOING) X(CHANNEL_PARK) X(CHANNEL_UNPARK) X(         \
            CHANNEL_APPLICATION) X(CHANNEL_ORIGINATE) X(CHANNEL_UUID) X(API) X(LOG)                \
            X(INBOUND_CHAN) X(OUTBOUND_CHAN) X(STARTUP) X(SHUTDOWN) X(PUBLISH) X(UNPUBLISH) X(     \
                TALK) X(NOTALK) X(SESSION_CRASH) X(MODULE_LOAD) X(MODULE_UNLOAD) X(DTMF)           \
                X(MESSAGE) X(PRESENCE_IN) X(NOTIFY_IN) X(PRESENCE_OUT) X(PRESENCE_PROBE) X(        \
                    MESSAGE_WAITING) X(MESSAGE_QUERY) X(ROSTER) X(CODEC) X(BACKGROUND_JOB)         \
                    X(DETECTED_SPEECH) X(DETECTED_TONE) X(PRIVATE_COMMAND) X(HEARTBEAT) X(TRAP) X( \
                        ADD_SCHEDULE) X(DEL_SCHEDULE) X(EXE_SCHEDULE) X(RE_SCHEDULE) X(RELOADXML)  \
                        X(NOTIFY) X(PHONE_FEATURE) X(PHONE_FEATURE_SUBSCRIBE) X(SEND_MESSAGE)      \
                            X(RECV_MESSAGE) X(REQUEST_PARAMS) X(CHANNEL_DATA) X(GENERAL)           \
                                X(COMMAND) X(SESSION_HEARTBEAT) X(CLIENT_DISCONNECTED)             \
                                    X(SERVER_DISCONNECTED) X(SEND_INFO) X(RECV_INFO)               \
                                        X(RECV_RTCP_MESSAGE) X(SEND_RTCP_MESSAGE) X(CALL_SECURE)   \
                                            X(NAT) X(RECORD_START) X(RECORD_STOP)                  \
                                                X(PLAYBACK_START) X(PLAYBACK_STOP) X(CALL_UPDATE)  \
                                                    X(FAILURE) X(SOCKET_DATA) X(MEDIA_BUG_START)   \
                                                        X(MEDIA_BUG_STOP) X(CONFERENCE_DATA_QUERY) \
                                                            X(CONFERENCE_DATA) X(CALL_SETUP_REQ)   \
                                                                X(CALL_SETUP_RESULT)               \
                                                                    X(CALL_DETAIL) X(DEVICE_STATE) \
                                                                        X(TEXT)                    \
                                                                            X(SHUTDOWN_REQUESTED)

/* clang-format on */

typedef enum sim_event_type {
#define X(name) SIM_EV_##name,
    SIM_EVENT_TYPES(X)
#undef X
        SIM_EVENT_COUNT,
} sim_event_type;

extern const char *const swio_sim_event_names[SIM_EVENT_COUNT];

/* Which variables an event shows. */
typedef enum sim_shows {
    SIM_NO_CHANNEL,
    SIM_SHOWS_HEADERS,   /* variables only with verbose_events */
    SIM_SHOWS_VARIABLES, /* always */
    SIM_SHOWS_BASICS,    /* never: the event was made with the basic data alone */
} sim_shows;

/* Where in the switch an event comes from; two places that make the same event are two sources. */
/* clang-format off */
#define SIM_SOURCES(X)                                                                          \
    X(OUTGOING) X(STATE) X(CREATE) X(ORIGINATE) X(READ_CODEC) X(WRITE_CODEC) X(CALLSTATE)       \
    X(EXECUTE) X(EXECUTE_COMPLETE) X(PARK) X(UNPARK) X(ANSWER) X(FLIPPED) X(PROGRESS)           \
    X(PROGRESS_MEDIA) X(HANGUP) X(HANGUP_COMPLETE) X(DESTROY) X(API) X(JOB) X(PLAY_START)       \
    X(PLAY_STOP) X(PRIVATE) X(HEARTBEAT) X(RESCHEDULED) X(SCHEDULED) X(UNSCHEDULED)             \
    X(RECORD_START) X(RECORD_STOP) X(BUG_START) X(BUG_STOP) X(DTMF) X(HOLD) X(UNHOLD)           \
    X(HELD) X(UNHELD) X(BRIDGE) X(BRIDGE_RUN) X(UNBRIDGE) X(CALLEE_SENT) X(CALLEE_UPDATED) X(INFO) X(DUMP)    \
    X(SENT) X(IN_SYNC) X(LOST_SYNC) X(BERT_TIMEOUT)
/* clang-format on */

typedef enum sim_source {
#define X(name) SIM_FROM_##name,
    SIM_SOURCES(X)
#undef X
        SIM_SOURCE_COUNT,
} sim_source;

typedef struct sim_source_def {
    uint8_t type;  /* sim_event_type */
    uint8_t shows; /* sim_shows */
    uint16_t line;
    const char *file, *function;
    const sim_row *before; /* between the basics and the channel's headers */
    const sim_row *after;  /* behind the variables */
} sim_source_def;

extern const sim_source_def swio_sim_sources[SIM_SOURCE_COUNT];

extern const sim_row swio_sim_basic_rows[];   /* Event-Name … Event-Sequence */
extern const sim_row swio_sim_channel_rows[]; /* Channel-*, Caller-* */
extern const sim_row swio_sim_other_rows[];   /* Other-Leg-*, of the other leg as it was */

/* Groups of variables that are set together, by what happens to the leg. */
/* clang-format off */
#define SIM_STAGES(X)                                                                           \
    X(OUT_NEW) X(OUT_FORKED) X(OUT_ORIGINATE) X(OUT_INVITE) X(OUT_REPLY) X(OUT_EARLY)           \
    X(OUT_ANSWER_SDP) X(OUT_SDP) X(OUT_RTP) X(OUT_FLIPPED) X(OUT_FIRST_REFUSED) X(OUT_REFUSED) X(OUT_UNREACHED) X(READ_CODEC)         \
    X(WRITE_CODEC) X(IN_FIRST) X(IN_NEW) X(IN_SDP) X(IN_RECEIVED) X(IN_ROUTED) X(IN_RING)       \
    X(IN_LOCAL_SDP) X(IN_RTP) X(IN_ACK) X(ANSWERED) X(EXECUTING) X(EARLY) X(GOT_BYE)            \
    X(BYE_SEEN) X(GOT_CANCEL) X(REPORT) X(SENT_BYE) X(SENT_REFUSE) X(SENT_CANCEL) X(RTP_STATS)  \
    X(BRIDGING_MEDIA) X(BRIDGE_FORKED) X(OWN_CALL)
/* clang-format on */

typedef enum sim_stage_id {
#define X(name) SIM_STAGE_##name,
    SIM_STAGES(X)
#undef X
        SIM_STAGE_COUNT,
} sim_stage_id;

extern const sim_row *const swio_sim_stage_rows[SIM_STAGE_COUNT];

#endif
