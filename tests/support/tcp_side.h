/* The two ends of streams, for tests: each notes what happens to it. */
#ifndef SWIO_TESTS_TCP_SIDE_H
#define SWIO_TESTS_TCP_SIDE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "loop/tcp.h"

/* When a side closes itself, in the handler of that name. */
typedef enum { NOT, ON_CONNECTED, ON_RECEIVED, ON_DRAINED } side_when;

/* One end. Zero is a fine start. What the test's thread reads is atomic, or read after `closed`. */
typedef struct side {
    swio_loop *loop;
    swio_tcp *tcp; /* the loop's thread; NULL after the end */
    swio_tcp_opts opts;
    side_when close_at;
    bool echo; /* sends back what comes */
    char peer[128];
    swio_buf got;      /* the first 4096 bytes */
    uint64_t followed; /* how many bytes followed side_pattern() */
    bool spoilt;       /* they did not */
    char sentence[SWIO_ERRMSG_MAX];
    int error;
    bool closing;
    int after_close; /* calls that came after it had closed itself */
    atomic_size_t bytes;
    atomic_int connected, drained, closed;
} side;

extern const swio_tcp_handlers side_handlers; /* for a `side` as arg */

/* A listener whose connections become the `count` sides, one after the other. */
typedef struct side_server {
    swio_loop *loop;
    const char *address; /* "127.0.0.1" */
    uint16_t port;
    int error;
    side *sides;
    int count;
    bool close_in_accepted; /* the listener, at the first connection */
    swio_tcp_listener *listener;
    atomic_int accepted;
} side_server;

/* Two connected sides on a loop of their own. */
typedef struct side_pair {
    swio_loop *loop;
    side_server server;
    side near, far;
} side_pair;

/* Each runs on the loop, and is waited for. */
void side_listen(side_server *server);
void side_unlisten(side_server *server);
/* Returns swio_tcp_connect()'s error; `first` (or NULL) is written at once. */
int side_connect(side *s, swio_loop *loop, const char *host, uint16_t port, const char *first);
int side_write(side *s, const char *bytes, size_t len, size_t *queued);
void side_close(side *s);
void side_finish(side *s);
void side_pause(side *s);
void side_resume(side *s);

/* The test's thread. */
void side_wait_closed(side *s);
void side_free(side *s);
/* `len` bytes of which every piece tells where it belongs; free(). */
char *side_pattern(size_t len);

void side_pair_open(side_pair *pair, const char *address);
/* Closes what is still open, and waits for both ends. */
void side_pair_close(side_pair *pair);

#endif
