/* The options of a sub-command as a table: parsing, --help and the man page are made of it. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

/* The exit statuses of the program. */
enum status {
    STATUS_DONE = 0,
    STATUS_FAILED = 1,  /* it ran, but calls or the connection were lost, a criterion was not met,
                           or a command failed */
    STATUS_USAGE = 2,   /* the command line cannot be right */
    STATUS_CONNECT = 3, /* could not connect or log in */
    STATUS_INTERRUPTED = 130, /* ended by Ctrl-C (or SIGTERM) before it was done */
};

/* What an option is, and the type of the field it sets. */
typedef enum option_kind {
    OPTION_FLAG,           /* bool */
    OPTION_TEXT,           /* const char *, not empty */
    OPTION_COUNT,          /* uint64_t: a whole number, min…max */
    OPTION_COUNT_OPTIONAL, /* uint64_t: "--sim" alone is 1 */
    OPTION_NUMBER,         /* double, min…max */
    OPTION_TEXTS,          /* option_texts: may be given several times; no default */
} option_kind;

/* The values of an option that may be given several times, in the order given; none is empty. */
enum { OPTION_TEXTS_MAX = 64 };
typedef struct option_texts {
    size_t count;
    const char *text[OPTION_TEXTS_MAX];
} option_texts;

typedef struct option_row {
    const char *name; /* long, without the dashes */
    char letter;      /* short; 0: none */
    option_kind kind;
    const char *value;       /* what stands for the value in --help: "CPS"; NULL for a flag */
    const char *standard;    /* the default, as it would be typed; NULL: the field stays zero */
    double min, max;         /* of a number or count; max 0: no bound */
    int above_min;           /* min itself is refused as well */
    const char *alternative; /* of another option that is not given beside this one; NULL */
    size_t at;               /* offset of the field in the command's settings */
    const char *help;
} option_row;

typedef struct command {
    const char *name;
    const char *operands;    /* "HOST[:PORT]…" */
    const char *summary;     /* one line, without a full stop */
    const char *description; /* paragraphs with their line ends; may be NULL */
    const char *example;     /* lines; may be NULL */
    const option_row *options;
    size_t option_count;
    int options_first; /* what follows the first operand is no option */
    int only_prints;   /* it has no connection: who reads its output and goes away ends it */
    size_t settings_size;
    /* Runs it with its settings and the operands that are left; returns the exit status. */
    int (*run)(const void *settings, int count, char **operands);
} command;

/* Parses argv (argv[0] is the sub-command's name) and runs. Returns the exit status. */
int command_run(const command *cmd, int argc, char **argv);

/* Fills `settings` (of cmd->settings_size bytes) from the defaults and argv. Returns -1 to go on
 * with argv[*first] as the first operand, else the exit status: help was printed, or a mistake. */
int options_parse(const command *cmd, int argc, char **argv, void *settings, int *first);

void options_help(const command *cmd, FILE *to);

/* Says "switchio NAME: …" and where to look, on the standard error; returns STATUS_USAGE. */
int usage_error(const command *cmd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * The name that was probably meant by `word`, or NULL where none is near. `names` ends with NULL.
 */
const char *suggestion(const char *word, const char *const *names);

#endif
