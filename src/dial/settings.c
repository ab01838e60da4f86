#include "dial/settings.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/log.h"

/* Seconds for the reply to one command. */
static const double REPLY = 5;

/* What a run wants of a switch. Two sessions a call where it calls itself. */
typedef struct wish {
    long long sps;
    long long sessions;
} wish;

/*
 * Each says what it wants in place of `now`, into `text`; false to leave it.
 */
static bool want_sps(const char *now, const wish *w, char *text, size_t size)
{
    snprintf(text, size, "%lld", w->sps);
    return atoll(now) < w->sps;
}

static bool want_sessions(const char *now, const wish *w, char *text, size_t size)
{
    snprintf(text, size, "%lld", w->sessions);
    return atoll(now) < w->sessions;
}

static bool want_verbose(const char *now, const wish *w, char *text, size_t size)
{
    (void)w;
    snprintf(text, size, "on");
    return strcasecmp(now, "off") == 0;
}

/* Only what says more than warnings is lowered. */
static bool want_quiet(const char *now, const wish *w, char *text, size_t size)
{
    static const char *const louder[] = {"NOTICE", "INFO", "DEBUG"};
    (void)w;
    snprintf(text, size, "WARNING");
    for (size_t i = 0; i < sizeof louder / sizeof louder[0]; i++)
        if (strcasecmp(now, louder[i]) == 0)
            return true;
    return false;
}

/*
 * `command` alone reads, with a value behind it sets; both answer "+OK … VALUE" (mod_commands.c
 * ctl_function(), mod_console.c console_api_function()). `fsctl loglevel` is not among them:
 * asked for its value it sets it to "disable", so it cannot be put back.
 */
static const struct {
    const char *command;
    bool (*want)(const char *now, const wish *w, char *text, size_t size);
} rows[SWIO_SETTINGS] = {
    {"fsctl sps", want_sps},
    {"fsctl max_sessions", want_sessions},
    {"fsctl verbose_events", want_verbose},
    {"console loglevel", want_quiet},
};

/* The last word of an answer of +OK, or "". */
static void last_word(const char *answer, char *word, size_t size)
{
    size_t end = strlen(answer);
    while (end > 0 && isspace((unsigned char)answer[end - 1]))
        end--;
    size_t start = end;
    while (start > 0 && !isspace((unsigned char)answer[start - 1]))
        start--;
    snprintf(word, size, "%.*s", (int)(end - start), answer + start);
    if (strncmp(answer, "+OK", 3) != 0 || strlen(word) != end - start)
        *word = '\0';
}

static int ask(swio_client *client, const char *command, char *word, size_t size)
{
    char *answer = NULL;
    int error = swio_client_cmd(client, command, REPLY, &answer);
    *word = '\0';
    if (error == SWIO_EAPI)
        return 0; /* this switch does not know it */
    if (!error)
        last_word(answer, word, size);
    swio_text_free(answer);
    return error;
}

/* What a run that did not end has left of a setting that is as it was raised then: what it was
 * before. */
static bool was_left(const char *note, size_t i, const char *now, char *before, size_t size)
{
    char *at = strstr(note, rows[i].command), word[32];
    const char *raised = at ? strchr(at, '>') : NULL;
    if (!raised || at[strlen(rows[i].command)] != ':')
        return false;
    at += strlen(rows[i].command) + 1;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(raised + 1, ","), raised + 1);
    snprintf(before, size, "%.*s", (int)(raised - at), at);
    return raised > at && strcasecmp(word, now) == 0;
}

/* Looks at one: what it was before, and what it is to become; that is empty to leave it. */
static int look_at(swio_settings *settings, size_t i, swio_client *client, const wish *w,
                   const char *note, char *wanted, size_t size)
{
    char now[32], before[32];
    int error = ask(client, rows[i].command, now, sizeof now);
    *wanted = '\0';
    if (error || !*now)
        return error;
    bool left = !settings->before[i][0] && was_left(note, i, now, before, sizeof before);
    bool wants = rows[i].want(now, w, wanted, size);
    if (!wants)
        *wanted = '\0';
    if (left)
        swio_info(
            "%s: '%s' is %s as another run set it, which goes on or did not end: it will be %s again",
            swio_client_contact(client), rows[i].command, now, before);
    if (!settings->before[i][0] && (left || wants))
        memcpy(settings->before[i], left ? before : now, sizeof now);
    memcpy(settings->raised[i], wants ? wanted : now, sizeof now);
    return 0;
}

/* What is to be put back, for who comes if nobody is left to do it. */
static int leave_note(const swio_settings *settings, swio_client *client)
{
    char command[512] = "global_setvar " SWIO_SETTINGS_NOTE "=", word[32];
    const char *separator = "";
    for (size_t i = 0; i < SWIO_SETTINGS; i++) {
        if (!settings->before[i][0])
            continue;
        size_t len = strlen(command);
        snprintf(command + len, sizeof command - len, "%s%s:%s>%s", separator, rows[i].command,
                 settings->before[i], settings->raised[i]);
        separator = ",";
    }
    return ask(client, command, word, sizeof word);
}

static int read_note(swio_client *client, char **note)
{
    int error = swio_client_cmd(client, "global_getvar " SWIO_SETTINGS_NOTE, REPLY, note);
    return error == SWIO_EAPI ? 0 : error; /* as where there is none */
}

/* Notes what they were first: whoever is killed in the middle has left something behind. */
static int raise_all(swio_settings *settings, swio_client *client, const wish *w, const char *note)
{
    char wanted[SWIO_SETTINGS][32], command[128], word[32];
    int error = 0;
    bool any = false;
    for (size_t i = 0; !error && i < SWIO_SETTINGS; i++) {
        error = look_at(settings, i, client, w, note, wanted[i], sizeof wanted[i]);
        any = any || (!error && *wanted[i]);
    }
    if (!error && any)
        error = leave_note(settings, client);
    for (size_t i = 0; !error && i < SWIO_SETTINGS; i++) {
        if (!*wanted[i])
            continue;
        snprintf(command, sizeof command, "%s %.31s", rows[i].command, wanted[i]);
        error = ask(client, command, word, sizeof word);
        swio_debug("%s: %s, was %s", swio_client_contact(client), command, settings->before[i]);
    }
    return error;
}

int swio_settings_raise(swio_settings *settings, swio_client *client, double rate, uint64_t limit)
{
    /* Twice what is needed, as rate and limit may be raised while the run goes on. */
    enum { AT_LEAST = 10000 };
    wish w = {(long long)(4 * rate),
              (long long)(limit < UINT32_MAX / 8 ? 4 * limit : UINT32_MAX / 2)};
    w.sps = w.sps > AT_LEAST ? w.sps : AT_LEAST;
    w.sessions = w.sessions > AT_LEAST ? w.sessions : AT_LEAST;
    char *note = NULL;
    int error = read_note(client, &note);
    if (!error)
        error = raise_all(settings, client, &w, note ? note : "");
    swio_text_free(note);
    if (!error) {
        settings->rate = (double)w.sps / 2;
        settings->limit = (uint64_t)w.sessions / 2;
    }
    return error;
}

bool swio_settings_suffice(const swio_settings *settings, double rate, uint64_t limit)
{
    return rate <= settings->rate && limit <= settings->limit;
}

bool swio_settings_changed(const swio_settings *settings)
{
    for (size_t i = 0; i < SWIO_SETTINGS; i++)
        if (settings->before[i][0])
            return true;
    return false;
}

static void put_back(const swio_settings *settings, size_t i, char *command, size_t size)
{
    snprintf(command, size, "%s %s", rows[i].command, settings->before[i]);
}

int swio_settings_restore(swio_settings *settings, swio_client *client, double timeout)
{
    char command[128];
    bool any = swio_settings_changed(settings);
    settings->rate = 0;
    settings->limit = 0;
    for (size_t i = 0; i < SWIO_SETTINGS; i++) {
        if (!settings->before[i][0])
            continue;
        put_back(settings, i, command, sizeof command);
        int error = swio_client_api(client, command, timeout, NULL);
        if (error && error != SWIO_EAPI)
            return error;
        if (error)
            swio_warning("%s: '%s' was not put back: %s", swio_client_contact(client), command,
                         swio_errmsg());
        settings->before[i][0] = '\0';
    }
    if (!any)
        return 0;
    int error = swio_client_api(client, "global_setvar " SWIO_SETTINGS_NOTE "=", timeout, NULL);
    return error == SWIO_EAPI ? 0 : error;
}

void swio_settings_mourn(const swio_settings *settings, const char *contact)
{
    char command[128];
    for (size_t i = 0; i < SWIO_SETTINGS; i++) {
        if (!settings->before[i][0])
            continue;
        put_back(settings, i, command, sizeof command);
        swio_warning("%s: a setting of this switch was not put back: tell it '%s'", contact,
                     command);
    }
}
