/* One logged-in Event Socket connection to one FreeSWITCH. */
#ifndef SWITCHIO_CONNECTION_H
#define SWITCHIO_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>
#include <switchio/event.h>
#include <switchio/export.h>
#include <switchio/loop.h>
#include <switchio/variable.h>

SWIO_BEGIN_DECLS

/*
 * Thread safe: any thread may call any function. Commands are pipelined, and replies are matched to
 * them in order; events that come between a command and its reply change nothing. Every command
 * ends exactly once: its reply, a time-out (the late reply is still consumed by it), or the end of
 * the connection.
 */
typedef struct swio_conn swio_conn;

/*
 * The events, in their order, on the loop's thread. Borrowed: take a reference to keep one. It may
 * close the connection and give up references to it: no event is delivered after that.
 */
typedef void swio_conn_event_fn(swio_conn *conn, swio_event *event, void *arg);

/*
 * The end of a connection that had been logged in; once for each login, on the loop's thread, after
 * every pending command was failed. `error` is 0 after swio_conn_close() and after the last
 * reference went, also where the other side goes before that has had its turn, else SWIO_ECONN
 * (lost; ended by FreeSWITCH, with its words), SWIO_EPROTO or SWIO_ELIMIT (what came was no frame,
 * or larger than the bounds), with its sentence, which lives for the call. It may close, connect
 * again (in a coroutine) and give up references.
 */
typedef void swio_conn_closed_fn(swio_conn *conn, int error, const char *sentence, void *arg);

/*
 * A connection that was lost has been made again by itself (the option `reconnect`): on the loop's
 * thread. It is as after any login: FreeSWITCH has forgotten what it was subscribed to, its filters
 * and its log level, and they can be sent from here (swio_conn_send()). False if it comes at a bad
 * moment: it is closed again without a call of on_closed, and tried again later. Not called where
 * swio_conn_connect() did it.
 */
typedef bool swio_conn_back_fn(swio_conn *conn, void *arg);

/* Zero is the default of each. Strings are copied. */
typedef struct swio_conn_opts {
    swio_loop *loop;        /* the process's default loop */
    uint16_t port;          /* where the contact names none; 8021 */
    const char *password;   /* "ClueCon" */
    const char *user;       /* "user@domain": logs in with userauth instead of auth */
    double connect_timeout; /* seconds for resolving, connecting and logging in together; 10 */
    double timeout;         /* seconds for a reply, where a call gives none; 10 */
    bool in_order;          /* addresses one after the other instead of happy eyeballs (RFC 8305) */
    size_t max_pending;     /* commands without a reply yet; 65536. Past it: SWIO_ELIMIT */
    size_t max_queued;      /* unsent bytes; 64 MiB. Past it: SWIO_ELIMIT */
    bool reconnect;         /* a connection that is lost is made again; false. See below */
    const char *owner;      /* in the log, of a loss: "the listener"; "this program" */
    unsigned wake_ms;       /* how often swio_conn_await() wakes FreeSWITCH; 0: never */
    size_t max_header_bytes; /* of one received header block; 1 MiB */
    size_t max_body_bytes;   /* of one received frame; 64 MiB */
    swio_conn_event_fn *on_event;
    swio_conn_event_fn *on_log; /* log/data frames, after the command "log LEVEL" */
    swio_conn_closed_fn *on_closed;
    swio_conn_back_fn *on_back;
    void *arg; /* for the handlers; lives until on_closed, or until the last swio_conn_unref() on a
                  thread that is no loop's */
} swio_conn_opts;

/*
 * Makes a connection, not yet connected. `contact` is "host", "host:port", "1.2.3.4:port",
 * "[::1]:port" or a bare IPv6 address. SWIO_EINVAL for a contact or an option that cannot be right,
 * SWIO_ENOMEM.
 */
SWIO_API int swio_conn_new(const char *contact, const swio_conn_opts *opts, swio_conn **out);

SWIO_API swio_conn *swio_conn_ref(swio_conn *conn);
/*
 * Gives NULL, and NULL is fine. The last reference closes the connection; legal in any handler.
 * Handlers of what was pending still get the connection, and may not keep it.
 *
 * On a thread that is no loop's, the last call returns when the connection has ended: what was
 * queued is with the kernel, and no handler runs any more, so that `arg` may go. It must not hold a
 * lock that a handler takes.
 */
SWIO_API swio_conn *swio_conn_unref(swio_conn *conn);

/*
 * Resolves, connects and logs in, and waits for it as the rule of waiting says. SWIO_ECONN (not
 * resolved, refused, timed out, closed, refused by the ACL of the switch), SWIO_EAUTH (password),
 * SWIO_EPROTO (something else answers there), each with host, port and cause; SWIO_ECONFIG when it
 * is connected already, or being connected by another call; SWIO_ECANCELED when it is closed
 * meanwhile; SWIO_EWOULDBLOCK, SWIO_ENOMEM. After every end it may be called again.
 */
SWIO_API int swio_conn_connect(swio_conn *conn);

/*
 * With the option `reconnect`, a connection that was lost after its login (on_closed with an error)
 * is connected again in the background: for the first time after about 0.1 s, then behind delays
 * that double up to 5 s (each less up to a fifth, by chance), until it succeeds, FreeSWITCH refuses
 * the password, or the connection is closed or given up. What is sent meanwhile is refused at once
 * with SWIO_ECONN. A loss and a return are said in the log (warning, info), tries that fail as well
 * (debug). swio_conn_connect() takes the place of the next try; where it fails too, the tries go
 * on. The first connecting, and one after swio_conn_close(), is never tried again.
 */

/*
 * Closes: sends what was queued before and `exit`, and waits for nothing. Pending commands, and a
 * swio_conn_connect() that is going on, fail with SWIO_ECANCELED. May be connected again
 * afterwards. Idempotent, never fails.
 */
SWIO_API void swio_conn_close(swio_conn *conn);

SWIO_API bool swio_conn_connected(const swio_conn *conn);
/* "host:port" as given, with the port filled in; "[::1]:8021" for IPv6. */
SWIO_API const char *swio_conn_contact(const swio_conn *conn);
SWIO_API const char *swio_conn_host(const swio_conn *conn);
SWIO_API uint16_t swio_conn_port(const swio_conn *conn);
SWIO_API swio_loop *swio_conn_loop(const swio_conn *conn);

/*
 * The commands. Each sends, and waits for the reply as the rule of waiting says: `timeout` in
 * seconds, more than 0 waits so long, 0 sends and returns (the reply is consumed and, when it is an
 * error, logged). `reply` (may be NULL) gets a reference to the reply, or NULL if none came. Errors
 * of all: SWIO_EAPI, SWIO_EINVAL (a line break or NUL in a value; nothing is sent), SWIO_ECONN (not
 * connected, or lost), SWIO_ETIMEOUT, SWIO_ELIMIT, SWIO_EWOULDBLOCK, SWIO_ECANCELED, SWIO_ENOMEM.
 *
 * A reply whose first bytes are "-ERR" or "-USAGE" is SWIO_EAPI: the sentence has FreeSWITCH's
 * words, and *reply is given all the same. One text is no error: "-ERR no reply", which FreeSWITCH
 * puts in place of the output of an api command that printed nothing (mod_event_socket.c,
 * api_exec). uuid_break and uuid_send_dtmf succeed with it, commands that fail say so, and through
 * bgapi the same command gives an empty result. The reply keeps the text, for the commands where
 * silence has a meaning: global_getvar says so of a variable that is not set.
 */

/*
 * Any command line, as typed after telnet (mod_event_socket.c, parse_command()):
 *     filter Event-Name CHANNEL_CREATE    filter delete Event-Name    noevents
 *     log 4    nolog    myevents UUID    divert_events on    linger 10    getvar NAME    exit
 */
SWIO_API int swio_conn_command(swio_conn *conn, const char *line, double timeout,
                               swio_event **reply);

/* `api TEXT`: the body of the reply is the output. Only a body whose first bytes say so is an
 * error. */
SWIO_API int swio_conn_api(swio_conn *conn, const char *text, double timeout, swio_event **reply);

/*
 * `bgapi TEXT` under this Job-UUID, so that the caller can register the job before the command
 * leaves. The result comes as a BACKGROUND_JOB event with that Job-UUID.
 */
SWIO_API int swio_conn_bgapi(swio_conn *conn, const char *text, const char *job_uuid,
                             double timeout, swio_event **reply);

typedef struct swio_execute_opts {
    const char *arg;        /* of the application; none */
    int loops;              /* how often; 1 */
    bool event_lock;        /* the next message waits until this one is done */
    bool async;             /* on an outbound socket: do not wait for the one before */
    const char *event_uuid; /* comes back as Application-UUID of CHANNEL_EXECUTE_COMPLETE; none */
} swio_execute_opts;

/* `sendmsg UUID` with call-command execute. `+OK` says that it was queued, not that it was done. */
SWIO_API int swio_conn_execute(swio_conn *conn, const char *uuid, const char *app,
                               const swio_execute_opts *opts, double timeout, swio_event **reply);

/* What a message carries. Zero is the default of each; all is copied. */
typedef struct swio_message {
    const swio_variable *headers; /* in their order; none */
    size_t header_count;
    const char *body; /* with its Content-Length; none */
} swio_message;

/*
 * `sendmsg UUID`: any message to a session, of which swio_conn_execute() sends one kind; on an
 * outbound socket `uuid` may be NULL. `sendevent NAME`: an event that FreeSWITCH fires or sends on:
 * "NOTIFY", "SEND_MESSAGE", "CUSTOM" with an Event-Subclass. The reply to it has an Event-UUID.
 * `message` may be NULL.
 */
SWIO_API int swio_conn_sendmsg(swio_conn *conn, const char *uuid, const swio_message *message,
                               double timeout, swio_event **reply);
SWIO_API int swio_conn_sendevent(swio_conn *conn, const char *name, const swio_message *message,
                                 double timeout, swio_event **reply);

/*
 * `event FORMAT NAMES…`, and `nixevent NAMES…`, which takes them back. A name with a ':' in it is a
 * custom subclass. "ALL" takes everything.
 */
SWIO_API int swio_conn_subscribe(swio_conn *conn, swio_event_format format,
                                 const char *const *names, size_t count, double timeout);
SWIO_API int swio_conn_unsubscribe(swio_conn *conn, const char *const *names, size_t count,
                                   double timeout);

/*
 * The call under all of the above, which never waits: queues one command whose bytes are whole
 * ("…\n\n", with its body where it announces one; copied), and calls `done` exactly once on the
 * loop's thread: `error` 0 with the reply (borrowed), SWIO_EAPI with the reply and a sentence, or
 * another error and its sentence, which live for the call. `done` may close the connection and give
 * up references to it; NULL: the reply is dropped. `timeout` in seconds from now, 0: that of the
 * options; INFINITY is possible. An error that is returned means that nothing was queued and that
 * `done` is not called.
 *
 * What is sent in one round of the loop leaves in one write, in the order of the calls.
 */
typedef void swio_conn_reply_fn(swio_conn *conn, int error, const char *sentence, swio_event *reply,
                                void *arg);
SWIO_API int swio_conn_send(swio_conn *conn, const char *bytes, size_t len, double timeout,
                            swio_conn_reply_fn *done, void *arg);

/*
 * Counts, with +1 and -1, that the caller waits for an event. FreeSWITCH delivers events up to
 * 20 ms late to a client that sends nothing: as long as somebody waits, an empty line, which it
 * skips, wakes it every `wake_ms` milliseconds (an option; 0: this call does nothing). A command
 * that waits for its reply needs no such help. The count belongs to the connection, connected or
 * not. Any thread.
 */
SWIO_API void swio_conn_await(swio_conn *conn, int change);

SWIO_END_DECLS

#endif
