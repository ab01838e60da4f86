#include "cli/console.h"

#include <switchio/apps.h>
#include <switchio/error.h>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/login.h"

typedef struct settings {
    login login;
    target target;
    double rate;
    uint64_t limit;
    uint64_t max_offered;
    double duration;
    const char *app;
    uint64_t sim;
    uint64_t connections;
    const char *metrics_file;
    bool bail;
} settings;

#define ROW(field) .at = offsetof(settings, field)
static const option_row options[] = {
    TARGET_ROWS(settings),
    LOAD_ROWS(settings),
    {.name = "max-offered",
     .letter = 'm',
     .kind = OPTION_COUNT,
     .value = "CALLS",
     .min = 1,
     ROW(max_offered),
     .help = "calls that 'start' offers where it does not say (default: until 'stop')"},
    {.name = "app",
     .letter = 'a',
     .kind = OPTION_TEXT,
     .value = "NAME[/K=V,…]",
     .standard = "TonePlay",
     ROW(app),
     .help = "what 'start' gives the calls to where nothing was loaded: see switchio list-apps"},
    {.name = "sim",
     .kind = OPTION_COUNT_OPTIONAL,
     .value = "NODES",
     .min = 1,
     .max = CLUSTER_NODES_MAX,
     ROW(sim),
     .help = "simulated switches, embedded here, instead of hosts"},
    {.name = "connections",
     .kind = OPTION_COUNT,
     .value = "N",
     .standard = "4",
     .min = 1,
     .max = SWIO_CLIENT_CONNECTIONS,
     ROW(connections),
     .help = "for commands to each switch"},
    {.name = "bail",
     .kind = OPTION_FLAG,
     ROW(bail),
     .help = "not on a terminal: end with the first command that fails"},
    PASSWORD_ROWS(settings, "warning"),
    CONNECT_ROWS(settings),
};

static int open_cluster(const settings *s, const char *password, cluster *c)
{
    swio_pool_opts opts = {
        .password = password,
        .user = s->login.user,
        .connect_timeout = s->login.timeout,
        .timeout = s->login.timeout,
        .connections = s->connections,
        .sim = {.proxy = s->target.proxy},
    };
    return cluster_open(c, &command_console, &opts);
}

/* Where the records of the calls go. */
typedef struct records {
    swio_metrics *metrics;
    swio_store *store; /* NULL: nowhere else */
} records;

/* On the loop's thread. A record that could not be kept is told when the store is closed. */
static void on_cdr(const swio_cdr *cdr, void *arg)
{
    records *r = arg;
    swio_metrics_add(r->metrics, cdr);
    if (r->store)
        swio_store_put(r->store, cdr);
}

static int run_console(const settings *s, cluster *c, records *r)
{
    return console_run(&(console_opts){
        .cmd = &command_console,
        .cluster = c,
        .target = &s->target,
        .timeout = s->login.timeout,
        .bail = s->bail,
        .metrics = r->metrics,
        .store = r->store,
        .dial = {.rate = s->rate,
                 .limit = s->limit,
                 .max_offered = s->max_offered,
                 .duration = s->duration,
                 .on_cdr = on_cdr,
                 .arg = r},
        .app = s->app,
    });
}

static int open_records(const settings *s, records *r)
{
    int error = swio_metrics_new(&r->metrics);
    if (!error && s->metrics_file)
        error = swio_store_open(s->metrics_file, NULL, &r->store);
    if (error == SWIO_EEXIST || error == SWIO_EINVAL)
        return usage_error(&command_console, "--metrics-file %s: %s", s->metrics_file,
                           swio_errmsg());
    return error ? say_failed(&command_console, STATUS_FAILED) : -1;
}

static int close_records(records *r, int status)
{
    if (swio_store_close(r->store)) {
        say_failed(&command_console, status);
        status = status == STATUS_DONE ? STATUS_FAILED : status;
    }
    swio_metrics_free(r->metrics);
    return status;
}

static int check_app(const settings *s)
{
    const swio_app *app;
    const char *params;
    int error = swio_app_parse(s->app, &app, &params);
    return error ? usage_error(&command_console, "--app %s: %s", s->app, swio_errmsg()) : -1;
}

static int run(const void *given, int count, char **operands)
{
    const settings *s = given;
    cluster c = {0};
    records r = {0};
    char room[LOGIN_PASSWORD_MAX];
    const char *password = NULL;
    int status = cluster_name(&c, &command_console, s->sim, count, operands);
    if (status < 0)
        status = check_app(s);
    if (status < 0)
        status = target_check(&command_console, &s->target);
    if (status < 0)
        status = login_prepare(&command_console, &s->login, room, &password);
    if (status < 0) {
        interrupt_start();
        status = open_cluster(s, password, &c);
    }
    if (status < 0)
        status = open_records(s, &r);
    if (status < 0)
        status = run_console(s, &c, &r);
    cluster_close(&c);
    return close_records(&r, status);
}

const command command_console = {
    .name = "console",
    .operands = "HOST[:PORT]… | --sim[=NODES]",
    .summary = "Give commands at a prompt: look at calls, offer some, ask the switches",
    .description =
        "Connects to every host and reads commands, one a line; 'help' lists them. On a terminal\n"
        "there is a prompt with a history, which $XDG_STATE_HOME/switchio/history (or\n"
        "~/.local/state/switchio/history) keeps, and Tab completes commands, apps and sessions;\n"
        "Ctrl-C gives up a line or a wait, Ctrl-D leaves. Else nothing but results is printed. A\n"
        "command that fails is named with its line, the next ones run all the same, and the exit\n"
        "status is 1; with --bail the first one ends it. What stands behind a # at the start of a\n"
        "line is a comment. At the end what was offered is hung up.\n",
    .example =
        "  switchio console 192.168.0.10 192.168.0.11\n"
        "  printf 'rate 10\\nlimit 20\\nstart 50\\nwait\\nmetrics\\n' | switchio console --sim\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .settings_size = sizeof(settings),
    .run = run,
};
