/* A connection from the inside: what the files of this room share. */
#ifndef SWIO_CONN_CONN_H
#define SWIO_CONN_CONN_H

#include <stdatomic.h>
#include <switchio/connection.h>

#include "base/buf.h"
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
    atomic_size_t posted;  /* bytes of commands that are on their way to the stream */
    atomic_size_t backlog; /* bytes that the stream holds, when we looked last */
    atomic_int awaits;     /* of swio_conn_await() */
    atomic_bool waking;    /* wake_task is under way */
    swio_pending pending;
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
    size_t greeting_len;
    char greeting[SWIO_GREETING_SHOWN]; /* the first bytes that came */
};

/* machine.c; all on the loop's thread. */

/* Starts connecting; `connecting` (its reference is taken) is set once that ended. */
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

/* wake.c: the line feeds of swio_conn_await(). */
void swio_wake_start(swio_conn *conn);
void swio_wake_stop(swio_conn *conn);

/* trace.c: frames in the log, at SWIO_LOG_TRACE: '>' sent, '<' received. */
void swio_trace_sent(const swio_conn *conn, const char *bytes, size_t len);
void swio_trace_received(const swio_conn *conn, const swio_frame *frame);

#endif
