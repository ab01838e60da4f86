/*
 * The stacks of coroutines: as large as promised, and guarded.
 * labels: threaded
 */
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop/coroutine.h"
#include "loop/sanitizer.h"
#include "support/cmocka.h"
#include "support/on_loop.h"
#include "support/one_loop.h"
#include "support/wait.h"

static size_t use_stack(size_t bytes)
{
    volatile char block[1024];
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (char)i;
    size_t deeper = bytes > sizeof block ? use_stack(bytes - sizeof block) : 0;
    return deeper + (size_t)(block[7] == 7);
}

static atomic_size_t used;

static void use_most(void *arg)
{
    (void)arg;
    atomic_store(&used, use_stack(SWIO_COROUTINE_STACK / 4 * 3));
}

static void the_stack_is_as_large_as_promised(void **state)
{
    (void)state;
    assert_int_equal(swio_go(loop, use_most, NULL), 0);
    wait_until(atomic_load(&used) == SWIO_COROUTINE_STACK / 4 * 3 / 1024);
}

static void use_too_much(void *arg)
{
    (void)arg;
    use_stack(100 * SWIO_COROUTINE_STACK);
}

static void overflowing_hits_the_guard_page(void **state)
{
    (void)state;
    if (SWIO_ASAN || SWIO_TSAN)
        skip(); /* they catch SIGSEGV */
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        signal(SIGSEGV, SIG_DFL); /* cmocka's own would not fit on the stack that is full */
        swio_loop *own;
        if (swio_loop_new(&own) == 0 && swio_go(own, use_too_much, NULL) == 0)
            swio_loop_unref(own);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

int main(void)
{
    /* Forks, so it comes before the first loop. */
    const struct CMUnitTest forking[] = {cmocka_unit_test(overflowing_hits_the_guard_page)};
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_stack_is_as_large_as_promised)};
    return cmocka_run_group_tests(forking, NULL, NULL) +
           cmocka_run_group_tests(tests, set_up, tear_down);
}
