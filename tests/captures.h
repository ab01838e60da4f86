/* The recorded streams of tests/data, for the tests that feed them to the reader. */
#ifndef TESTS_CAPTURES_H
#define TESTS_CAPTURES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct capture {
    const char *name;
    unsigned frames; /* counted by another program than ours */
} capture;

/* Every byte that a switch sent, to a client or to a listener it called. */
static const capture captures[] = {
    {"basic_call.bin", 58},          {"basic_call_json.bin", 60},
    {"basic_call_xml.bin", 58},      {"bridge.bin", 107},
    {"burst20_plain.bin", 1010},     {"call_control.bin", 272},
    {"dial_Bert.bin", 51},           {"dial_CalleeBlockOnInvite.bin", 32},
    {"dial_CalleeRingback.bin", 52}, {"dial_DtmfChecker.bin", 62},
    {"dial_TonePlay.bin", 43},       {"outbound_async_full.bin", 23},
    {"outbound_sync.bin", 2},        {"reject.bin", 44},
    {"ring_hangup.bin", 72},         {"two_nodes.bin", 31},
    {"two_nodes.peer.bin", 31},
};
enum { CAPTURES = sizeof captures / sizeof captures[0] };

/* The whole file, to be released with free(); the program ends without it. */
static inline char *load_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        abort();
    }
    fseek(f, 0, SEEK_END);
    *len = (size_t)ftell(f);
    rewind(f);
    char *bytes = malloc(*len + 1);
    if (!bytes || fread(bytes, 1, *len, f) != *len)
        abort();
    bytes[*len] = '\0';
    fclose(f);
    return bytes;
}

static inline char *load_capture(const char *name, size_t *len)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", TEST_DATA, name);
    return load_file(path, len);
}

#endif
