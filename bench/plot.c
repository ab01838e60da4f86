/* What a picture costs: the time from a file of call records to a plot. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/cdr.h>
#include <switchio/error.h>
#include <switchio/plot.h>
#include <switchio/store.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
    "usage: plot [--json] [--calls N]\n"
    "\n"
    "Keeps the records of N made-up calls (20,000) and draws them, as switchio plot does: reading\n"
    "the file, and drawing and writing the picture.\n"
    "\n"
    "  --calls N  how many calls\n"
    "  --json     one JSON object instead of a table\n";

#define EPOCH INT64_C(1795377600000000)

static void die(const char *what)
{
    fprintf(stderr, "plot: %s: %s\n", what, swio_errmsg());
    exit(1);
}

/* Numbers that look like chance and are the same in each run. */
static uint32_t noise(void)
{
    static uint32_t state = 1;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static int64_t tick(int64_t us)
{
    return us - us % 20000;
}

/* The nth call of 1,000 a second, each of 5 s. */
static void make_call(uint64_t n, swio_cdr *cdr)
{
    swio_cdr_init(cdr);
    cdr->number = n;
    cdr->outcome = noise() % 50 ? SWIO_OUTCOME_ANSWERED : SWIO_OUTCOME_FAILED;
    cdr->due_us = EPOCH + (int64_t)n * 1000;
    cdr->launch_us = cdr->due_us + 20 + noise() % 100;
    cdr->req_originate_us = cdr->launch_us + 500 + noise() % 4000;
    cdr->originate_us = cdr->caller.create_us = tick(cdr->launch_us);
    cdr->callee.create_us = tick(cdr->launch_us + 5000 + noise() % 9000);
    cdr->end_us = cdr->launch_us + 200000;
    if (cdr->outcome == SWIO_OUTCOME_ANSWERED) {
        cdr->answer_seen_us = cdr->launch_us + 20000 + noise() % 30000;
        cdr->callee.answer_us = tick(cdr->answer_seen_us - 9000);
        cdr->caller.answer_us = tick(cdr->answer_seen_us);
        cdr->end_us = cdr->answer_seen_us + 5000000;
    }
    cdr->rate = 1000;
    cdr->limit = 20000;
    cdr->duration = 5;
    cdr->erlangs = n < 5000 ? n : 5000;
    cdr->active_sessions = cdr->erlangs * 2;
}

static void make_records(const char *path, uint64_t calls)
{
    swio_store *store;
    swio_cdr cdr;
    /* They come faster than a disk takes them. */
    if (swio_store_open(path, &(swio_store_opts){.memory = (size_t)calls * 2048}, &store))
        die("making the records");
    for (uint64_t n = 1; n <= calls; n++) {
        make_call(n, &cdr);
        if (swio_store_put(store, &cdr))
            die("keeping a record");
    }
    if (swio_store_close(store))
        die("keeping the records");
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int pass(const swio_cdr *cdr, void *arg)
{
    (void)cdr;
    (void)arg;
    return 0;
}

static double seconds_of(const char *records, const char *picture)
{
    double start = now();
    if (picture ? swio_plot(records, picture, NULL) : swio_cdr_read(records, pass, NULL))
        die(picture ? "drawing" : "reading");
    return now() - start;
}

static void measure(const char *directory, uint64_t calls, int json)
{
    static const char *const kinds[] = {"csv", "db"};
    char records[256], picture[256];
    snprintf(picture, sizeof picture, "%s/plot.png", directory);
    if (json)
        printf("{\"calls\": %" PRIu64, calls);
    for (size_t i = 0; i < 2; i++) {
        snprintf(records, sizeof records, "%s/calls.%s", directory, kinds[i]);
        make_records(records, calls);
        double read = seconds_of(records, NULL), all = seconds_of(records, picture);
        if (json)
            printf(", \"%s\": {\"read_s\": %.4f, \"plot_s\": %.4f}", kinds[i], read, all);
        else
            printf("%" PRIu64 " calls, .%s: %.3f s to read, %.3f s to read and draw\n", calls,
                   kinds[i], read, all);
        unlink(records);
    }
    if (json)
        puts("}");
    unlink(picture);
}

int main(int argc, char **argv)
{
    uint64_t calls = 20000;
    int json = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = 1;
        } else if (strcmp(argv[i], "--calls") == 0 && i + 1 < argc) {
            calls = strtoull(argv[++i], NULL, 10);
        } else {
            int help = strcmp(argv[i], "--help") == 0;
            fputs(usage, help ? stdout : stderr);
            return help ? 0 : 2;
        }
    }
    char directory[] = "/tmp/bench_plot_XXXXXX";
    if (!mkdtemp(directory)) {
        perror("plot: /tmp");
        return 1;
    }
    measure(directory, calls, json);
    rmdir(directory);
    return 0;
}
