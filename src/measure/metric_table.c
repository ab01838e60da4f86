/* The tables of what is measured: names, units, clocks, formulas and sources. */
#include <string.h>
#include <switchio/metrics.h>

#define MICRO 1e-6

static const swio_metric_info metrics[SWIO_METRICS] = {
    [SWIO_METRIC_INVITE_LATENCY] =
        {
            "invite_latency",
            "invite latency",
            SWIO_UNIT_SECONDS,
            SWIO_CLOCK_SWITCH,
            "callee_create_us - caller_create_us",
            NULL,
            MICRO,
            "From the making of the caller's leg to that of the callee's: what the device under test "
            "takes to pass the INVITE on. Where the legs are on two switches, the difference of "
            "their clocks is in it, and it may be negative.",
            "",
        },
    [SWIO_METRIC_ANSWER_LATENCY] =
        {
            "answer_latency",
            "answer latency",
            SWIO_UNIT_SECONDS,
            SWIO_CLOCK_SWITCH,
            "caller_answer_us - callee_answer_us",
            NULL,
            MICRO,
            "From the callee's answer to the caller's: what the device under test takes to pass the "
            "200 OK back. Where the legs are on two switches, the difference of their clocks is in "
            "it, and it may be negative.",
            "ITU-T E.721: answer signal delay",
        },
    [SWIO_METRIC_CALL_SETUP_LATENCY] =
        {
            "call_setup_latency",
            "call set-up latency",
            SWIO_UNIT_SECONDS,
            SWIO_CLOCK_SWITCH,
            "caller_answer_us - caller_create_us",
            NULL,
            MICRO,
            "From the making of the caller's leg to its answer, with the time that the callee rings.",
            "RFC 6076, 4.3.1: session request delay, but up to the answer",
        },
    [SWIO_METRIC_ORIGINATE_LATENCY] =
        {
            "originate_latency",
            "originate latency",
            SWIO_UNIT_SECONDS,
            SWIO_CLOCK_LOCAL,
            "req_originate_us - launch_us",
            NULL,
            MICRO,
            "From the sending of the originate to the arrival of the caller's CHANNEL_ORIGINATE: how "
            "long the switch takes to begin.",
            "",
        },
    [SWIO_METRIC_ANSWER_SEEN_LATENCY] =
        {
            "answer_seen_latency",
            "answer latency seen here",
            SWIO_UNIT_SECONDS,
            SWIO_CLOCK_LOCAL,
            "answer_seen_us - launch_us",
            NULL,
            MICRO,
            "From the sending of the originate to the arrival of the caller's CHANNEL_ANSWER: the "
            "whole set-up as it is seen from here, in microseconds.",
            "",
        },
    [SWIO_METRIC_CALL_DURATION] =
        {
            "call_duration",
            "call duration",
            SWIO_UNIT_SECONDS,
            SWIO_CLOCK_SWITCH,
            "caller_hangup_us - caller_answer_us",
            NULL,
            MICRO,
            "From the answer of the caller's leg to its hang-up; of answered calls alone.",
            "RFC 6076, 4.5: session duration time",
        },
    [SWIO_METRIC_HOLDING_TIME] =
        {
            "holding_time",
            "holding time",
            SWIO_UNIT_SECONDS,
            SWIO_CLOCK_LOCAL,
            "CASE WHEN outcome <> 'blocked' THEN end_us - launch_us END",
            NULL,
            MICRO,
            "From the sending of the originate until its last leg is gone: how long each call that "
            "was placed, answered or not, counts against the limit.",
            "ITU-T E.411: holding time per seizure",
        },
    [SWIO_METRIC_LAUNCH_LATENESS] =
        {
            "launch_lateness",
            "launch lateness",
            SWIO_UNIT_SECONDS,
            SWIO_CLOCK_LOCAL,
            "launch_us - due_us",
            NULL,
            MICRO,
            "From when a call was due to the sending of its originate: our own delay. It is in no "
            "other metric, for those begin when the originate is sent, or later.",
            "",
        },
    [SWIO_METRIC_MOS] =
        {
            "mos",
            "mean opinion score",
            SWIO_UNIT_SCORE,
            SWIO_CLOCK_NONE,
            "caller_mos",
            "callee_mos",
            1,
            "Of the audio that each leg received, 1 to 5, as FreeSWITCH estimates it: "
            "variable_rtp_audio_in_mos.",
            "FreeSWITCH, switch_rtp.c; the scale: ITU-T P.800",
        },
    [SWIO_METRIC_JITTER] =
        {
            "jitter",
            "jitter",
            SWIO_UNIT_SECONDS,
            SWIO_CLOCK_NONE,
            "caller_jitter_ms",
            "callee_jitter_ms",
            1e-3,
            "The standard deviation of the intervals between the audio packets that each leg "
            "received, the greatest in the course of the call: the square root of "
            "variable_rtp_audio_in_jitter_max_variance, which FreeSWITCH counts in square "
            "milliseconds.",
            "FreeSWITCH, switch_rtp.c check_jitter()",
        },
    [SWIO_METRIC_PACKET_LOSS] =
        {
            "packet_loss",
            "packet loss",
            SWIO_UNIT_RATIO,
            SWIO_CLOCK_NONE,
            "caller_packet_loss",
            "callee_packet_loss",
            1,
            "The share of the audio packets that did not reach a leg: "
            "variable_rtp_audio_in_flaw_total of that and "
            "variable_rtp_audio_in_media_packet_count. The flaws are the gaps in the packets' "
            "numbers, with what FreeSWITCH adds for gaps that follow each other, so that it is "
            "rather too high than too low.",
            "FreeSWITCH, switch_rtp.c check_jitter(), do_mos()",
        },
};

const swio_metric_info *swio_metric_get(swio_metric metric)
{
    return (unsigned)metric < SWIO_METRICS ? &metrics[metric] : NULL;
}

const char *swio_metric_name(swio_metric metric)
{
    return (unsigned)metric < SWIO_METRICS ? metrics[metric].name : NULL;
}

bool swio_metric_find(const char *name, swio_metric *out)
{
    for (unsigned i = 0; i < SWIO_METRICS; i++) {
        if (strcmp(metrics[i].name, name) == 0) {
            *out = (swio_metric)i;
            return true;
        }
    }
    return false;
}
