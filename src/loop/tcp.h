/* TCP streams and listeners on the loop, so that the rooms above do not see libuv. Loop thread
 * only. */
#ifndef SWIO_LOOP_TCP_H
#define SWIO_LOOP_TCP_H

#include <stddef.h>
#include <stdint.h>

#include "loop/loop.h"

typedef struct swio_tcp swio_tcp;

/*
 * What a stream calls back, all on the loop's thread. None of them runs inside the call that caused
 * it. Any may call swio_tcp_close(); after that nothing more is called but `closed`.
 */
typedef struct swio_tcp_handlers {
    /* A swio_tcp_connect() got through; `peer` is "127.0.0.1:8021" or "[::1]:8021". May be NULL. */
    void (*connected)(swio_tcp *tcp, const char *peer, void *arg);
    /* Bytes came; they live for the call. */
    void (*received)(swio_tcp *tcp, const char *bytes, size_t len, void *arg);
    /* The queue of unsent bytes ran empty. May be NULL. */
    void (*drained)(swio_tcp *tcp, void *arg);
    /*
     * The end, exactly once, always: error 0 for our close or the peer's orderly one (then what is
     * queued is sent first), else
     * SWIO_ECONN and a sentence (names host, port and cause), SWIO_ECANCELED when the loop ends, or
     * SWIO_ENOMEM. The stream's memory goes after it.
     */
    void (*closed)(swio_tcp *tcp, int error, const char *sentence, void *arg);
} swio_tcp_handlers;

typedef struct swio_tcp_opts {
    double timeout;            /* seconds for resolving and connecting; 0: 10 */
    size_t max_queued;         /* unsent bytes before a write is refused; 0: 64 MiB */
    unsigned keepalive;        /* seconds of silence before TCP keepalive probes; 0: 20 */
    unsigned attempt_delay_ms; /* RFC 8305 Connection Attempt Delay; 0: 250 */
    int in_order;              /* try the addresses one after the other, not happy eyeballs */
} swio_tcp_opts;

/*
 * Resolves `host` (name, IPv4, IPv6 without brackets) and connects, IPv6 and IPv4 alternating as
 * RFC 8305 says; in order, each address gets an equal share of the time that is left. What is
 * written before `connected` is sent then. Failure comes through `closed`; an error that is
 * returned (SWIO_ENOMEM; SWIO_ECANCELED: the loop is ending) means that nothing is called. The loop
 * must be held by the caller as long as the stream lives.
 */
int swio_tcp_connect(swio_loop *loop, const char *host, uint16_t port, const swio_tcp_opts *opts,
                     const swio_tcp_handlers *handlers, void *arg, swio_tcp **out);

/*
 * Queues bytes (copied). What is written in one round of the loop leaves together, at its end (much
 * in one call at once); swio_tcp_close() before that would lose it: swio_tcp_finish(). At the end
 * of the loop what the socket takes at once is still sent. SWIO_ELIMIT past max_queued, SWIO_ECONN
 * after the end, SWIO_ENOMEM; nothing of it was sent then.
 */
int swio_tcp_write(swio_tcp *tcp, const char *bytes, size_t len);
size_t swio_tcp_queued(const swio_tcp *tcp);
/* A descriptor of the caller's own of the socket of an open stream, close-on-exec, to write to
 * while nothing is queued here; close() it at the end of the stream. -1: errno says why. */
int swio_tcp_duplicate(const swio_tcp *tcp);

/* Stops and resumes reading: back-pressure on the peer. */
void swio_tcp_pause(swio_tcp *tcp);
void swio_tcp_resume(swio_tcp *tcp);

/*
 * Sends what is queued, tells the peer that this was all, and closes when it closes its side, or
 * after a second. What it still says is dropped: nothing more is called but `closed`, with
 * SWIO_ECONN if the peer does not take what was queued within the time-out of the options.
 */
void swio_tcp_finish(swio_tcp *tcp);
/* Closes now; what is queued is lost. */
void swio_tcp_close(swio_tcp *tcp);

typedef struct swio_tcp_listener swio_tcp_listener;

/*
 * Listens on a numeric address (port 0: the kernel chooses). `accepted` runs on the loop's thread
 * for each stream; it must call swio_tcp_accept_as() before it returns, or the stream is closed.
 * SWIO_EINVAL (no numeric address), SWIO_EIO (names address and cause), SWIO_ENOMEM,
 * SWIO_ECANCELED.
 */
typedef void swio_tcp_accepted_fn(swio_tcp_listener *listener, swio_tcp *tcp, const char *peer,
                                  void *arg);
int swio_tcp_listen(swio_loop *loop, const char *address, uint16_t port,
                    swio_tcp_accepted_fn *accepted, void *arg, swio_tcp_listener **out);
void swio_tcp_accept_as(swio_tcp *tcp, const swio_tcp_opts *opts, const swio_tcp_handlers *handlers,
                        void *arg);
uint16_t swio_tcp_listener_port(const swio_tcp_listener *listener);
/* Stops listening; accepted streams go on, `accepted` is not called again. NULL is fine. The loop's
 * end does the same; the owner may still call it in what runs on the loop then. */
void swio_tcp_listener_close(swio_tcp_listener *listener);

#endif
