/* Errors: one enum, one sentence. */
#ifndef SWITCHIO_ERROR_H
#define SWITCHIO_ERROR_H

#include <switchio/export.h>

SWIO_BEGIN_DECLS

/*
 * Every function that can fail returns one of these: 0, or a negative value. It also leaves a
 * sentence for swio_errmsg() that names what failed, where, and what FreeSWITCH answered.
 */
enum swio_error {
    SWIO_OK = 0,
    SWIO_ENOMEM = -1,       /* out of memory */
    SWIO_EINVAL = -2,       /* an argument cannot be right, whatever the state of things */
    SWIO_ECONFIG = -3,      /* the right call at the wrong time: start before connect, load twice */
    SWIO_ECONN = -4,        /* no connection: not made (in time), refused by the peer, or lost */
    SWIO_EAUTH = -5,        /* the switch is there and does not let us in */
    SWIO_ETIMEOUT = -6,     /* what was waited for did not come in time */
    SWIO_EAPI = -7,         /* FreeSWITCH answered -ERR (or -USAGE): swio_errmsg() has its words */
    SWIO_EJOB = -8,         /* a background job ended with -ERR: swio_errmsg() has its words */
    SWIO_ECANCELED = -9,    /* what was waited on is gone: session ended, object closed */
    SWIO_EWOULDBLOCK = -10, /* a wait in a plain callback on the loop thread */
    SWIO_EPROTO = -11,      /* what came is not the Event Socket protocol */
    SWIO_ELIMIT = -12,      /* a named limit was reached */
    SWIO_ENOENT = -13,      /* no such session, variable, app, header */
    SWIO_EEXIST = -14,      /* it is there already */
    SWIO_EIO = -15,         /* a file or a system call failed */
};

/*
 * The name of an error in words ("time-out"), for a code alone. Never NULL; static storage.
 */
SWIO_API const char *swio_strerror(int error);

/*
 * The sentence of the last failed call of the calling thread, without a line end. Valid until the
 * next failing call on the same thread; "" when none failed yet.
 *
 * A coroutine shares the sentence with the thread of its loop: read it before the next wait.
 */
SWIO_API const char *swio_errmsg(void);

/*
 * Leaves a sentence for swio_errmsg() of the calling thread, as printf() writes it, and returns
 * `error`: for the entries and the setup of an app, which fail as the library does:
 *     return swio_err(SWIO_EINVAL, "Greeter: %s is no voice", voice);
 * More than 1023 bytes are cut. Never allocates. swio_errmsg() may be among the arguments.
 */
SWIO_API int swio_err(int error, const char *fmt, ...) SWIO_PRINTF(2, 3);

/*
 * Prints "WHAT: swio_errmsg()" to the standard error and returns the exit status that the
 * `switchio` program would end with for this error: 2 for SWIO_EINVAL, 3 for SWIO_ECONN,
 * SWIO_EAUTH and SWIO_EPROTO (could not connect or log in), else 1.
 */
SWIO_API int swio_fail(const char *what);

SWIO_END_DECLS

#endif
