/* Whom the calls of a command go to, and how: the options, and what they come to. */
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include "cli/cluster.h"

typedef struct target {
    const char *proxy;
    const char *dest_url;
    const char *profile;
    const char *gateway;
    double originate_timeout;
} target;

/* The rows of these options, for a settings struct with a member `target`. */
#define TARGET_ROWS(settings)                                                                      \
    {.name = "proxy",                                                                              \
     .kind = OPTION_TEXT,                                                                          \
     .value = "HOST[:PORT]",                                                                       \
     .at = offsetof(settings, target.proxy),                                                       \
     .help = "the device under test, to which the calls are sent (default: where the "             \
             "destination is)"},                                                                   \
        {.name = "dest-url",                                                                       \
         .kind = OPTION_TEXT,                                                                      \
         .value = "USER@HOST",                                                                     \
         .at = offsetof(settings, target.dest_url),                                                \
         .help = "whom to call; {number} in it counts the calls (default: switchio at the proxy, " \
                 "else at the SIP address of the profile)"},                                       \
        {.name = "profile",                                                                        \
         .kind = OPTION_TEXT,                                                                      \
         .value = "NAME",                                                                          \
         .standard = "external",                                                                   \
         .at = offsetof(settings, target.profile),                                                 \
         .help = "the SIP profile to call from"},                                                  \
        {.name = "gateway",                                                                        \
         .kind = OPTION_TEXT,                                                                      \
         .value = "NAME",                                                                          \
         .at = offsetof(settings, target.gateway),                                                 \
         .help = "a gateway of the switch to call through, instead of the profile"},               \
    {                                                                                              \
        .name = "originate-timeout", .kind = OPTION_NUMBER, .value = "SECONDS", .standard = "60",  \
        .max = 86400, .above_min = 1, .at = offsetof(settings, target.originate_timeout),          \
        .help = "until a call that nobody answers is given up, in whole seconds"                   \
    }

/* The rows of how many calls there are, for a settings struct with members of these names. */
#define LOAD_ROWS(settings)                                                                     \
    {.name = "rate",                                                                            \
     .letter = 'r',                                                                             \
     .kind = OPTION_NUMBER,                                                                     \
     .value = "CPS",                                                                            \
     .standard = "1",                                                                           \
     .max = 1e6,                                                                                \
     .above_min = 1,                                                                            \
     .at = offsetof(settings, rate),                                                            \
     .help = "calls a second, of all hosts together"},                                          \
        {.name = "limit",                                                                       \
         .kind = OPTION_COUNT,                                                                  \
         .value = "CALLS",                                                                      \
         .standard = "1",                                                                       \
         .min = 1,                                                                              \
         .at = offsetof(settings, limit),                                                       \
         .help = "concurrent calls; what arrives beyond is counted as blocked"},                \
        {.name = "duration",                                                                    \
         .letter = 'd',                                                                         \
         .kind = OPTION_NUMBER,                                                                 \
         .value = "SECONDS",                                                                    \
         .max = 1e7,                                                                            \
         .above_min = 1,                                                                        \
         .at = offsetof(settings, duration),                                                    \
         .help = "of each call (default: the larger of limit / rate and 5)"},                   \
    {                                                                                           \
        .name = "metrics-file", .kind = OPTION_TEXT, .value = "PATH",                           \
        .at = offsetof(settings, metrics_file),                                                 \
        .help =                                                                                 \
            "keep a record of each call: in SQLite (PATH ends with .db), in CSV (.csv), or in " \
            "the directory PATH as calls.csv"                                                   \
    }

/* What every call would be refused for, before anything is connected. -1, else the exit status. */
int target_check(const command *cmd, const target *t);

/* Gives every client of the pool its template. It needs the addresses of the profile. */
int target_set(const target *t, cluster *c, const char *app_id);

/* The server that the calls go to, as a word for the log. */
const char *target_server(const target *t, const cluster *c);

/* An app id of this run's own: a run of the same app beside it, on the same switches, neither
 * answers nor hangs up our calls. */
void make_app_id(const char *app, char *id, size_t size);

#endif
