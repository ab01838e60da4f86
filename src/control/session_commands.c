/* What is done to a session as a whole: a row each. */
#include <switchio/session_commands.h>

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "control/escape.h"
#include "control/session_check.h"
#include "control/session_send.h"

typedef swio_session_command command;

static const command answer = {.name = "answer",
                               .api = "uuid_answer $u",
                               .until = "CHANNEL_ANSWER",
                               .done = swio_session_answered};
static const command hangup = {.name = "hangup",
                               .api = "uuid_kill $u $1",
                               .until = "CHANNEL_HANGUP",
                               .done = swio_session_hungup,
                               .gone_is_fine = true};
static const command sched_hangup = {.name = "sched_hangup", .api = "sched_hangup +$1 $u $2"};
static const command clear_tasks = {.name = "clear_tasks", .api = "sched_del $u"};
static const command park = {.name = "park", .api = "uuid_park $u", .until = "CHANNEL_PARK"};
static const command respond = {.name = "respond", .app = "respond"};
static const command deflect = {.name = "deflect", .api = "uuid_deflect $u $1"};
static const command transfer = {.name = "transfer", .api = "uuid_transfer $u $1%2$3"};
static const command hold = {.name = "hold", .api = "uuid_hold $u"};
static const command unhold = {.name = "unhold", .api = "uuid_hold off $u"};
static const command bypass = {.name = "bypass_media", .api = "uuid_media off $u"};
static const command no_bypass = {.name = "bypass_media", .api = "uuid_media $u"};
static const command send_dtmf = {.name = "send_dtmf", .api = "uuid_send_dtmf $u $1"};
static const command sched_dtmf = {.name = "sched_dtmf",
                                   .api = "sched_api +$2 $u uuid_send_dtmf $u $1"};
static const command breakmedia = {.name = "breakmedia", .api = "uuid_break $u"};
static const command break_all = {.name = "breakmedia", .api = "uuid_break $u all"};
static const command mute = {.name = "mute", .api = "uuid_audio $u start $1 mute 1"};
static const command unmute = {.name = "unmute", .api = "uuid_audio $u start $1 mute 0"};
static const command start_amd = {.name = "start_amd", .api = "avmd $u start"};
static const command stop_amd = {.name = "stop_amd", .api = "avmd $u stop"};

/* Of one or two arguments, or none. */
static int run(swio_session *session, const command *cmd, const char *first, const char *second,
               double timeout)
{
    return swio_session_send(
        session, &(swio_sending){.command = cmd, .args = {first, second}, .timeout = timeout});
}

int swio_check_cause(const char *what, const char *cause)
{
    bool word = *cause;
    for (const char *p = cause; *p; p++)
        word = word && (isalnum((unsigned char)*p) || *p == '_');
    return word
               ? 0
               : swio_err(SWIO_EINVAL, "%s: '%s' is no hangup cause: NORMAL_CLEARING, USER_BUSY, …",
                          what, cause);
}

int swio_check_seconds(const char *what, double seconds, char text[SWIO_SECONDS_TEXT])
{
    if (!(seconds >= 0 && seconds <= 1e9))
        return swio_err(SWIO_EINVAL, "%s in %g s: give 0 to 1e9", what, seconds);
    snprintf(text, SWIO_SECONDS_TEXT, "%lu", (unsigned long)ceil(seconds));
    return 0;
}

/* ---- the call ---- */

int swio_session_answer(swio_session *session, double timeout)
{
    return run(session, &answer, NULL, NULL, timeout);
}

int swio_session_hangup(swio_session *session, const char *cause, double timeout)
{
    if (!cause)
        cause = "NORMAL_CLEARING";
    int error = swio_check_cause("hangup", cause);
    return error ? error : run(session, &hangup, cause, NULL, timeout);
}

int swio_session_sched_hangup(swio_session *session, double seconds, const char *cause,
                              double timeout)
{
    char text[SWIO_SECONDS_TEXT];
    if (!cause)
        cause = "NORMAL_CLEARING";
    int error = swio_check_cause("sched_hangup", cause);
    if (!error)
        error = swio_check_seconds("sched_hangup", seconds, text);
    return error ? error : run(session, &sched_hangup, text, cause, timeout);
}

int swio_session_clear_tasks(swio_session *session, double timeout)
{
    return run(session, &clear_tasks, NULL, NULL, timeout);
}

int swio_session_park(swio_session *session, double timeout)
{
    return run(session, &park, NULL, NULL, timeout);
}

int swio_session_respond(swio_session *session, const char *response, double timeout)
{
    if (!response)
        response = "";
    size_t digits = strspn(response, "0123456789");
    if (digits != 3 || response[0] < '1' || response[0] > '6' ||
        (response[3] != ' ' && response[3] != '\0'))
        return swio_err(SWIO_EINVAL, "respond: '%s' is no SIP response: \"486 Busy Here\", \"404\"",
                        response);
    return run(session, &respond, response, NULL, timeout);
}

int swio_session_deflect(swio_session *session, const char *uri, double timeout)
{
    int error = swio_check_plain("deflect", "URI", uri, " ");
    return error ? error : run(session, &deflect, uri, NULL, timeout);
}

int swio_session_transfer(swio_session *session, const char *extension,
                          const swio_transfer_opts *opts, double timeout)
{
    static const char *const legs[] = {"", "", "-bleg ", "-both "};
    static const swio_transfer_opts none;
    if (!opts)
        opts = &none;
    if (!extension || !*extension || *extension == '-')
        return swio_err(SWIO_EINVAL, "transfer: '%s' is no extension", extension ? extension : "");
    if (opts->context && !opts->dialplan)
        return swio_err(SWIO_EINVAL, "transfer: the context %s needs its dialplan (\"XML\")",
                        opts->context);
    swio_buf where = {0};
    if (opts->dialplan) {
        swio_buf_putc(&where, ' ');
        swio_escape_word(&where, opts->dialplan);
    }
    if (opts->context) {
        swio_buf_putc(&where, ' ');
        swio_escape_word(&where, opts->context);
    }
    int error = swio_buf_error(&where);
    swio_sending sending = {.command = &transfer,
                            .args = {legs[opts->leg & 3], extension, where.data},
                            .timeout = timeout};
    if (!error)
        error = swio_session_send(session, &sending);
    swio_buf_free(&where);
    return error;
}

int swio_session_hold(swio_session *session, double timeout)
{
    return run(session, &hold, NULL, NULL, timeout);
}

int swio_session_unhold(swio_session *session, double timeout)
{
    return run(session, &unhold, NULL, NULL, timeout);
}

int swio_session_bypass_media(swio_session *session, bool on, double timeout)
{
    return run(session, on ? &bypass : &no_bypass, NULL, NULL, timeout);
}

/* ---- DTMF ---- */

/* "12#@100", as switch_core_session_send_dtmf_string() reads it (switch_core_io.c). */
static int check_digits(const char *digits, unsigned milliseconds, char text[128])
{
    if (!digits)
        digits = "";
    size_t len = strspn(digits, "0123456789*#ABCDabcdFfWw");
    if (!len || digits[len])
        return swio_err(SWIO_EINVAL,
                        "DTMF: '%s' has what is no digit: 0-9 * # A-D, F for a flash, w and W for "
                        "pauses",
                        digits);
    int n = milliseconds ? snprintf(text, 128, "%.100s@%u", digits, milliseconds)
                         : snprintf(text, 128, "%.100s", digits);
    if (n > 99)
        return swio_err(SWIO_EINVAL, "DTMF: %zu digits, of which FreeSWITCH takes less than 100",
                        len);
    return 0;
}

int swio_session_send_dtmf(swio_session *session, const char *digits, unsigned milliseconds,
                           double timeout)
{
    char text[128];
    int error = check_digits(digits, milliseconds, text);
    return error ? error : run(session, &send_dtmf, text, NULL, timeout);
}

int swio_session_sched_dtmf(swio_session *session, double seconds, const char *digits,
                            unsigned milliseconds, double timeout)
{
    char text[128], when[SWIO_SECONDS_TEXT];
    int error = check_digits(digits, milliseconds, text);
    if (!error)
        error = swio_check_seconds("sched_dtmf", seconds, when);
    return error ? error : run(session, &sched_dtmf, text, when, timeout);
}

/* ---- media that needs no argument ---- */

int swio_session_breakmedia(swio_session *session, bool all, double timeout)
{
    return run(session, all ? &break_all : &breakmedia, NULL, NULL, timeout);
}

static const char *media_name(swio_media media)
{
    return media == SWIO_MEDIA_READ ? "read" : "write";
}

int swio_session_mute(swio_session *session, swio_media media, double timeout)
{
    return run(session, &mute, media_name(media), NULL, timeout);
}

int swio_session_unmute(swio_session *session, swio_media media, double timeout)
{
    return run(session, &unmute, media_name(media), NULL, timeout);
}

int swio_session_start_amd(swio_session *session, double timeout)
{
    return run(session, &start_amd, NULL, NULL, timeout);
}

int swio_session_stop_amd(swio_session *session, double timeout)
{
    return run(session, &stop_amd, NULL, NULL, timeout);
}
