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

#endif
