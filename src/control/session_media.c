/* Media and applications of a session. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <switchio/session_commands.h>

#include "base/err.h"
#include "base/uuid.h"
#include "control/escape.h"
#include "control/session_check.h"
#include "control/session_send.h"

typedef swio_session_command command;

static const command echo = {.name = "echo", .app = "echo"};
static const command playback = {.name = "playback", .app = "playback"};
static const command speak = {.name = "speak", .app = "speak"};
static const command start_record = {.name = "start_record", .app = "record_session"};
static const command stop_record = {.name = "stop_record", .app = "stop_record_session"};
static const command record = {.name = "record", .api = "uuid_record $u $1 %2"};
static const command bridge = {.name = "bridge", .app = "bridge"};
static const command broadcast = {.name = "broadcast", .api = "uuid_broadcast $u %1$2"};
static const command sched_broadcast = {.name = "broadcast", .api = "sched_broadcast +$3 $u %1$2"};

/* Sends with what was built into a buffer as its first argument, and empties that. */
static int run(swio_session *session, const command *cmd, swio_buf *arg, double timeout)
{
    int error = swio_buf_error(arg);
    if (!error)
        error = swio_session_send(
            session, &(swio_sending){.command = cmd, .args = {arg->data}, .timeout = timeout});
    swio_buf_free(arg);
    return error;
}

/* "{NAME=VALUE,…}" in the argument of an application, or nothing. */
static int put_block(swio_buf *out, const char *what, bool endless, const swio_variable *variables,
                     size_t count)
{
    swio_buf value = {0};
    const char *before = "{";
    int error = 0;
    if (endless) {
        swio_buf_puts(out, "{loops=-1");
        before = ",";
    }
    for (size_t i = 0; i < count && !error; i++) {
        if (!variables[i].value)
            continue;
        swio_buf_clear(&value);
        error = swio_escape_value(&value, what, variables[i].name, variables[i].value);
        if (error)
            break;
        swio_buf_printf(out, "%s%s=", before, variables[i].name);
        swio_escape_argument(out, value.data ? value.data : "", true);
        before = ",";
    }
    if (*before == ',')
        swio_buf_putc(out, '}');
    swio_buf_free(&value);
    return error;
}

/* ---- any application ---- */

static int check_app(const char *what, const char *app)
{
    return swio_check_plain(what, "application", app, " '\"\\,:!");
}

int swio_session_execute(swio_session *session, const char *app, const char *arg, double timeout)
{
    const command any = {.name = "execute", .app = app};
    int error = check_app("execute", app);
    return error
               ? error
               : swio_session_send(
                     session, &(swio_sending){.command = &any, .args = {arg}, .timeout = timeout});
}

/* "APP!CAUSE::ARG", as switch_ivr_broadcast() reads it (switch_ivr_async.c). */
static int send_broadcast(swio_session *session, const char *app, const char *arg,
                          const swio_broadcast_opts *opts, double timeout)
{
    static const char *const legs[] = {"", " aleg", " bleg", " both"};
    char when[SWIO_SECONDS_TEXT];
    swio_buf path = {0};
    int error = swio_check_seconds("broadcast", opts->after, when);
    swio_buf_printf(&path, "%s%s%s::%s", app, opts->cause ? "!" : "",
                    opts->cause ? opts->cause : "", arg ? arg : "");
    if (!error)
        error = swio_buf_error(&path);
    swio_sending sending = {.command = opts->after > 0 ? &sched_broadcast : &broadcast,
                            .args = {path.data, legs[opts->leg & 3], when},
                            .timeout = timeout};
    if (!error)
        error = swio_session_send(session, &sending);
    swio_buf_free(&path);
    return error;
}

int swio_session_broadcast(swio_session *session, const char *app, const char *arg,
                           const swio_broadcast_opts *opts, double timeout)
{
    static const swio_broadcast_opts none;
    if (!opts)
        opts = &none;
    int error = check_app("broadcast", app);
    if (!error && opts->cause)
        error = swio_check_cause("broadcast", opts->cause);
    return error ? error : send_broadcast(session, app, arg, opts, timeout);
}

/* ---- playing ---- */

int swio_session_echo(swio_session *session, double timeout)
{
    return swio_session_send(session, &(swio_sending){.command = &echo, .timeout = timeout});
}

/* "{PARAMS}FILE@@START" or "{PARAMS}file_string://A!B!C", as an argument of an application. */
static int put_files(swio_buf *out, const char *file, const swio_playback_opts *opts)
{
    if (!file || !*file)
        return swio_err(SWIO_EINVAL, "playback: no file");
    if (opts->start_sample && strchr(file, '@'))
        return swio_err(SWIO_EINVAL,
                        "playback: FreeSWITCH takes no start sample for a file with an '@': '%s'",
                        file);
    int error = put_block(out, "playback", opts->endless, opts->params, opts->param_count);
    if (error)
        return error;
    if (!opts->more || !opts->more[0]) {
        swio_escape_argument(out, file, false);
    } else {
        swio_buf list = {0};
        swio_escape_part(&list, file, '!');
        for (const char *const *next = opts->more; *next; next++) {
            swio_buf_putc(&list, '!');
            swio_escape_part(&list, *next, '!');
        }
        swio_buf_puts(out, "file_string://");
        swio_escape_argument(out, list.data ? list.data : "", false);
        error = swio_buf_error(&list);
        swio_buf_free(&list);
    }
    if (opts->start_sample)
        swio_buf_printf(out, "@@%u", opts->start_sample);
    return error ? error : swio_buf_error(out);
}

/* The file as the events of its playing name it: without the start sample. */
typedef struct playing {
    const char *path;
    size_t path_len;
    swio_uuid uuid;
} playing;

enum { STOPPED, COMPLETED };

/*
 * PLAYBACK_STOP tells by the file alone which of several it is; the end of the application comes
 * right behind it, names the command, and comes too when nothing was played.
 */
static bool is_end(const swio_wait_item *item, const swio_event *event, void *arg)
{
    const playing *p = arg;
    if (strcmp(item->name, "PLAYBACK_STOP") != 0) {
        const char *uuid = swio_event_get(event, "Application-UUID");
        return uuid && strcmp(uuid, p->uuid.text) == 0;
    }
    const char *path = swio_event_get(event, "Playback-File-Path");
    return path && strlen(path) == p->path_len && memcmp(path, p->path, p->path_len) == 0;
}

/* How it ended, by the event of the application's end (mod_dptools.c, playback_function()). */
static int outcome(const swio_session *session, const char *file, const swio_event *event)
{
    const char *words = swio_event_get(event, "Application-Response");
    if (words &&
        (strcasecmp(words, "FILE NOT FOUND") == 0 || strcasecmp(words, "PLAYBACK ERROR") == 0))
        return swio_err(SWIO_EAPI, "%s: playing '%s' on the session %s failed: %s",
                        swio_session_host(session), file, swio_session_uuid(session), words);
    return 0;
}

static int play_and_wait(swio_session *session, const char *file, const swio_buf *arg,
                         double timeout)
{
    const char *start = strstr(arg->data, "@@");
    playing p = {.path = arg->data,
                 .path_len = start ? (size_t)(start - arg->data) : arg->len,
                 .uuid = swio_uuid_new()};
    swio_wait_item items[] = {
        [STOPPED] = {.name = "PLAYBACK_STOP"}, [COMPLETED] = {.name = "CHANNEL_EXECUTE_COMPLETE"}};
    swio_sending sending = {.command = &playback,
                            .args = {arg->data},
                            .timeout = timeout,
                            .event_uuid = p.uuid.text,
                            .items = items,
                            .count = sizeof items / sizeof items[0],
                            .match = is_end,
                            .arg = &p};
    int error = swio_session_send(session, &sending);
    if (!error && items[COMPLETED].event && !items[STOPPED].event)
        error = outcome(session, file, items[COMPLETED].event);
    swio_event_unref(items[STOPPED].event);
    swio_event_unref(items[COMPLETED].event);
    return error;
}

int swio_session_playback(swio_session *session, const char *file, const swio_playback_opts *opts,
                          double timeout)
{
    static const swio_playback_opts none;
    if (!opts)
        opts = &none;
    swio_buf arg = {0};
    int error = put_files(&arg, file, opts);
    if (error)
        ;
    else if (opts->leg == SWIO_LEG_B || opts->leg == SWIO_LEG_BOTH)
        error = send_broadcast(session, "playback", arg.data,
                               &(swio_broadcast_opts){.leg = opts->leg}, timeout);
    else if (timeout > 0)
        error = play_and_wait(session, file, &arg, timeout);
    else
        error =
            swio_session_send(session, &(swio_sending){.command = &playback, .args = {arg.data}});
    swio_buf_free(&arg);
    return error;
}

int swio_session_speak(swio_session *session, const char *text, const swio_speak_opts *opts,
                       double timeout)
{
    const char *engine = opts && opts->engine ? opts->engine : "flite";
    const char *voice = opts && opts->voice ? opts->voice : "kal";
    swio_buf arg = {0};
    if (!text || !*text)
        return swio_err(SWIO_EINVAL, "speak: no text");
    int error = swio_check_plain("speak", "engine", engine, "|'\\");
    if (!error)
        error = swio_check_plain("speak", "voice", voice, "|'\\");
    if (error)
        return error;
    swio_buf_printf(&arg, "%s|%s|", engine, voice);
    swio_escape_argument(&arg, text, false);
    return run(session, &speak, &arg, timeout);
}

/* ---- recording ---- */

/* What record_session reads (switch_ivr_async.c, switch_ivr_record_session_event()). */
static int set_record_variables(swio_session *session, const swio_record_opts *opts)
{
    char rate[16];
    snprintf(rate, sizeof rate, "%u", opts->rate);
    const swio_variable variables[] = {
        {"RECORD_STEREO", opts->stereo ? "true" : NULL},
        {"RECORD_APPEND", opts->append ? "true" : NULL},
        {"RECORD_READ_ONLY", opts->read_only ? "true" : NULL},
        {"RECORD_WRITE_ONLY", opts->write_only ? "true" : NULL},
        {"record_sample_rate", opts->rate ? rate : NULL},
    };
    return swio_session_setvars(session, variables, sizeof variables / sizeof variables[0], 0);
}

static int check_path(const char *what, const char *path)
{
    return path && *path ? swio_check_line(what, "path", path)
                         : swio_err(SWIO_EINVAL, "%s: no path", what);
}

int swio_session_start_record(swio_session *session, const char *path, const swio_record_opts *opts,
                              double timeout)
{
    swio_buf word = {0}, arg = {0};
    int error = check_path("start_record", path);
    if (!error && opts)
        error = set_record_variables(session, opts);
    if (error)
        return error;
    swio_escape_word(&word, path);
    swio_escape_argument(&arg, word.data ? word.data : "", false);
    if (opts && opts->limit)
        swio_buf_printf(&arg, " +%u", opts->limit);
    error = swio_buf_error(&word);
    swio_buf_free(&word);
    if (!error)
        return run(session, &start_record, &arg, timeout);
    swio_buf_free(&arg);
    return error;
}

int swio_session_stop_record(swio_session *session, const char *path, double timeout)
{
    swio_buf arg = {0};
    int error = path ? check_path("stop_record", path) : 0;
    if (error)
        return error;
    swio_escape_argument(&arg, path ? path : "all", false);
    return run(session, &stop_record, &arg, timeout);
}

int swio_session_record(swio_session *session, swio_record_action action, const char *path,
                        double timeout)
{
    static const char *const actions[] = {"start", "stop", "mask", "unmask"};
    if ((unsigned)action > SWIO_RECORD_UNMASK)
        return swio_err(SWIO_EINVAL, "record: no action of the number %d", (int)action);
    int error = check_path("record", path);
    return error ? error
                 : swio_session_send(session, &(swio_sending){.command = &record,
                                                              .args = {actions[action], path},
                                                              .timeout = timeout});
}

/* ---- bridging ---- */

/* The SIP profile of a session: "sofia/PROFILE/…" is the name of its channel. */
static int own_profile(const swio_session *session, char profile[128])
{
    const char *name = swio_session_get(session, "variable_sofia_profile_name");
    if (name && snprintf(profile, 128, "%s", name) < 128)
        return 0;
    const char *channel = swio_session_get(session, "Channel-Name");
    if (channel && sscanf(channel, "sofia/%127[^/]/", profile) == 1)
        return 0;
    return swio_err(SWIO_EINVAL,
                    "bridge: the events of the session %s do not tell its SIP profile: give one",
                    swio_session_uuid(session));
}

static int own_dest(const swio_session *session, const char **dest)
{
    *dest = swio_session_get(session, "variable_sip_req_uri");
    if (*dest)
        return 0;
    return swio_err(SWIO_EINVAL,
                    "bridge: the events of the session %s do not tell where its call was going: "
                    "give a dest_url",
                    swio_session_uuid(session));
}

int swio_session_bridge(swio_session *session, const swio_bridge_opts *opts, double timeout)
{
    static const swio_bridge_opts none;
    if (!opts)
        opts = &none;
    char profile[128];
    swio_route route = {opts->dest_url, opts->profile, opts->gateway, opts->proxy};
    swio_buf arg = {0};
    int error = route.dest_url ? 0 : own_dest(session, &route.dest_url);
    if (!error && !route.profile && !route.gateway) {
        error = own_profile(session, profile);
        route.profile = profile;
    }
    for (size_t i = 0; i < opts->variable_count && !error; i++)
        if (opts->variables[i].value)
            error = swio_check_literal("bridge", opts->variables[i].name, opts->variables[i].value);
    if (!error)
        error = put_block(&arg, "bridge", false, opts->variables, opts->variable_count);
    if (!error)
        error = swio_dial_string(&arg, "bridge", &route);
    if (!error)
        return run(session, &bridge, &arg, timeout);
    swio_buf_free(&arg);
    return error;
}
