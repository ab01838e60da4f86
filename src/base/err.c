#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The analyzer has its own: see the header. */
#undef swio_err
#undef swio_err_nomem

static _Thread_local char message[SWIO_ERRMSG_MAX];
static _Thread_local int last_error;

const char *swio_strerror(int error)
{
    static const char *const names[] = {
        [-SWIO_OK] = "no error",
        [-SWIO_ENOMEM] = "out of memory",
        [-SWIO_EINVAL] = "invalid argument",
        [-SWIO_ECONFIG] = "wrong use",
        [-SWIO_ECONN] = "no connection",
        [-SWIO_EAUTH] = "login refused",
        [-SWIO_ETIMEOUT] = "time-out",
        [-SWIO_EAPI] = "command failed",
        [-SWIO_EJOB] = "background job failed",
        [-SWIO_ECANCELED] = "cancelled",
        [-SWIO_EWOULDBLOCK] = "would block the event loop",
        [-SWIO_EPROTO] = "not the Event Socket protocol",
        [-SWIO_ELIMIT] = "limit reached",
        [-SWIO_ENOENT] = "not found",
        [-SWIO_EEXIST] = "exists already",
        [-SWIO_EIO] = "system call failed",
    };
    if (error > 0 || (size_t)-error >= sizeof(names) / sizeof(names[0]))
        return "unknown error";
    return names[-error];
}

const char *swio_errmsg(void)
{
    return message;
}

int swio_err(int error, const char *fmt, ...)
{
    char text[SWIO_ERRMSG_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args); /* a copy: the arguments may point into message */
    va_end(args);
    memcpy(message, text, strlen(text) + 1);
    last_error = error;
    return error;
}

void swio_err_clear(void)
{
    message[0] = '\0';
    last_error = 0;
}

int swio_err_nomem(void)
{
    return swio_err(SWIO_ENOMEM, "out of memory");
}

int swio_fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, message);
    switch (last_error) {
    case SWIO_EINVAL:
        return 2;
    case SWIO_ECONN:
    case SWIO_EAUTH:
    case SWIO_EPROTO:
        return 3;
    default:
        return 1;
    }
}
