/* Completion for shells, made of the same tables as --help; completions/ has it as files. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include <stdbool.h>

#include "cli/options.h"

/* The script of a shell, "bash", "zsh" or "fish"; false for another. `commands` ends with NULL. */
bool completion_of(const char *shell, const command *const *commands, FILE *to);

#endif
