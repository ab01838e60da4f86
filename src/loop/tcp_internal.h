/* The inside of streams, for the files tcp*.c. */
#ifndef SWIO_LOOP_TCP_INTERNAL_H
#define SWIO_LOOP_TCP_INTERNAL_H

#include <netdb.h>

#include "base/buf.h"
#include "loop/internal.h"
#include "loop/tcp.h"

/* "[" address "%" interface "]:" port */
enum { SWIO_PEER_MAX = 80 };

/* A socket with the memory of its libuv handle, which outlives the stream that drops it. */
typedef struct swio_socket {
    uv_tcp_t handle;
    uv_connect_t request;
    swio_tcp *tcp; /* NULL: dropped */
    size_t address;
} swio_socket;

typedef enum swio_tcp_state {
    SWIO_TCP_CONNECTING,
    SWIO_TCP_OPEN,
    SWIO_TCP_CLOSING, /* only `closed` is still to come */
} swio_tcp_state;

struct swio_tcp {
    swio_loop *loop;
    swio_tcp_handlers handlers;
    void *arg;
    swio_tcp_opts opts; /* with the defaults filled in */
    char *name;         /* of the other side, for sentences: "host:port" */
    swio_tcp_state state;
    bool adopted; /* has handlers */
    bool paused;
    bool reading_on; /* libuv is about to read again what the socket holds */
    bool saw_end;    /* the peer sends nothing more */
    int write_error; /* libuv's; nothing can be sent any more */

    struct swio_connecting *connecting; /* while CONNECTING */
    swio_socket *socket;                /* while OPEN */
    swio_timer timer;                   /* of connecting, then of finishing */
    swio_task task;                     /* the end of a stream without a socket */
    swio_member member;

    /* Bytes are gathered in `waiting`; what the kernel does not take is in `sending` meanwhile. */
    swio_buf waiting;
    swio_buf sending;
    uv_write_t write;
    swio_task flush;
    bool flush_due;  /* the task is on its way */
    bool closed_due; /* and `closed` waits for it */

    bool finishing;
    bool shut; /* all is sent, and the peer was told that this was all */
    uv_shutdown_t shutdown;

    int error; /* what `closed` will be told */
    char *sentence;
};

/* A stream that is not connected yet, in the loop's list of members; takes `name`. NULL: no memory.
 */
swio_tcp *swio_tcp_make(swio_loop *loop, char *name);
void swio_tcp_set_opts(swio_tcp *tcp, const swio_tcp_opts *opts);

/* Connected: takes the socket, sends what was queued meanwhile, reads. */
void swio_tcp_open(swio_tcp *tcp, swio_socket *socket);

/* Ends the stream, once; `closed` is called later. */
void swio_tcp_end(swio_tcp *tcp, int error, const char *fmt, ...) SWIO_PRINTF(3, 4);

/* NULL: no memory. */
swio_socket *swio_socket_new(swio_loop *loop, swio_tcp *tcp);
/* Closes it and gives its memory back afterwards. NULL is fine. */
void swio_socket_drop(swio_socket *socket);

/* "127.0.0.1:8021" or "[::1]:8021". */
void swio_peer_print(const struct sockaddr *address, char out[SWIO_PEER_MAX]);
/* The same of a host and a port as they were given; swio_free(). NULL: no memory. */
char *swio_peer_name(const char *host, uint16_t port);

/* Stops the attempts and the look-up, and gives the memory back. NULL is fine. */
void swio_connecting_drop(struct swio_connecting *connecting);

/*
 * Looks a name up in a thread of its own: getaddrinfo() cannot be cancelled, and must keep neither
 * the loop from ending nor (as in libuv's pool of four) other names waiting. `done` runs on the
 * loop with a list for freeaddrinfo(), or NULL and the reason. Not after swio_lookup_drop(), nor
 * when the loop has ended.
 */
typedef struct swio_lookup swio_lookup;
typedef void swio_lookup_fn(struct addrinfo *list, const char *problem, void *arg);
int swio_lookup_start(swio_loop *loop, const char *host, swio_lookup_fn *done, void *arg,
                      swio_lookup **out);
void swio_lookup_drop(swio_lookup *lookup);

#endif
