#include "cli/login.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <switchio/error.h>
#include <switchio/log.h>

int say_failed(const command *cmd, int status)
{
    fprintf(stderr, "switchio %s: %s\n", cmd->name, swio_errmsg());
    return status;
}

/* Until calls are placed everything but a wrong command line counts as "could not connect". */
int login_status(int error)
{
    return error == SWIO_EINVAL ? STATUS_USAGE : STATUS_CONNECT;
}

static int read_password(const command *cmd, const char *name, char room[LOGIN_PASSWORD_MAX])
{
    FILE *file = fopen(name, "re");
    if (!file)
        return usage_error(cmd, "--password-file %s: %s", name, strerror(errno));
    char *line = fgets(room, LOGIN_PASSWORD_MAX, file);
    fclose(file);
    size_t len = line ? strcspn(line, "\r\n") : 0;
    if (!len)
        return usage_error(cmd, "--password-file %s: its first line is empty", name);
    if (len == LOGIN_PASSWORD_MAX - 1)
        return usage_error(cmd, "--password-file %s: a password of more than %d bytes", name,
                           LOGIN_PASSWORD_MAX - 2);
    room[len] = '\0';
    return -1;
}

int login_prepare(const command *cmd, const login *l, char room[LOGIN_PASSWORD_MAX],
                  const char **password)
{
    swio_log_level level;
    if (swio_log_level_by_name(l->loglevel, &level))
        return usage_error(cmd, "--loglevel %s: %s", l->loglevel, swio_errmsg());
    swio_log_set_level(level);

    const char *environment = getenv("SWITCHIO_PASSWORD");
    *password = l->password ? l->password : environment && *environment ? environment : NULL;
    if (!l->password_file)
        return -1;
    *password = room;
    return read_password(cmd, l->password_file, room);
}
