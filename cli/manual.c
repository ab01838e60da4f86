#include "cli/manual.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <switchio/version.h>

/* Text as troff shows it: a hyphen that can be typed, a backslash, no request at a line's start. */
static void text(FILE *to, const char *s)
{
    bool start = true;
    for (; *s; s++) {
        if (start && (*s == '.' || *s == '\''))
            fputs("\\&", to);
        if (*s == '-')
            fputs("\\-", to);
        else if (*s == '\\')
            fputs("\\e", to);
        else
            fputc(*s, to);
        start = *s == '\n';
    }
}

static void heading(FILE *to, const char *name)
{
    fprintf(to, ".SH %s\n", name);
}

/* "SWITCHIO-DIAL" */
static void title(FILE *to, const char *name)
{
    fputs(".TH SWITCHIO", to);
    if (name)
        fputs("\\-", to);
    for (; name && *name; name++) {
        if (*name == '-')
            fputc('\\', to);
        fputc(toupper((unsigned char)*name), to);
    }
    fprintf(to, " 1 \"\" \"switchio %s\" \"switchio\"\n", SWIO_VERSION);
}

/* The summary is a sentence in --help; after the dash of a manual it begins small. */
static void summary(FILE *to, const char *s)
{
    char first[2] = {(char)tolower((unsigned char)*s), '\0'};
    text(to, first);
    text(to, s + 1);
    fputc('\n', to);
}

static void row(FILE *to, const option_row *r)
{
    fputs(".TP\n", to);
    if (r->letter)
        fprintf(to, "\\fB\\-%c\\fR, ", r->letter);
    fputs("\\fB\\-\\-", to);
    text(to, r->name);
    fputs("\\fR", to);
    if (r->value) {
        fputs(r->kind == OPTION_COUNT_OPTIONAL ? "[=\\fI" : " \\fI", to);
        text(to, r->value);
        fputs(r->kind == OPTION_COUNT_OPTIONAL ? "\\fR]" : "\\fR", to);
    }
    fputc('\n', to);
    char first[2] = {(char)toupper((unsigned char)*r->help), '\0'};
    text(to, first);
    text(to, r->help + 1);
    if (r->kind == OPTION_TEXTS)
        fputs("; repeatable", to);
    if (r->standard) {
        fputs(" (default: ", to);
        text(to, r->standard);
        fputc(')', to);
    }
    fputs(".\n", to);
}

static void exit_status(FILE *to)
{
    static const struct {
        int status;
        const char *means;
    } rows[] = {
        {STATUS_DONE, "Done."},
        {STATUS_FAILED,
         "It ran, but calls or the connection were lost, a criterion was not met, or a "
         "command failed."},
        {STATUS_USAGE, "The command line is wrong."},
        {STATUS_CONNECT, "Could not connect or log in."},
        {STATUS_INTERRUPTED, "Ended by Ctrl\\-C or SIGTERM."},
    };
    heading(to, "EXIT STATUS");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        fprintf(to, ".TP\n%d\n%s\n", rows[i].status, rows[i].means);
}

static bool takes_password(const command *cmd)
{
    for (size_t i = 0; i < cmd->option_count; i++)
        if (strcmp(cmd->options[i].name, "password") == 0)
            return true;
    return false;
}

void manual_of_command(const command *cmd, FILE *to)
{
    title(to, cmd->name);
    heading(to, "NAME");
    fputs("switchio\\-", to);
    text(to, cmd->name);
    fputs(" \\- ", to);
    summary(to, cmd->summary);
    heading(to, "SYNOPSIS");
    fputs(".B switchio ", to);
    text(to, cmd->name);
    fputs("\n[\\fIOPTION\\fR]… ", to);
    text(to, cmd->operands);
    fputc('\n', to);
    if (cmd->description) {
        heading(to, "DESCRIPTION");
        text(to, cmd->description);
    }
    heading(to, "OPTIONS");
    for (size_t i = 0; i < cmd->option_count; i++)
        row(to, &cmd->options[i]);
    row(to, &(option_row){.name = "help", .letter = 'h', .help = "show a summary"});
    if (takes_password(cmd)) {
        heading(to, "ENVIRONMENT");
        fputs(".TP\nSWITCHIO_PASSWORD\nThe password of the Event Socket, where no option gives "
              "one.\n",
              to);
    }
    if (cmd->example) {
        heading(to, "EXAMPLE");
        fputs(".nf\n", to);
        text(to, cmd->example);
        fputs(".fi\n", to);
    }
    exit_status(to);
    heading(to, "SEE ALSO");
    fputs(".BR switchio (1)\n", to);
}

void manual_of_program(const command *const *commands, FILE *to)
{
    title(to, NULL);
    heading(to, "NAME");
    fputs("switchio \\- drive clusters of FreeSWITCH over the Event Socket\n", to);
    heading(to, "SYNOPSIS");
    fputs(".B switchio\n\\fICOMMAND\\fR [\\fIOPTION\\fR]… [\\fIARGUMENT\\fR]…\n", to);
    heading(to, "COMMANDS");
    for (size_t i = 0; commands[i]; i++) {
        fputs(".TP\n.BR switchio\\-", to);
        text(to, commands[i]->name);
        fputs(" (1)\n", to);
        text(to, commands[i]->summary);
        fputs(".\n", to);
    }
    exit_status(to);
}
