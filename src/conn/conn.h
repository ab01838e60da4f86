/* A connection from the inside: what the files of this room share. */
#ifndef SWIO_CONN_CONN_H
#define SWIO_CONN_CONN_H

#include <stdatomic.h>
#include <switchio/connection.h>

#include "base/buf.h"
#include "conn/ahead.h"
#include "conn/contact.h"
#include "conn/pending.h"
#include "esl/reader.h"
#include "loop/completion.h"
#include "loop/tcp.h"

/* Where a connection is on its way up; each state but DOWN has a stream (machine.c). */
typedef enum swio_conn_state {
    SWIO_CONN_DOWN,
    SWIO_CONN_CONNECTING, /* name and addresses: until the stream is there */
    SWIO_CONN_GREETING,   /* until auth/request */
    SWIO_CONN_LOGIN,      /* until the reply to auth or userauth */
    SWIO_CONN_UP,
    SWIO_CONN_STATES,
} swio_conn_state;

/* Bytes of a greeting that are kept to be shown when it is none. */
enum { SWIO_GREETING_SHOWN = 60 };

/*
 * One stream with its reader, and the connection that uses it. A connection that ends lets go of
 * its link at once (`conn` is NULL then), so that it can be connected again while the old stream
 * still says good-bye. The link goes with its stream.
 */
typedef struct swio_link {
    swio_conn *conn; /* a reference, while it is in use */
    swio_tcp *tcp;
    swio_reader *reader;
} swio_link;

/* The way back of a connection that was lost; reconnect.c. The loop's thread alone. */
typedef struct swio_way_back {
    swio_timer timer;  /* the next try */
    double delay;      /* seconds before the next try; 0 before the first loss */
    uint64_t lost_ns;  /* since when it is away */
    uint64_t there_ns; /* since when it was there, once it had come back */
    bool trying;       /* being connected is a try of ours, for which nobody waits */
    bool first;        /* of those that share `away`: this loss is said */
} swio_way_back;

/* How many of the connections of one owner are returning, so that the loss and the return of all
 * are said once. An object of swio_obj_new(). */
typedef struct swio_away {
    atomic_size_t count;
} swio_away;

/*
 * Two counts keep it, like a loop: the references of swio_obj_new() keep its memory, and each
 * stream and task holds one; `users` are the public references, which all together hold one, and
 * whose end closes the connection.
 */
struct swio_conn {
    /* Fixed from swio_conn_new() on. */
    swio_loop *loop; /* a public reference while there are users; its memory as long as ours */
    swio_contact contact;
    swio_conn_opts opts;     /* without its strings */
    swio_buf login;          /* the auth or userauth command, whole */
    swio_completion *parted; /* set at the end, if the last reference waits for it */

    /* Any thread. */
    atomic_size_t users;
    atomic_bool released;  /* `users` came to 0, once and for all */
    atomic_bool open;      /* logged in: commands are taken */
    atomic_bool closing;   /* close_task is under way: nothing is taken or delivered any more */
    atomic_bool returning; /* lost, and being made again */
    atomic_size_t losses;  /* how often it was lost */
    swio_away *away;       /* shared with others; NULL: by itself. Fixed from the beginning */
    atomic_size_t posted;  /* bytes of commands that are on their way to the stream */
    atomic_size_t backlog; /* bytes that the stream holds, when we looked last */
    atomic_int awaits;     /* of swio_conn_await() */
    atomic_bool waking;    /* wake_task is under way */
    swio_pending pending;
    swio_ahead ahead; /* commands that leave at a time of their own */
    swio_task close_task;
    swio_task part_task;
    swio_task wake_task;

    /* The loop's thread alone. */
    swio_conn_state state;
    swio_link *link;
    swio_completion *connecting; /* of the swio_conn_connect() that is going on */
    uint64_t deadline_ns;        /* for all of it: resolving, connecting, logging in */
    swio_timer deadline;
    swio_buf out; /* commands of this round of the loop, written together at its end */
    swio_task flush_task;
    bool flushing; /* flush_task is under way */
    swio_timer wake;
    swio_way_back back;
    size_t greeting_len;
    char greeting[SWIO_GREETING_SHOWN]; /* the first bytes that came */
};

/* conn.c: whether a command may be sent now. */
int swio_conn_check_send(const swio_conn *conn, const char *bytes, size_t len, double timeout);

/* machine.c; all on the loop's thread. */

/*
 * Starts connecting; `connecting` (its reference is taken) is set once that ended. It takes the
 * place of a try of reconnect.c, and is one itself where `connecting` is NULL.
 */
void swio_conn_start(swio_conn *conn, swio_completion *connecting);
/* The login succeeded. */
void swio_conn_up(swio_conn *conn);
/*
 * Every end of a connection that is not DOWN goes through here: login refused, lost, closed by us
 * (error 0). The sentence is copied before anything is called.
 */
void swio_conn_end(swio_conn *conn, int error, const char *sentence);
/* The same with a formatted sentence behind "host:port: ". */
void swio_conn_fail(swio_conn *conn, int error, const char *fmt, ...) SWIO_PRINTF(3, 4);

/* transmit.c: commands out; the loop's thread. */

/* A swio_request of swio_conn_send() has reached the loop; gives up its reference to the
 * connection. */
void swio_conn_transmit(void *request);
/* Writes what is queued now; the connection ends if that fails. */
void swio_conn_flush(swio_conn *conn);
/* Drops it. */
void swio_conn_forget(swio_conn *conn);

/* login.c: what a frame means before the connection is up. */

/* Remembers the first bytes, to show them when they are no greeting. */
void swio_login_listen(swio_conn *conn, const char *bytes, size_t len);
void swio_login_asked(swio_conn *conn, const swio_frame *frame);    /* auth/request */
void swio_login_answered(swio_conn *conn, const swio_frame *frame); /* the reply to our auth */
void swio_login_rejected(swio_conn *conn, const swio_frame *frame); /* text/rude-rejection */
void swio_login_noticed(swio_conn *conn, const swio_frame *frame);  /* text/disconnect-notice */
void swio_login_garbage(swio_conn *conn);                           /* anything else */
void swio_login_late(void *conn);                                   /* the deadline */
/* The stream ended; `sentence` says how, NULL for an orderly end. */
void swio_login_lost(swio_conn *conn, const char *sentence);

/* reply.c */

/*
 * Whether a reply is an error: 0, or SWIO_EAPI with a sentence that has FreeSWITCH's words. Only
 * the first bytes decide: "-ERR", "-USAGE".
 */
int swio_reply_judge(const char *contact, const char *command, size_t len, const swio_frame *frame);

/*
 * reconnect.c: a connection that was lost is made again, where the options ask for it: tries behind
 * growing delays, without end until one succeeds, the password is refused, or it is closed.
 */

/* Any thread: between a loss and what ends it. */
bool swio_conn_returning(const swio_conn *conn);
/* How often it was lost: who looks from time to time sees a loss after which it is back already. */
size_t swio_conn_losses(const swio_conn *conn);
/* Connections that are told as one; before they are connected. Takes a reference of `away`. */
void swio_conn_share_away(swio_conn *conn, swio_away *away);
/* The rest: the loop's thread. It is returning from now on, and refuses commands with these words.
 */
void swio_reconnect_mark(swio_conn *conn);
/* It was lost, and everybody knows. */
void swio_reconnect_begin(swio_conn *conn, const char *sentence);
/* While it is returning: it was not connected, by a try or by a call of swio_conn_connect(). */
void swio_reconnect_failed(swio_conn *conn, int error, const char *sentence);
/* A call of swio_conn_connect() takes the place of the next try, or of the one that goes on. */
void swio_reconnect_yield(swio_conn *conn);
/* It is there. False: nobody wants it, and it was given up for now. */
bool swio_reconnect_arrived(swio_conn *conn, bool by_try);
/* It was closed: nothing is tried any more. */
void swio_reconnect_stop(swio_conn *conn);

/* wake.c: the line feeds of swio_conn_await(). */
void swio_wake_start(swio_conn *conn);
void swio_wake_stop(swio_conn *conn);

/* trace.c: frames in the log, at SWIO_LOG_TRACE: '>' sent, '<' received. */
void swio_trace_sent(const swio_conn *conn, const char *bytes, size_t len);
void swio_trace_received(const swio_conn *conn, const swio_frame *frame);

#endif
