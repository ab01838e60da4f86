/*
 * How a stream ends: finished, lost, with its loop, without memory.
 * labels: threaded
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "loop/internal.h"
#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/tcp_side.h"
#include "support/wait.h"

/* ---- finishing ---- */

static void finishing_sends_all_first(void **state)
{
    (void)state;
    side_pair p = {0};
    side_pair_open(&p, "127.0.0.1");
    size_t len = 16 << 20;
    char *bytes = side_pattern(len);
    assert_int_equal(side_write(&p.near, bytes, len, NULL), 0);
    side_finish(&p.near);
    side_wait_closed(&p.near);
    side_wait_closed(&p.far);
    assert_int_equal(atomic_load(&p.far.bytes), len);
    assert_int_equal(p.near.error, 0);
    assert_int_equal(p.far.error, 0);
    assert_false(p.far.spoilt);
    side_pair_close(&p);
    free(bytes);
}

/* A peer with a plain blocking socket, for what ours would never do. */
typedef struct plain {
    swio_loop *loop;
    side_server server;
    side near;
    int fd;
} plain;

static void plain_open(plain *p)
{
    assert_int_equal(swio_loop_new(&p->loop), 0);
    p->server = (side_server){.loop = p->loop, .sides = &p->near, .count = 1};
    side_listen(&p->server);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(p->server.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(p->fd, (struct sockaddr *)&address, sizeof address), 0);
    wait_until(atomic_load(&p->server.accepted) == 1);
}

static void plain_close(plain *p)
{
    if (p->fd >= 0)
        close(p->fd);
    swio_loop_unref(p->loop);
    assert_int_equal(atomic_load(&p->near.closed), 1);
    side_free(&p->near);
}

static void finishing_waits_a_second_for_the_peer(void **state)
{
    (void)state;
    plain p = {0};
    plain_open(&p);
    assert_int_equal(side_write(&p.near, "bye", 3, NULL), 0);
    double before = wait_clock();
    side_finish(&p.near);
    char bytes[8];
    assert_int_equal(recv(p.fd, bytes, sizeof bytes, MSG_WAITALL), 3);
    assert_int_equal(send(p.fd, "ignored", 7, 0), 7); /* and is no reason for a reset */
    side_wait_closed(&p.near);                        /* though the peer does not close */
    assert_true(wait_clock() - before > 0.9);
    assert_int_equal(p.near.error, 0);
    assert_int_equal(atomic_load(&p.near.bytes), 0);
    plain_close(&p);
}

static void finishing_does_not_wait_for_ever(void **state)
{
    (void)state;
    plain p = {.near.opts.timeout = 0.05};
    plain_open(&p);
    size_t len = 32 << 20;
    char *bytes = side_pattern(len);
    assert_int_equal(side_write(&p.near, bytes, len, NULL), 0);
    side_finish(&p.near);
    side_wait_closed(&p.near);
    assert_int_equal(p.near.error, SWIO_ECONN);
    assert_non_null(strstr(p.near.sentence, "bytes were not taken within 0.05 s"));
    plain_close(&p);
    free(bytes);
}

static void who_half_closes_gets_the_answer(void **state)
{
    (void)state;
    enum { LEN = 8 << 20 }; /* more than the sockets hold */
    plain p = {.near.echo = true};
    plain_open(&p);
    char *bytes = side_pattern(LEN), *answer = malloc(LEN);
    for (size_t at = 0; at < LEN; at += 1 << 20)
        assert_int_equal(send(p.fd, bytes + at, 1 << 20, 0), 1 << 20);
    shutdown(p.fd, SHUT_WR);
    wait_until(atomic_load(&p.near.bytes) == LEN);
    assert_int_equal(recv(p.fd, answer, LEN, MSG_WAITALL), LEN);
    assert_memory_equal(answer, bytes, LEN);
    assert_int_equal(recv(p.fd, answer, 1, 0), 0);
    side_wait_closed(&p.near);
    assert_int_equal(p.near.error, 0);
    plain_close(&p);
    free(bytes);
    free(answer);
}

/* ---- losing ---- */

/* Sends what it has to say, then a reset. */
static void reset(plain *p)
{
    setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
    close(p->fd);
    p->fd = -1;
}

static void a_reset_is_a_loss(void **state)
{
    (void)state;
    plain p = {0};
    plain_open(&p);
    reset(&p);
    side_wait_closed(&p.near);
    assert_int_equal(p.near.error, SWIO_ECONN);
    char want[256];
    snprintf(want, sizeof want, "%s: connection lost (connection reset by peer)", p.near.peer);
    assert_string_equal(p.near.sentence, want);
    plain_close(&p);
}

/* As when an ACL refuses us: words, then a reset, while we write. */
typedef struct refusal {
    plain *p;
    int error;
} refusal;

static void write_into_reset(void *arg)
{
    refusal *r = arg;
    double end = wait_clock() + WAIT_DEADLINE_SECONDS;
    send(r->p->fd, "rude", 4, 0);
    reset(r->p);
    static char bytes[65536]; /* so much is pushed at once */
    while (!r->error && wait_clock() < end)
        r->error = swio_tcp_write(r->p->near.tcp, bytes, sizeof bytes);
}

static void last_words_are_heard_though_writing_fails(void **state)
{
    (void)state;
    plain p = {0};
    plain_open(&p);
    refusal r = {.p = &p};
    on_loop(p.loop, write_into_reset, &r);
    side_wait_closed(&p.near);
    assert_int_equal(r.error, SWIO_ECONN);
    assert_int_equal(p.near.error, SWIO_ECONN);
    assert_string_equal(p.near.got.data, "rude");
    plain_close(&p);
}

static void a_paused_stream_hears_of_a_loss_by_writing(void **state)
{
    (void)state;
    plain p = {0};
    plain_open(&p);
    side_pause(&p.near);
    reset(&p);
    wait_until(atomic_load(&p.near.closed) == 1 || side_write(&p.near, "x", 1, NULL) != 0);
    side_wait_closed(&p.near);
    assert_int_equal(p.near.error, SWIO_ECONN);
    assert_non_null(strstr(p.near.sentence, "connection lost ("));
    plain_close(&p);
}

/* ---- the end of the loop, and of memory ---- */

static void the_end_of_the_loop_closes_streams(void **state)
{
    (void)state;
    side_pair p = {0};
    side_pair_open(&p, "127.0.0.1");
    side_write(&p.near, "x", 1, NULL);
    swio_loop_unref(p.loop);
    assert_int_equal(atomic_load(&p.near.closed), 1);
    assert_int_equal(atomic_load(&p.far.closed), 1);
    assert_int_equal(p.near.error, SWIO_ECANCELED);
    assert_non_null(strstr(p.near.sentence, "the event loop ended"));
    side_free(&p.near);
    side_free(&p.far);
}

/* From the Nth allocation of a connection on its way there and back one fails. */
typedef struct scarce {
    side_pair *pair;
    long n;
    int error;
} scarce;

static void dial_without_memory(void *arg)
{
    scarce *sc = arg;
    side *near = &sc->pair->near;
    near->loop = sc->pair->loop;
    swio_mem_fail_after(sc->n, false);
    sc->error = swio_tcp_connect(near->loop, "127.0.0.1", sc->pair->server.port, NULL,
                                 &side_handlers, near, &near->tcp);
    if (!sc->error && swio_tcp_write(near->tcp, "hello", 5))
        swio_tcp_close(near->tcp);
}

static void do_nothing(void *arg)
{
    (void)arg;
}

static atomic_bool blocked;

/* Keeps the loop busy until it is ending. */
static void block_until_ending(void *arg)
{
    atomic_store(&blocked, true);
    while (swio_loop_post(arg, do_nothing, NULL) == 0)
        wait_a_little();
}

static void say_goodbye(void *arg)
{
    swio_tcp_write(((side *)arg)->tcp, "goodbye", 7);
}

static void say_goodbye_and_finish(void *arg)
{
    say_goodbye(arg);
    swio_tcp_finish(((side *)arg)->tcp);
}

static void a_last_word_is_sent_though_the_loop_ends(void **state)
{
    (void)state;
    swio_task_fn *const ways[] = {say_goodbye, say_goodbye_and_finish};
    for (int i = 0; i < 2; i++) {
        plain p = {0};
        plain_open(&p);
        atomic_store(&blocked, false);
        assert_int_equal(swio_loop_post(p.loop, block_until_ending, p.loop), 0);
        wait_until(atomic_load(&blocked));
        assert_int_equal(swio_loop_post(p.loop, ways[i], &p.near), 0);
        swio_loop_unref(p.loop);
        char bytes[8];
        assert_int_equal(recv(p.fd, bytes, sizeof bytes, MSG_WAITALL), 7);
        close(p.fd);
        side_free(&p.near);
    }
}

static void nothing_leaks_without_memory(void **state)
{
    (void)state;
    int good = 0;
    for (long n = 0; n < 30; n++) {
        side_pair p = {.far.echo = true};
        assert_int_equal(swio_loop_new(&p.loop), 0);
        p.server = (side_server){.loop = p.loop, .sides = &p.far, .count = 1};
        side_listen(&p.server);
        scarce sc = {.pair = &p, .n = n};
        on_loop(p.loop, dial_without_memory, &sc);
        if (!sc.error)
            wait_until(atomic_load(&p.near.closed) == 1 || atomic_load(&p.near.bytes) == 5);
        swio_mem_fail_after(-1, false);
        assert_true(sc.error == 0 || sc.error == SWIO_ENOMEM);
        good += atomic_load(&p.near.bytes) == 5;
        side_unlisten(&p.server);
        swio_loop_unref(p.loop);
        assert_int_equal(atomic_load(&p.near.closed), sc.error == 0);
        side_free(&p.near);
        side_free(&p.far);
    }
    assert_true(good > 0 && good < 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finishing_sends_all_first),
        cmocka_unit_test(finishing_waits_a_second_for_the_peer),
        cmocka_unit_test(finishing_does_not_wait_for_ever),
        cmocka_unit_test(who_half_closes_gets_the_answer),
        cmocka_unit_test(a_reset_is_a_loss),
        cmocka_unit_test(last_words_are_heard_though_writing_fails),
        cmocka_unit_test(a_paused_stream_hears_of_a_loss_by_writing),
        cmocka_unit_test(the_end_of_the_loop_closes_streams),
        cmocka_unit_test(a_last_word_is_sent_though_the_loop_ends),
        cmocka_unit_test(nothing_leaks_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
