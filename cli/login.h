/* The options with which a command logs in and logs, and what they come to. */
#ifndef CLI_LOGIN_H
#define CLI_LOGIN_H

#include "cli/options.h"

typedef struct login {
    const char *password;
    const char *password_file;
    const char *loglevel;
    const char *user;
    double timeout;
} login;

/* The rows of these options, for a settings struct with a member `login`. Every command has these;
 * `level` is the log level where none is given. */
#define PASSWORD_ROWS(settings, level)                                                        \
    {.name = "password",                                                                      \
     .letter = 'p',                                                                           \
     .kind = OPTION_TEXT,                                                                     \
     .value = "WORD",                                                                         \
     .at = offsetof(settings, login.password),                                                \
     .help = "of the Event Socket; better in the environment, as SWITCHIO_PASSWORD, or in a " \
             "file; ClueCon if nothing says otherwise"},                                      \
        {.name = "password-file",                                                             \
         .kind = OPTION_TEXT,                                                                 \
         .value = "FILE",                                                                     \
         .alternative = "password",                                                           \
         .at = offsetof(settings, login.password_file),                                       \
         .help = "whose first line is the password"},                                         \
    {                                                                                         \
        .name = "loglevel", .letter = 'l', .kind = OPTION_TEXT, .value = "LEVEL",             \
        .standard = (level), .at = offsetof(settings, login.loglevel),                        \
        .help = "of the log, on the standard error: error, warning, info, debug or trace"     \
    }

/* Those that connect have these as well. */
#define CONNECT_ROWS(settings)                                                                   \
    {.name = "user",                                                                             \
     .kind = OPTION_TEXT,                                                                        \
     .value = "USER@DOMAIN",                                                                     \
     .at = offsetof(settings, login.user),                                                       \
     .help = "log in as this user of the switch"},                                               \
    {                                                                                            \
        .name = "timeout", .letter = 't', .kind = OPTION_NUMBER, .value = "SECONDS",             \
        .standard = "10", .max = 86400, .above_min = 1, .at = offsetof(settings, login.timeout), \
        .help = "for connecting and logging in, and for each answer"                             \
    }

enum { LOGIN_PASSWORD_MAX = 256 };

/*
 * Sets the log level, and finds the password: option, file, environment, in this order; NULL: the
 * library's default. -1 to go on, else the exit status.
 */
int login_prepare(const command *cmd, const login *l, char room[LOGIN_PASSWORD_MAX],
                  const char **password);

/* The exit status of an error of connecting and setting up. */
int login_status(int error);

/* Says the sentence of the last error on the standard error, and gives `status` back. */
int say_failed(const command *cmd, int status);

#endif
