/* Threads that send what swio_conn_send_at() made ready, each at its time. */
#ifndef SWIO_DIAL_LAUNCHERS_H
#define SWIO_DIAL_LAUNCHERS_H

#include <stddef.h>
#include <stdint.h>
#include <switchio/connection.h>

/*
 * Two of them, each on one half of the processors, and either sends: a timer waits for the
 * processor on which its thread went to sleep, which may be at something else, or taken away by the
 * host of a virtual machine. On one processor there is one.
 */
typedef struct swio_launchers swio_launchers;

/* The connections are borrowed until swio_launchers_stop(), the array is copied. SWIO_EIO, with a
 * sentence, SWIO_ENOMEM. */
int swio_launchers_start(swio_conn *const *conns, size_t count, swio_launchers **out);

/* Any thread: something is due then. Where they sleep longer they are woken. */
void swio_launchers_wake(swio_launchers *launchers, uint64_t due_ns);

/* Ends the threads, and waits for it. NULL is fine. */
void swio_launchers_stop(swio_launchers *launchers);

#endif
