/*
 * Every command of the recorded transcript against the simulator: the same replies, byte for byte
 * but for what no two runs have in common. What is taken for equal:
 *  - uuids, but for the one that the commands name;
 *  - digits in the replies to the commands of `counted`: times, idle shares, task ids;
 *  - the name of the host.
 * Towards its end the recording has events where the replies were still to come: those are compared
 * by their names and the names of their headers, in order.
 * labels: threaded
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "captures.h"
#include "support/cmocka.h"
#include "support/peer.h"
#include "switchio/sim.h"

static const char separator[] = "\n----\n";
static const char fixed_uuid[] = "11111111-1111-4111-8111-111111111111";

static const char *const counted[] = {"api status", "api uptime s",
                                      "api sched_api +100 none status"};

enum { TEXT = 8192, EVENTS = 16 };

/* What was recorded, block for block. */
typedef struct block {
    char command[512]; /* "" of what came after the last one */
    swio_frame frame;
} block;

/* The frame as one text: headers but for the length, and the body. */
static void text_of(const swio_event *event, char to[TEXT])
{
    size_t at = 0, len;
    for (size_t i = 0; i < swio_event_header_count(event); i++) {
        const char *name = swio_event_header_name(event, i);
        const char *value = swio_event_header_value(event, i, &len);
        if (strcmp(name, "Content-Length") != 0)
            at += (size_t)snprintf(to + at, TEXT - at, "%s: %s\n", name, value);
        assert_true(at < TEXT);
    }
    const char *body = swio_event_body(event, &len);
    assert_true(len < TEXT - at - 1);
    snprintf(to + at, TEXT - at, "\n%.*s", (int)len, body ? body : "");
}

/* The length of the uuid at `text`, or 0. */
static size_t uuid_at(const char *text)
{
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return 0;
    }
    return strncmp(text, fixed_uuid, 36) == 0 ? 0 : 36;
}

/* Masks uuids, and where `digits`, every number and the s of a plural. In place: it only gets
 * shorter. */
static void mask(char *text, bool digits)
{
    char *to = text;
    while (*text) {
        size_t skip = uuid_at(text);
        if (!skip && digits)
            skip = strspn(text, "0123456789");
        bool plural = digits && *text == 's' && strchr(",\n", text[1]);
        if (skip)
            *to++ = '#';
        else if (!plural)
            *to++ = *text;
        text += skip ? skip : 1;
    }
    *to = '\0';
}

static bool is_counted(const char *command)
{
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++)
        if (strcmp(command, counted[i]) == 0)
            return true;
    return false;
}

/* The commands of a block, without their arrows; returns what follows them. */
static char *read_command(char *at, char command[512])
{
    *command = '\0';
    while (strncmp(at, ">>> ", 4) == 0) {
        char *end = strchr(at, '\n');
        size_t used = strlen(command);
        snprintf(command + used, 512 - used, "%s%.*s", used ? "\n" : "", (int)(end - at - 4),
                 at + 4);
        at = end + 1;
    }
    return at;
}

/* The next block of the transcript; false at its end. */
static bool next_block(char **at, block *b)
{
    size_t used;
    swio_reader *reader;
    char *end = strstr(*at, separator), *after = end ? end + strlen(separator) : NULL;
    if (!end) /* the last one has no separator behind it */
        after = end = *at + strlen(*at);
    if (end == *at)
        return false;
    char *bytes = read_command(*at, b->command);
    assert_int_equal(swio_reader_new(NULL, &reader), 0);
    size_t len = (size_t)(end - bytes) + (*end != '\0');
    assert_int_equal(swio_reader_feed(reader, bytes, len, &used, &b->frame), 1);
    swio_reader_free(reader);
    *at = after;
    return true;
}

static void compare_reply(peer *p, const block *b)
{
    char expected[TEXT], got[TEXT];
    text_of(b->frame.event, expected);
    text_of(peer_reply(p), got);
    if (strcmp(b->command, "api hostname") == 0)
        return;
    mask(expected, is_counted(b->command));
    mask(got, is_counted(b->command));
    size_t same = 0;
    while (expected[same] && expected[same] == got[same])
        same++;
    if (expected[same] != got[same])
        fail_msg("reply to %s: recorded is \"%.80s\", simulated \"%.80s\"", b->command,
                 expected + same, got + same);
}

static void compare_event(const swio_event *recorded, const swio_event *simulated)
{
    assert_string_equal(swio_event_name(simulated), swio_event_name(recorded));
    for (size_t i = 0; i < swio_event_header_count(recorded); i++)
        assert_string_equal(swio_event_header_name(simulated, i),
                            swio_event_header_name(recorded, i));
    assert_int_equal(swio_event_header_count(simulated), swio_event_header_count(recorded));
}

/* The switch that was recorded had had one call before, to where nobody is. */
static void make_like_recorded(peer *p)
{
    assert_string_equal(peer_ask(p, "api originate sofia/external/1@127.0.0.1:9 &park()"),
                        "-ERR NORMAL_TEMPORARY_FAILURE\n");
}

static void replies_are_those_of_the_recording(void **state)
{
    (void)state;
    swio_sim *sim;
    peer admin, p;
    block b;
    size_t len, commands = 0, events = 0, at = 0;
    char *text = load_capture("api_transcript.txt", &len), *next = text;
    assert_int_equal(swio_sim_start(&(swio_sim_opts){.nodes = 2}, &sim), 0);
    peer_login(&admin, swio_sim_contact(sim, 1), NULL);
    make_like_recorded(&admin);
    peer_open(&p, swio_sim_contact(sim, 1));
    while (next_block(&next, &b)) {
        if (*b.command)
            peer_send(&p, "%s\n\n", b.command);
        commands += *b.command != '\0';
        if (b.frame.kind == SWIO_FRAME_EVENT) {
            compare_event(b.frame.event, peer_event(&p, &at, NULL, NULL));
            events++;
        } else if (*b.command) {
            compare_reply(&p, &b);
        }
        swio_event_unref(b.frame.event);
    }
    assert_int_equal(commands, 78);
    assert_int_equal(events, 5);
    peer_close(&p);
    peer_close(&admin);
    swio_sim_stop(sim);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_are_those_of_the_recording),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
