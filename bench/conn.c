/* How fast commands are pipelined over a connection, against a server that only echoes. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/connection.h>
#include <switchio/error.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 9, MAX_THREADS = 64, CHUNK = 64 << 10 };

static const char usage[] =
    "usage: conn [--json] [--commands N] [--threads N] [--host HOST[:PORT]]\n"
    "\n"
    "Sends `api uptime` over one connection and counts the replies: in one thread, each command\n"
    "when the one before was answered; in one thread, as fast as they are taken; and so in several\n"
    "threads. The server is a thread of this program that answers without looking. Reports the\n"
    "median of 9 runs.\n"
    "\n"
    "  --commands N  of one run (100000; a hundredth of them one after the other)\n"
    "  --threads N   that send at once (4)\n"
    "  --host HOST   a FreeSWITCH instead, with the password ClueCon\n"
    "  --json        one JSON object instead of a table\n";

static void die(const char *what)
{
    fprintf(stderr, "conn: %s\n", what);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the server ---- */

static const char greeting[] = "Content-Type: auth/request\n\n";
static const char welcome[] = "Content-Type: command/reply\nReply-Text: +OK accepted\n\n";
static const char answer[] = "Content-Type: api/response\nContent-Length: 6\n\n123456";

static bool send_whole(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n < 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* An answer for each empty line; nothing of a command but that is looked at. */
static void serve_one(int fd)
{
    static char in[CHUNK], out[CHUNK / 2 * sizeof answer];
    bool line_end = false, known = false;
    ssize_t n;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    send_whole(fd, greeting, sizeof greeting - 1);
    while ((n = recv(fd, in, sizeof in, 0)) > 0) {
        size_t len = 0;
        for (ssize_t i = 0; i < n; i++) {
            if (line_end && in[i] == '\n') {
                size_t size = known ? sizeof answer - 1 : sizeof welcome - 1;
                memcpy(out + len, known ? answer : welcome, size);
                len += size;
                known = true;
            }
            line_end = in[i] == '\n' && !line_end;
        }
        if (!send_whole(fd, out, len))
            return;
    }
}

static void *serve(void *arg)
{
    int listener = *(int *)arg, fd;
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        serve_one(fd);
        close(fd);
    }
    return NULL;
}

/* Its thread ends with the program. */
static void start_server(char *contact, size_t size)
{
    static int listener;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof at;
    pthread_t thread = {0};
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&at, len) || listen(listener, 8) ||
        getsockname(listener, (struct sockaddr *)&at, &len) ||
        pthread_create(&thread, NULL, serve, &listener))
        die("the server cannot start");
    pthread_detach(thread);
    snprintf(contact, size, "127.0.0.1:%u", (unsigned)ntohs(at.sin_port));
}

/* ---- the client ---- */

typedef struct sender {
    swio_conn *conn;
    long commands;
} sender;

static atomic_long replies, failures;

static void on_reply(swio_conn *conn, int error, const char *sentence, swio_event *reply, void *arg)
{
    (void)conn, (void)sentence, (void)reply, (void)arg;
    if (error)
        atomic_fetch_add(&failures, 1);
    atomic_fetch_add(&replies, 1);
}

static void *send_all(void *arg)
{
    static const char command[] = "api uptime\n\n";
    sender *s = arg;
    for (long sent = 0; sent < s->commands;) {
        int error = swio_conn_send(s->conn, command, sizeof command - 1, 60, on_reply, NULL);
        if (error == SWIO_ELIMIT)
            swio_sleep(0.0005); /* so many are under way already */
        else if (error)
            die(swio_errmsg());
        else
            sent++;
    }
    return NULL;
}

/* Commands a second, sent by so many threads at once. */
static double run_pipelined(swio_conn *conn, long commands, long threads)
{
    pthread_t ids[MAX_THREADS];
    sender s = {conn, commands / threads};
    atomic_store(&replies, 0);
    double start = now();
    for (long i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, send_all, &s))
            die("no thread");
    for (long i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    while (atomic_load(&replies) < s.commands * threads)
        swio_sleep(0.0002);
    return (double)(s.commands * threads) / (now() - start);
}

static double run_one_by_one(swio_conn *conn, long commands, long threads)
{
    (void)threads;
    commands = commands / 100 + 1;
    double start = now();
    for (long i = 0; i < commands; i++)
        if (swio_conn_api(conn, "uptime", 60, NULL))
            die(swio_errmsg());
    return (double)commands / (now() - start);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef double run_fn(swio_conn *conn, long commands, long threads);

typedef struct result {
    double median, best;
} result;

static result measure(const char *contact, run_fn *run, long commands, long threads)
{
    double rates[RUNS];
    for (int i = 0; i < RUNS; i++) {
        swio_conn *conn;
        if (swio_conn_new(contact, NULL, &conn) || swio_conn_connect(conn))
            die(swio_errmsg());
        rates[i] = run(conn, commands, threads);
        swio_conn_unref(conn);
    }
    if (atomic_load(&failures))
        die("a command failed");
    qsort(rates, RUNS, sizeof rates[0], by_value);
    return (result){rates[RUNS / 2], rates[RUNS - 1]};
}

static void report(const char *contact, long commands, long threads, bool json)
{
    const struct {
        const char *name, *key;
        run_fn *run;
        long threads;
    } rows[] = {{"one by one", "one_by_one", run_one_by_one, 1},
                {"pipelined", "pipelined", run_pipelined, 1},
                {"by threads", "by_threads", run_pipelined, threads}};
    if (json)
        printf("{\"benchmark\":\"conn\",\"commands\":%ld,\"threads\":%ld,\"runs\":%d", commands,
               threads, RUNS);
    else
        printf("%ld commands, %ld threads; median of %d runs\n%-12s %14s %14s\n", commands, threads,
               RUNS, "sent", "commands/s", "best");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        result r = measure(contact, rows[i].run, commands, rows[i].threads);
        if (json)
            printf(",\"%s\":{\"commands_per_s\":%.0f,\"best_commands_per_s\":%.0f}", rows[i].key,
                   r.median, r.best);
        else
            printf("%-12s %14.0f %14.0f\n", rows[i].name, r.median, r.best);
    }
    if (json)
        puts("}");
}

int main(int argc, char **argv)
{
    char own[40];
    const char *contact = NULL;
    long commands = 100000, threads = 4;
    bool json = false;
    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--host") == 0 && has_value) {
            contact = argv[++i];
        } else if (strcmp(argv[i], "--commands") == 0 && has_value) {
            commands = strtol(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--threads") == 0 && has_value) {
            threads = strtol(argv[++i], NULL, 10);
        } else {
            bool asked = strcmp(argv[i], "--help") == 0;
            fputs(usage, asked ? stdout : stderr);
            return asked ? 0 : 2;
        }
    }
    if (threads < 1 || threads > MAX_THREADS || commands < threads) {
        fputs("conn: --threads wants 1 to 64, and --commands at least as many\n", stderr);
        return 2;
    }
    if (!contact) {
        start_server(own, sizeof own);
        contact = own;
    }
    report(contact, commands, threads, json);
    return 0;
}
