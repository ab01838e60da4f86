/*
 * Making a lost connection again. Between two tries it is DOWN, and the timer runs; nothing is held
 * for it: the close of the connection, which every end of its owner leads to, stops it.
 */
#include <switchio/error.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "conn/conn.h"

/* Seconds before the first try, and the most between two. */
static const double FIRST_DELAY = 0.1;
static const double LONGEST_DELAY = 5;

/* Of each delay this share is left to chance, so that many do not come in the same moment. */
static const double JITTER = 0.2;

bool swio_conn_returning(const swio_conn *conn)
{
    return atomic_load(&conn->returning) && !atomic_load(&conn->closing);
}

size_t swio_conn_losses(const swio_conn *conn)
{
    return atomic_load(&conn->losses);
}

void swio_conn_share_away(swio_conn *conn, swio_away *away)
{
    conn->away = swio_obj_ref(away);
}

void swio_reconnect_mark(swio_conn *conn)
{
    if (!atomic_exchange(&conn->returning, true))
        conn->back.first = !conn->away || atomic_fetch_add(&conn->away->count, 1) == 0;
}

/* True for the last of those that share `away`. */
static bool unmark(swio_conn *conn)
{
    return atomic_exchange(&conn->returning, false) &&
           (!conn->away || atomic_fetch_sub(&conn->away->count, 1) == 1);
}

/* 0 … 1, from the bits of a moment, mixed by Knuth's multiplier. */
static double chance(uint64_t now_ns)
{
    return (double)((now_ns * 6364136223846793005u) >> 40) / (double)(1u << 24);
}

static double seconds_since(uint64_t then_ns)
{
    return (double)(swio_now_ns() - then_ns) / 1e9;
}

static void try_now(void *arg)
{
    swio_conn *conn = arg;
    if (!atomic_load(&conn->closing))
        swio_conn_start(conn, NULL);
}

static void try_later(swio_conn *conn)
{
    swio_way_back *back = &conn->back;
    double seconds = back->delay * (1 - JITTER * chance(swio_now_ns()));
    back->delay = back->delay * 2 < LONGEST_DELAY ? back->delay * 2 : LONGEST_DELAY;
    int error =
        swio_timer_start(conn->loop, &back->timer, swio_deadline_ns(seconds), try_now, conn);
    if (error) {
        unmark(conn);
        swio_error("%s: not connected again: %s", conn->contact.text, swio_errmsg());
    }
}

/* One that comes and goes does not begin anew with the shortest delay each time. */
void swio_reconnect_begin(swio_conn *conn, const char *sentence)
{
    swio_way_back *back = &conn->back;
    back->lost_ns = swio_now_ns();
    if (!(back->delay > 0) || seconds_since(back->there_ns) > LONGEST_DELAY)
        back->delay = FIRST_DELAY;
    if (atomic_load(&conn->closing))
        return; /* on_closed() did */
    swio_log(back->first ? SWIO_LOG_WARNING : SWIO_LOG_DEBUG,
             "%s lost its connection: %s; it is being made again",
             conn->opts.owner ? conn->opts.owner : "this program", sentence);
    try_later(conn);
}

void swio_reconnect_failed(swio_conn *conn, int error, const char *sentence)
{
    if (error == SWIO_EAUTH) {
        unmark(conn);
        swio_error("%s; the lost connection is not tried again", sentence);
        return;
    }
    swio_debug("not connected again: %s", sentence);
    try_later(conn);
}

void swio_reconnect_yield(swio_conn *conn)
{
    swio_timer_stop(&conn->back.timer);
    if (!conn->back.trying)
        return;
    conn->back.trying = false;
    swio_conn_end(conn, SWIO_ECANCELED, "");
}

/* Not wanted: as if it had not logged in, so that no end of it is told. */
static void send_away(swio_conn *conn)
{
    conn->state = SWIO_CONN_LOGIN;
    conn->back.trying = true;
    swio_reconnect_mark(conn);
    swio_conn_end(conn, SWIO_ECONN, "it came at a bad moment");
}

bool swio_reconnect_arrived(swio_conn *conn, bool by_try)
{
    swio_way_back *back = &conn->back;
    back->trying = false;
    back->there_ns = swio_now_ns();
    bool last = unmark(conn);
    if (by_try && conn->opts.on_back && !conn->opts.on_back(conn, conn->opts.arg)) {
        send_away(conn);
        return false;
    }
    swio_log_level level = last ? SWIO_LOG_INFO : SWIO_LOG_DEBUG;
    swio_log(level, "%s: %s is connected again, after %.1f s", conn->contact.text,
             conn->opts.owner ? conn->opts.owner : "this program", seconds_since(back->lost_ns));
    return true;
}

void swio_reconnect_stop(swio_conn *conn)
{
    swio_timer_stop(&conn->back.timer);
    unmark(conn);
}
