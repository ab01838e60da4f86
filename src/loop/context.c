#include "loop/context.h"

#include <stdint.h>
#include <stdlib.h>

#include "loop/sanitizer.h"

#if SWIO_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if SWIO_TSAN
#include <sanitizer/tsan_interface.h>
#endif

#if SWIO_ASAN
/* Which context was left by the switch under way: its stack is learnt on arrival. */
static _Thread_local swio_context *left;
#endif

/*
 * Inlined always: between the word to ThreadSanitizer and the switch no function may return, for it
 * would do so in the books of the other side.
 */
__attribute__((always_inline)) static inline void departing(swio_context *from, swio_context *to,
                                                            int for_good)
{
    (void)from, (void)to, (void)for_good;
#if SWIO_ASAN
    left = from;
    __sanitizer_start_switch_fiber(for_good ? NULL : &from->fake_stack, to->stack, to->size);
#endif
#if SWIO_TSAN
    if (!from->fiber)
        from->fiber = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to->fiber, 0);
#endif
}

static void arrived(swio_context *at)
{
    (void)at;
#if SWIO_ASAN
    __sanitizer_finish_switch_fiber(at ? at->fake_stack : NULL, &left->stack, &left->size);
#endif
}

#if SWIO_CONTEXT_PORTABLE

static void prepare(swio_context_place *place, void *stack, size_t size, void (*entry)(void))
{
    getcontext(place);
    place->uc_stack.ss_sp = stack;
    place->uc_stack.ss_size = size;
    place->uc_link = NULL;
    makecontext(place, entry, 0);
}

static void go(swio_context_place *from, swio_context_place *to)
{
    swapcontext(from, to);
}

#else

/*
 * Saves what a called function must keep (System V ABI for x86-64, 3.2.1: six registers and the
 * control words of SSE and x87) on the stack that it leaves, and the top of that in *from. Outside
 * of any C function, so that no compiler reasons about which registers it leaves alone.
 */
void swio_context_go(swio_context_place *from, swio_context_place *to);
__asm__(".pushsection .text\n"
        ".globl swio_context_go\n"
        ".hidden swio_context_go\n"
        ".type swio_context_go, @function\n"
        "swio_context_go:\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    subq $8, %rsp\n"
        "    stmxcsr (%rsp)\n"
        "    fnstcw 4(%rsp)\n"
        "    movq %rsp, (%rdi)\n"
        "    movq (%rsi), %rsp\n"
        "    ldmxcsr (%rsp)\n"
        "    fldcw 4(%rsp)\n"
        "    addq $8, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size swio_context_go, . - swio_context_go\n"
        ".popsection\n");

static void go(swio_context_place *from, swio_context_place *to)
{
    swio_context_go(from, to);
}

/* What go() leaves on a stack, from its top upwards. */
typedef struct saved {
    uint32_t mxcsr;
    uint32_t x87;
    uint64_t registers[6];
    void (*resume)(void);
    void *above; /* of `entry`: no caller */
} saved;

static void prepare(swio_context_place *place, void *stack, size_t size, void (*entry)(void))
{
    uintptr_t high = ((uintptr_t)stack + size) & ~(uintptr_t)15;
    saved *top = (saved *)(high - sizeof *top);
    *top = (saved){.resume = entry};
    __asm__("stmxcsr %0\n\tfnstcw %1" : "=m"(top->mxcsr), "=m"(top->x87));
    *place = top;
}

#endif

void swio_context_make(swio_context *context, void *stack, size_t size, void (*entry)(void))
{
    *context = (swio_context){.stack = stack, .size = size};
    prepare(&context->place, stack, size, entry);
#if SWIO_TSAN
    context->fiber = __tsan_create_fiber(0);
#endif
}

void swio_context_release(swio_context *context)
{
    (void)context;
#if SWIO_ASAN
    __asan_unpoison_memory_region(context->stack, context->size);
#endif
#if SWIO_TSAN
    __tsan_destroy_fiber(context->fiber);
#endif
}

void swio_context_switch(swio_context *from, swio_context *to)
{
    departing(from, to, 0);
    go(&from->place, &to->place);
    arrived(from);
}

_Noreturn void swio_context_leave(swio_context *from, swio_context *to)
{
    departing(from, to, 1);
    go(&from->place, &to->place);
    abort();
}

void swio_context_entered(void)
{
    arrived(NULL);
}
