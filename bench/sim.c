/* How many calls the simulator sets up, how many it holds, and what each costs. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/sim.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/uuid.h"
#include "esl/reader.h"
#include "loop/loop.h"

static const char usage[] =
    "usage: sim [--json] [--calls N] [--window N]\n"
    "\n"
    "Starts a simulated FreeSWITCH and drives it from another thread of this process through two\n"
    "sockets, one for commands and one for the events that a dialer subscribes to. Each call is an\n"
    "originate, an answer when the called leg parks, and done when its BACKGROUND_JOB has come. No\n"
    "call ends before all are up; then all are hung up at once. The load generator has a core of its\n"
    "own where there is one, so the figure that tells what one core of the simulator does is calls a\n"
    "second of the processor time of its thread.\n"
    "\n"
    "  --calls N    calls, of two channels each (25000)\n"
    "  --window N   calls in the making at a time (500)\n"
    "  --json       one JSON object instead of a table\n";

static const char events[] = "CHANNEL_CREATE CHANNEL_ORIGINATE CHANNEL_ANSWER CHANNEL_PARK "
                             "CHANNEL_HANGUP CHANNEL_DESTROY CALL_UPDATE BACKGROUND_JOB";

/* One socket with what is read from it. */
typedef struct side {
    int fd;
    swio_reader *reader;
    swio_buf out;
    size_t replies;
} side;

typedef struct run {
    side commands, events;
    size_t calls, window;
    size_t offered, up, failed, down;
    uint64_t seen, bytes;
} run;

typedef struct result {
    double setup_wall, setup_cpu, end_wall, end_cpu;
    uint64_t channels, events, bytes;
    double bytes_per_channel;
} result;

static void die(const char *what)
{
    fprintf(stderr, "sim: %s\n", what);
    exit(1);
}

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

/* Resident memory of the process. */
static double resident(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%*d %ld", &pages) != 1)
        die("/proc/self/statm cannot be read");
    fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void connect_side(side *s, const char *contact)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    to.sin_port = htons((uint16_t)atoi(strrchr(contact, ':') + 1));
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&to, sizeof to))
        die(strerror(errno));
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (swio_reader_new(NULL, &s->reader))
        die(swio_errmsg());
    swio_buf_puts(&s->out, "auth ClueCon\n\n"
                           "api fsctl sps 1000000\n\napi fsctl max_sessions 1000000\n\n");
}

static void offer(run *r)
{
    swio_uuid uuid = swio_uuid_new();
    swio_buf_printf(&r->commands.out,
                    "bgapi originate {originate_timeout=60,origination_caller_id_name=Mr_switchio,"
                    "origination_caller_id_number=1112223333,originator_codec=PCMU,"
                    "origination_uuid=%s,ignore_display_updates=true,ignore_early_media=true,"
                    "sip_h_X-switchio_originating_session=%s,sip_h_X-switchio_app=TonePlay}"
                    "sofia/external/bench@127.0.0.1:5080 &park()\nJob-UUID: %s\n\n",
                    uuid.text, uuid.text, uuid.text);
    r->offered++;
}

static void take_event(run *r, swio_event *event)
{
    const char *name = swio_event_name(event);
    r->seen++;
    if (strcmp(name, "CHANNEL_PARK") == 0) {
        const char *direction = swio_event_get(event, "Call-Direction");
        if (direction && strcmp(direction, "inbound") == 0)
            swio_buf_printf(&r->commands.out, "bgapi uuid_answer %s\n\n",
                            swio_event_get(event, "Unique-ID"));
    } else if (strcmp(name, "CHANNEL_DESTROY") == 0) {
        r->down++;
    } else if (strcmp(name, "BACKGROUND_JOB") == 0) {
        if (strcmp(swio_event_get(event, "Job-Command"), "originate") != 0)
            return;
        if (strncmp(swio_event_body(event, NULL), "+OK", 3) == 0)
            r->up++;
        else
            r->failed++;
    }
}

static void read_side(run *r, side *s)
{
    static char bytes[256 * 1024];
    ssize_t n = recv(s->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n == 0)
        die("the simulator closed the connection");
    if (n < 0)
        return;
    r->bytes += (uint64_t)n;
    for (size_t at = 0; at < (size_t)n;) {
        size_t used;
        swio_frame frame;
        int got = swio_reader_feed(s->reader, bytes + at, (size_t)n - at, &used, &frame);
        if (got < 0)
            die(swio_errmsg());
        at += used;
        if (got == 0)
            break;
        if (frame.kind == SWIO_FRAME_EVENT)
            take_event(r, frame.event);
        else
            s->replies++;
        swio_event_unref(frame.event);
    }
}

static void write_side(side *s)
{
    if (!s->out.len)
        return;
    ssize_t n = send(s->fd, s->out.data, s->out.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0)
        swio_buf_consume(&s->out, (size_t)n);
}

static void turn(run *r)
{
    struct pollfd fds[] = {{.fd = r->commands.fd, .events = POLLIN},
                           {.fd = r->events.fd, .events = POLLIN}};
    if (r->commands.out.len)
        fds[0].events |= POLLOUT;
    if (r->events.out.len)
        fds[1].events |= POLLOUT;
    poll(fds, 2, 1000);
    read_side(r, &r->commands);
    read_side(r, &r->events);
    write_side(&r->commands);
    write_side(&r->events);
}

/* What the loop's thread tells about itself. */
typedef struct about {
    pthread_t thread;
    sem_t told;
} about;

static void tell_thread(void *arg)
{
    about *a = arg;
    a->thread = pthread_self();
    sem_post(&a->told);
}

static clockid_t clock_of(swio_loop *loop)
{
    about a;
    clockid_t clock;
    sem_init(&a.told, 0, 0);
    if (swio_loop_post(loop, tell_thread, &a))
        die(swio_errmsg());
    sem_wait(&a.told);
    if (pthread_getcpuclockid(a.thread, &clock))
        die("the processor time of a thread is not to be had here");
    return clock;
}

static void log_in(run *r, const char *contact)
{
    connect_side(&r->commands, contact);
    connect_side(&r->events, contact);
    swio_buf_puts(&r->commands.out, "api fsctl verbose_events true\n\n");
    swio_buf_printf(&r->events.out, "event plain %s\n\n", events);
    while (r->commands.replies < 3 || r->events.replies < 3)
        turn(r);
}

static result measure(run *r)
{
    swio_sim *sim;
    swio_loop *loop;
    swio_sim_counts counts;
    result res;
    if (swio_loop_new(&loop) || swio_sim_start(&(swio_sim_opts){.loop = loop}, &sim))
        die(swio_errmsg());
    clockid_t cpu = clock_of(loop);
    log_in(r, swio_sim_contact(sim, 0));
    double memory = resident(), wall = now(), used = seconds_of(cpu);
    while (r->up + r->failed < r->calls) {
        while (r->offered < r->calls && r->offered - r->up - r->failed < r->window)
            offer(r);
        turn(r);
    }
    res.setup_wall = now() - wall;
    res.setup_cpu = seconds_of(cpu) - used;
    swio_sim_count(sim, &counts);
    res.channels = counts.channels_live;
    res.bytes_per_channel = (resident() - memory) / (double)res.channels;
    res.events = r->seen;
    res.bytes = r->bytes;
    wall = now();
    used = seconds_of(cpu);
    swio_buf_puts(&r->commands.out, "bgapi hupall NORMAL_CLEARING\n\n");
    while (r->down < res.channels)
        turn(r);
    res.end_wall = now() - wall;
    res.end_cpu = seconds_of(cpu) - used;
    swio_sim_stop(sim);
    swio_loop_unref(loop);
    return res;
}

static void report(const run *r, const result *res, bool json)
{
    double calls = (double)r->up;
    const struct {
        const char *key, *text;
        double value;
    } rows[] = {
        {"calls", "calls set up", calls},
        {"failed", "calls failed", (double)r->failed},
        {"live_channels", "channels live at once", (double)res->channels},
        {"bytes_per_channel", "bytes of memory a channel", res->bytes_per_channel},
        {"setup_calls_per_cpu_second", "set up a second of its processor time",
         calls / res->setup_cpu},
        {"setup_calls_per_second", "set up a second, driven from this process",
         calls / res->setup_wall},
        {"end_calls_per_cpu_second", "ended a second of its processor time", calls / res->end_cpu},
        {"end_calls_per_second", "ended a second", calls / res->end_wall},
        {"events", "events received until all were up", (double)res->events},
        {"megabytes", "megabytes (1e6) received until then", (double)res->bytes / 1e6},
    };
    size_t count = sizeof rows / sizeof rows[0];
    if (json)
        printf("{\"benchmark\":\"sim\"");
    for (size_t i = 0; i < count; i++)
        if (json)
            printf(",\"%s\":%.0f", rows[i].key, rows[i].value);
        else
            printf("%12.0f  %s\n", rows[i].value, rows[i].text);
    if (json)
        printf("}\n");
}

static size_t number(const char *option, const char *text)
{
    char *end;
    unsigned long n = text ? strtoul(text, &end, 10) : 0;
    if (!n || *end) {
        fprintf(stderr, "sim: %s wants a whole number above 0\n", option);
        exit(2);
    }
    return n;
}

int main(int argc, char **argv)
{
    run r = {.calls = 25000, .window = 500};
    bool json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--calls") == 0) {
            r.calls = number("--calls", argv[++i]);
        } else if (strcmp(argv[i], "--window") == 0) {
            r.window = number("--window", argv[++i]);
        } else {
            bool help = strcmp(argv[i], "--help") == 0;
            fputs(usage, help ? stdout : stderr);
            return help ? 0 : 2;
        }
    }
    result res = measure(&r);
    report(&r, &res, json);
    return r.failed ? 1 : 0;
}
