/*
 * How a function fails: it records the sentence and returns the code in one expression,
 *     return swio_err(SWIO_ECONN, "%s:%u: connection refused", host, port);
 */
#ifndef SWIO_BASE_ERR_H
#define SWIO_BASE_ERR_H

#include <switchio/error.h>

/* Longer sentences are cut: they are for people. */
#define SWIO_ERRMSG_MAX 1024

/* Forgets the sentence: for whoever calls what may fail without a word, and then asks. */
void swio_err_clear(void);

/* Out of memory, said the same way everywhere. */
int swio_err_nomem(void);

/* What declarations cannot tell the analyzer (./dev lint): a failure is never 0. */
#ifdef __clang_analyzer__
static inline int swio_err_known(int error)
{
    if (error == 0)
        __builtin_unreachable();
    return error;
}
#define swio_err(...)    swio_err_known((swio_err)(__VA_ARGS__))
#define swio_err_nomem() swio_err_known((swio_err_nomem)())
#endif

#endif
