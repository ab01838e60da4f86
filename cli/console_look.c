/* What is there: the switches, their calls and sessions, and what they answer. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/log.h>
#include <switchio/session_commands.h>
#include <time.h>

#include "cli/commands.h"
#include "cli/console_state.h"

enum { CALLS_SHOWN = 20 };

/* "@2" or "@HOST:PORT": the number of a node, or -1 with the sentence said. */
static int find_node(console *c, const char *who, const char *word, size_t len)
{
    const cluster *switches = c->opts.cluster;
    char name[128], *end;
    snprintf(name, sizeof name, "%.*s", (int)len, word);
    unsigned long n = strtoul(name, &end, 10);
    if (*name && !*end && n >= 1 && n <= switches->count)
        return (int)n - 1;
    for (size_t i = 0; i < switches->count; i++) {
        const swio_client *client = swio_pool_client(switches->pool, i);
        if (strcmp(name, swio_client_contact(client)) == 0 ||
            strcmp(name, swio_client_host(client)) == 0)
            return (int)i;
    }
    return console_error(c, who, "there is no node @%s: 'nodes' lists them", name);
}

static int ask(console *c, size_t node, const char *text)
{
    swio_client *client = swio_pool_client(c->opts.cluster->pool, node);
    swio_event *reply = NULL;
    int result = 0;
    if (c->opts.cluster->count > 1)
        printf("%s:\n", swio_client_contact(client));
    if (swio_client_api(client, text, c->opts.timeout, &reply))
        result = console_failed(c, "api");
    else
        print_answer(swio_event_body(reply, NULL));
    swio_event_unref(reply);
    return result;
}

int console_api(console *c, int count, const char **words)
{
    const char *text = words[0];
    size_t first = 0, end = c->opts.cluster->count;
    int result = 0;
    (void)count;
    if (*text == '@') {
        size_t len = strcspn(text + 1, " \t");
        int node = find_node(c, "api", text + 1, len);
        if (node < 0)
            return -1;
        text += 1 + len;
        text += strspn(text, " \t");
        first = (size_t)node;
        end = first + 1;
    }
    if (!*text)
        return console_error(c, "api", "a command is missing: 'api status', for example");
    for (size_t i = first; i < end && !console_stopped(c); i++)
        if (ask(c, i, text))
            result = -1;
    return result;
}

/* Until now: its own uptime ends with its newest event. By the clock here where it was seen to
 * begin; that of the switch may be another. */
static double age_of(const swio_session *session)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t begun = swio_session_time_us(session, SWIO_TIME_REQ_ORIGINATE);
    if (!begun)
        begun = swio_session_time_us(session, SWIO_TIME_CREATE);
    double age = (double)now.tv_sec + (double)now.tv_nsec / 1e9 - (double)begun / 1e6;
    return fmax(age, swio_session_uptime(session));
}

static void print_session(swio_session *session, const char *indent)
{
    char text[128];
    swio_session_format(session, text, sizeof text);
    printf("%s%s app=%s age=%.1f\n", indent, text, swio_session_appname(session), age_of(session));
}

static void print_call(swio_call *call)
{
    char text[128];
    swio_session *session;
    swio_call_format(call, text, sizeof text);
    puts(text);
    for (size_t i = 0; (session = swio_call_session(call, i)); i++) {
        print_session(session, "  ");
        swio_session_unref(session);
    }
}

/* The calls of one node, as far as they are among the first `most`; *shown goes up. */
static int print_calls(console *c, size_t node, uint64_t most, uint64_t *shown)
{
    swio_call **calls = NULL;
    size_t count = 0;
    if (swio_listener_calls(swio_pool_listener(c->opts.cluster->pool, node), &calls, &count))
        return console_failed(c, "calls");
    for (size_t i = 0; i < count && *shown < most; i++, ++*shown)
        print_call(calls[i]);
    swio_calls_free(calls);
    return 0;
}

int console_calls(console *c, int count, const char **words)
{
    uint64_t most = CALLS_SHOWN, shown = 0;
    swio_pool *pool = c->opts.cluster->pool;
    int result = 0;
    if (count) {
        char *end;
        most = strtoull(words[0], &end, 10);
        if (*end || *words[0] == '-')
            return console_error(c, "calls", "'%s' is not a whole number", words[0]);
    }
    for (size_t i = 0; !result && i < c->opts.cluster->count; i++)
        result = print_calls(c, i, most, &shown);
    size_t calls = swio_pool_count_calls(pool);
    if (calls > shown)
        printf("… and %zu more: 'calls %zu' shows them all\n", calls - (size_t)shown, calls);
    printf("%zu calls, %zu sessions\n", calls, swio_pool_count_sessions(pool));
    return result;
}

/* The session whose uuid begins so, if there is but one; *several where there are more. */
static swio_session *find_by_start(swio_listener *listener, const char *start, bool *several)
{
    swio_session **sessions = NULL, *found = NULL;
    size_t count = 0, len = strlen(start);
    if (swio_listener_sessions(listener, &sessions, &count))
        return NULL;
    for (size_t i = 0; i < count && !*several; i++)
        if (strncmp(swio_session_uuid(sessions[i]), start, len) == 0) {
            *several = found != NULL;
            if (!found)
                found = swio_session_ref(sessions[i]);
        }
    swio_sessions_free(sessions);
    return found;
}

/* The session that is meant, or NULL with the sentence said. */
static swio_session *find_session(console *c, const char *who, const char *uuid)
{
    swio_pool *pool = c->opts.cluster->pool;
    swio_session *found = NULL;
    bool several = false;
    for (size_t i = 0; !found && i < swio_pool_size(pool); i++)
        found = swio_listener_session(swio_pool_listener(pool, i), uuid);
    for (size_t i = 0; !found && !several && i < swio_pool_size(pool); i++)
        found = find_by_start(swio_pool_listener(pool, i), uuid, &several);
    if (several) {
        found = swio_session_unref(found);
        console_error(c, who, "several sessions begin with '%s': give more of it", uuid);
    } else if (!found) {
        console_error(c, who, "no session '%s' is up: 'calls' lists them", uuid);
    }
    return found;
}

static int print_headers(console *c, swio_session *session, int count, const char **names)
{
    int result = 0;
    for (int i = 0; i < count; i++) {
        const char *value = swio_session_get(session, names[i]);
        if (value)
            printf("%s: %s\n", names[i], value);
        else
            result = console_error(c, "session", "no event of %s had a header %s",
                                   swio_session_uuid(session), names[i]);
    }
    return result;
}

static void print_seconds(const char *what, int64_t from_us, int64_t to_us)
{
    if (from_us && to_us)
        printf("%-12s after %.2f s\n", what, (double)(to_us - from_us) / 1e6);
}

static void print_whole(swio_session *session)
{
    static const struct {
        const char *what, *header;
    } rows[] = {
        {"state", "Channel-State"},           {"name", "Channel-Name"},
        {"from", "Caller-Caller-ID-Number"},  {"to", "Caller-Destination-Number"},
        {"codec", "Channel-Read-Codec-Name"},
    };
    char text[128];
    int64_t create = swio_session_time_us(session, SWIO_TIME_CREATE);
    swio_call *call = swio_session_call(session);
    print_session(session, "");
    if (call) {
        swio_call_format(call, text, sizeof text);
        printf("%-12s %s\n", "call", text);
        swio_call_unref(call);
    }
    printf("%-12s %s\n", "host", swio_session_host(session));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *value = swio_session_get(session, rows[i].header);
        if (value)
            printf("%-12s %s\n", rows[i].what, value);
    }
    print_seconds("answered", create, swio_session_time_us(session, SWIO_TIME_ANSWER));
    print_seconds("hung up", create, swio_session_time_us(session, SWIO_TIME_HANGUP));
    if (swio_session_cause(session))
        printf("%-12s %s\n", "cause", swio_session_cause(session));
    printf("%-12s %zu, the newest %s\n", "events", swio_session_event_count(session),
           swio_session_event_get(session, 0, "Event-Name"));
}

int console_session(console *c, int count, const char **words)
{
    swio_session *session = find_session(c, "session", words[0]);
    int result = 0;
    if (!session)
        return -1;
    if (count > 1)
        result = print_headers(c, session, count - 1, words + 1);
    else
        print_whole(session);
    swio_session_unref(session);
    return result;
}

int console_hangup(console *c, int count, const char **words)
{
    swio_session *session = find_session(c, "hangup", words[0]);
    if (!session)
        return -1;
    int error = swio_session_hangup(session, count > 1 ? words[1] : NULL, c->opts.timeout);
    swio_session_unref(session);
    return error && error != SWIO_ECANCELED ? console_failed(c, "hangup") : 0;
}

/* Of the calls that are offered here: a switch knows of their legs, and of others. */
int console_nodes(console *c, int count, const char **words)
{
    const cluster *switches = c->opts.cluster;
    (void)count, (void)words;
    printf("%-4s %-22s %-22s %-5s %8s %8s %9s %9s %9s %6s\n", "node", "event socket", "sip",
           "state", "calls", "sessions", "offered", "answered", "failed", "lost");
    for (size_t i = 0; i < switches->count; i++) {
        swio_listener *listener = swio_pool_listener(switches->pool, i);
        swio_client *client = swio_pool_client(switches->pool, i);
        bool up = swio_listener_running(listener) && swio_client_connected(client);
        swio_originator_node_counts n = {0};
        if (c->originator)
            swio_originator_node_at(c->originator, i, &n);
        printf("@%-3zu %-22s %-22s %-5s %8zu %8zu %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %6" PRIu64
               "\n",
               i + 1, swio_client_contact(client),
               switches->sip_addresses[i] ? switches->sip_addresses[i] : "-", up ? "up" : "lost",
               swio_listener_count_calls(listener), swio_listener_count_sessions(listener),
               n.offered, n.answered, n.failed, n.lost);
    }
    return 0;
}

int console_log(console *c, int count, const char **words)
{
    static const char *const names[] = {"error", "warning", "info", "debug", "trace"};
    swio_log_level level;
    if (!count) {
        puts(names[swio_log_get_level()]);
        return 0;
    }
    if (swio_log_level_by_name(words[0], &level))
        return console_failed(c, "log");
    swio_log_set_level(level);
    return 0;
}
