/* From the command line to an originator that can be started. */
#include <stdlib.h>
#include <string.h>
#include <switchio/apps.h>
#include <switchio/error.h>

#include "cli/commands.h"
#include "cli/dial.h"
#include "cli/interrupt.h"

enum {
    /* One command connection carries about 800 bgapi a second on an idle switch (measured), and a
     * call takes five commands. */
    RATE_PER_CONNECTION = 100,
    CONNECTIONS_MAX = 16,
};

/* Seconds for the answer to a question. */
static const double ANSWER = 5;

double dial_peak(const dial_run *r)
{
    return r->stages.count ? dial_stages_peak(&r->stages) : r->s->rate;
}

static int read_arrivals(dial_run *r)
{
    static const char *const names[] = {
        [SWIO_ARRIVALS_UNIFORM] = "uniform", [SWIO_ARRIVALS_POISSON] = "poisson", NULL};
    for (int i = 0; names[i]; i++)
        if (strcmp(r->s->arrivals, names[i]) == 0) {
            r->arrivals = (swio_arrivals)i;
            return -1;
        }
    return usage_error(&command_dial, "--arrivals '%s': give uniform or poisson", r->s->arrivals);
}

int dial_check(dial_run *r)
{
    const dial_settings *s = r->s;
    int status = -1;
    if (s->apps.count)
        status = dial_apps_read(&command_dial, &s->apps, "", &r->apps);
    if (status < 0)
        status = dial_stages_read(&command_dial, s->stages, &r->stages);
    if (status < 0)
        status = read_arrivals(r);
    if (status < 0)
        status = dial_expects_read(&command_dial, &s->expects, &r->expects);
    if (status < 0)
        status = target_check(&command_dial, &s->target);
    return status;
}

static size_t connections(const dial_run *r)
{
    double per_node = dial_peak(r) / (double)r->cluster.count;
    if (r->s->connections)
        return r->s->connections;
    if (per_node >= RATE_PER_CONNECTION * (CONNECTIONS_MAX - 1))
        return CONNECTIONS_MAX;
    return 1 + (size_t)(per_node / RATE_PER_CONNECTION);
}

static int open_cluster(dial_run *r)
{
    int status = cluster_open(
        &r->cluster, &command_dial,
        &(cluster_opts){&r->s->login, r->password, r->s->target.proxy, connections(r)});
    int error = status < 0 ? cluster_find_addresses(&r->cluster, r->s->target.profile) : 0;
    return error ? say_failed(&command_dial, login_status(error)) : status;
}

/* Bert tells more, where every switch can do it. */
static const char *standard_app(const dial_run *r)
{
    bool everywhere = true;
    for (size_t i = 0; everywhere && i < r->cluster.count; i++) {
        char *answer = NULL;
        everywhere = !swio_client_cmd(swio_pool_client(r->cluster.pool, i),
                                      "module_exists mod_bert", ANSWER, &answer) &&
                     strncmp(answer, "true", 4) == 0;
        swio_text_free(answer);
    }
    return everywhere ? swio_app_bert.name : swio_app_tone_play.name;
}

static int load_apps(dial_run *r)
{
    int error = 0;
    for (size_t i = 0; !error && i < r->apps.count; i++) {
        const dial_app *app = &r->apps.app[i];
        swio_load_opts load = {.id = app->id, .params = app->params};
        error = swio_pool_load_app(r->cluster.pool, app->app, &load, NULL);
    }
    return error;
}

/* On the loop's thread, as the next. */
static void on_cdr(const swio_cdr *cdr, void *arg)
{
    dial_run *r = arg;
    records_add(&r->records, cdr);
}

static void on_answer(const swio_cdr *cdr, void *arg)
{
    dial_run *r = arg;
    swio_metrics_add(r->live, cdr);
}

swio_originator_opts dial_offer(dial_run *r)
{
    return (swio_originator_opts){
        .rate = r->s->rate,
        .limit = r->s->limit,
        .max_offered = r->max_offered,
        .duration = r->s->duration,
        .arrivals = r->arrivals,
        .seed = r->s->seed,
        .stages = r->stages.stage,
        .stage_count = r->stages.count,
        .on_cdr = on_cdr,
        .on_answer = r->live ? on_answer : NULL,
        .arg = r,
    };
}

static int make_originator(dial_run *r)
{
    swio_originator_app *apps = calloc(r->apps.count, sizeof apps[0]);
    if (!apps)
        return SWIO_ENOMEM;
    for (size_t i = 0; i < r->apps.count; i++) {
        const dial_app *app = &r->apps.app[i];
        apps[i] = (swio_originator_app){app->id, app->app->name, app->weight};
    }
    swio_originator_opts opts = dial_offer(r);
    opts.clients = swio_pool_clients(r->cluster.pool);
    opts.client_count = swio_pool_size(r->cluster.pool);
    opts.apps = apps;
    opts.app_count = r->apps.count;
    int error = swio_originator_new(&opts, &r->originator);
    free(apps);
    return error;
}

/* The apps come first, the originator's own callbacks behind them. */
static int prepare(dial_run *r)
{
    int error = target_set(&r->s->target, &r->cluster, r->apps.app[0].id);
    if (!error)
        error = load_apps(r);
    if (!error)
        error = make_originator(r);
    return error ? say_failed(&command_dial, login_status(error)) : -1;
}

static int open_records(dial_run *r)
{
    int status = records_open(&r->records, &command_dial, r->s->metrics_file);
    if (status < 0 && r->on_panel && swio_metrics_new(&r->live))
        status = say_failed(&command_dial, STATUS_FAILED);
    return status;
}

int dial_open(dial_run *r)
{
    int status = open_records(r);
    if (status < 0)
        status = open_cluster(r);
    if (status < 0 && !r->apps.count)
        status = dial_apps_read(&command_dial, &r->s->apps, standard_app(r), &r->apps);
    return status < 0 ? prepare(r) : status;
}

void dial_unload(dial_run *r)
{
    for (size_t i = 0; r->cluster.pool && i < r->apps.count; i++)
        swio_pool_unload_app(r->cluster.pool, r->apps.app[i].id);
}

void dial_close(dial_run *r)
{
    r->originator = swio_originator_unref(r->originator);
    records_free(&r->records);
    swio_metrics_free(r->live);
    cluster_close(&r->cluster);
    dial_apps_free(&r->apps);
    dial_expects_free(&r->expects);
}
