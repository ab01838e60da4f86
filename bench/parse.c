/* How fast events are read: framing, indexing and reading twelve headers of each. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/event.h>
#include <time.h>

#include "base/blocks.h"
#include "esl/reader.h"

/* What an originator looks at. */
static const char *const headers[] = {
    "Event-Name",
    "Unique-ID",
    "Event-Date-Timestamp",
    "Channel-Call-UUID",
    "Answer-State",
    "Call-Direction",
    "Hangup-Cause",
    "variable_sip_h_X-switchio_app",
    "Caller-Destination-Number",
    "Event-Subclass",
    "Job-UUID",
    "variable_call_uuid",
};
enum { HEADERS = sizeof headers / sizeof headers[0] };
enum { RUNS = 9, PIECE = 64 << 10 };

static const char usage[] =
    "usage: parse [--json] [--file FILE] [--mb N]\n"
    "\n"
    "Repeats a recorded Event Socket stream up to N million bytes (60) in memory, feeds it to the\n"
    "reader, and reads 12 headers of each event. Reports the median of 9 runs, fed whole and in\n"
    "pieces of 64 KiB, as events and gigabytes (1e9) a second of one core (CPU time).\n"
    "\n"
    "  --file FILE  the stream; the 20 calls of tests/data/burst20_plain.bin\n"
    "  --mb N       how much of it; it always ends with a whole copy\n"
    "  --json       one JSON object instead of a table\n";

typedef struct stream {
    char *bytes;
    size_t len;
} stream;

typedef struct tally {
    size_t events;
    size_t found; /* headers */
    double seconds;
} tally;

typedef struct result {
    double seconds; /* the median */
    double fastest;
    size_t events;
    size_t found;
} result;

static void die(const char *what)
{
    fprintf(stderr, "parse: %s\n", what);
    exit(1);
}

/* The file as often as fits into `bytes`, at least once. */
static stream load(const char *path, size_t bytes)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) {
        fprintf(stderr, "parse: %s: %s\n", path, strerror(errno));
        exit(1);
    }
    size_t len = (size_t)ftell(f);
    rewind(f);
    if (len == 0)
        die("the file is empty");
    size_t copies = bytes / len ? bytes / len : 1;
    stream s = {.bytes = malloc(copies * len), .len = copies * len};
    if (!s.bytes)
        die("out of memory");
    if (fread(s.bytes, 1, len, f) != len)
        die("the file cannot be read");
    fclose(f);
    for (size_t i = 1; i < copies; i++)
        memcpy(s.bytes + i * len, s.bytes, len);
    return s;
}

/* Time of this thread on a core, so that a busy machine does not count. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void look_at(const swio_event *event, tally *t)
{
    t->events++;
    for (size_t i = 0; i < HEADERS; i++)
        t->found += swio_event_get(event, headers[i]) != NULL;
}

static tally run(const stream *s, size_t piece)
{
    tally t = {0};
    swio_reader *reader;
    if (swio_reader_new(NULL, &reader))
        die(swio_errmsg());
    double start = now();
    for (size_t at = 0; at < s->len;) {
        size_t width = s->len - at < piece ? s->len - at : piece;
        for (size_t end = at + width; at < end;) {
            size_t used;
            swio_frame frame;
            int got = swio_reader_feed(reader, s->bytes + at, end - at, &used, &frame);
            if (got < 0)
                die(swio_errmsg());
            at += used;
            if (got == 0)
                break;
            if (frame.kind == SWIO_FRAME_EVENT)
                look_at(frame.event, &t);
            swio_event_unref(frame.event);
        }
    }
    t.seconds = now() - start;
    swio_reader_free(reader);
    return t;
}

static int by_seconds(const void *a, const void *b)
{
    double x = ((const tally *)a)->seconds, y = ((const tally *)b)->seconds;
    return (x > y) - (x < y);
}

static result measure(const stream *s, size_t piece)
{
    tally runs[RUNS];
    run(s, piece); /* touches every page */
    for (int i = 0; i < RUNS; i++)
        runs[i] = run(s, piece);
    qsort(runs, RUNS, sizeof runs[0], by_seconds);
    return (result){runs[RUNS / 2].seconds, runs[0].seconds, runs[0].events, runs[0].found};
}

static void report(const stream *s, const result *whole, const result *pieces, bool json)
{
    const struct {
        const char *name, *key;
        const result *r;
    } rows[] = {{"whole", "whole", whole}, {"64 KiB pieces", "pieces_64k", pieces}};
    if (json)
        printf("{\"benchmark\":\"parse\",\"bytes\":%zu,\"events\":%zu,\"headers_read\":%d,"
               "\"headers_found\":%zu,\"runs\":%d",
               s->len, whole->events, HEADERS, whole->found, RUNS);
    else
        printf("%zu events, %zu bytes; %d headers read of each; median of %d runs\n"
               "%-16s %14s %10s %14s\n",
               whole->events, s->len, HEADERS, RUNS, "fed", "events/s", "GB/s", "best events/s");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double events = (double)rows[i].r->events, seconds = rows[i].r->seconds;
        double rate = events / seconds, best = events / rows[i].r->fastest;
        double gigabytes = (double)s->len / seconds / 1e9;
        if (json)
            printf(",\"%s\":{\"events_per_s\":%.0f,\"gb_per_s\":%.3f,\"best_events_per_s\":%.0f}",
                   rows[i].key, rate, gigabytes, best);
        else
            printf("%-16s %14.0f %10.3f %14.0f\n", rows[i].name, rate, gigabytes, best);
    }
    if (json)
        puts("}");
}

int main(int argc, char **argv)
{
    swio_blocks_keep(true); /* as the thread of a loop does */
    const char *file = BENCH_DATA "/burst20_plain.bin";
    double megabytes = 60;
    bool json = false;
    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--file") == 0 && has_value) {
            file = argv[++i];
        } else if (strcmp(argv[i], "--mb") == 0 && has_value) {
            megabytes = strtod(argv[++i], NULL);
        } else {
            bool asked = strcmp(argv[i], "--help") == 0;
            fputs(usage, asked ? stdout : stderr);
            return asked ? 0 : 2;
        }
    }
    if (!(megabytes > 0 && megabytes <= 100000)) {
        fputs("parse: --mb wants a number of megabytes above 0\n", stderr);
        return 2;
    }
    stream s = load(file, (size_t)(megabytes * 1e6));
    result whole = measure(&s, s.len), pieces = measure(&s, PIECE);
    report(&s, &whole, &pieces, json);
    free(s.bytes);
    return 0;
}
