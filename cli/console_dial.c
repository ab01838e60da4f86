/* What is offered: the originator in hand. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>

#include "cli/console_state.h"

/* Seconds between two looks whether a wait was given up. */
static const double STEP = 0.1;
/* Seconds that calls are given to end when the console ends. */
static const double PATIENCE = 30;

bool console_is_offering(console *c, swio_originator_counts *counts)
{
    *counts = (swio_originator_counts){0};
    if (!c->originator)
        return false;
    swio_originator_count(c->originator, counts);
    return counts->state == SWIO_ORIGINATOR_ORIGINATING;
}

/* Nothing is offered, no call is up, and the settings are put back. */
static bool done(console *c)
{
    swio_originator_counts counts;
    return !console_is_offering(c, &counts) && swio_originator_wait_done(c->originator, 0.001) == 0;
}

static int number(console *c, const char *who, const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    if (end == text || *end || !isfinite(*out))
        return console_error(c, who, "'%s' is not a number", text);
    return 0;
}

static int whole_number(console *c, const char *who, const char *text, uint64_t *out)
{
    double n;
    if (number(c, who, text, &n))
        return -1;
    if (n < 1 || n > 1e15 || floor(n) < n)
        return console_error(c, who, "'%s' is not a whole number from 1 on", text);
    *out = (uint64_t)n;
    return 0;
}

static void print_rate(console *c)
{
    swio_originator_counts counts;
    if (!c->opts.dial.stage_count)
        printf("%g calls a second\n", c->opts.dial.rate);
    else if (console_is_offering(c, &counts))
        printf("%g calls a second now, as the stages say\n", counts.asked);
    else
        puts("as the stages say");
}

int console_rate(console *c, int count, const char **words)
{
    double rate;
    if (!count) {
        print_rate(c);
        return 0;
    }
    if (number(c, "rate", words[0], &rate))
        return -1;
    if (!(rate > 0 && rate <= 1e6))
        return console_error(c, "rate", "'%s': give calls a second, more than 0 and at most 1e6",
                             words[0]);
    if (c->originator && swio_originator_set_rate(c->originator, rate))
        return console_failed(c, "rate");
    c->opts.dial.rate = rate;
    if (c->opts.dial.stage_count) {
        /* So it is in the run that goes on; a next one is to be the same. */
        c->opts.dial.stage_count = 0;
        c->stale = true;
        puts("in place of the stages, until it is changed");
    }
    return 0;
}

int console_limit(console *c, int count, const char **words)
{
    uint64_t limit = 0;
    if (!count) {
        printf("%" PRIu64 " concurrent calls\n", c->opts.dial.limit);
        return 0;
    }
    if (whole_number(c, "limit", words[0], &limit))
        return -1;
    if (c->originator && swio_originator_set_limit(c->originator, limit))
        return console_failed(c, "limit");
    c->opts.dial.limit = limit;
    return 0;
}

int console_duration(console *c, int count, const char **words)
{
    double seconds = 0;
    if (!count && c->opts.dial.duration > 0) {
        printf("%g seconds\n", c->opts.dial.duration);
        return 0;
    }
    if (!count) {
        puts("automatic: the larger of limit / rate and 5 seconds");
        return 0;
    }
    if (strcmp(words[0], "auto") != 0) {
        if (number(c, "duration", words[0], &seconds))
            return -1;
        if (!(seconds > 0 && seconds <= 1e7))
            return console_error(c, "duration", "'%s': give seconds, more than 0, or 'auto'",
                                 words[0]);
    }
    if (c->originator && swio_originator_set_duration(c->originator, seconds))
        return console_failed(c, "duration");
    c->opts.dial.duration = seconds;
    return 0;
}

/* Several apps of one id share its calls, which are told by the name of the first. */
static bool is_first_of_id(const console *c, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(c->apps[i].id, c->apps[at].id) == 0)
            return false;
    return true;
}

/* An originator of the settings and apps as they are now. */
static int make(console *c)
{
    cluster *switches = c->opts.cluster;
    if (console_need_app(c, "start"))
        return -1;
    if (cluster_find_addresses(switches, c->opts.target->profile))
        return console_failed(c, "start");
    swio_originator_app apps[CONSOLE_APPS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < c->app_count; i++)
        if (c->apps[i].weight > 0 && is_first_of_id(c, i))
            apps[count++] =
                (swio_originator_app){c->apps[i].id, c->apps[i].app->name, c->apps[i].weight};
    assert(count > 0); /* console_need_app() */
    if (target_set(c->opts.target, switches, apps[0].app_id))
        return console_failed(c, "start");
    swio_originator_opts opts = c->opts.dial;
    opts.clients = swio_pool_clients(switches->pool);
    opts.client_count = swio_pool_size(switches->pool);
    opts.apps = apps;
    opts.app_count = count;
    if (swio_originator_new(&opts, &c->originator))
        return console_failed(c, "start");
    c->stale = false;
    return 0;
}

/* Before what is known of the run before is given up. */
static int need_nodes(console *c)
{
    swio_pool *pool = c->opts.cluster->pool;
    for (size_t i = 0; i < swio_pool_size(pool); i++) {
        const swio_client *client = swio_pool_client(pool, i);
        if (!swio_client_connected(client) || !swio_listener_running(swio_pool_listener(pool, i)))
            return console_error(
                c, "start",
                "@%zu %s is lost, and is being connected again: 'nodes' tells when "
                "it is up",
                i + 1, swio_client_contact(client));
    }
    return 0;
}

int console_start(console *c, int count, const char **words)
{
    swio_originator_counts counts;
    uint64_t most = c->max_offered;
    if (console_is_offering(c, &counts))
        return console_error(c, "start", "calls are being offered already: 'stop' ends that");
    if ((count && whole_number(c, "start", words[0], &most)) || need_nodes(c))
        return -1;
    if (c->originator && (c->stale || most != c->opts.dial.max_offered)) {
        if (counts.active)
            return console_error(c, "start", "%" PRIu64 " calls are still up: 'wait' for them",
                                 counts.active);
        console_tell_end(c);
        c->originator = swio_originator_unref(c->originator);
    }
    c->opts.dial.max_offered = most;
    if (!c->originator && make(c))
        return -1;
    if (!counts.active)
        swio_metrics_reset(c->opts.metrics);
    if (swio_originator_start(c->originator))
        return console_failed(c, "start");
    c->stopped = false;
    c->watched = true;
    return 0;
}

int console_need_originator(console *c, const char *who)
{
    swio_originator_counts counts;
    if (console_is_offering(c, &counts) || counts.state != SWIO_ORIGINATOR_INITIAL)
        return 0;
    return console_error(c, who, "no calls were offered yet: 'start' begins to");
}

/* No mistake in a script, where a run may just have come to its end. */
static void say_if_idle(console *c)
{
    swio_originator_counts counts;
    if (!console_is_offering(c, &counts))
        puts("no calls are being offered: the run is over, 'start' begins another");
}

int console_pause(console *c, int count, const char **words)
{
    (void)count, (void)words;
    if (console_need_originator(c, "pause"))
        return -1;
    say_if_idle(c);
    swio_originator_pause(c->originator);
    return 0;
}

int console_resume(console *c, int count, const char **words)
{
    (void)count, (void)words;
    if (console_need_originator(c, "resume"))
        return -1;
    say_if_idle(c);
    swio_originator_resume(c->originator);
    return 0;
}

/* Before the run is stopped: it would have gone on. */
static void note_stop(console *c)
{
    swio_originator_counts counts;
    c->stopped = c->stopped || console_is_offering(c, &counts);
}

int console_stop(console *c, int count, const char **words)
{
    (void)count, (void)words;
    if (console_need_originator(c, "stop"))
        return -1;
    note_stop(c);
    swio_originator_stop(c->originator);
    return 0;
}

/* Whether an app is loaded under the id, or a session is up that carries it. */
static bool is_of_calls(const console *c, const char *id)
{
    swio_pool *pool = c->opts.cluster->pool;
    for (size_t i = 0; i < c->app_count; i++)
        if (strcmp(c->apps[i].id, id) == 0)
            return true;
    bool found = false;
    for (size_t i = 0; !found && i < swio_pool_size(pool); i++) {
        swio_session **sessions = NULL;
        size_t count = 0;
        if (swio_listener_sessions(swio_pool_listener(pool, i), &sessions, &count))
            return true; /* nobody knows */
        for (size_t k = 0; !found && k < count; k++)
            found = strcmp(swio_session_appname(sessions[k]), id) == 0;
        swio_sessions_free(sessions);
    }
    return found;
}

int console_hupall(console *c, int count, const char **words)
{
    if (!count) {
        if (console_need_originator(c, "hupall"))
            return -1;
        note_stop(c);
        swio_originator_hupall(c->originator);
        return 0;
    }
    const char *id = strcmp(words[0], "all") == 0 ? NULL : words[0];
    for (size_t i = 0; i < c->app_count; i++)
        if (strcasecmp(c->apps[i].app->name, words[0]) == 0)
            id = c->apps[i].id;
    if (id && !is_of_calls(c, id))
        return console_error(c, "hupall",
                             "no app '%s' is loaded, and no session is up for it: 'apps' lists "
                             "them; 'hupall all' hangs up every call of the switches",
                             words[0]);
    if (swio_pool_hupall(c->opts.cluster->pool, id, c->opts.timeout))
        return console_failed(c, "hupall");
    return 0;
}

int console_wait(console *c, int count, const char **words)
{
    double left = INFINITY;
    if (count && number(c, "wait", words[0], &left))
        return -1;
    if (count && left < 0)
        return console_error(c, "wait", "'%s': give seconds", words[0]);
    swio_originator_counts counts;
    if (!console_is_offering(c, &counts) && counts.state == SWIO_ORIGINATOR_INITIAL) {
        if (!count)
            return console_need_originator(c, "wait");
        for (; left > 0 && !console_stopped(c); left -= STEP)
            swio_sleep(left < STEP ? left : STEP);
        return 0;
    }
    while (!done(c)) {
        if (console_stopped(c))
            return console_error(c, "wait", "given up; the calls go on");
        if (left <= 0)
            return console_error(c, "wait", "calls are still up after %s s", words[0]);
        swio_sleep(left < STEP ? left : STEP);
        left -= STEP;
    }
    console_tell_end(c);
    return 0;
}

int console_status(console *c, int count, const char **words)
{
    char text[256];
    (void)count, (void)words;
    if (c->originator) {
        swio_originator_counts n;
        swio_originator_format(c->originator, text, sizeof text);
        swio_originator_count(c->originator, &n);
        printf("%s\nanswered %" PRIu64 ", failed %" PRIu64 ", lost %" PRIu64 ", blocked %" PRIu64
               "%s\n",
               text, n.answered, n.failed, n.lost, n.blocked,
               n.paused ? "; paused: 'resume' goes on" : "");
    } else {
        printf("nothing offered yet; rate=%g limit=%" PRIu64 "\n", c->opts.dial.rate,
               c->opts.dial.limit);
    }
    return 0;
}

void console_tell_end(console *c)
{
    swio_originator_counts n;
    if (!c->watched || !c->originator)
        return;
    swio_originator_count(c->originator, &n);
    c->watched = false;
    printf("the run is over: %" PRIu64 " calls offered, %" PRIu64 " answered, %" PRIu64
           " failed, %" PRIu64 " lost, %" PRIu64 " blocked\n",
           n.offered, n.answered, n.failed, n.lost, n.blocked);
}

void console_finish(console *c)
{
    swio_originator_counts n;
    note_stop(c);
    if (console_is_offering(c, &n) || n.active)
        fprintf(stderr, "hanging up %" PRIu64 " calls\n", n.active);
    if (n.state != SWIO_ORIGINATOR_INITIAL && swio_originator_shutdown(c->originator, PATIENCE))
        console_error(c, NULL, "not all calls have ended: %s", swio_errmsg());
    console_tell_end(c);
    if (c->opts.offer)
        *c->opts.offer = (console_offer){c->originator, c->opts.dial.max_offered, c->stopped};
    else
        swio_originator_unref(c->originator);
}
