/* What remembering costs: bytes for a leg with all its events, and time for an event. */
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/blocks.h"
#include "esl/event.h"
#include "stream.h"
#include "track/track.h"

enum { FILES = 16, DEFAULT_PASSES = 200 };

static const char usage[] =
    "usage: history [--json] [--passes N] [FILE...]\n"
    "\n"
    "Feeds the events of recorded dialogues to the model N times (200), holds every session that it\n"
    "makes, and reports what a leg costs in memory, as the allocator counts it: the session with\n"
    "its history, its call, its place in the tables and its share of what sessions share; beside\n"
    "it the events as plain text. And the time of an event in the model.\n"
    "\n"
    "  FILE        streams; dial_TonePlay.bin, basic_call.bin, call_control.bin of tests/data\n"
    "  --passes N  how often\n"
    "  --json      one JSON object instead of a table\n";

typedef struct dialogue {
    swio_event **events;
    size_t count, cap;
} dialogue;

typedef struct result {
    const char *file;
    size_t legs, events; /* of one pass */
    double plain;        /* bytes a leg as text */
    double first, leg;   /* bytes a leg: of one pass alone, of many */
    double ns;           /* an event */
} result;

static void keep(swio_event *event, void *arg)
{
    dialogue *d = arg;
    if (d->count == d->cap) {
        d->cap = d->cap ? d->cap * 2 : 256;
        d->events = realloc(d->events, d->cap * sizeof(swio_event *));
        if (!d->events)
            stream_die("history", "out of memory");
    }
    d->events[d->count++] = swio_event_ref(event);
}

/* The size of an event as FreeSWITCH sends it. */
static size_t text_size(const swio_event *event)
{
    size_t size = 1;
    swio_raw_header header;
    for (size_t i = 0; swio_event_raw_header(event, i, &header); i++)
        size += header.name_len + header.value_len + sizeof ": \n" - 1;
    return size;
}

static size_t in_use(void)
{
    return mallinfo2().uordblks;
}

typedef struct pass {
    swio_session **held;
    size_t count;
    size_t text; /* bytes of the events of known sessions */
} pass;

static void feed_all(swio_track *track, const dialogue *d, pass *p)
{
    for (size_t i = 0; i < d->count; i++) {
        swio_change change = {0};
        if (swio_track_feed(track, d->events[i], 1, &change))
            stream_die("history", swio_errmsg());
        if (change.what & SWIO_SESSION_CREATED)
            p->held[p->count++] = swio_session_ref(change.session);
        if (change.session && !change.job)
            p->text += text_size(d->events[i]);
        swio_change_clear(&change);
    }
}

static swio_track *new_track(void)
{
    swio_track *track;
    if (swio_track_new(&(swio_track_opts){.host = "127.0.0.1", .call_header = SWIO_CALL_HEADER},
                       &track))
        stream_die("history", swio_errmsg());
    return track;
}

/* Holds the sessions of so many passes, and gives the bytes that came with them. */
static double bytes_for(const dialogue *d, unsigned passes, pass *p)
{
    swio_track *track = new_track();
    *p = (pass){.held = calloc(d->count * passes + 1, sizeof(swio_session *))};
    if (!p->held)
        stream_die("history", "out of memory");
    size_t before = in_use();
    for (unsigned i = 0; i < passes; i++)
        feed_all(track, d, p);
    double bytes = (double)(in_use() - before);
    for (size_t i = 0; i < p->count; i++)
        swio_session_unref(p->held[i]);
    free(p->held);
    swio_track_free(track);
    return bytes;
}

static double time_for(const dialogue *d, unsigned passes)
{
    swio_track *track = new_track();
    double start = stream_now();
    for (unsigned n = 0; n < passes; n++) {
        for (size_t i = 0; i < d->count; i++) {
            swio_change change = {0};
            if (swio_track_feed(track, d->events[i], 1, &change))
                stream_die("history", swio_errmsg());
            swio_change_clear(&change);
        }
    }
    double seconds = stream_now() - start;
    swio_track_free(track);
    return seconds / (double)passes / (double)d->count * 1e9;
}

static result measure(const char *path, unsigned passes)
{
    dialogue d = {0};
    size_t len;
    char *bytes = stream_load(path, &len);
    stream_read(bytes, len, keep, &d);
    free(bytes);
    const char *slash = strrchr(path, '/');
    result r = {.file = slash ? slash + 1 : path, .events = d.count};
    pass p;
    double one = bytes_for(&d, 1, &p);
    r.legs = p.count;
    if (r.legs == 0)
        stream_die(path, "no session in it");
    r.first = one / (double)r.legs;
    r.plain = (double)p.text / (double)r.legs;
    r.leg = bytes_for(&d, passes, &p) / (double)p.count;
    time_for(&d, passes / 4 + 1);
    r.ns = time_for(&d, passes);
    for (size_t i = 0; i < d.count; i++)
        swio_event_unref(d.events[i]);
    free(d.events);
    return r;
}

static void report(const result *results, size_t count, unsigned passes, bool json)
{
    if (json)
        printf("{\"benchmark\":\"history\",\"passes\":%u,\"files\":[", passes);
    else
        printf("%u passes; bytes of a leg\n%-20s %6s %7s %12s %12s %12s %10s\n", passes, "file",
               "legs", "events", "plain text", "first pass", "in memory", "ns/event");
    for (size_t i = 0; i < count; i++) {
        const result *r = &results[i];
        if (json)
            printf(
                "%s{\"file\":\"%s\",\"legs\":%zu,\"events\":%zu,\"plain_bytes_per_leg\":%.0f,"
                "\"first_pass_bytes_per_leg\":%.0f,\"bytes_per_leg\":%.0f,\"ns_per_event\":%.0f}",
                i ? "," : "", r->file, r->legs, r->events, r->plain, r->first, r->leg, r->ns);
        else
            printf("%-20s %6zu %7zu %12.0f %12.0f %12.0f %10.0f\n", r->file, r->legs, r->events,
                   r->plain, r->first, r->leg, r->ns);
    }
    if (json)
        puts("]}");
}

int main(int argc, char **argv)
{
    swio_blocks_keep(true); /* as the thread of a loop does */
    const char *files[FILES] = {BENCH_DATA "/dial_TonePlay.bin", BENCH_DATA "/basic_call.bin",
                                BENCH_DATA "/call_control.bin"};
    size_t given = 0, count = 3;
    unsigned passes = DEFAULT_PASSES;
    bool json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--passes") == 0 && i + 1 < argc) {
            passes = (unsigned)strtoul(argv[++i], NULL, 10);
        } else if (argv[i][0] != '-' && given < FILES) {
            files[given++] = argv[i];
        } else {
            bool asked = strcmp(argv[i], "--help") == 0;
            fputs(usage, asked ? stdout : stderr);
            return asked ? 0 : 2;
        }
    }
    if (passes == 0 || passes > 100000) {
        fputs("history: --passes wants a number from 1 to 100000\n", stderr);
        return 2;
    }
    count = given ? given : count;
    result results[FILES];
    for (size_t i = 0; i < count; i++)
        results[i] = measure(files[i], passes);
    report(results, count, passes, json);
    return 0;
}
