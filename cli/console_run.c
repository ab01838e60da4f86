#include <histedit.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <unistd.h>

#include "cli/console_state.h"
#include "cli/interrupt.h"

enum { WORDS_MAX = 256 };

int console_error(console *c, const char *who, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fflush(stdout);
    if (!c->terminal)
        fprintf(stderr, "switchio %s: line %lu: ", c->opts.cmd->name, c->line);
    if (who)
        fprintf(stderr, "%s: ", who);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    return -1;
}

int console_failed(console *c, const char *who)
{
    return console_error(c, who, "%s", swio_errmsg());
}

bool console_stopped(const console *c)
{
    return atomic_load(&c->cancelled) || atomic_load(&c->leaving);
}

const console_command *console_find(const char *name)
{
    for (const console_command *row = console_commands; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

static int unknown(console *c, const char *name)
{
    const char *names[64] = {0};
    for (size_t i = 0; console_commands[i].name && i < 63; i++)
        names[i] = console_commands[i].name;
    const char *meant = suggestion(name, names);
    if (meant)
        return console_error(c, NULL, "there is no command '%s': did you mean '%s'?", name, meant);
    return console_error(c, NULL, "there is no command '%s': 'help' lists them", name);
}

static int run_words(console *c, const console_command *row, int count, const char **words)
{
    if (count < row->min || (row->max >= 0 && count > row->max))
        return console_error(c, row->name, "%s: it is used as '%s%s%s'",
                             count < row->min ? "a word is missing" : "a word too many", row->name,
                             *row->arguments ? " " : "", row->arguments);
    return row->run(c, count, words);
}

/* Splits as a shell does: blanks part words, quotes keep them together. */
static int split_and_run(console *c, const console_command *row, const char *rest)
{
    int count = 0;
    const char **words = NULL;
    Tokenizer *tokenizer = tok_init(" \t");
    if (!tokenizer)
        return console_error(c, row->name, "out of memory");
    int bad = tok_str(tokenizer, rest, &count, &words);
    int result = bad ? console_error(c, row->name, "a quote or a backslash at the end is open")
                     : run_words(c, row, count, words);
    tok_end(tokenizer);
    return result;
}

int console_do(console *c, const char *line)
{
    line += strspn(line, " \t");
    size_t len = strcspn(line, " \t");
    if (!len || *line == '#')
        return 0;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(len < 60 ? len : 60), line);
    const console_command *row = console_find(name);
    if (!row)
        return unknown(c, name);
    line += len + strspn(line + len, " \t");
    if (row->raw)
        return run_words(c, row, *line != '\0', &line);
    return split_and_run(c, row, line);
}

/* On a terminal Ctrl-C leaves what is being done; else, and with SIGTERM, the program: in order,
 * and at once when it comes again. */
static void on_signal(void *arg)
{
    console *c = arg;
    if (c->terminal && interrupt_signal() == SIGINT)
        atomic_store(&c->cancelled, true);
    else if (atomic_exchange(&c->leaving, true)) {
        console_editor_restore();
        _exit(STATUS_INTERRUPTED);
    }
    screen_wake();
}

static void run_lines(console *c, console_editor *editor)
{
    char *line;
    while (!c->quit && (line = editor ? console_editor_line(editor) : console_read_line(c))) {
        atomic_store(&c->cancelled, false);
        if (console_do(c, line)) {
            c->failed = true;
            c->quit = c->opts.bail && !c->terminal;
        }
        /* The command was given up, not the line that comes next. */
        atomic_store(&c->cancelled, false);
        free(line);
        fflush(stdout);
    }
}

static void begin(console *c, const console_opts *opts)
{
    c->opts = *opts;
    c->max_offered = opts->dial.max_offered;
    c->terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    c->originator = opts->offer ? opts->offer->originator : NULL;
    for (; c->app_count < opts->app_count && c->app_count < CONSOLE_APPS_MAX; c->app_count++)
        c->apps[c->app_count] = opts->apps[c->app_count];
}

int console_run(const console_opts *opts)
{
    console *c = calloc(1, sizeof *c);
    console_editor *editor = NULL;
    int status = STATUS_FAILED;
    if (!c) {
        fprintf(stderr, "switchio %s: out of memory\n", opts->cmd->name);
        return STATUS_FAILED;
    }
    begin(c, opts);
    if (screen_start(c) == 0 && (!c->terminal || (editor = console_editor_new(c)))) {
        interrupt_every(on_signal, c);
        run_lines(c, editor);
        console_finish(c);
        interrupt_on(NULL, NULL);
        status = atomic_load(&c->leaving)    ? STATUS_INTERRUPTED
                 : c->failed && !c->terminal ? STATUS_FAILED
                                             : STATUS_DONE;
    }
    console_editor_free(editor);
    screen_stop();
    free(c);
    return status;
}
