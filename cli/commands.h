/* The sub-commands; main.c has them in a table. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"

extern const command command_dial;
extern const command command_api;
extern const command command_sim;
extern const command command_list_apps;

#endif
