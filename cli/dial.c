#include "cli/dial.h"

#include <string.h>
#include <switchio/log.h>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"

#define ROW(field) .at = offsetof(dial_settings, field)
static const option_row options[] = {
    TARGET_ROWS(dial_settings),
    LOAD_ROWS(dial_settings),
    {.name = "max-offered",
     .letter = 'm',
     .kind = OPTION_COUNT,
     .value = "CALLS",
     .min = 1,
     ROW(max_offered),
     .help = "calls to place, then the run ends (default: none, until Ctrl-C)"},
    {.name = "stages",
     .kind = OPTION_TEXT,
     .value = "TIME:CPS,…",
     .alternative = "rate",
     ROW(stages),
     .help = "in place of --rate: within each time the rate goes to this, from 0 on, as in "
             "30s:10,5m:100,30s:0; then the run ends"},
    {.name = "arrivals",
     .kind = OPTION_TEXT,
     .value = "HOW",
     .standard = "uniform",
     ROW(arrivals),
     .help = "how calls come: uniform, at equal distances; poisson, by chance, as of many "
             "independent callers"},
    {.name = "seed",
     .kind = OPTION_COUNT,
     .value = "NUMBER",
     .min = 1,
     ROW(seed),
     .help = "of the chance of poisson: the same gives the same (default: another each time)"},
    {.name = "app",
     .letter = 'a',
     .kind = OPTION_TEXTS,
     .value = "APP[/K=V,…][:WEIGHT]",
     ROW(apps),
     .help =
         "what happens in the calls, its parameters, and its share beside other apps: a name of "
         "switchio list-apps, or FILE.so[:NAME], of a shared object (default: Bert where every switch has mod_bert, else TonePlay)"},
    CLUSTER_ROWS(dial_settings, NULL, " (default: by the rate)"),
    {.name = "expect",
     .letter = 'e',
     .kind = OPTION_TEXTS,
     .value = "CRITERION",
     ROW(expects),
     .help = "what the run must come to, as 'asr>=0.99' or 'p95(call_setup_latency)<200ms'; the "
             "exit status is 1 where it does not"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .alternative = "interactive",
     ROW(json),
     .help = "the result as one JSON document"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     ROW(quiet),
     .help = "nothing but the result; the log says no more than warnings"},
    {.name = "no-panel",
     .kind = OPTION_FLAG,
     ROW(no_panel),
     .help = "lines on a terminal, too, as they are elsewhere"},
    {.name = "interactive",
     .letter = 'i',
     .kind = OPTION_FLAG,
     ROW(interactive),
     .help = "a prompt with the run in hand, as switchio console has it: 'start' begins"},
    PASSWORD_ROWS(dial_settings, "info"),
    CONNECT_ROWS(dial_settings),
};

static void on_interrupt(void *arg)
{
    dial_run *r = arg;
    if (!r->on_panel)
        fprintf(stderr, "\nswitchio dial: hanging up; once more leaves at once\n");
    swio_originator_hupall(r->originator);
}

/* Calls that are up are left to the switches; their records and the result are not lost. */
static void on_second_interrupt(void *arg)
{
    dial_run *r = arg;
    swio_originator_shutdown(r->originator, 0);
}

/* The run is over and its result on the way: the first time does not cut it short. */
static void on_late_interrupt(void *unused)
{
    (void)unused;
}

static void say_start(const dial_run *r)
{
    char text[256];
    bool lines = !r->s->quiet && !r->s->json && !r->on_panel;
    swio_log_line(SWIO_LOG_INFO, __FILE__, __LINE__,
                  "Starting load test for server %s at %gcps using %zu slaves",
                  target_server(&r->s->target, &r->cluster), dial_peak(r), r->cluster.count);
    swio_originator_format(r->originator, text, sizeof text);
    if (lines)
        puts(text);
}

static int dial(dial_run *r)
{
    r->began = host_time_now();
    if (r->s->interactive)
        return dial_prompt(r);
    say_start(r);
    int error = swio_originator_start(r->originator);
    if (error)
        return say_failed(&command_dial, login_status(error));
    bool on_panel = r->on_panel && terminal_begin();
    interrupt_on(on_interrupt, r);
    interrupt_twice(on_second_interrupt, r);
    (on_panel ? dial_panel : dial_watch)(r);
    terminal_end();
    interrupt_on(on_late_interrupt, NULL);
    interrupt_twice(on_late_interrupt, NULL);
    dial_unload(r);
    int status = dial_result(r);
    interrupt_on(NULL, NULL);
    return status;
}

/* --quiet and a prompt lower what the log says by itself. */
static login login_of(const dial_settings *s)
{
    login l = s->login;
    if ((s->quiet || s->interactive) && strcmp(l.loglevel, "info") == 0)
        l.loglevel = "warning";
    return l;
}

static int run(const void *given, int count, char **operands)
{
    dial_run r = {.s = given};
    r.max_offered = r.s->max_offered;
    char room[LOGIN_PASSWORD_MAX];
    login l = login_of(r.s);
    int status = cluster_name(&r.cluster, &command_dial, r.s->sim, count, operands);
    if (status < 0)
        status = dial_check(&r);
    if (status < 0)
        status = login_prepare(&command_dial, &l, room, &r.password);
    if (status < 0) {
        r.on_panel = !r.s->interactive && !r.s->no_panel && !r.s->quiet && !r.s->json &&
                     terminal_is_capable();
        interrupt_start();
        status = dial_open(&r);
    }
    if (status < 0)
        status = dial(&r);
    dial_close(&r);
    return status;
}

const command command_dial = {
    .name = "dial",
    .operands = "HOST[:PORT]… | --sim[=NODES]",
    .summary = "Offer calls to a device under test, and tell what became of them",
    .description =
        "Connects to every host, finds the SIP address of the profile on each, and places calls\n"
        "from all of them in turn, at a steady rate or in stages. Each answered call is hung up by\n"
        "the switch after the duration. Ctrl-C stops offering and hangs up; twice leaves at once.\n"
        "On a terminal a panel follows the run, and keys change it: + and - the rate, ] and [ the\n"
        "limit, p pauses, s stops, h hangs up, q quits once the calls have ended, or at once.\n",
    .example = "  switchio dial 192.168.0.10 192.168.0.11 --proxy dut.example.org --rate 10 \\\n"
               "      --limit 100 --max-offered 1000\n"
               "  switchio dial --sim --rate 1 --limit 1 --max-offered 1\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .settings_size = sizeof(dial_settings),
    .run = run,
};
