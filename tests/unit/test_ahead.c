/*
 * Commands that leave at a time of their own: not before it, whole, in order, or taken back.
 * labels: threaded
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <sys/socket.h>

#include "conn/conn.h"
#include "support/cmocka.h"
#include "support/conn_fixture.h"
#include "support/on_loop.h"
#include "support/wait.h"

#include "base/err.h"
#include "base/mem.h"

static const uint64_t MS = 1000000, NEVER = (uint64_t)1 << 62;

/* A fixture's connection, and the shots that a test made on its loop. */
enum { SHOTS_MAX = 8 };

typedef struct scene {
    fixture f;
    swio_shot *shots[SHOTS_MAX];
    size_t count;
    int error; /* of the last */
    char sentence[SWIO_ERRMSG_MAX];
    uint64_t due_ns;
    const void *owner;
    const char *bytes;
    double timeout;
} scene;

static void load_one(void *arg)
{
    scene *s = arg;
    swio_shot *shot = swio_shot_new(s->due_ns, s->owner);
    assert_non_null(shot);
    s->error = swio_conn_send_at(s->f.conn, s->bytes, strlen(s->bytes), s->timeout, shot,
                                 fixture_on_reply, &s->f);
    snprintf(s->sentence, sizeof s->sentence, "%s", swio_errmsg());
    s->shots[s->count++] = shot;
}

static swio_shot *load(scene *s, const char *bytes, uint64_t due_ns)
{
    s->bytes = bytes;
    s->due_ns = due_ns;
    on_loop(swio_conn_loop(s->f.conn), load_one, s);
    return s->shots[s->count - 1];
}

static void recall(void *arg)
{
    swio_conn_recall(arg, NULL);
}

static void recall_of(void *arg)
{
    scene *s = arg;
    swio_conn_recall(s->f.conn, s);
}

static void end(scene *s)
{
    fixture_end(&s->f);
    for (size_t i = 0; i < s->count; i++)
        swio_obj_unref(s->shots[i]);
}

static uint64_t sent_at(swio_shot *shot)
{
    return atomic_load(&shot->sent_ns);
}

/* Answers `api NAME` with NAME. */
static void echo(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    for (const char *command; (command = mock_read(peer)) && strcmp(command, "exit") != 0;)
        mock_send_api(peer, command + strlen("api "));
}

static void nothing_leaves_before_its_time(void **state)
{
    (void)state;
    scene s = {0};
    fixture_begin(&s.f, echo);
    assert_true(swio_conn_fire(s.f.conn) == UINT64_MAX);
    uint64_t due = swio_now_ns() + 20 * MS;
    swio_shot *first = load(&s, "api one\n\n", due);
    swio_shot *second = load(&s, "api two\n\n", due);
    swio_shot *third = load(&s, "api three\n\n", NEVER);
    assert_int_equal(s.error, 0);
    while (!sent_at(second))
        swio_conn_fire(s.f.conn);
    assert_true(sent_at(first) >= due);
    assert_true(sent_at(second) >= sent_at(first));
    assert_true(swio_conn_fire(s.f.conn) == NEVER);
    wait_until(atomic_load(&s.f.replies) == 2);
    assert_false(sent_at(third));
    swio_conn_close(s.f.conn);
    wait_until(atomic_load(&s.f.replies) == 3);
    assert_int_equal(s.f.reply_error, SWIO_ECANCELED);
    wait_until(atomic_load(&s.f.closed) == 1);
    assert_string_equal(s.f.order, "one two - ");
    assert_true(swio_conn_fire(s.f.conn) == UINT64_MAX);
    end(&s);
}

static void what_has_not_left_is_taken_back(void **state)
{
    (void)state;
    scene s = {0};
    fixture_begin(&s.f, echo);
    swio_shot *sent = load(&s, "api sent\n\n", 1);
    swio_shot *kept = load(&s, "api kept\n\n", NEVER);
    s.owner = &s;
    swio_shot *other = load(&s, "api other\n\n", NEVER + 1);
    s.owner = NULL;
    while (!sent_at(sent))
        swio_conn_fire(s.f.conn);
    on_loop(swio_conn_loop(s.f.conn), recall, s.f.conn);
    wait_until(atomic_load(&s.f.replies) == 2);
    assert_false(sent_at(kept));
    assert_true(swio_conn_fire(s.f.conn) == NEVER + 1);
    on_loop(swio_conn_loop(s.f.conn), recall_of, &s);
    wait_until(atomic_load(&s.f.replies) == 3);
    assert_false(sent_at(other));
    assert_true(swio_conn_fire(s.f.conn) == UINT64_MAX);
    swio_shot *next = load(&s, "api next\n\n", 1);
    while (!sent_at(next))
        swio_conn_fire(s.f.conn);
    wait_until(atomic_load(&s.f.replies) == 4);
    swio_conn_close(s.f.conn);
    wait_until(atomic_load(&s.f.closed) == 1);
    assert_non_null(strstr(s.f.order, "sent "));
    assert_non_null(strstr(s.f.order, "next "));
    assert_null(strstr(s.f.order, "kept"));
    end(&s);
}

static void such_a_connection_carries_nothing_else(void **state)
{
    (void)state;
    scene s = {0};
    fixture_begin(&s.f, echo);
    assert_int_equal(swio_conn_api(s.f.conn, "before", WAIT_DEADLINE_SECONDS, NULL), 0);
    load(&s, "api one\n\n", NEVER);
    assert_int_equal(s.error, 0);
    assert_int_equal(swio_conn_api(s.f.conn, "status", WAIT_DEADLINE_SECONDS, NULL), SWIO_ECONFIG);
    fixture_sentence(&s.f, swio_errmsg(),
                     "this connection is for commands at a time of their own: use another");
    load(&s, "no end\n", NEVER);
    assert_int_equal(s.error, SWIO_EINVAL);
    swio_conn_close(s.f.conn);
    wait_until(atomic_load(&s.f.closed) == 1);
    load(&s, "api late\n\n", NEVER);
    assert_int_equal(s.error, SWIO_ECONN);
    end(&s);
}

static void answer_nothing(mock_peer *peer, void *arg)
{
    (void)arg;
    mock_login(peer);
    mock_expect(peer, "api slow");
    mock_wait_close(peer);
}

static void waiting_replies_refuse_it(void **state)
{
    (void)state;
    scene s = {0};
    fixture_begin(&s.f, answer_nothing);
    fixture_api(&s.f, "slow");
    load(&s, "api one\n\n", NEVER);
    assert_int_equal(s.error, SWIO_ECONFIG);
    fixture_sentence(&s.f, s.sentence,
                     "commands at a time of their own need a connection of their own");
    end(&s);
}

/* The time-out counts from its time; in vain, where nobody sends. */
static void the_time_out_counts_from_its_time(void **state)
{
    (void)state;
    scene s = {.timeout = 0.01};
    fixture_begin(&s.f, echo);
    uint64_t due = swio_now_ns() + 30 * MS;
    swio_shot *shot = load(&s, "api late\n\n", due);
    wait_until(atomic_load(&s.f.replies) == 1);
    assert_true(swio_now_ns() >= due + 10 * MS);
    assert_int_equal(s.f.reply_error, SWIO_ETIMEOUT);
    while (!sent_at(shot)) /* it has kept its place */
        swio_conn_fire(s.f.conn);
    end(&s);
}

/* More than the sockets take: whole, behind a peer that does not read at first. */
static const size_t LARGE = 4 << 20;
static const int SNDBUF = 65536;

static void read_large(mock_peer *peer, void *arg)
{
    scene *s = arg;
    mock_login(peer);
    gate_pass(&s->f.gate);
    for (const char *command; (command = mock_read(peer)) && strcmp(command, "exit") != 0;)
        mock_send_api(peer, strlen(command) > LARGE ? "large" : command + strlen("api "));
}

static void a_full_socket_is_tried_again(void **state)
{
    (void)state;
    scene s = {.timeout = WAIT_DEADLINE_SECONDS};
    char *bytes = malloc(LARGE + 16);
    strcpy(bytes, "api ");
    memset(bytes + 4, 'x', LARGE);
    strcpy(bytes + 4 + LARGE, "\n\n");
    fixture_begin(&s.f, read_large);
    swio_shot *large = load(&s, bytes, 1), *small = load(&s, "api small\n\n", 2);
    setsockopt(s.f.conn->ahead.fd, SOL_SOCKET, SO_SNDBUF, &SNDBUF, sizeof SNDBUF);
    while (!sent_at(large))
        swio_conn_fire(s.f.conn);
    assert_true(swio_conn_fire(s.f.conn) != UINT64_MAX);
    on_loop(swio_conn_loop(s.f.conn), recall, s.f.conn); /* but what has begun goes on */
    wait_until(atomic_load(&s.f.replies) == 1);
    assert_int_equal(s.f.reply_error, SWIO_ECANCELED);
    assert_false(sent_at(small));
    gate_open(&s.f.gate);
    while (swio_conn_fire(s.f.conn) != UINT64_MAX)
        wait_a_little();
    wait_until(atomic_load(&s.f.replies) == 2);
    swio_conn_close(s.f.conn);
    wait_until(atomic_load(&s.f.closed) == 1);
    assert_non_null(strstr(s.f.order, "large "));
    assert_null(strstr(s.f.order, "small"));
    end(&s);
    free(bytes);
}

static void hang_up(mock_peer *peer, void *arg)
{
    scene *s = arg;
    mock_login(peer);
    gate_pass(&s->f.gate);
}

static void a_lost_connection_ends_all_of_them(void **state)
{
    (void)state;
    scene s = {0};
    fixture_begin(&s.f, hang_up);
    load(&s, "api one\n\n", NEVER);
    load(&s, "api two\n\n", NEVER);
    gate_open(&s.f.gate);
    wait_until(atomic_load(&s.f.replies) == 2);
    assert_int_equal(s.f.reply_error, SWIO_ECONN);
    assert_true(swio_conn_fire(s.f.conn) == UINT64_MAX);
    end(&s);
}

static void without_memory(void *arg)
{
    scene *s = arg;
    s->error = SWIO_ENOMEM;
    for (long n = 0; s->error; n++) {
        swio_shot *shot = swio_shot_new(1, NULL);
        assert_non_null(shot);
        swio_mem_fail_after(n, true);
        s->error = swio_conn_send_at(s->f.conn, "api one\n\n", strlen("api one\n\n"), 0, shot,
                                     fixture_on_reply, &s->f);
        swio_mem_fail_after(-1, false);
        assert_true(s->error == 0 || s->error == SWIO_ENOMEM);
        swio_obj_unref(shot);
    }
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    scene s = {0};
    fixture_begin(&s.f, echo);
    on_loop(swio_conn_loop(s.f.conn), without_memory, &s);
    while (swio_conn_fire(s.f.conn) != UINT64_MAX)
        wait_a_little();
    wait_until(atomic_load(&s.f.replies) == 1);
    assert_int_equal(s.f.reply_error, 0);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_leaves_before_its_time),
        cmocka_unit_test(what_has_not_left_is_taken_back),
        cmocka_unit_test(such_a_connection_carries_nothing_else),
        cmocka_unit_test(waiting_replies_refuse_it),
        cmocka_unit_test(the_time_out_counts_from_its_time),
        cmocka_unit_test(a_full_socket_is_tried_again),
        cmocka_unit_test(a_lost_connection_ends_all_of_them),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
