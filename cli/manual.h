/* The manual pages, made of the same tables as --help; docs/man/ has them as files. */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "cli/options.h"

/* The page of one command, and that of the program, in troff. `commands` ends with NULL. */
void manual_of_command(const command *cmd, FILE *to);
void manual_of_program(const command *const *commands, FILE *to);

#endif
