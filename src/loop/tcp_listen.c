#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "loop/tcp_internal.h"

enum { BACKLOG = 1024 };

/* A connection that found no memory waits so long in the kernel's queue. */
static const double retry_seconds = 0.02;

struct swio_tcp_listener {
    uv_tcp_t handle;
    swio_loop *loop;
    swio_tcp_accepted_fn *accepted;
    void *arg;
    uint16_t port;
    swio_timer retry;
    swio_member member;
    bool closing; /* its handle is */
    bool dropped; /* by its owner: the memory goes with the handle */
    swio_task burial;
};

/* ---- accepting ---- */

void swio_tcp_accept_as(swio_tcp *tcp, const swio_tcp_opts *opts, const swio_tcp_handlers *handlers,
                        void *arg)
{
    assert(swio_loop_is_current(tcp->loop));
    if (tcp->state == SWIO_TCP_CLOSING)
        return;
    tcp->adopted = true;
    tcp->handlers = *handlers;
    tcp->arg = arg;
    swio_tcp_set_opts(tcp, opts);
    swio_tcp_open(tcp, tcp->socket);
}

static swio_tcp *make(swio_tcp_listener *listener)
{
    char *name = swio_malloc(SWIO_PEER_MAX);
    swio_tcp *tcp = name ? swio_tcp_make(listener->loop, name) : NULL;
    if (!tcp) {
        swio_free(name);
        return NULL;
    }
    tcp->socket = swio_socket_new(listener->loop, tcp);
    if (!tcp->socket) {
        swio_tcp_close(tcp); /* has no handlers: in silence */
        return NULL;
    }
    return tcp;
}

static void name_peer(swio_tcp *tcp)
{
    struct sockaddr_storage address = {0};
    int len = sizeof address;
    uv_tcp_getpeername(&tcp->socket->handle, (struct sockaddr *)&address, &len);
    swio_peer_print((struct sockaddr *)&address, tcp->name);
}

static void accept_one(void *arg)
{
    swio_tcp_listener *listener = arg;
    swio_tcp *tcp = make(listener);
    if (!tcp) {
        swio_warning("port %u: a connection waits for memory", (unsigned)listener->port);
        swio_timer_start(listener->loop, &listener->retry, swio_deadline_ns(retry_seconds),
                         accept_one, listener);
        return;
    }
    if (uv_accept((uv_stream_t *)&listener->handle, (uv_stream_t *)&tcp->socket->handle) != 0) {
        swio_tcp_close(tcp); /* gone again */
        return;
    }
    name_peer(tcp);
    char peer[SWIO_PEER_MAX];
    memcpy(peer, tcp->name, sizeof peer);
    listener->accepted(listener, tcp, peer, listener->arg);
    if (!tcp->adopted)
        swio_tcp_close(tcp);
}

static void on_connection(uv_stream_t *stream, int status)
{
    swio_tcp_listener *listener = stream->data;
    if (status == 0)
        accept_one(listener);
    else
        swio_warning("port %u: a connection was not accepted (%s)", (unsigned)listener->port,
                     uv_strerror(status));
}

/* ---- life ---- */

static void on_closed(uv_handle_t *handle)
{
    swio_tcp_listener *listener = handle->data;
    if (listener->dropped) {
        swio_free(listener);
        return;
    }
    listener->burial = (swio_task){.fn = swio_free, .arg = listener};
    swio_loop_at_last(listener->loop, &listener->burial);
}

static void stop(swio_tcp_listener *listener)
{
    if (listener->closing)
        return;
    listener->closing = true;
    swio_timer_stop(&listener->retry);
    swio_loop_leave(listener->loop, &listener->member);
    uv_close((uv_handle_t *)&listener->handle, on_closed);
}

/* The loop ends before the owner let go, who may still do so until the thread is gone. */
static void end_with_loop(swio_member *member)
{
    swio_tcp_listener *listener =
        (swio_tcp_listener *)(void *)((char *)member - offsetof(swio_tcp_listener, member));
    stop(listener);
}

void swio_tcp_listener_close(swio_tcp_listener *listener)
{
    if (!listener || listener->dropped)
        return;
    assert(swio_loop_is_current(listener->loop));
    listener->dropped = true;
    stop(listener);
}

uint16_t swio_tcp_listener_port(const swio_tcp_listener *listener)
{
    return listener->port;
}

static int parse(const char *address, uint16_t port, struct sockaddr_storage *out)
{
    if (uv_ip4_addr(address, port, (struct sockaddr_in *)out) == 0 ||
        uv_ip6_addr(address, port, (struct sockaddr_in6 *)out) == 0)
        return 0;
    return swio_err(SWIO_EINVAL, "'%s' is no address to listen on: try 127.0.0.1 or ::1", address);
}

static int bind_and_listen(swio_tcp_listener *listener, const struct sockaddr_storage *address)
{
    int failed = uv_tcp_bind(&listener->handle, (const struct sockaddr *)address, 0);
    if (!failed)
        failed = uv_listen((uv_stream_t *)&listener->handle, BACKLOG, on_connection);
    if (failed) {
        char name[SWIO_PEER_MAX];
        swio_peer_print((const struct sockaddr *)address, name);
        return swio_err(SWIO_EIO, "%s: cannot listen (%s)", name, uv_strerror(failed));
    }
    struct sockaddr_storage bound = {0};
    int len = sizeof bound;
    uv_tcp_getsockname(&listener->handle, (struct sockaddr *)&bound, &len);
    listener->port = ntohs(((struct sockaddr_in *)&bound)->sin_port);
    return 0;
}

int swio_tcp_listen(swio_loop *loop, const char *address, uint16_t port,
                    swio_tcp_accepted_fn *accepted, void *arg, swio_tcp_listener **out)
{
    assert(swio_loop_is_current(loop));
    struct sockaddr_storage where = {0};
    int error = swio_loop_refuses(loop);
    if (!error)
        error = parse(address, port, &where);
    if (error)
        return error;
    swio_tcp_listener *listener = swio_calloc(1, sizeof *listener);
    if (!listener)
        return swio_err_nomem();
    listener->loop = loop;
    listener->accepted = accepted;
    listener->arg = arg;
    listener->member.end = end_with_loop;
    uv_tcp_init(&loop->uv, &listener->handle);
    listener->handle.data = listener;
    swio_loop_join(loop, &listener->member);
    error = bind_and_listen(listener, &where);
    if (error)
        swio_tcp_listener_close(listener);
    else
        *out = listener;
    return error;
}
