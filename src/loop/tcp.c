#include "loop/tcp_internal.h"

#include <assert.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

enum {
    DEFAULT_TIMEOUT = 10,
    DEFAULT_MAX_QUEUED = 64 << 20,
    DEFAULT_KEEPALIVE = 20,
    DEFAULT_ATTEMPT_DELAY_MS = 250, /* RFC 8305, section 8 */
    /* A silent peer is given up after `keepalive` seconds and so many probes, seconds apart. */
    PROBES = 3,
    PROBE_INTERVAL = 5,
    /* A buffer that grew past this for a burst is given back after it. */
    KEPT_BUFFER = 128 << 10,
    /* So much is not gathered any longer, but pushed into the socket. */
    FLUSH_AT = 64 << 10,
    /* And so much in one write is not gathered at all. */
    THROUGH_FROM = 16 << 10,
    /* In this time about half of what is read at once is followed. */
    SOON_NS = 200000,
};

/* How long a peer may take to close its side after we finished: our last bytes would be lost if
 * its bytes met a closed socket. */
static const double linger_seconds = 1;

/* ---- life ---- */

static void push(swio_tcp *tcp);

/* What was written just before still goes out, if the kernel takes it at once: a goodbye. */
static void end_with_loop(swio_member *member)
{
    swio_tcp *tcp = (swio_tcp *)(void *)((char *)member - offsetof(swio_tcp, member));
    push(tcp);
    swio_tcp_end(tcp, SWIO_ECANCELED, "%s: the event loop ended", tcp->name);
}

swio_tcp *swio_tcp_make(swio_loop *loop, char *name)
{
    swio_tcp *tcp = swio_calloc(1, sizeof *tcp);
    if (!tcp)
        return NULL;
    tcp->loop = loop;
    tcp->name = name;
    tcp->member.end = end_with_loop;
    swio_tcp_set_opts(tcp, &(swio_tcp_opts){0});
    swio_loop_join(loop, &tcp->member);
    return tcp;
}

void swio_tcp_set_opts(swio_tcp *tcp, const swio_tcp_opts *opts)
{
    if (opts)
        tcp->opts = *opts;
    if (!(tcp->opts.timeout > 0))
        tcp->opts.timeout = DEFAULT_TIMEOUT;
    if (tcp->opts.max_queued == 0)
        tcp->opts.max_queued = DEFAULT_MAX_QUEUED;
    if (tcp->opts.keepalive == 0)
        tcp->opts.keepalive = DEFAULT_KEEPALIVE;
    if (tcp->opts.attempt_delay_ms == 0)
        tcp->opts.attempt_delay_ms = DEFAULT_ATTEMPT_DELAY_MS;
}

swio_socket *swio_socket_new(swio_loop *loop, swio_tcp *tcp)
{
    swio_socket *socket = swio_calloc(1, sizeof *socket);
    if (!socket)
        return NULL;
    uv_tcp_init(&loop->uv, &socket->handle); /* cannot fail: it makes no descriptor yet */
    socket->handle.data = socket;
    socket->tcp = tcp;
    return socket;
}

static void destroy(swio_tcp *tcp)
{
    swio_buf_free(&tcp->waiting);
    swio_buf_free(&tcp->sending);
    swio_free(tcp->sentence);
    swio_free(tcp->name);
    swio_free(tcp);
}

static void say_closed(void *arg)
{
    swio_tcp *tcp = arg;
    if (tcp->flush_due) { /* its task is still in the queue */
        tcp->closed_due = true;
        return;
    }
    const char *sentence = tcp->sentence ? tcp->sentence : swio_strerror(tcp->error);
    if (tcp->handlers.closed)
        tcp->handlers.closed(tcp, tcp->error, tcp->error ? sentence : "", tcp->arg);
    destroy(tcp);
}

static void on_socket_closed(uv_handle_t *handle)
{
    swio_socket *socket = handle->data;
    if (socket->tcp)
        say_closed(socket->tcp);
    swio_free(socket);
}

void swio_socket_drop(swio_socket *socket)
{
    if (!socket)
        return;
    socket->tcp = NULL;
    uv_close((uv_handle_t *)&socket->handle, on_socket_closed);
}

void swio_tcp_end(swio_tcp *tcp, int error, const char *fmt, ...)
{
    if (tcp->state == SWIO_TCP_CLOSING)
        return;
    tcp->state = SWIO_TCP_CLOSING;
    tcp->error = error;
    if (error) {
        char text[SWIO_ERRMSG_MAX];
        va_list args;
        va_start(args, fmt);
        vsnprintf(text, sizeof text, fmt, args);
        va_end(args);
        tcp->sentence = swio_strdup(text);
    }
    swio_timer_stop(&tcp->timer);
    swio_loop_leave(tcp->loop, &tcp->member);
    swio_connecting_drop(tcp->connecting);
    tcp->connecting = NULL;
    if (tcp->socket) {
        uv_close((uv_handle_t *)&tcp->socket->handle, on_socket_closed);
        return;
    }
    tcp->task = (swio_task){.fn = say_closed, .arg = tcp};
    swio_loop_submit(tcp->loop, &tcp->task);
}

void swio_tcp_close(swio_tcp *tcp)
{
    assert(swio_loop_is_current(tcp->loop));
    swio_tcp_end(tcp, 0, "closed");
}

/* ---- sending ---- */

/*
 * What the peer said before it went is still to be read, and the reader meets the same end; so it
 * is left to say so, unless nobody reads.
 */
static void fail_write(swio_tcp *tcp, int error)
{
    tcp->write_error = error;
    if (tcp->paused || tcp->saw_end)
        swio_tcp_end(tcp, SWIO_ECONN, "%s: connection lost (%s)", tcp->name, uv_strerror(error));
}

static void empty(swio_buf *buf)
{
    if (buf->cap > KEPT_BUFFER)
        swio_buf_free(buf);
    else
        swio_buf_clear(buf);
}

static void on_shut(uv_shutdown_t *request, int status);

static void shut_when_sent(swio_tcp *tcp)
{
    if (!tcp->finishing || tcp->sending.len > 0 || tcp->waiting.len > 0)
        return;
    tcp->shutdown.data = tcp;
    int failed = uv_shutdown(&tcp->shutdown, (uv_stream_t *)&tcp->socket->handle, on_shut);
    if (failed)
        swio_tcp_end(tcp, SWIO_ECONN, "%s: connection lost (%s)", tcp->name, uv_strerror(failed));
}

static void on_written(uv_write_t *request, int status);

/* Gives the kernel what it takes now, and leaves the rest to libuv. Calls no handler. */
static void push(swio_tcp *tcp)
{
    if (tcp->state != SWIO_TCP_OPEN || tcp->write_error || tcp->sending.len > 0 ||
        tcp->waiting.len == 0)
        return;
    uv_stream_t *stream = (uv_stream_t *)&tcp->socket->handle;
    uv_buf_t bytes = {.base = tcp->waiting.data, .len = tcp->waiting.len};
    int sent = uv_try_write(stream, &bytes, 1);
    if (sent >= 0 && (size_t)sent == bytes.len) {
        empty(&tcp->waiting);
        return;
    }
    if (sent < 0 && sent != UV_EAGAIN) {
        fail_write(tcp, sent);
        return;
    }
    swio_buf swap = tcp->sending;
    tcp->sending = tcp->waiting;
    tcp->waiting = swap;
    if (sent > 0) {
        bytes.base += sent;
        bytes.len -= (size_t)sent;
    }
    tcp->write.data = tcp;
    int failed = uv_write(&tcp->write, stream, &bytes, 1, on_written);
    if (failed)
        fail_write(tcp, failed);
}

static void push_and_tell(swio_tcp *tcp)
{
    push(tcp);
    if (tcp->state != SWIO_TCP_OPEN || tcp->write_error || tcp->sending.len > 0)
        return;
    if (tcp->finishing)
        shut_when_sent(tcp);
    else if (tcp->handlers.drained)
        tcp->handlers.drained(tcp, tcp->arg);
}

static void on_written(uv_write_t *request, int status)
{
    swio_tcp *tcp = request->data;
    if (tcp->state == SWIO_TCP_CLOSING)
        return;
    empty(&tcp->sending);
    if (status < 0)
        fail_write(tcp, status);
    else
        push_and_tell(tcp);
}

static void on_flush(void *arg)
{
    swio_tcp *tcp = arg;
    tcp->flush_due = false;
    if (tcp->closed_due)
        say_closed(tcp);
    else
        push_and_tell(tcp);
}

/*
 * What is written in one round of the loop leaves together, before the loop waits again: a system
 * call for each small write costs more than all else (measured: 5 us against 0.2).
 */
static void flush_soon(swio_tcp *tcp)
{
    if (tcp->flush_due)
        return;
    tcp->flush_due = true;
    tcp->flush = (swio_task){.fn = on_flush, .arg = tcp};
    swio_loop_submit(tcp->loop, &tcp->flush);
}

size_t swio_tcp_queued(const swio_tcp *tcp)
{
    size_t sending =
        tcp->socket ? uv_stream_get_write_queue_size((uv_stream_t *)&tcp->socket->handle) : 0;
    return sending + tcp->waiting.len;
}

static bool has_room(swio_tcp *tcp, size_t len)
{
    return len <= tcp->opts.max_queued && swio_tcp_queued(tcp) <= tcp->opts.max_queued - len;
}

static int may_write(swio_tcp *tcp, size_t len)
{
    if (tcp->state == SWIO_TCP_CLOSING || tcp->finishing)
        return swio_err(SWIO_ECONN, "%s: the connection is closed", tcp->name);
    if (!has_room(tcp, len))
        push(tcp);
    if (tcp->write_error)
        return swio_err(SWIO_ECONN, "%s: connection lost (%s)", tcp->name,
                        uv_strerror(tcp->write_error));
    if (!has_room(tcp, len))
        return swio_err(SWIO_ELIMIT,
                        "%s: %zu bytes more to send, where %zu wait already and the limit is %zu: "
                        "the other side does not read",
                        tcp->name, len, swio_tcp_queued(tcp), tcp->opts.max_queued);
    return 0;
}

/* Much at once goes to the socket without a copy of ours, if that takes it: how much it took. */
static size_t write_through(swio_tcp *tcp, const char *bytes, size_t len)
{
    if (len < THROUGH_FROM || tcp->state != SWIO_TCP_OPEN || tcp->sending.len + tcp->waiting.len)
        return 0;
    uv_buf_t all = {.base = (char *)(uintptr_t)bytes, .len = len};
    int sent = uv_try_write((uv_stream_t *)&tcp->socket->handle, &all, 1);
    if (sent <= 0)
        return 0; /* an error is met again by the next try */
    if ((size_t)sent == len)
        empty(&tcp->waiting); /* of the room for it */
    return (size_t)sent;
}

int swio_tcp_write(swio_tcp *tcp, const char *bytes, size_t len)
{
    assert(swio_loop_is_current(tcp->loop));
    int error = may_write(tcp, len);
    if (error || len == 0)
        return error;
    if (!swio_buf_reserve(&tcp->waiting, len)) {
        tcp->waiting.error = 0; /* what is in it stays good */
        return swio_err_nomem();
    }
    size_t sent = write_through(tcp, bytes, len);
    swio_buf_add(&tcp->waiting, bytes + sent, len - sent);
    if (tcp->state == SWIO_TCP_OPEN && tcp->sending.len == 0)
        flush_soon(tcp);
    if (tcp->waiting.len >= FLUSH_AT)
        push(tcp);
    return 0;
}

/* ---- receiving ---- */

/*
 * libuv reads a socket up to 32 times in a row. Where a timer is due, or something is to be sent,
 * that is too long: events take longer to be followed than to be read (30 us each, measured), and
 * an originator's calls would wait for all of a burst. Without room it goes on in the next round.
 * For the same reason less is read at once where a timer will be due before much can be followed.
 */
static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    swio_tcp *tcp = ((swio_socket *)handle->data)->tcp;
    swio_loop *loop = tcp->loop;
    uint64_t wait_ns = swio_timers_wait(loop);
    *buf = (uv_buf_t){.base = loop->received, .len = sizeof loop->received};
    if (wait_ns < SOON_NS)
        buf->len = sizeof loop->received / 2;
    if (tcp->reading_on && (wait_ns == 0 || swio_loop_has_tasks(loop)))
        buf->len = 0;
    tcp->reading_on = false;
}

/* The peer may still listen (`… | nc host port`), so what was written for it is sent. */
static void on_end_of_stream(swio_tcp *tcp)
{
    tcp->saw_end = true;
    if (tcp->write_error)
        swio_tcp_end(tcp, SWIO_ECONN, "%s: connection lost (%s)", tcp->name,
                     uv_strerror(tcp->write_error));
    else if (tcp->shut || swio_tcp_queued(tcp) == 0)
        swio_tcp_end(tcp, 0, "closed");
    else
        swio_tcp_finish(tcp);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    swio_tcp *tcp = ((swio_socket *)stream->data)->tcp;
    if (n == UV_ENOBUFS)
        return;
    tcp->reading_on = n > 0 && (size_t)n == buf->len;
    if (n > 0 && !tcp->finishing)
        tcp->handlers.received(tcp, buf->base, (size_t)n, tcp->arg);
    else if (n == UV_EOF)
        on_end_of_stream(tcp);
    else if (n < 0 && tcp->shut)
        swio_tcp_end(tcp, 0, "closed");
    else if (n < 0)
        swio_tcp_end(tcp, SWIO_ECONN, "%s: connection lost (%s)", tcp->name,
                     uv_strerror(tcp->write_error ? tcp->write_error : (int)n));
}

static void read_on(swio_tcp *tcp)
{
    if (tcp->state != SWIO_TCP_OPEN || tcp->saw_end)
        return;
    uv_stream_t *stream = (uv_stream_t *)&tcp->socket->handle;
    if (tcp->paused)
        uv_read_stop(stream);
    else
        uv_read_start(stream, on_room, on_read);
}

void swio_tcp_pause(swio_tcp *tcp)
{
    assert(swio_loop_is_current(tcp->loop));
    tcp->paused = !tcp->finishing;
    read_on(tcp);
}

void swio_tcp_resume(swio_tcp *tcp)
{
    assert(swio_loop_is_current(tcp->loop));
    tcp->paused = false;
    read_on(tcp);
}

static void configure(swio_tcp *tcp)
{
    uv_tcp_t *handle = &tcp->socket->handle;
    uv_tcp_nodelay(handle, 1);
    uv_tcp_keepalive(handle, 1, tcp->opts.keepalive);
    int fd, interval = PROBE_INTERVAL, probes = PROBES;
    if (uv_fileno((uv_handle_t *)handle, &fd) == 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
    }
}

/* ---- finishing ---- */

static void on_finish_over(void *arg)
{
    swio_tcp *tcp = arg;
    if (tcp->shut)
        swio_tcp_end(tcp, 0, "closed");
    else
        swio_tcp_end(tcp, SWIO_ECONN, "%s: the last %zu bytes were not taken within %g s",
                     tcp->name, swio_tcp_queued(tcp), tcp->opts.timeout);
}

/* Without memory, or when the loop is ending, there is no waiting: then it goes at once or never.
 */
static void finish_within(swio_tcp *tcp, double seconds)
{
    int error =
        swio_timer_start(tcp->loop, &tcp->timer, swio_deadline_ns(seconds), on_finish_over, tcp);
    if (!error)
        return;
    push(tcp);
    swio_tcp_end(tcp, error, "%s: %s", tcp->name, swio_errmsg());
}

static void on_shut(uv_shutdown_t *request, int status)
{
    swio_tcp *tcp = request->data;
    if (tcp->state == SWIO_TCP_CLOSING)
        return;
    tcp->shut = true;
    if (status < 0 || tcp->saw_end)
        swio_tcp_end(tcp, 0, "closed");
    else
        finish_within(tcp, linger_seconds);
}

static void finish_open(swio_tcp *tcp)
{
    read_on(tcp);
    finish_within(tcp, tcp->opts.timeout);
    if (tcp->state == SWIO_TCP_OPEN)
        shut_when_sent(tcp);
}

void swio_tcp_open(swio_tcp *tcp, swio_socket *socket)
{
    tcp->state = SWIO_TCP_OPEN;
    tcp->socket = socket;
    configure(tcp);
    read_on(tcp);
    if (tcp->waiting.len > 0)
        flush_soon(tcp);
    if (tcp->finishing)
        finish_open(tcp);
}

void swio_tcp_finish(swio_tcp *tcp)
{
    assert(swio_loop_is_current(tcp->loop));
    if (tcp->state == SWIO_TCP_CLOSING || tcp->finishing)
        return;
    if (tcp->state == SWIO_TCP_CONNECTING && tcp->waiting.len == 0) {
        swio_tcp_end(tcp, 0, "closed");
        return;
    }
    tcp->finishing = true;
    tcp->paused = false; /* what still comes is read and dropped */
    if (tcp->state == SWIO_TCP_OPEN)
        finish_open(tcp);
}
