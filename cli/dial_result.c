/* What became of the calls. */
#include <stdio.h>
#include <switchio/error.h>
#include <switchio/log.h>
#include <switchio/report.h>

#include "cli/commands.h"
#include "cli/dial.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"

/* How a run ended. */
typedef enum ending {
    COMPLETED,
    STOPPED,
    INTERRUPTED,
    LOST,
} ending;

static const struct {
    const char *word, *sentence;
    int status;
} endings[] = {
    [COMPLETED] = {"completed", "Dialing session completed!", STATUS_DONE},
    [STOPPED] = {"stopped", "Dialing session stopped!", STATUS_DONE},
    [INTERRUPTED] = {"interrupted", "Dialing session interrupted!", STATUS_INTERRUPTED},
    [LOST] = {"lost", "Dialing session lost its connection!", STATUS_FAILED},
};

/* Ended where it was meant to, with nothing lost on the way? */
static ending ending_of(const dial_run *r)
{
    swio_originator_counts c;
    swio_originator_node_counts node;
    bool all_there = true;
    swio_originator_count(r->originator, &c);
    for (size_t i = 0; swio_originator_node_at(r->originator, i, &node); i++)
        all_there = all_there && node.up;
    if (interrupted() || r->end == DIAL_HUNG_UP || r->end == DIAL_ABANDONED)
        return INTERRUPTED;
    if (c.lost || !all_there)
        return LOST;
    if (r->max_offered && c.offered >= r->max_offered)
        return COMPLETED;
    if (r->end == DIAL_STOPPED)
        return STOPPED;
    return r->stages.count ? COMPLETED : LOST;
}

static int print_json(dial_run *r, const char *end)
{
    swio_report_opts opts = {
        .records = r->s->metrics_file,
        .expectations = (const swio_expect *const *)r->expects.expect,
        .expectation_count = r->expects.count,
        .end = end,
    };
    return swio_report_write(r->records.metrics, SWIO_REPORT_JSON, &opts, stdout);
}

static int print_text(dial_run *r, const char *end)
{
    int error = swio_report_write(r->records.metrics, SWIO_REPORT_TEXT,
                                  &(swio_report_opts){.brief = true}, stdout);
    dial_expects_print(&r->expects, terminal_takes_utf8(), stdout);
    puts(end);
    return error;
}

/*
 * A virtual machine runs when its host lets it. Said only where it matters: of fewer calls a
 * percentile is the luck of a few.
 */
static void say_what_the_host_took(const dial_run *r)
{
    static const double SHARE = 0.01, LATE = 0.001;
    enum { CALLS = 1000 };
    double stolen = host_time_stolen(r->began, host_time_now());
    swio_distribution lateness;
    swio_metrics_distribution(r->records.metrics, SWIO_METRIC_LAUNCH_LATENESS, &lateness);
    if (stolen < SHARE || lateness.count < CALLS || lateness.p99 < LATE)
        return;
    swio_log_line(SWIO_LOG_WARNING, __FILE__, __LINE__,
                  "The host of this machine took %.1f %% of its processors' time during the run: "
                  "that calls were launched late may be its doing",
                  100 * stolen);
}

int dial_result(dial_run *r)
{
    ending end = ending_of(r);
    int status = endings[end].status;
    /* Now the last record is there, also of calls that were left. */
    r->originator = swio_originator_unref(r->originator);
    bool met = dial_expects_judge(&r->expects, r->records.metrics);
    bool failed = !records_close(&r->records, &command_dial);
    if (r->s->json ? print_json(r, endings[end].word) : print_text(r, endings[end].sentence)) {
        say_failed(&command_dial, status);
        failed = true;
    }
    say_what_the_host_took(r);
    return status == STATUS_DONE && (failed || !met) ? STATUS_FAILED : status;
}
