/* What the panel shows, gathered from a run. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/dial_panel.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"

/* The rate of now is that of so many seconds, or of so many calls where that takes longer. */
static const double RATE_SECONDS = 3, RATE_CALLS = 10;

/* The shortest automatic duration, see swio_originator_opts. */
static const double SHORTEST = 5;

static panel_state state(const dial_run *r, const swio_originator_counts *c)
{
    if (interrupted() || r->end == DIAL_HUNG_UP)
        return PANEL_HANGING_UP;
    return c->state == SWIO_ORIGINATOR_STOPPED ? PANEL_DRAINING
           : c->paused                         ? PANEL_PAUSED
                                               : PANEL_ORIGINATING;
}

/* Remembers each second how many calls there were. */
static void take_sample(dial_view *v, double now, const swio_originator_counts *c)
{
    enum { MOST = PANEL_HISTORY + 1 };
    if (v->samples && now < v->sample[v->samples - 1].at + 1)
        return;
    if (v->samples == MOST) {
        memmove(v->sample, v->sample + 1, (MOST - 1) * sizeof v->sample[0]);
        v->samples--;
    }
    v->sample[v->samples++] = (dial_sample){now, c->offered};
    panel_history *h = &v->actives;
    if (h->count == PANEL_HISTORY) {
        memmove(h->value, h->value + 1, (PANEL_HISTORY - 1) * sizeof h->value[0]);
        h->count--;
    }
    h->value[h->count++] = (double)c->active;
}

static void curves(dial_view *v)
{
    panel_history *rates = &v->numbers.rates;
    rates->count = 0;
    for (size_t i = 1; i < v->samples; i++)
        rates->value[rates->count++] = (double)(v->sample[i].offered - v->sample[i - 1].offered) /
                                       (v->sample[i].at - v->sample[i - 1].at);
    v->numbers.actives = v->actives;
}

/* Of the last seconds; of the whole run while it is shorter than that. */
static double rate_now(const dial_view *v, double now, const swio_originator_counts *c)
{
    double seconds = fmax(RATE_SECONDS, c->asked > 0 ? RATE_CALLS / c->asked : 0);
    const dial_sample *from = NULL;
    for (size_t i = v->samples; i-- > 0 && (!from || now - from->at < seconds);)
        from = &v->sample[i];
    if (!from || now - from->at < 0.5)
        return 0;
    return (double)(c->offered - from->offered) / (now - from->at);
}

/* By calls, by the time of the stages: whichever is nearer to its end. */
static void progress(const dial_view *v, panel_numbers *n, const swio_originator_counts *c)
{
    double seconds = dial_stages_seconds(&v->run->stages);
    n->done = n->left = -1;
    if (n->max_offered) {
        n->done = (double)c->offered / (double)n->max_offered;
        /* Where the limit binds it does not go on as it is asked to. */
        double rate = c->blocked && c->rate > 0 ? fmin(c->asked, c->rate) : c->asked;
        if (seconds <= 0 && rate > 0)
            n->left = (double)(n->max_offered - c->offered) / rate;
    }
    if (seconds > 0) {
        double gone = n->elapsed - v->paused;
        n->done = fmax(n->done, fmin(gone / seconds, 1));
        n->left = fmax(seconds - gone, 0);
    }
    if (c->state == SWIO_ORIGINATOR_STOPPED)
        n->left = -1;
}

static void latency(dial_run *r, panel_numbers *n)
{
    swio_distribution d;
    swio_metrics_distribution(r->live, SWIO_METRIC_ANSWER_SEEN_LATENCY, &d);
    n->latency_name = "Set-up";
    n->latency_count = d.count;
    n->p50 = d.p50;
    n->p90 = d.p90;
    n->p99 = d.p99;
    n->max = d.max;
}

/* The most frequent ones, in their order. */
static void causes(dial_run *r, panel_numbers *n)
{
    panel_count one;
    n->cause_count = 0;
    for (size_t i = 0;
         (one.count = swio_originator_cause(r->originator, i, one.name, sizeof one.name)); i++) {
        size_t at = n->cause_count < PANEL_CAUSES ? n->cause_count : PANEL_CAUSES;
        while (at > 0 && n->causes[at - 1].count < one.count) {
            if (at < PANEL_CAUSES)
                n->causes[at] = n->causes[at - 1];
            at--;
        }
        if (at < PANEL_CAUSES)
            n->causes[at] = one;
        n->cause_count++;
    }
}

static void nodes(dial_run *r, panel_numbers *n)
{
    swio_originator_node_counts node;
    n->node_count = 0;
    while (n->node_count < PANEL_NODES &&
           swio_originator_node_at(r->originator, n->node_count, &node)) {
        panel_node *to = &n->nodes[n->node_count++];
        snprintf(to->name, sizeof to->name, "%s", node.contact);
        to->placed = node.offered;
        to->up = node.active;
        to->lost = !node.up;
    }
}

static const char *message(const dial_view *v, double now)
{
    if (interrupted())
        return "hanging up; Ctrl-C once more leaves at once";
    if (v->message[0] && now < v->message_ends)
        return v->message;
    if (v->quits)
        return "the calls end by themselves; q once more leaves them to the switches, h hangs up";
    return NULL;
}

void dial_numbers(dial_view *v, double now)
{
    dial_run *r = v->run;
    panel_numbers *n = &v->numbers;
    swio_originator_counts c;
    swio_originator_count(r->originator, &c);
    take_sample(v, now, &c);
    v->paused += c.paused ? now - v->seen : 0;
    v->seen = now;
    n->state = state(r, &c);
    dial_apps_format(&r->apps, n->what, sizeof n->what);
    snprintf(n->to, sizeof n->to, "%s", target_server(&r->s->target, &r->cluster));
    n->elapsed = now - v->started;
    n->offered = c.offered;
    n->max_offered = r->s->max_offered;
    n->answered = c.answered;
    n->failed = c.failed;
    n->lost = c.lost;
    n->blocked = c.blocked;
    n->late = c.late;
    n->active = c.active;
    n->limit = v->limit;
    n->rate_asked = c.asked;
    n->rate_now = rate_now(v, now, &c);
    n->rate_mean = c.rate;
    double peak = r->stages.count ? dial_peak(r) : v->rate;
    n->duration = r->s->duration > 0 ? r->s->duration : fmax((double)v->limit / peak, SHORTEST);
    uint64_t known = c.answered + c.failed + c.lost;
    n->asr = known ? (double)c.answered / (double)known : NAN;
    progress(v, n, &c);
    curves(v);
    latency(r, n);
    causes(r, n);
    nodes(r, n);
    n->keys = terminal_has_keys() ? dial_keys(v) : NULL;
    n->message = message(v, now);
}
