/* How fast a FreeSWITCH is followed: recorded bytes through the reader into the model. */
#include <stdbool.h>
#include <stdint.h>

#include "base/blocks.h"
#include "stream.h"
#include "track/track.h"

enum { RUNS = 5 };

static const char usage[] =
    "usage: track [--json] [--file FILE] [--mb N]\n"
    "\n"
    "Feeds a recorded Event Socket stream, up to N million bytes of it (60), from memory through\n"
    "the reader into the model of a FreeSWITCH: sessions with their whole history, calls, jobs,\n"
    "counters. Reports the median of 5 runs as events a second of one core, and beside it the\n"
    "reader alone.\n"
    "\n"
    "  --file FILE  the stream; the 20 calls of tests/data/burst20_plain.bin\n"
    "  --mb N       how much of it; it always ends with a whole copy\n"
    "  --json       one JSON object instead of a table\n";

typedef struct run {
    swio_track *track; /* NULL: the reader alone */
    size_t events;
    size_t sessions;
} run;

static void take(swio_event *event, void *arg)
{
    run *r = arg;
    r->events++;
    if (!r->track)
        return;
    swio_change change = {0};
    if (swio_track_feed(r->track, event, 1, &change))
        stream_die("track", swio_errmsg());
    r->sessions += (change.what & SWIO_SESSION_DESTROYED) != 0;
    swio_change_clear(&change);
}

static double one_run(const char *bytes, size_t len, size_t copies, bool model, run *r)
{
    *r = (run){0};
    if (model && swio_track_new(&(swio_track_opts){.call_header = SWIO_CALL_HEADER}, &r->track))
        stream_die("track", swio_errmsg());
    double start = stream_now();
    for (size_t i = 0; i < copies; i++)
        stream_read(bytes, len, take, r);
    double seconds = stream_now() - start;
    swio_track_free(r->track);
    return seconds;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median, in seconds. */
static double measure(const char *bytes, size_t len, size_t copies, bool model, run *r)
{
    double seconds[RUNS];
    one_run(bytes, len, 1, model, r);
    for (int i = 0; i < RUNS; i++)
        seconds[i] = one_run(bytes, len, copies, model, r);
    qsort(seconds, RUNS, sizeof seconds[0], by_size);
    return seconds[RUNS / 2];
}

int main(int argc, char **argv)
{
    swio_blocks_keep(true); /* as the thread of a loop does */
    const char *file = BENCH_DATA "/burst20_plain.bin";
    double megabytes = 60;
    bool json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--file") == 0 && i + 1 < argc) {
            file = argv[++i];
        } else if (strcmp(argv[i], "--mb") == 0 && i + 1 < argc) {
            megabytes = strtod(argv[++i], NULL);
        } else {
            bool asked = strcmp(argv[i], "--help") == 0;
            fputs(usage, asked ? stdout : stderr);
            return asked ? 0 : 2;
        }
    }
    if (!(megabytes > 0 && megabytes <= 100000)) {
        fputs("track: --mb wants a number of megabytes above 0\n", stderr);
        return 2;
    }
    size_t len;
    char *bytes = stream_load(file, &len);
    if (len == 0)
        stream_die(file, "is empty");
    size_t copies = (size_t)(megabytes * 1e6) / len;
    copies = copies ? copies : 1;
    run alone, model;
    double alone_s = measure(bytes, len, copies, false, &alone);
    double model_s = measure(bytes, len, copies, true, &model);
    double events = (double)model.events, sessions = (double)model.sessions;
    printf(
        json ? "{\"benchmark\":\"track\",\"bytes\":%zu,\"events\":%zu,\"sessions\":%zu,\"runs\":%d,"
               "\"events_per_s\":%.0f,\"sessions_per_s\":%.0f,\"reader_events_per_s\":%.0f,"
               "\"model_ns_per_event\":%.0f}\n"
             : "%zu bytes, %zu events, %zu sessions; median of %d runs\n"
               "reader and model  %12.0f events/s %10.0f sessions/s\n"
               "reader alone      %12.0f events/s\n"
               "model             %12.0f ns an event\n",
        len * copies, model.events, model.sessions, RUNS, events / model_s, sessions / model_s,
        events / alone_s, (model_s - alone_s) / events * 1e9);
    free(bytes);
    return 0;
}
