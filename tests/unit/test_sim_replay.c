/*
 * The recorded dialogues against the simulator: the same commands, issued at the same points, give
 * the same events of each leg in the same order, with the same headers in the same order.
 * labels: threaded
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "captures.h"
#include "sim/clock.h"
#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/peer.h"
#include "support/wait.h"
#include "switchio/sim.h"

/* A series of frames that have an order among themselves: of one leg, or of what has no leg. */
typedef struct series {
    char id[64]; /* Unique-ID; "" of replies; "API", "BACKGROUND_JOB" of those */
    size_t frames[512];
    size_t count;
} series;

/* All series of a stream, in the order in which they began. */
typedef struct story {
    const swio_frame *frames;
    series list[64];
    size_t count;
} story;

/* What a recording has and a run need not: the time of day decides about it. */
static bool is_noise(const swio_frame *frame)
{
    if (frame->kind != SWIO_FRAME_EVENT)
        return frame->kind == SWIO_FRAME_AUTH_REQUEST ||
               frame->kind == SWIO_FRAME_DISCONNECT_NOTICE;
    const char *name = swio_event_name(frame->event);
    return strcmp(name, "HEARTBEAT") == 0 || strcmp(name, "RE_SCHEDULE") == 0;
}

static const char *series_id(const swio_frame *frame)
{
    if (frame->kind != SWIO_FRAME_EVENT)
        return "";
    const char *id = swio_event_get(frame->event, "Unique-ID");
    return id ? id : swio_event_name(frame->event);
}

static series *find_series(story *s, const char *id)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->list[i].id, id) == 0)
            return &s->list[i];
    assert_true(s->count < sizeof s->list / sizeof s->list[0]);
    series *new = &s->list[s->count++];
    *new = (series){.count = 0};
    snprintf(new->id, sizeof new->id, "%s", id);
    return new;
}

static void tell(story *s, const swio_frame *frames, size_t count)
{
    *s = (story){.frames = frames};
    for (size_t i = 0; i < count; i++) {
        if (is_noise(&frames[i]))
            continue;
        series *one = find_series(s, series_id(&frames[i]));
        assert_true(one->count < sizeof one->frames / sizeof one->frames[0]);
        one->frames[one->count++] = i;
    }
}

static bool is_leg(const series *one)
{
    return strlen(one->id) == 36;
}

/* The series of `s` that stands for the nth leg, or has the id of something that is no leg. */
static series *counterpart(story *s, const story *of, const series *one)
{
    if (!is_leg(one))
        return find_series(s, one->id);
    size_t place = 0, i;
    for (i = 0; &of->list[i] != one; i++)
        place += is_leg(&of->list[i]);
    for (i = 0; i < s->count; i++)
        if (is_leg(&s->list[i]) && place-- == 0)
            return &s->list[i];
    return NULL;
}

/* A recording: its frames and where they end, the commands and when they were sent. */
typedef struct recording {
    char *bytes, *sent;
    size_t len, sent_len;
    swio_frame frames[1200];
    size_t ends[1200]; /* bytes up to the end of each frame */
    size_t count;
} recording;

static void load_recording(recording *r, const char *name)
{
    char file[128];
    swio_reader *reader;
    snprintf(file, sizeof file, "%s.bin", name);
    r->bytes = load_capture(file, &r->len);
    snprintf(file, sizeof file, "%s.sent.bin", name);
    r->sent = load_capture(file, &r->sent_len);
    assert_int_equal(swio_reader_new(NULL, &reader), 0);
    r->count = 0;
    for (size_t at = 0; at < r->len;) {
        size_t used;
        int result =
            swio_reader_feed(reader, r->bytes + at, r->len - at, &used, &r->frames[r->count]);
        assert_true(result >= 0);
        at += used;
        if (result == 1)
            r->ends[r->count++] = at;
    }
    swio_reader_free(reader);
}

static void free_recording(recording *r)
{
    for (size_t i = 0; i < r->count; i++)
        swio_event_unref(r->frames[i].event);
    free(r->bytes);
    free(r->sent);
}

/* Replaces every `from` in the text by `to` of the same length. */
static void replace_all(char *text, const char *from, const char *to)
{
    for (char *at = strstr(text, from); at; at = strstr(at + strlen(to), from))
        for (size_t i = 0; to[i]; i++)
            at[i] = to[i];
}

/* Everything that the recording had so far is there; `what` says what is missing. */
static bool caught_up(const peer *p, const recording *r, size_t recorded, char what[256])
{
    static story wanted, have;
    tell(&wanted, r->frames, recorded);
    tell(&have, p->frames, p->count);
    for (size_t i = 0; i < wanted.count; i++) {
        series *other = counterpart(&have, &wanted, &wanted.list[i]);
        if (other && other->count >= wanted.list[i].count)
            continue;
        snprintf(what, 256, "%s has %zu frames of %zu (%s)", wanted.list[i].id,
                 other ? other->count : 0, wanted.list[i].count, other ? other->id : "no such leg");
        return false;
    }
    return true;
}

/* Sends a recorded command, with the uuids of the run in place of those of the recording. */
static void send_command(peer *p, const recording *r, size_t recorded, const char *bytes,
                         size_t len)
{
    static story theirs, ours;
    char *text = strndup(bytes, len);
    assert_non_null(text);
    tell(&theirs, r->frames, recorded);
    tell(&ours, p->frames, p->count);
    for (size_t i = 0; i < theirs.count; i++) {
        series *other =
            is_leg(&theirs.list[i]) ? counterpart(&ours, &theirs, &theirs.list[i]) : NULL;
        if (other)
            replace_all(text, theirs.list[i].id, other->id);
    }
    peer_send_bytes(p, text, len);
    free(text);
}

static void compare_headers(const char *what, const swio_event *theirs, const swio_event *ours)
{
    size_t count = swio_event_header_count(theirs);
    for (size_t i = 0; i < count || i < swio_event_header_count(ours); i++) {
        const char *a = swio_event_header_name(theirs, i), *b = swio_event_header_name(ours, i);
        if (!a || !b || strcmp(a, b) != 0)
            fail_msg("%s: header %zu is %s, recorded was %s", what, i, b ? b : "missing",
                     a ? a : "none");
    }
}

static void compare_series(const char *name, story *theirs, const series *one, story *ours)
{
    const series *other = counterpart(ours, theirs, one);
    assert_non_null(other);
    for (size_t i = 0; i < one->count; i++) {
        char what[256];
        assert_true(i < other->count);
        const swio_frame *a = &theirs->frames[one->frames[i]], *b = &ours->frames[other->frames[i]];
        const char *event = a->kind == SWIO_FRAME_EVENT ? swio_event_name(a->event) : "reply";
        snprintf(what, sizeof what, "%s, %s, frame %zu (%s)", name, one->id, i, event);
        if (a->kind != b->kind)
            fail_msg("%s: kind %d, recorded was %d", what, (int)b->kind, (int)a->kind);
        if (a->kind == SWIO_FRAME_EVENT && strcmp(event, swio_event_name(b->event)) != 0)
            fail_msg("%s: is %s", what, swio_event_name(b->event));
        compare_headers(what, a->event, b->event);
    }
    if (other->count != one->count)
        fail_msg("%s, %s: %zu frames, recorded were %zu", name, one->id, other->count, one->count);
}

/* A recording being played to a node. */
typedef struct player {
    const char *name;
    recording r;
    peer p;
    FILE *index;
    size_t recorded; /* frames that the recording had at this point */
    size_t off, len; /* of what to send next */
    size_t commands; /* sent */
    bool last;       /* no command is left */
    bool done;
} player;

/* Reads the index up to the next command. */
static void next_command(player *one)
{
    char line[256];
    while (fgets(line, sizeof line, one->index)) {
        double t;
        char direction;
        assert_int_equal(sscanf(line, "{\"t\": %lf, \"dir\": \"%c\", \"off\": %zu, \"len\": %zu}",
                                &t, &direction, &one->off, &one->len),
                         4);
        if (direction == '>')
            return;
        while (one->recorded < one->r.count && one->r.ends[one->recorded] <= one->off + one->len)
            one->recorded++;
    }
    one->recorded = one->r.count;
    one->last = true;
}

static void player_open(player *one, const char *name, const char *contact)
{
    char file[512];
    *one = (player){.name = name};
    load_recording(&one->r, name);
    snprintf(file, sizeof file, "%s/%s.idx", TEST_DATA, name);
    one->index = fopen(file, "r");
    assert_non_null(one->index);
    peer_open(&one->p, contact);
    next_command(one);
}

/* Each ends with an empty line. */
static size_t count_commands(const char *bytes, size_t len)
{
    size_t n = 0;
    for (size_t i = 1; i < len; i++)
        n += bytes[i] == '\n' && bytes[i - 1] == '\n' && i > 1 && bytes[i - 2] != '\n';
    return n;
}

/* Reads what there is and sends what is due. Returns what is missing until then, or NULL. */
static const char *player_go_on(player *one)
{
    static char missing[256];
    while (peer_pump(&one->p, 0))
        continue;
    while (!one->done) {
        if (!caught_up(&one->p, &one->r, one->recorded, missing))
            return missing;
        one->done = one->last;
        if (!one->last) {
            send_command(&one->p, &one->r, one->recorded, one->r.sent + one->off, one->len);
            one->commands += count_commands(one->r.sent + one->off, one->len);
            next_command(one);
        }
    }
    return NULL;
}

static void player_compare_and_close(player *one)
{
    static story theirs, ours;
    tell(&theirs, one->r.frames, one->r.count);
    tell(&ours, one->p.frames, one->p.count);
    for (size_t i = 0; i < theirs.count; i++)
        compare_series(one->name, &theirs, &theirs.list[i], &ours);
    assert_int_equal(ours.count, theirs.count);
    fclose(one->index);
    peer_close(&one->p);
    free_recording(&one->r);
}

typedef struct stage {
    swio_loop *loop;
    swio_sim *sim;
    player players[2];
    size_t count;
} stage;

static void nothing(void *arg)
{
    (void)arg;
}

/* Lets every player go on. Returns what the last of those that wait for something misses, or NULL.
 */
static const char *go_on(stage *s)
{
    const char *missing = NULL;
    for (size_t i = 0; i < s->count; i++) {
        const char *here = player_go_on(&s->players[i]);
        missing = here ? here : missing;
    }
    return missing;
}

static size_t bytes_read(const stage *s)
{
    size_t bytes = 0;
    for (size_t i = 0; i < s->count; i++)
        bytes += s->players[i].p.bytes;
    return bytes;
}

/* Waits until the simulator has run every command that was sent, and all that it said was sent. */
static void wait_for_commands(const stage *s)
{
    swio_sim_counts counts;
    size_t sent = 0;
    for (size_t i = 0; i < s->count; i++)
        sent += s->players[i].commands;
    wait_until((swio_sim_count(s->sim, &counts), counts.commands >= sent));
    on_loop(s->loop, nothing, NULL); /* the last one was counted before it ran */
    on_loop(s->loop, nothing, NULL); /* the bytes leave in a task of their own */
}

/*
 * Lets the players go on until nothing comes any more, though everything that they sent was done.
 * What is missing then comes with time alone.
 */
static const char *settle(stage *s)
{
    for (;;) {
        size_t before = bytes_read(s);
        const char *missing = go_on(s);
        wait_for_commands(s);
        if (!missing)
            return NULL;
        missing = go_on(s);
        if (bytes_read(s) == before)
            return missing;
    }
}

/* Plays recordings at the same time, each to its node. The simulator's clock moves where they wait
 * for it alone: what comes first does not depend on how fast this machine is. */
static void replay_both(const char *name, size_t node, const char *other, size_t other_node)
{
    static stage s;
    const char *missing;
    double end = wait_clock() + WAIT_DEADLINE_SECONDS;
    s = (stage){.count = 0};
    assert_int_equal(swio_loop_new(&s.loop), 0);
    assert_int_equal(swio_sim_start(&(swio_sim_opts){.nodes = 2, .loop = s.loop}, &s.sim), 0);
    swio_sim_clock_hold(s.sim);
    /* The second listens before anything happens that it is to see: it has logged in then. */
    if (other) {
        player_open(&s.players[s.count++], other, swio_sim_contact(s.sim, other_node));
        settle(&s);
        assert_true(s.players[0].p.count >= 3);
    }
    player_open(&s.players[s.count++], name, swio_sim_contact(s.sim, node));
    while ((missing = settle(&s)))
        if (!swio_sim_clock_advance(s.sim) || wait_clock() > end)
            fail_msg("%s: %s", name, missing);
    for (size_t i = 0; i < s.count; i++)
        player_compare_and_close(&s.players[i]);
    swio_sim_stop(s.sim);
    swio_loop_unref(s.loop);
}

static void replay(const char *name, size_t node)
{
    replay_both(name, node, NULL, 0);
}

static void basic_call(void **state)
{
    (void)state;
    replay("basic_call", 0);
}

static void tone_play(void **state)
{
    (void)state;
    replay("dial_TonePlay", 1);
}

static void callee_block_on_invite(void **state)
{
    (void)state;
    replay("dial_CalleeBlockOnInvite", 1);
}

static void reject(void **state)
{
    (void)state;
    replay("reject", 1);
}

static void ring_and_hang_up(void **state)
{
    (void)state;
    replay("ring_hangup", 1);
}

static void ringback(void **state)
{
    (void)state;
    replay("dial_CalleeRingback", 1);
}

static void two_nodes(void **state)
{
    (void)state;
    replay_both("two_nodes", 1, "two_nodes.peer", 0);
}

static void twenty_calls(void **state)
{
    (void)state;
    replay("burst20_plain", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(basic_call),
        cmocka_unit_test(tone_play),
        cmocka_unit_test(callee_block_on_invite),
        cmocka_unit_test(reject),
        cmocka_unit_test(ring_and_hang_up),
        cmocka_unit_test(ringback),
        cmocka_unit_test(two_nodes),
        cmocka_unit_test(twenty_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
