/* A loop for the tests of a file: cmocka's setup and teardown. Include <cmocka.h> first. */
#ifndef SWIO_TESTS_ONE_LOOP_H
#define SWIO_TESTS_ONE_LOOP_H

#include "loop/completion.h"
#include "loop/loop.h"
#include "support/cmocka.h"

static swio_loop *loop;

static int set_up(void **state)
{
    (void)state;
    return swio_loop_new(&loop);
}

static int tear_down(void **state)
{
    (void)state;
    loop = swio_loop_unref(loop);
    return 0;
}

static inline swio_completion *new_completion(void)
{
    swio_completion *c = NULL;
    assert_int_equal(swio_completion_new(loop, &c), 0);
    return c;
}

#endif
