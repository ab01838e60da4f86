#include "cli/dial.h"

#include <stdlib.h>
#include <string.h>
#include <switchio/apps.h>
#include <switchio/error.h>
#include <switchio/log.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/interrupt.h"

enum {
    APP_ID_MAX = 80,
    /* One command connection carries about 800 bgapi a second on an idle switch (measured), and a
     * call takes five commands. */
    RATE_PER_CONNECTION = 100,
    CONNECTIONS_MAX = 16,
};

#define ROW(field) .at = offsetof(dial_settings, field)
static const option_row options[] = {
    TARGET_ROWS(dial_settings),
    {.name = "rate",
     .letter = 'r',
     .kind = OPTION_NUMBER,
     .value = "CPS",
     .standard = "1",
     .max = 1e6,
     .above_min = 1,
     ROW(rate),
     .help = "calls a second, of all hosts together"},
    {.name = "limit",
     .kind = OPTION_COUNT,
     .value = "CALLS",
     .standard = "1",
     .min = 1,
     ROW(limit),
     .help = "concurrent calls; what arrives beyond is counted as blocked"},
    {.name = "max-offered",
     .letter = 'm',
     .kind = OPTION_COUNT,
     .value = "CALLS",
     .min = 1,
     ROW(max_offered),
     .help = "calls to place, then the run ends (default: none, until Ctrl-C)"},
    {.name = "duration",
     .letter = 'd',
     .kind = OPTION_NUMBER,
     .value = "SECONDS",
     .max = 1e7,
     .above_min = 1,
     ROW(duration),
     .help = "of each call (default: the larger of limit / rate and 5)"},
    {.name = "app",
     .letter = 'a',
     .kind = OPTION_TEXT,
     .value = "NAME[/K=V,…]",
     .standard = "TonePlay",
     ROW(app),
     .help = "what happens in the calls, and its parameters: see switchio list-apps"},
    {.name = "sim",
     .kind = OPTION_COUNT_OPTIONAL,
     .value = "NODES",
     .min = 1,
     .max = CLUSTER_NODES_MAX,
     ROW(sim),
     .help = "dial through simulated switches, embedded here, instead of hosts"},
    {.name = "connections",
     .kind = OPTION_COUNT,
     .value = "N",
     .min = 1,
     .max = SWIO_CLIENT_CONNECTIONS,
     ROW(connections),
     .help = "for commands to each switch (default: by the rate)"},
    PASSWORD_ROWS(dial_settings, "info"),
    CONNECT_ROWS(dial_settings),
};

/* A run: what is opened for it, and closed after it. */
typedef struct run_state {
    const dial_settings *s;
    const char *password;
    const swio_app *app;
    const char *params;
    char app_id[APP_ID_MAX];
    cluster cluster;
    swio_originator *originator;
} run_state;

static int find_app(run_state *r)
{
    int error = swio_app_parse(r->s->app, &r->app, &r->params);
    if (!error)
        return -1;
    if (error != SWIO_ENOENT)
        return usage_error(&command_dial, "--app %s: %s", r->s->app, swio_errmsg());
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(r->s->app, "/"), r->s->app);
    return no_such_app(&command_dial, name);
}

static size_t connections(const run_state *r)
{
    double per_node = r->s->rate / (double)r->cluster.count;
    if (r->s->connections)
        return r->s->connections;
    if (per_node >= RATE_PER_CONNECTION * (CONNECTIONS_MAX - 1))
        return CONNECTIONS_MAX;
    return 1 + (size_t)(per_node / RATE_PER_CONNECTION);
}

static int open_cluster(run_state *r)
{
    swio_pool_opts opts = {
        .password = r->password,
        .user = r->s->login.user,
        .connect_timeout = r->s->login.timeout,
        .timeout = r->s->login.timeout,
        .connections = connections(r),
        .sim = {.proxy = r->s->target.proxy},
    };
    int status = cluster_open(&r->cluster, &command_dial, &opts);
    int error = status < 0 ? cluster_find_addresses(&r->cluster, r->s->target.profile) : 0;
    return error ? say_failed(&command_dial, login_status(error)) : status;
}

/* The app comes first, the originator's own callbacks behind it. */
static int make_originator(run_state *r)
{
    const dial_settings *s = r->s;
    swio_pool *pool = r->cluster.pool;
    swio_load_opts load = {.id = r->app_id, .params = r->params};
    int error = target_set(&s->target, &r->cluster, r->app_id);
    if (!error)
        error = swio_pool_load_app(pool, r->app, &load, NULL);
    swio_originator_opts opts = {
        .clients = swio_pool_clients(pool),
        .client_count = swio_pool_size(pool),
        .originate = {.app_id = r->app_id},
        .rate = s->rate,
        .limit = s->limit,
        .max_offered = s->max_offered,
        .duration = s->duration,
    };
    return error ? error : swio_originator_new(&opts, &r->originator);
}

static void on_interrupt(void *originator)
{
    fprintf(stderr, "\nswitchio dial: hanging up; once more leaves at once\n");
    swio_originator_hupall(originator);
}

static int dial(run_state *r)
{
    const dial_settings *s = r->s;
    char text[256];
    int error = make_originator(r);
    if (error)
        return say_failed(&command_dial, login_status(error));
    swio_log_line(SWIO_LOG_INFO, __FILE__, __LINE__,
                  "Starting load test for server %s at %gcps using %zu slaves",
                  target_server(&s->target, &r->cluster), s->rate, r->cluster.count);
    swio_originator_format(r->originator, text, sizeof text);
    puts(text);
    error = swio_originator_start(r->originator);
    if (error)
        return say_failed(&command_dial, login_status(error));
    interrupt_on(on_interrupt, r->originator);
    int status = dial_watch(r->originator, s);
    interrupt_on(NULL, NULL);
    return status;
}

static int run(const void *given, int count, char **operands)
{
    run_state r = {.s = given};
    char room[LOGIN_PASSWORD_MAX];
    int status = cluster_name(&r.cluster, &command_dial, r.s->sim, count, operands);
    if (status < 0)
        status = find_app(&r);
    if (status < 0)
        status = target_check(&command_dial, &r.s->target);
    if (status < 0)
        status = login_prepare(&command_dial, &r.s->login, room, &r.password);
    if (status < 0) {
        make_app_id(r.app->name, r.app_id, sizeof r.app_id);
        interrupt_start();
        status = open_cluster(&r);
    }
    if (status < 0)
        status = dial(&r);
    swio_originator_unref(r.originator);
    cluster_close(&r.cluster);
    return status;
}

const command command_dial = {
    .name = "dial",
    .operands = "HOST[:PORT]… | --sim[=NODES]",
    .summary = "Offer calls to a device under test, and tell what became of them",
    .description =
        "Connects to every host, finds the SIP address of the profile on each, and places calls\n"
        "from all of them in turn, at a steady rate. Each answered call is hung up by the switch\n"
        "after the duration. Ctrl-C stops offering and hangs up; twice leaves at once.\n",
    .example = "  switchio dial 192.168.0.10 192.168.0.11 --proxy dut.example.org --rate 10 \\\n"
               "      --limit 100 --max-offered 1000\n"
               "  switchio dial --sim --rate 1 --limit 1 --max-offered 1\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .settings_size = sizeof(dial_settings),
    .run = run,
};
