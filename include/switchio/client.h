/* Clients: what changes a FreeSWITCH, with commands. */
#ifndef SWITCHIO_CLIENT_H
#define SWITCHIO_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <switchio/app.h>
#include <switchio/event.h>
#include <switchio/export.h>
#include <switchio/job.h>
#include <switchio/listener.h>
#include <switchio/loop.h>
#include <switchio/originate.h>
#include <switchio/variable.h>

SWIO_BEGIN_DECLS

/*
 * A client has connections of its own for commands, one or several: a FreeSWITCH reads each of
 * them with one thread, about 800 bgapi a second. `api` and `cmd` need nothing else; for jobs,
 * calls and apps it is given a listener of the same FreeSWITCH. Any thread may call any function.
 */

/* Zero is the default of each. Strings are copied. */
typedef struct swio_client_opts {
    swio_loop *loop;         /* that of the listener, else the process's default loop */
    uint16_t port;           /* where the contact names none; 8021 */
    const char *password;    /* "ClueCon" */
    const char *user;        /* "user@domain": logs in with userauth instead of auth */
    double connect_timeout;  /* seconds for resolving, connecting and logging in together; 10 */
    double timeout;          /* seconds for a reply, where a call gives none; 10 */
    size_t connections;      /* 1; at most SWIO_CLIENT_CONNECTIONS */
    bool no_reconnect;       /* a connection that is lost stays so; false */
    swio_listener *listener; /* none; see swio_client_set_listener() */
} swio_client_opts;

#define SWIO_CLIENT_CONNECTIONS 64

/* Makes a client, not yet connected. `opts` may be NULL. SWIO_EINVAL, SWIO_ECONFIG (the listener is
 * another host's, or lives on another loop), SWIO_ENOMEM, SWIO_EIO. */
SWIO_API int swio_client_new(const char *contact, const swio_client_opts *opts, swio_client **out);

SWIO_API swio_client *swio_client_ref(swio_client *client);
/* Gives NULL. The last reference closes the connections and unloads the apps that were loaded
 * through it; else the listener stays as it is. */
SWIO_API swio_client *swio_client_unref(swio_client *client);

/*
 * Connects and logs in; the errors are those of swio_conn_connect(), and nothing stays connected
 * after one. SWIO_ECONFIG when it is connected already.
 *
 * A connection that is lost later is made again in the background, unless `no_reconnect` says
 * otherwise: when and how often it is tried says swio_conn_connect(). Commands for it are refused
 * meanwhile, at once, with SWIO_ECONN. Calling swio_client_connect() then takes the place of the
 * next try; where it fails, the tries go on. swio_client_disconnect() ends them, and so does a
 * password that is refused.
 */
SWIO_API int swio_client_connect(swio_client *client);
SWIO_API void swio_client_disconnect(swio_client *client);
/* All of its connections are up. */
SWIO_API bool swio_client_connected(const swio_client *client);
SWIO_API const char *swio_client_contact(const swio_client *client);
SWIO_API const char *swio_client_host(const swio_client *client);

/*
 * Gives the client a listener (or with NULL takes it away), whose sessions send their commands
 * through this client from now on. What was loaded through the client into another one is unloaded.
 * SWIO_ECONFIG for a listener of another contact or loop.
 */
SWIO_API int swio_client_set_listener(swio_client *client, swio_listener *listener);
/* Its listener, or NULL. The caller owns the reference. */
SWIO_API swio_listener *swio_client_listener(swio_client *client);

/*
 * `api TEXT`, as swio_conn_api(): waits up to `timeout` seconds for the reply; 0 sends and returns.
 * `reply` may be NULL. SWIO_EAPI with FreeSWITCH's words, and the errors of a command.
 */
SWIO_API int swio_client_api(swio_client *client, const char *text, double timeout,
                             swio_event **reply);

/*
 * The same, and *out gets the body of the reply without blanks and line ends around it, to be
 * released with swio_text_free(). Waits; `timeout` 0 is the client's own.
 */
SWIO_API int swio_client_cmd(swio_client *client, const char *text, double timeout, char **out);

/*
 * `bgapi TEXT` under a Job-UUID of ours, registered with the listener before the command leaves.
 * Does not wait: the job is waited for (job.h). `app_id` (may be NULL) is the app whose job
 * callbacks hear of its end. `job` may be NULL, else the caller owns the reference. SWIO_ECONFIG
 * without a listener, or with one that is not running; the errors of a command.
 */
SWIO_API int swio_client_bgapi(swio_client *client, const char *text, const char *app_id,
                               swio_job **job);

/*
 * Places a call. Does not wait: the job ends when the call is answered, or has failed;
 * swio_job_sess_uuid() is the uuid of the caller's session from the start. Without a dest_url the
 * call is placed by the template of swio_client_set_originate(), with the app id, uuid and fields
 * of these options. The errors of swio_client_bgapi(), SWIO_EINVAL of swio_originate_line().
 */
SWIO_API int swio_client_originate(swio_client *client, const swio_originate_opts *opts,
                                   swio_job **job);

/*
 * The template by which swio_client_originate() places a call that is given no destination. Copied;
 * NULL forgets it. In every text of it, the values of its variables included,
 *     {uuid_str}  stands for the uuid of the call's session,
 *     {app_id}    for its app id,
 *     {NAME}      for the field of this name that the call is given, NAME being made of letters,
 *                 digits and _; without such a field the call is refused with SWIO_EINVAL.
 * "{{NAME}}" stands for "{NAME}"; what else is in curly brackets stays as it is.
 */
SWIO_API int swio_client_set_originate(swio_client *client, const swio_originate_opts *opts);

/*
 * Hangs up every call that carries this app id, or with NULL every call of the switch (`hupall`).
 * `timeout` as in swio_client_api().
 */
SWIO_API int swio_client_hupall(swio_client *client, const char *app_id, double timeout);

/*
 * The SIP address of a profile, "127.0.0.1:5080" (`sofia status profile NAME`); released with
 * swio_text_free(). SWIO_ENOENT with a sentence that names the profiles that are there.
 */
SWIO_API int swio_client_sip_address(swio_client *client, const char *profile, char **out);

/*
 * How much the console of the switch says: "DEBUG", "INFO", "NOTICE", "WARNING", "ERR", "CRIT",
 * "ALERT", "CONSOLE" or "DISABLE"; as a text to be released with swio_text_free(). This is
 * `console loglevel`; `fsctl loglevel`, the level of the core, cannot be asked for without being
 * changed (mod_commands.c ctl_function()). `timeout` as in swio_client_cmd() and swio_client_api().
 * SWIO_EAPI for a level that FreeSWITCH does not know, and where it has no mod_console.
 */
SWIO_API int swio_client_loglevel(swio_client *client, double timeout, char **level);
SWIO_API int swio_client_set_loglevel(swio_client *client, const char *level, double timeout);

/* How an app is loaded. Zero is the default of each. All but `self` is copied. */
typedef struct swio_load_opts {
    const char *id;     /* under which it hears of events; a fresh uuid */
    bool prepend;       /* before the apps of the same id that are there already */
    const char *params; /* "key=value,key=value". A comma of a value stands within brackets or
                           single quotes, or behind a backslash. The defaults of the app */
    const swio_variable *values; /* the same as a table, beside or instead of the text */
    size_t value_count;
    const char *app_header; /* one more header that carries app ids, for as long as the app is
                               loaded: "variable_sip_h_X-tenant". It counts after
                               variable_sip_h_X-switchio_app, and for sessions that begin later */
    bool quiet;             /* that it was loaded is said at the debug level only */
    void *self; /* given to its setup and entries, where the app has no state of its own */
} swio_load_opts;

/*
 * Loads an app into the client's listener: from now on its entries run for the events that carry
 * its id. Several apps may share an id. Atomic: after an error nothing of it stays behind. `id`
 * (may be NULL) gets the id, which lives as long as the app is loaded. SWIO_ECONFIG without a
 * listener, SWIO_EINVAL for an app with a bad entry or an unknown or wrong parameter, SWIO_EEXIST
 * for the same app twice under one id, what its setup returns, SWIO_ENOMEM. Where new events must
 * be subscribed to on a running listener it waits for the reply, as the rule of waiting says, with
 * the errors of a command.
 */
SWIO_API int swio_client_load_app(swio_client *client, const swio_app *app,
                                  const swio_load_opts *opts, const char **id);

/*
 * Unloads by id all apps of the id, or by name those of that name. Their coroutines are cancelled.
 * When this returns in a thread, or in a coroutine that is not of the app itself, none of their
 * entries runs any more; in a callback it returns at once, and their coroutines end soon.
 * SWIO_ENOENT, SWIO_ECONFIG without a listener.
 */
SWIO_API int swio_client_unload_app(swio_client *client, const char *name_or_id);

/* The id of a loaded app by its name; NULL if it is not loaded. Lives as long as it is loaded. */
SWIO_API const char *swio_client_app_id(swio_client *client, const char *name);

SWIO_END_DECLS

#endif
