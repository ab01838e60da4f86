#include "support/transcript.h"

#include <ctype.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/log.h>

#include "support/cmocka.h"

enum { UUID = 36 };

static bool is_uuid(const char *text)
{
    for (int i = 0; i < UUID; i++)
        if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-'
                                                    : !isxdigit((unsigned char)text[i]))
            return false;
    return true;
}

static const char *find_uuid(const char *text)
{
    while (*text && !is_uuid(text))
        text++;
    return *text ? text : NULL;
}

/* The call of a leg, and its role. A leg that is new is the callee of the first call without one.
 */
static transcript_call *call_of(transcript *d, const char *uuid, const char **role)
{
    for (size_t i = 0; i < d->count; i++) {
        transcript_call *call = &d->calls[i];
        bool caller = strncmp(uuid, call->caller, UUID) == 0;
        *role = caller ? "caller" : "callee";
        if (caller || strncmp(uuid, call->callee, UUID) == 0)
            return call;
    }
    *role = "callee";
    for (size_t i = 0; i < d->count; i++)
        if (!d->calls[i].callee[0]) {
            snprintf(d->calls[i].callee, UUID + 1, "%s", uuid);
            return &d->calls[i];
        }
    return NULL;
}

static void add_originate(transcript *d, const char *command)
{
    const char *mine = strstr(command, "origination_uuid=");
    if (!mine || d->count == TRANSCRIPT_CALLS)
        return;
    transcript_call *call = &d->calls[d->count++];
    snprintf(call->caller, UUID + 1, "%s", mine + strlen("origination_uuid="));
    snprintf(call->originate, sizeof call->originate, "%s", command);
}

/* "+3.98" becomes "+4". */
static void round_seconds(char *step)
{
    char *plus = strchr(step, '+'), *end;
    if (!strstr(step, "sched_hangup") || !plus)
        return;
    double seconds = strtod(plus + 1, &end);
    char rest[TRANSCRIPT_STEP];
    snprintf(rest, sizeof rest, "%s", end);
    snprintf(plus, TRANSCRIPT_STEP - (size_t)(plus - step), "+%.0f%s", ceil(seconds), rest);
}

/* The length of digits stands behind them with a blank or without: uuid_send_dtmf takes both. */
static void join_duration(char *step)
{
    char *at = strstr(step, " @");
    if (at && strstr(step, "uuid_send_dtmf"))
        memmove(at, at + 1, strlen(at));
}

static void add_step(transcript *d, const char *command, const char *uuid)
{
    const char *role;
    transcript_call *call = call_of(d, uuid, &role);
    if (!call || call->count == TRANSCRIPT_STEPS)
        return;
    char *step = call->steps[call->count++];
    const char *rest = uuid + UUID;
    while (*rest == ' ')
        rest++;
    snprintf(step, TRANSCRIPT_STEP, "%s: %.*s%s", role, (int)(uuid - command), command, rest);
    for (size_t n = strlen(step); n > 0 && step[n - 1] == ' ';)
        step[--n] = '\0';
    round_seconds(step);
    join_duration(step);
}

static void add_events(transcript *d, const char *names)
{
    size_t n = strlen(d->events);
    snprintf(d->events + n, sizeof d->events - n, " %s ", names);
}

/* One command on one line, with single blanks. */
static void add(transcript *d, const char *command)
{
    const char *uuid = find_uuid(command);
    if (strncmp(command, "bgapi originate ", 16) == 0)
        add_originate(d, command);
    else if (strncmp(command, "event plain ", 12) == 0)
        add_events(d, command + 12);
    else if (uuid && (strncmp(command, "api ", 4) == 0 || strncmp(command, "sendmsg ", 8) == 0))
        add_step(d, command, uuid);
}

static bool is_late_hangup(const char *command)
{
    double seconds;
    return sscanf(command, "api sched_hangup +%lf ", &seconds) == 1 &&
           fabs(seconds - floor(seconds)) > 1e-9;
}

void transcript_read(transcript *d, const char *path, bool unanswered)
{
    char frame[3000] = "";
    size_t n = 0;
    int before = 0, c;
    *d = (transcript){0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    while ((c = fgetc(file)) != EOF) {
        if (c == '\n' && before == '\n') {
            if (!(unanswered && is_late_hangup(frame)))
                add(d, frame);
            n = 0;
        } else if (c != '\n' || n) {
            char shown = c == '\n' ? ' ' : (char)c;
            if ((shown != ' ' || (n && frame[n - 1] != ' ')) && n + 1 < sizeof frame)
                frame[n++] = shown;
        }
        frame[n] = '\0';
        before = c;
    }
    fclose(file);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* What a connection sends stands in the log at the level of traces. */
static void on_log(swio_log_level level, const char *file, int line, const char *text, void *arg)
{
    (void)file, (void)line;
    const char *sent = strstr(text, " > ");
    if (level != SWIO_LOG_TRACE || !sent)
        return;
    pthread_mutex_lock(&lock);
    add(arg, sent + 3);
    pthread_mutex_unlock(&lock);
}

void transcript_listen(transcript *d)
{
    *d = (transcript){0};
    swio_log_set_handler(on_log, d);
    swio_log_set_level(SWIO_LOG_TRACE);
}

void transcript_stop(void)
{
    swio_log_set_level(SWIO_LOG_WARNING);
    swio_log_set_handler(NULL, NULL);
}

const char *transcript_steps(const transcript *d, size_t call)
{
    static char text[TRANSCRIPT_STEPS * TRANSCRIPT_STEP];
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; call < d->count && i < d->calls[call].count; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s\n", d->calls[call].steps[i]);
    return text;
}

/* "name=value" for every variable; values with the caller's uuid in them count by their names. */
static void compare_variables(const transcript_call *ours, const transcript_call *recorded)
{
    char variables[sizeof recorded->originate], mine[sizeof ours->originate + 8], wanted[300];
    const char *from = strchr(recorded->originate, '{'), *to = strchr(recorded->originate, '}');
    snprintf(variables, sizeof variables, "%.*s", (int)(to - from - 1), from + 1);
    snprintf(mine, sizeof mine, "%s", ours->originate);
    *strchr(mine, '{') = ',';
    *strchr(mine, '}') = ',';
    char *rest = NULL;
    for (char *v = strtok_r(variables, ",", &rest); v; v = strtok_r(NULL, ",", &rest)) {
        if (strstr(v, recorded->caller))
            snprintf(wanted, sizeof wanted, ",%.*s=%s,", (int)strcspn(v, "="), v, ours->caller);
        else
            snprintf(wanted, sizeof wanted, ",%s,", v);
        if (!strstr(mine, wanted))
            fail_msg("'%s' is not in: %s", wanted, ours->originate);
    }
}

static void compare_events(const transcript *ours, const transcript *recorded)
{
    char names[sizeof recorded->events], wanted[100];
    snprintf(names, sizeof names, "%s", recorded->events);
    char *rest = NULL;
    for (char *name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        snprintf(wanted, sizeof wanted, " %s ", name);
        /* That name is no event of FreeSWITCH, which passes over it. */
        if (!strstr(ours->events, wanted) && strcmp(name, "SERVER_DISCONNECTED") != 0)
            fail_msg("the event %s is not subscribed to: %s", name, ours->events);
    }
}

void transcript_compare(const transcript *ours, const transcript *recorded)
{
    assert_int_equal(ours->count, recorded->count);
    for (size_t i = 0; i < recorded->count; i++) {
        char expected[TRANSCRIPT_STEPS * TRANSCRIPT_STEP];
        snprintf(expected, sizeof expected, "%s", transcript_steps(recorded, i));
        assert_string_equal(transcript_steps(ours, i), expected);
        compare_variables(&ours->calls[i], &recorded->calls[i]);
    }
    compare_events(ours, recorded);
}
