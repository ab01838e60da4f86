/* Call detail records: what became of each arrival of a run. */
#ifndef SWITCHIO_CDR_H
#define SWITCHIO_CDR_H

#include <stdint.h>
#include <switchio/export.h>

SWIO_BEGIN_DECLS

/*
 * Times are microseconds since 1970; 0 where it did not happen, or is not known. They are of one of
 * two clocks, which are never subtracted from each other:
 *  - local: the wall clock of this machine when the run started, and monotonic time since;
 *  - switch: Event-Date-Timestamp, the clock of FreeSWITCH, which ticks every 20 ms.
 */

/* An arrival that is placed later than this after its time is late: from there on it shows in the
 * timestamps of the switch. Seconds. */
#define SWIO_LATE_SECONDS 0.02

typedef enum swio_outcome {
    SWIO_OUTCOME_BLOCKED,  /* found the limit reached, or every switch full: nothing was placed */
    SWIO_OUTCOME_FAILED,   /* refused by somebody, or never answered: see cause */
    SWIO_OUTCOME_ANSWERED, /* whatever ended it later: see the causes of the legs */
    SWIO_OUTCOME_LOST,     /* its outcome or its end is not known: the connection was lost */
    SWIO_OUTCOMES,
} swio_outcome;

/* One leg; of the switch's clock. */
typedef struct swio_cdr_leg {
    char uuid[40];  /* "": no such leg was seen */
    char cause[40]; /* Hangup-Cause; "" */
    int64_t create_us, answer_us, hangup_us;
    /*
     * As FreeSWITCH reports at the hang-up (switch_core_media.c set_stats()), NAN where it does
     * not, or no packet came: variable_rtp_audio_in_mos (1 to 5); the greatest standard deviation
     * of the intervals between packets, the square root of …_in_jitter_max_variance; and the share
     * of packets that were missing, …_in_flaw_total of that and …_in_media_packet_count (0 to 1;
     * the flaws are gaps in the numbers of the packets, and a penalty for those that follow each
     * other). …_in_skip_packet_count is no loss: it counts how often none had come yet.
     */
    double mos, jitter_ms, packet_loss;
} swio_cdr_leg;

/* One arrival. Texts are cut where they do not fit. */
typedef struct swio_cdr {
    uint64_t number; /* of the arrival within the run, from 1 */
    swio_outcome outcome;
    char app[64];             /* the name of the app that it was given to; "" where blocked */
    char node[64];            /* the switch that it was placed on; "" where blocked */
    char cause[40];           /* of a failure: the originate's ("USER_BUSY"); else "" */
    int64_t due_us;           /* local: when it was to be placed */
    int64_t launch_us;        /* local: when its originate was sent (the job's launch) */
    int64_t req_originate_us; /* local: when the caller's CHANNEL_ORIGINATE reached us */
    int64_t answer_seen_us;   /* local: when the caller's CHANNEL_ANSWER reached us */
    int64_t end_us;           /* local: when its last leg was gone; of a blocked one: due_us */
    int64_t originate_us;     /* switch: the caller's CHANNEL_ORIGINATE */
    swio_cdr_leg caller, callee;
    /* Of the run, when this record was made: */
    uint64_t failed_calls;    /* so far */
    uint64_t active_sessions; /* sessions that are up on all nodes */
    uint64_t erlangs;         /* calls that are up or being set up */
    /* The settings when it arrived: */
    double rate;     /* calls a second */
    uint64_t limit;  /* concurrent calls */
    double duration; /* seconds from the answer to the hang-up */
} swio_cdr;

/* A record in which nothing happened yet: zeroes, and NAN for what was not measured. */
SWIO_API void swio_cdr_init(swio_cdr *cdr);

/* "blocked", "failed", "answered", "lost"; NULL for another number. */
SWIO_API const char *swio_outcome_name(swio_outcome outcome);

SWIO_END_DECLS

#endif
