#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <switchio/switchio.h>

#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/manual.h"
#include "cli/manual_measures.h"

static const command *const commands[] = {
    &command_dial,      &command_console, &command_api,  &command_sim,
    &command_list_apps, &command_report,  &command_plot, NULL,
};
enum { COMMANDS = sizeof commands / sizeof commands[0] - 1 };

static const command *find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(name, commands[i]->name) == 0)
            return commands[i];
    return NULL;
}

static void help(FILE *to)
{
    fprintf(to, "Usage: switchio COMMAND [OPTION]… [ARGUMENT]…\n"
                "Drives clusters of FreeSWITCH over the Event Socket.\n\nCommands:\n");
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
    fprintf(to, "\n'switchio COMMAND --help' tells more; 'switchio --version' which one this is.\n"
                "A first call, without a FreeSWITCH at hand:\n"
                "  switchio dial --sim --rate 1 --limit 1 --max-offered 1\n");
}

static int unknown(const char *name)
{
    const char *names[COMMANDS + 1] = {0};
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i]->name;
    const char *meant = suggestion(name, names);
    fprintf(stderr, "switchio: there is no command '%s'", name);
    if (meant)
        fprintf(stderr, ": did you mean '%s'?", meant);
    fprintf(stderr, "\nTry 'switchio --help'.\n");
    return STATUS_USAGE;
}

static int help_of(const char *name)
{
    const command *cmd = find(name);
    if (!cmd)
        return unknown(name);
    options_help(cmd, stdout);
    return STATUS_DONE;
}

/* For those who build switchio: the pages of docs/man/. Without a name, that of the program; with
 * "measurement", the tables of docs/measurement.md. */
static int manual(const char *name)
{
    const command *cmd = name ? find(name) : NULL;
    if (name && strcmp(name, "measurement") == 0) {
        manual_of_measures(stdout);
        return STATUS_DONE;
    }
    if (name && !cmd)
        return unknown(name);
    if (cmd)
        manual_of_command(cmd, stdout);
    else
        manual_of_program(commands, stdout);
    return STATUS_DONE;
}

/* For those who build switchio as well: the scripts of completions/. */
static int completion(const char *shell)
{
    if (shell && completion_of(shell, commands, stdout))
        return STATUS_DONE;
    fprintf(stderr, "switchio completion: for which shell? Give bash, zsh or fish\n");
    return STATUS_USAGE;
}

static int run_command(const command *cmd, int argc, char **argv)
{
    if (!cmd->only_prints)
        signal(SIGPIPE, SIG_IGN); /* of connections, too */
    return command_run(cmd, argc, argv);
}

static int run(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (!*name) {
        help(stderr);
        return STATUS_USAGE;
    }
    if (strcmp(name, "help") == 0 && argc > 2)
        return help_of(argv[2]);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        help(stdout);
        return STATUS_DONE;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("switchio %s\n", swio_version());
        return STATUS_DONE;
    }
    if (strcmp(name, "manual") == 0)
        return manual(argc > 2 ? argv[2] : NULL);
    if (strcmp(name, "completion") == 0)
        return completion(argc > 2 ? argv[2] : NULL);
    const command *cmd = find(name);
    return cmd ? run_command(cmd, argc - 1, argv + 1) : unknown(name);
}

int main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN);         /* a file of the greatest size is an error like a full disk */
    setvbuf(stdout, NULL, _IOLBF, 0); /* whole lines, at once, into a pipe as well */
    int status = run(argc, argv);
    if (status != STATUS_DONE || (fflush(stdout) == 0 && !ferror(stdout)))
        return status;
    fprintf(stderr, "switchio: cannot write all of the standard output: is the disk full?\n");
    return STATUS_FAILED;
}
