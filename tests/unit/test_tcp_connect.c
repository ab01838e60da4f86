/* labels: threaded */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "support/cmocka.h"
#include "support/gate.h"
#include "support/on_loop.h"
#include "support/tcp_side.h"
#include "support/wait.h"

/*
 * A name service of our own, in place of the C library's: these names have these addresses, in this
 * order. So the tests depend on no configuration and ask nobody.
 */
static const struct {
    const char *name;
    const char *addresses[12];
} names[] = {
    {"six-first.test", {"::1", "127.0.0.1"}},
    {"four-first.test", {"127.0.0.1", "::1"}},
    {"many-sixes.test", {"::1", "::1", "::1", "::1", "::1", "::1", "::1", "::1", "127.0.0.1"}},
    {"slow.test", {"127.0.0.1"}},
};

static gate slow;        /* "slow.test" waits for it */
static atomic_int asked; /* how often that was looked up: others may come late to their look-up */
static atomic_int lists; /* that were given out and not freed */

static struct addrinfo *make_address(const char *text)
{
    struct addrinfo *a = calloc(1, sizeof *a + sizeof(struct sockaddr_storage));
    a->ai_addr = (struct sockaddr *)(a + 1);
    a->ai_socktype = SOCK_STREAM;
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)(a + 1);
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)(a + 1);
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        a->ai_family = AF_INET;
        a->ai_addrlen = sizeof *four;
    } else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        a->ai_family = AF_INET6;
        a->ai_addrlen = sizeof *six;
    } else {
        free(a);
        return NULL;
    }
    return a;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **list)
{
    (void)service;
    *list = make_address(name);
    if (*list)
        atomic_fetch_add(&lists, 1);
    if (*list || (hints->ai_flags & AI_NUMERICHOST))
        return *list ? 0 : EAI_NONAME;
    if (strcmp(name, "slow.test") == 0) {
        atomic_fetch_add(&asked, 1);
        gate_pass(&slow);
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) != 0)
            continue;
        struct addrinfo **end = list;
        for (int j = 0; names[i].addresses[j]; j++) {
            *end = make_address(names[i].addresses[j]);
            if (!*end)
                abort();
            end = &(*end)->ai_next;
        }
        atomic_fetch_add(&lists, 1);
        return 0;
    }
    return EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *list)
{
    atomic_fetch_sub(&lists, 1);
    while (list) {
        struct addrinfo *next = list->ai_next;
        free(list);
        list = next;
    }
}

/* ---- the same port of both families ---- */

static swio_loop *loop;

static int set_up(void **state)
{
    (void)state;
    gate_init(&slow);
    return swio_loop_new(&loop);
}

static int tear_down(void **state)
{
    (void)state;
    loop = swio_loop_unref(loop);
    return atomic_load(&lists); /* all were freed */
}

/*
 * REFUSING: nobody listens. STUCK: the queue of one is full; Linux drops what comes then, as a host
 * that is switched off does.
 */
typedef enum { REFUSING, LIVE, STUCK } how;

typedef struct endpoint {
    int fd;
    int stuffing; /* fills the queue */
} endpoint;

typedef struct both {
    endpoint six, four;
    uint16_t port;
} both;

static socklen_t loopback(int family, uint16_t port, struct sockaddr_storage *out)
{
    *out = (struct sockaddr_storage){0};
    if (family == AF_INET) {
        *(struct sockaddr_in *)out = (struct sockaddr_in){
            .sin_family = AF_INET,
            .sin_port = htons(port),
            .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        };
        return sizeof(struct sockaddr_in);
    }
    *(struct sockaddr_in6 *)out = (struct sockaddr_in6){
        .sin6_family = AF_INET6,
        .sin6_port = htons(port),
        .sin6_addr = IN6ADDR_LOOPBACK_INIT,
    };
    return sizeof(struct sockaddr_in6);
}

/* False when the port is taken. Bound in any case, so that nobody else listens there. */
static bool open_endpoint(endpoint *e, int family, uint16_t *port, how kind)
{
    struct sockaddr_storage address;
    socklen_t len = loopback(family, *port, &address);
    *e = (endpoint){.fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), .stuffing = -1};
    if (bind(e->fd, (struct sockaddr *)&address, len) != 0)
        return false;
    getsockname(e->fd, (struct sockaddr *)&address, &len);
    *port = ntohs(((struct sockaddr_in *)&address)->sin_port);
    if (kind != REFUSING)
        assert_int_equal(listen(e->fd, kind == STUCK ? 0 : 16), 0);
    if (kind == STUCK) {
        e->stuffing = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(connect(e->stuffing, (struct sockaddr *)&address, len), 0);
    }
    return true;
}

static void close_endpoint(endpoint *e)
{
    close(e->fd);
    if (e->stuffing >= 0)
        close(e->stuffing);
}

static void open_both(both *b, how six, how four)
{
    for (int tries = 0; tries < 100; tries++) {
        b->port = 0;
        assert_true(open_endpoint(&b->six, AF_INET6, &b->port, six));
        if (open_endpoint(&b->four, AF_INET, &b->port, four))
            return;
        close_endpoint(&b->four);
        close_endpoint(&b->six);
    }
    fail_msg("no port is free for both families");
}

static void close_both(both *b)
{
    close_endpoint(&b->six);
    close_endpoint(&b->four);
}

/* ---- reaching somebody ---- */

typedef struct reaching {
    const char *name;
    how six, four;
    swio_tcp_opts opts;
    const char *family; /* of the address that is reached: how it begins */
} reaching;

/* A delay that nobody waits for has to be long: it would let the test fail. */
static const unsigned long_ms = 15000;

static void somebody_is_reached(void **state)
{
    (void)state;
    const reaching cases[] = {
        {"::1", LIVE, REFUSING, {.timeout = 0}, "[::1]:"},
        {"127.0.0.1", REFUSING, LIVE, {.timeout = 0}, "127.0.0.1:"},
        /* The first that answers, in the order of the list. */
        {"six-first.test", LIVE, LIVE, {.attempt_delay_ms = long_ms}, "[::1]:"},
        {"four-first.test", LIVE, LIVE, {.attempt_delay_ms = long_ms}, "127.0.0.1:"},
        /* Who is refused goes on at once. */
        {"six-first.test", REFUSING, LIVE, {.attempt_delay_ms = long_ms}, "127.0.0.1:"},
        {"six-first.test", REFUSING, LIVE, {.in_order = 1}, "127.0.0.1:"},
        {"many-sixes.test", REFUSING, LIVE, {.in_order = 1}, "127.0.0.1:"},
        /* Who hears nothing goes on after the delay, and the families alternate. */
        {"six-first.test", STUCK, LIVE, {.attempt_delay_ms = 10}, "127.0.0.1:"},
        {"four-first.test", LIVE, STUCK, {.attempt_delay_ms = 10}, "[::1]:"},
        {"many-sixes.test", STUCK, LIVE, {.attempt_delay_ms = 300, .timeout = 2}, "127.0.0.1:"},
        /* In order, after its share of the time. */
        {"six-first.test", STUCK, LIVE, {.in_order = 1, .timeout = 1}, "127.0.0.1:"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const reaching *r = &cases[i];
        both b;
        open_both(&b, r->six, r->four);
        side near = {.opts = r->opts};
        assert_int_equal(side_connect(&near, loop, r->name, b.port, "hello"), 0);
        wait_until(atomic_load(&near.connected) || atomic_load(&near.closed));
        if (!atomic_load(&near.connected) || strncmp(near.peer, r->family, strlen(r->family)) != 0)
            fail_msg("case %zu: %s %s", i, near.peer, near.sentence);
        side_close(&near);
        side_wait_closed(&near);
        assert_int_equal(near.error, 0);
        close_both(&b);
    }
}

/* ---- reaching nobody ---- */

typedef struct missing {
    const char *name;
    how six, four;
    swio_tcp_opts opts;
    const char *sentence; /* #: the port */
} missing;

#define REFUSED \
    ":#: connection refused (is FreeSWITCH running, and does event_socket.conf listen there?)"

/* Puts the port for each '#'. */
static void fill_in(const char *text, uint16_t port, char *out, size_t size)
{
    swio_buf buf = {0};
    for (; *text; text++)
        if (*text == '#')
            swio_buf_printf(&buf, "%u", port);
        else
            swio_buf_putc(&buf, *text);
    snprintf(out, size, "%s", buf.data);
    swio_buf_free(&buf);
}

static void nobody_is_told_with_the_reason(void **state)
{
    (void)state;
    const missing cases[] = {
        {"127.0.0.1", REFUSING, REFUSING, {.timeout = 0}, "127.0.0.1" REFUSED},
        {"::1", REFUSING, REFUSING, {.timeout = 0}, "[::1]" REFUSED},
        {"six-first.test", REFUSING, REFUSING, {.timeout = 0}, "six-first.test" REFUSED},
        {"many-sixes.test", REFUSING, REFUSING, {.in_order = 1}, "many-sixes.test" REFUSED},
        {"nosuch.example",
         REFUSING,
         REFUSING,
         {.timeout = 0},
         "nosuch.example:#: cannot be resolved (Name or service not known)"},
        {"127.0.0.1",
         REFUSING,
         STUCK,
         {.timeout = 0.05},
         "127.0.0.1:#: no connection within 0.05 s"},
        {"six-first.test",
         STUCK,
         STUCK,
         {.timeout = 0.05, .attempt_delay_ms = 1},
         "six-first.test:#: no connection within 0.05 s"},
        {"six-first.test",
         STUCK,
         REFUSING,
         {.timeout = 0.1, .in_order = 1},
         "six-first.test:#: no connection ([::1]:#: connection timed out, 127.0.0.1:#: "
         "connection refused)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const missing *m = &cases[i];
        both b;
        open_both(&b, m->six, m->four);
        side near = {.opts = m->opts};
        assert_int_equal(side_connect(&near, loop, m->name, b.port, NULL), 0);
        side_wait_closed(&near);
        char want[512];
        fill_in(m->sentence, b.port, want, sizeof want);
        assert_string_equal(near.sentence, want);
        assert_int_equal(near.error, SWIO_ECONN);
        assert_int_equal(atomic_load(&near.connected), 0);
        close_both(&b);
    }
}

static void closing_ends_the_attempts(void **state)
{
    (void)state;
    both b;
    open_both(&b, STUCK, STUCK);
    side close = {.opts.attempt_delay_ms = 1}, finish = close, ended = close;
    assert_int_equal(side_connect(&close, loop, "six-first.test", b.port, "unsent"), 0);
    assert_int_equal(side_connect(&finish, loop, "six-first.test", b.port, NULL), 0);
    side_close(&close);
    side_finish(&finish); /* has nothing to finish */
    side_wait_closed(&close);
    side_wait_closed(&finish);
    assert_int_equal(close.error, 0);
    assert_int_equal(finish.error, 0);
    swio_loop *other;
    assert_int_equal(swio_loop_new(&other), 0);
    assert_int_equal(side_connect(&ended, other, "six-first.test", b.port, NULL), 0);
    swio_loop_unref(other);
    assert_int_equal(atomic_load(&ended.closed), 1);
    assert_int_equal(ended.error, SWIO_ECANCELED);
    close_both(&b);
}

static void what_is_finished_early_is_sent(void **state)
{
    (void)state;
    side far = {0}, near = {0};
    side_server server = {.loop = loop, .sides = &far, .count = 1};
    side_listen(&server);
    assert_int_equal(side_connect(&near, loop, "slow.test", server.port, "early"), 0);
    side_finish(&near);
    gate_open(&slow);
    side_wait_closed(&far);
    side_wait_closed(&near);
    assert_string_equal(far.got.data, "early");
    assert_int_equal(near.error, 0);
    assert_int_equal(atomic_load(&near.connected), 0); /* only `closed` after the finish */
    side_unlisten(&server);
    side_free(&far);
}

/* ---- a name service that hangs ---- */

static void a_slow_name_does_not_hold_up(void **state)
{
    (void)state;
    side late = {.opts.timeout = 0.5}, closed = {0}, ended = {0};
    swio_loop *other;
    assert_int_equal(swio_loop_new(&other), 0);
    int before = atomic_load(&asked);
    assert_int_equal(side_connect(&late, loop, "slow.test", 9, NULL), 0);
    assert_int_equal(side_connect(&closed, loop, "slow.test", 9, NULL), 0);
    assert_int_equal(side_connect(&ended, other, "slow.test", 9, NULL), 0);
    wait_until(atomic_load(&asked) == before + 3);
    side_wait_closed(&late);
    assert_string_equal(late.sentence, "slow.test:9: not resolved within 0.5 s");
    side_close(&closed);
    side_wait_closed(&closed);
    assert_int_equal(closed.error, 0);
    swio_loop_unref(other);
    assert_int_equal(atomic_load(&ended.closed), 1);
    for (int i = 0; i < 3; i++)
        gate_open(&slow);
    wait_until(atomic_load(&lists) == 0); /* the answers, that nobody wants any more */
}

/* ---- no memory ---- */

typedef struct scarce {
    side *side;
    const char *name;
    uint16_t port;
    long n;
    int error;
} scarce;

static void dial_without_memory(void *arg)
{
    scarce *s = arg;
    s->side->loop = loop;
    swio_mem_fail_after(s->n, false);
    s->error =
        swio_tcp_connect(loop, s->name, s->port, NULL, &side_handlers, s->side, &s->side->tcp);
}

static void nothing_leaks_without_memory(void **state)
{
    (void)state;
    both b;
    open_both(&b, REFUSING, LIVE);
    for (long n = 0; n < 20; n++) {
        side near = {0};
        scarce s = {.side = &near, .name = "six-first.test", .port = b.port, .n = n};
        on_loop(loop, dial_without_memory, &s);
        if (!s.error)
            wait_until(atomic_load(&near.closed) || atomic_load(&near.connected));
        swio_mem_fail_after(-1, false);
        assert_true(s.error == 0 || s.error == SWIO_ENOMEM);
        if (s.error)
            continue;
        side_close(&near);
        side_wait_closed(&near);
    }
    close_both(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(somebody_is_reached),
        cmocka_unit_test(nobody_is_told_with_the_reason),
        cmocka_unit_test(closing_ends_the_attempts),
        cmocka_unit_test(what_is_finished_early_is_sent),
        cmocka_unit_test(a_slow_name_does_not_hold_up),
        cmocka_unit_test(nothing_leaks_without_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
