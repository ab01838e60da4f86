/*
 * FreeSWITCH looks at a client's event queue between commands, and otherwise sleeps on the socket
 * for up to 20 ms (mod_event_socket.c, read_packet). An empty line is no command, but ends that
 * sleep. A command needs no such help: it ends the sleep itself, and the thread that it woke
 * answers it.
 */
#include "base/mem.h"
#include "conn/conn.h"

static const char line_feed[] = "\n";

static void tick(void *arg)
{
    swio_conn *conn = arg;
    if (conn->state != SWIO_CONN_UP || atomic_load(&conn->awaits) <= 0)
        return;
    /* A peer that does not read is not to be woken. Without memory for the timer the events come
     * later, as they would without all this. */
    if (swio_tcp_queued(conn->link->tcp) == 0)
        swio_tcp_write(conn->link->tcp, line_feed, 1);
    (void)swio_timer_start(conn->loop, &conn->wake, swio_deadline_ns(conn->opts.wake_ms / 1000.0),
                           tick, conn);
}

void swio_wake_start(swio_conn *conn)
{
    if (conn->opts.wake_ms && conn->wake.heap_at == 0)
        tick(conn);
}

void swio_wake_stop(swio_conn *conn)
{
    swio_timer_stop(&conn->wake);
}

static void run_wake(void *arg)
{
    swio_conn *conn = arg;
    atomic_store(&conn->waking, false);
    swio_wake_start(conn);
    swio_obj_unref(conn);
}

void swio_conn_await(swio_conn *conn, int change)
{
    int before = atomic_fetch_add(&conn->awaits, change);
    if (!conn->opts.wake_ms || before > 0 || before + change <= 0)
        return;
    if (atomic_exchange(&conn->waking, true))
        return;
    conn->wake_task = (swio_task){.fn = run_wake, .arg = swio_obj_ref(conn)};
    if (!swio_loop_submit(conn->loop, &conn->wake_task))
        swio_obj_unref(conn);
}
