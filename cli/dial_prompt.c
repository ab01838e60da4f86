#include <stdlib.h>
#include <switchio/error.h>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/dial.h"
#include "cli/interrupt.h"

static int run_console(dial_run *r, const console_app *apps)
{
    console_offer offer = {r->originator, r->max_offered, false};
    int status = console_run(&(console_opts){
        .cmd = &command_dial,
        .cluster = &r->cluster,
        .target = &r->s->target,
        .timeout = r->s->login.timeout,
        .metrics = r->records.metrics,
        .store = r->records.store,
        .dial = dial_offer(r),
        .app = "TonePlay",
        .apps = apps,
        .app_count = r->apps.count,
        .offer = &offer,
    });
    r->originator = offer.originator;
    r->max_offered = offer.max_offered;
    r->end = offer.stopped ? DIAL_STOPPED : DIAL_BY_ITSELF;
    return status;
}

int dial_prompt(dial_run *r)
{
    swio_originator_counts counts;
    console_app *apps = calloc(r->apps.count, sizeof apps[0]);
    if (!apps) {
        fprintf(stderr, "switchio dial: out of memory\n");
        return STATUS_FAILED;
    }
    for (size_t i = 0; i < r->apps.count; i++) {
        apps[i] = (console_app){.app = r->apps.app[i].app, .weight = r->apps.app[i].weight};
        snprintf(apps[i].id, sizeof apps[i].id, "%s", r->apps.app[i].id);
    }
    int status = run_console(r, apps);
    free(apps);
    if (status != STATUS_INTERRUPTED)
        interrupt_forget(); /* what was given up at the prompt is no interruption of the run */
    if (!r->originator)
        return status;
    swio_originator_count(r->originator, &counts);
    if (counts.state == SWIO_ORIGINATOR_INITIAL)
        return status;
    dial_unload(r);
    int result = dial_result(r);
    return result == STATUS_DONE ? status : result;
}
