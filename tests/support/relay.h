/* A TCP relay between a client and a server, which can be cut and mended while its port stays. */
#ifndef SWIO_TESTS_RELAY_H
#define SWIO_TESTS_RELAY_H

#include <stdbool.h>

/*
 * Plain sockets in a thread of its own, like mock_server: it shares no code with what it tests.
 * Every call has taken effect when it returns.
 */
typedef struct relay relay;

/* What becomes of a connection that comes. */
typedef enum relay_mode {
    RELAY_OPEN,   /* it is carried to the server */
    RELAY_SHUT,   /* it is closed at once */
    RELAY_SILENT, /* it is held, and nothing is said */
} relay_mode;

/* On 127.0.0.1, open, to a server at "127.0.0.1:PORT". NULL if that is impossible. */
relay *relay_start(const char *to);
/* "127.0.0.1:PORT". */
const char *relay_contact(const relay *r);
/* Connections that came so far. */
unsigned relay_accepted(const relay *r);
/* For the connections that come from now on. */
void relay_set(relay *r, relay_mode mode);
/* To another server from now on. */
void relay_aim(relay *r, const char *to);
/* Carries nothing that the server says until it is told otherwise; all then. */
void relay_hold(relay *r, bool hold);
/* Ends all connections that are there; from now on as by relay_set(). */
void relay_cut(relay *r, relay_mode mode);
void relay_stop(relay *r);

#endif
