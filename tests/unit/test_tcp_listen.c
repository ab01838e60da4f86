/* labels: threaded */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/one_loop.h"
#include "support/tcp_side.h"
#include "support/wait.h"

typedef struct attempt {
    const char *address;
    uint16_t port;
    int error;
    char sentence[256];
} attempt;

static void never(swio_tcp_listener *listener, swio_tcp *tcp, const char *peer, void *arg)
{
    (void)listener, (void)tcp, (void)peer, (void)arg;
}

static void try_listen(void *arg)
{
    attempt *a = arg;
    swio_tcp_listener *listener;
    a->error = swio_tcp_listen(loop, a->address, a->port, never, NULL, &listener);
    strncpy(a->sentence, swio_errmsg(), sizeof a->sentence - 1);
    if (!a->error)
        swio_tcp_listener_close(listener);
}

static void only_a_numeric_address_will_do(void **state)
{
    (void)state;
    attempt a = {.address = "localhost"};
    on_loop(loop, try_listen, &a);
    assert_int_equal(a.error, SWIO_EINVAL);
    assert_string_equal(a.sentence, "'localhost' is no address to listen on: try 127.0.0.1 or ::1");
}

static void a_port_in_use_is_told(void **state)
{
    (void)state;
    const char *addresses[] = {"127.0.0.1", "::1"};
    for (int i = 0; i < 2; i++) {
        side_server server = {.loop = loop, .address = addresses[i]};
        side_listen(&server);
        assert_int_equal(server.error, 0);
        attempt a = {.address = addresses[i], .port = server.port};
        on_loop(loop, try_listen, &a);
        assert_int_equal(a.error, SWIO_EIO);
        char want[128];
        snprintf(want, sizeof want,
                 i ? "[::1]:%u: cannot listen (address already in use)"
                   : "127.0.0.1:%u: cannot listen (address already in use)",
                 server.port);
        assert_string_equal(a.sentence, want);
        side_unlisten(&server);
    }
}

static int plain_connect(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void a_stream_that_nobody_takes_is_closed(void **state)
{
    (void)state;
    side_server server = {.loop = loop}; /* has no sides */
    side_listen(&server);
    int fd = plain_connect(server.port);
    char byte;
    assert_int_equal(recv(fd, &byte, 1, 0), 0);
    close(fd);
    side_unlisten(&server);
}

static void many_are_accepted_and_go_on_without_the_listener(void **state)
{
    (void)state;
    enum { MANY = 200 };
    static side near[MANY], far[MANY];
    side_server server = {.loop = loop, .sides = far, .count = MANY};
    for (int i = 0; i < MANY; i++)
        far[i].echo = true;
    side_listen(&server);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(side_connect(&near[i], loop, "127.0.0.1", server.port, NULL), 0);
    wait_until(atomic_load(&server.accepted) == MANY);
    side_unlisten(&server);
    assert_int_equal(plain_connect(server.port), -1);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(side_write(&near[i], "hello", 5, NULL), 0);
    for (int i = 0; i < MANY; i++)
        wait_until(atomic_load(&near[i].bytes) == 5);
    for (int i = 0; i < MANY; i++)
        side_close(&near[i]);
    for (int i = 0; i < MANY; i++) {
        side_wait_closed(&near[i]);
        side_wait_closed(&far[i]);
        side_free(&near[i]);
        side_free(&far[i]);
    }
}

static void it_may_be_closed_when_it_accepts(void **state)
{
    (void)state;
    side far = {0};
    side_server server = {.loop = loop, .sides = &far, .count = 1, .close_in_accepted = true};
    side_listen(&server);
    int fd = plain_connect(server.port);
    wait_until(atomic_load(&server.accepted) == 1);
    assert_int_equal(send(fd, "x", 1, 0), 1);
    wait_until(atomic_load(&far.bytes) == 1);
    close(fd);
    side_wait_closed(&far);
    side_free(&far);
}

/* ---- the end of the loop ---- */

static void close_listener_late(swio_completion *c, void *arg)
{
    (void)c;
    side_server *server = arg;
    swio_tcp_listener_close(server->listener);
}

static void it_ends_with_the_loop(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        side_server server = {0};
        assert_int_equal(swio_loop_new(&server.loop), 0);
        side_listen(&server);
        swio_completion *c;
        assert_int_equal(swio_completion_new(server.loop, &c), 0);
        if (late) /* its owner closes it too, while the loop ends */
            assert_int_equal(swio_completion_then(c, close_listener_late, &server), 0);
        swio_obj_unref(c);
        swio_loop_unref(server.loop);
        assert_int_equal(plain_connect(server.port), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_numeric_address_will_do),
        cmocka_unit_test(a_port_in_use_is_told),
        cmocka_unit_test(a_stream_that_nobody_takes_is_closed),
        cmocka_unit_test(many_are_accepted_and_go_on_without_the_listener),
        cmocka_unit_test(it_may_be_closed_when_it_accepts),
        cmocka_unit_test(it_ends_with_the_loop),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
