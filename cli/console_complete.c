/* What a word could be. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <switchio/apps.h>
#include <sys/stat.h>

#include "cli/console_state.h"

enum { CANDIDATES_MAX = 2000 };

/* The word that is completed, and what was found for it. */
typedef struct search {
    console *c;
    const char *line;
    const char *word;
    console_candidates *out;
    size_t size;
    int error;
} search;

/* Takes a candidate that begins as the word does, in any case of its letters. */
static void offer(search *s, const char *name)
{
    console_candidates *out = s->out;
    if (s->error || out->count == CANDIDATES_MAX ||
        strncasecmp(name, s->word, strlen(s->word)) != 0)
        return;
    if (out->count == s->size) {
        size_t size = s->size ? 2 * s->size : 16;
        char **names = realloc(out->names, size * sizeof names[0]);
        if (!names) {
            s->error = -1;
            return;
        }
        out->names = names;
        s->size = size;
    }
    if ((out->names[out->count] = strdup(name)))
        out->count++;
    else
        s->error = -1;
}

static void offer_list(search *s, const char *const *names)
{
    for (; *names; names++)
        offer(s, *names);
}

static void offer_commands(search *s)
{
    for (const console_command *row = console_commands; row->name; row++)
        offer(s, row->name);
}

/* The second word of the line. A shared object that it names is about to be opened in any case. */
static const swio_app *app_of_line(const search *s)
{
    char text[1024];
    size_t file;
    const swio_app *app;
    const char *p = s->line + strspn(s->line, " \t");
    p += strcspn(p, " \t");
    p += strspn(p, " \t");
    snprintf(text, sizeof text, "%.*s", (int)strcspn(p, " \t"), p);
    text[swio_app_span(text, &file)] = '\0'; /* without parameters, which may be wrong */
    return swio_app_parse(text, &app, NULL) ? NULL : app;
}

static void offer_params(search *s)
{
    const swio_app *app = app_of_line(s);
    char text[80];
    offer(s, "weight=");
    offer(s, "id=");
    for (const swio_param *param = app ? app->params : NULL; param && param->name; param++) {
        snprintf(text, sizeof text, "%s=", param->name);
        offer(s, text);
    }
}

static void offer_loaded(search *s)
{
    for (size_t i = 0; i < s->c->app_count; i++) {
        offer(s, s->c->apps[i].app->name);
        offer(s, s->c->apps[i].id);
    }
}

static void offer_sessions(search *s)
{
    swio_pool *pool = s->c->opts.cluster->pool;
    for (size_t i = 0; i < swio_pool_size(pool); i++) {
        swio_session **sessions = NULL;
        size_t count = 0;
        if (swio_listener_sessions(swio_pool_listener(pool, i), &sessions, &count))
            continue;
        for (size_t k = 0; k < count; k++)
            offer(s, swio_session_uuid(sessions[k]));
        swio_sessions_free(sessions);
    }
}

static void offer_nodes(search *s)
{
    char text[128];
    swio_pool *pool = s->c->opts.cluster->pool;
    for (size_t i = 0; i < swio_pool_size(pool); i++) {
        snprintf(text, sizeof text, "@%s", swio_client_contact(swio_pool_client(pool, i)));
        offer(s, text);
    }
}

/* The first words of what FreeSWITCH is asked most; behind a uuid_… the sessions. */
static void offer_api(search *s)
{
    static const char *const commands[] = {
        "bgapi",          "console loglevel",
        "fsctl",          "global_getvar",
        "help",           "hupall",
        "load",           "module_exists",
        "originate",      "reload",
        "reloadxml",      "show calls",
        "show channels",  "show codec",
        "sofia profile",  "sofia status",
        "status",         "strftime",
        "unload",         "uptime",
        "uuid_answer",    "uuid_bridge",
        "uuid_broadcast", "uuid_dump",
        "uuid_exists",    "uuid_getvar",
        "uuid_kill",      "uuid_park",
        "uuid_record",    "uuid_send_dtmf",
        "uuid_setvar",    "uuid_transfer",
        "version",        NULL,
    };
    const char *before = s->line + strspn(s->line, " \t");
    before += strcspn(before, " \t");
    before += strspn(before, " \t");
    if (*before == '@' && before + strcspn(before, " \t") < s->word) {
        before += strcspn(before, " \t");
        before += strspn(before, " \t");
    }
    if (before == s->word) {
        if (*before == '@')
            offer_nodes(s);
        else
            offer_list(s, commands);
    } else if (strncmp(before, "uuid_", 5) == 0) {
        offer_sessions(s);
    }
}

/* With a suffix those that end so, and directories where it is a path that is typed. */
static void offer_files(search *s, const char *suffix)
{
    const char *slash = strrchr(s->word, '/');
    char folder[1024], path[2048];
    struct stat about;
    size_t tail = suffix ? strlen(suffix) : 0;
    struct dirent *entry;
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - s->word) + 1 : 0, s->word);
    DIR *files = opendir(*folder ? folder : ".");
    while (files && (entry = readdir(files))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s%s", folder, entry->d_name);
        size_t len = strlen(path);
        bool folders = !tail || slash || *s->word == '.';
        if (folders && stat(path, &about) == 0 && S_ISDIR(about.st_mode))
            strncat(path, "/", sizeof path - len - 1);
        else if (tail && (len < tail || strcmp(path + len - tail, suffix) != 0))
            continue;
        offer(s, path);
    }
    if (files)
        closedir(files);
}

static void offer_apps(search *s)
{
    const swio_app *app;
    for (size_t i = 0; (app = swio_app_builtin(i)); i++)
        offer(s, app->name);
    offer_files(s, ".so");
}

static void offer_figures(search *s)
{
    const swio_figure *figure;
    char text[80];
    for (size_t i = 0; (figure = swio_figure_at(i)); i++) {
        offer(s, figure->name);
    }
    for (int i = 0; i < SWIO_METRICS; i++) {
        snprintf(text, sizeof text, "p95(%s)", swio_metric_name((swio_metric)i));
        offer(s, text);
    }
}

static void offer_words(search *s, console_word kind)
{
    static const char *const levels[] = {"error", "warning", "info", "debug", "trace", NULL};
    static const char *const formats[] = {"text", "markdown", "json", NULL};
    static const char *const causes[] = {
        "CALL_REJECTED",
        "NORMAL_CLEARING",
        "NORMAL_TEMPORARY_FAILURE",
        "NO_ANSWER",
        "NO_ROUTE_DESTINATION",
        "ORIGINATOR_CANCEL",
        "USER_BUSY",
        NULL,
    };
    switch (kind) {
    case WORD_ANY:
        break;
    case WORD_COMMAND:
        offer_commands(s);
        break;
    case WORD_APP:
        offer_apps(s);
        break;
    case WORD_PARAM:
        offer_params(s);
        break;
    case WORD_LOADED:
        offer_loaded(s);
        break;
    case WORD_SESSION:
        offer_sessions(s);
        break;
    case WORD_CAUSE:
        offer_list(s, causes);
        break;
    case WORD_API:
        offer_api(s);
        break;
    case WORD_LEVEL:
        offer_list(s, levels);
        break;
    case WORD_FORMAT:
        offer_list(s, formats);
        break;
    case WORD_FIGURE:
        offer_figures(s);
        break;
    case WORD_FILE:
        offer_files(s, NULL);
        break;
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In their order, each once. */
static void tidy(console_candidates *list)
{
    size_t kept = 0;
    if (list->count)
        qsort(list->names, list->count, sizeof list->names[0], by_name);
    for (size_t i = 0; i < list->count; i++) {
        if (kept && strcmp(list->names[kept - 1], list->names[i]) == 0)
            free(list->names[i]);
        else
            list->names[kept++] = list->names[i];
    }
    list->count = kept;
}

int console_complete(console *c, const char *line, size_t *start, console_candidates *out)
{
    size_t len = strlen(line), at = len, words = 0;
    while (at > 0 && !strchr(" \t", line[at - 1]))
        at--;
    for (size_t i = 0; i < at; i++)
        words += !strchr(" \t", line[i]) && strchr(" \t", line[i + 1]);
    *start = at;
    *out = (console_candidates){0};
    search s = {.c = c, .line = line, .word = line + at, .out = out};
    if (!words) {
        offer_commands(&s);
    } else {
        char name[64];
        const char *first = line + strspn(line, " \t");
        snprintf(name, sizeof name, "%.*s", (int)strcspn(first, " \t"), first);
        const console_command *row = console_find(name);
        if (row)
            offer_words(&s, words == 1 ? row->word : row->words);
    }
    tidy(out);
    return s.error;
}

void console_candidates_free(console_candidates *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    *list = (console_candidates){0};
}
