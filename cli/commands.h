/* The sub-commands; main.c has them in a table. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <switchio/app.h>

#include "cli/options.h"

extern const command command_dial;
extern const command command_console;
extern const command command_api;
extern const command command_sim;
extern const command command_list_apps;
extern const command command_report;
extern const command command_plot;

/* Says that there is no such app, and which was meant; returns STATUS_USAGE. */
int no_such_app(const command *cmd, const char *name);

/* Prints the answer of a switch as it came, but with one line end behind it. */
void print_answer(const char *text);

/*
 * What is meant where apps are described: an app, all of a shared object, or (NULL) all that come
 * with the library. *list ends with NULL; `one` has room for a list of one. SWIO_E…
 */
int find_apps(const char *text, const swio_app *one[2], const swio_app *const **list);

/* Prints what they do, and their parameters. */
void describe_apps(const swio_app *const *list);

#endif
