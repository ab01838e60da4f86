/* labels: threaded */
#include <fenv.h>
#include <stdbool.h>
#include <stdlib.h>

#include "loop/context.h"
#include "loop/stack.h"
#include "support/cmocka.h"

static swio_context here, there;
static swio_stacks stacks;
static swio_stack *stack;

static int set_up(void **state)
{
    (void)state;
    swio_stacks_init(&stacks);
    stack = swio_stack_take(&stacks);
    here = (swio_context){0};
    return stack ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    swio_context_release(&there);
    swio_stack_give(&stacks, stack);
    swio_stacks_close(&stacks);
    return 0;
}

static int visits;
static bool on_its_stack, aligned;

static void visit(void)
{
    swio_context_entered();
    _Alignas(16) volatile char local[16] = {0};
    char *at = (char *)(uintptr_t)local, *low = stack->low;
    on_its_stack = at > low && at < low + stack->size;
    aligned = (uintptr_t)at % 16 == 0;
    while (visits < 3) {
        visits++;
        swio_context_switch(&there, &here);
    }
    visits = 100;
    swio_context_leave(&there, &here);
}

static void it_goes_and_comes_back(void **state)
{
    (void)state;
    visits = 0;
    swio_context_make(&there, stack->low, stack->size, visit);
    for (int i = 1; i <= 3; i++) {
        swio_context_switch(&here, &there);
        assert_int_equal(visits, i);
    }
    swio_context_switch(&here, &there); /* it leaves for good */
    assert_int_equal(visits, 100);
    assert_true(on_its_stack && aligned);
}

/* More than there are registers, so that every one that is to be kept is in use. */
static unsigned long mix(swio_context *from, swio_context *to, unsigned long seed)
{
    unsigned long a = seed, b = seed * 3, c = seed * 5, d = seed * 7, e = seed * 11, f = seed * 13;
    unsigned long g = seed * 17, h = seed * 19;
    double x = (double)seed / 3;
    for (int i = 0; i < 1000; i++) {
        a += b, b ^= c, c += d, d ^= e, e += f, f ^= g, g += h, h ^= a;
        x = x / 1.5 + (double)(a & 15);
        if (from)
            swio_context_switch(from, to);
        a -= d, c ^= h;
    }
    return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ (unsigned long)x;
}

static unsigned long mixed_there;

static void mix_there(void)
{
    swio_context_entered();
    mixed_there = mix(&there, &here, 31337);
    swio_context_leave(&there, &here);
}

static void each_keeps_its_registers(void **state)
{
    (void)state;
    unsigned long want_here = mix(NULL, NULL, 4711), want_there = mix(NULL, NULL, 31337);
    swio_context_make(&there, stack->low, stack->size, mix_there);
    assert_int_equal(mix(&here, &there, 4711), want_here);
    swio_context_switch(&here, &there); /* its last part */
    assert_int_equal(mixed_there, want_there);
}

/* Tells how the SSE unit rounds; fegetround() asks the x87. */
static double third(void)
{
    volatile double one = 1, three = 3;
    return one / three;
}

static int rounding_there;
static double third_there;

static void round_up_there(void)
{
    swio_context_entered();
    fesetround(FE_UPWARD);
    swio_context_switch(&there, &here);
    rounding_there = fegetround();
    third_there = third();
    swio_context_leave(&there, &here);
}

static void each_keeps_its_way_of_rounding(void **state)
{
    (void)state;
    swio_context_make(&there, stack->low, stack->size, round_up_there);
    fesetround(FE_DOWNWARD);
    swio_context_switch(&here, &there);
    int rounding_here = fegetround();
    double third_here = third();
    fesetround(FE_TONEAREST);
    swio_context_switch(&here, &there);
    assert_int_equal(rounding_here, FE_DOWNWARD);
    assert_int_equal(rounding_there, FE_UPWARD);
    assert_int_equal(fegetround(), FE_TONEAREST);
    assert_true(third_there > third_here);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_goes_and_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_keeps_its_registers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_keeps_its_way_of_rounding, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
