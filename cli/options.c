#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/wrap.h"

enum {
    OPTIONS_MAX = 48, /* rows of one command: at most the bits of a uint64_t */
    HELP_COLUMN = 26, /* where the descriptions of --help begin */
    HELP_WIDTH = 96,
    FIRST_CODE = 256, /* getopt's value of the first row: beyond every letter */
};

static const option_row help_row = {.name = "help", .letter = 'h', .help = "show this help"};

int usage_error(const command *cmd, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "switchio %s: ", cmd->name);
    vfprintf(stderr, fmt, args);
    fprintf(stderr, "\nTry 'switchio %s --help'.\n", cmd->name);
    va_end(args);
    return STATUS_USAGE;
}

static int set_text(const command *cmd, const option_row *row, const char *text, char *field)
{
    if (!*text)
        return usage_error(cmd, "--%s is empty: give a %s", row->name, row->value);
    memcpy(field, &text, sizeof text);
    return -1;
}

static int add_text(const command *cmd, const option_row *row, const char *text, char *field)
{
    option_texts *texts = (option_texts *)(void *)field;
    if (!*text)
        return usage_error(cmd, "--%s is empty: give a %s", row->name, row->value);
    if (texts->count == OPTION_TEXTS_MAX)
        return usage_error(cmd, "--%s is given more than %d times", row->name, OPTION_TEXTS_MAX);
    texts->text[texts->count++] = text;
    return -1;
}

/* "from 1 to 64", "more than 0", "at least 0" */
static int out_of_range(const command *cmd, const option_row *row, const char *text)
{
    if (row->max > 0)
        return usage_error(cmd, "--%s %s: it must be %s %.10g and at most %.10g", row->name, text,
                           row->above_min ? "more than" : "at least", row->min, row->max);
    return usage_error(cmd, "--%s %s: it must be %s %.10g", row->name, text,
                       row->above_min ? "more than" : "at least", row->min);
}

static bool in_range(const option_row *row, double n)
{
    return !(n < row->min || (row->above_min && n <= row->min) || (row->max > 0 && n > row->max));
}

static int set_number(const command *cmd, const option_row *row, const char *text, char *field)
{
    char *end;
    double n = strtod(text, &end);
    if (end == text || *end || !isfinite(n))
        return usage_error(cmd, "--%s '%s' is not a number", row->name, text);
    if (!in_range(row, n))
        return out_of_range(cmd, row, text);
    memcpy(field, &n, sizeof n);
    return -1;
}

static int set_count(const command *cmd, const option_row *row, const char *text, char *field)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end)
        return usage_error(cmd, "--%s '%s' is not a whole number", row->name, text);
    if (errno && n > 0 && row->max <= 0)
        return usage_error(cmd, "--%s %s is too large", row->name, text);
    if (errno || n < 0 || !in_range(row, (double)n))
        return out_of_range(cmd, row, text);
    uint64_t count = (uint64_t)n;
    memcpy(field, &count, sizeof count);
    return -1;
}

/* -1, or the exit status of a mistake. `text` is NULL where no value was given. */
static int set(const command *cmd, const option_row *row, const char *text, void *settings)
{
    char *field = (char *)settings + row->at;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)(void *)field = true;
        return -1;
    case OPTION_TEXT:
        return set_text(cmd, row, text, field);
    case OPTION_NUMBER:
        return set_number(cmd, row, text, field);
    case OPTION_COUNT:
        return set_count(cmd, row, text, field);
    case OPTION_COUNT_OPTIONAL:
        return set_count(cmd, row, text ? text : "1", field);
    case OPTION_TEXTS:
        return add_text(cmd, row, text, field);
    }
    return -1;
}

static int set_defaults(const command *cmd, void *settings)
{
    memset(settings, 0, cmd->settings_size);
    int status = -1;
    for (size_t i = 0; i < cmd->option_count && status < 0; i++)
        if (cmd->options[i].standard)
            status = set(cmd, &cmd->options[i], cmd->options[i].standard, settings);
    return status;
}

static const option_row *row_of(const command *cmd, int code)
{
    if (code == help_row.letter)
        return &help_row;
    if (code >= FIRST_CODE)
        return &cmd->options[code - FIRST_CODE];
    for (size_t i = 0; i < cmd->option_count; i++)
        if (cmd->options[i].letter == code)
            return &cmd->options[i];
    return NULL;
}

static int takes(const option_row *row)
{
    return row->kind == OPTION_FLAG             ? no_argument
           : row->kind == OPTION_COUNT_OPTIONAL ? optional_argument
                                                : required_argument;
}

/*
 * getopt's two tables. The short one starts with ':' so that a missing value is told apart, behind
 * a '+' where the first operand ends the options.
 */
static void getopt_tables(const command *cmd, struct option *longs, char *shorts)
{
    if (cmd->options_first)
        *shorts++ = '+';
    *shorts++ = ':';
    *shorts++ = help_row.letter;
    for (size_t i = 0; i < cmd->option_count; i++) {
        const option_row *row = &cmd->options[i];
        longs[i] = (struct option){row->name, takes(row), NULL, FIRST_CODE + (int)i};
        if (row->letter) {
            *shorts++ = row->letter;
            for (int colons = takes(row); colons > 0; colons--)
                *shorts++ = ':';
        }
    }
    *shorts = '\0';
    longs[cmd->option_count] = (struct option){help_row.name, no_argument, NULL, help_row.letter};
    longs[cmd->option_count + 1] = (struct option){0};
}

/* getopt refused argv[optind - 1], or the letter `optopt`. */
static int refused(const command *cmd, char **argv, bool missing_value)
{
    const char *word = argv[optind - 1];
    const option_row *row = optopt ? row_of(cmd, optopt) : NULL;
    if (missing_value && row)
        return usage_error(cmd, "--%s needs a value: --%s %s", row->name, row->name, row->value);
    if (row)
        return usage_error(cmd, "--%s takes no value", row->name);
    if (optopt)
        return usage_error(cmd, "there is no option -%c", optopt);

    const char *names[OPTIONS_MAX + 2] = {help_row.name};
    for (size_t i = 0; i < cmd->option_count; i++)
        names[i + 1] = cmd->options[i].name;
    char typed[64];
    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    const char *meant = suggestion(typed, names);
    if (meant)
        return usage_error(cmd, "there is no option --%s: did you mean --%s?", typed, meant);
    return usage_error(cmd, "there is no option --%s (or it is short for several)", typed);
}

/* Two that cannot both be meant? `given` has a bit for each row. */
static int check_alternatives(const command *cmd, uint64_t given)
{
    for (size_t i = 0; i < cmd->option_count; i++) {
        const char *other = cmd->options[i].alternative;
        if (!other || !(given >> i & 1))
            continue;
        for (size_t k = 0; k < cmd->option_count; k++)
            if (given >> k & 1 && strcmp(cmd->options[k].name, other) == 0)
                return usage_error(cmd, "--%s and --%s: give one of them", other,
                                   cmd->options[i].name);
    }
    return -1;
}

int options_parse(const command *cmd, int argc, char **argv, void *settings, int *first)
{
    struct option longs[OPTIONS_MAX + 2];
    char shorts[3 * OPTIONS_MAX + 4];
    if (cmd->option_count > OPTIONS_MAX)
        abort();
    getopt_tables(cmd, longs, shorts);
    int status = set_defaults(cmd, settings);
    uint64_t given = 0;

    optind = 0; /* glibc: start anew */
    opterr = 0;
    int code;
    while (status < 0 && (code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        if (code == ':' || code == '?') {
            status = refused(cmd, argv, code == ':');
        } else if (code == help_row.letter) {
            options_help(cmd, stdout);
            status = STATUS_DONE;
        } else {
            const option_row *row = row_of(cmd, code);
            given |= UINT64_C(1) << (row - cmd->options);
            status = set(cmd, row, optarg, settings);
        }
    }
    if (status < 0)
        status = check_alternatives(cmd, given);
    *first = optind;
    return status;
}

static void row_help(const option_row *row, FILE *to)
{
    char left[64];
    int n = row->letter ? snprintf(left, sizeof left, "  -%c, --%s", row->letter, row->name)
                        : snprintf(left, sizeof left, "      --%s", row->name);
    if (row->value && n > 0 && (size_t)n < sizeof left)
        snprintf(left + n, sizeof left - (size_t)n,
                 row->kind == OPTION_COUNT_OPTIONAL ? "[=%s]" : " %s", row->value);
    if (strlen(left) + 2 > HELP_COLUMN)
        fprintf(to, "%s\n%*s", left, HELP_COLUMN, "");
    else
        fprintf(to, "%-*s", HELP_COLUMN, left);

    char text[512];
    if (row->standard)
        snprintf(text, sizeof text, "%s (default: %s)", row->help, row->standard);
    else
        snprintf(text, sizeof text, "%s%s", row->help,
                 row->kind == OPTION_TEXTS ? "; repeatable" : "");
    wrap(to, text, HELP_COLUMN, HELP_WIDTH);
    fputc('\n', to);
}

void options_help(const command *cmd, FILE *to)
{
    fprintf(to, "Usage: switchio %s [OPTION]…%s%s\n%s.\n", cmd->name, *cmd->operands ? " " : "",
            cmd->operands, cmd->summary);
    if (cmd->description)
        fprintf(to, "\n%s", cmd->description);
    fprintf(to, "\nOptions:\n");
    for (size_t i = 0; i < cmd->option_count; i++)
        row_help(&cmd->options[i], to);
    row_help(&help_row, to);
    if (cmd->example)
        fprintf(to, "\nExample:\n%s", cmd->example);
    fprintf(
        to,
        "\nExit status: 0 done; 1 it ran, but calls or the connection were lost, a criterion was "
        "not met\nor a command failed; 2 the command line is wrong; 3 could not connect or log "
        "in; 130 interrupted.\n");
}

int command_run(const command *cmd, int argc, char **argv)
{
    int first;
    void *settings = calloc(1, cmd->settings_size);
    if (!settings) {
        fprintf(stderr, "switchio %s: out of memory\n", cmd->name);
        return STATUS_FAILED;
    }
    int status = options_parse(cmd, argc, argv, settings, &first);
    if (status < 0)
        status = cmd->run(settings, argc - first, argv + first);
    free(settings);
    return status;
}
