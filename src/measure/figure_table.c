/* The table of what is in a summary. */
#include <stddef.h>
#include <string.h>
#include <switchio/metrics.h>

#define AT(field) offsetof(swio_metrics_summary, field)

/* Counts that are not of arrivals have no whole. */
static const swio_figure figures[] = {
    {"arrivals", "Arrivals", SWIO_UNIT_COUNT, "count(*)", "All that were due: offered and blocked.",
     "ITU-T E.411: bids", NULL, AT(arrivals)},
    {"offered", "Calls offered", SWIO_UNIT_COUNT, "sum(outcome <> 'blocked')",
     "Placed: an originate was sent.", "ITU-T E.411: seizures", "arrivals", AT(offered)},
    {"answered", "Calls answered", SWIO_UNIT_COUNT, "sum(outcome = 'answered')",
     "Whatever ended them later.", "ITU-T E.411", "offered", AT(answered)},
    {"failed", "Calls failed", SWIO_UNIT_COUNT, "sum(outcome = 'failed')",
     "Refused by somebody, or never answered: see the causes.", "", "offered", AT(failed)},
    {"lost", "Calls lost", SWIO_UNIT_COUNT, "sum(outcome = 'lost')",
     "Their outcome or their end is not known: the connection was lost.", "", "offered", AT(lost)},
    {"blocked", "Arrivals blocked", SWIO_UNIT_COUNT, "sum(outcome = 'blocked')",
     "They found the limit reached, or every switch full, and were not placed.", "", "arrivals",
     AT(blocked)},
    {"late", "Calls late", SWIO_UNIT_COUNT, "sum(launch_us - due_us > 20000)",
     "Placed more than 20 ms after they were due: our own delay.", "", "offered", AT(late)},
    {"effective", "Calls effective", SWIO_UNIT_COUNT,
     "sum(outcome = 'answered' OR outcome = 'failed' AND coalesce(cause, caller_cause) IN "
     "('USER_BUSY', 'NO_USER_RESPONSE', 'NO_ANSWER', 'SUBSCRIBER_ABSENT', 'CALL_REJECTED', "
     "'ORIGINATOR_CANCEL', 'NORMAL_CLEARING'))",
     "Answered, or ended by what the called side did, so that the network did its work.",
     "ITU-T E.425", "offered", AT(effective)},
    {"arrival_rate", "Arrival rate", SWIO_UNIT_RATE,
     "(count(*) - 1) * 1e6 / (max(due_us) - min(due_us))",
     "Arrivals a second that were due, between the first and the last.", "", NULL,
     AT(arrival_rate)},
    {"rate", "Rate achieved", SWIO_UNIT_RATE,
     "(count(launch_us) - 1) * 1e6 / (max(launch_us) - min(launch_us))",
     "Calls a second that were placed, between the first and the last.", "", NULL, AT(rate)},
    {"asr", "Answer-seizure ratio", SWIO_UNIT_RATIO, "answered * 1.0 / offered",
     "The share of the calls offered that was answered. Lost ones count as not answered.",
     "ITU-T E.411, E.425: ASR; RFC 6076, 4.6: session establishment ratio, but for calls that were "
     "redirected (3xx), which that leaves out",
     NULL, AT(asr)},
    {"abr", "Answer-bid ratio", SWIO_UNIT_RATIO, "answered * 1.0 / arrivals",
     "The share of the arrivals that was answered, so that blocked ones count.",
     "ITU-T E.411, E.425: ABR", NULL, AT(abr)},
    {"ner", "Network effectiveness ratio", SWIO_UNIT_RATIO, "effective * 1.0 / offered",
     "The share of the calls offered that was effective. Lost ones count as not.",
     "ITU-T E.425: NER; near to RFC 6076, 4.7: session establishment effectiveness ratio, which "
     "counts the responses 200, 480, 486, 600 and 603 and leaves out calls that were redirected",
     NULL, AT(ner)},
    {"mean_call_duration", "Mean call duration", SWIO_UNIT_SECONDS,
     "avg(caller_hangup_us - caller_answer_us) / 1e6",
     "The mean of call_duration, of the clock of the switch; elsewhere ACD or ALOC.",
     "RFC 6076, 4.5: session duration time", NULL, AT(mean_call_duration)},
    {"mean_holding_time", "Mean holding time", SWIO_UNIT_SECONDS,
     "avg(CASE WHEN outcome <> 'blocked' THEN end_us - launch_us END) / 1e6",
     "The mean of holding_time.", "ITU-T E.411: mean holding time per seizure", NULL,
     AT(mean_holding_time)},
    {"offered_erlangs", "Offered traffic", SWIO_UNIT_ERLANGS, "arrival_rate * mean_holding_time",
     "What the arrivals would keep busy if none were blocked.", "ITU-T E.600: traffic offered",
     NULL, AT(offered_erlangs)},
    {"carried_erlangs", "Carried traffic", SWIO_UNIT_ERLANGS, "offered_erlangs * (1 - blocking)",
     "What the calls that were placed keep busy in the mean, while arrivals go on and as many calls "
     "end as begin: less is busy in a run that is over after a few holding times.",
     "ITU-T E.600: traffic carried; J. D. C. Little 1961", NULL, AT(carried_erlangs)},
    {"blocking", "Blocking measured", SWIO_UNIT_RATIO, "blocked * 1.0 / arrivals",
     "The share of the arrivals that was blocked.", "ITU-T E.600: call congestion", NULL,
     AT(blocking)},
    {"erlang_b", "Blocking expected", SWIO_UNIT_RATIO, "",
     "Erlang's B formula for offered_erlangs and the limit. It holds for Poisson arrivals at a "
     "steady rate: nothing where rate or limit changed within the records, or calls were lost.",
     "A. K. Erlang 1917; ITU-T E.501", NULL, AT(erlang_b)},
    {"erlang_b_low", "Blocking expected, from", SWIO_UNIT_RATIO, "",
     "Between this and the next 99 % of the runs end that have so many arrivals; the formula alone "
     "is for runs without end.",
     "", NULL, AT(erlang_b_low)},
    {"erlang_b_high", "Blocking expected, to", SWIO_UNIT_RATIO, "",
     "Above this 0.5 % of the runs end that have so many arrivals.", "", NULL, AT(erlang_b_high)},
    {"peak_erlangs", "Most calls at once", SWIO_UNIT_COUNT, "max(erlangs)",
     "Calls up or being set up, at the end of any call.", "", NULL, AT(peak_erlangs)},
    {"peak_sessions", "Most sessions at once", SWIO_UNIT_COUNT, "max(active_sessions)",
     "Sessions up on all nodes, at the end of any call.", "", NULL, AT(peak_sessions)},
};

enum { FIGURES = sizeof figures / sizeof figures[0] };

const swio_figure *swio_figure_at(size_t index)
{
    return index < FIGURES ? &figures[index] : NULL;
}

const swio_figure *swio_figure_find(const char *name)
{
    for (size_t i = 0; i < FIGURES; i++)
        if (strcmp(figures[i].name, name) == 0)
            return &figures[i];
    return NULL;
}

double swio_figure_value(const swio_figure *figure, const swio_metrics_summary *summary)
{
    const void *field = (const char *)summary + figure->offset;
    return figure->unit == SWIO_UNIT_COUNT ? (double)*(const uint64_t *)field
                                           : *(const double *)field;
}

/* ITU-T E.425: answered, user busy, ring no answer, terminal rejection or unavailability. The SIP
 * responses are those that FreeSWITCH makes of each (sofia_glue.c). */
static const swio_effective_cause effective[] = {
    {"USER_BUSY", 17, "486, 600", "user busy"},
    {"NO_USER_RESPONSE", 18, "480", "nothing came from the called side, or it is not available"},
    {"NO_ANSWER", 19, "", "it rang until the time-out of the originate"},
    {"SUBSCRIBER_ABSENT", 20, "", "the called side is not there"},
    {"CALL_REJECTED", 21, "603, 608; 401, 402, 403, 407",
     "rejected by the called side; but 401 to 407 may as well be a rule of the device under test, or "
     "want a password"},
    {"ORIGINATOR_CANCEL", 0, "487", "given up while it rang"},
    {"NORMAL_CLEARING", 16, "", "hung up before the answer"},
};

enum { EFFECTIVE = sizeof effective / sizeof effective[0] };

bool swio_cause_is_effective(const char *cause)
{
    for (size_t i = 0; i < EFFECTIVE; i++)
        if (strcmp(effective[i].name, cause) == 0)
            return true;
    return false;
}

const swio_effective_cause *swio_effective_cause_at(size_t index)
{
    return index < EFFECTIVE ? &effective[index] : NULL;
}
