/* What is done to a session: the commands of one leg of a call. */
#ifndef SWITCHIO_SESSION_COMMANDS_H
#define SWITCHIO_SESSION_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <switchio/event.h>
#include <switchio/export.h>
#include <switchio/session.h>
#include <switchio/variable.h>

SWIO_BEGIN_DECLS

/*
 * Each sends, and waits as the rule of waiting says: `timeout` in seconds, 0 sends and returns (an
 * error that FreeSWITCH answers is logged). More than 0 waits for the reply; answer, hangup, park
 * and playback wait for the event that completes them instead, subscribing to it where needed, and
 * return 0 at once where it was seen already.
 *
 * They go through a command connection of the client that uses the session's listener, else
 * through the listener's own; those of one session always through the same, so in their order.
 *
 * Errors of all: SWIO_EAPI with FreeSWITCH's words ("-ERR No such channel!"), SWIO_ECONN,
 * SWIO_ETIMEOUT, SWIO_EWOULDBLOCK, SWIO_EINVAL (a line break, or what FreeSWITCH cannot be told to
 * take as text), SWIO_ENOMEM; of those that wait for an event also SWIO_ECANCELED (the session
 * ended meanwhile). Any thread may call any of them. Texts are copied.
 *
 * Values of variables, digits and names arrive as they are given: what FreeSWITCH would take for
 * its own syntax is escaped, or refused. In file names, in what is spoken and in the arguments of
 * applications it puts the value of a variable in the place of ${name}, as in a dialplan.
 *
 * An application that the switch does not know hangs up the channel with DESTINATION_OUT_OF_ORDER
 * (switch_core_session.c): that is no error of the command, which has been queued by then.
 */

/* ---- the call ---- */

/* Answers an inbound session; waits for CHANNEL_ANSWER. */
SWIO_API int swio_session_answer(swio_session *session, double timeout);

/*
 * Hangs up with a cause ("USER_BUSY"; NULL: NORMAL_CLEARING); waits for CHANNEL_HANGUP. When the
 * switch knows the channel no more, that is only a matter of waiting for the event.
 */
SWIO_API int swio_session_hangup(swio_session *session, const char *cause, double timeout);

/*
 * Lets the switch hang up by itself after `seconds`, which it counts in whole ones (mod_commands.c
 * sched_hangup_function()): a fraction is rounded up. SWIO_EINVAL for less than 0.
 */
SWIO_API int swio_session_sched_hangup(swio_session *session, double seconds, const char *cause,
                                       double timeout);

/* Takes back what was scheduled for the session: hang-ups, DTMF, broadcasts (sched_del). */
SWIO_API int swio_session_clear_tasks(swio_session *session, double timeout);

/* Parks it: the dialplan's or an app's control of the channel ends; waits for CHANNEL_PARK. */
SWIO_API int swio_session_park(swio_session *session, double timeout);

/*
 * Answers the SIP request of an inbound session that rings with a response of one's own: "486 Busy
 * Here", "404" (application respond). SWIO_EINVAL for what does not begin with a status code.
 */
SWIO_API int swio_session_respond(swio_session *session, const char *response, double timeout);

/* Sends the caller on to another SIP URI: a 302 before the answer, a REFER after it
 * (uuid_deflect). */
SWIO_API int swio_session_deflect(swio_session *session, const char *uri, double timeout);

/* Which leg of a bridged pair something is meant for. */
typedef enum swio_leg {
    SWIO_LEG_DEFAULT, /* the session's own; what that means for the other is said where it is used
                       */
    SWIO_LEG_A,       /* the session's own alone */
    SWIO_LEG_B,       /* the one it is bridged to */
    SWIO_LEG_BOTH,
} swio_leg;

/* Zero is the default of each. */
typedef struct swio_transfer_opts {
    const char *dialplan; /* that of the session */
    const char *context;  /* that of the session; needs a dialplan */
    swio_leg leg;         /* the session's own; the other one is hung up */
} swio_transfer_opts;

/* Sends it to an extension of the switch's dialplan (uuid_transfer). `opts` may be NULL. */
SWIO_API int swio_session_transfer(swio_session *session, const char *extension,
                                   const swio_transfer_opts *opts, double timeout);

/* Zero is the default of each. */
typedef struct swio_bridge_opts {
    const char *dest_url; /* "user@host:port"; where the call was going: its SIP request URI */
    const char *profile;  /* SIP profile to call from; that of the session */
    const char *gateway;  /* a gateway to call through, instead of a profile */
    const char *proxy;    /* next hop, "host:port[;param=value]"; none: where the URL says */
    const swio_variable *variables; /* of the new leg; one with a NULL value is left out */
    size_t variable_count;
} swio_bridge_opts;

/*
 * Calls somebody and connects the two (application bridge); CHANNEL_BRIDGE tells when they are.
 * `opts` may be NULL. SWIO_EINVAL also where the session's events tell no URI or profile.
 */
SWIO_API int swio_session_bridge(swio_session *session, const swio_bridge_opts *opts,
                                 double timeout);

/* Puts the far end on hold by SIP, and back (uuid_hold). CHANNEL_HOLD and CHANNEL_UNHOLD tell. */
SWIO_API int swio_session_hold(swio_session *session, double timeout);
SWIO_API int swio_session_unhold(swio_session *session, double timeout);

/*
 * Takes the switch out of the media path of a bridged session, whose two far ends then send to each
 * other; `on` false brings it back in (uuid_media).
 */
SWIO_API int swio_session_bypass_media(swio_session *session, bool on, double timeout);

/* ---- variables of the channel ---- */

/*
 * The value of a channel variable now (uuid_getvar; swio_session_get() reads what the last event
 * said, at no cost). Waits in any case: a `timeout` of 0 is that of the listener. *value gets the
 * text as it is, "" where it is set to nothing, to be released with swio_text_free(). SWIO_ENOENT
 * when it is not set.
 */
SWIO_API int swio_session_getvar(swio_session *session, const char *name, double timeout,
                                 char **value);

/* Sets one. An empty value removes it: FreeSWITCH keeps none (switch_channel.c). */
SWIO_API int swio_session_setvar(swio_session *session, const char *name, const char *value,
                                 double timeout);

/* The most variables of one swio_session_setvars(). */
#define SWIO_SETVARS_MAX 64

/*
 * Sets several with one command (uuid_setvar_multi); one with a NULL or empty value is removed.
 * SWIO_EINVAL for none, for more than SWIO_SETVARS_MAX, and for a value with "${" in it, which this
 * command drops without a word: set that with swio_session_setvar().
 */
SWIO_API int swio_session_setvars(swio_session *session, const swio_variable *variables,
                                  size_t count, double timeout);

SWIO_API int swio_session_unsetvar(swio_session *session, const char *name, double timeout);

/*
 * All headers and variables of the channel now, as an event CHANNEL_DATA (uuid_dump). Waits in any
 * case: a `timeout` of 0 is that of the listener. The caller owns the reference.
 */
SWIO_API int swio_session_dump(swio_session *session, double timeout, swio_event **out);

/* ---- DTMF ---- */

/*
 * Sends digits: 0-9 * # A-D, F for a flash, w and W to pause for half a second and a second.
 * `milliseconds` is the length of each, 0 the switch's own (uuid_send_dtmf, at most 99 characters).
 */
SWIO_API int swio_session_send_dtmf(swio_session *session, const char *digits,
                                    unsigned milliseconds, double timeout);

/* The same, by the switch itself after `seconds`, rounded up to whole ones. */
SWIO_API int swio_session_sched_dtmf(swio_session *session, double seconds, const char *digits,
                                     unsigned milliseconds, double timeout);

/* ---- media ---- */

/* Zero is the default of each. */
typedef struct swio_playback_opts {
    const char *const *more; /* files to play behind the first one, ended by NULL */
    unsigned start_sample;   /* where to begin */
    bool endless;            /* plays it again and again */
    /* Who hears it. B and BOTH wait for the reply only: it is another session that plays. */
    swio_leg leg;
    const swio_variable *params; /* of the file (timeout, loops, vol, …); a NULL value: left out */
    size_t param_count;
} swio_playback_opts;

/*
 * Plays a file or a stream ("tone_stream://%(251,0,1004)"); waits for its PLAYBACK_STOP. When the
 * switch finds no such file: SWIO_EAPI with its words. `opts` may be NULL.
 */
SWIO_API int swio_session_playback(swio_session *session, const char *file,
                                   const swio_playback_opts *opts, double timeout);

/* Ends what is being played or otherwise executed, so that the next comes; `all`: everything that
 * is queued too (uuid_break). */
SWIO_API int swio_session_breakmedia(swio_session *session, bool all, double timeout);

/* Sends back to the far end what it says, until something else is executed. */
SWIO_API int swio_session_echo(swio_session *session, double timeout);

/* Zero is the default of each. */
typedef struct swio_speak_opts {
    const char *engine; /* a text-to-speech module; "flite" */
    const char *voice;  /* "kal" */
} swio_speak_opts;

/* Speaks a text (application speak). `opts` may be NULL. */
SWIO_API int swio_session_speak(swio_session *session, const char *text,
                                const swio_speak_opts *opts, double timeout);

/* Zero is the default of each. */
typedef struct swio_record_opts {
    bool stereo;     /* the two directions on a channel each */
    bool append;     /* to a file that is there */
    bool read_only;  /* only what the far end says */
    bool write_only; /* only what it hears */
    unsigned rate;   /* samples a second; that of the call */
    unsigned limit;  /* seconds; none */
} swio_record_opts;

/*
 * Records the session into a file of the switch (application record_session). The options are set
 * as channel variables (RECORD_STEREO, …) just before; with NULL those stay as they are.
 * RECORD_START and RECORD_STOP tell.
 */
SWIO_API int swio_session_start_record(swio_session *session, const char *path,
                                       const swio_record_opts *opts, double timeout);

/* Ends the recording into this file, or with NULL all of them. */
SWIO_API int swio_session_stop_record(swio_session *session, const char *path, double timeout);

typedef enum swio_record_action {
    SWIO_RECORD_START,
    SWIO_RECORD_STOP,
    SWIO_RECORD_MASK, /* silence goes into the file … */
    SWIO_RECORD_UNMASK,
} swio_record_action;

/*
 * The same from outside of what the channel executes (uuid_record), which therefore says at once
 * whether it worked: -ERR Cannot record session!
 */
SWIO_API int swio_session_record(swio_session *session, swio_record_action action, const char *path,
                                 double timeout);

/* A direction of media, seen from the switch. */
typedef enum swio_media {
    SWIO_MEDIA_WRITE, /* what the far end hears */
    SWIO_MEDIA_READ,  /* what it says */
} swio_media;

/* Silences one direction, and lets it be heard again (uuid_audio). */
SWIO_API int swio_session_mute(swio_session *session, swio_media media, double timeout);
SWIO_API int swio_session_unmute(swio_session *session, swio_media media, double timeout);

/*
 * Looks for the beep of an answering machine, and stops doing so (mod_avmd, whose event is
 * "avmd::beep"): -ERR avmd Command not found! where the module is not loaded.
 */
SWIO_API int swio_session_start_amd(swio_session *session, double timeout);
SWIO_API int swio_session_stop_amd(swio_session *session, double timeout);

/* ---- any application ---- */

/*
 * Executes any application of the dialplan ("set", "x=1"), with its argument just as in a dialplan,
 * variables and backslashes included. `arg` may be NULL.
 */
SWIO_API int swio_session_execute(swio_session *session, const char *app, const char *arg,
                                  double timeout);

/* Zero is the default of each. */
typedef struct swio_broadcast_opts {
    swio_leg leg; /* the session's own, and its peer hears hold music meanwhile, if it has any */
    double after; /* seconds from now, rounded up to whole ones; at once */
    const char *cause; /* hang up with it afterwards; no */
} swio_broadcast_opts;

/*
 * Executes an application on one or both legs, now or later (uuid_broadcast, sched_broadcast), in
 * the middle of what they are doing. `arg` and `opts` may be NULL.
 */
SWIO_API int swio_session_broadcast(swio_session *session, const char *app, const char *arg,
                                    const swio_broadcast_opts *opts, double timeout);

SWIO_END_DECLS

#endif
