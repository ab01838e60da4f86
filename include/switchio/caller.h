/* Sync callers: place a call and get it connected, in one line. */
#ifndef SWITCHIO_CALLER_H
#define SWITCHIO_CALLER_H

#include <stdbool.h>
#include <stdint.h>
#include <switchio/app.h>
#include <switchio/client.h>
#include <switchio/export.h>
#include <switchio/loop.h>
#include <switchio/originate.h>
#include <switchio/session.h>
#include <switchio/sim.h>

SWIO_BEGIN_DECLS

/*
 * For functional tests and scripts: everything that is needed to place calls from one FreeSWITCH
 * and to drive them with apps, set up by one call and torn down by another. Any thread may call any
 * function.
 *
 *     swio_caller *caller;
 *     swio_session *session;
 *
 *     swio_caller_open("192.168.0.10", &(swio_caller_opts){
 *         .apps = {{"tone", &swio_app_tone_play}} }, &caller);
 *     swio_caller_call(caller, "Fred@192.168.0.10:5080", "tone", NULL, &session);
 *     …
 *     swio_session_unref(session);
 *     swio_caller_close(caller);
 */
typedef struct swio_caller swio_caller;

/* An app under the name by which calls ask for it; rows of one name are one composed app. For one
 * with parameters there is swio_caller_load_app(). */
typedef struct swio_caller_app {
    const char *name;
    const swio_app *app;
} swio_caller_app;

/* The most rows. */
#define SWIO_CALLER_APPS 16

/* Zero is the default of each. Strings are copied. */
typedef struct swio_caller_opts {
    swio_caller_app apps[SWIO_CALLER_APPS]; /* up to the first row without a name */
    swio_loop *loop;                        /* the process's default loop */
    uint16_t port;                          /* where the contact names none; 8021 */
    const char *password;                   /* "ClueCon" */
    const char *user;       /* "user@domain": logs in with userauth instead of auth */
    double connect_timeout; /* seconds for resolving, connecting and logging in together; 10 */
    double timeout;         /* seconds for a reply; 10 */
    bool no_reconnect; /* connections that are lost stay so; false, see swio_listener_connect() */
    swio_sim_opts sim; /* how the switch is simulated, for the contact "sim" */
} swio_caller_opts;

/*
 * Connects to a FreeSWITCH ("host", "host:port", "[::1]:port"), or with the contact "sim" to a
 * simulated one that it brings along, and loads the apps. Waits. `opts` may be NULL. The errors of
 * swio_pool_new(), swio_pool_connect() and swio_client_load_app(): nothing stays open after one.
 */
SWIO_API int swio_caller_open(const char *contact, const swio_caller_opts *opts, swio_caller **out);

/*
 * Gives NULL, and is fine with it. Hangs up the calls that it placed and that are still up, unloads
 * the apps and disconnects, without waiting for the switch. Sessions that are held stay readable.
 * A swio_caller_call() of another thread that is under way fails with SWIO_ECANCELED.
 */
SWIO_API swio_caller *swio_caller_close(swio_caller *caller);

/* Zero is the default of each. */
typedef struct swio_caller_call_opts {
    double timeout;                /* seconds until the call must be connected; 30 */
    swio_originate_opts originate; /* how it is placed; its dest_url, app_id and uuid are not used,
                                      it is no template */
} swio_caller_call_opts;

/*
 * Places a call under the app of this name (NULL: no app), and waits until it is connected. A
 * destination without a host ("Fred") is called at the proxy, else at the switch itself, at the SIP
 * address of its profile. `opts` may be NULL. *session (may be NULL) gets the session of the
 * caller's leg: the caller owns the reference. What apps leave in swio_session_vars() can be waited
 * for: swio_session_waitfor().
 *
 * SWIO_EJOB with the cause where the call failed ("-ERR USER_BUSY"); SWIO_ETIMEOUT, after which the
 * call was given up on the switch as well; SWIO_ENOENT for an app that it was not opened with;
 * SWIO_EINVAL of swio_originate_line(); SWIO_ECONN, SWIO_ECANCELED, SWIO_EWOULDBLOCK, SWIO_ENOMEM.
 */
SWIO_API int swio_caller_call(swio_caller *caller, const char *dest_url, const char *app,
                              const swio_caller_call_opts *opts, swio_session **session);

/* Its client, and with it its listener. Borrowed: it lives until the caller is closed. */
SWIO_API swio_client *swio_caller_client(const swio_caller *caller);

/*
 * Loads one more app under a name, or another one under the same name; see swio_client_load_app()
 * for options (their id is not used) and errors.
 */
SWIO_API int swio_caller_load_app(swio_caller *caller, const char *name, const swio_app *app,
                                  const swio_load_opts *opts);

/*
 * The id under which an app of this name was loaded, and which its calls carry: the name and
 * something behind it, so that callers beside each other on one switch do not answer each other's
 * calls. With NULL the id of the calls without an app. NULL for a name that it does not know. Lives
 * as long as the caller.
 */
SWIO_API const char *swio_caller_app_id(const swio_caller *caller, const char *name);

SWIO_END_DECLS

#endif
