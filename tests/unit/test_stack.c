#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop/stack.h"
#include "support/cmocka.h"
#include <switchio/loop.h>

static void it_is_usable_from_end_to_end(void **state)
{
    (void)state;
    swio_stacks stacks;
    swio_stacks_init(&stacks);
    swio_stack *stack = swio_stack_take(&stacks);
    assert_non_null(stack);
    assert_true(stack->size > SWIO_COROUTINE_STACK - 256);
    memset(stack->low, 0x55, stack->size);
    swio_stack_give(&stacks, stack);
    swio_stack_give(&stacks, NULL);
    swio_stacks_close(&stacks);
}

static int dies_writing_at(volatile char *at)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        signal(SIGSEGV, SIG_DFL); /* not cmocka's, nor a sanitizer's */
        *at = 1;
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void below_it_is_a_guard_page(void **state)
{
    (void)state;
    swio_stacks stacks;
    swio_stacks_init(&stacks);
    swio_stack *stack = swio_stack_take(&stacks);
    assert_non_null(stack);
    char *low = stack->low;
    assert_int_equal(dies_writing_at(low), 0);
    assert_int_equal(dies_writing_at(low - 1), SIGSEGV);
    assert_int_equal(dies_writing_at(low - sysconf(_SC_PAGESIZE)), SIGSEGV);
    swio_stack_give(&stacks, stack);
    swio_stacks_close(&stacks);
}

static void some_are_kept_for_later(void **state)
{
    (void)state;
    enum { MANY = 1000 };
    static swio_stack *taken[MANY];
    swio_stacks stacks;
    swio_stacks_init(&stacks);
    for (int i = 0; i < MANY; i++)
        assert_non_null(taken[i] = swio_stack_take(&stacks));
    assert_int_equal(stacks.count, 0);
    for (int i = 0; i < MANY; i++)
        swio_stack_give(&stacks, taken[i]);
    assert_true(stacks.count > 0 && stacks.count < MANY);
    swio_stack *last = stacks.free;
    assert_ptr_equal(swio_stack_take(&stacks), last);
    swio_stack_give(&stacks, last);
    swio_stacks_close(&stacks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_usable_from_end_to_end),
        cmocka_unit_test(below_it_is_a_guard_page),
        cmocka_unit_test(some_are_kept_for_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
