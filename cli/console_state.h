/* What the files of the console share. */
#ifndef CLI_CONSOLE_STATE_H
#define CLI_CONSOLE_STATE_H

#include <stdatomic.h>
#include <stdio.h>

#include "cli/console.h"

enum { CONSOLE_APPS_MAX = 64 };

typedef struct console {
    console_opts opts;    /* rate, limit and so on as they are now */
    uint64_t max_offered; /* of a `start` that does not say; 0: no bound */
    bool terminal;
    unsigned long line; /* where not on a terminal: the number of the line, from 1 */
    bool failed;        /* a command has */
    bool quit;
    swio_originator *originator; /* NULL: none is made yet */
    bool stale;                  /* no longer of the settings and apps: `start` makes another */
    bool stopped;                /* the run was, before it was through */
    bool watched;                /* its end is yet to be told */
    console_app apps[CONSOLE_APPS_MAX];
    size_t app_count;
    /* Set by signals. */
    atomic_bool cancelled; /* what is being done is to be left */
    atomic_bool leaving;   /* the program is to end */
} console;

/* What a word of a command is, for completion. */
typedef enum console_word {
    WORD_ANY,
    WORD_COMMAND,
    WORD_APP,     /* one that there is */
    WORD_PARAM,   /* key= of the app before */
    WORD_LOADED,  /* name or id of a loaded app */
    WORD_SESSION, /* the uuid of one that is up */
    WORD_CAUSE,
    WORD_API, /* @NODE, and what FreeSWITCH is asked */
    WORD_LEVEL,
    WORD_FORMAT,
    WORD_FIGURE, /* what can be expected */
    WORD_FILE,
} console_word;

/* A command of the prompt. Help, completion and checks are made of its row. */
typedef struct console_command {
    const char *name;
    const char *arguments;    /* as in its usage: "[CPS]"; "" */
    const char *help;         /* a few words */
    const char *more;         /* lines; NULL */
    int min, max;             /* how many words; max -1: any number */
    bool raw;                 /* the rest of the line is one word, as it is */
    console_word word, words; /* what the first and the further words are */
    /* 0, or -1 with the sentence said by console_error(). */
    int (*run)(console *c, int count, const char **words_);
} console_command;

/* The table; it ends with a row without a name. */
extern const console_command console_commands[];
const console_command *console_find(const char *name);

/* console_run.c */

/* Says what went wrong, with the command and the line where that helps; -1. */
int console_error(console *c, const char *who, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with the sentence of the last error. */
int console_failed(console *c, const char *who);
/* The same for what swio_app_parse() refused, with what may have been meant. */
int console_refused_app(console *c, const char *who, const char *text, int error);
/* Whether what is being done is to be left. */
bool console_stopped(const console *c);
/* Does what one line says. 0, or -1. */
int console_do(console *c, const char *line);

/* console_look.c: what is there. */
int console_api(console *c, int count, const char **words);
int console_calls(console *c, int count, const char **words);
int console_session(console *c, int count, const char **words);
int console_hangup(console *c, int count, const char **words);
int console_nodes(console *c, int count, const char **words);
int console_log(console *c, int count, const char **words);

/* console_dial.c: what is offered. */
int console_rate(console *c, int count, const char **words);
int console_limit(console *c, int count, const char **words);
int console_duration(console *c, int count, const char **words);
int console_start(console *c, int count, const char **words);
int console_pause(console *c, int count, const char **words);
int console_resume(console *c, int count, const char **words);
int console_stop(console *c, int count, const char **words);
int console_hupall(console *c, int count, const char **words);
int console_wait(console *c, int count, const char **words);
int console_status(console *c, int count, const char **words);
/* Whether calls are being offered; counts are 0 where there is no originator. */
bool console_is_offering(console *c, swio_originator_counts *counts);
/* Fails where nothing was offered yet: 0, or -1 with the sentence said. */
int console_need_originator(console *c, const char *who);
/* Tells, once, that the run is over. */
void console_tell_end(console *c);
/* Stops and hangs up what was started here, and waits for it. */
void console_finish(console *c);

/* console_result.c: what became of the calls. */
int console_metrics(console *c, int count, const char **words);
int console_expect(console *c, int count, const char **words);
int console_plot(console *c, int count, const char **words);

/* console_apps.c: what the calls are given to. */
int console_weight(console *c, int count, const char **words);
int console_load(console *c, int count, const char **words);
int console_unload(console *c, int count, const char **words);
int console_list_apps(console *c, int count, const char **words);
/* Where no app takes part, loads the one of the options. 0, or -1 with the sentence said. */
int console_need_app(console *c, const char *who);

/* console_help.c */
int console_help(console *c, int count, const char **words);

/* console_complete.c */

typedef struct console_candidates {
    char **names; /* sorted */
    size_t count;
} console_candidates;
/* What the word that begins at `start` of this line, whose text ends there, could be. */
int console_complete(console *c, const char *line, size_t *start, console_candidates *out);
void console_candidates_free(console_candidates *list);

/* console_lines.c */

/* The next line without its end, to be freed; NULL at the end of the input, and when it is to be
 * left. */
char *console_read_line(console *c);

/* console_edit.c: the same from a terminal. */
typedef struct console_editor console_editor;
console_editor *console_editor_new(console *c);
char *console_editor_line(console_editor *editor);
void console_editor_free(console_editor *editor);
/* For who leaves at once: the terminal is as it was before. Any thread. */
void console_editor_restore(void);

/* console_screen.c: what other threads say while a line is being typed. */

/* From now on log lines are kept while a prompt is shown; -1 with a sentence said. */
int screen_start(console *c);
void screen_stop(void);
/* Readable when there is something to look at. */
int screen_fd(void);
/* Makes it readable; safe in a signal handler. */
void screen_wake(void);
void screen_prompt(bool shown);
/* What was kept since the last call, to be freed, or NULL; screen_fd() is as new. */
char *screen_take(void);

#endif
