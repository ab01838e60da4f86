/* What call records cost: putting them, measuring them, writing and reading them. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/metrics.h>
#include <switchio/store.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
    "usage: records [--json] [--rate N] [--seconds N] [--directory DIR]\n"
    "\n"
    "Puts call records at a steady rate into a CSV store and into an SQLite store, and adds them to\n"
    "metrics, as a dialer's loop does at the end of each call. Reports what a put costs the thread\n"
    "that does it (median, 99th and 99.9th percentile, and the worst), what an add costs, how many\n"
    "records a second are written when they come as fast as they are taken, and how many are read.\n"
    "\n"
    "  --rate N         records a second (1000)\n"
    "  --seconds N      of the steady run (5)\n"
    "  --directory DIR  where the files go, and are removed from (/tmp)\n"
    "  --json           one JSON object instead of a table\n";

typedef struct options {
    bool json;
    double rate, seconds;
    const char *directory;
} options;

typedef struct results {
    double put_p50, put_p99, put_p999, put_max; /* nanoseconds */
    double add;                                 /* nanoseconds, mean */
    double written, read;                       /* records a second */
    double bytes;                               /* of a record in the file */
} results;

static void die(const char *what)
{
    fprintf(stderr, "records: %s: %s\n", what, swio_errmsg());
    exit(1);
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void make_record(swio_cdr *cdr, uint64_t n)
{
    int64_t due = INT64_C(1795377600000000) + (int64_t)n * 1000;
    swio_cdr_init(cdr);
    cdr->number = n;
    cdr->outcome = SWIO_OUTCOME_ANSWERED;
    snprintf(cdr->app, sizeof cdr->app, "TonePlay");
    snprintf(cdr->node, sizeof cdr->node, "127.0.0.1:8021");
    cdr->due_us = due;
    cdr->launch_us = due + 12;
    cdr->req_originate_us = due + 1200 + (int64_t)(n % 500);
    cdr->answer_seen_us = due + 42000 + (int64_t)(n % 5000);
    cdr->end_us = due + 5060000 + (int64_t)(n % 1000);
    cdr->originate_us = due + 20000;
    snprintf(cdr->caller.uuid, sizeof cdr->caller.uuid, "5b2e1f0a-7a41-4c8e-9d13-%012x",
             (unsigned)n);
    snprintf(cdr->callee.uuid, sizeof cdr->callee.uuid, "c3d0a6b2-1f52-4b7d-8e44-%012x",
             (unsigned)n);
    snprintf(cdr->caller.cause, sizeof cdr->caller.cause, "NORMAL_CLEARING");
    snprintf(cdr->callee.cause, sizeof cdr->callee.cause, "NORMAL_CLEARING");
    cdr->caller.create_us = due + 20000;
    cdr->callee.create_us = due + 40000;
    cdr->caller.answer_us = cdr->callee.answer_us = due + 60000;
    cdr->caller.hangup_us = cdr->callee.hangup_us = due + 5060000;
    cdr->caller.mos = cdr->callee.mos = 4.5;
    cdr->caller.jitter_ms = cdr->callee.jitter_ms = (double)(n % 97) / 10;
    cdr->caller.packet_loss = cdr->callee.packet_loss = 0;
    cdr->active_sessions = 10000;
    cdr->erlangs = 5000;
    cdr->rate = 1000;
    cdr->limit = 20000;
    cdr->duration = 5;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void wait_until(int64_t deadline)
{
    struct timespec t = {.tv_sec = (time_t)(deadline / 1000000000),
                         .tv_nsec = deadline % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL))
        ;
}

/* At the rate that was asked for. */
static void put_steadily(const options *o, const char *path, results *r)
{
    size_t count = (size_t)(o->rate * o->seconds);
    int64_t *costs = malloc(count * sizeof *costs), added = 0;
    swio_metrics *metrics;
    swio_store *store;
    swio_cdr cdr;
    if (!costs || swio_store_open(path, NULL, &store) || swio_metrics_new(&metrics))
        die(path);
    int64_t start = now();
    for (size_t i = 0; i < count; i++) {
        make_record(&cdr, i + 1);
        wait_until(start + (int64_t)((double)i * 1e9 / o->rate));
        int64_t before = now();
        if (swio_store_put(store, &cdr))
            die(path);
        int64_t between = now();
        swio_metrics_add(metrics, &cdr);
        costs[i] = between - before;
        added += now() - between;
    }
    if (swio_store_close(store))
        die(path);
    swio_metrics_free(metrics);
    qsort(costs, count, sizeof *costs, by_size);
    r->put_p50 = (double)costs[(size_t)((double)count * 0.5)];
    r->put_p99 = (double)costs[(size_t)((double)count * 0.99)];
    r->put_p999 = (double)costs[(size_t)((double)count * 0.999)];
    r->put_max = (double)costs[count - 1];
    r->add = (double)added / (double)count;
    free(costs);
}

static int count_one(const swio_cdr *cdr, void *arg)
{
    (void)cdr;
    ++*(uint64_t *)arg;
    return 0;
}

enum { MANY = 100000 };

/* As fast as it can be written, and read. */
static void put_at_once(const char *path, results *r)
{
    swio_store *store;
    struct stat file;
    uint64_t count = 0;
    swio_cdr cdr;
    int64_t start = now();
    if (swio_store_open(path, &(swio_store_opts){.memory = (size_t)1 << 30}, &store))
        die(path);
    for (uint64_t n = 1; n <= MANY; n++) {
        make_record(&cdr, n);
        if (swio_store_put(store, &cdr))
            die(path);
    }
    if (swio_store_close(store))
        die(path);
    int64_t written = now();
    if (swio_cdr_read(path, count_one, &count) || count != MANY)
        die(path);
    int64_t read = now();
    r->written = MANY * 1e9 / (double)(written - start);
    r->read = MANY * 1e9 / (double)(read - written);
    r->bytes = stat(path, &file) ? NAN : (double)file.st_size / MANY;
}

static results measure(const options *o, const char *end)
{
    char path[512];
    results r = {0};
    snprintf(path, sizeof path, "%s/records.%ld%s", o->directory, (long)getpid(), end);
    put_steadily(o, path, &r);
    unlink(path);
    put_at_once(path, &r);
    unlink(path);
    return r;
}

static options read_options(int argc, char **argv)
{
    options o = {.rate = 1000, .seconds = 5, .directory = "/tmp"};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            o.json = true;
        } else if (strcmp(argv[i], "--rate") == 0 && i + 1 < argc) {
            o.rate = atof(argv[++i]);
        } else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            o.seconds = atof(argv[++i]);
        } else if (strcmp(argv[i], "--directory") == 0 && i + 1 < argc) {
            o.directory = argv[++i];
        } else {
            bool help = strcmp(argv[i], "--help") == 0;
            fputs(usage, help ? stdout : stderr);
            exit(help ? 0 : 2);
        }
    }
    if (!(o.rate > 0) || !(o.rate * o.seconds >= 1)) {
        fputs(usage, stderr);
        exit(2);
    }
    return o;
}

static void print_json(const char *name, const results *r, const char *end)
{
    printf("\"%s\":{\"put_p50_ns\":%.0f,\"put_p99_ns\":%.0f,\"put_p999_ns\":%.0f,"
           "\"put_max_ns\":%.0f,\"add_ns\":%.0f,\"written_per_s\":%.0f,\"read_per_s\":%.0f,"
           "\"bytes_per_record\":%.1f}%s",
           name, r->put_p50, r->put_p99, r->put_p999, r->put_max, r->add, r->written, r->read,
           r->bytes, end);
}

static void print_row(const char *name, const results *r)
{
    printf("%-8s %8.0f %8.0f %8.0f %9.0f %8.0f %11.0f %11.0f %7.0f\n", name, r->put_p50, r->put_p99,
           r->put_p999, r->put_max, r->add, r->written, r->read, r->bytes);
}

int main(int argc, char **argv)
{
    options o = read_options(argc, argv);
    results csv = measure(&o, ".csv"), database = measure(&o, ".db");
    if (o.json) {
        printf("{\"rate\":%g,\"seconds\":%g,", o.rate, o.seconds);
        print_json("csv", &csv, ",");
        print_json("sqlite", &database, "}\n");
        return 0;
    }
    printf("%g records a second for %g s, then %d at once; nanoseconds of the thread that puts\n\n",
           o.rate, o.seconds, MANY);
    printf("%-8s %8s %8s %8s %9s %8s %11s %11s %7s\n", "", "put p50", "p99", "p99.9", "max", "add",
           "written/s", "read/s", "bytes");
    print_row("CSV", &csv);
    print_row("SQLite", &database);
    return 0;
}
