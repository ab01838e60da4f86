#include "cli/console.h"

#include <switchio/apps.h>
#include <switchio/error.h>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/login.h"
#include "cli/records.h"

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
     .value = "APP[/K=V,…]",
     .standard = "TonePlay",
     ROW(app),
     .help = "what 'start' gives the calls to where nothing was loaded: a name of switchio "
             "list-apps, or FILE.so[:NAME], of a shared object"},
    CLUSTER_ROWS(settings, "4", ""),
    {.name = "bail",
     .kind = OPTION_FLAG,
     ROW(bail),
     .help = "not on a terminal: end with the first command that fails"},
    PASSWORD_ROWS(settings, "warning"),
    CONNECT_ROWS(settings),
};

/* On the loop's thread. */
static void on_cdr(const swio_cdr *cdr, void *arg)
{
    records_add(arg, cdr);
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
        status = records_open(&r, &command_console, s->metrics_file);
    }
    if (status < 0)
        status =
            cluster_open(&c, &command_console,
                         &(cluster_opts){&s->login, password, s->target.proxy, s->connections});
    if (status < 0)
        status = run_console(s, &c, &r);
    cluster_close(&c);
    if (!records_close(&r, &command_console) && status == STATUS_DONE)
        status = STATUS_FAILED;
    records_free(&r);
    return status;
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
