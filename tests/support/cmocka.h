/* cmocka with what it needs, so that the order of a test's own includes does not matter. */
#ifndef SWIO_TESTS_CMOCKA_H
#define SWIO_TESTS_CMOCKA_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

/* What declarations cannot tell the analyzer (./dev lint): a failed assertion does not return. */
#ifdef __clang_analyzer__
static inline void fail_for_good(const char *file, int line)
{
    _fail(file, line);
    __builtin_unreachable();
}
#define _fail(file, line)                            fail_for_good(file, line)
#define _assert_true(result, expression, file, line) ((result) ? (void)0 : _fail(file, line))
#define _assert_int_equal(a, b, file, line)          ((a) == (b) ? (void)0 : _fail(file, line))
#define _assert_int_not_equal(a, b, file, line)      ((a) != (b) ? (void)0 : _fail(file, line))
#endif

#endif
