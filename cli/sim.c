#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <switchio/error.h>
#include <switchio/sim.h>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/login.h"

enum { NODES_MAX = 64 };

typedef struct settings {
    login login;
    uint64_t nodes;
    uint64_t port;
    const char *address;
    const char *proxy;
    bool answer;
    double fail_share;
    const char *fail_causes;
    double reply_delay;
    double lose_events;
    uint64_t split;
    uint64_t drop_after;
    uint64_t stall_after;
    bool refuse, silent, garbage;
} settings;

static const option_row options[] = {
    {.name = "nodes",
     .letter = 'n',
     .kind = OPTION_COUNT,
     .value = "N",
     .standard = "1",
     .min = 1,
     .max = NODES_MAX,
     .at = offsetof(settings, nodes),
     .help = "switches to simulate, each on its own port"},
    {.name = "port",
     .kind = OPTION_COUNT,
     .value = "PORT",
     .standard = "8021",
     .max = 65535,
     .at = offsetof(settings, port),
     .help = "of the first node's Event Socket, the others follow; 0: the kernel chooses"},
    {.name = "address",
     .kind = OPTION_TEXT,
     .value = "ADDRESS",
     .standard = "127.0.0.1",
     .at = offsetof(settings, address),
     .help = "to listen on"},
    {.name = "proxy",
     .kind = OPTION_TEXT,
     .value = "HOST:PORT",
     .at = offsetof(settings, proxy),
     .help = "address of a simulated proxy, which sends calls on to the node that they name"},
    {.name = "answer",
     .kind = OPTION_FLAG,
     .at = offsetof(settings, answer),
     .help = "the dialplan answers inbound calls, instead of only parking them"},
    {.name = "fail-share",
     .kind = OPTION_NUMBER,
     .value = "SHARE",
     .max = 1,
     .at = offsetof(settings, fail_share),
     .help = "of the calls that fail, 0 to 1"},
    {.name = "fail-causes",
     .kind = OPTION_TEXT,
     .value = "CAUSE,…",
     .at = offsetof(settings, fail_causes),
     .help = "with which they fail, in turn; USER_BUSY"},
    {.name = "reply-delay",
     .kind = OPTION_NUMBER,
     .value = "SECONDS",
     .max = 3600,
     .at = offsetof(settings, reply_delay),
     .help = "before each reply"},
    {.name = "lose-events",
     .kind = OPTION_NUMBER,
     .value = "SHARE",
     .max = 1,
     .at = offsetof(settings, lose_events),
     .help = "of the events that are not sent, 0 to 1"},
    {.name = "split",
     .kind = OPTION_COUNT,
     .value = "BYTES",
     .at = offsetof(settings, split),
     .help = "send in pieces of so many bytes"},
    {.name = "drop-after",
     .kind = OPTION_COUNT,
     .value = "BYTES",
     .at = offsetof(settings, drop_after),
     .help = "close each connection after so many bytes"},
    {.name = "stall-after",
     .kind = OPTION_COUNT,
     .value = "BYTES",
     .at = offsetof(settings, stall_after),
     .help = "stop sending on each connection after so many bytes"},
    {.name = "refuse",
     .kind = OPTION_FLAG,
     .at = offsetof(settings, refuse),
     .help = "turn every connection away, as the ACL of a switch does"},
    {.name = "silent",
     .kind = OPTION_FLAG,
     .at = offsetof(settings, silent),
     .help = "accept connections and never say a word"},
    {.name = "garbage",
     .kind = OPTION_FLAG,
     .at = offsetof(settings, garbage),
     .help = "speak something else than the Event Socket protocol"},
    PASSWORD_ROWS(settings, "warning"),
};

static void wake(void *arg)
{
    sem_post(arg);
}

/* Until Ctrl-C: it is the orderly end of a simulator. */
static void serve(swio_sim *sim)
{
    sem_t end;
    sem_init(&end, 0, 0);
    for (size_t i = 0; i < swio_sim_nodes(sim); i++)
        printf("Node %zu: Event Socket at %s, SIP external at %s, internal at %s\n", i + 1,
               swio_sim_contact(sim, i), swio_sim_sip_address(sim, i, "external"),
               swio_sim_sip_address(sim, i, "internal"));
    fflush(stdout);
    interrupt_on(wake, &end);
    while (sem_wait(&end))
        continue;
    interrupt_on(NULL, NULL);
    sem_destroy(&end);
}

static int run(const void *given, int count, char **operands)
{
    const settings *s = given;
    char room[LOGIN_PASSWORD_MAX];
    const char *password;
    uint16_t ports[NODES_MAX] = {0};
    if (count)
        return usage_error(&command_sim, "'%s' is too much: it takes no arguments", operands[0]);
    if (s->port && s->port + s->nodes - 1 > 65535)
        return usage_error(&command_sim, "--port %llu: there is no room for %llu nodes behind it",
                           (unsigned long long)s->port, (unsigned long long)s->nodes);
    int status = login_prepare(&command_sim, &s->login, room, &password);
    if (status >= 0)
        return status;
    for (size_t i = 0; i < s->nodes && s->port; i++)
        ports[i] = (uint16_t)(s->port + i);

    swio_sim *sim;
    swio_sim_opts opts = {
        .nodes = s->nodes,
        .address = s->address,
        .ports = ports,
        .password = password,
        .proxy = s->proxy,
        .answer = s->answer,
        .faults = {.refuse = s->refuse,
                   .silent = s->silent,
                   .garbage = s->garbage,
                   .reply_delay = s->reply_delay,
                   .split = s->split,
                   .drop_after = s->drop_after,
                   .stall_after = s->stall_after,
                   .lose_events = s->lose_events,
                   .fail_share = s->fail_share,
                   .fail_causes = s->fail_causes},
    };
    interrupt_start();
    int error = swio_sim_start(&opts, &sim);
    if (error)
        return say_failed(&command_sim, login_status(error));
    serve(sim);
    swio_sim_stop(sim);
    return STATUS_DONE;
}

const command command_sim = {
    .name = "sim",
    .operands = "",
    .summary = "Simulate FreeSWITCHes, until Ctrl-C",
    .description =
        "Each node is an Event Socket server that behaves as FreeSWITCH does on the wire,\n"
        "with calls to itself and to the other nodes. It can misbehave on purpose.\n",
    .example = "  switchio sim --nodes 2 --port 8021\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .settings_size = sizeof(settings),
    .run = run,
};
