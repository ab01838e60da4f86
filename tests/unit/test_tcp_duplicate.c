/*
 * Writing to a stream from another thread, by a copy of its descriptor.
 * labels: threaded
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/tcp_side.h"
#include "support/wait.h"

typedef struct copying {
    swio_tcp *tcp;
    int fd, error;
} copying;

static void copy(void *arg)
{
    copying *c = arg;
    c->fd = swio_tcp_duplicate(c->tcp);
    c->error = errno;
}

static int duplicate(side *s)
{
    copying c = {.tcp = s->tcp};
    on_loop(s->loop, copy, &c);
    errno = c.error;
    return c.fd;
}

static void copy_reaches_the_peer(void **state)
{
    (void)state;
    side_pair p = {0};
    side_pair_open(&p, "127.0.0.1");
    int fd = duplicate(&p.near);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(write(fd, "bye", 3), 3);
    wait_until(atomic_load(&p.far.bytes) == 3);
    close(fd);
    assert_int_equal(side_write(&p.near, "!", 1, NULL), 0); /* the stream is still there */
    wait_until(atomic_load(&p.far.bytes) == 4);
    side_pair_close(&p);
}

/* What a thread had and closed unseen, as libuv closes. */
typedef struct former {
    atomic_int fd; /* read in no order with its thread */
} former;

static void *had_it(void *arg)
{
    former *f = arg;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    syscall(SYS_close, fd);
    atomic_store_explicit(&f->fd, fd, memory_order_relaxed);
    return NULL;
}

/* The thread sanitizer is the judge. */
static void copy_is_not_what_had_its_number(void **state)
{
    (void)state;
    side_pair p = {0};
    side_pair_open(&p, "127.0.0.1");
    former f = {-1};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, had_it, &f), 0);
    wait_until(atomic_load_explicit(&f.fd, memory_order_relaxed) >= 0);
    int fd = duplicate(&p.near);
    assert_int_equal(fd, atomic_load_explicit(&f.fd, memory_order_relaxed));
    assert_int_equal(write(fd, "bye", 3), 3);
    close(fd);
    pthread_join(thread, NULL);
    side_pair_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copy_reaches_the_peer),
        cmocka_unit_test(copy_is_not_what_had_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
